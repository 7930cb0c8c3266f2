"""Sweeps of the reports: each finds its work in rows, so it may run twice and a missed run is caught up by the next."""

from celery import shared_task

from kernel import clock
from reports.services import shares


@shared_task(name="reports.remind_shares")
def remind_shares() -> int:
    """Remind buyers of their reserved share, once a month."""
    return shares.remind_shares(at=clock.now())
