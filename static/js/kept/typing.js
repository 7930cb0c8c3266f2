// What is being typed on this page, a weighing, a visit or a loss; nothing on a list. `refused` hears of a photo that the server does
// not take.

export const typing = { draft: null, refused: () => {} }
