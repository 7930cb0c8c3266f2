"""What there is to read about orders, for each side of them."""

from orders.selectors.sales import asks_for, money_of, steps_of_listing

__all__ = ["asks_for", "money_of", "steps_of_listing"]
