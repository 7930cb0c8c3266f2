// What is typed, read as the server reads it (kernel/typed.py): one reading or none, never a guess.

const LONGEST = 40
const MOST_DIGITS = 12
const PLACES = 9 // a billionth of the heaviest box is a gram: what is finer is no weight
export const ONE = 10n ** 9n // numbers are whole billionths, so 0.1 + 0.2 stays 0.3

const FULL_WIDTH = /[\uff01-\uff5e]/g
const BLANK = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+' // as the server trims
const EDGES = new RegExp(`^${BLANK}|${BLANK}$`, 'g')
const BLANKS = new RegExp(BLANK, 'g')
// Signs that draw nothing: category Cf, fillers, joiners, variation selectors.
const UNSEEN = /[\p{Cf}\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu

// Return text with full-width signs folded, nothing unseen, every blank one space; empty where nothing is written or far
// too much.
export function typedText(text) {
  if ([...text].length > LONGEST) return ''
  const narrow = text.replace(FULL_WIDTH, sign => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
  return narrow.replace(UNSEEN, '').replace(EDGES, '').replace(BLANKS, ' ')
}

// Return the billionths of plain decimal notation, or null.
export function plainNumber(text) {
  // 。 is what a Chinese keyboard gives for the point.
  const parts = /^([0-9]+)(?:\.([0-9]+))?$/.exec(text.replace(/。/g, '.'))
  if (!parts || parts[1].replace(/^0+/, '').length > MOST_DIGITS) return null
  const decimals = (parts[2] ?? '').replace(/0+$/, '')
  return decimals.length > PLACES ? null : BigInt(parts[1] + decimals.padEnd(PLACES, '0'))
}
