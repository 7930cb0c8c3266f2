// Without a net the steps of a sale go on: photo, what it is, how much. This worker keeps them for whoever is signed in on
// this phone, with the files they need, and shows them when the server does not answer. It keeps nothing else, sends
// nothing (draft.js does), and forgets everything when somebody signs in or out.

const KEPT = 'selling'
const PATIENCE = 8_000
const DAY = 86_400_000
const STEP = /^\/sell\/d\/([0-9a-f-]{36})\/(?:(produce|quantity)\/)?$/
const STARTS = ['/', '/sell/']
const OTHER_HANDS = /^\/(sign-in|sign-out|language|large-letters)\//
const NO_DRAFT = '00000000-0000-0000-0000-000000000000'
const FILES = /\/static\/[\w./-]+/g
const HASHED = /\.[0-9a-f]{12}\.\w+$/ // a name that changes with what is in it

addEventListener('install', () => skipWaiting())
addEventListener('activate', event => event.waitUntil(clients.claim()))

let wiped = 0 // steps on their way while somebody signs out must not be kept after it

function forget() {
  wiped += 1
  return caches.delete(KEPT)
}

// A page tells where the steps of its reader lie: another address for another person, and for another release. It is
// looked after from now on, even if it was on its way while this worker began. Two pages at once are served in turn.
let turn = Promise.resolve()

addEventListener('message', event => {
  turn = turn.then(() => keep(event.data)).catch(() => {})
  event.waitUntil(Promise.all([clients.claim(), turn]))
})

async function keep(address) {
  if (!address.startsWith('/sell/offline/')) return
  const kept = await (await caches.open(KEPT)).match(address)
  if (kept && Date.now() - Date.parse(kept.headers.get('Date')) < DAY) return
  if (!kept) await forget()
  const before = wiped
  const answer = await fetch(address)
  if (!answer.ok || answer.redirected) return forget()
  const files = [...new Set((await answer.clone().text()).match(FILES))]
  const cache = await caches.open(KEPT)
  await Promise.all(files.map(async file => (HASHED.test(file) && (await cache.match(file))) || cache.add(file)))
  await cache.put(address, answer)
  for (const { url } of await cache.keys()) {
    const { pathname, search } = new URL(url)
    if (![...files, address].includes(pathname + search)) await cache.delete(url)
  }
  if (wiped !== before) await forget()
}

addEventListener('fetch', event => {
  const { request } = event
  const { origin, pathname, search } = new URL(request.url)
  if (origin !== location.origin) return
  if (request.mode === 'navigate' && OTHER_HANDS.test(pathname)) event.waitUntil(forget())
  else if (request.method !== 'GET') return
  else if (pathname.startsWith('/static/')) event.respondWith(file(request))
  else if (request.mode === 'navigate' && (STARTS.includes(pathname) || STEP.test(pathname))) {
    event.respondWith(step(request, pathname, search))
  }
})

async function file(request) {
  const kept = await caches.match(request)
  if (kept && HASHED.test(request.url)) return kept
  return fetch(request).catch(error => kept ?? Promise.reject(error))
}

async function step(request, pathname, search) {
  const answered = fetch(request)
  const first = [answered.catch(() => null)]
  // The home page is more than a way to sell: a slow one is waited for.
  if (pathname !== '/') first.push(new Promise(done => setTimeout(done, PATIENCE)))
  const answer = await Promise.race(first)
  if (answer && answer.status < 502) return answer
  const cache = await caches.open(KEPT)
  const address = (await cache.keys()).find(({ url }) => new URL(url).pathname === '/sell/offline/')
  if (!address) return answered
  if (STARTS.includes(pathname)) return Response.redirect(`/sell/d/${crypto.randomUUID()}/`)
  const steps = await cache.match(address)
  const [, draft, name = 'photo'] = STEP.exec(pathname)
  const page = (await steps.json())[name === 'quantity' && search.startsWith('?head') ? 'head' : name]
  const headers = { 'Content-Type': 'text/html; charset=utf-8' }
  headers['Content-Security-Policy'] = steps.headers.get('Content-Security-Policy')
  return new Response(page.replaceAll(NO_DRAFT, draft), { headers })
}
