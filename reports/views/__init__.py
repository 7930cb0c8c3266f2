"""Doors of the reports: figures of sales and relief, and the log of what was done."""
