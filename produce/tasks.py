"""The dictionary's own sweep; it finds its work in rows and may run twice."""

from celery import shared_task

from kernel import clock
from produce.services import medians


@shared_task(queue="default")
def write_medians() -> int:
    """Write the medians of the price files, up to yesterday."""
    return medians.write_missing(clock.now())
