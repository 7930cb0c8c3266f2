// Photos taken without a net: each is kept on the phone until the server has it, in the place of an earlier one like it.

import { page } from '../draft/page.js'
import { keepDraft, keepPhoto } from '../draft/store.js'
import { wordsOf } from './waiting.js'

// Keep what a file input has just taken, and say so beside it; `url` is where its pieces go.
export async function keepTaken(draft, input, file, { role, url, more = {} }) {
  const record = { id: `${draft.id}:${role}`, draft: draft.id, kind: page.does, owner: page.owner, at: Date.now(), role }
  const place = input.closest('[data-slot]').querySelector('[data-photo-state]')
  draft.send = null
  await keepDraft(draft)
  try {
    await keepPhoto({ ...record, ...more, blob: file, url, sha256: '', shrink: 'evidence', small: false })
    place.textContent = wordsOf('photo')
  } catch {
    place.textContent = wordsOf('unreadable')
  }
  input.value = '' // it is on the phone now
}
