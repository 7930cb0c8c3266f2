// The photos of a loss: several of one input, each kept on the phone until the server has it.

import { page } from '../draft/page.js'
import { keepDraft, keepPhoto, photosOf } from '../draft/store.js'
import { typing } from '../kept/typing.js'
import { wordsOf } from '../kept/waiting.js'

const MOST_PHOTOS = 6
const photoInput = document.querySelector('form[data-loss] input[type=file]')
const stateLine = () => photoInput.closest('[data-slot]').querySelector('[data-photo-state]')
const keptOf = async draft => (await photosOf(page.owner, page.does)).filter(photo => photo.draft === draft.id && !photo.refused)

export async function watchLossPhotos(draft, changed) {
  photoInput.addEventListener('change', event => {
    const files = [...photoInput.files]
    if (!files.length) return
    event.stopImmediatePropagation()
    takeLossPhotos(draft, files).then(changed)
  }, true)
  typing.refused = photo => { stateLine().textContent = photo.refused === true ? wordsOf('unreadable') : photo.refused }
  await tellHowMany(draft)
}

// How many photos the report has: those that the phone keeps, and those that the server has already.
export const photosHere = async draft => new Set([...Object.keys(draft.shown ?? {}), ...(await keptOf(draft)).map(photo => photo.role)]).size

async function takeLossPhotos(draft, files) {
  draft.send = null
  await keepDraft(draft)
  for (const file of files) {
    const number = (await photosHere(draft)) + 1
    if (number > MOST_PHOTOS) break
    const record = { id: `${draft.id}:p${number}`, draft: draft.id, kind: page.does, owner: page.owner, at: Date.now(), role: `p${number}` }
    try {
      await keepPhoto({ ...record, blob: file, url: `${draft.photos}${number}/`, sha256: '', shrink: 'evidence', small: false })
    } catch {
      stateLine().textContent = wordsOf('unreadable')
    }
  }
  photoInput.value = '' // they are on the phone now
  await tellHowMany(draft)
}

// The same in words.
export const photosWords = async draft => wordsOf('photos').replace('{n}', await photosHere(draft))

async function tellHowMany(draft) {
  if (await photosHere(draft)) stateLine().textContent = await photosWords(draft)
}
