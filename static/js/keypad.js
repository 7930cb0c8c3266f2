// Our own number keys, and what lives around them on the listing page: quick amounts, the unit switch that converts and
// never reinterprets, the price steps, the sum in words. Without this file the phone's keyboard and the server do it all.

// --- Numbers: what is typed becomes whole thousandths, so 0.1 + 0.2 stays 0.3 -------------------------------------------

const WIDE = { '．': '.', '。': '.', '，': '', ',': '', ' ': '', '　': '' }

// Return thousandths of what is typed, or null when it is not (yet) a number.
function thousandths(text) {
  const plain = String(text)
    .replace(/[０-９]/g, digit => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
    .replace(/[．。，,\s　]/g, mark => WIDE[mark] ?? '')
  const found = /^(\d{0,9})(?:\.(\d{0,3}))?$/.exec(plain)
  if (!found || !(found[1] || found[2])) return null
  return Number(found[1] || 0) * 1000 + Number((found[2] || '').padEnd(3, '0'))
}

// Return thousandths of an amount as people say it in Chinese (两百, 一百五, 一千零五, 三点五, 2百), or null: the server
// reads the same words and decides; 两三百 could be two numbers and is none.
const DIGITS = '零一二三四五六七八九'
const SIZES = { 十: 10, 百: 100, 千: 1000, 万: 10_000 }

function spoken(text) {
  const words = text.trim().replace(/[两兩]/g, '二').replace(/〇/g, '零').replace(/萬/g, '万')
  if (words === '半') return 500
  const short = /^([\d.]+)([百千万])$/.exec(words)
  if (short) return thousandths(short[1]) === null ? null : thousandths(short[1]) * SIZES[short[2]]
  const [whole, rest] = words.split('点')
  let [total, section, digit, last] = [0, 0, null, 1]
  for (const word of whole) {
    const value = DIGITS.indexOf(word)
    if (word in SIZES) {
      last = SIZES[word]
      if (last === 10_000) [total, section] = [(total + section + (digit ?? 0)) * last, 0]
      else section += (digit ?? 1) * last
      digit = null
    } else if (value === 0) last = 1
    else if (value < 0 || digit !== null) return null
    else digit = value
  }
  if (!whole) return null
  const decimals = [...(rest ?? '')].map(word => DIGITS.indexOf(word))
  if (decimals.includes(-1) || decimals.length > 3) return null
  const said = total + section + (digit ?? 0) * Math.max(1, last / 10)
  return said * 1000 + Number(decimals.join('').padEnd(3, '0'))
}

// Return thousandths of an amount in this unit, in digits or in words, with or without the unit's own word behind.
const UNIT_WORDS = { jin: /(市?斤)$/, kg: /(公斤|千克|kg)$/i, box: /箱$/, bag: /袋$/, piece: /[只个头枚]$/ }

function amountIn(text, unit) {
  const bare = text.trim().replace(unit === 'jin' && /公斤$/.test(text.trim()) ? /$^/ : UNIT_WORDS[unit] ?? /$^/, '')
  return thousandths(bare) ?? spoken(bare)
}

// Write thousandths as a plain number without idle zeros: 12500 is 12.5.
function plain(value) {
  const whole = Math.floor(value / 1000)
  const rest = String(value % 1000).padStart(3, '0').replace(/0+$/, '')
  return rest ? `${whole}.${rest}` : String(whole)
}

// Write thousandths with commas, with at least `places` decimals.
function grouped(value, places = 0) {
  const [whole, rest = ''] = plain(value).split('.')
  const decimals = rest.padEnd(places, '0')
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + (decimals ? `.${decimals}` : '')
}

// --- The pad and its fields ---------------------------------------------------------------------------------------------

const pad = document.querySelector('[data-keys]')
const inputs = [...document.querySelectorAll('[data-keypad]')]
let active = inputs[0]

// --- Keys ------------------------------------------------------------------------------------------------------------

function type(key) {
  if (!active) return
  const { selectionStart: from, selectionEnd: to, value } = active
  if (key === 'del') active.setRangeText('', from === to ? Math.max(0, from - 1) : from, to, 'end')
  else if (key !== '.' || !value.includes('.')) active.setRangeText(key, from, to, 'end')
  active.dispatchEvent(new Event('input', { bubbles: true }))
}

const padShown = pad && getComputedStyle(pad.firstElementChild).display !== 'none'
if (padShown) {
  for (const input of inputs) {
    input.inputMode = 'none'
    input.addEventListener('focus', () => { active = input })
  }
  // Before the tap takes the focus away from the field.
  pad.addEventListener('pointerdown', event => { if (event.target.closest('[data-key]')) event.preventDefault() })
  pad.addEventListener('click', event => {
    const key = event.target.closest('[data-key]')
    if (key) type(key.dataset.key)
  })
  if (active && !document.querySelector('[data-focus]')) {
    active.focus({ preventScroll: true })
    active.setSelectionRange(active.value.length, active.value.length)
  }
}

// --- Quantity, unit, price, sum -----------------------------------------------------------------------------------------

const quantity = document.querySelector('[data-quantity]')
const price = document.querySelector('[data-price]')
const packRow = document.querySelector('[data-pack-row]')
const pack = packRow?.querySelector('input')
const unitInputs = [...document.querySelectorAll('[data-unit]')]
const counted = Boolean(quantity) && !unitInputs.length
const chosenUnit = () => (counted ? 'piece' : unitInputs.find(input => input.checked)?.value ?? 'jin')
let unit = chosenUnit()
let before = null // thousandths of jin that the chosen unit cannot say yet: a box whose weight is not written

// How many thousandths of a jin one of this unit is, null while it is not known.
function each(of) {
  if (of === 'jin') return 1000
  if (of === 'kg') return 2000
  return thousandths((of === 'piece' ? quantity.dataset.each : pack?.value) ?? '') || null
}

// Thousandths in a unit as thousandths of jin and back; null where it does not come out exactly. BigInt keeps it whole.
function inJin(value, from) {
  const one = each(from)
  if (one === null || (BigInt(value) * BigInt(one)) % 1000n) return null
  return Number((BigInt(value) * BigInt(one)) / 1000n)
}

function fromJin(jin, to) {
  const one = each(to)
  if (one === null || (BigInt(jin) * 1000n) % BigInt(one)) return null
  return Number((BigInt(jin) * 1000n) / BigInt(one))
}

function say(name, text) {
  for (const place of document.querySelectorAll(`[data-${name}]`)) place.textContent = text
}

function filled(place, number) {
  return (place?.dataset.words ?? '{n}').replace('{n}', number)
}

// The other weight beside what is typed; both where neither stands there in digits.
function echoed(echo, amount, jin) {
  const kg = fromJin(jin, 'kg')
  if (unit === 'piece') return echo.dataset.about.replace('{n}', grouped(jin))
  if (unit === 'jin' && kg !== null && thousandths(quantity.value) !== null) return echo.dataset.kg.replace('{n}', grouped(kg))
  if (unit === 'kg' && thousandths(quantity.value) !== null) return echo.dataset.jin.replace('{n}', grouped(jin))
  if (kg === null) return echo.dataset.jin.replace('{n}', grouped(jin))
  return echo.dataset.both.replace('{n}', grouped(jin)).replace('{kg}', grouped(kg))
}

function retell() {
  const amount = amountIn(quantity.value, unit)
  const jin = amount ? inJin(amount, unit) : null
  const echo = document.querySelector('[data-echo]')
  if (echo) echo.textContent = jin ? echoed(echo, amount, jin) : ''
  for (const chip of document.querySelectorAll('[data-set]')) {
    const chosen = amount !== null && thousandths(chip.dataset.set) === (counted ? amount : jin)
    chip.setAttribute('aria-pressed', String(chosen))
  }
  if (packRow) packRow.hidden = !['box', 'bag'].includes(unit)
  const sum = document.querySelector('[data-sum]')
  const yuan = price ? thousandths(price.value) : null
  if (!sum) return
  sum.hidden = !(jin && yuan)
  if (sum.hidden) return
  const weight = sum.querySelector('[data-sum-weight]')
  const told = unit === 'kg' || unit === 'piece' ? unit : 'jin'
  say('sum-weight', (weight?.dataset[told] ?? '{n}').replace('{n}', grouped(told === 'jin' ? jin : amount)))
  // thousandths of jin times thousandths of yuan, rounded half up to fen
  const fen = Number((BigInt(jin) * BigInt(yuan) + 5000n) / 10000n)
  say('sum-money', filled(sum.querySelector('[data-sum-money]'), grouped(fen * 10, fen % 100 ? 2 : 0)))
}

// Another unit says the same weight in other numbers, or the switch does not move; nothing is read anew.
function switchUnit() {
  const next = chosenUnit()
  const amount = amountIn(quantity.value, unit)
  const jin = amount === null ? before : inJin(amount, unit)
  const value = jin === null ? null : fromJin(jin, next)
  if (amount !== null && jin !== null && value === null && each(next) !== null) {
    for (const input of unitInputs) input.checked = input.value === unit
    return
  }
  unit = next
  before = value === null ? jin : null
  if (jin !== null || amount !== null) quantity.value = value === null ? '' : plain(value)
  retell()
  if (each(next) === null) pack?.focus()
}

if (quantity) {
  for (const input of unitInputs) input.addEventListener('change', switchUnit)
  for (const input of [quantity, price, pack]) input?.addEventListener('input', retell)
  quantity.addEventListener('input', () => { before = null })
  pack?.addEventListener('input', () => {
    const value = before === null || quantity.value ? null : fromJin(before, unit)
    if (value !== null) quantity.value = plain(value)
    retell()
  })
  for (const chip of document.querySelectorAll('[data-set]')) {
    chip.addEventListener('click', () => {
      const value = counted ? thousandths(chip.dataset.set) : fromJin(thousandths(chip.dataset.set), unit)
      if (value !== null) quantity.value = plain(value)
      retell()
    })
  }
  for (const step of document.querySelectorAll('[data-step]')) {
    step.addEventListener('click', () => {
      const now = thousandths(price.value) ?? 0
      const next = now + Math.round(Number(step.dataset.step) * 1000)
      if (next > 0) price.value = grouped(next, 2).replaceAll(',', '')
      retell()
    })
  }
  retell()
}

// --- Questions that belong to one answer, and the phone's own keyboard for words and voice ------------------------------

for (const part of document.querySelectorAll('[data-shown-by]')) {
  const choices = [...document.querySelectorAll(`[name="${part.dataset.shownBy}"]`)]
  const show = () => { part.hidden = choices.find(one => one.checked)?.value !== part.dataset.shownAt }
  for (const choice of choices) choice.addEventListener('change', show)
  if (choices.length) show()
}

document.querySelector('[data-own-keyboard]')?.addEventListener('click', () => {
  for (const input of inputs) input.inputMode = input === quantity ? 'text' : 'decimal'
  quantity?.focus()
})

// --- Scale: gross less tare is net --------------------------------------------------------------------------------------

for (const scale of document.querySelectorAll('[data-scale]')) {
  const [gross, tare] = [scale.querySelector('[data-gross]'), scale.querySelector('[data-tare]')]
  const net = scale.querySelector('[data-net]')
  const weigh = () => {
    const [heavy, empty] = [thousandths(gross.value), thousandths(tare.value || '0')]
    net.textContent = heavy === null || empty === null || heavy < empty ? '—' : grouped(heavy - empty, 1)
  }
  scale.addEventListener('input', weigh)
}
