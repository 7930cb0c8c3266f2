// A sale being typed outlives its page: the draft's id stands in the address and on the phone before the camera opens,
// what is typed is written down as it is typed, and the photo is kept until the server has it. Photos and forms go off
// behind the page and are tried again until they arrive; the server knows each draft once, however often it is sent.

const bar = document.querySelector('[data-draft-page]')
const { page, owner, base } = { page: bar.dataset.draftPage, owner: bar.dataset.owner, base: bar.dataset.base }
const shell = 'shell' in bar.dataset // drawn by the phone itself (sw.js): the server knows nothing of this page
const DAY = 86_400_000
const KEEP_DAYS = 7
const PATIENCE = 20_000 // and a second more for each 10 KB; then the net counts as dead
const SLOW = 10_000
const OFFLINE_AFTER = 8_000 // where the next step is kept on the phone, the net gets no longer to answer

// --- What is kept on the phone ------------------------------------------------------------------------------------------

// Text lies in both stores: localStorage is written before a dying page is gone, IndexedDB has room for photos.
const TEXT = 'liujin-draft:'

const opened = new Promise((ready, no) => {
  const asked = indexedDB.open('liujin', 1)
  asked.onupgradeneeded = () => {
    for (const name of ['drafts', 'photos']) asked.result.createObjectStore(name, { keyPath: 'id' })
  }
  asked.onsuccess = () => ready(asked.result)
  asked.onerror = asked.onblocked = () => no(asked.error)
})
opened.catch(() => {}) // an old phone or a private window: whoever asks hears it

async function stored(name, mode, act) {
  const store = (await opened).transaction(name, mode).objectStore(name)
  const asked = act(store)
  return new Promise((ready, no) => {
    store.transaction.oncomplete = () => ready(asked.result)
    store.transaction.onabort = store.transaction.onerror = () => no(store.transaction.error)
  })
}

const put = (name, record) => stored(name, 'readwrite', store => store.put(record))
const drop = (name, id) => stored(name, 'readwrite', store => store.delete(id)).catch(() => {})
const all = name => stored(name, 'readonly', store => store.getAll()).catch(() => [])

async function keep(draft) {
  draft.at = Date.now()
  try { localStorage.setItem(TEXT + draft.id, JSON.stringify(draft)) } catch { /* full or forbidden */ }
  await put('drafts', draft).catch(() => {})
}

async function forget(id) {
  try { localStorage.removeItem(TEXT + id) } catch { /* forbidden */ }
  await Promise.all([drop('drafts', id), drop('photos', id)])
}

// Return this person's drafts, the newest first, each as it was last written in either store.
async function drafts() {
  const found = new Map()
  const seen = draft => { if (draft.owner === owner && !(found.get(draft.id)?.at >= draft.at)) found.set(draft.id, draft) }
  for (const draft of await all('drafts')) seen(draft)
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(TEXT)) seen(JSON.parse(localStorage[key]))
  } catch { /* forbidden or unreadable: IndexedDB has it */ }
  return [...found.values()].sort((a, b) => b.at - a.at)
}

const photos = async () => (await all('photos')).filter(photo => photo.owner === owner)

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 15) | 64
  bytes[8] = (bytes[8] & 63) | 128
  const hex = [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

// --- What the page says -------------------------------------------------------------------------------------------------

const line = document.querySelector('[data-photo-line]') ?? document.querySelector('[data-photo-state]')
const again = document.querySelector('[data-photo-again]')
const progress = document.querySelector('[data-photo-bar]')

// One of empty, shooting, shrinking, uploading, done, waiting, signed-out, unreadable; refused brings the server's words.
function tell(state, { percent = 0, words = bar.getAttribute(`data-say-${state}`) ?? '', slow = false } = {}) {
  if (!line) return
  line.hidden = false
  line.dataset.state = state
  const place = line.querySelector('[data-photo-words]') ?? line
  const said = words.replace('{n}', percent) + (slow ? ` ${bar.getAttribute('data-say-slow')}` : '')
  if (place.textContent !== said) place.textContent = said
  line.querySelector('[data-photo-where]')?.setAttribute('hidden', '')
  line.querySelector('[data-photo-mark]')?.toggleAttribute('hidden', state !== 'done')
  if (progress) { progress.hidden = state !== 'uploading'; progress.value = percent }
  if (again) again.hidden = state !== 'waiting'
}

function preview(blob) {
  const head = document.querySelector('[data-photo-head]')
  if (!head) return
  let picture = head.querySelector('.picture')
  if (!picture) {
    picture = Object.assign(new Image(96, 96), { className: 'picture', alt: '' })
    head.prepend(picture)
  }
  picture.src = URL.createObjectURL(blob)
}

let mine = bar.dataset.draft // the draft whose photo this page talks about
let dead = shell // the last try got no answer

async function showBar() {
  const waiting = (await photos()).length + (await drafts()).filter(draft => draft.send).length
  bar.hidden = navigator.onLine && !dead
  const count = bar.querySelector('[data-draft-count]')
  count.textContent = waiting ? count.dataset.words.replace('{n}', waiting) : ''
}

// --- Sending ------------------------------------------------------------------------------------------------------------

// The cookie's is the newest: a page kept on the phone may be older than the last signing in.
const token = () => /(?:^|; )csrftoken=(\w+)/.exec(document.cookie)?.[1] ?? document.querySelector('[name="csrfmiddlewaretoken"]').value

// Whose page this is goes along: once another person has signed in on this phone the server takes nothing from it.
const OWN = { Accept: 'application/json', 'Draft-Owner': owner }
const ofAnother = answer => answer?.code === 'other_person'

// Ask the server and return status and JSON, status 0 for no answer; only this can tell per cent, which fetch cannot.
function ask(method, url, { body = null, size = 0, headers = {}, told = null } = {}) {
  return new Promise(done => {
    const asking = new XMLHttpRequest()
    asking.open(method, url)
    const all = { ...OWN, 'X-CSRFToken': token(), ...headers }
    for (const name in all) asking.setRequestHeader(name, all[name])
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

// Send one photo and return what became of it; one whose print is known goes on where it broke off.
async function upload(photo, told) {
  const { status, answer } = photo.sum ? await inPieces(photo, told) : await asForm(photo, told)
  if (!status) return { state: 'waiting', dead: true }
  if (status < 300 && answer?.to) return { state: 'done' }
  if (ofAnother(answer)) return { state: 'signed-out', words: answer.message }
  if (status >= 500 || status === 409) return { state: 'waiting' }
  return answer?.message ? { state: 'refused', words: answer.message } : { state: 'signed-out' }
}

async function inPieces(photo, told) {
  const { sendInPieces } = await import(bar.dataset.piecesJs).catch(() => ({}))
  if (!sendInPieces) return asForm(photo, told)
  return sendInPieces(ask, `${base}${photo.id}/photo/${photo.sum}/`, photo, told)
}

function asForm(photo, told) {
  const body = new FormData()
  body.append('photo_sha256', photo.sha256)
  body.append('photo', photo.blob, photo.name)
  const percent = (loaded, total) => told(Math.floor((100 * loaded) / total))
  return ask('POST', `${base}${photo.id}/`, { body, size: photo.blob.size, told: percent })
}

// Return the photo made small; its fingerprint is taken from the original first.
async function readied(photo) {
  if (photo.small) return photo
  const { fingerprint, shrunk } = await import(bar.dataset.photoJs)
  const sha256 = await fingerprint(photo.blob)
  const small = await shrunk(photo.blob, 'listing')
  const blob = small && small.size < photo.blob.size ? small : photo.blob
  const name = photo.name.replace(/\.\w+$/, '') + '.jpg'
  const ready = { ...photo, sha256, blob, name, sum: await fingerprint(blob), small: true }
  await put('photos', { ...ready, begun: true }).catch(() => {})
  return ready
}

async function sendPhoto(kept) {
  const shown = kept.id === mine
  const said = shown ? tell : () => {}
  let percent = 0
  if (shown) preview(kept.blob)
  if (!kept.small) said('shrinking')
  const photo = await readied(kept)
  said('uploading')
  const slow = setTimeout(() => said('uploading', { percent, slow: true }), SLOW)
  const began = Date.now()
  const answer = await upload(photo, now => {
    percent = now
    said('uploading', { percent, slow: Date.now() - began > SLOW })
  })
  clearTimeout(slow)
  said(answer.state, answer.words ? { words: answer.words } : {})
  if (answer.state === 'done' || answer.state === 'refused') {
    await drop('photos', photo.id)
    const draft = (await drafts()).find(one => one.id === photo.id)
    if (draft?.done) await forget(draft.id)
  }
  return answer
}

// Send the steps a draft waits with, in their order, each until it is answered. "refused" means that the server answered
// with a page: the browser must show it.
async function sendSteps(draft, patience = 0) {
  let answer = { state: 'done' }
  while (answer.state === 'done' && draft.send?.length) answer = await sendStep(draft, draft.send[0], patience)
  return answer
}

async function sendStep(draft, step, patience) {
  const giveUp = new AbortController()
  const timer = setTimeout(() => giveUp.abort(), patience || PATIENCE + step.body.length / 10)
  try {
    const body = new URLSearchParams(step.body)
    body.set('csrfmiddlewaretoken', token())
    const answer = await fetch(step.url, { method: 'POST', body, headers: OWN, signal: giveUp.signal })
    if (answer.status >= 500) return { state: 'waiting' }
    if (answer.redirected && new URL(answer.url).pathname.startsWith('/sign-in')) return { state: 'signed-out', url: step.url }
    const said = await answer.json().catch(() => ({}))
    if (ofAnother(said)) return { state: 'signed-out', words: said.message }
    const { to } = said
    if (!to) {
      draft.send = null
      draft.path = step.url
      await keep(draft)
      return { state: 'refused', url: step.url }
    }
    if (draft.send?.[0] === step) draft.send.shift()
    if (!draft.send?.length) draft.send = null
    if (step.last) draft.done = to
    await keep(draft)
    return { state: 'done', to, url: step.url }
  } catch {
    return { state: 'waiting', dead: true }
  } finally {
    clearTimeout(timer)
  }
}

let pumping = false
let tries = 0
let timer = 0

// Send all that waits, one photo after the other; what got no answer is tried again, ever more slowly.
async function pump() {
  if (pumping) return
  pumping = true
  clearTimeout(timer)
  let left = false
  try {
    for (const found of await drafts()) {
      const draft = found.id === current?.id ? current : found
      if (!draft.send || draft.id === sending) continue
      left = settle(await sendSteps(draft), draft) || left
      if (dead) break
    }
    for (const photo of dead && left ? [] : await photos()) {
      left = settle(await sendPhoto(photo)) || left
      if (dead) break
    }
    left ||= (await photos()).length > 0
    if (!left && dead) left = dead = !(await reachable())
  } finally {
    pumping = false
  }
  if (!left) tries = 0
  else timer = setTimeout(pump, Math.min(120, 2 ** ++tries) * (750 + 500 * Math.random()))
  await showBar()
}

// Draw what an answer means for the page; say whether there is something left to try again.
function settle(answer, draft) {
  dead = Boolean(answer.dead)
  const here = draft?.id && draft.id === bar.dataset.draft
  if (here && answer.words) tell(answer.state, answer)
  if (here && answer.url && answer.state !== 'done') answer.url === location.pathname ? sendPlainly() : location.assign(answer.url)
  else if (draft && answer.state === 'refused') offer(draft)
  else if (!answer.to) return answer.state === 'waiting'
  else if (!here) offer(draft)
  // An earlier step that arrives at last does not change the page under the fingers.
  else if (draft.done || answer.url === location.pathname) location.assign(answer.to)
  return false
}

const kick = () => { tries = 0; pump() }
addEventListener('online', kick)
addEventListener('offline', showBar)
bar.querySelector('[data-draft-again]').addEventListener('click', kick)
again?.addEventListener('click', kick)

// --- The photo ----------------------------------------------------------------------------------------------------------

// Whether this phone can draw the next step itself: sw.js has kept the steps of whoever is signed in.
async function stepsKept() {
  if ('others' in bar.dataset || !bar.dataset.offline || !navigator.serviceWorker?.controller) return false
  return Boolean(await caches.match(bar.dataset.offline).catch(() => null))
}

// Whether the server can be reached now: leading on to a page that never comes would lose the one that is here.
async function reachable() {
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

for (const input of document.querySelectorAll('[data-draft-photo]')) {
  const here = location.pathname
  let draft = null

  input.addEventListener('click', () => {
    const id = bar.dataset.draft || newId()
    draft = { id, owner, path: `${base}${id}/`, title: '', fields: {}, send: null, done: null }
    keep(draft)
    // A phone that kills the page while the camera is open comes back to this draft.
    history.replaceState(null, '', draft.path)
    tell('shooting')
  })
  input.addEventListener('cancel', () => {
    history.replaceState(null, '', here)
    tell('empty')
  })
  input.addEventListener('change', async event => {
    const [file] = input.files
    if (!file) return
    event.stopImmediatePropagation()
    draft ??= { id: bar.dataset.draft || newId(), owner, title: '', fields: {}, send: null, done: null }
    draft.path = bar.dataset.next || `${base}${draft.id}/produce/`
    const photo = { id: draft.id, owner, at: Date.now(), blob: file, name: file.name, sha256: '', small: false }
    try {
      await put('photos', photo)
    } catch {
      return sendWithForm(input, draft)
    }
    await keep(draft)
    mine = draft.id
    tell('shrinking')
    if ((await stepsKept()) || (await reachable())) return location.assign(draft.path)
    dead = true
    tell('waiting')
    offer(draft)
    pump()
  }, true)
}

// Without a place to keep it, the photo goes off at once, the old way.
async function sendWithForm(input, draft) {
  const { take } = await import(bar.dataset.photoJs)
  const key = input.form.elements.idem
  if (key) key.value = draft.id
  await take(input)
}

// --- What is typed ------------------------------------------------------------------------------------------------------

const form = document.querySelector('[data-draft-form]')
const UNKEPT = new Set(['csrfmiddlewaretoken', 'idem', 'sure', 'photo'])
let current = null
let sending = ''
let pressed = null

function typed() {
  const said = {}
  for (const [name, value] of new FormData(form)) if (!UNKEPT.has(name) && typeof value === 'string') said[name] = value
  return said
}

function note() {
  if (!current || current.done) return
  if (form && page === 'quantity') current.fields = typed()
  keep(current)
}

// Write back what was typed before: units first, so that no number is converted.
function restore(fields) {
  const inputs = [...form.elements].filter(input => input.name in fields && input.type !== 'hidden')
  for (const input of inputs.filter(one => one.type === 'radio')) {
    if (input.value !== fields[input.name] || input.checked) continue
    input.checked = true
    input.dispatchEvent(new Event('change', { bubbles: true }))
  }
  for (const input of inputs.filter(one => one.type !== 'radio' && one.type !== 'checkbox')) {
    if (input.value === fields[input.name]) continue
    input.value = fields[input.name]
    input.dispatchEvent(new Event('input', { bubbles: true }))
  }
}

// The page the server answered with belongs on the screen: let the browser send the form itself.
function sendPlainly() {
  form.dataset.plain = '1'
  sending = ''
  form.requestSubmit(pressed)
}

form?.addEventListener('submit', async event => {
  if (form.dataset.plain) return
  event.preventDefault()
  if (sending) return
  sending = bar.dataset.draft
  pressed = event.submitter
  const body = new URLSearchParams(new FormData(form))
  if (pressed?.name) body.set(pressed.name, pressed.value)
  const step = { url: location.pathname, body: body.toString(), last: page === 'quantity' }
  current.send = step.last ? [...(current.send ?? []).filter(one => !one.last), step] : [step]
  if (page === 'produce' && pressed) current.produce = chosen(pressed)
  note()
  pressed?.setAttribute('aria-disabled', 'true')
  const kept = page === 'produce' && (await stepsKept())
  const answer = await sendSteps(current, kept ? OFFLINE_AFTER : 0)
  sending = ''
  if (answer.state !== 'done') pressed?.removeAttribute('aria-disabled')
  if (!settle(answer, current)) return
  await keep(current)
  if (kept) return location.assign(`${base}${current.id}/quantity/${current.produce?.each ? '?head' : ''}`)
  sayKept()
  await showBar()
  clearTimeout(timer)
  timer = setTimeout(pump, 2_000)
})

// --- Steps drawn by the phone itself: what the server would have written into them --------------------------------------

// What the next step must know of the goods just chosen.
function chosen(button) {
  const of = list => new URLSearchParams(form.dataset[list]).get(button.value) ?? ''
  const name = button.textContent.trim()
  return { name, picture: button.querySelector('img')?.src ?? '', each: of('each'), price: of('prices') }
}

function shown() {
  const amount = form.querySelector('[data-quantity]')
  const picture = document.querySelector('[data-photo-head] .picture')?.src ?? ''
  return { name: form.dataset.draftTitle, picture, each: amount.dataset.each ?? '', price: form.querySelector('[data-price]').value }
}

// Fill the page in; say whether it is the one for these goods, by weight or by head.
function fillIn({ name, picture, each, price }) {
  if (Boolean(each) !== location.search.startsWith('?head')) {
    location.replace(location.pathname + (each ? '?head' : ''))
    return false
  }
  form.dataset.draftTitle = name
  for (const place of document.querySelectorAll('[data-produce-name]')) place.textContent = name
  const seen = document.querySelector('[data-photo-head] .picture')
  seen.alt = name
  if (picture) seen.src = picture
  const [day, money, amount] = ['[name=harvested_on]', '[data-price]', '[data-quantity]'].map(one => document.querySelector(one))
  if (day) day.value = new Date().toLocaleDateString('sv', { timeZone: 'Asia/Shanghai' }) // the county's 2026-11-02
  if (each) amount.dataset.each = each
  money.value = price
  money.dispatchEvent(new Event('input', { bubbles: true }))
  return true
}

function sayKept() {
  const place = document.querySelector('[data-kept]')
  if (!place) return
  place.hidden = !current.send?.some(one => one.last)
  if (!place.hidden) place.scrollIntoView({ block: 'center' })
}

// Let the phone keep the steps for whoever is signed in here; of anybody else it forgets them.
async function keepSteps() {
  const steps = bar.dataset.offline
  if (!steps) return self.caches?.delete('selling')
  if (dead || !navigator.serviceWorker) return
  await navigator.serviceWorker.register('/sw.js')
  const { active } = await navigator.serviceWorker.ready
  active.postMessage(steps)
}

// --- Going on where one stopped -----------------------------------------------------------------------------------------

function offer(draft) {
  const card = document.querySelector('[data-draft-offer]')
  if (!card) return
  const head = card.querySelector('[data-offer-head]')
  const text = card.querySelector('[data-offer-text]')
  card.href = draft.done ?? draft.path
  if (draft.done) head.textContent = head.dataset.done
  text.textContent = draft.title || text.dataset.photo
  card.hidden = false
  if (document.documentElement.dataset.mode === 'elder') document.querySelector('[data-again-card]')?.setAttribute('hidden', '')
}

async function begin() {
  if (shell) showBar()
  // Whoever it belongs to: what nobody came back for within a week is gone.
  for (const photo of await all('photos')) if (Date.now() - photo.at > KEEP_DAYS * DAY) await drop('photos', photo.id)
  const kept = await drafts()
  const waiting = new Set((await photos()).map(photo => photo.id))
  for (const draft of kept) {
    const idle = !waiting.has(draft.id) && !draft.send && (draft.done || draft.path === `${base}${draft.id}/`)
    const here = draft.id === bar.dataset.draft
    if (!here && (idle || Date.now() - draft.at > KEEP_DAYS * DAY)) await forget(draft.id)
    else if (!here && !draft.done && !draft.send && !document.querySelector('[data-draft-offer]:not([hidden])')) offer(draft)
  }
  const id = bar.dataset.draft
  if (id && page === 'receipt') {
    const draft = kept.find(one => one.id === id)
    if (!waiting.has(id)) await forget(id)
    else await keep({ ...(draft ?? { id, owner, title: '', fields: {} }), path: location.pathname, send: null, done: location.pathname })
  } else if (id) {
    current = kept.find(one => one.id === id) ?? { id, owner, title: '', fields: {}, send: null, done: null }
    // A page of the server's that was reached again decides anew; only its typed fields are older than it. A finished sale
    // is undone by no page: only another answer given on one takes its place.
    if (!shell && !current.send?.some(one => one.last)) current.send = null
    if (shell && page === 'quantity') {
      if (!current.produce) return location.replace(`${base}${id}/produce/`)
      if (!fillIn(current.produce)) return
    } else if (page === 'quantity') current.produce = shown()
    current.path = location.pathname + (shell ? location.search : '')
    if (form?.dataset.draftTitle) current.title = form.dataset.draftTitle
    if (page === 'quantity' && !document.querySelector('[data-focus], [name="sure"]')) restore(current.fields)
    note()
    sayKept()
  }
  await pump()
  await keepSteps().catch(() => {}) // no service worker, or one that may not be: everything works but the next page
}

if (form && page === 'quantity') {
  let soon = 0
  for (const kind of ['input', 'change', 'click']) {
    document.addEventListener(kind, () => { clearTimeout(soon); soon = setTimeout(note, 500) })
  }
}
document.addEventListener('visibilitychange', () => (document.hidden ? note() : kick()))
addEventListener('pagehide', note)
addEventListener('pageshow', event => { if (event.persisted) location.reload() })

begin()
