"""Households that may be one: found by a sweep, kept as pairs, and decided by two clerks."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import BankCard, Household, HouseholdMember, Place, Role, User
from accounts.selectors import area_prefix
from kernel import clock
from kernel.errors import BadValue
from kernel.workflow import lock
from records.selectors.policy import policies_on
from records.services import jobs
from registers.models import Duplicate, DuplicateStatus, Sign
from registers.services.households import title_of
from registers.services.likeness import SEALED, Facts, Likeness, Pair, alike_by_name, likeness_of, pair_of
from registers.services.members import household_numbered
from registers.services.named import row_of
from registers.services.rules import CLERKS, Content, Rules, Step

JOB = "duplicates"
# Pairs with a household of one township, by what is sealed: the same person, card, or phone that few others have.
_SHARED = """
WITH here AS (SELECT id, head_id, phone_index, village_id FROM accounts_household WHERE merged_into_id IS NULL),
few AS (
    SELECT phone_index FROM here WHERE phone_index <> ''
    GROUP BY phone_index HAVING count(*) BETWEEN 2 AND %(few)s
)
SELECT a.id, b.id, 'id_number' FROM here AS a
JOIN accounts_householdmember AS m ON m.person_id = a.head_id AND m.to_on IS NULL
JOIN here AS b ON b.id = m.household_id AND b.id <> a.id
WHERE a.village_id BETWEEN %(first)s AND %(last)s OR b.village_id BETWEEN %(first)s AND %(last)s
UNION SELECT a.id, b.id, 'card' FROM here AS a
JOIN accounts_bankcard AS c ON c.household_id = a.id
JOIN accounts_bankcard AS d ON d.index = c.index AND d.household_id <> a.id
JOIN here AS b ON b.id = d.household_id
WHERE a.village_id BETWEEN %(first)s AND %(last)s
UNION SELECT a.id, b.id, 'phone' FROM few JOIN here AS a USING (phone_index)
JOIN here AS b ON b.phone_index = a.phone_index AND b.id <> a.id
WHERE a.village_id BETWEEN %(first)s AND %(last)s
"""


class DuplicateRules(Rules):
    """Pairs of households that look like one and are not: one clerk says why, another compares."""

    key = "duplicates"
    roles = (Role.RELIEF_CLERK,)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return which two households would be known as two."""
        one, other = _households(content)
        pair = Duplicate.objects.filter(_is(pair_of(one.pk, other.pk))).first()
        if one.pk == other.pk or one.merged_into is not None or other.merged_into is not None:
            raise BadValue(_("These are not two households any more. Open the list again."))
        if pair is not None and pair.status == DuplicateStatus.APART:
            raise BadValue(_("Two clerks have already said that these are two households."))
        return Step(
            subject="pair:{}:{}".format(*pair_of(one.pk, other.pk)),
            title=_("%(one)s and %(other)s are two households") % {"one": title_of(one), "other": title_of(other)},
            facts=[("why", "", content["why"].strip())],
            hands=CLERKS,
            about=(one.pk, other.pk),
            notes=[_("The pair is shown again only once the head, the village, the phone or the card changes.")],
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write down that they are two."""
        households = _households(content)
        key = pair_of(*(one.pk for one in households))
        known, there = facts_of(Q(pk__in=key)), Duplicate.objects.filter(_is(key)).first()
        compared = there is not None and there.status == DuplicateStatus.OPEN
        signs = there.reasons if there is not None and compared else _sealed_signs(*households)
        likeness = likeness_of(known[key[0]], known[key[1]], [sign for sign in signs if sign in SEALED])
        pair = lock(there or _pair(key, likeness, at).begin(by=by, at=at))
        pair.facts, pair.document = likeness.facts, document[:80]
        pair.why, pair.decided_at = content["why"].strip()[:200], at
        pair.move_to(DuplicateStatus.APART, by=confirmed_by, at=at, along=["document", "why", "decided_at", "facts"])


def _sealed_signs(one: Household, other: Household) -> list[str]:
    """Return the sealed signs of two households that no sweep has compared, as the next one would find them."""
    heads = Q(household=one, person=other.head_id) | Q(household=other, person=one.head_id)  # type: ignore[attr-defined]
    cards = BankCard.objects.filter(household=one).values("index")
    found = {
        Sign.ID_NUMBER: HouseholdMember.objects.filter(heads, to_on=None).exists(),
        Sign.CARD: BankCard.objects.filter(household=other, index__in=cards).exists(),
    }
    return [sign for sign in SEALED if found[sign]]


def close_merged(household: Household, into: Household, *, by: User, at: dt.datetime) -> None:
    """End the pairs of a household that was merged: one was confirmed by it, the others are looked at anew."""
    pairs = Duplicate.objects.filter(Q(one=household) | Q(other=household), status=DuplicateStatus.OPEN)
    for pair in pairs.select_for_update().order_by("pk"):
        together = {pair.one_id, pair.other_id} == {household.pk, into.pk}  # type: ignore[attr-defined]
        _move(pair, DuplicateStatus.MERGED if together else DuplicateStatus.GONE, by=by, at=at)


def look_for_duplicates(*, at: dt.datetime) -> int:
    """Compare the households of every township once a day; return how many townships this run compared.

    Whoever comes after a run that was cut short goes on with the next township.
    """
    towns = list(Place.objects.filter(level=Place.Level.TOWNSHIP).order_by("code"))
    job = jobs.take(JOB, clock.county_day(at).isoformat(), at=at, total=len(towns))
    if job is None:
        return 0
    compared = 0
    for number, town in enumerate(towns[job.done :], job.done + 1):
        compare_township(town, at=at)
        jobs.beat(job, done=number, at=clock.now())
        compared += 1
    jobs.finish(job, at=clock.now())
    return compared


@transaction.atomic
def compare_township(town: Place, *, at: dt.datetime) -> None:
    """Find the pairs with a household of this township; keep new ones, mend known ones, end what is alike no more."""
    values = policies_on(clock.county_day(at))
    prefix = area_prefix(town.code, town.level)
    here = Q(village__gte=prefix.ljust(12, "0"), village__lte=prefix.ljust(12, "9"))
    known = facts_of(here)
    signs: dict[Pair, list[str]] = defaultdict(list)
    for pair, sign in {*_shared(prefix, few=values["phone_of_few_households"]), *alike_by_name(known.values())}:
        signs[pair].append(sign)
    known |= facts_of(Q(pk__in={pk for pair in signs for pk in pair} - known.keys()))
    found = {pair: likeness_of(known[pair[0]], known[pair[1]], theirs) for pair, theirs in signs.items()}
    found = {pair: like for pair, like in found.items() if like.score >= values["duplicate_from_score"]}
    _keep(found, known.keys() & {pk for pk, one in known.items() if one.village.startswith(prefix)}, at=at)


def facts_of(households: Q) -> dict[object, Facts]:
    """Return what is compared of these households, of those that stand."""
    rows = Household.objects.filter(households, merged_into=None).only(
        "head_name_sealed", "village", "head", "phone_index"
    )
    return {
        row.pk: Facts(row.pk, row.village_id, row.head_id, row.head_name, row.phone_index)  # type: ignore[attr-defined]
        for row in rows.iterator(chunk_size=2000)
    }


def _shared(prefix: str, *, few: int) -> list[tuple[Pair, str]]:
    asked: dict[str, int | str] = {"few": few, "first": prefix.ljust(12, "0"), "last": prefix.ljust(12, "9")}
    with connection.cursor() as cursor:
        cursor.execute(_SHARED, asked)
        return [(pair_of(first, second), sign) for first, second, sign in cursor.fetchall()]


def _keep(found: Mapping[Pair, Likeness], here: Collection[object], *, at: dt.datetime) -> None:
    """Bring the kept pairs of these households to what was found."""
    kept = {
        (pair.one_id, pair.other_id): pair  # type: ignore[attr-defined]
        for pair in Duplicate.objects.filter(Q(one__in=here) | Q(other__in=here)).select_for_update(of=("self",))
    }
    Duplicate.begin_all([_pair(key, like, at) for key, like in found.items() if key not in kept], by=None, at=at)
    mended = []
    for key, pair in kept.items():
        like = found.get(key)
        if like is None:
            if pair.status == DuplicateStatus.OPEN:
                _move(pair, DuplicateStatus.GONE, by=None, at=at)
        elif pair.status in (DuplicateStatus.APART, DuplicateStatus.GONE) and (
            pair.status == DuplicateStatus.GONE or pair.facts != like.facts
        ):
            _say(pair, like)
            pair.decided_at, pair.found_at = None, at
            columns = ["reasons", "score", "facts", "decided_at", "found_at"]
            pair.move_to(DuplicateStatus.OPEN, by=None, at=at, along=columns)
        elif pair.status == DuplicateStatus.OPEN and (pair.reasons, pair.facts) != (like.reasons, like.facts):
            _say(pair, like)
            mended.append(pair)
    Duplicate.objects.bulk_update(mended, ["reasons", "score", "facts"], batch_size=500)


def _say(pair: Duplicate, like: Likeness) -> None:
    pair.reasons, pair.score, pair.facts = like.reasons, like.score, like.facts


def _pair(key: Pair, like: Likeness, at: dt.datetime) -> Duplicate:
    pair = Duplicate(one_id=key[0], other_id=key[1], found_at=at)
    _say(pair, like)
    return pair


def _move(pair: Duplicate, status: str, *, by: User | None, at: dt.datetime) -> None:
    pair.decided_at = at
    pair.move_to(status, by=by, at=at, along=["decided_at"])


def _is(pair: Pair) -> Q:
    return Q(one=pair[0], other=pair[1])


def _households(content: Content) -> tuple[Household, Household]:
    """Return the two households that a row names: by their pair, or by their numbers."""
    if "duplicate" in content:
        pair = row_of(Duplicate, content["duplicate"])
        return pair.one, pair.other
    return household_numbered(content["household"]), household_numbered(content["other"])
