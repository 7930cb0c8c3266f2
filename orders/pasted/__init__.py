"""The reader of orders pasted from a chat: pure, the dictionary is given to it."""
