// Going on where one stopped: what this phone has kept of earlier pages when one opens.

import { page, state } from './page.js'
import { note, restore } from './form.js'
import { fillIn, shownGoods } from './shell.js'
import { draftsOf, forgetDraft, forgetPhotosBefore, keepDraft, newDraft, photosOf } from './store.js'
import { offer, sayKept } from './words.js'

const A_WEEK = 7 * 86_400_000

// Take the draft of this page up again and offer another one; say whether this page is to stay.
export async function resume() {
  // Whoever it belongs to: what nobody came back for within a week is gone.
  await forgetPhotosBefore(Date.now() - A_WEEK)
  const kept = await draftsOf(page.owner)
  const waiting = new Set((await photosOf(page.owner)).map(photo => photo.id))
  for (const draft of kept) if (draft.id !== page.draft) await offerOrForget(draft, waiting.has(draft.id))
  const own = kept.find(draft => draft.id === page.draft)
  if (page.draft && page.kind === 'receipt') await closeDraft(own, waiting.has(page.draft))
  else if (page.draft) return takeUp(own ?? newDraft(page.draft, page.owner))
  return true
}

async function offerOrForget(draft, photoWaits) {
  const idle = !photoWaits && !draft.send && (draft.done || draft.path === `${page.base}${draft.id}/`)
  if (idle || Date.now() - draft.at > A_WEEK) await forgetDraft(draft.id)
  else if (!draft.done && !draft.send && !document.querySelector('[data-draft-offer]:not([hidden])')) offer(draft)
}

// A sale that has its receipt waits for its photo only.
async function closeDraft(draft, photoWaits) {
  if (!photoWaits) return forgetDraft(page.draft)
  const done = location.pathname
  await keepDraft({ ...(draft ?? newDraft(page.draft, page.owner)), path: done, send: null, done })
}

function takeUp(draft) {
  state.draft = draft
  // A page of the server's that was reached again decides anew; only its typed fields are older than it. A finished sale
  // is undone by no page: only another answer given on one takes its place.
  if (!page.shell && !draft.send?.some(step => step.last)) draft.send = null
  if (page.kind === 'quantity' && !knowGoods(draft)) return false
  draft.path = location.pathname + (page.shell ? location.search : '')
  if (page.form?.dataset.draftTitle) draft.title = page.form.dataset.draftTitle
  const answered = document.querySelector('[data-focus], [name="sure"]')
  if (page.kind === 'quantity' && !answered) restore(page.form, draft.fields)
  note()
  sayKept()
  return true
}

// What the server wrote about the goods is remembered; on a page that the phone drew it is filled in.
function knowGoods(draft) {
  if (!page.shell) {
    draft.produce = shownGoods()
    return true
  }
  if (draft.produce) return fillIn(draft.produce)
  location.replace(`${page.base}${draft.id}/produce/`)
  return false
}
