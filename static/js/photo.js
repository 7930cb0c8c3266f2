// Shrink a photo before it leaves the phone, after writing down its fingerprint: the canvas loses what the camera wrote
// into the file, so the SHA-256 of the original goes along as `<name>_sha256`, and when the phone wrote it as `<name>_at`. Anything that fails sends the original.
// draft.js uses the same for a sale; its own inputs never get here, unless it has nowhere to keep a photo.

const EDGES = [1280, 1152, 1024, 896, 768] // below 1024 only for photos full of noise
const QUALITIES = [0.7, 0.65, 0.6]
// A name may say whose photo it is; nothing needs one.
const NAMELESS = 'photo.jpg'
const MOST = { listing: 220 * 1024, evidence: 450 * 1024 }

const nameless = file => new File([file], NAMELESS, { type: file.type, lastModified: file.lastModified })

export async function fingerprint(file) {
  if (!crypto.subtle) return ''
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
  return [...new Uint8Array(digest)].map(byte => byte.toString(16).padStart(2, '0')).join('')
}

function drawn(bitmap, edge, quality) {
  const scale = Math.min(1, edge / Math.max(bitmap.width, bitmap.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(bitmap.width * scale)
  canvas.height = Math.round(bitmap.height * scale)
  canvas.getContext('2d').drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  return new Promise(done => canvas.toBlob(done, 'image/jpeg', quality))
}

export async function shrunk(file, kind) {
  const most = MOST[kind] ?? MOST.listing
  const edges = kind === 'evidence' ? [1600, ...EDGES] : EDGES
  let best = null
  let bitmap
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' })
  } catch {
    return null // an old phone or an unknown format: the server reads the original
  }
  for (const edge of edges) {
    for (const quality of QUALITIES) {
      best = await drawn(bitmap, edge, quality)
      if (best && best.size <= most) return best
    }
  }
  return best
}

function remember(input, word, sums) {
  const name = `${input.name}_${word}`
  input.form?.querySelectorAll(`input[name="${name}"]`).forEach(old => old.remove())
  for (const sum of sums) {
    const hidden = Object.assign(document.createElement('input'), { type: 'hidden', name, value: sum })
    input.after(hidden)
  }
}

export async function take(input) {
  const place = input.closest('[data-slot]')?.querySelector('[data-photo-state]')
  const tell = word => { if (place) place.textContent = place.dataset[word] ?? '' }
  const files = [...input.files]
  if (!files.length) return tell('')
  tell('shrinking')
  const box = new DataTransfer()
  const sums = []
  if (files.some(file => file.type && !file.type.startsWith('image/'))) {
    input.value = ''
    return tell('failed')
  }
  for (const file of files) {
    sums.push(await fingerprint(file))
    const small = await shrunk(file, input.dataset.shrink)
    const better = small && small.size < file.size
    box.items.add(better ? new File([small], NAMELESS, { type: 'image/jpeg', lastModified: file.lastModified }) : nameless(file))
  }
  input.files = box.files
  remember(input, 'sha256', sums.filter(Boolean))
  remember(input, 'at', files.map(file => file.lastModified))
  tell('ready')
  show(input)
  if ('autosend' in input.dataset) input.form.requestSubmit()
}

function show(input) {
  const box = input.closest('.slot-box')
  if (!box) return
  box.querySelector('img')?.remove()
  const picture = Object.assign(new Image(), { alt: '', src: URL.createObjectURL(input.files[0]) })
  box.querySelector('.icon')?.setAttribute('hidden', '')
  box.querySelector('span')?.setAttribute('hidden', '')
  box.prepend(picture)
}

for (const input of document.querySelectorAll('input[type="file"][data-shrink]')) {
  input.addEventListener('change', () => take(input))
}
