"""Doors of the registers: the desks, what was proposed at them, and what a household does about its own."""
