// Send a photo in pieces. The server says how much of it has arrived, and that is where it goes on: after a tunnel, a dead
// page or a tap on the next picture. A quick net carries the usual photo in one request; on a slow one the pieces are so
// small that each arrives before the net breaks again.

const KB = 1024
const [LEAST, MOST] = [16 * KB, 1024 * KB]
const FIRST = { '4g': 256 * KB, '3g': 64 * KB, '2g': 32 * KB, 'slow-2g': LEAST }
const AIM = 4_000 // how long one piece may take
const SIZE = 'liujin-piece'

function firstSize() {
  let known = 0
  try { known = Number(sessionStorage[SIZE]) } catch { /* forbidden */ }
  return known || FIRST[navigator.connection?.effectiveType] || 64 * KB
}

let size = firstSize()

function learn(bytes, took, arrived) {
  const fitting = arrived ? (bytes * AIM) / Math.max(took, 1) : bytes / 2
  // A small rest says little about the net: it makes pieces larger, never smaller.
  if (!arrived || bytes === size || fitting > size) size = Math.round(Math.min(MOST, Math.max(LEAST, fitting)))
  try { sessionStorage[SIZE] = size } catch { /* forbidden */ }
}

// `ask` sends one request and returns {status, answer}, as this does: the last answer there was.
export async function sendInPieces(ask, url, { blob, sha256, begun, at }, told) {
  let have = 0
  if (begun) {
    const known = await ask('GET', url)
    if (!Number.isInteger(known.answer?.have)) return known
    have = known.answer.have
  }
  for (;;) {
    const part = blob.slice(have, have + size)
    const began = Date.now()
    const got = await ask('POST', url, {
      body: part,
      size: part.size,
      headers: {
        'Content-Type': 'application/octet-stream',
        'Upload-Offset': have,
        'Upload-Length': blob.size,
        'Camera-Sha256': sha256,
        'Camera-At': at ?? '',
      },
      told: loaded => told(Math.floor((100 * (have + loaded)) / blob.size)),
    })
    learn(part.size, Date.now() - began, got.status)
    if (!Number.isInteger(got.answer?.have)) return got
    have = got.answer.have
  }
}
