// Photos taken at the scale: kept on the phone until the server has them, each in the place of an earlier one like it.

import { page } from '../draft/page.js'
import { keepDraft, keepPhoto } from '../draft/store.js'
import { wordsOf } from './waiting.js'

const SHOWS = { photo: 'scale', refused_photo: 'refused', slip: 'slip' }

export function watchPhotos(draft) {
  for (const input of document.querySelectorAll('form[data-lot] input[type=file]')) {
    input.addEventListener('change', event => {
      const [file] = input.files
      if (!file) return
      event.stopImmediatePropagation()
      keep(draft, input, file)
    }, true)
  }
}

async function keep(draft, input, file) {
  const { lot } = input.form.dataset
  const shows = SHOWS[input.name]
  const role = `${shows}:${lot}`
  const record = { id: `${draft.id}:${role}`, draft: draft.id, kind: 'scale', owner: page.owner, at: Date.now(), role }
  const url = `/deliveries/${draft.trip}/lots/${lot}/${shows}/`
  const place = input.closest('[data-slot]').querySelector('[data-photo-state]')
  draft.send = null
  await keepDraft(draft)
  try {
    await keepPhoto({ ...record, blob: file, url, sha256: '', shrink: 'evidence', small: false })
    place.textContent = wordsOf('photo')
  } catch {
    place.textContent = wordsOf('unreadable')
  }
  input.value = '' // it is on the phone now
}
