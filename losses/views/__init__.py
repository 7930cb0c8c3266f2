"""Doors of relief, one file for each hand: who reports, who checks, who visits, who decides, who publishes."""
