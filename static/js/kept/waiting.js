// What this phone says of what it keeps, weighings or visits: on the list one by one, on the page of one above its form.

import { bar, page } from '../draft/page.js'
import { draftsOf, forgetDraft, forgetPhoto, photosOf } from '../draft/store.js'
import { typing } from './typing.js'

const A_DAY = 86_400_000
const A_WEEK = 7 * A_DAY
const list = document.querySelector('[data-kept-list]')
const said = document.querySelector('[data-said]')
export const wordsOf = name => bar.getAttribute(`data-say-${name}`) ?? ''

const stateOf = draft => (draft.done ? 'received' : draft.send || draft.said ? (draft.state ?? 'kept') : 'typing')
const stateWords = draft => wordsOf(stateOf(draft)).replace('{n}', draft.number ?? '')

export async function showKept() {
  if (said) showSaid()
  if (!list) return
  const drafts = await draftsOf(page.owner, page.does)
  const old = drafts.filter(draft => Date.now() - draft.at > (draft.done ? A_DAY : A_WEEK))
  // At once, whoever else draws at the same time.
  for (const row of list.querySelectorAll('[data-kept]')) row.remove()
  list.append(...drafts.filter(draft => !old.includes(draft)).map(rowOf))
  for (const draft of old) forgetKept(draft)
  list.hidden = !list.querySelector('[data-kept]')
}

async function forgetKept(draft) {
  for (const photo of await photosOf(page.owner, page.does)) if (photo.draft === draft.id) await forgetPhoto(photo.id)
  await forgetDraft(draft.id)
}

function rowOf(draft) {
  const row = list.querySelector('template').content.cloneNode(true)
  row.querySelector('a').href = draft.done ?? (draft.receipt || draft.page)
  // What the server does not take is never sent again by itself; whoever typed it says when it may go.
  const drop = row.querySelector('[data-kept-drop]')
  drop.hidden = stateOf(draft) !== 'refused'
  drop.addEventListener('click', () => forgetKept(draft).then(showKept))
  row.querySelector('[data-kept-title]').textContent = draft.title
  row.querySelector('[data-kept-state]').textContent = stateWords(draft)
  row.querySelector('[data-kept-words]').textContent = draft.done ? '' : [draft.said, draft.told].filter(Boolean).join(' ')
  return row
}

function showSaid() {
  const { draft } = typing
  if (!draft) return
  showBoth(draft.both)
  const state = stateOf(draft)
  const told = { kept: wordsOf('waits'), sending: wordsOf('sending'), received: stateWords(draft) }
  const text = draft.said || (told[state] ?? '')
  said.hidden = !text
  said.dataset.state = state
  said.classList.toggle('warn', state !== 'received')
  said.textContent = text
  if (draft.receipt) said.append(' ', Object.assign(document.createElement('a'), { href: draft.receipt, textContent: draft.receipt }))
}

// What was typed or read, and what stands there now, side by side: rows of a label and two words.
function showBoth(both) {
  said.parentNode.querySelector('table[data-both]')?.remove()
  if (!both?.length) return
  const rows = [['', wordsOf('yours'), wordsOf('theirs')], ...both].map(cells => {
    const row = document.createElement('tr')
    row.append(...cells.map((textContent, n) => Object.assign(document.createElement(n ? 'td' : 'th'), { textContent })))
    return row
  })
  const table = Object.assign(document.createElement('table'), { className: 'found' })
  table.dataset.both = ''
  table.append(...rows)
  said.after(table)
}
