// How long something is still kept: minutes and seconds counted down beside the hour that the server wrote.

const SECOND_MS = 1000

document.querySelectorAll('[data-left-until]').forEach(place => {
  const until = Date.parse(place.dataset.leftUntil)
  const show = () => {
    const left = Math.max(0, Math.round((until - Date.now()) / SECOND_MS))
    const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`
    place.textContent = place.dataset.words.replace('{clock}', clock)
    if (left) setTimeout(show, SECOND_MS)
  }
  show()
})
