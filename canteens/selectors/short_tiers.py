"""Which buyers have fewer people in the posts of an approval tier than it asks for."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from accounts.models import Membership, Role, User
from canteens.models import APPROVERS, ApprovalTier, Fund

Posts = list[tuple[str, Any, dt.date, dt.date | None]]  # role, person, from and to


@dataclass(frozen=True, slots=True)
class ShortTier:
    """A tier that a buyer has too few people for: `have` hold its posts besides whoever orders, on `on`."""

    buyer_id: int
    buyer: str
    tier: ApprovalTier
    have: int
    on: dt.date  # today, or the first day of a tier that is yet to hold

    @property
    def lacking(self) -> int:
        """Return how many people are still to be appointed."""
        return self.tier.persons - self.have


def short_tiers(today: dt.date, buyers: Collection[int] | None = None) -> list[ShortTier]:
    """Return the tiers, standing or confirmed for later, that buyers with such a purse have too few people for.

    All buyers unless some are named, by their names; three statements. Of tiers that ask the same, the lowest counts.
    """
    purses = Fund.objects.filter(fiscal_year__gte=today.year)
    if buyers is not None:
        purses = purses.filter(organisation__in=buyers)
    kinds = purses.order_by("organisation__name", "organisation_id", "kind")
    held = list(kinds.values_list("organisation_id", "organisation__name", "kind").distinct())
    if not held:
        return []
    tiers = _tiers({kind for _buyer, _name, kind in held}, today)
    posts = _posts({buyer for buyer, _name, _kind in held}, today) if tiers else {}
    rows = (
        ShortTier(buyer, name, tier, _have(posts.get(buyer, []), tier.posts, day), day)
        for buyer, name, kind in held
        for tier in tiers.get(kind, ())
        for day in [max(tier.from_on, today)]
    )
    return [row for row in rows if row.lacking > 0]


def _tiers(kinds: Collection[str], today: dt.date) -> dict[str, list[ApprovalTier]]:
    """Return the tiers of each kind of money, the lowest of those that ask the same."""
    rows = ApprovalTier.objects.filter(Q(to_on=None) | Q(to_on__gt=today), fund_kind__in=kinds)
    asks: dict[tuple[object, ...], ApprovalTier] = {}
    for tier in rows.order_by("fund_kind", "from_fen", "from_on"):
        asks.setdefault((tier.fund_kind, tier.persons, frozenset(tier.posts), tier.from_on > today), tier)
    found: defaultdict[str, list[ApprovalTier]] = defaultdict(list)
    for tier in asks.values():
        found[tier.fund_kind].append(tier)
    return found


def _posts(buyers: Collection[int], today: dt.date) -> dict[int, Posts]:
    """Return who with an account holds a post of these buyers, today or later."""
    rows = Membership.objects.filter(
        Q(to_on=None) | Q(to_on__gt=today),
        Exists(User.objects.filter(person=OuterRef("person"), is_active=True)),
        organisation__in=buyers,
        role__in=(*APPROVERS, Role.BUYER),
    )
    found: defaultdict[int, Posts] = defaultdict(list)
    for buyer, role, person, from_on, to_on in rows.values_list(
        "organisation_id", "role", "person_id", "from_on", "to_on"
    ):
        found[buyer].append((role, person, from_on, to_on))
    return found


def _have(posts: Posts, asked: Collection[str], day: dt.date) -> int:
    """Return how many people hold one of these posts on a day besides whoever of the buyer orders."""
    people = _people(posts, asked, day)
    order = _people(posts, (Role.BUYER,), day)
    return len(people) - bool(order and order <= people)


def _people(posts: Posts, roles: Iterable[str], day: dt.date) -> set[Any]:
    return {
        person
        for role, person, from_on, to_on in posts
        if role in roles and from_on <= day and (to_on is None or day < to_on)
    }
