"""Sweeps of the records office: each finds its work in rows, so a missed run is caught up by the next."""

from celery import shared_task
from django.conf import settings

from kernel import clock
from records.services import history


@shared_task(queue="default")
def seal_history() -> int:
    """Seal what was written since the last run; return how many traces were sealed."""
    return history.seal_history()


@shared_task(queue="default")
def note_head() -> bool:
    """Write the head of the chain of seals outside the database; return whether there is one."""
    return history.note_head(settings.HISTORY_HEAD_JOURNAL, at=clock.now())
