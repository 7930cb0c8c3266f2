"""Sweep of the registers."""

from celery import shared_task

from kernel import clock
from registers.services import changes


@shared_task(queue="default")
def lapse_changes() -> int:
    """End the proposals that nobody confirmed in time."""
    return changes.lapse_unconfirmed(at=clock.now())
