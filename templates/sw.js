// Without a net the steps of a sale go on, and so do the scale, the visit and the report of a loss: photo, what it is, how
// much; the trips that wait and their lots; the households to visit; the goods of which some are lost. This worker keeps them
// for whoever is signed in on this phone, with the files they need, and shows them when the server does not answer. It keeps
// nothing else, sends nothing (draft.js, scale.js, visit.js and loss.js do), and forgets all when somebody signs in or out.

const PACKS = {
  selling: '/sell/offline/',
  receiving: '/deliveries/offline/',
  visiting: '/visits/offline/',
  losing: '/losses/offline/',
}
const packOf = path => Object.keys(PACKS).find(name => path.startsWith(PACKS[name]))
const PATIENCE = 8_000
const DAY = 86_400_000
const STEP = /^\/sell\/d\/([0-9a-f-]{36})\/(?:(produce|quantity)\/)?$/
const LISTS = {
  receiving: /^\/deliveries\/(?:(\d+)\/accept\/)?$/,
  visiting: /^\/visits\/(?:(\d+(?:\/sign)?|ready)\/(?:record\/)?)?$/,
  losing: /^\/losses\/(report|new\/\d+|crops(?:\/\d+\/new)?)\/$/,
}
const listOf = path => Object.keys(LISTS).find(name => LISTS[name].test(path))
const STARTS = ['/', '/sell/']
const OTHER_HANDS = /^\/(sign-in|sign-out|language|large-letters)\//
const NO_DRAFT = '00000000-0000-0000-0000-000000000000'
const FILES = /\/static\/[\w./-]+/g
const HASHED = /\.[0-9a-f]{12}\.\w+$/ // a name that changes with what is in it

addEventListener('install', () => skipWaiting())
addEventListener('activate', event => event.waitUntil(clients.claim()))

let wiped = 0 // steps on their way while somebody signs out must not be kept after it

function forget(name) {
  wiped += 1
  return Promise.all((name ? [name] : Object.keys(PACKS)).map(one => caches.delete(one)))
}

// A page tells where the steps of its reader lie: another address for another person, and for another release. It is
// looked after from now on, even if it was on its way while this worker began. Two pages at once are served in turn.
let turn = Promise.resolve()

addEventListener('message', event => {
  turn = turn.then(() => keep(event.data)).catch(() => {})
  event.waitUntil(Promise.all([clients.claim(), turn]))
})

async function keep(address) {
  const name = packOf(address)
  if (!name) return
  const kept = await (await caches.open(name)).match(address)
  if (kept && Date.now() - Date.parse(kept.headers.get('Date')) < DAY) return
  if (!kept) await forget(name)
  const before = wiped
  const answer = await fetch(address)
  if (!answer.ok || answer.redirected) return forget(name)
  const files = [...new Set((await answer.clone().text()).match(FILES))]
  const cache = await caches.open(name)
  await Promise.all(files.map(async file => (HASHED.test(file) && (await cache.match(file))) || cache.add(file)))
  await cache.put(address, answer)
  for (const { url } of await cache.keys()) {
    const { pathname, search } = new URL(url)
    if (![...files, address].includes(pathname + search)) await cache.delete(url)
  }
  if (wiped !== before) await forget(name)
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
  } else if (request.mode === 'navigate' && listOf(pathname)) event.respondWith(listed(request, pathname))
})

async function file(request) {
  const kept = await caches.match(request)
  if (kept && HASHED.test(request.url)) return kept
  return fetch(request).catch(error => kept ?? Promise.reject(error))
}

// Return the server's answer, or null where it takes too long; the home page is more than a way to sell: it is waited for.
async function answerOf(answered, patient) {
  const first = [answered.catch(() => null)]
  if (!patient) first.push(new Promise(done => setTimeout(done, PATIENCE)))
  const answer = await Promise.race(first)
  return answer && answer.status < 502 ? answer : null
}

async function kept(name) {
  const cache = await caches.open(name)
  const address = (await cache.keys()).find(({ url }) => new URL(url).pathname === PACKS[name])
  return address && cache.match(address)
}

function drawn(page, pack) {
  const headers = { 'Content-Type': 'text/html; charset=utf-8' }
  headers['Content-Security-Policy'] = pack.headers.get('Content-Security-Policy')
  return new Response(page, { headers })
}

async function step(request, pathname, search) {
  const answered = fetch(request)
  const answer = await answerOf(answered, pathname === '/')
  if (answer) return answer
  const steps = await kept('selling')
  if (!steps && pathname === '/') {
    if (await kept('receiving')) return Response.redirect('/deliveries/')
    if (await kept('visiting')) return Response.redirect('/visits/')
  }
  if (!steps) return answered
  if (STARTS.includes(pathname)) return Response.redirect(`/sell/d/${crypto.randomUUID()}/`)
  const [, draft, name = 'photo'] = STEP.exec(pathname)
  const page = (await steps.json())[name === 'quantity' && search.startsWith('?head') ? 'head' : name]
  return drawn(page.replaceAll(NO_DRAFT, draft), steps)
}

async function listed(request, pathname) {
  const answered = fetch(request)
  const answer = await answerOf(answered)
  if (answer) return answer
  const name = listOf(pathname)
  const pack = await kept(name)
  const page = pack && (await pack.json())[LISTS[name].exec(pathname)[1] ?? 'list']
  return page ? drawn(page, pack) : answered
}
