// What is typed of a loss is kept as it is typed, and written back when its page opens again.

import { gramsIn, piecesIn } from '../keypad/amounts.js'
import { bar, page } from '../draft/page.js'
import { keepDraft, draftsOf, newDraft, newKey } from '../draft/store.js'
import { writeBack } from '../kept/fields.js'
import { pump } from '../kept/send.js'
import { typing } from '../kept/typing.js'
import { showKept, wordsOf } from '../kept/waiting.js'
import { photosHere, photosWords, watchLossPhotos } from './photos.js'
import { amountWords, showLossOnce } from './shown.js'

const form = document.querySelector('form[data-loss]')
const asks = form?.querySelector('[data-unusual]')
const UNKEPT = new Set(['csrfmiddlewaretoken', 'idem', 'kept', 'sure'])

export async function lossHere() {
  const { trip } = bar.dataset
  const kept = (await draftsOf(page.owner, page.does)).find(draft => draft.trip === trip && !draft.done)
  const draft = (typing.draft = kept ?? { ...newDraft(newKey(), page.owner), kind: page.does, trip })
  Object.assign(draft, { title: bar.dataset.title, url: bar.dataset.url, page: location.pathname })
  draft.photos = `${bar.dataset.photos}${draft.id}/`
  for (const input of form.elements) {
    const value = draft.fields[input.name]
    if (input.name && !UNKEPT.has(input.name)) writeBack(input, value)
  }
  form.noValidate = true // what is missing is said by the page itself
  form.addEventListener('input', noteLoss)
  form.addEventListener('change', noteLoss)
  // In capture: before once.js makes the button quiet.
  document.addEventListener('submit', reportLoss, true)
  await watchLossPhotos(draft, noteLoss)
}

// Write down what stands on the page; what waited to be sent waits for the button again. What was refused goes under another
// key: the first may have arrived, though its answer did not.
function noteLoss() {
  const { draft } = typing
  for (const [name, value] of new FormData(form)) {
    if (typeof value === 'string' && !UNKEPT.has(name)) draft.fields[name] = value
  }
  draft.fields.draft = draft.id
  if (draft.said) draft.key = newKey()
  draft.send = null
  draft.said = draft.receipt = ''
  draft.told = wordsOf('lost-so-much').replace('{n}', draft.fields.quantity_0 ?? '')
  keepDraft(draft)
  showKept()
}

function reportLoss(event) {
  if (event.target !== form) return
  event.preventDefault()
  event.stopImmediatePropagation()
  lacking().then(async lacks => {
    const wrong = form.querySelector('[data-wrong]')
    wrong.hidden = !lacks
    wrong.textContent = lacks && wordsOf(lacks)
    if (lacks === 'empty') form.elements.quantity_0.focus()
    else if (lacks) wrong.scrollIntoView({ block: 'nearest' })
    else if (!askedOnce()) showLossOnce(await photosWords(typing.draft), sendLoss)
  })
}

// What the server would send back: said here, while one still stands in the field.
async function lacking() {
  const { cause, consent, day, elsewhere, elsewhere_from: from, elsewhere_fen: yuan, happened_on: other, quantity_0: quantity } = form.elements
  if (cause && !cause.value) return 'cause'
  if (!quantity.value.trim()) return 'empty'
  if (!['today', 'yesterday'].includes(day.value) && !other.value) return 'day'
  if (!(await photosHere(typing.draft))) return 'no-photo'
  if (!elsewhere.value) return 'elsewhere'
  if (elsewhere.value === 'got' && !(from.value.trim() && yuan.value.trim())) return 'got'
  return consent && !consent.value ? 'consent' : ''
}

// An amount far above the usual is asked about in words, as the server does of a form that is sent to it; the box answers.
function askedOnce() {
  const { quantity_0: quantity, quantity_1: unit, sure } = form.elements
  if (!asks?.dataset.most || sure.checked) return false
  const amount = unit.value === 'piece' ? piecesIn(quantity.value) : gramsIn(quantity.value, unit.value)
  const far = amount > Number(asks.dataset.most)
  asks.hidden = !far
  if (!far) return false
  asks.querySelector('[data-asked]').textContent = asks.dataset.question.replace('{n}', amountWords())
  sure.focus()
  return true
}

async function sendLoss() {
  form.elements.phone_at.value = Date.now()
  noteLoss()
  const { draft } = typing
  Object.assign(draft, { send: [{ url: draft.url, body: '', last: true }], state: 'kept', said: '' })
  await keepDraft(draft)
  await showKept()
  document.querySelector('[data-said]').scrollIntoView({ block: 'center' })
  await pump()
}
