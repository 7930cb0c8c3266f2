// The second verifier signs what was read, or says what is different: kept on the own phone, sent once, signed only then.

import { page, bar } from '../draft/page.js'
import { keepDraft, draftsOf, newDraft, newKey } from '../draft/store.js'
import { writeBack } from '../kept/fields.js'
import { pump } from '../kept/send.js'
import { typing } from '../kept/typing.js'
import { showKept, wordsOf } from '../kept/waiting.js'
import { keptRoles } from './photos.js'
import { watchPlace } from './place.js'
import { watchPad } from './sign.js'

const signForm = document.querySelector('form[data-visit-sign]')
const UNSAVED = new Set(['csrfmiddlewaretoken', 'idem'])
const OF_THE_PAGE = /^(?:seen|verdict|read_\w+)$/ // what stands on the page now is what is read now

export async function signHere() {
  if (!signForm) return // signed already
  const { trip, title, url, photos } = bar.dataset
  const kept = (await draftsOf(page.owner, page.does)).find(draft => draft.trip === trip && !draft.done)
  const draft = (typing.draft = kept ?? { ...newDraft(newKey(), page.owner), kind: page.does, trip })
  Object.assign(draft, { title, url, photos, page: location.pathname })
  for (const input of signForm.elements) {
    if (!UNSAVED.has(input.name) && !OF_THE_PAGE.test(input.name)) writeBack(input, draft.fields[input.name])
  }
  signForm.hidden = false // where nothing has come from the first yet, what was read on that one's phone is signed
  signForm.noValidate = true
  signForm.addEventListener('input', noteSigning)
  document.addEventListener('submit', say, true) // in capture: before once.js makes the button quiet
  const roles = await keptRoles(draft)
  watchPad('second_signature', draft, { kept: roles.has('second_signature'), changed: noteSigning })
  watchPlace(signForm, () => { if (!draft.send) noteSigning() })
}

// As noteVisit: what waited to be sent waits for a button again.
function noteSigning() {
  const { draft } = typing
  for (const [name, value] of new FormData(signForm)) if (!UNSAVED.has(name)) draft.fields[name] = value
  if (draft.said) draft.key = newKey()
  Object.assign(draft, { send: null, said: '', receipt: '', both: null })
  keepDraft(draft)
  showKept()
}

async function say(event) {
  if (event.target !== signForm) return
  event.preventDefault()
  event.stopImmediatePropagation()
  const { value, textContent } = event.submitter
  const { found, words } = signForm.elements
  const lacks = value === 'contest' ? !words.value.trim() && 'different' : found && !found.value.trim() && 'empty'
  const wrong = signForm.querySelector('[data-wrong]')
  wrong.hidden = !lacks
  wrong.textContent = lacks ? wordsOf(lacks) : ''
  if (lacks) return void (lacks === 'empty' ? found : words).focus()
  signForm.elements.phone_at.value = Date.now()
  noteSigning()
  const { draft } = typing
  draft.fields.verdict = value
  Object.assign(draft, { told: textContent.trim(), send: [{ url: draft.url, body: '', last: true }], state: 'kept', said: '' })
  await keepDraft(draft)
  await showKept()
  document.querySelector('[data-said]').scrollIntoView({ block: 'center' })
  await pump()
}
