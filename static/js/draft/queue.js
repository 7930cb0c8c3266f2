// The queue of this phone: all that waits is sent behind the page and tried again until it arrives, and the page shows
// what became of it.

import { page, state } from './page.js'
import { sendPhoto } from './photos.js'
import { reachable } from './requests.js'
import { sendSteps } from './steps.js'
import { draftsOf, photosOf } from './store.js'
import { offer, showBar, tell } from './words.js'

let pumping = false
let tries = 0
let nextTry = 0

// Send all that waits, one photo after the other; what got no answer is tried again, ever more slowly.
export async function pump() {
  if (pumping) return
  pumping = true
  clearTimeout(nextTry)
  let left = false
  try {
    for (const kept of await draftsOf(page.owner)) {
      const draft = kept.id === state.draft?.id ? state.draft : kept
      if (!draft.send || draft.id === state.sending) continue
      left = settle(await sendSteps(draft), draft) || left
      if (state.dead) break
    }
    for (const photo of state.dead && left ? [] : await photosOf(page.owner)) {
      left = settle(await sendPhoto(photo)) || left
      if (state.dead) break
    }
    left ||= (await photosOf(page.owner)).length > 0
    if (!left && state.dead) left = state.dead = !(await reachable())
  } finally {
    pumping = false
  }
  if (!left) tries = 0
  else nextTry = setTimeout(pump, Math.min(120, 2 ** ++tries) * (750 + 500 * Math.random()))
  await showBar()
}

export function pumpAtOnce() {
  tries = 0
  pump()
}

export function pumpIn(milliseconds) {
  clearTimeout(nextTry)
  nextTry = setTimeout(pump, milliseconds)
}

// Draw what an answer means for the page; say whether there is something left to try again.
export function settle(answer, draft) {
  state.dead = Boolean(answer.dead)
  const ofPage = draft?.id && draft.id === page.draft
  if (ofPage && answer.words) tell(answer.state, answer)
  if (ofPage && answer.url && answer.state !== 'done') showPage(answer.url)
  else if (draft && answer.state === 'refused') offer(draft)
  else if (!answer.to) return answer.state === 'waiting'
  else if (!ofPage) offer(draft)
  // An earlier step that arrives at last does not change the page under the fingers.
  else if (draft.done || answer.url === location.pathname) location.assign(answer.to)
  return false
}

// The page the server answered with belongs on the screen: where it is this one, let the browser send the form itself.
function showPage(url) {
  if (url !== location.pathname) return location.assign(url)
  page.form.dataset.plain = '1'
  state.sending = ''
  page.form.requestSubmit(state.pressed)
}
