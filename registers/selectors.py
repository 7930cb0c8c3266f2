"""Which proposals somebody sees and decides, and who sits where."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from accounts.models import Household, Membership, Role, Somebody, User
from accounts.selectors import Standing, area_prefix, standing
from kernel import near
from kernel.workdays import announced
from records.selectors.policy import calendar_overrides
from registers.models import ANYWHERE, AREA, HOUSEHOLD, ChangeStatus, RegisterChange, RegisterChangeRow

STATES = ("mine", "others", "confirmed", "ended")  # how a proposal stands for whoever looks
ENDED = (ChangeStatus.REFUSED, ChangeStatus.WITHDRAWN, ChangeStatus.LAPSED)


def seats_of(who: Standing) -> set[str]:
    """Return the seats a person sits in today: each role in its organisation, over its area and in whichever; the own
    household's."""
    seats = {f"{post.role}@{place}" for post in who.posts for place in (post.organisation_id, "*")}
    seats |= {f"{post.role}{AREA}{post.area_code}" for post in who.posts}
    return seats | ({f"{HOUSEHOLD}{who.household_id}"} if who.household_id else set())


def users_in_seats(seats: Iterable[str], day: dt.date) -> list[User]:
    """Return the accounts of whoever holds a post of one of these seats on this day, one a person."""
    held = Q(pk__in=[])
    for role, _at, place in (seat.partition("@") for seat in seats if not seat.startswith(HOUSEHOLD)):
        if place == ANYWHERE:
            held |= Q(role=role)
        elif place.isdigit():
            held |= Q(role=role, organisation_id=int(place))
        else:
            held |= Q(role=role, area_id=place.removeprefix("place:"))
    posts = Membership.objects.filter(held, from_on__lte=day).filter(Q(to_on=None) | Q(to_on__gt=day))
    users = User.objects.filter(person__in=posts.values("person"), is_active=True).order_by("created_at", "pk")
    return list({user.person_id: user for user in users}.values())


def changes_seen_by(user: Somebody) -> QuerySet[RegisterChange]:
    """Return the proposals this person may look into, newest first: those of the own seats; all for the auditor."""
    who = standing(user)
    seats = seats_of(who)
    seen = Q() if who.has(Role.AUDITOR) else Q(seen_in__overlap=sorted(seats))
    changes = RegisterChange.objects.filter(seen) if seats else RegisterChange.objects.none()
    return with_titles(changes.select_related("by__person", "decided_by__person").order_by("-at", "-pk"))


def with_titles(changes: QuerySet[RegisterChange]) -> QuerySet[RegisterChange]:
    """Return proposals each with the title of its first row."""
    first = RegisterChangeRow.objects.filter(change=OuterRef("pk"), position=1).values("title")
    return changes.annotate(first_title=Subquery(first))


def standing_so(user: Somebody, state: str) -> Q:
    """Return which proposals stand so for this person: wait for the own yes or no, for others, or ended."""
    waits, who = Q(status=ChangeStatus.PROPOSED), standing(user)
    own = Q(confirmed_in__overlap=sorted(seats_of(who))) & ~Q(by__person=who.user.person_id)  # type: ignore[union-attr]
    confirmed = Q(status__in=[ChangeStatus.WRITING, ChangeStatus.CONFIRMED])
    return {"mine": waits & own, "others": waits & ~own, "confirmed": confirmed, "ended": Q(status__in=ENDED)}[state]


def counts_of_changes(user: User, register: str) -> dict[str, int]:
    """Return how many proposals of a register stand how for this person, in one statement."""
    counts = {state: Count("pk", filter=standing_so(user, state)) for state in STATES}
    changes = RegisterChange.objects.filter(pk__in=changes_seen_by(user).filter(register=register).values("pk"))
    return changes.aggregate(**counts)


def changes_to_decide(user: User) -> QuerySet[RegisterChange]:
    """Return the proposals of others that wait for this person, the one that ends first at the top."""
    seats = sorted(seats_of(standing(user)))
    waiting = RegisterChange.objects.filter(status=ChangeStatus.PROPOSED, confirmed_in__overlap=seats)
    waiting = with_titles(waiting.exclude(by__person=user.person_id))
    return waiting.select_related("by__person").order_by("confirm_by_at", "pk")


def asked_of_household(household: Household) -> QuerySet[RegisterChange]:
    """Return what this household is asked and has not answered, what ends first at the top."""
    seats = [f"{HOUSEHOLD}{household.pk}"]
    waiting = RegisterChange.objects.filter(status=ChangeStatus.PROPOSED, confirmed_in__overlap=seats)
    return with_titles(waiting).order_by("confirm_by_at", "pk")


def changes_of_own(user: User) -> QuerySet[RegisterChange]:
    """Return what this person proposed and a second one has not decided."""
    own = RegisterChange.objects.filter(by__person=user.person_id, status=ChangeStatus.PROPOSED)
    return with_titles(own).select_related("by__person").order_by("confirm_by_at", "pk")


def waiting_row(register: str, subject: str) -> RegisterChangeRow | None:
    """Return the row that waits for a second person about this subject, if any."""
    return RegisterChangeRow.objects.filter(register=register, subject=subject, waits=True).first()


Held = dict[str, set[UUID]]  # role → the people who hold it


def posts_held(kinds: Collection[str], day: dt.date) -> dict[int, Held]:
    """Return who holds which post on this day in organisations of these kinds, by organisation."""
    posts = Membership.objects.filter(organisation__kind__in=kinds, from_on__lte=day)
    posts = posts.filter(Q(to_on=None) | Q(to_on__gt=day))
    held: dict[int, Held] = {}
    for organisation, role, person in posts.values_list("organisation_id", "role", "person_id"):
        held.setdefault(organisation, {}).setdefault(role, set()).add(person)
    return held


def written_key(change: RegisterChange) -> str:
    """Return under which name it is kept how many rows of a proposal are written by now."""
    return f"register-written:{change.pk}"


def rows_written(change: RegisterChange) -> int:
    """Return how many rows of a proposal are written by now, as far as anybody said."""
    return int(cache.get(written_key(change)) or 0)


def lacks_key(language: str | None) -> str:
    """Return under which name it is kept what the county cannot do yet, in the words of this language."""
    return f"county-lacks:{language}"


def forget_lacks() -> None:
    """Look anew at the next question."""
    for language, _name in settings.LANGUAGES:
        near.forget(lacks_key(language))


def verifiers_of(places: Mapping[str, str], day: dt.date) -> dict[str, set[UUID]]:
    """Return the verifiers that each of these places has on this day; `places` gives its level by code."""
    posts = Membership.objects.filter(role=Role.VERIFIER, from_on__lte=day).filter(Q(to_on=None) | Q(to_on__gt=day))
    areas = [
        (area_prefix(code, level), person) for code, level, person in posts.values_list("area", "area__level", "person")
    ]
    return {
        code: {person for prefix, person in areas if area_prefix(code, level).startswith(prefix)}
        for code, level in places.items()
    }


def first_unknown_day(today: dt.date, days: int) -> dt.date | None:
    """Return the first of so many days to come of which nobody knows whether it is worked; None where all are known."""
    known = calendar_overrides()
    coming = (today + dt.timedelta(days=number) for number in range(1, days + 1))
    return next((day for day in coming if day not in known and announced(day) is None), None)


def waits(register: str, subject: str) -> bool:
    """Return whether a change of this subject waits for its second hand."""
    return RegisterChangeRow.objects.filter(register=register, subject=subject, waits=True).exists()
