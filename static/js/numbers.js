// Decimal arithmetic on whole numbers: what is typed becomes thousandths, so 0.1 + 0.2 stays 0.3.

const WIDE = { '．': '.', '。': '.', '，': '', ',': '', ' ': '', '　': '' }

// Return thousandths of what is typed, or null when it is not (yet) a number.
export function thousandths(text) {
  const plain = String(text)
    .replace(/[０-９]/g, digit => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
    .replace(/[．。，,\s　]/g, mark => WIDE[mark] ?? '')
  const found = /^(\d{0,9})(?:\.(\d{0,3}))?$/.exec(plain)
  if (!found || !(found[1] || found[2])) return null
  return Number(found[1] || 0) * 1000 + Number((found[2] || '').padEnd(3, '0'))
}

// Write thousandths as a plain number without idle zeros: 12500 is 12.5.
export function plain(value) {
  const whole = Math.floor(value / 1000)
  const rest = String(value % 1000).padStart(3, '0').replace(/0+$/, '')
  return rest ? `${whole}.${rest}` : String(whole)
}

// Write thousandths with commas, with at least `places` decimals.
export function grouped(value, places = 0) {
  const [whole, rest = ''] = plain(value).split('.')
  const decimals = rest.padEnd(places, '0')
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + (decimals ? `.${decimals}` : '')
}
