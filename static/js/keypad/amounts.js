// Amounts in a unit, read as the server reads them (kernel/weight.py, kernel/money.py). What is read here is shown only;
// the server decides. tests/amounts.py holds both to the same answers.

import { spokenNumber } from './spoken.js'
import { ONE, plainNumber, typedText } from './typed.js'

// Grams of one.
const GRAMS = { jin: 500n, kg: 1000n, ton: 1_000_000n, dan: 50_000n, liang: 50n }
const [MOST_G, MOST_PIECES, MOST_FEN] = [1_000_000_000n, 1_000_000n, 10_000_000_000n]

// What people write behind a number; the longer word first, so that 公斤 is never read as 斤.
const UNIT_WORDS = [
  ['公斤', 'kg'], ['千克', 'kg'], ['kg', 'kg'], ['市斤', 'jin'], ['斤', 'jin'], ['吨', 'ton'], ['担', 'dan'],
  ['两', 'liang'], ['箱', 'box'], ['袋', 'bag'], ['个', 'piece'], ['只', 'piece'], ['头', 'piece'], ['枚', 'piece'],
  ['羽', 'piece'], ['尾', 'piece'],
]

const whole = (number, size) => (number === null || (number * size) % ONE ? null : (number * size) / ONE)
const upTo = (most, number) => (number === null || number > most ? null : Number(number))

// Return the billionths of what is typed, in digits or in words, with or without the unit's own word behind; or null.
export function numberIn(text, unit) {
  let words = typedText(text).replace(/兩/g, '两').replace(/萬/g, '万').toLowerCase()
  const half = /[斤吨担两]半$/.test(words)
  if (half) words = words.slice(0, -1)
  const [word, named] = UNIT_WORDS.find(([word]) => words.endsWith(word) && words !== word) ?? ['', '']
  if ((named && named !== unit) || (half && !named)) return null
  const number = spokenNumber(typedText(words.slice(0, words.length - word.length)))
  if (!half || number === null) return number
  return number % ONE ? null : number + ONE / 2n
}

// Return grams, or null where the server would refuse the amount; `each` is what one box, bag or piece weighs in grams.
export function gramsIn(text, unit, { each = null, zeroOk = false } = {}) {
  const number = numberIn(text, unit)
  const one = unitGrams(unit, each)
  if (number === null || one === null || (!number && !zeroOk)) return null
  if (unit === 'piece' && piecesIn(text) === null) return null
  return upTo(MOST_G, whole(number, one))
}

export function piecesIn(text) {
  return upTo(MOST_PIECES, whole(numberIn(text, 'piece') || null, 1n))
}

export function unitGrams(unit, each) {
  return GRAMS[unit] ?? (each ? BigInt(each) : null)
}

// Return fen of an amount of money in yuan, or null.
export function fenIn(text) {
  return upTo(MOST_FEN, whole(plainNumber(typedText(text)) || null, 100n))
}
