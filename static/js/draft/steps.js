// The steps a draft waits with, sent in their order, each until it is answered.

import { OWN, PATIENCE, ofAnother, token } from './requests.js'
import { keepDraft } from './store.js'

// Return what became of the last step sent. "refused" means that the server answered with a page: the browser must show
// it.
export async function sendSteps(draft, patience = 0) {
  let answer = { state: 'done' }
  while (answer.state === 'done' && draft.send?.length) answer = await sendStep(draft, draft.send[0], patience)
  return answer
}

async function sendStep(draft, step, patience) {
  const giveUp = new AbortController()
  const late = setTimeout(() => giveUp.abort(), patience || PATIENCE + step.body.length / 10)
  try {
    const body = new URLSearchParams(step.body)
    body.set('csrfmiddlewaretoken', token())
    const answer = await fetch(step.url, { method: 'POST', body, headers: OWN, signal: giveUp.signal })
    if (answer.status >= 500) return { state: 'waiting' }
    const signIn = answer.redirected && new URL(answer.url).pathname.startsWith('/sign-in')
    if (signIn) return { state: 'signed-out', url: step.url }
    return await takeAnswer(draft, step, await answer.json().catch(() => ({})))
  } catch {
    return { state: 'waiting', dead: true }
  } finally {
    clearTimeout(late)
  }
}

// Write down what the server answered to a step.
async function takeAnswer(draft, step, answer) {
  if (ofAnother(answer)) return { state: 'signed-out', words: answer.message }
  const { to } = answer
  if (!to) {
    draft.send = null
    draft.path = step.url
    await keepDraft(draft)
    return answer.message ? { state: 'refused', url: step.url, answer } : { state: 'refused', url: step.url }
  }
  if (draft.send?.[0] === step) draft.send.shift()
  if (!draft.send?.length) draft.send = null
  if (step.last) draft.done = to
  if (answer.number) draft.number = answer.number
  await keepDraft(draft)
  return { state: 'done', to, url: step.url }
}
