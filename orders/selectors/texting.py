"""Questions that a phone may answer by a text, and the texts on which somebody must call."""

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import InboundMessage, Role, Somebody
from accounts.selectors import standing
from kernel import clock
from orders.models import Allocation, AllocationStatus, OrderStatus
from orders.pasted.texted import CODES, key_part

CALLERS = (Role.CADRE, Role.TOWNSHIP_OFFICER, Role.BUREAU_APPROVER)
ANSWERED_WITHIN = dt.timedelta(days=30)  # an older code may stand for another lot by now
OPEN_ASK = Q(status=AllocationStatus.HELD, order__status=OrderStatus.ASKING)


def questions_of(households: Collection[UUID], at: dt.datetime) -> list[Allocation]:
    """Return what buyers asked of these households of late, the newest first."""
    asked = Allocation.objects.filter(household__in=households, order__answer_by_at__gte=at - ANSWERED_WITHIN)
    rows = asked.select_related("order__buyer", "order__requester", "listing__produce", "listing__household")
    return list(rows.order_by("-pk")[:200])


def is_open(lot: Allocation) -> bool:
    """Return whether a lot still waits for its seller's answer."""
    return lot.status == AllocationStatus.HELD and lot.order.status == OrderStatus.ASKING


def with_code(questions: list[Allocation], code: str) -> list[Allocation]:
    """Return the questions that a code may mean: those that are open where any is, else all of them."""
    meant = [lot for lot in questions if key_part(code) == lot.pk % CODES]
    return [lot for lot in meant if is_open(lot)] or meant


def texts_seen_by(user: Somebody, at: dt.datetime) -> QuerySet[InboundMessage]:
    """Return today's texts that were not acted on whole, of the households that this person looks after.

    Those of unknown phones are nobody's: the bureau reads them.
    """
    who = standing(user)
    seen = who.within("household__village_id", *CALLERS)
    if who.has(Role.BUREAU_APPROVER):
        seen |= Q(household=None)
    ended = (InboundMessage.State.UNREADABLE, InboundMessage.State.REFUSED, InboundMessage.State.STRANGER)
    today = InboundMessage.objects.filter(seen, state__in=ended, received_at__gte=clock.day_start(clock.county_day(at)))
    waits = Allocation.objects.filter(OPEN_ASK, household=OuterRef("household"))
    return (
        today.select_related("household__village").annotate(still_asked=Exists(waits)).order_by("-received_at", "-pk")
    )


def open_asks_of(texts: Collection[InboundMessage]) -> dict[UUID | None, list[Allocation]]:
    """Return by household what still waits for its answer, the one that ends first at the top."""
    keys = {text.household_id for text in texts} - {None}  # type: ignore[attr-defined]
    rows = Allocation.objects.filter(OPEN_ASK, household__in=keys).select_related("order", "listing__produce")
    found: dict[UUID | None, list[Allocation]] = {}
    for row in rows.order_by("order__answer_by_at", "pk"):
        found.setdefault(row.household_id, []).append(row)  # type: ignore[attr-defined]
    return found
