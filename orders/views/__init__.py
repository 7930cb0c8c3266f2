"""Doors of the order: the buyer's, the seller's, the scale's, the cashier's."""

WAITING = "waiting"  # the cursor of what is open in a list whose other rows are over
WAITING_A_PAGE = 50  # a limit of the page's weight
