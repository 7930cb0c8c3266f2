// What is typed of a visit is kept as it is typed, and written back when its page opens again.

import { page, bar } from '../draft/page.js'
import { keepDraft, draftsOf, newDraft, newKey } from '../draft/store.js'
import { writeBack } from '../kept/fields.js'
import { pump } from '../kept/send.js'
import { typing } from '../kept/typing.js'
import { showKept, wordsOf } from '../kept/waiting.js'
import { keptRoles, photoInputs, taken, watchVisitPhotos } from './photos.js'
import { watchPlace } from './place.js'
import { isSigned, padOf, watchPad } from './sign.js'

const form = document.querySelector('form[data-visit]')
const UNKEPT = new Set(['csrfmiddlewaretoken', 'idem', 'kept', 'seen'])

export async function visitHere() {
  const { trip } = bar.dataset
  const kept = (await draftsOf(page.owner, page.does)).find(draft => draft.trip === trip && !draft.done)
  const draft = (typing.draft = kept ?? { ...newDraft(newKey(), page.owner), kind: page.does, trip })
  Object.assign(draft, { title: bar.dataset.title, url: bar.dataset.url, photos: bar.dataset.photos, page: location.pathname })
  for (const input of form.elements) if (!UNKEPT.has(input.name)) writeBack(input, draft.fields[input.name])
  form.noValidate = true // what is missing is said by the page itself
  form.addEventListener('input', noteVisit)
  form.addEventListener('change', noteVisit)
  // In capture: before once.js makes the button quiet.
  document.addEventListener('submit', write, true)
  const roles = await keptRoles(draft)
  for (const role of ['signature', 'first_signature']) watchPad(role, draft, { kept: roles.has(role), changed: noteVisit })
  form.addEventListener('change', showHouseholdPad)
  showHouseholdPad()
  watchPlace(form, noteVisit)
  await watchVisitPhotos(draft, noteVisit)
}

// The household signs on the phone only where it says so.
function showHouseholdPad() {
  padOf('signature').hidden = form.querySelector('[name=signed]:checked')?.value !== 'glass'
}

// Write down what stands on the page; what waited to be sent waits for the button again. What was refused goes under another
// key: the first may have arrived, though its answer did not.
function noteVisit() {
  const { draft } = typing
  for (const [name, value] of new FormData(form)) {
    if (typeof value === 'string' && (name === 'seen' || !UNKEPT.has(name))) draft.fields[name] = value
  }
  if (draft.said) draft.key = newKey()
  draft.send = null
  draft.said = draft.receipt = ''
  draft.told = wordsOf('found').replace('{n}', form.elements.found.value)
  keepDraft(draft)
  showKept()
}

function write(event) {
  if (event.target !== form) return
  event.preventDefault()
  event.stopImmediatePropagation()
  if (complete()) sendVisit()
}

// What the server would send back: said here, while one still stands in the field.
function complete() {
  const lacks = lacking()
  const wrong = form.querySelector('[data-wrong]')
  wrong.hidden = !lacks
  wrong.textContent = lacks && wordsOf(lacks)
  const field = { empty: form.elements.found, why: form.elements.why }[lacks]
  if (field) field.focus()
  else if (lacks) wrong.scrollIntoView({ block: 'nearest' })
  return !lacks
}

function lacking() {
  const found = form.elements.found.value.trim()
  const signed = form.elements.signed.value
  if (!photoInputs.every(input => input.name === 'paper' || taken(input))) return 'photos'
  if (!found) return 'empty'
  if (!form.elements.conclusion.value) return 'conclusion'
  if (!signed) return 'signed'
  if (Boolean(form.elements.witness.value.trim()) !== Boolean(form.elements.witness_tie.value)) return 'witness'
  if ((Number(found) < Number(form.dataset.least) || signed === 'no') && !form.elements.why.value.trim()) return 'why'
  return signed === 'glass' && !isSigned('signature') ? 'signature' : ''
}

async function sendVisit() {
  form.elements.phone_at.value = Date.now()
  noteVisit()
  const { draft } = typing
  Object.assign(draft, { send: [{ url: draft.url, body: '', last: true }], state: 'kept', said: '' })
  await keepDraft(draft)
  await showKept()
  document.querySelector('[data-said]').scrollIntoView({ block: 'center' })
  await pump()
}
