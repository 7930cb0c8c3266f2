// A sheet keeps each row as it is typed: what arrived is said beside it, what did not is sent by the button below.

const SECONDS = 20
const form = document.querySelector('[data-sheet]')
const fields = [...form.querySelectorAll('[data-household]')]
const filled = form.querySelector('[data-filled]')

async function keep(field) {
  const said = document.getElementById(field.getAttribute('aria-describedby'))
  const body = new FormData()
  body.append('csrfmiddlewaretoken', form.elements.csrfmiddlewaretoken.value)
  body.append('household', field.dataset.household)
  body.append('amount', field.value)
  try {
    const answer = await fetch(form.dataset.save, { method: 'POST', body, redirect: 'error', signal: AbortSignal.timeout(SECONDS * 1000) })
    if (!answer.ok) throw new Error(String(answer.status))
    const row = await answer.json()
    field.defaultValue = field.value
    said.textContent = row.said
    said.classList.toggle('late', row.bad)
    field.toggleAttribute('aria-invalid', row.bad)
    if (row.bad) field.setAttribute('aria-invalid', 'true')
    filled.textContent = row.filled
  } catch {
    said.textContent = form.dataset.lost
    said.classList.add('late')
  }
}

// One after the other: the later word about a row must not overtake the earlier one.
let last = Promise.resolve()
form.addEventListener('change', event => {
  if (event.target.dataset.household) last = last.then(() => keep(event.target))
})

form.addEventListener('keydown', event => {
  if (event.key !== 'Enter' || !event.target.dataset.household) return
  event.preventDefault()
  const next = fields[fields.indexOf(event.target) + 1]
  if (next) next.focus()
  else event.target.blur()
})
