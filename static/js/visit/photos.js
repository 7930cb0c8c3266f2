// The photos of a visit: kept on the phone until the server has them, each seen by its print to be another one.

import { page } from '../draft/page.js'
import { photosOf } from '../draft/store.js'
import { keepTaken } from '../kept/photos.js'
import { typing } from '../kept/typing.js'
import { wordsOf } from '../kept/waiting.js'

export const photoInputs = [...document.querySelectorAll('form[data-visit] input[type=file]')]
const stateLine = input => input.closest('[data-slot]').querySelector('[data-photo-state]')

export async function watchVisitPhotos(draft, changed) {
  for (const input of photoInputs) {
    input.addEventListener('change', event => {
      const [file] = input.files
      if (!file) return
      event.stopImmediatePropagation()
      takeVisitPhoto(draft, input, file).then(changed)
    }, true)
  }
  typing.refused = showKeptPhoto
  for (const photo of await keptOf(draft)) showKeptPhoto(photo)
}

const keptOf = async draft => (await photosOf(page.owner, page.does)).filter(photo => photo.draft === draft.id)
export const keptRoles = async draft => new Set((await keptOf(draft)).map(photo => photo.role))

async function takeVisitPhoto(draft, input, file) {
  const which = input.name
  const print = await printOf(file)
  const twin = (await keptOf(draft)).find(photo => photo.print === print && photo.role !== which)
  if (twin) {
    input.value = ''
    stateLine(input).textContent = wordsOf('twin')
    return
  }
  await keepTaken(draft, input, file, { role: which, url: `${draft.photos}${which}/`, more: { print } })
  const kept = (await keptOf(draft)).find(photo => photo.role === which)
  if (kept) showKeptPhoto(kept)
}

async function printOf(file) {
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
  return [...new Uint8Array(digest)].map(byte => byte.toString(16).padStart(2, '0')).join('')
}

function showKeptPhoto({ role, blob, refused }) {
  const input = photoInputs.find(one => one.name === role)
  if (!input) return // a signature
  const box = input.closest('.slot-box')
  box.querySelector('img')?.remove()
  box.prepend(Object.assign(new Image(), { alt: '', src: URL.createObjectURL(blob) }))
  for (const part of box.querySelectorAll('.icon, span')) part.hidden = true
  if (refused) delete input.dataset.kept
  else input.dataset.kept = '1'
  stateLine(input).textContent = refused ? (refused === true ? wordsOf('unreadable') : refused) : wordsOf('photo')
}

// Whether the server has a photo in this place, or the phone.
export const taken = input => 'kept' in input.dataset || Boolean(input.closest('[data-slot]').querySelector('.done:not([data-photo-state])'))
