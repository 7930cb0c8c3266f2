"""The desks: what waits in each saved view, the places whose lists can be published, the queue beside a review."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel.present import name_of
from kernel.shown import Tab, Tag
from losses.models import LossClaim
from losses.pages.words import amount_words, short_words, time_left
from losses.selectors.claims import latest_figure, quantity_words
from losses.selectors.queues import PlaceWaiting, View

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
    """A claim that waits for this desk."""

    url: str
    name: str
    line: list[str]
    amount: str
    left: Tag


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place whose list can be published."""

    url: str
    name: str
    scheme: str
    count: int


@dataclass(frozen=True, slots=True)
class QueueItem:
    """A claim in the queue beside the review."""

    url: str
    name: str
    line: list[str]
    amount: str
    left: str
    urgent: bool
    current: bool


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


def waiting_row(claim: LossClaim, view: View, *, at: dt.datetime) -> WaitingRow:
    """Return one claim of a view, leading to the page of its step."""
    return WaitingRow(
        url=reverse(STEPS.get(view.key, "claim-detail"), args=[claim.pk]),
        name=claim.household.head_name,
        line=[
            claim.household.village.short_name,
            f"{name_of(claim.goods.produce)} {quantity_words(claim)}",
            claim.number,
        ],
        amount=amount_words(claim),
        left=time_left(claim.due_at, at=at).tag("plain"),
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
    """Return the queue that stands beside the claim under review; `count` are all that wait."""
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
    )
