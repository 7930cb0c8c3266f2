// What is kept on the phone: drafts (text) and photos. Text lies in both stores: localStorage is written before a dying
// page is gone, IndexedDB has room for photos.

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

// The key of a draft: a UUID of version 4, also where crypto.randomUUID is missing.
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 15) | 64
  bytes[8] = (bytes[8] & 63) | 128
  const hex = [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

export const newDraft = (id, owner) => ({ id, owner, title: '', fields: {}, send: null, done: null })

export async function keepDraft(draft) {
  draft.at = Date.now()
  try { localStorage.setItem(TEXT + draft.id, JSON.stringify(draft)) } catch { /* full or forbidden */ }
  await put('drafts', draft).catch(() => {})
}

// Forget a draft and its photo.
export async function forgetDraft(id) {
  try { localStorage.removeItem(TEXT + id) } catch { /* forbidden */ }
  await Promise.all([drop('drafts', id), drop('photos', id)])
}

// What waits is of one kind: a sale, a weighing, a visit or a loss. The pages of one kind leave the other alone.
const kindOf = record => record.kind ?? 'sale'

// Return this person's drafts, the newest first, each as it was last written in either store.
export async function draftsOf(owner, kind = 'sale') {
  const newest = new Map()
  const see = draft => {
    if (draft.owner === owner && kindOf(draft) === kind && !(newest.get(draft.id)?.at >= draft.at)) newest.set(draft.id, draft)
  }
  for (const draft of await all('drafts')) see(draft)
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(TEXT)) see(JSON.parse(localStorage[key]))
  } catch { /* forbidden or unreadable: IndexedDB has it */ }
  return [...newest.values()].sort((a, b) => b.at - a.at)
}

export const keepPhoto = photo => put('photos', photo)
export const forgetPhoto = id => drop('photos', id)
export async function photosOf(owner, kind = 'sale') {
  return (await all('photos')).filter(photo => photo.owner === owner && kindOf(photo) === kind)
}

// Whether this phone can keep anything bigger than text.
export const roomForPhotos = () => opened.then(() => true, () => false)

// Forget every photo taken before this moment, whoever it belongs to.
export async function forgetPhotosBefore(moment) {
  for (const photo of await all('photos')) if (photo.at < moment) await drop('photos', photo.id)
}
