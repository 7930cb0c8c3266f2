"""Sweeps of payouts: each finds its work in rows, so it may run twice and a missed run is caught up by the next."""

from celery import shared_task

from kernel import clock
from ledger.services import applying


@shared_task(queue="payments")
def apply_returns() -> int:
    """Go on with the bank's answers that are not applied whole; return how many are left for the next run."""
    return applying.apply_waiting(now=clock.now)
