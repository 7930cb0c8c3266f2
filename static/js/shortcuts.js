// Desks by keyboard: J and K walk the queue, A B R press the decision with the same letter, ? shows the keys; on a home
// Enter opens the first case.

const press = letter => document.querySelector(`[data-shortcut="${letter}"]`)

document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
  if (event.target.closest('input:not([type="radio"]):not([type="checkbox"]), textarea, select')) return
  const letter = event.key.toLowerCase()
  const first = document.querySelector('[data-first]')
  if (letter === 'enter' && first && event.target === document.body) {
    first.click()
    return
  }
  if (letter === 'j' || letter === 'k') {
    const queue = [...document.querySelectorAll('[data-queue] a')]
    const here = queue.findIndex(link => link.hasAttribute('aria-current'))
    const next = queue[here + (letter === 'j' ? 1 : -1)]
    if (next) next.click()
    return
  }
  if (letter === '?') {
    const keys = document.querySelector('[data-all-keys]')
    if (keys) keys.open = !keys.open
    return
  }
  const button = /^[abr]$/.test(letter) ? press(letter) : null
  if (!button) return
  event.preventDefault()
  // Money and refusals are never decided by one stray key: the first press goes to the button, the second presses it.
  if (document.activeElement === button) button.click()
  else button.focus()
})
