// How the pages of a sale ask the server, and for how long they wait.

import { bar, page } from './page.js'

export const PATIENCE = 20_000 // and a second more for each 10 KB; then the net counts as dead
export const OFFLINE_AFTER = 8_000 // where the next step is kept on the phone, the net gets no longer to answer

// The cookie's is the newest: a page kept on the phone may be older than the last signing in.
export const token = () =>
  /(?:^|; )csrftoken=(\w+)/.exec(document.cookie)?.[1] ?? document.querySelector('[name="csrfmiddlewaretoken"]').value

// Whose page this is goes along: once another person has signed in on this phone the server takes nothing from it.
export const OWN = { Accept: 'application/json', 'Draft-Owner': page.owner }
export const ofAnother = answer => answer?.code === 'other_person'

// Ask the server and return status and JSON, status 0 for no answer; only this can tell per cent, which fetch cannot.
export function ask(method, url, { body = null, size = 0, headers = {}, told = null } = {}) {
  return new Promise(done => {
    const asking = new XMLHttpRequest()
    asking.open(method, url)
    const given = { ...OWN, 'X-CSRFToken': token(), ...headers }
    for (const name in given) asking.setRequestHeader(name, given[name])
    asking.timeout = PATIENCE + size / 10
    if (told) asking.upload.onprogress = event => told(event.loaded, event.total || 1)
    asking.onload = () => {
      let answer = null
      try { answer = JSON.parse(asking.responseText) } catch { /* a page: the way to sign in, or an error */ }
      done({ status: asking.status, answer })
    }
    asking.onerror = asking.ontimeout = asking.onabort = () => done({ status: 0 })
    asking.send(body)
  })
}

// Whether the server can be reached now: leading on to a page that never comes would lose the one that is here.
export async function reachable() {
  if (!navigator.onLine) return false
  const giveUp = new AbortController()
  const late = setTimeout(() => giveUp.abort(), OFFLINE_AFTER)
  try {
    await fetch(bar.dataset.probe, { method: 'HEAD', cache: 'no-store', signal: giveUp.signal })
    return true
  } catch {
    return false
  } finally {
    clearTimeout(late)
  }
}
