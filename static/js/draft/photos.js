// A photo on its way: made small, then sent in pieces; the page that it belongs to says how far it has come.

import { bar, page, state } from './page.js'
import { ask, ofAnother } from './requests.js'
import { draftsOf, forgetDraft, forgetPhoto, keepPhoto } from './store.js'
import { preview, tell } from './words.js'

const SLOW = 10_000

// Send one photo and return what became of it; one whose print is known goes on where it broke off.
export async function upload(photo, told) {
  const { status, answer } = photo.sum ? await inPieces(photo, told) : await asForm(photo, told)
  if (!status) return { state: 'waiting', dead: true }
  if (status < 300 && answer?.to) return { state: 'done' }
  if (ofAnother(answer)) return { state: 'signed-out', words: answer.message }
  if (status >= 500 || status === 409) return { state: 'waiting' }
  return answer?.message ? { state: 'refused', words: answer.message } : { state: 'signed-out' }
}

async function inPieces(photo, told) {
  const { sendInPieces } = await import(bar.dataset.piecesJs).catch(() => ({}))
  if (!sendInPieces) return asForm(photo, told)
  return sendInPieces(ask, `${photo.url ?? `${page.base}${photo.id}/photo/`}${photo.sum}/`, photo, told)
}

function asForm(photo, told) {
  const body = new FormData()
  body.append('photo_sha256', photo.sha256)
  body.append('photo', photo.blob, 'photo.jpg')
  const percent = (loaded, total) => told(Math.floor((100 * loaded) / total))
  return ask('POST', `${page.base}${photo.id}/`, { body, size: photo.blob.size, told: percent })
}

// Return the photo made small; its fingerprint is taken from the original first.
export async function readied(photo) {
  if (photo.small) return photo
  const { fingerprint, shrunk } = await import(bar.dataset.photoJs)
  const sha256 = await fingerprint(photo.blob)
  const small = await shrunk(photo.blob, photo.shrink ?? 'listing')
  const blob = small && small.size < photo.blob.size ? small : photo.blob
  const ready = { ...photo, sha256, blob, sum: await fingerprint(blob), small: true }
  await keepPhoto({ ...ready, begun: true }).catch(() => {})
  return ready
}

export async function sendPhoto(kept) {
  const shown = kept.id === state.photoOf
  const say = shown ? tell : () => {}
  let percent = 0
  if (shown) preview(kept.blob)
  if (!kept.small) say('shrinking')
  const photo = await readied(kept)
  say('uploading')
  const slow = setTimeout(() => say('uploading', { percent, slow: true }), SLOW)
  const began = Date.now()
  const answer = await upload(photo, now => {
    percent = now
    say('uploading', { percent, slow: Date.now() - began > SLOW })
  })
  clearTimeout(slow)
  say(answer.state, answer.words ? { words: answer.words } : {})
  if (answer.state === 'done' || answer.state === 'refused') await forgetSent(photo.id)
  return answer
}

// A draft that is done has only waited for its photo.
async function forgetSent(id) {
  await forgetPhoto(id)
  const draft = (await draftsOf(page.owner)).find(kept => kept.id === id)
  if (draft?.done) await forgetDraft(id)
}
