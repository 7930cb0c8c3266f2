"""What each person's first page is made of: the work itself, by name, and what one looks at beside it."""

from marketplace.homes.farmer import farmer_home
from marketplace.homes.staff import staff_home

__all__ = ["farmer_home", "staff_home"]
