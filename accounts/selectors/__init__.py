"""Who somebody is today: the posts a person holds, the household a person belongs to, the places they cover."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Now

from accounts.models import (
    FIELD_ROLES,
    BankCard,
    Consent,
    CoopMember,
    Dispute,
    Household,
    HouseholdMember,
    HouseholdTier,
    Kin,
    Mandate,
    Membership,
    Message,
    OpenSession,
    Organisation,
    Person,
    Place,
    RegisterFile,
    RegisterFileStatus,
    Role,
    Somebody,
    User,
)
from kernel import clock, near
from kernel.dates import time_words
from kernel.sealing import unseal
from records.selectors.policy import policy

# How many leading digits of a 12-digit place code name a place of this level.
_DIGITS = {Place.Level.COUNTY: 6, Place.Level.TOWNSHIP: 9, Place.Level.VILLAGE: 12}

_PLACES, _PLACES_SECONDS = "places", 60
_COUNTY, _COUNTY_SECONDS = "county", 60


def area_prefix(code: str, level: str) -> str:
    """Return the leading digits shared by every place inside this one: 110101001000 of a township is 110101001."""
    return code[: _DIGITS[Place.Level(level)]]


def places() -> dict[str, Place]:
    """Return every place by its code, with its name and point as they were at most a minute ago."""
    read = Place.objects.only("code", "name", "latitude_e6", "longitude_e6").in_bulk
    return cast(dict[str, Place], near.get_or_set(_PLACES, read, _PLACES_SECONDS))


def forget_places() -> None:
    """Read the places anew at the next question."""
    near.forget(_PLACES)


@dataclass(frozen=True, slots=True)
class County:
    """What this installation's county and its agriculture bureau are called; empty before they are entered."""

    name: str
    bureau: str


def county() -> County:
    """Return whose site this is, from the rows entered when the county was opened, at most a minute old."""
    return cast(County, near.get_or_set(_COUNTY, _county, _COUNTY_SECONDS))


def _county() -> County:
    name = Place.objects.filter(level=Place.Level.COUNTY).values_list("name", flat=True).first()
    bureaus = Organisation.objects.filter(kind=Organisation.Kind.BUREAU).order_by("pk")
    return County(name or "", bureaus.values_list("name", flat=True).first() or "")


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
    channel: str | None  # of a buyer
    latitude_e6: int | None  # where the organisation is
    longitude_e6: int | None

    @property
    def role_name(self) -> str:
        """Return what the role is called."""
        return str(Role(self.role).label)

    @property
    def prefix(self) -> str:
        """Return the leading digits of every place code this post covers."""
        return area_prefix(self.area_code, self.area_level)


class Standing:
    """What one account may stand for today. Read once a request, from the database, never from a session."""

    def __init__(self, user: Somebody) -> None:
        self.user = user

    @cached_property
    def _read(self) -> list[tuple]:
        """Read person, household and posts in force on the county's day, in one query."""
        if not self.user.is_authenticated or self.user.person_id is None:
            return []
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT n.name_sealed, h.id, h.village_id, m.role, o.id, o.name, o.kind, p.code, p.level, p.name,
                       o.channel_id, w.latitude_e6, w.longitude_e6,
                       ARRAY(SELECT g.id FROM accounts_household g WHERE g.merged_into_id = h.id),
                       ARRAY(SELECT g.id FROM accounts_kin k JOIN accounts_household s ON s.id = k.household_id
                             JOIN accounts_household g ON coalesce(s.merged_into_id, s.id) IN (g.id, g.merged_into_id)
                             WHERE k.person_id = n.id AND k.from_on <= (now() AT TIME ZONE 'Asia/Shanghai')::date
                             AND (k.to_on IS NULL OR k.to_on > (now() AT TIME ZONE 'Asia/Shanghai')::date))
                FROM accounts_person n
                LEFT JOIN accounts_householdmember hm ON hm.person_id = n.id AND hm.to_on IS NULL
                LEFT JOIN accounts_household h ON h.id = hm.household_id
                LEFT JOIN accounts_membership m ON m.person_id = n.id
                     AND m.from_on <= (now() AT TIME ZONE 'Asia/Shanghai')::date
                     AND (m.to_on IS NULL OR m.to_on > (now() AT TIME ZONE 'Asia/Shanghai')::date)
                LEFT JOIN accounts_organisation o ON o.id = m.organisation_id
                LEFT JOIN accounts_place p ON p.code = m.area_id
                LEFT JOIN accounts_place w ON w.code = o.place_id
                WHERE n.id = %s ORDER BY m.id
                """,
                [self.user.person_id],
            )
            return cursor.fetchall()

    @cached_property
    def posts(self) -> list[Post]:
        """Return the posts in force on the county's day."""
        return [Post(*row[3:-2]) for row in self._read if row[3] is not None]

    def keys(self) -> QuerySet[Any, Any]:
        """Return by which key hands in documents tell of this person, for a question of one statement."""
        return Person.objects.filter(users=self.user.pk).values("key")

    @property
    def name(self) -> str:
        """Return the person's name, empty for an account that belongs to nobody yet."""
        if not self._read:
            return ""
        return unseal(self._read[0][0], bound_to=f"accounts_person:{cast(User, self.user).person_id}:name_sealed")

    @property
    def household_id(self) -> UUID | None:
        """Return the key of the household this person belongs to, or None."""
        return self._read[0][1] if self._read else None

    @property
    def households(self) -> frozenset[UUID]:
        """Return the keys of the household this person acts for and of those merged into it, whose lots go on."""
        return frozenset((self._read[0][1], *self._read[0][-2])) if self.household_id else frozenset()

    @property
    def kin(self) -> frozenset[UUID]:
        """Return the keys of the households this person is declared kin of today."""
        return frozenset(self._read[0][-1]) if self._read else frozenset()

    @property
    def village_code(self) -> str:
        """Return the village of that household, empty without one."""
        return (self._read[0][2] or "") if self._read else ""

    @cached_property
    def household(self) -> Household | None:
        """Return the household this person belongs to, if any."""
        if self.household_id is None:
            return None
        return Household.objects.select_related("village", "village__parent").get(pk=self.household_id)

    @cached_property
    def roles(self) -> frozenset[str]:
        """Return the roles held today."""
        return frozenset(post.role for post in self.posts)

    def has(self, *roles: str) -> bool:
        """Return whether one of these roles is held today."""
        return not self.roles.isdisjoint(roles)

    def organisations(self, *roles: str) -> set[int]:
        """Return the ids of the organisations for which one of these roles is held."""
        return {post.organisation_id for post in self.posts if post.role in roles}

    def covers(self, place_code: str, *roles: str) -> bool:
        """Return whether a post in one of these roles covers this place."""
        return any(place_code.startswith(post.prefix) for post in self.posts if post.role in roles)

    def within(self, field: str, *roles: str) -> Q:
        """Return the filter "this column names a place in an area of these roles"; nothing without such a post."""
        prefixes = {post.prefix for post in self.posts if post.role in roles}
        if not prefixes:
            return Q(pk__in=[])
        inside = Q()
        for prefix in sorted(prefixes):
            # Codes have 12 digits, so a range says "begins with" also of a foreign key, and by its index. A whole code
            # is one place: then the index also gives its rows in their order.
            if len(prefix) == _DIGITS[Place.Level.VILLAGE]:
                inside |= Q(**{field: prefix})
                continue
            inside |= Q(**{f"{field}__gte": prefix.ljust(12, "0"), f"{field}__lte": prefix.ljust(12, "9")})
        return inside

    @property
    def organisation_name(self) -> str:
        """Return the organisation of the first post, empty for a farmer."""
        return self.posts[0].organisation_name if self.posts else ""


def standing(user: Somebody) -> Standing:
    """Return what this account stands for today; asked again within a request it is the same object."""
    if not hasattr(user, "_standing"):
        user._standing = Standing(user)  # type: ignore[union-attr]
    return user._standing  # type: ignore[union-attr]


@dataclass(frozen=True, slots=True)
class RestLimit:
    """After how long without use a session ends: so many of a unit."""

    number: int
    unit: str  # minutes, hours or days

    @property
    def length(self) -> dt.timedelta:
        """Return how long that is."""
        return dt.timedelta(**{self.unit: self.number})


def rest_limit(who: Standing, on: dt.date) -> RestLimit:
    """Return after how long without use this person's session ends: with several posts, the shortest of their limits.

    One session opens all that its person may do, so it is guarded as the most dangerous of it.
    """
    limits = []
    if any(post.role not in FIELD_ROLES for post in who.posts):
        limits.append(RestLimit(policy("desk_idle_minutes", on), "minutes"))
    if who.has(*FIELD_ROLES):
        limits.append(RestLimit(policy("field_idle_hours", on), "hours"))
    if not who.posts:
        limits.append(RestLimit(policy("household_idle_days", on), "days"))
    return min(limits, key=lambda limit: limit.length)


def signed_in_until(user: User, expires_at: dt.datetime, *, at: dt.datetime) -> dt.datetime:
    """Return when a session used just now ends if nobody uses it again."""
    return min(expires_at, at + rest_limit(standing(user), clock.county_day(at)).length)


@dataclass(frozen=True, slots=True)
class SessionInUse:
    """A session that goes on, and when it was last used, to the minute."""

    session: OpenSession
    used_at: dt.datetime


def sessions_of(person_id: UUID) -> list[SessionInUse]:
    """Return where a person is signed in, the newest use first."""
    rows = {row.session_key: row for row in OpenSession.objects.filter(user__person=person_id).select_related("user")}
    kept_for = dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    alive = Session.objects.filter(pk__in=list(rows), expire_date__gt=Now()).values_list("pk", "expire_date")
    in_use = [SessionInUse(rows[key], expires - kept_for) for key, expires in alive]
    return sorted(in_use, key=lambda one: one.used_at, reverse=True)


def tier_on(household: Household, day: dt.date) -> str:
    """Return the tier a household held on this day, `ordinary` when none is recorded."""
    row = (
        HouseholdTier.objects.filter(household=household, from_on__lte=day)
        .filter(Q(to_on=None) | Q(to_on__gt=day))
        .values_list("tier", flat=True)
        .first()
    )
    return row or "ordinary"


def counted_with(household: Household) -> QuerySet[Household]:
    """Return the households that count as one with this one: its survivor, and all that were merged into that."""
    survivor = survivor_id(household)
    return Household.objects.filter(Q(pk=survivor) | Q(merged_into=survivor))


def survivor_id(household: Household) -> UUID:
    """Return the key of the household that this one counts by: itself, or the one it was merged into."""
    return cast(UUID, household.merged_into_id or household.pk)  # type: ignore[attr-defined]


def card_in_force(at: dt.datetime) -> Q:
    """Say of a card that it is paid on at this instant: a new one waits while the one before it serves."""
    return Q(from_at__lte=at) & (Q(to_at=None) | Q(to_at__gt=at))


# They ask for the card of their own organisation.
PAID_BY = (Role.HEAD_OF_OFFICE, Role.CASHIER, Role.COOP_MANAGER)


def live_card_of(household: Household, at: dt.datetime) -> BankCard | None:
    """Return the card a household is paid on at this instant."""
    return BankCard.objects.filter(card_in_force(at), household=household).first()


def in_force_on(day: dt.date) -> Q:
    """Say of a row with two dates that it holds on this day; the second is the first day without it."""
    return Q(from_on__lte=day) & (Q(to_on=None) | Q(to_on__gt=day))


def mandates_of(who: Standing, day: dt.date, **allowed: bool) -> QuerySet[Mandate]:
    """Return the mandates by which this person sells for households today: those of the co-operatives managed."""
    managed = who.organisations(Role.COOP_MANAGER)
    return Mandate.objects.filter(in_force_on(day), cooperative_id__in=managed, **allowed)


def coop_members_seen_by(who: Standing) -> QuerySet[CoopMember]:
    """Return the memberships in the co-operatives managed and of the villages served; all for the auditor."""
    members = CoopMember.objects.select_related("household", "cooperative")
    return members.filter(_coops_seen_by(who))


def mandates_seen_by(who: Standing) -> QuerySet[Mandate]:
    """Return the mandates of the co-operatives managed and of the villages served; all for the auditor."""
    return Mandate.objects.select_related("household", "cooperative").filter(_coops_seen_by(who))


def _coops_seen_by(who: Standing) -> Q:
    if who.has(Role.AUDITOR):
        return Q()
    managed = Q(cooperative_id__in=who.organisations(Role.COOP_MANAGER))
    return managed | who.within("household__village_id", Role.CADRE)


def users_of_household(household: Household) -> QuerySet[User]:
    """Return the accounts that may act for a household: those of its members of today."""
    return User.objects.filter(person__in=members_now(household).values("person"), is_active=True)


def members_now(household: Household | None = None) -> QuerySet[HouseholdMember]:
    """Return who belongs to a household today, or to any; to a merged one whoever belongs to its survivor."""
    members = HouseholdMember.objects.filter(to_on=None)
    return members if household is None else members.filter(household=survivor_id(household))


def users_in_post(organisation: Organisation, roles: Collection[str], day: dt.date) -> list[User]:
    """Return the accounts of whoever holds one of these posts in an organisation on this day, one a person."""
    return holders(Membership.objects.filter(organisation=organisation, role__in=roles), day)


def holders_of(role: str, day: dt.date) -> list[User]:
    """Return the accounts of whoever holds this post anywhere on this day, one a person."""
    return holders(Membership.objects.filter(role=role), day)


def holders(posts: QuerySet[Membership], day: dt.date) -> list[User]:
    """Return the accounts of whoever holds one of these posts on this day, one a person."""
    held = posts.filter(from_on__lte=day).filter(Q(to_on=None) | Q(to_on__gt=day))
    users = User.objects.filter(person__in=held.values("person"), is_active=True).order_by("created_at", "pk")
    return list({user.person_id: user for user in users}.values())


def kin_households(person_id: UUID | None, day: dt.date) -> QuerySet[Any, UUID]:
    """Return the keys of the households that this person is declared kin of, with those merged into them."""
    survivors = (
        Kin.objects.filter(in_force_on(day), person=person_id)
        .annotate(survivor=Coalesce("household__merged_into", "household"))
        .values_list("survivor", flat=True)
    )
    merged = Household.objects.filter(merged_into__in=survivors).values_list("pk", flat=True)
    return survivors.union(merged)


def kin_of(household: Household, day: dt.date) -> QuerySet[Kin]:
    """Return who is declared kin of a household, or of one that counts with it."""
    return Kin.objects.filter(in_force_on(day), household__in=counted_with(household))


def households_tied_to(user: User) -> set[UUID]:
    """Return the keys of the households this person belongs to or is kin of, or that share a phone or card with theirs.

    What was merged into the own household is the own one: its claims and its goods go on under its key.
    Short questions, each by its index: one with alternatives would walk the register.
    """
    mine = members_now().filter(person=user.person_id).values("household")
    merged = Household.objects.filter(merged_into__in=mine).values_list("pk", "phone_index")
    own = dict(Household.objects.filter(pk__in=mine).values_list("pk", "phone_index").union(merged))
    phones = {index for index in (user.phone_index, *own.values()) if index}
    by_phone = Household.objects.filter(phone_index__in=phones).values_list("pk", flat=True)
    cards = BankCard.objects.filter(household__in=list(own)).values_list("index", flat=True)
    by_card = BankCard.objects.filter(index__in=list(cards), household__isnull=False)
    kin = kin_households(user.person_id, clock.county_day(clock.now()))
    return {*own, *by_phone, *kin, *by_card.values_list("household_id", flat=True)}


def done_for(who: Standing) -> QuerySet[Consent]:
    """Return what others did in the name of this person's household, newest first, with what it said to it."""
    rows = Consent.objects.filter(household__in=who.households).exclude(by__person__in=_people_of(who))
    return rows.select_related("by__person", "dispute").order_by("-at", "-pk")


def _people_of(who: Standing) -> QuerySet[HouseholdMember, UUID]:
    return members_now().filter(household=who.household_id).values_list("person", flat=True)


def disputes_seen_by(who: Standing) -> QuerySet[Dispute]:
    """Return what households of the area of this person's posts dispute; all for the auditor."""
    seen = Q() if who.has(Role.AUDITOR) else who.within("household__village_id", *ANSWERERS)
    return Dispute.objects.filter(seen).select_related(
        "consent__by__person", "household__village", "answered_by__person"
    )


def messages_to(household: Household) -> QuerySet[Message]:
    """Return what was sent to a household, newest first."""
    return Message.objects.filter(household=household).order_by("-created_at")


# Who answers 「不是我」.
ANSWERERS = (Role.TOWNSHIP_OFFICER, Role.BUREAU_APPROVER)
# Who looks after households. Verifiers do not: they meet those whose claims were drawn for them, on their visits.
REGISTER_ROLES = (
    Role.CADRE,
    Role.TOWNSHIP_OFFICER,
    Role.RELIEF_CLERK,
    Role.BUREAU_APPROVER,
    Role.AUDITOR,
)


def households_seen_by(user: Somebody) -> QuerySet[Household]:
    """Return the households in the areas this person looks after, with village and present tier."""
    return (
        Household.objects.filter(standing(user).within("village_id", *REGISTER_ROLES), merged_into=None)
        .select_related("village")
        .annotate(tier_now=_tier_now())
    )


def spoken_time(at: dt.datetime) -> str:
    """Write an instant as the county's clocks show it: 11 月 25 日 09:30."""
    return time_words(at)


def _tier_now() -> Any:
    now = HouseholdTier.objects.filter(household=OuterRef("pk"), to_on=None)
    return Subquery(now.values("tier")[:1])


def villages() -> QuerySet[Place]:
    """Return every village with its township, in the order of their codes."""
    return Place.objects.filter(level=Place.Level.VILLAGE).select_related("parent").order_by("code")


def register_files_seen_by(user: Somebody) -> QuerySet[RegisterFile]:
    """Return the files of households that this person's office brought, newest first; all of them for the auditor."""
    place = standing(user)
    office = Q(organisation_id__in=place.organisations(Role.RELIEF_CLERK))
    seen = Q() if place.has(Role.AUDITOR) else office
    return (
        RegisterFile.objects.filter(seen)
        .select_related("organisation", "by__person", "decided_by__person")
        .order_by("-at")
    )


def register_files_to_decide(user: Somebody) -> QuerySet[RegisterFile]:
    """Return the files of households that wait for this person: those that a colleague brought."""
    offices = standing(user).organisations(Role.RELIEF_CLERK)
    waiting = RegisterFile.objects.filter(organisation_id__in=offices, status=RegisterFileStatus.PROPOSED)
    if isinstance(user, User) and user.person_id is not None:
        waiting = waiting.exclude(by__person_id=user.person_id)
    return waiting.select_related("by__person").order_by("confirm_by_at", "pk")


def register_files_of_others(user: User) -> QuerySet[RegisterFile]:
    """Return the files that this person brought and that wait for a colleague."""
    own = RegisterFile.objects.filter(by__person=user.person_id, status=RegisterFileStatus.PROPOSED)
    return own.select_related("by__person").order_by("confirm_by_at", "pk")
