"""In whose hands an order is while it waits for approval, and who has answered: names, posts, hours."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.selectors import spoken_time
from canteens.pages.waiting import deputy_words, since_words, who_words
from kernel.dates import deadline_words
from kernel.shown import Moment
from orders.models import ApprovalStep, PurchaseOrder, Reach
from orders.selectors.waiting import Waits


def wait_words(waits: Waits | None) -> str:
    """Return for whom an order waits and since when, in one line; empty where it waits for nobody."""
    if waits is None or not waits.open:
        return ""
    return since_words(waits.asked, min(step.told_at for step in waits.open))


def turn_words(order: PurchaseOrder, waits: Waits | None, at: dt.datetime) -> list[str]:
    """Return of an order that waits how many said yes where several must, who is asked next, and when it ends."""
    if waits is None or not waits.open or order.approve_by_at is None:
        return []
    yes, asked = sum(bool(step.approved) for step in waits.steps), len(waits.steps)
    due, end = min(step.due_at for step in waits.open), order.approve_by_at
    words = [_("%(yes)s of %(asked)s people have said yes.") % {"yes": yes, "asked": asked}] if asked > 1 else []
    if due < end:
        words.append(_("Without an answer %(until)s others are asked too.") % {"until": deadline_words(due, at)})
    ends = _(
        "Without an answer %(until)s the order ends, its money and goods are free again, and all of them are told."
    )
    return [*words, ends % {"until": deadline_words(end, at)}]


def step_moments(waits: Waits | None, at: dt.datetime) -> list[Moment]:
    """Return the steps of an approval in their order: who answered when, or who may and until when."""
    return [_moment(step, waits, at) for step in waits.steps] if waits else []


def _moment(step: ApprovalStep, waits: Waits, at: dt.datetime) -> Moment:
    if step.answered_at is not None and step.person is not None:
        what = pgettext("step", "Said yes") if step.approved else pgettext("step", "Said no")
        who = step.person.name
        if step.for_person is not None and step.for_person_id != step.person_id:
            who = deputy_words(who, step.for_person.name)
        return Moment(_numbered(step, spoken_time(step.answered_at)), who, what, "ok" if step.approved else "danger")
    if step not in waits.open:
        return Moment(_numbered(step, spoken_time(step.told_at)), "", pgettext("step", "Nobody answered"), "plain")
    since, until = spoken_time(step.told_at), deadline_words(step.due_at, at)
    then = _("then the order ends") if step.reach == Reach.ALL else _("then others are asked")
    when = _("since %(since)s, until %(until)s, %(then)s") % {"since": since, "until": until, "then": then}
    return Moment(_numbered(step, when), who_words(waits.asked), pgettext("step", "Waits for an answer"), "warn")


def _numbered(step: ApprovalStep, when: str) -> str:
    return _("Step %(n)s: %(when)s") % {"n": step.number, "when": when}
