"""Payouts as finance's pages show them, masked."""
