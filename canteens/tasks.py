"""Sweeps of canteens: each finds its work in rows, so it may run twice and a missed run is caught up by the next."""

from celery import shared_task

from canteens.services import reminding, sweeping
from kernel import clock


@shared_task
def move_objections_on() -> int:
    """Tell of objections to purchase plans, and end those that nobody answered."""
    return sweeping.move_objections_on(at=clock.now())


@shared_task
def show_undecided() -> int:
    """Ask the other approvers of the buyer for plans that nobody decided."""
    return sweeping.show_undecided(at=clock.now())


@shared_task
def end_undecided() -> int:
    """End plans that nobody decided in time."""
    return sweeping.end_undecided(at=clock.now())


@shared_task
def end_old_drafts() -> int:
    """Throw away drafts of plans that lie too long, and tell their authors."""
    return sweeping.end_old_drafts(at=clock.now())


@shared_task
def remind_of_people() -> int:
    """Tell buyers of tiers that they have too few people for."""
    return reminding.remind_of_people(at=clock.now())
