"""Grievances: who asked, who answers which kind, whose turn it is."""

import datetime as dt
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from accounts.models import WAITING_GRIEVANCES, Grievance, GrievanceStatus, Membership, Organisation, Role, User
from accounts.selectors import Standing, holders
from records.models import Participation

# Who answers which kind. Whoever had a hand in what it is about is refused by the service.
DESKS: dict[str, tuple[Role, ...]] = {
    Grievance.Category.MONEY: (Role.FINANCE_MAKER, Role.FINANCE_CHECKER, Role.BUREAU_APPROVER),
    Grievance.Category.SANCTION: (Role.BUREAU_APPROVER,),
    Grievance.Category.OTHER: (Role.BUREAU_APPROVER,),
}
OFFICERS = tuple(sorted({role for roles in DESKS.values() for role in roles}))
# Somebody of these organisations speaks for them.
SPEAKERS = (Role.COOP_MANAGER, Role.BUYER, Role.BUYING_APPROVER)
PAYEES = (Role.COOP_MANAGER,)  # and says whether money arrived
HEADS_OF_BUREAU = Q(role=Role.HEAD_OF_OFFICE, organisation__kind=Organisation.Kind.BUREAU)  # of posts


def heads_bureau(who: Standing) -> bool:
    """Return whether this person heads the bureau, to whom late and reopened grievances go."""
    return any(
        post.role == Role.HEAD_OF_OFFICE and post.organisation_kind == Organisation.Kind.BUREAU for post in who.posts
    )


def heads_of_bureau(day: dt.date) -> list[User]:
    """Return the accounts of whoever heads the bureau on a day."""
    return holders(Membership.objects.filter(HEADS_OF_BUREAU), day)


def oneself(who: Standing) -> Q:
    """Say of a row with a household or an organisation that it is this person's own."""
    own = Q(organisation_id__in=who.organisations(*SPEAKERS))
    if who.households:
        own |= Q(household_id__in=who.households)
    return own


def grievances_seen_by(who: Standing) -> QuerySet[Grievance]:
    """Return one's own grievances; for officers those of their desk, for the head and the auditor all."""
    rows = Grievance.objects.select_related(
        "household__village", "organisation", "by__person", "answered_by__person", "reopens", "reopened_as"
    )
    if who.has(Role.AUDITOR) or heads_bureau(who):
        return rows
    desks = [category for category, roles in DESKS.items() if who.has(*roles)]
    return rows.filter(oneself(who) | Q(category__in=desks))


def waits_for_head() -> Q:
    """Say of a grievance that the head may answer it: it is late, or was opened again."""
    return Q(status=GrievanceStatus.ESCALATED) | Q(status=GrievanceStatus.OPEN, reopens__isnull=False)


def grievances_to_answer(who: Standing) -> QuerySet[Grievance]:
    """Return what waits for this person's answer, what is due first at the top; never what they had a hand in."""
    desks = [category for category, roles in DESKS.items() if who.has(*roles)]
    turn = Q(category__in=desks)
    if heads_bureau(who):
        turn |= waits_for_head()
    document = Concat(Value("grievance:"), Cast(OuterRef("pk"), CharField()))
    hands = Participation.objects.filter(document=document, person_key__in=who.keys())
    rows = grievances_seen_by(who).filter(turn, ~Exists(hands), status__in=WAITING_GRIEVANCES).exclude(oneself(who))
    return rows.order_by("answer_by_at", "pk")


def is_own(who: Standing, row: Any) -> bool:
    """Return whether this person speaks for the household or organisation of a row."""
    return row.household_id in who.households or row.organisation_id in who.organisations(*SPEAKERS)


def answers(who: Standing, row: Grievance) -> bool:
    """Return whether it is this person's place to answer a grievance that waits."""
    if row.status not in WAITING_GRIEVANCES or is_own(who, row):
        return False
    late = row.status == GrievanceStatus.ESCALATED or row.reopens_id is not None
    return who.has(*DESKS[row.category]) or (late and heads_bureau(who))
