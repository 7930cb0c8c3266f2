// A sale being typed outlives its page: the draft's key stands in the address and on the phone before the camera opens,
// what is typed is written down as it is typed, and the photo is kept until the server has it. Photos and forms go off
// behind the page and are tried again until they arrive; the server knows each draft once, however often it is sent.

import { watchCamera } from './camera.js'
import { note, noteAsTyped, sendForm } from './form.js'
import { bar, page, state } from './page.js'
import { pump, pumpAtOnce } from './queue.js'
import { resume } from './resume.js'
import { keepSteps } from './shell.js'
import { photoAgain, showBar } from './words.js'

addEventListener('online', pumpAtOnce)
addEventListener('offline', showBar)
bar.querySelector('[data-draft-again]').addEventListener('click', pumpAtOnce)
photoAgain?.addEventListener('click', pumpAtOnce)
for (const input of document.querySelectorAll('[data-draft-photo]')) watchCamera(input)
page.form?.addEventListener('submit', sendForm)
if (page.form && page.kind === 'quantity') noteAsTyped()
document.addEventListener('visibilitychange', () => (document.hidden ? note() : pumpAtOnce()))
addEventListener('pagehide', note)
addEventListener('pageshow', event => { if (event.persisted) location.reload() })

async function begin() {
  if (page.shell) showBar()
  if (!(await resume())) return
  state.early?.()
  await pump()
  await keepSteps().catch(() => {}) // no service worker, or one that may not be: everything works but the next page
}

begin()
