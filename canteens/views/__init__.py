"""Doors of the demand side: purses, and what is planned from them."""
