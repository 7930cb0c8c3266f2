"""The verbs of putting goods on sale: a draft, a batch, a file, pasted lines."""
