// What was typed goes off: first its photos, then all of it together under the key that this phone made.

import { page, state } from '../draft/page.js'
import { readied, upload } from '../draft/photos.js'
import { reachable } from '../draft/requests.js'
import { sendSteps } from '../draft/steps.js'
import { draftsOf, forgetPhoto, keepDraft, keepPhoto, photosOf } from '../draft/store.js'
import { showBar } from '../draft/words.js'
import { showKept, wordsOf } from './waiting.js'
import { typing } from './typing.js'

const UNREADY = new Set(['photos_on_the_way', 'not_written_yet']) // it is tried again until what is before it is there
const UNSAID = { 'signed-out': 'signed-out', refused: 'lost' }
let pumping = false
let again = false
let tries = 0
let nextTry = 0

// Send all that waits, one draft after the other; what got no answer is tried again, ever more slowly.
export async function pump() {
  if (pumping) return void (again = true)
  pumping = true
  clearTimeout(nextTry)
  let left = false
  try {
    for (const kept of await draftsOf(page.owner, page.does)) {
      const draft = kept.id === typing.draft?.id ? typing.draft : kept
      if (!draft.send) continue
      left = !(await send(draft)) || left
      if (state.dead) break
    }
    if (!left && state.dead) left = state.dead = !(await reachable())
  } finally {
    pumping = false
  }
  await showBar()
  if (again) {
    again = false
    return pumpAtOnce()
  }
  if (!left) tries = 0
  else nextTry = setTimeout(pump, Math.min(120, 2 ** ++tries) * (750 + 500 * Math.random()))
}

export function pumpAtOnce() {
  tries = 0
  return pump()
}

// Send one draft; say whether it needs no further try.
async function send(draft) {
  draft.state = 'sending'
  await showKept()
  const photos = await sendPhotos(draft)
  const answer = photos.state === 'done' ? await sendSteps(withPhotos(draft)) : photos
  state.dead = Boolean(answer.dead)
  draft.state = answer.state === 'done' ? 'received' : answer.state === 'waiting' ? 'kept' : answer.state
  draft.said = answer.words ?? answer.answer?.message ?? (UNSAID[answer.state] ? wordsOf(UNSAID[answer.state]) : '')
  draft.lot = answer.answer?.lot ?? ''
  draft.receipt = answer.answer?.receipt ?? ''
  draft.both = answer.answer?.both ?? null
  if (answer.state === 'refused' && UNREADY.has(answer.answer?.code)) return await waitLonger(draft)
  await keepDraft(draft)
  await showKept()
  // On the page it was typed on it leads on; from the list one goes where one wants.
  if (draft.done && draft === typing.draft) location.assign(draft.done)
  return answer.state !== 'waiting'
}

async function sendPhotos(draft) {
  for (const kept of await photosOf(page.owner, page.does)) {
    if (kept.draft !== draft.id || kept.refused) continue
    const photo = await readied(kept)
    draft.shown = { ...draft.shown, [photo.role]: photo.sum }
    await keepDraft(draft)
    const answer = await upload(photo, () => {})
    if (answer.state === 'done') await forgetPhoto(photo.id)
    else if (answer.state !== 'refused') return answer
    else await refusePhoto(draft, photo, answer.words)
  }
  return { state: 'done' }
}

// A photo that is none, or that comes too late: it stays here, and the draft says what becomes of it.
async function refusePhoto(draft, photo, words) {
  delete draft.shown[photo.role]
  await keepPhoto({ ...photo, refused: words || true })
  if (draft === typing.draft) typing.refused({ ...photo, refused: words || true })
}

function withPhotos(draft) {
  const body = new URLSearchParams({ ...draft.fields, key: draft.key ?? draft.id })
  body.set('shown', Object.entries(draft.shown ?? {}).map(([role, sum]) => `${role} ${sum}`).sort().join())
  if (draft.send) draft.send = [{ ...draft.send[0], body: body.toString() }]
  return draft
}

// The server has lost a photo that it said it had, or what the first wrote is still on that phone: without it this does
// not go.
async function waitLonger(draft) {
  draft.send = [{ url: draft.url, body: '', last: true }]
  draft.state = 'kept'
  await keepDraft(draft)
  return false
}
