// Numbers as people say them in Chinese, read as the server reads them (kernel/spoken.py): 两百, 一百五, 三点五, 1.2万.

import { ONE, plainNumber } from './typed.js'

const DIGITS = '零一二三四五六七八九'
const ROUND = { 百: 100n, 千: 1000n, 万: 10_000n }
const pattern = text => new RegExp(`^${text.replace(/D/g, '[一二三四五六七八九]')}$`)
const SPOKEN = pattern('(?:[零十百千万]|D)+')
const ONLY_DIGITS = pattern('(?:零|D)+')
const VAGUE = pattern('.*DD.*') // 三五 and 两三百 mean "three to five", "two or three hundred": a guess
// Up to 9999. A last digit right behind 百 or 千 counts the next smaller ones: 一百五 is 150, 一百零五 is 105.
const BELOW_WAN = pattern('(?:零?(D)千)?(?:零?(D)百)?(?:零?(D?)十(D?)|(零?)(D))?')
const CUT_SHORT = pattern('.*[百千]D')

const digit = word => (word ? DIGITS.indexOf(word) : 0)
const times = (number, size) => (number === null ? null : BigInt(number) * size)

// Return the billionths of a number said in words or written in digits, or null.
export function spokenNumber(text) {
  if (text === '半') return ONE / 2n
  const size = ROUND[text.slice(-1)]
  if (size && /^[0-9.。]+$/.test(text.slice(0, -1))) return times(plainNumber(text.slice(0, -1)), size)
  const [whole, ...decimals] = text.replace(/〇/g, '零').split(/(?=点)/)
  const words = whole.replace(/两/g, '二')
  if (!SPOKEN.test(words)) return plainNumber(text)
  const number = wholeNumber(words)
  if (number === null || !decimals.length) return times(number, ONE)
  const places = [...decimals.join('').slice(1)].map(word => DIGITS.indexOf(word))
  return places.length && !places.includes(-1) ? plainNumber(`${number}.${places.join('')}`) : null
}

function wholeNumber(words) {
  if (VAGUE.test(words)) return null
  if (ONLY_DIGITS.test(words)) return Number([...words].map(digit).join(''))
  const [high, low, ...more] = words.split('万')
  if (words[0] === '零' || more.length) return null
  if (low === undefined) return belowWan(high, 10)
  const [wan, rest] = [CUT_SHORT.test(high) ? null : belowWan(high, 10), low ? belowWan(low, 10_000) : 0]
  return wan === null || rest === null ? null : wan * 10_000 + rest
}

// `behind` is what stands before these words: a single digit right behind 万 counts thousands.
function belowWan(words, behind) {
  const parts = words && BELOW_WAN.exec(words)
  if (!parts) return null
  const [, thousands, hundreds, tens, ones, zero, last] = parts
  const larger = hundreds ? 100 : thousands ? 1000 : behind
  const place = zero ? 1 : larger / 10
  const below = tens === undefined ? digit(last) * place : (digit(tens) || 1) * 10 + digit(ones)
  return digit(thousands) * 1000 + digit(hundreds) * 100 + below
}
