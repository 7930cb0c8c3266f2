"""Whose turn it is: the claims waiting at each desk, most pressing first, a page at a time."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import pgettext, pgettext_lazy

from accounts.models import Role, Somebody, User
from accounts.selectors import standing
from kernel import keyset
from losses.models import ClaimStatus, LossClaim, Visit
from losses.selectors.claims import with_story

VILLAGE = "household__village_id"
DRAWN = Exists(Visit.objects.filter(claim=OuterRef("pk"), round=OuterRef("round")))


@dataclass(frozen=True)
class View:
    """One saved view of the work queue: which roles have it, what it shows, which page does the step."""

    key: str
    role: str
    label: object
    claims: Q
    step: str  # URL name of the step, with the claim as its argument; empty for steps done for a whole place


VIEWS = [
    View(
        "village",
        Role.CADRE,
        pgettext_lazy("queue", "Village check"),
        Q(status=ClaimStatus.FILED),
        "claim-village-check",
    ),
    View(
        "township",
        Role.TOWNSHIP_OFFICER,
        pgettext_lazy("queue", "Township check"),
        Q(status=ClaimStatus.VILLAGE_CHECKED),
        "claim-township-check",
    ),
    View(
        "publish",
        Role.BUREAU_APPROVER,
        pgettext_lazy("queue", "To publish in the village"),
        Q(status=ClaimStatus.TOWNSHIP_CHECKED),
        "",
    ),
    View(
        "draw",
        Role.BUREAU_APPROVER,
        pgettext_lazy("queue", "To draw"),
        Q(~DRAWN, status=ClaimStatus.TO_VISIT),
        "visit-draw",
    ),
    View(
        "compute",
        Role.BUREAU_APPROVER,
        pgettext_lazy("queue", "To compute"),
        Q(status=ClaimStatus.VISITED),
        "claim-compute",
    ),
    View(
        "county",
        Role.BUREAU_APPROVER,
        pgettext_lazy("queue", "To publish in the county"),
        Q(status=ClaimStatus.COMPUTED),
        "",
    ),
    View(
        "decide",
        Role.BUREAU_APPROVER,
        pgettext_lazy("queue", "To decide"),
        Q(status=ClaimStatus.COUNTY_NOTICE),
        "claim-review",
    ),
]
BY_KEY = {view.key: view for view in VIEWS}


def views_of(user: Somebody) -> list[tuple[View, int]]:
    """Return the saved views of this person with how many claims wait in each, in one query."""
    who = standing(user)
    mine = [view for view in VIEWS if who.has(view.role)]
    if not mine:
        return []
    counts = {view.key: Count("pk", filter=view.claims & who.within(VILLAGE, view.role)) for view in mine}
    found = LossClaim.objects.aggregate(**counts)
    return [(view, found[view.key]) for view in mine]


def queue(user: Somebody, view: View) -> QuerySet[LossClaim]:
    """Return the claims of one view within the person's area, those due first in front."""
    area = standing(user).within(VILLAGE, view.role)
    return with_story(LossClaim.objects.filter(view.claims & area))


def queue_page(user: Somebody, view: View, *, cursor: str) -> keyset.Page:
    """Return one page of a view."""
    return keyset.cut(queue(user, view), ("due_at", "pk"), cursor=cursor)


def places_waiting(user: Somebody, view: View) -> list[dict]:
    """Return where claims of a view wait, by scheme and place: a village for its wall, a township for the county's."""
    area = standing(user).within(VILLAGE, view.role)
    place = "household__village" if view.key == "publish" else "household__village__parent"
    rows = LossClaim.objects.filter(view.claims & area)
    return list(
        rows.values("scheme_id", "scheme__name", f"{place}__code", f"{place}__name")
        .annotate(n=Count("pk"))
        .order_by("scheme_id", f"{place}__code")
    )


def visits_of(user: User) -> QuerySet[Visit]:
    """Return the visits this person was drawn for, those still open first."""
    mine = Q(first__person=user.person_id) | Q(second__person=user.person_id)
    if user.person_id is None:
        return Visit.objects.none()
    return (
        Visit.objects.filter(mine)
        .select_related(
            "claim__household__village__parent", "claim__listing__produce", "first__person", "second__person"
        )
        .order_by(F("second_signed_at").desc(nulls_first=True), "-pk")
    )


def time_left(due_at: dt.datetime, *, at: dt.datetime) -> tuple[str, bool]:
    """Say how long a stage may still take, and whether it is pressing."""
    hours = int((due_at - at).total_seconds() // 3600)
    if hours < 0:
        return pgettext("time left", "late"), True
    if hours < 24:
        return pgettext("time left", "today"), True
    return pgettext("time left", "%(days)s days left") % {"days": hours // 24}, False
