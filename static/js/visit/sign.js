// The household's name, drawn with a finger: a small picture that is kept and sent as the photos are.

import { page } from '../draft/page.js'
import { forgetPhoto, keepPhoto } from '../draft/store.js'
import { wordsOf } from '../kept/waiting.js'

const box = document.querySelector('[data-sign]')
const pad = document.querySelector('[data-sign-pad]')
const pen = pad?.getContext('2d')
let drawing = false

const idOf = draft => `${draft.id}:signature`
export const signatureThere = () => 'here' in box.dataset

// Let somebody sign; `changed` keeps the rest of the form with it.
export function watchSign(form, draft, changed) {
  if (!box) return
  const glass = () => form.querySelector('[name=signed]:checked')?.value === 'glass'
  const show = () => { box.hidden = !glass() }
  form.addEventListener('change', show)
  show()
  wipe()
  pad.addEventListener('pointerdown', event => {
    drawing = true
    pad.setPointerCapture(event.pointerId)
    pen.beginPath()
    pen.moveTo(...at(event))
  })
  pad.addEventListener('pointermove', event => {
    if (!drawing) return
    pen.lineTo(...at(event))
    pen.stroke()
  })
  pad.addEventListener('pointerup', () => {
    drawing = false
    keepSignature(draft).then(changed)
  })
  box.querySelector('[data-sign-again]').addEventListener('click', () => {
    wipe()
    delete box.dataset.here
    box.querySelector('[data-sign-words]').textContent = ''
    delete draft.shown?.signature
    forgetPhoto(idOf(draft)).then(changed)
  })
}

function wipe() {
  Object.assign(pen, { fillStyle: '#fff', strokeStyle: '#17211b', lineWidth: 5, lineCap: 'round', lineJoin: 'round' })
  pen.fillRect(0, 0, pad.width, pad.height)
}

function at(event) {
  const { left, top, width, height } = pad.getBoundingClientRect()
  return [((event.clientX - left) * pad.width) / width, ((event.clientY - top) * pad.height) / height]
}

async function keepSignature(draft) {
  const blob = await new Promise(done => pad.toBlob(done, 'image/png'))
  const [url, role] = [`${draft.photos}signature/`, 'signature']
  const record = { id: idOf(draft), draft: draft.id, kind: page.does, owner: page.owner, at: Date.now(), role, url }
  await keepPhoto({ ...record, blob, sha256: '', shrink: 'evidence', small: false })
  box.dataset.here = '1'
  box.querySelector('[data-sign-words]').textContent = wordsOf('sign-here')
}
