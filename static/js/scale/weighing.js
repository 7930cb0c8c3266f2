// The weighing that this page is about, none on the list.

export const weighing = { draft: null }
