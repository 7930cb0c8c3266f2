// Weighing goes on without a net: the page holds every lot, what is typed is kept on the phone, and the whole weighing goes
// off under one key once there is a net. Without this file each lot is sent by itself, and the server keeps what was typed.

import { bar, page, state } from '../draft/page.js'
import { keepSteps } from '../draft/shell.js'
import { roomForPhotos } from '../draft/store.js'
import { showBar } from '../draft/words.js'
import { weighHere } from './lots.js'
import { pump, pumpAtOnce } from './send.js'
import { showKept } from './waiting.js'

async function begin() {
  if (!crypto.subtle || !(await roomForPhotos())) return
  addEventListener('online', pumpAtOnce)
  addEventListener('offline', showBar)
  addEventListener('pageshow', event => { if (event.persisted) location.reload() })
  document.addEventListener('visibilitychange', () => { if (!document.hidden) pumpAtOnce() })
  bar.querySelector('[data-draft-again]').addEventListener('click', pumpAtOnce)
  if (page.shell) state.dead = true
  if (page.kind === 'scale') await weighHere()
  await showKept()
  await showBar()
  await pump()
  await keepSteps().catch(() => {}) // no service worker: the page that is open goes on, no other opens
}

begin()
