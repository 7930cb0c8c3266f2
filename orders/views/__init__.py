"""Doors of the order: the buyer's, the seller's, the scale's, the cashier's."""
