"""Purses as pages show them."""
