"""Who answers for whom: the posts that somebody holds today in place of their holders, and who was named."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q, QuerySet

from accounts.models import Membership, Organisation, Person, Role, Somebody, User
from accounts.selectors import in_force_on, standing, users_in_post
from canteens.models import APPROVERS, ApprovalDeputy
from canteens.selectors import PURSE_ROLES


@dataclass(frozen=True, slots=True)
class Seat:
    """One approver's posts, by the buyers in which they are held: one's own, or those of whom one stands for."""

    holder_id: UUID
    organisations: dict[str, set[int]]


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who may answer now: by which post, and for whom where it is as a deputy."""

    person_id: UUID
    name: str
    post: str
    for_name: str = ""


@dataclass(frozen=True, slots=True)
class Approvers:
    """Who holds the approver's posts of some buyers on a day, and who answers for them."""

    posts: Sequence[Membership]
    deputies: Sequence[ApprovalDeputy]

    def asked(self, organisation_id: int, posts: Collection[str], done: Collection[UUID | None]) -> list[Asked]:
        """Return who may answer at a buyer, each person once, deputies behind whom they stand for; `done` may not."""
        found: dict[UUID, Asked] = {}
        for post in self.posts:
            if post.organisation_id != organisation_id or post.role not in posts or post.person_id in done:
                continue
            found.setdefault(post.person_id, Asked(post.person_id, post.person.name, post.role))
            for row in self.deputies:
                stands = (row.organisation_id, row.person_id) == (organisation_id, post.person_id)
                if stands and row.deputy_id not in done:
                    found.setdefault(row.deputy_id, Asked(row.deputy_id, row.deputy.name, post.role, row.person.name))
        return list(found.values())


def approvers_of(organisations: Collection[int], day: dt.date) -> Approvers:
    """Return the approvers of these buyers on a day with their deputies, in two statements."""
    if not organisations:
        return Approvers([], [])
    posts = Membership.objects.filter(in_force_on(day), organisation__in=organisations, role__in=APPROVERS)
    return Approvers(list(posts.select_related("person").order_by("pk")), list(deputies_in_force(organisations, day)))


def users_asked(buyer: Organisation, posts: Collection[str], but: UUID | None, day: dt.date) -> list[User]:
    """Return the accounts of whoever holds these posts on a day and of their deputies: everybody but one person."""
    people = [user for user in users_in_post(buyer, posts, day) if user.person_id != but]
    away = {user.person_id for user in people}
    rows = deputies_in_force([buyer.pk], day).filter(person__in=away).exclude(deputy=but)
    deputies = User.objects.filter(person__in=rows.values("deputy"), is_active=True).order_by("created_at", "pk")
    return list({user.person_id: user for user in [*deputies, *people]}.values())


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
    posts = _stood_for(person_id, day)
    return list(posts.values_list("person", "person__memberships__role", "organisation").order_by("pk").distinct())


def buyers_deputised(user: Somebody, day: dt.date, *roles: Role) -> QuerySet[ApprovalDeputy, int]:
    """Return the keys of the buyers at which this person answers for who holds one of these posts, or any approver's.

    It is no statement of its own: it goes into another.
    """
    if not user.is_authenticated or user.person_id is None:
        return ApprovalDeputy.objects.none().values_list("organisation", flat=True)
    return _stood_for(user.person_id, day, roles or APPROVERS).values_list("organisation", flat=True)


def _stood_for(person_id: UUID, day: dt.date, roles: Collection[str] = APPROVERS) -> QuerySet[ApprovalDeputy]:
    """Return for whom a person answers on a day, joined to the posts of that one which are in force."""
    rows = ApprovalDeputy.objects.filter(in_days(day), deputy=person_id)
    return rows.filter(
        Q(person__memberships__to_on=None) | Q(person__memberships__to_on__gt=day),
        person__memberships__organisation=F("organisation"),
        person__memberships__role__in=roles,
        person__memberships__from_on__lte=day,
    )
