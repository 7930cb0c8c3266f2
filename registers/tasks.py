"""Sweeps of the registers."""

from celery import shared_task

from kernel import clock
from registers.pages import missing
from registers.services import changes, duplicates, writing


@shared_task(queue="default")
def lapse_changes() -> int:
    """End the proposals that nobody confirmed in time."""
    return changes.lapse_unconfirmed(at=clock.now())


@shared_task(queue="default")
def look_for_missing() -> int:
    """Look what the county cannot do yet, so that pages need not."""
    return missing.keep_findings(clock.now())


@shared_task(queue="default")
def write_changes() -> int:
    """Write the proposals of many rows that were confirmed."""
    return writing.write_confirmed(at=clock.now())


@shared_task(queue="reports")
def look_for_duplicates() -> int:
    """Compare the households of the townships that were not compared today."""
    return duplicates.look_for_duplicates(at=clock.now())
