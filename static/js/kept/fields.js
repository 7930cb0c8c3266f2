// What was typed before stands in its field again, as if it were typed now.

export function writeBack(input, value) {
  if (value === undefined || input.type === 'file') return
  if (input.type === 'radio') input.checked = input.value === value
  else if (input.type === 'checkbox') input.checked = Boolean(value)
  else input.value = value
  input.dispatchEvent(new Event('input', { bubbles: true }))
}
