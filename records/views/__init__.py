"""Doors of the records office."""
