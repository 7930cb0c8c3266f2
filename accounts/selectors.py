"""Who somebody is today: the posts a person holds, the household a person belongs to, the places they cover."""

from dataclasses import dataclass
from functools import cached_property

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import BankCard, Household, HouseholdTier, Message, Place, Role, User

# How many leading digits of a 12-digit place code name a place of this level.
_DIGITS = {Place.Level.COUNTY: 6, Place.Level.TOWNSHIP: 9, Place.Level.VILLAGE: 12}


def area_prefix(code: str, level: str) -> str:
    """Return the leading digits shared by every place inside this one: 360735101000 of a township is 360735101."""
    return code[: _DIGITS[Place.Level(level)]]


@dataclass(frozen=True, slots=True)
class Post:
    """One membership in force today: a role in an organisation over an area."""

    role: str
    organisation_id: int
    organisation_name: str
    organisation_kind: str
    area_code: str
    area_level: str
    area_name: str

    @property
    def prefix(self) -> str:
        """Return the leading digits of every place code this post covers."""
        return area_prefix(self.area_code, self.area_level)


class Standing:
    """What one account may stand for today. Read once a request, from the database, never from a session."""

    def __init__(self, user):
        self.user = user

    @cached_property
    def posts(self) -> list[Post]:
        """Return the posts in force on the county's day, in one query."""
        if not self.user.is_authenticated or self.user.person_id is None:
            return []
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT m.role, o.id, o.name, o.kind, p.code, p.level, p.name
                FROM accounts_membership m
                JOIN accounts_organisation o ON o.id = m.organisation_id
                JOIN accounts_place p ON p.code = m.area_id
                WHERE m.person_id = %s AND m.from_on <= (now() AT TIME ZONE 'Asia/Shanghai')::date
                  AND (m.to_on IS NULL OR m.to_on > (now() AT TIME ZONE 'Asia/Shanghai')::date)
                ORDER BY m.id
                """,
                [self.user.person_id],
            )
            return [Post(*row) for row in cursor.fetchall()]

    @cached_property
    def household(self) -> Household | None:
        """Return the household this person belongs to, if any."""
        if not self.user.is_authenticated or self.user.person_id is None:
            return None
        found = Household.objects.filter(members__person_id=self.user.person_id)
        return found.select_related("village", "village__parent").first()

    @cached_property
    def roles(self) -> frozenset[str]:
        """Return the roles held today."""
        return frozenset(post.role for post in self.posts)

    def has(self, *roles: str) -> bool:
        """Say whether one of these roles is held today."""
        return not self.roles.isdisjoint(roles)

    def organisations(self, *roles: str) -> set[int]:
        """Return the ids of the organisations for which one of these roles is held."""
        return {post.organisation_id for post in self.posts if post.role in roles}

    def covers(self, place_code: str, *roles: str) -> bool:
        """Say whether a post in one of these roles covers this place."""
        return any(place_code.startswith(post.prefix) for post in self.posts if post.role in roles)

    def within(self, field: str, *roles: str) -> Q:
        """Return the filter `place code in an area of one of these roles`; matches nothing without such a post."""
        prefixes = {post.prefix for post in self.posts if post.role in roles}
        if not prefixes:
            return Q(pk__in=[])
        inside = Q()
        for prefix in sorted(prefixes):
            inside |= Q(**{f"{field}__startswith": prefix})
        return inside

    @property
    def title(self) -> str:
        """Say in words what this account is here for: the first post's role, or farmer."""
        if self.posts:
            return str(Role(self.posts[0].role).label)
        return _("Farmer") if self.household else _("Visitor")

    @property
    def organisation_name(self) -> str:
        """Return the organisation of the first post, empty for a farmer."""
        return self.posts[0].organisation_name if self.posts else ""


def standing(user) -> Standing:
    """Return what this account stands for today; asked again within a request it is the same object."""
    if not hasattr(user, "_standing"):
        user._standing = Standing(user)
    return user._standing


def tier_on(household: Household, day) -> str:
    """Return the tier a household held on this day, `ordinary` when none is recorded."""
    row = (
        HouseholdTier.objects.filter(household=household, from_on__lte=day)
        .filter(Q(to_on=None) | Q(to_on__gt=day))
        .values_list("tier", flat=True)
        .first()
    )
    return row or "ordinary"


def live_card_of(household: Household) -> BankCard | None:
    """Return the card a household is paid on now."""
    return BankCard.objects.filter(household=household, to_at=None).first()


def users_of_household(household: Household):
    """Return the accounts that may act for a household."""
    return User.objects.filter(person__household_membership__household=household, is_active=True)


def messages_to(household: Household):
    """Return what was sent to a household, newest first."""
    return Message.objects.filter(household=household).order_by("-created_at")
