// What was typed of a loss is shown once before it goes, by the phone itself: it may have no net to ask.

const lossForm = document.querySelector('form[data-loss]')
const lossShown = document.querySelector('[data-shown]')
const A_DAY_MS = 86_400_000
const chosenWord = name => lossForm.querySelector(`[name=${name}]:checked + span`)?.textContent.trim() ?? ''

// The amount as it was typed, with its word.
export function amountWords() {
  const { quantity_0: quantity, quantity_1: unit } = lossForm.elements
  const word = lossForm.querySelector(`.amount ${unit.value === 'piece' ? '> span' : ':checked + span'}`).textContent
  return `${quantity.value.trim()} ${word.trim()}`
}

// The day as the county counts it: today by this phone's clock, as the server will read it.
function dayWords() {
  const { day, happened_on: other } = lossForm.elements
  if (!day.value || day.value === 'other') return dateWords(new Date(other.value))
  return `${chosenWord('day')} ${dateWords(new Date(Date.now() - (day.value === 'yesterday' ? A_DAY_MS : 0)))}`
}

function dateWords(date) {
  return date.toLocaleDateString(document.documentElement.lang, { timeZone: 'Asia/Shanghai', month: 'long', day: 'numeric' })
}

// Show the answers beside their questions; `send` is called when they are right, and nothing is lost when they are not.
export function showLossOnce(photos, send) {
  const answers = [
    ['cause', chosenWord('cause')], ['quantity_0', amountWords()], ['day', dayWords()], ['photos', photos],
    ['elsewhere', chosenWord('elsewhere')], ...['elsewhere_from', 'elsewhere_fen', 'words'].map(name => [name, lossForm.elements[name].value.trim()]),
    ['consent', chosenWord('consent')],
  ]
  const list = lossShown.querySelector('dl')
  list.textContent = ''
  for (const [name, words] of answers) if (words) list.append(rowOfAnswer(name, words))
  lossShown.querySelector('[data-shown-yes]').onclick = () => { turnBack(); send() }
  lossShown.querySelector('[data-shown-no]').onclick = turnBack
  lossForm.hidden = true
  lossShown.hidden = false
  lossShown.querySelector('h2').focus()
}

function turnBack() {
  lossShown.hidden = true
  lossForm.hidden = false
  lossForm.scrollIntoView()
}

function rowOfAnswer(name, words) {
  const question = lossForm.querySelector(`[name=${name}]`).closest('.field').querySelector('legend, label').textContent.trim()
  const row = document.createElement('div')
  row.append(Object.assign(document.createElement('dt'), { textContent: question }))
  row.append(Object.assign(document.createElement('dd'), { textContent: words }))
  return row
}
