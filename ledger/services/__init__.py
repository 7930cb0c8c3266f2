"""The verbs of money: move it, owe it, pay it, hear back from the bank."""
