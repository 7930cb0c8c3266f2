// The scale: gross less tare is net.

import { gramsIn } from './amounts.js'
import { grouped } from './printed.js'

for (const scale of document.querySelectorAll('[data-scale]')) {
  const [gross, tare] = [scale.querySelector('[data-gross]'), scale.querySelector('[data-tare]')]
  const net = scale.querySelector('[data-net]')
  scale.addEventListener('input', () => {
    const [heavy, empty] = [gross.value, tare.value || '0'].map(text => gramsIn(text, 'kg', { zeroOk: true }))
    net.textContent = heavy === null || empty === null || heavy < empty ? '—' : grouped(heavy - empty, 1)
  })
}
