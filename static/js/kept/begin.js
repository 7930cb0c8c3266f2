// A list whose pages open without a net, or one of its pages: what is typed is kept on the phone, and goes off.

import { bar, page, state } from '../draft/page.js'
import { keepSteps } from '../draft/shell.js'
import { roomForPhotos } from '../draft/store.js'
import { showBar } from '../draft/words.js'
import { pump, pumpAtOnce } from './send.js'
import { showKept } from './waiting.js'

// Begin; `here` takes over the page of one, where this is none of the list.
export async function beginKept(here) {
  if (!crypto.subtle || !(await roomForPhotos())) return
  addEventListener('online', pumpAtOnce)
  addEventListener('offline', showBar)
  addEventListener('pageshow', event => { if (event.persisted) location.reload() })
  document.addEventListener('visibilitychange', () => { if (!document.hidden) pumpAtOnce() })
  bar.querySelector('[data-draft-again]').addEventListener('click', pumpAtOnce)
  if (page.shell) state.dead = true
  if (page.kind !== 'list') await here()
  await showKept()
  await showBar()
  await pump()
  await keepSteps().catch(() => {}) // no service worker: the page that is open goes on, no other opens
}
