"""Sweeps of supply; each finds its work in rows and may run twice."""

from celery import shared_task

from catalog.services import forbidden, medians, stale
from kernel import clock
from records.services import files, pieces


@shared_task(queue="default")
def forget_unused_photos() -> int:
    """Forget photos that no document has taken up."""
    return files.forget_unused(at=clock.now())


@shared_task(queue="default")
def ask_stale() -> int:
    """Ask about lots nobody confirmed for some days."""
    return stale.ask_stale(at=clock.now())


@shared_task(queue="default")
def expire_stale() -> int:
    """Take lots off the market that nobody answers for."""
    return stale.expire_stale(at=clock.now())


@shared_task(queue="default")
def take_down_forbidden() -> int:
    """Take lots off the market whose goods may not be sold any more."""
    return forbidden.take_down_forbidden(at=clock.now())


@shared_task(queue="default")
def write_medians() -> int:
    """Write the medians of what lots asked, up to yesterday."""
    return medians.write_missing(clock.now())


@shared_task(queue="default")
def sweep_pieces() -> int:
    """Forget pieces of photos that nobody went on sending for some days."""
    return pieces.sweep(at=clock.now())
