// What the server wrote into the bar about this page, and what the scripts of a sale remember of it while it is open.

export const bar = document.querySelector('[data-draft-page]')

export const page = {
  kind: bar.dataset.draftPage, // home, photo, produce, quantity or receipt
  draft: bar.dataset.draft, // the key of its sale; empty where none has begun
  owner: bar.dataset.owner,
  base: bar.dataset.base,
  does: bar.dataset.does ?? 'sale', // what is typed here: a sale, or a weighing
  shell: 'shell' in bar.dataset, // drawn by the phone itself (sw.js): the server knows nothing of this page
  form: document.querySelector('[data-draft-form]'),
}

export const state = {
  draft: null, // the sale of this page
  photoOf: page.draft, // the draft whose photo this page talks about
  sending: '', // the draft that the form of this page is sending
  pressed: null, // the button that sent it
  early: null, // sends what was pressed before the phone's store had opened
  dead: page.shell, // the last try got no answer
}
