// How much, and for how much: the unit switch converts and never reinterprets, quick amounts and price steps fill the
// fields, and what the server will understand stands beside them in words.

import { fenIn, gramsIn, numberIn, piecesIn, unitGrams } from './amounts.js'
import { grouped, plain } from './printed.js'
import { ONE, plainNumber, typedText } from './typed.js'

const quantity = document.querySelector('[data-quantity]')
const price = document.querySelector('[data-price]')
const packRow = document.querySelector('[data-pack-row]')
const pack = packRow?.querySelector('input')
const echo = document.querySelector('[data-echo]')
const sum = document.querySelector('[data-sum]')
const unitInputs = [...document.querySelectorAll('[data-unit]')]
const counted = Boolean(quantity) && !unitInputs.length
const chosenUnit = () => (counted ? 'piece' : unitInputs.find(input => input.checked)?.value ?? 'jin')
let unit = chosenUnit()
let before = null // a weight that the chosen unit cannot say yet: a box whose weight is not written

// What one box, bag or head weighs in grams, null while it is not known.
const each = () => gramsIn((counted ? quantity.dataset.each : pack?.value) ?? '', 'jin')

// Billionths in a unit as billionths of a gram, and those as thousandths of a unit; null where it does not come out.
function weightOf(number, from) {
  const one = unitGrams(from, each())
  return number === null || one === null ? null : number * one
}

function inUnit(weight, to) {
  const one = unitGrams(to, each())
  if (weight === null || one === null || (weight * 1000n) % (one * ONE)) return null
  return Number((weight * 1000n) / (one * ONE))
}

// The other weight beside what is typed; both where neither stands there in digits.
function otherWeight(grams) {
  const [jin, kg] = [grouped(grams * 2), grouped(grams)]
  if (unit === 'piece') return echo.dataset.about.replace('{n}', jin)
  const other = unit === 'jin' ? echo.dataset.kg.replace('{n}', kg) : echo.dataset.jin.replace('{n}', jin)
  const inDigits = (unit === 'jin' || unit === 'kg') && plainNumber(typedText(quantity.value)) !== null
  return inDigits || !echo.dataset.both ? other : echo.dataset.both.replace('{n}', jin).replace('{kg}', kg)
}

function tellSum(grams) {
  const fen = price ? fenIn(price.value) : null
  sum.hidden = !(grams && fen)
  if (sum.hidden) return
  const weight = sum.querySelector('[data-sum-weight]')
  const money = sum.querySelector('[data-sum-money]')
  const amount = unit === 'kg' ? grams : unit === 'piece' ? piecesIn(quantity.value) * 1000 : grams * 2
  const words = weight.dataset[unit === 'kg' || unit === 'piece' ? unit : 'jin']
  weight.textContent = words.replace('{n}', grouped(amount))
  // half a fen goes up, as in kernel/money.py
  const total = Number((BigInt(grams) * BigInt(fen) * 2n + 500n) / 1000n)
  money.textContent = money.dataset.words.replace('{n}', grouped(total * 10, total % 100 ? 2 : 0))
}

function retell() {
  const grams = gramsIn(quantity.value, unit, { each: each() })
  if (echo) echo.textContent = grams ? otherWeight(grams) : ''
  const amount = counted ? piecesIn(quantity.value) : grams
  for (const chip of document.querySelectorAll('[data-set]')) {
    const offered = counted ? piecesIn(chip.dataset.set) : gramsIn(chip.dataset.set, 'jin')
    chip.setAttribute('aria-pressed', String(amount !== null && offered === amount))
  }
  if (packRow) packRow.hidden = !['box', 'bag'].includes(unit)
  if (sum) tellSum(grams)
}

// Another unit says the same weight in other numbers, or the switch does not move; nothing is read anew.
function switchUnit() {
  const next = chosenUnit()
  const number = numberIn(quantity.value, unit)
  const weight = number === null ? before : weightOf(number, unit)
  const value = inUnit(weight, next)
  const nextKnown = unitGrams(next, each()) !== null
  if (number !== null && weight !== null && value === null && nextKnown) {
    for (const input of unitInputs) input.checked = input.value === unit
    return
  }
  unit = next
  before = value === null ? weight : null
  if (weight !== null || number !== null) quantity.value = value === null ? '' : plain(value)
  retell()
  if (!nextKnown) pack?.focus()
}

function sayBefore() {
  const value = before === null || quantity.value ? null : inUnit(before, unit)
  if (value !== null) quantity.value = plain(value)
  retell()
}

function setAmount(chip) {
  const offered = chip.dataset.set
  const value = counted ? piecesIn(offered) * 1000 : inUnit(weightOf(numberIn(offered, 'jin'), 'jin'), unit)
  if (value !== null) quantity.value = plain(value)
  retell()
}

function stepPrice(step) {
  const next = (fenIn(price.value) ?? 0) + Math.round(Number(step.dataset.step) * 100)
  if (next > 0) price.value = grouped(next * 10, 2).replace(/,/g, '')
  retell()
}

if (quantity) {
  for (const input of unitInputs) input.addEventListener('change', switchUnit)
  for (const input of [quantity, price]) input?.addEventListener('input', retell)
  quantity.addEventListener('input', () => { before = null })
  pack?.addEventListener('input', sayBefore)
  for (const chip of document.querySelectorAll('[data-set]')) chip.addEventListener('click', () => setAmount(chip))
  for (const step of document.querySelectorAll('[data-step]')) step.addEventListener('click', () => stepPrice(step))
  retell()
}
