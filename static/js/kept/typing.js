// What is being typed on this page, a weighing or a visit; nothing on a list. `refused` hears of a photo that the server does
// not take.

export const typing = { draft: null, refused: () => {} }
