// What is accepted of a lot and what it costs, to the fen as the server counts it (kernel/money.py).

const halfUp = (part, whole) => Math.floor((2 * part + whole) / (2 * whole))
const grade = form => form.querySelector('[name=grade]:checked')?.value ?? ''
const surplus = form => form.querySelector('[name=over]:checked')?.value

// Return the grams that stay of this net weight less what goes back: the surplus stays as far as it was asked for.
export function staying(form, grams) {
  const { ordered, most } = JSON.parse(form.dataset.cost)
  const over = surplus(form)
  return Math.max(0, over ? Math.min(grams, over === 'take' ? most : ordered) : grams)
}

// Return what so many grams more cost in the grade chosen, in fen: all of one lot and grade is rounded once.
export function costOf(form, grams) {
  const { fen, unit, kept, percent } = JSON.parse(form.dataset.cost)
  const code = grade(form)
  const worth = all => halfUp(halfUp(all * fen, unit) * (percent[code] ?? 100), 100)
  const before = kept[code] ?? 0
  return worth(before + grams) - worth(before)
}
