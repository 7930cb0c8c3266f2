// One tap sends a form once: the button goes quiet until the server has answered. The server holds the same promise by
// the form's `idem` key; this only spares a slow phone the second try.

const QUIET_MS = 20000

document.addEventListener('submit', event => {
  const form = event.target
  if (event.defaultPrevented || form.method !== 'post') return
  if (form.dataset.sent) {
    event.preventDefault()
    return
  }
  form.dataset.sent = '1'
  const button = event.submitter
  // Disabled only after the browser has read which button was pressed.
  setTimeout(() => { if (button) button.setAttribute('aria-disabled', 'true') })
  setTimeout(() => wake(form), QUIET_MS)
})

function wake(form) {
  delete form.dataset.sent
  for (const button of document.querySelectorAll('[aria-disabled="true"]')) {
    if (button.form === form) button.removeAttribute('aria-disabled')
  }
}

// Back from the next page: the form must answer again.
addEventListener('pageshow', event => {
  if (event.persisted) document.querySelectorAll('form[data-sent]').forEach(wake)
})

// A form that came back with errors shows them first.
document.querySelector('[data-focus]')?.focus()
