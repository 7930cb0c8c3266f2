"""Payouts and statements of the bank for programs."""
