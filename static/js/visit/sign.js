// Names, drawn with a finger: each a small picture that is kept and sent as the photos are, under the name of its pad.

import { page } from '../draft/page.js'
import { forgetPhoto, keepPhoto } from '../draft/store.js'
import { wordsOf } from '../kept/waiting.js'

const INK = { fillStyle: '#fff', strokeStyle: '#17211b', lineWidth: 5, lineCap: 'round', lineJoin: 'round' }
export const padOf = role => document.querySelector(`[data-sign=${role}]`)
export const isSigned = role => 'here' in padOf(role).dataset
const idOf = (draft, role) => `${draft.id}:${role}`

// Let somebody sign on one pad, `kept` where the phone has that name already; `changed` keeps the rest of the form with it.
export function watchPad(role, draft, { kept, changed }) {
  const box = padOf(role)
  if (!box) return
  const pad = box.querySelector('[data-sign-pad]')
  const words = box.querySelector('[data-sign-words]')
  let drawing = false
  if (kept) {
    box.dataset.here = '1'
    words.textContent = wordsOf('sign-here')
  }
  box.hidden = false
  if (box.closest('[data-sign-card]')) box.closest('[data-sign-card]').hidden = false
  wipe(pad)
  pad.addEventListener('pointerdown', event => {
    drawing = true
    pad.setPointerCapture(event.pointerId)
    pad.getContext('2d').beginPath()
    pad.getContext('2d').moveTo(...at(pad, event))
  })
  pad.addEventListener('pointermove', event => {
    if (!drawing) return
    pad.getContext('2d').lineTo(...at(pad, event))
    pad.getContext('2d').stroke()
  })
  pad.addEventListener('pointerup', async () => {
    drawing = false
    await keepName(pad, role, draft)
    box.dataset.here = '1'
    words.textContent = wordsOf('sign-here')
    changed()
  })
  box.querySelector('[data-sign-again]').addEventListener('click', () => {
    wipe(pad)
    delete box.dataset.here
    words.textContent = ''
    delete draft.shown?.[role]
    forgetPhoto(idOf(draft, role)).then(changed)
  })
}

function wipe(pad) {
  const pen = pad.getContext('2d')
  Object.assign(pen, INK)
  pen.fillRect(0, 0, pad.width, pad.height)
}

function at(pad, event) {
  const { left, top, width, height } = pad.getBoundingClientRect()
  return [((event.clientX - left) * pad.width) / width, ((event.clientY - top) * pad.height) / height]
}

async function keepName(pad, role, draft) {
  const blob = await new Promise(done => pad.toBlob(done, 'image/png'))
  const record = { id: idOf(draft, role), draft: draft.id, kind: page.does, owner: page.owner, at: Date.now(), role }
  await keepPhoto({ ...record, url: `${draft.photos}${role}/`, blob, sha256: '', shrink: 'evidence', small: false })
}
