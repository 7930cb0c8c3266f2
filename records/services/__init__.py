"""The verbs of the records office."""
