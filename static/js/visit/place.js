// Where the phone stands while a visit is written: the best that it has said so far, in words, never asked for twice.

import { wordsOf } from '../kept/waiting.js'

const [SHARP, FAIR] = [10, 50]
const card = document.querySelector('[data-place]')

const [FASTEST_MS, SLIP_MS] = [70, 600_000]
const oddities = new Set()
let fixBefore = null

// Write the place into the form as it becomes better known; `changed` keeps it.
export function watchPlace(form, changed) {
  if (!card || !navigator.geolocation) return
  const words = card.querySelector('[data-place-words]')
  card.hidden = false
  words.textContent = wordsOf('place-asking')
  if (form.elements.accuracy_m.value) sayPlace(words, Number(form.elements.accuracy_m.value))
  const asked = navigator.geolocation.watchPosition(fix => {
    const { coords } = fix
    const metres = Math.ceil(coords.accuracy)
    const before = form.elements.accuracy_m.value
    noteOdd(fix)
    form.elements.odd_place.value = [...oddities].sort().join()
    if (before && Number(before) <= metres) return
    form.elements.latitude_e6.value = Math.round(coords.latitude * 1e6)
    form.elements.longitude_e6.value = Math.round(coords.longitude * 1e6)
    form.elements.accuracy_m.value = metres
    sayPlace(words, metres)
    changed()
    if (metres <= SHARP) navigator.geolocation.clearWatch(asked)
  }, () => {
    if (!form.elements.accuracy_m.value) words.textContent = wordsOf('place-none')
  }, { enableHighAccuracy: true, timeout: 30_000, maximumAge: 0 })
}

function sayPlace(words, metres) {
  const how = metres <= SHARP ? 'sharp' : metres <= FAIR ? 'fair' : 'rough'
  words.textContent = wordsOf(`place-${how}`).replace('{n}', metres)
}

// What looks made up, as far as a browser can know: it is written beside the place and refuses nothing.
function noteOdd(fix) {
  const { coords, timestamp } = fix
  if (coords.accuracy < 1) oddities.add('sharp')
  if (coords.altitude === 0) oddities.add('flat')
  if (coords.speed > FASTEST_MS || (fixBefore && speedFrom(fixBefore, fix) > FASTEST_MS)) oddities.add('jump')
  if (Math.abs(timestamp - Date.now()) > SLIP_MS) oddities.add('stale')
  fixBefore = fix
}

// Metres a second from one place to the next, less what both may be wrong; roughly, as a degree is 111 km.
function speedFrom(first, next) {
  const [a, b] = [first.coords, next.coords]
  const east = (b.longitude - a.longitude) * Math.cos((a.latitude * Math.PI) / 180)
  const way = Math.hypot(b.latitude - a.latitude, east) * 111_000 - a.accuracy - b.accuracy
  return way / Math.max(1, (next.timestamp - first.timestamp) / 1000)
}
