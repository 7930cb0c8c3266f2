// What the page says about its photo, about the net and about what waits for it.

import { bar, page, state } from './page.js'
import { draftsOf, photosOf } from './store.js'

const photoLine = document.querySelector('[data-photo-line]') ?? document.querySelector('[data-photo-state]')
const progress = document.querySelector('[data-photo-bar]')
export const photoAgain = document.querySelector('[data-photo-again]')

const sayingOf = photoState => bar.getAttribute(`data-say-${photoState}`) ?? ''

// One of empty, shooting, shrinking, uploading, done, waiting, signed-out, unreadable; refused brings the server's words.
export function tell(photoState, { percent = 0, words = sayingOf(photoState), slow = false } = {}) {
  if (!photoLine) return
  photoLine.hidden = false
  photoLine.dataset.state = photoState
  const place = photoLine.querySelector('[data-photo-words]') ?? photoLine
  const text = words.replace('{n}', percent) + (slow ? ` ${sayingOf('slow')}` : '')
  if (place.textContent !== text) place.textContent = text
  photoLine.querySelector('[data-photo-where]')?.setAttribute('hidden', '')
  photoLine.querySelector('[data-photo-mark]')?.toggleAttribute('hidden', photoState !== 'done')
  if (progress) { progress.hidden = photoState !== 'uploading'; progress.value = percent }
  if (photoAgain) photoAgain.hidden = photoState !== 'waiting'
}

export function preview(blob) {
  const head = document.querySelector('[data-photo-head]')
  if (!head) return
  let picture = head.querySelector('.picture')
  if (!picture) {
    picture = Object.assign(new Image(96, 96), { className: 'picture', alt: '' })
    head.prepend(picture)
  }
  picture.src = URL.createObjectURL(blob)
}

export async function showBar() {
  const waiting = (await photosOf(page.owner, page.does)).length + (await draftsOf(page.owner, page.does)).filter(draft => draft.send).length
  bar.hidden = navigator.onLine && !state.dead
  const count = bar.querySelector('[data-draft-count]')
  count.textContent = waiting ? count.dataset.words.replace('{n}', waiting) : ''
}

// Say that the sale is finished and waits for the net, where it is so.
export function sayKept() {
  const place = document.querySelector('[data-kept]')
  if (!place) return
  place.hidden = !state.draft.send?.some(step => step.last)
  if (!place.hidden) place.scrollIntoView({ block: 'center' })
}

// Offer to go on with a draft, or to see what became of it.
export function offer(draft) {
  const card = document.querySelector('[data-draft-offer]')
  if (!card) return
  const head = card.querySelector('[data-offer-head]')
  const text = card.querySelector('[data-offer-text]')
  card.href = draft.done ?? draft.path
  if (draft.done) head.textContent = head.dataset.done
  text.textContent = draft.title || text.dataset.photo
  card.hidden = false
  const elder = document.documentElement.dataset.mode === 'elder'
  if (elder) document.querySelector('[data-again-card]')?.setAttribute('hidden', '')
}
