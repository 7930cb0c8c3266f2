"""Sweeps of relief: each finds its work in rows, so it may run twice and a missed run is caught up by the next."""

from celery import shared_task

from kernel import clock
from losses.services import (
    appealing,
    calling,
    late_relief,
    loss_notices,
    objecting,
    recovering,
    rehearsing,
    reinspecting,
    stopped_awards,
    sweeping,
)


@shared_task
def move_on_after_village_notices() -> int:
    """Let claims whose village notice has ended wait for their visit."""
    return sweeping.move_on(at=clock.now())


@shared_task
def close_ended_notices() -> int:
    """Close notices whose last working day has passed."""
    return sweeping.close_notices(at=clock.now())


@shared_task
def remind_overdue() -> int:
    """Tell the person whose turn it is, once a stage, that a claim is late."""
    return sweeping.remind(at=clock.now())


@shared_task
def end_notices_of_loss() -> int:
    """End notices of loss that nobody made a report of, and tell those whose time is nearly over."""
    return loss_notices.end_unreported(at=clock.now())


@shared_task(queue="reports")
def run_rehearsals() -> int:
    """Run the drafts that the bureau asked to rehearse; one that fell is begun anew."""
    return rehearsing.run_waiting(at=clock.now())


@shared_task
def move_appeals_on() -> int:
    """Hand appeals that nobody decided in time to the head, and end those that the head did not decide."""
    return appealing.move_on(at=clock.now())


@shared_task
def tell_of_objections() -> int:
    """Tell the desk of new objections to relief, and desk and head of those that nobody answered by their day."""
    return objecting.tell_of_objections(at=clock.now())


@shared_task
def remind_of_recoveries() -> int:
    """Remind households of relief that was to be given back by a day that has passed, once for each part."""
    return recovering.remind(at=clock.now())


@shared_task
def remind_of_late_relief() -> int:
    """Remind finance of relief that is not paid by its day, every so many days, and tell its household once."""
    return late_relief.remind(at=clock.now())


@shared_task
def end_uncalled() -> int:
    """End calls that nobody made in time, and tell the head of the bureau."""
    return calling.end_uncalled(at=clock.now())


@shared_task
def tell_of_stopped_awards() -> int:
    """Tell the bureau and finance of awards that something which came later has stopped, once for each stop."""
    return stopped_awards.tell_of_stopped(at=clock.now())


@shared_task
def draw_reinspections() -> int:
    """Draw once which awards of the month before are looked at once more, and end what nobody looked at in time."""
    at = clock.now()
    return reinspecting.draw_of_last_month(at=at) + reinspecting.end_missed(at=at)
