"""The desks: what waits in each saved view, the places whose lists can be published, the queue beside a review."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel import dates
from kernel.clock import county_day
from kernel.present import known, name_of
from kernel.shown import Tab, Tag
from losses.models import LossClaim
from losses.pages.reports import sheet_words
from losses.pages.words import amount_words, short_words, time_left
from losses.selectors.claims import latest_figure, quantity_words
from losses.selectors.queues import AWARD, HAND, OBJECTION, ON_NOTICE_YET, SHARED, PlaceWaiting, View
from records.selectors.notices import ANSWERS

# The page of each view's step, with the claim as its argument; what is done for a whole place has none.
STEPS = {
    "village": "claim-village-check",
    "township": "claim-township-check",
    "draw": "visit-draw",
    "compute": "claim-compute",
    "decide": "claim-review",
    "objected": "claim-review",
}


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A claim that waits for this desk; `why` says of one in grey why its step cannot be taken now."""

    url: str
    name: str
    line: list[str]
    amount: str
    left: Tag
    why: str = ""


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place whose list can be published."""

    url: str
    name: str
    scheme: str
    count: int


@dataclass(frozen=True, slots=True)
class QueueItem:
    """A claim in the queue beside the review; `why` says of one in grey why it cannot be decided now."""

    url: str
    name: str
    line: list[str]
    amount: str
    left: str
    urgent: bool
    current: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """The claims to decide, what is due first in front."""

    title: str
    hint: str
    items: list[QueueItem]


def view_words(view: View) -> str:
    """Return what a saved view is called."""
    return {
        "village": pgettext("queue", "Village check"),
        "sent_back": pgettext("queue", "Sent back, to be completed"),
        "township": pgettext("queue", "Township check"),
        "publish": pgettext("queue", "To publish in the village"),
        "draw": pgettext("queue", "To draw"),
        "compute": pgettext("queue", "To compute"),
        "county": pgettext("queue", "To publish in the county"),
        "decide": pgettext("queue", "To decide"),
        "objected": pgettext("queue", "An objection was right"),
    }[view.key]


def view_tabs(views: Iterable[tuple[View, int]], chosen: View) -> list[Tab]:
    """Return the saved views with how many claims wait in each."""
    return [Tab(f"?view={view.key}", view_words(view), view == chosen, count) for view, count in views]


@dataclass(frozen=True, slots=True)
class NotYet:
    """Why the step of a claim cannot be taken now, and from which day on it can where that is known."""

    words: str = ""
    on: dt.date | None = None


def not_yet(claim: LossClaim) -> NotYet:
    """Return what stands against the step of a claim that was fetched with its reason; nothing for any other."""
    reason = getattr(claim, "against", "")
    if reason == HAND:
        return NotYet(_("You took part in another step of this claim. A colleague does this one."))
    if reason == ON_NOTICE_YET:
        notice = known(claim.county_notice)
        return NotYet(on_notice_words(notice.ends_on), county_day(notice.ends_at))
    if reason == OBJECTION:
        return _objected(getattr(claim, "answer_due", None))
    if reason == SHARED:
        until = _("All amounts are computed together once the scheme is closed; it takes reports until %(day)s.")
        return NotYet(until % {"day": dates.day_words(claim.scheme.window_to)})
    return NotYet()


def on_notice_words(ends_on: dt.date) -> str:
    """Return until when a claim hangs, before anybody may approve it."""
    return _("On notice until %(day)s; approving opens the day after.") % {"day": dates.day_words(ends_on)}


def _objected(due_at: dt.datetime | None) -> NotYet:
    if due_at is None:
        return NotYet(_("An objection stops this line. It must be answered first."))
    day = county_day(due_at)
    words = _("An objection stops this line. It is to be answered by %(day)s; then it can be decided.")
    return NotYet(words % {"day": dates.day_words(day)}, day)


def waiting_row(claim: LossClaim, view: View, *, at: dt.datetime) -> WaitingRow:
    """Return one claim of a view, leading to the page of its step, or to its own where the step's would only refuse."""
    no_use = getattr(claim, "against", "") == HAND and view.hand not in (AWARD, ANSWERS)
    page = "claim-detail" if no_use else STEPS.get(view.key, "claim-detail")
    return WaitingRow(
        url=reverse(page, args=[claim.pk]),
        name=claim.household.head_name,
        line=[
            claim.household.village.short_name,
            f"{name_of(claim.goods.produce)} {quantity_words(claim)}",
            claim.number,
            *[words for words in [sheet_words(claim)] if words],
        ],
        amount=amount_words(claim),
        left=time_left(claim.due_at, at=at).tag("plain"),
        why=not_yet(claim).words,
    )


def place_row(place: PlaceWaiting) -> PlaceRow:
    """Return one place whose list can be published, a village's or a township's."""
    page = "notice-publish-village" if place.is_village else "notice-publish-county"
    return PlaceRow(
        url=reverse(page, args=[place.scheme_id, place.code]),
        name=place.name.removesuffix("委会"),
        scheme=place.scheme,
        count=place.claims,
    )


def queue_beside(claims: Iterable[LossClaim], count: int, current: LossClaim, *, at: dt.datetime) -> Queue:
    """Return the queue beside the claim under review, in grey what cannot be decided now; `count` are the others."""
    return Queue(
        title=_("%(n)s households to decide") % {"n": count},
        hint=_("What is due first stands in front"),
        items=[_queue_item(claim, claim.pk == current.pk, at) for claim in claims],
    )


def queue_to_check(
    claims: Iterable[LossClaim], count: int, current: LossClaim, view: View, *, at: dt.datetime
) -> Queue:
    """Return the claims of a check that this person may do, beside the one that is open; `count` are all of them."""
    return Queue(
        title=_("%(n)s households for you to look at") % {"n": count},
        hint=_("What is due first stands in front"),
        items=[_queue_item(claim, claim.pk == current.pk, at, STEPS[view.key]) for claim in claims],
    )


def _queue_item(claim: LossClaim, current: bool, at: dt.datetime, page: str = "claim-review") -> QueueItem:
    left = time_left(claim.due_at, at=at)
    quantity = short_words(claim.goods, latest_figure(claim).quantity)
    return QueueItem(
        url=reverse(page, args=[claim.pk]),
        name=claim.household.head_name,
        line=[claim.household.village.short_name, f"{name_of(claim.goods.produce)} {quantity}"],
        amount=amount_words(claim),
        left=left.text,
        urgent=left.pressing,
        current=current,
        why=not_yet(claim).words,
    )
