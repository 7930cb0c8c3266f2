// Our own number keys for the field in use. Without them the phone's keyboard does it.

const pad = document.querySelector('[data-keys]')
const inputs = [...document.querySelectorAll('[data-keypad]')]
let active = inputs.find(input => !input.closest('[hidden]'))

function type(key) {
  if (!active) return
  const { selectionStart: from, selectionEnd: to, value } = active
  if (key === 'del') active.setRangeText('', from === to ? Math.max(0, from - 1) : from, to, 'end')
  else if (key !== '.' || !value.includes('.')) active.setRangeText(key, from, to, 'end')
  active.dispatchEvent(new Event('input', { bubbles: true }))
}

if (pad && getComputedStyle(pad.firstElementChild).display !== 'none') {
  for (const input of inputs) {
    input.inputMode = 'none'
    input.addEventListener('focus', () => { active = input })
  }
  // Before the tap takes the focus away from the field.
  pad.addEventListener('pointerdown', event => { if (event.target.closest('[data-key]')) event.preventDefault() })
  pad.addEventListener('click', event => {
    const key = event.target.closest('[data-key]')
    if (key) type(key.dataset.key)
  })
  if (active && !document.querySelector('[data-focus]')) {
    active.focus({ preventScroll: true })
    active.setSelectionRange(active.value.length, active.value.length)
  }
}
