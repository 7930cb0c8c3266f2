"""Sweeps of the records office: each finds its work in rows, so a missed run is caught up by the next."""

from celery import shared_task
from django.conf import settings

from kernel import clock
from records.pages import posters
from records.services import history, second_look, signing


@shared_task(queue="default")
def seal_history() -> int:
    """Seal what was written since the last run; return how many traces were sealed."""
    return history.seal_history()


@shared_task(queue="default")
def note_head() -> bool:
    """Write the head of the chain of seals outside the database; return whether there is one."""
    return history.note_head(settings.HISTORY_HEAD_JOURNAL, at=clock.now())


@shared_task(queue="images")
def look_at_photos() -> int:
    """Compare the photos of claims, visits and notices that came in with those before them; return how many."""
    return second_look.look_at_waiting(at=clock.now())


@shared_task(queue="reports")
def sign_notices() -> int:
    """Sign the sheets of notices with the county's certificate, where it gave one; return how many."""
    return signing.sign_waiting(sheet=posters.poster_pdf, at=clock.now())
