"""Lots as pages and programs show them."""
