// What is typed into a step: written down as it is typed, written back after the page died, sent behind the page.

import { page, state } from './page.js'
import { pumpIn, settle } from './queue.js'
import { OFFLINE_AFTER } from './requests.js'
import { chosenGoods, stepsKept } from './shell.js'
import { sendSteps } from './steps.js'
import { keepDraft } from './store.js'
import { sayKept, showBar } from './words.js'

const UNKEPT = new Set(['csrfmiddlewaretoken', 'idem', 'sure', 'photo'])
const TYPING = 500

export function typedFields(form) {
  const fields = {}
  for (const [name, value] of new FormData(form)) {
    if (!UNKEPT.has(name) && typeof value === 'string') fields[name] = value
  }
  return fields
}

// Write down what stands on the page now.
export function note() {
  if (!state.draft || state.draft.done) return
  if (page.form && page.kind === 'quantity') state.draft.fields = typedFields(page.form)
  keepDraft(state.draft)
}

// Write back what was typed before: units first, so that no number is converted.
export function restore(form, fields) {
  const inputs = [...form.elements].filter(input => input.name in fields && input.type !== 'hidden')
  for (const input of inputs.filter(input => input.type === 'radio')) {
    if (input.value !== fields[input.name] || input.checked) continue
    input.checked = true
    input.dispatchEvent(new Event('change', { bubbles: true }))
  }
  for (const input of inputs.filter(input => input.type !== 'radio' && input.type !== 'checkbox')) {
    if (input.value === fields[input.name]) continue
    input.value = fields[input.name]
    input.dispatchEvent(new Event('input', { bubbles: true }))
  }
}

export function noteAsTyped() {
  let soon = 0
  for (const kind of ['input', 'change', 'click']) {
    document.addEventListener(kind, () => { clearTimeout(soon); soon = setTimeout(note, TYPING) })
  }
}

// Add what the form says to the steps that the draft waits with.
function addStep(draft, button) {
  const body = new URLSearchParams(new FormData(page.form))
  if (button?.name) body.set(button.name, button.value)
  const step = { url: location.pathname, body: body.toString(), last: page.kind === 'quantity' }
  draft.send = step.last ? [...(draft.send ?? []).filter(waiting => !waiting.last), step] : [step]
  if (page.kind === 'produce' && button) draft.produce = chosenGoods(button)
}

// Pressed before the phone's store has opened: with a net it is sent as ever, without one as soon as the store is there.
function sendOnceOpen(event) {
  if (navigator.onLine && !page.shell) return
  event.preventDefault()
  state.early = () => page.form.requestSubmit(event.submitter ?? undefined)
}

export async function sendForm(event) {
  if (page.form.dataset.plain) return
  if (!state.draft) return sendOnceOpen(event)
  event.preventDefault()
  if (state.sending) return
  const { draft } = state
  const button = (state.pressed = event.submitter)
  state.sending = page.draft
  addStep(draft, button)
  note()
  button?.setAttribute('aria-disabled', 'true')
  const kept = page.kind === 'produce' && (await stepsKept())
  const answer = await sendSteps(draft, kept ? OFFLINE_AFTER : 0)
  state.sending = ''
  if (answer.state !== 'done') button?.removeAttribute('aria-disabled')
  if (!settle(answer, draft)) return
  await keepDraft(draft)
  if (kept) return location.assign(`${page.base}${draft.id}/quantity/${draft.produce?.each ? '?head' : ''}`)
  sayKept()
  await showBar()
  pumpIn(2_000)
}
