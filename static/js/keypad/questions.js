// Questions that belong to one answer are shown with it.

for (const part of document.querySelectorAll('[data-shown-by]')) {
  const choices = [...document.querySelectorAll(`[name="${part.dataset.shownBy}"]`)]
  const show = () => { part.hidden = choices.find(choice => choice.checked)?.value !== part.dataset.shownAt }
  for (const choice of choices) choice.addEventListener('change', show)
  if (choices.length) show()
}
