"""The verbs of supply: list, price, withdraw, and every movement of a listing's kilos."""
