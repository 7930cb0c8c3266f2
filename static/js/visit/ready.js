// Before one leaves: what this phone says of itself, each as a sentence; of what it does not tell the page has said what to
// do.

const [ONE_DAY, LEAST_MB, EIGHT_HOURS] = [86_400_000, 100, 28_800_000]
const readyList = document.querySelector('[data-ready]')

// Each: whether it is right, and the number or the hour its sentence names; nothing where the phone does not tell.
const CHECKS = {
  async pack() {
    const cache = await caches.open('visiting')
    const address = (await cache.keys()).find(({ url }) => new URL(url).pathname === '/visits/offline/')
    if (!address) return [false]
    const kept = new Date((await cache.match(address)).headers.get('Date'))
    return [Date.now() - kept < ONE_DAY, kept.toLocaleString([], { month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit' })]
  },
  async room() {
    const { quota, usage } = await navigator.storage.estimate()
    const left = Math.floor((quota - usage) / 1e6)
    return [left >= LEAST_MB, left]
  },
  async battery() {
    const { level, charging } = await navigator.getBattery()
    return [charging || level >= 0.5, Math.round(level * 100)]
  },
  place: () => allowed('geolocation'),
  camera: () => allowed('camera'),
  session: async () => [Number(readyList.dataset.until) - Date.now() > EIGHT_HOURS],
}

async function allowed(name) {
  const { state } = await navigator.permissions.query({ name })
  if (state === 'prompt') throw new Error(state) // it asks when it is needed: the page has said so
  return [state === 'granted']
}

export async function readyHere() {
  for (const row of readyList.querySelectorAll('[data-check]')) {
    const answer = await Promise.resolve().then(CHECKS[row.dataset.check]).catch(() => null)
    if (!answer) continue
    const [right, n = ''] = answer
    const said = row.querySelector('dd')
    said.textContent = row.dataset[right ? 'go' : 'no'].replace('{n}', n)
    said.className = right ? 'done' : 'late'
  }
}
