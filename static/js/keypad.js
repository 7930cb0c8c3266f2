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
const unitInputs = [...document.querySelectorAll('[data-unit]')]
const chosenUnit = () => unitInputs.find(input => input.checked)?.value ?? 'jin'
let unit = chosenUnit()

// Half a kilogram is one jin, exactly; an odd thousandth cannot be halved and stays as it was typed.
const inJin = value => (unit === 'kg' ? value * 2 : value)

function converted(value, from, to) {
  if (from === to) return value
  if (to === 'jin') return value * 2
  return value % 2 === 0 ? value / 2 : null
}

function say(name, text) {
  for (const place of document.querySelectorAll(`[data-${name}]`)) place.textContent = text
}

function filled(place, number) {
  return (place?.dataset.words ?? '{n}').replace('{n}', number)
}

function retell() {
  const amount = thousandths(quantity.value)
  const other = unit === 'jin' ? 'kg' : 'jin'
  const echo = document.querySelector('[data-echo]')
  const same = amount === null ? null : converted(amount, unit, other)
  if (echo) echo.textContent = same ? (echo.dataset[other] ?? '').replace('{n}', grouped(same)) : ''
  for (const chip of document.querySelectorAll('[data-set]')) {
    const chosen = amount !== null && thousandths(chip.dataset.set) === inJin(amount)
    chip.setAttribute('aria-pressed', String(chosen))
  }
  const sum = document.querySelector('[data-sum]')
  const each = price ? thousandths(price.value) : null
  if (!sum) return
  sum.hidden = !(amount && each)
  if (sum.hidden) return
  const weight = sum.querySelector('[data-sum-weight]')
  say('sum-weight', (weight?.dataset[unit] ?? '{n}').replace('{n}', grouped(amount)))
  // thousandths of jin times thousandths of yuan, rounded half up to fen; BigInt keeps the product whole.
  const fen = Number((BigInt(inJin(amount)) * BigInt(each) + 5000n) / 10000n)
  say('sum-money', filled(sum.querySelector('[data-sum-money]'), grouped(fen * 10, fen % 100 ? 2 : 0)))
}

function switchUnit() {
  const next = chosenUnit()
  const amount = thousandths(quantity.value)
  const value = amount === null ? null : converted(amount, unit, next)
  if (amount !== null && value === null) {
    for (const input of unitInputs) input.checked = input.value === unit
    return
  }
  unit = next
  if (value !== null) quantity.value = plain(value)
  retell()
}

if (quantity) {
  for (const input of unitInputs) input.addEventListener('change', switchUnit)
  for (const input of [quantity, price]) input?.addEventListener('input', retell)
  for (const chip of document.querySelectorAll('[data-set]')) {
    chip.addEventListener('click', () => {
      const jin = thousandths(chip.dataset.set)
      const value = converted(jin, 'jin', unit)
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
