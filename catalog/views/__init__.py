"""Doors of supply: the market, selling, one's own goods."""
