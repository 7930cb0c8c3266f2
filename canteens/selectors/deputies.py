"""Who answers for whom: the posts that somebody holds today in place of their holders, and who was named."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q, QuerySet

from accounts.models import Person, Role, Somebody
from accounts.selectors import standing
from canteens.models import APPROVERS, ApprovalDeputy
from canteens.selectors import PURSE_ROLES


@dataclass(frozen=True, slots=True)
class Seat:
    """One approver's posts, by the buyers in which they are held: one's own, or those of whom one stands for."""

    holder_id: UUID
    organisations: dict[str, set[int]]


def seats_of(user: Somebody, day: dt.date) -> list[Seat]:
    """Return the approver's posts that this person answers for on a day: the own ones first, then as a deputy."""
    if not user.is_authenticated or user.person_id is None:
        return []
    who = standing(user)
    own = {role.value: who.organisations(role) for role in APPROVERS}
    seats = [Seat(user.person_id, own)] if any(own.values()) else []
    held: dict[UUID, dict[str, set[int]]] = {}
    for holder, role, organisation in _deputised(user.person_id, day):
        held.setdefault(holder, {}).setdefault(role, set()).add(organisation)
    return [*seats, *(Seat(holder, organisations) for holder, organisations in held.items())]


def deputies_in_force(organisations: Collection[int], day: dt.date) -> QuerySet[ApprovalDeputy]:
    """Return who answers for which approver of these buyers on a day, the first named first."""
    rows = ApprovalDeputy.objects.filter(in_days(day), organisation__in=organisations)
    return rows.select_related("person", "deputy").order_by("pk")


def deputies_of(user: Somebody) -> QuerySet[ApprovalDeputy]:
    """Return whom this person named, or for whom it was named, whenever."""
    if not user.is_authenticated or user.person_id is None:
        return ApprovalDeputy.objects.none()
    rows = ApprovalDeputy.objects.filter(Q(person=user.person_id) | Q(deputy=user.person_id))
    return rows.select_related("organisation", "person", "deputy")


def deputies_named(user: Somebody, day: dt.date) -> QuerySet[ApprovalDeputy]:
    """Return whom this person named, or for whom it was named, today or later; the next first."""
    return deputies_of(user).filter(to_on__gt=day).order_by("from_on", "pk")


def may_deputise(organisation_id: int, day: dt.date) -> QuerySet[Person]:
    """Return who works with orders of this buyer on a day."""
    held = Q(memberships__to_on=None) | Q(memberships__to_on__gt=day)
    roles = (*PURSE_ROLES, Role.RECEIVER)
    posts = {"memberships__organisation": organisation_id, "memberships__role__in": roles}
    return Person.objects.filter(held, memberships__from_on__lte=day, **posts).distinct()


def in_days(day: dt.date) -> Q:
    """Say of a deputy that it stands on this day."""
    return Q(from_on__lte=day, to_on__gt=day)


def _deputised(person_id: UUID, day: dt.date) -> list[tuple[UUID, str, int]]:
    rows = ApprovalDeputy.objects.filter(in_days(day), deputy=person_id)
    posts = rows.filter(
        Q(person__memberships__to_on=None) | Q(person__memberships__to_on__gt=day),
        person__memberships__organisation=F("organisation"),
        person__memberships__role__in=APPROVERS,
        person__memberships__from_on__lte=day,
    )
    return list(posts.values_list("person", "person__memberships__role", "organisation").order_by("pk").distinct())
