"""Sweeps of orders: each finds its work in rows, so it may run twice and a missed run is caught up by the next."""

from celery import shared_task

from kernel import clock
from orders.pages.fund_files import rendered
from orders.services import filing, limiting, medians, reminding, sweeping, texting


@shared_task(name="orders.ask_waiting")
def ask_waiting() -> int:
    """Ask sellers of orders left between placing and asking."""
    return sweeping.ask_waiting(at=clock.now())


@shared_task(name="orders.end_kept")
def end_kept() -> int:
    """Give back what was kept for buyers who did not order in time."""
    return sweeping.end_kept(at=clock.now())


@shared_task(name="orders.show_unapproved")
def show_unapproved() -> int:
    """Show orders that nobody approved to the buyer's other approvers."""
    return sweeping.show_unapproved(at=clock.now())


@shared_task(name="orders.end_unapproved")
def end_unapproved() -> int:
    """End orders that nobody approved in time."""
    return sweeping.end_unapproved(at=clock.now())


@shared_task(name="orders.lapse_unanswered")
def lapse_unanswered() -> int:
    """Let go of sellers who did not answer in time."""
    return sweeping.lapse_unanswered(at=clock.now())


@shared_task(name="orders.answer_texts", queue="messages")
def answer_texts() -> int:
    """Act on the answers that sellers texted."""
    return texting.answer_texts(at=clock.now())


@shared_task(name="orders.make_files", queue="reports")
def make_files() -> int:
    """Make the whole files of purses that somebody asked for."""
    return filing.make_files(rendered, at=clock.now())


@shared_task(name="orders.let_files_go", queue="reports")
def let_files_go() -> int:
    """Take whole files of some days ago from the disk."""
    return filing.let_files_go(at=clock.now())


@shared_task(name="orders.look_again")
def look_again() -> int:
    """Ask others for what sellers gave back."""
    return sweeping.look_again(at=clock.now())


@shared_task(name="orders.end_undispatched")
def end_undispatched() -> int:
    """Give back what nobody sent off in time."""
    return sweeping.end_undispatched(at=clock.now())


@shared_task(name="orders.end_lost")
def end_lost() -> int:
    """End trips nobody saw arrive."""
    return sweeping.end_lost(at=clock.now())


@shared_task(name="orders.end_unsent")
def end_unsent() -> int:
    """End hand-overs whose goods did not leave in time."""
    return sweeping.end_unsent(at=clock.now())


@shared_task(name="orders.accept_silent")
def accept_silent() -> int:
    """Accept deliveries nobody weighed in time."""
    return sweeping.accept_silent(at=clock.now())


@shared_task(name="orders.settle_late")
def settle_late() -> int:
    """Write statements of sellers whose card came later."""
    return sweeping.settle_late(at=clock.now())


@shared_task(name="orders.hand_silent_returns_over")
def hand_silent_returns_over() -> int:
    """Hand to the bureau what sellers did not answer."""
    return sweeping.hand_silent_returns_over(at=clock.now())


@shared_task(name="orders.end_undecided_returns")
def end_undecided_returns() -> int:
    """End returns nobody decided in time."""
    return sweeping.end_undecided_returns(at=clock.now())


@shared_task(name="orders.move_complaints_on")
def move_complaints_on() -> int:
    """Do with complaints what follows from silence."""
    return sweeping.move_complaints_on(at=clock.now())


@shared_task(name="orders.claim_rests")
def claim_rests() -> int:
    """Claim what sellers were paid too much."""
    return sweeping.claim_rests(at=clock.now())


@shared_task(name="orders.write_medians")
def write_medians() -> int:
    """Write the medians of what was paid, up to yesterday."""
    return medians.write_missing(clock.now())


@shared_task(name="orders.tell_of_limits")
def tell_of_limits() -> int:
    """Tell buyers whose orders of a class of goods near the procurement limit, once a year each."""
    return limiting.tell_of_limits(at=clock.now())


@shared_task(name="orders.remind")
def remind() -> int:
    """Remind buyers of what they owe sellers, soon and past its day."""
    return reminding.remind(at=clock.now())
