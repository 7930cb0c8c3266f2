"""Doors of selling: three steps on a phone, a batch for many households, a file of lots."""
