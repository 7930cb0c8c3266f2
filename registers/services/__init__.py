"""Verbs of the registers: how any of them changes, and the rules of those that belong to no other room."""
