"""The verbs of people and places: register, appoint, change a card, tell somebody something."""
