// Where the phone stands while a visit is written: the best that it has said so far, in words, never asked for twice.

import { wordsOf } from '../kept/waiting.js'

const [SHARP, FAIR] = [10, 50]
const card = document.querySelector('[data-place]')

// Write the place into the form as it becomes better known; `changed` keeps it.
export function watchPlace(form, changed) {
  if (!card || !navigator.geolocation) return
  const words = card.querySelector('[data-place-words]')
  card.hidden = false
  words.textContent = wordsOf('place-asking')
  if (form.elements.accuracy_m.value) sayPlace(words, Number(form.elements.accuracy_m.value))
  const asked = navigator.geolocation.watchPosition(({ coords }) => {
    const metres = Math.ceil(coords.accuracy)
    const before = form.elements.accuracy_m.value
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
