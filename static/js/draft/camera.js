// The camera: the draft's key stands in the address and on the phone before it opens, and the photo is kept until the
// server has it.

import { bar, page, state } from './page.js'
import { pump } from './queue.js'
import { reachable } from './requests.js'
import { stepsKept } from './shell.js'
import { keepDraft, keepPhoto, newDraft, newKey } from './store.js'
import { offer, tell } from './words.js'

export function watchCamera(input) {
  const before = location.pathname
  let draft = null

  input.addEventListener('click', () => {
    draft = newDraft(page.draft || newKey(), page.owner)
    draft.path = `${page.base}${draft.id}/`
    keepDraft(draft)
    // A phone that kills the page while the camera is open comes back to this draft.
    history.replaceState(null, '', draft.path)
    tell('shooting')
  })
  input.addEventListener('cancel', () => {
    history.replaceState(null, '', before)
    tell('empty')
  })
  input.addEventListener('change', event => {
    const [file] = input.files
    if (!file) return
    event.stopImmediatePropagation()
    draft ??= newDraft(page.draft || newKey(), page.owner)
    draft.path = bar.dataset.next || `${page.base}${draft.id}/produce/`
    takePhoto(input, file, draft)
  }, true)
}

async function takePhoto(input, file, draft) {
  try {
    const { id, owner } = draft
    await keepPhoto({ id, owner, at: Date.now(), blob: file, sha256: '', small: false })
  } catch {
    return sendWithForm(input, draft)
  }
  await keepDraft(draft)
  state.photoOf = draft.id
  tell('shrinking')
  if ((await stepsKept()) || (await reachable())) return location.assign(draft.path)
  state.dead = true
  tell('waiting')
  offer(draft)
  pump()
}

// Without a place to keep it, the photo goes off at once, the old way.
async function sendWithForm(input, draft) {
  const { take } = await import(bar.dataset.photoJs)
  const key = input.form.elements.idem
  if (key) key.value = draft.id
  await take(input)
}
