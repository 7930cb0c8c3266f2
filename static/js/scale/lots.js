// The lots on the scale, one open at a time: what is typed of each is kept as it is typed, and written back later.

import { page, bar } from '../draft/page.js'
import { keepDraft, draftsOf, newDraft, newKey } from '../draft/store.js'
import { writeBack } from '../kept/fields.js'
import { pump } from '../kept/send.js'
import { typing } from '../kept/typing.js'
import { showKept, wordsOf } from '../kept/waiting.js'
import { costOf, staying } from './cost.js'
import { watchPhotos } from './photos.js'

const forms = [...document.querySelectorAll('form[data-lot]')]
const button = document.querySelector('.keypad .btn-main')
const UNKEPT = new Set(['csrfmiddlewaretoken', 'line', 'exact'])
let open = forms.find(form => !form.hidden)

const lotOf = form => form.dataset.lot
const cardOf = form => document.querySelector(`[data-card="${lotOf(form)}"]`)
const grams = text => Math.round(Number(text.replace(/[^\d.-]/g, '')) * 1000)
const net = form => grams(form.querySelector('[data-net]').textContent)
const weighed = form => !Number.isNaN(net(form)) && form.querySelector('[data-net]').textContent.trim() !== '—'
const recalled = form => !form.elements.reason
const done = form => form.dataset.done === '1'

export async function weighHere() {
  const trip = bar.dataset.trip
  const kept = (await draftsOf(page.owner, 'scale')).find(draft => draft.trip === trip && !draft.done)
  const draft = (typing.draft = kept ?? { ...newDraft(newKey(), page.owner), kind: 'scale', trip })
  Object.assign(draft, { title: bar.dataset.title, url: bar.dataset.url, page: location.pathname })
  for (const form of forms) takeOver(form, draft)
  if (draft.lots) for (const form of forms) if (draft.lots.includes(lotOf(form))) markDone(form)
  show((draft.lot && forms.find(form => lotOf(form) === String(draft.lot))) || forms.find(form => !done(form)) || open)
  // In capture: before once.js makes the button quiet.
  document.addEventListener('submit', next, true)
  watchPhotos(draft)
}

function takeOver(form, draft) {
  for (const input of form.elements) if (!UNKEPT.has(input.name)) writeBack(input, draft.fields[`${lotOf(form)}-${input.name}`])
  form.addEventListener('input', () => note(form))
  form.addEventListener('change', () => note(form))
  cardOf(form).addEventListener('click', event => {
    event.preventDefault()
    show(form)
  })
}

// Write down what stands on the page; what waited to be sent waits for the button again.
function note(form) {
  const { draft } = typing
  for (const [name, value] of new FormData(form)) {
    if (typeof value === 'string' && !UNKEPT.has(name)) draft.fields[`${lotOf(form)}-${name}`] = value
  }
  draft.send = null
  draft.said = draft.receipt = ''
  draft.told = sayHowFar()
  keepDraft(draft)
  showKept()
}

// One form goes off as all of them: the button weighs this lot and opens the next, after the last one all is sent.
function next(event) {
  const form = event.target
  if (!form.matches('form[data-lot]')) return
  event.preventDefault()
  event.stopImmediatePropagation()
  if (event.submitter?.name === 'exact') takeExactly(form, event.submitter)
  if (!fits(form)) return
  markDone(form)
  note(form)
  const left = forms.find(other => !done(other))
  if (left) return show(left)
  sendAll()
}

function takeExactly(form, chip) {
  form.elements.gross.value = chip.dataset.kg
  form.elements.tare.value = ''
  if (form.elements.pieces) form.elements.pieces.value = chip.dataset.pieces
  form.dispatchEvent(new Event('input'))
}

// What a scale cannot say, and what the server would send back: said here, while the goods still stand there.
function fits(form) {
  const reason = form.querySelector('[name=reason]:checked')?.value
  const empty = !recalled(form) && !weighed(form)
  const less = !empty && !reason && net(form) < Number(form.dataset.least)
  const wrong = form.querySelector('[data-wrong]')
  wrong.hidden = !(empty || less)
  wrong.textContent = wordsOf(empty ? 'empty' : 'less')
  if (less) form.querySelector('[data-less]').open = true
  if (empty) form.elements.gross.focus()
  else if (less) wrong.scrollIntoView({ block: 'nearest' })
  return wrong.hidden
}

async function sendAll() {
  const { draft } = typing
  Object.assign(draft, { send: [{ url: draft.url, body: '', last: true }], state: 'kept', said: '', lot: '' })
  await keepDraft(draft)
  await showKept()
  document.querySelector('[data-said]').scrollIntoView({ block: 'center' })
  await pump()
  const wrong = draft.lot && forms.find(form => lotOf(form) === String(draft.lot))
  if (wrong) show(wrong)
}

function markDone(form) {
  form.dataset.done = '1'
  const typed = cardOf(form).querySelector('[data-typed]')
  typed.hidden = !weighed(form)
  typed.textContent = wordsOf('net').replace('{n}', form.querySelector('[data-net]').textContent.trim())
  cardOf(form).querySelector('.tag').hidden = weighed(form)
  typing.draft.lots = forms.filter(done).map(lotOf)
}

function show(form) {
  open = form
  for (const other of forms) {
    other.hidden = other !== form
    cardOf(other).hidden = other === form
  }
  button.setAttribute('form', form.id)
  const left = forms.find(other => other !== form && !done(other))
  button.textContent = left ? wordsOf('next').replace('{n}', left.dataset.name) : wordsOf('all')
  sayHowFar()
  form.elements.gross.focus({ preventScroll: true })
  form.scrollIntoView({ block: 'nearest' })
}

// Say how far it is, and return it in words.
function sayHowFar() {
  const all = forms.filter(done)
  const accepted = all.map(form => [form, weighed(form) ? staying(form, net(form) - back(form)) : 0])
  const kg = accepted.reduce((sum, [, grams]) => sum + grams, 0) / 1000
  const fen = accepted.reduce((sum, [form, grams]) => sum + costOf(form, grams), 0)
  const text = wordsOf('so-far').replace('{done}', all.length).replace('{left}', forms.length - all.length)
  document.querySelector('[data-so-far]').textContent = text
  document.querySelector('[data-accepted]').textContent = wordsOf('accepted').replace('{n}', kg).replace('{yuan}', (fen / 100).toFixed(2))
  return text
}

function back(form) {
  const reason = form.querySelector('[name=reason]:checked')?.value
  if (recalled(form) || reason === 'papers') return net(form)
  return grams(form.elements.refused.value || '0') || 0
}
