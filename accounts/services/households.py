"""Change households of the register: the kind a household counts by, from a day on; its village, phone and size."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import WATCHED_TIERS, Household, HouseholdMember, HouseholdTier, Place, Tier, User
from accounts.selectors import survivor_id
from accounts.services.messages import Word, tell_all
from kernel import clock
from kernel.dates import day_words
from kernel.errors import BadValue, DomainError
from kernel.masking import mask_name, mask_phone
from kernel.present import known
from kernel.sealing import blind_index, unseal
from kernel.workflow import change


class TierTooEarly(BadValue):
    code = "tier_too_early"

    def __init__(self, tier: str, since: dt.date) -> None:
        super().__init__(
            _("This household counts as %(kind)s since %(day)s. Another kind begins after that day.")
            % {"kind": Tier(tier).label, "day": day_words(since)}
        )


class TierTooLate(BadValue):
    code = "tier_too_late"
    message = gettext_lazy("A kind counts from today at the latest. Bring it when the day has come.")


class Merged(DomainError):
    code = "merged"

    def __init__(self, household: Household) -> None:
        super().__init__(
            _("This household was merged into %(number)s. Write the number of that one.")
            % {"number": known(household.merged_into).number}
        )


class NotWatched(BadValue):
    code = "not_watched"
    message = gettext_lazy("Only a watched household has a cause: 脱贫不稳定户, 边缘易致贫户 or 突发严重困难户.")


@dataclass(frozen=True, slots=True)
class Known:
    """A household as it stands in the register, for what is brought to be compared with."""

    pk: uuid.UUID
    number: str
    village_id: str
    people: int
    phone_sealed: str
    phone_index: str
    tier: str
    cause: str
    tier_from: dt.date | None

    @property
    def phone(self) -> str:
        """Return the phone on record."""
        return unseal(self.phone_sealed, bound_to=f"accounts_household:{self.pk}:phone_sealed")


@dataclass(frozen=True, slots=True)
class Moved:
    """What a household is to be from now on; a `from_on` where another kind counts from that day."""

    household: uuid.UUID
    village_id: str
    people: int
    phone: str | None  # none where it stays
    tier: str = ""
    cause: str = ""
    from_on: dt.date | None = None


def one_at_a_time() -> None:
    """Let one change of the register of households happen after the other, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('liujin households'))")


def require_stands(household: Household) -> None:
    """Refuse a household that was merged into another."""
    if household.merged_into is not None:
        raise Merged(household)


def lock_counted(keys: Collection[UUID]) -> dict[UUID, Household]:
    """Lock these households and those they count by, so that no merge comes in between; return them as they stand.

    Whoever was merged is locked before whom it counts by: two who lock some of the same wait, and never for each other.
    """
    rows = Household.objects.select_for_update(no_key=True).order_by(F("merged_into").asc(nulls_last=True), "pk")
    own = {row.pk: row for row in rows.filter(pk__in=keys)}
    survivors = {survivor_id(row) for row in own.values()} - own.keys()
    if survivors:
        list(rows.filter(pk__in=survivors))
    return own


@transaction.atomic
def merge(household: Household, into: Household, *, at: dt.datetime) -> None:
    """Let a household count by another from now on; its members act for that one, its rows and open lots stay."""
    one_at_a_time()
    household, into = (Household.objects.get(pk=one.pk) for one in (household, into))
    require_can_merge(household, into)
    today = clock.county_day(at)
    for member in HouseholdMember.objects.filter(household=household, to_on=None).order_by("pk"):
        change(member, {"to_on": max(today, member.from_on), "ending": HouseholdMember.Ending.MOVED})
        HouseholdMember.objects.create(household=into, person=member.person, from_on=max(today, member.from_on))
    change(household, {"merged_into": into, "merged_at": at})
    sentence = gettext_lazy(
        "The household %(number)s of %(name)s counts with household %(into)s from now on. "
        "What is open goes on. If this is not right, call us."
    )
    values = {"number": household.number, "name": mask_name(household.head_name), "into": into.number}
    told = {"kind": "household.merged", "document": f"household:{household.pk}"}
    tell_all([Word(sentence, values, one, **told) for one in (household, into)], at=at)


def require_can_merge(household: Household, into: Household) -> None:
    """Refuse a household merged into itself, one that was merged already, and a chain of merges."""
    if household.pk == into.pk:
        raise BadValue(_("A household is merged into another one, never into itself."))
    require_stands(household)
    require_stands(into)
    if household.merged.exists():
        raise BadValue(
            _("Another household was merged into %(number)s. Merge the other way round.") % {"number": household.number}
        )


@transaction.atomic
def split(
    old: Household,
    movers: Sequence[HouseholdMember],
    *,
    number: str,
    village: Place,
    phone: str,
    people: int,
    tier: str,
    cause: str,
    from_on: dt.date,
) -> Household:
    """Let members of a household, the first of them as its head, be one of their own; lots stay with the old one."""
    one_at_a_time()
    for member in movers:
        change(member, {"to_on": from_on, "ending": HouseholdMember.Ending.MOVED})
    head = movers[0].person
    new = Household(number=number, village=village, head=head, people=people, split_from=old)
    new.head_name, new.phone = head.name, phone
    new.save(force_insert=True)
    for member in movers:
        HouseholdMember.objects.create(household=new, person=member.person, from_on=from_on)
    HouseholdTier.objects.create(household=new, tier=tier, cause=cause, from_on=from_on)
    change(old, {"people": max(1, old.people - len(movers))})
    return new


def known_by_head(keys: Sequence[str] | None = None) -> dict[str, Known]:
    """Return the households of the register by the key of their head: all, or those of these heads."""
    which, values = ("", []) if keys is None else ("AND p.key = ANY(%s)", [list(keys)])
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT p.key, h.id, h.number, h.village_id, h.people, h.phone_sealed, h.phone_index,
                   coalesce(t.tier, 'ordinary'), coalesce(t.cause, ''), t.from_on
            FROM accounts_household h
            JOIN accounts_person p ON p.id = h.head_id
            LEFT JOIN accounts_householdtier t ON t.household_id = h.id AND t.to_on IS NULL
            WHERE h.merged_into_id IS NULL {which}
            """,  # noqa: S608  (two fixed texts)
            values,
        )
        return {row[0]: Known(*row[1:]) for row in cursor.fetchall()}


def require_tier_from(there: Known, from_on: dt.date, today: dt.date) -> None:
    """Refuse another kind that would begin before the one in force did, or after today."""
    if there.tier_from is not None and from_on <= there.tier_from:
        raise TierTooEarly(there.tier, there.tier_from)
    if from_on > today:
        raise TierTooLate


def require_cause_fits(tier: str, cause: str) -> None:
    """Refuse a cause of a household that nobody watches."""
    if cause and tier not in WATCHED_TIERS:
        raise NotWatched


def facts_of_move(there: Known, moved: Moved, places: Mapping[str, Place]) -> list[tuple[str, str, str]]:
    """Return what differs: [field, old, new], a phone masked."""
    facts = []
    if moved.from_on is not None:
        facts += [("tier", there.tier, moved.tier), ("cause", there.cause, moved.cause)]
        facts.append(("from_on", there.tier_from.isoformat() if there.tier_from else "", moved.from_on.isoformat()))
    if moved.village_id != there.village_id:
        facts.append(("village", places[there.village_id].name, places[moved.village_id].name))
    if moved.phone is not None:
        facts.append(("phone", _masked(there.phone), _masked(moved.phone)))
    if moved.people != there.people:
        facts.append(("people", str(there.people), str(moved.people)))
    return facts


def _masked(phone: str) -> str:
    return mask_phone(phone) if phone else ""


@transaction.atomic
def move(moves: Sequence[Moved], *, at: dt.datetime) -> None:
    """Change households as a document says: an old kind is closed on the day on which the new one begins.

    Both phones are told of a changed one, and whoever signs in with the old one signs in with the new one.
    """
    another_kind = [moved for moved in moves if moved.from_on is not None]
    _change_tiers(another_kind)
    households = Household.objects.select_related("head").in_bulk([moved.household for moved in moves])
    phones: list[tuple[Household, str, str]] = []
    changed = []
    for moved in moves:
        household = households[moved.household]
        if moved.phone is not None:
            phones.append((household, household.phone, moved.phone))
            household.phone = moved.phone
        household.village_id, household.people = moved.village_id, moved.people  # type: ignore[attr-defined]
        changed.append(household)
    _write(changed)
    _follow(phones)
    _tell_phones(phones, at=at)


def _change_tiers(moves: Sequence[Moved]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE accounts_householdtier t SET to_on = v.from_on
            FROM unnest(%s::uuid[], %s::date[]) AS v(household, from_on)
            WHERE t.household_id = v.household AND t.to_on IS NULL
            """,
            [[moved.household for moved in moves], [moved.from_on for moved in moves]],
        )
    HouseholdTier.objects.bulk_create(
        (
            HouseholdTier(household_id=moved.household, tier=moved.tier, cause=moved.cause, from_on=moved.from_on)
            for moved in moves
            if moved.from_on is not None
        ),
        batch_size=1000,
    )


def _write(households: Sequence[Household]) -> None:
    """Write villages, sizes and phones of many households in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE accounts_household h
            SET village_id = v.village, people = v.people, phone_sealed = v.phone, phone_index = v.phone_index
            FROM unnest(%s::uuid[], %s::text[], %s::int[], %s::text[], %s::text[])
                 AS v(household, village, people, phone, phone_index)
            WHERE h.id = v.household
            """,
            [
                [household.pk for household in households],
                [household.village_id for household in households],  # type: ignore[attr-defined]
                [household.people for household in households],
                [household.phone_sealed for household in households],
                [household.phone_index for household in households],
            ],
        )


def _follow(phones: Iterable[tuple[Household, str, str]]) -> None:
    """Let the heads who signed in with the old phone sign in with the new one, where it has no account yet."""
    by_head = {household.head_id: (old, new) for household, old, new in phones if new}  # type: ignore[attr-defined]
    taken = set(
        User.objects.filter(phone_index__in=[blind_index("phone", new) for _old, new in by_head.values()]).values_list(
            "phone_index", flat=True
        )
    )
    for user in User.objects.filter(person__in=by_head):
        old, new = by_head[known(user.person_id)]
        index = blind_index("phone", new)
        if index in taken or not old or user.phone_index != blind_index("phone", old):
            continue
        user.phone, user.phone_index, user.phone_verified = new, index, False
        user.save(update_fields=["phone_sealed", "phone_index", "phone_verified"])
        taken.add(index)


def _tell_phones(phones: Iterable[tuple[Household, str, str]], *, at: dt.datetime) -> None:
    sentence = gettext_lazy(
        "From %(day)s on the household %(name)s is reached on %(phone)s. If this is not right, call us at once."
    )
    words = []
    for household, old, new in phones:
        values = {
            "day": day_words(clock.county_day(at)),
            "name": mask_name(household.head_name),
            "phone": mask_phone(new) if new else _("no phone"),
        }
        told = {"kind": "household.phone", "document": f"household:{household.pk}"}
        words += [Word(sentence, values, None, phone=phone, **told) for phone in (old,) if phone]
        words += [Word(sentence, values, household, **told)] if new else []
    tell_all(words, at=at)
