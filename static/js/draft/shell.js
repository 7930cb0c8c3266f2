// Steps that the phone draws itself when there is no net: sw.js keeps them, and here is what the server would have
// written into them.

import { bar, page, state } from './page.js'

// Whether this phone can draw the next step itself: sw.js has kept the steps of whoever is signed in.
export async function stepsKept() {
  if ('others' in bar.dataset || !bar.dataset.offline || !navigator.serviceWorker?.controller) return false
  return Boolean(await caches.match(bar.dataset.offline).catch(() => null))
}

// Let the phone keep the steps for whoever is signed in here; of anybody else it forgets them.
export async function keepSteps() {
  const steps = bar.dataset.offline
  if (!steps) return self.caches?.delete('selling')
  if (state.dead || !navigator.serviceWorker) return
  await navigator.serviceWorker.register('/sw.js')
  const { active } = await navigator.serviceWorker.ready
  active.postMessage(steps)
}

// What the next step must know of the goods just chosen.
export function chosenGoods(button) {
  const of = list => new URLSearchParams(page.form.dataset[list]).get(button.value) ?? ''
  const name = button.textContent.trim()
  return { name, picture: button.querySelector('img')?.src ?? '', each: of('each'), word: of('words'), price: of('prices') }
}

// The same of the goods that this page shows.
export function shownGoods() {
  const picture = document.querySelector('[data-photo-head] .picture')?.src ?? ''
  const each = page.form.querySelector('[data-quantity]').dataset.each ?? ''
  const word = page.form.querySelector('[data-count-word]')?.textContent ?? ''
  return { name: page.form.dataset.draftTitle, picture, each, word, price: page.form.querySelector('[data-price]').value }
}

// Fill the page in; say whether it is the one for these goods, by weight or by head.
export function fillIn({ name, picture, each, word, price }) {
  if (Boolean(each) !== location.search.startsWith('?head')) {
    location.replace(location.pathname + (each ? '?head' : ''))
    return false
  }
  page.form.dataset.draftTitle = name
  for (const place of document.querySelectorAll('[data-produce-name]')) place.textContent = name
  const seen = document.querySelector('[data-photo-head] .picture')
  seen.alt = name
  if (picture) seen.src = picture
  const day = document.querySelector('[name=harvested_on]')
  if (day) day.value = new Date().toLocaleDateString('sv', { timeZone: 'Asia/Shanghai' }) // the county's 2026-11-02
  if (each) document.querySelector('[data-quantity]').dataset.each = each
  if (word) sayCounted(word)
  const money = document.querySelector('[data-price]')
  money.value = price
  money.dispatchEvent(new Event('input', { bubbles: true }))
  return true
}

// These goods are counted by another word than the one the page was kept with.
function sayCounted(word) {
  const unit = document.querySelector('[data-count-word]')
  const before = unit.textContent
  const sum = document.querySelector('[data-sum-weight]')
  for (const place of [unit, ...document.querySelectorAll('.chip[data-set]')]) place.textContent = place.textContent.replace(before, word)
  sum.dataset.piece = sum.dataset.piece.replace(before, word)
}
