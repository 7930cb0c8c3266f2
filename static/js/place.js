// Where the phone stands while a check is written: the best that it has said so far, in words, never asked for twice.

const [SHARP, FAIR] = [10, 50]
const card = document.querySelector('[data-place]')
const form = document.querySelector('[data-placed]')
const fields = form?.elements

function say(word, metres = '') {
  card.querySelector('[data-place-words]').textContent = card.dataset[word].replace('{n}', metres)
}

function sayMetres(metres) {
  say(metres <= SHARP ? 'sharp' : metres <= FAIR ? 'fair' : 'rough', metres)
}

if (card && form && navigator.geolocation) {
  const known = Number(fields.accuracy_m.value)
  card.hidden = false
  if (known) sayMetres(known)
  else say('asking')
  const asked = navigator.geolocation.watchPosition(({ coords }) => {
    const metres = Math.ceil(coords.accuracy)
    if (fields.accuracy_m.value && Number(fields.accuracy_m.value) <= metres) return
    fields.latitude_e6.value = Math.round(coords.latitude * 1e6)
    fields.longitude_e6.value = Math.round(coords.longitude * 1e6)
    fields.accuracy_m.value = metres
    sayMetres(metres)
    if (metres <= SHARP) navigator.geolocation.clearWatch(asked)
  }, () => {
    if (!fields.accuracy_m.value) say('none')
  }, { enableHighAccuracy: true, timeout: 30_000, maximumAge: 0 })
}
