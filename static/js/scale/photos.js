// Photos taken at the scale, each of one lot.

import { keepTaken } from '../kept/photos.js'

const SHOWS = { photo: 'scale', refused_photo: 'refused', slip: 'slip' }

export function watchPhotos(draft) {
  for (const input of document.querySelectorAll('form[data-lot] input[type=file]')) {
    input.addEventListener('change', event => {
      const [file] = input.files
      if (!file) return
      event.stopImmediatePropagation()
      const { lot } = input.form.dataset
      const shows = SHOWS[input.name]
      keepTaken(draft, input, file, { role: `${shows}:${lot}`, url: `/deliveries/${draft.trip}/lots/${lot}/${shows}/` })
    }, true)
  }
}
