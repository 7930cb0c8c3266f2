// The page before did not reach the server: the browser still holds what was sent, and sends it again.

const again = document.querySelector('[data-again]')
if (again) {
  again.hidden = false
  again.addEventListener('click', () => location.reload())
}
