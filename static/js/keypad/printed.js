// Thousandths as numbers to read.

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
