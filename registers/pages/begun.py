"""What the files to fill in begin with while a county opens: the rows it needs, for a clerk to complete or delete."""

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext as _

from accounts.models import BankCard, Household, Organisation, Place, Role
from kernel.workdays import announced
from records.selectors.policy import calendar_overrides
from registers.models import MOST_ROWS
from registers.selectors import Held, posts_held

# How many people each kind of organisation needs, for its file to fill in. A buyer's head appoints the others.
POSTS_NEEDED: dict[Organisation.Kind, dict[Role, int]] = {
    Organisation.Kind.BUREAU: {Role.BUREAU_APPROVER: 2, Role.VERIFIER: 2},
    Organisation.Kind.PLATFORM: {Role.SYSTEM_ADMIN: 1, Role.HAULIER: 1},
    Organisation.Kind.FINANCE: {Role.FINANCE_MAKER: 1, Role.FINANCE_CHECKER: 1},
    Organisation.Kind.RELIEF: {Role.RELIEF_CLERK: 2},
    Organisation.Kind.TOWNSHIP: {Role.TOWNSHIP_OFFICER: 1},
    Organisation.Kind.VILLAGE: {Role.CADRE: 1},
    Organisation.Kind.COOPERATIVE: {Role.COOP_MANAGER: 1},
    Organisation.Kind.BUYER: {Role.HEAD_OF_OFFICE: 1},
}
# What the head of a buyer appoints: who orders, approves, weighs and signs; then who pays and who confirms it.
BUYERS_POSTS = {Role.BUYER: 1, Role.BUYING_APPROVER: 1, Role.RECEIVER: 2}
PAYING_PAIRS = ((Role.CASHIER, Role.PAYMENT_CHECKER), (Role.UNION_TREASURER, Role.UNION_CHAIR))
# A household as a file writes it, to show what each column holds.
HOUSEHOLD_EXAMPLE = {
    "number": "A0001", "name": "王小明", "id_number": "110101198001010010", "phone": "13800000000", "people": "4",
    "tier": "脱贫户", "cause": "", "town": "示范镇", "village": "示范村", "village_code": "",
}  # fmt: skip


def offices_to_register(_today: dt.date) -> list[Mapping[str, str]]:
    """Return the offices that a county needs and that are not registered yet: delete or rename what does not fit."""
    kinds = Organisation.Kind
    known = set(Organisation.objects.values_list("name", flat=True))
    places = list(Place.objects.select_related("parent").order_by("code"))
    county = next((place.name for place in places if place.level == Place.Level.COUNTY), "")
    rows = [("财政局", kinds.FINANCE, county), ("扶贫办公室", kinds.RELIEF, county)]
    wanted = [(f"{county}{name}", kind, place) for name, kind, place in rows if county]
    for place in places:
        if place.level == Place.Level.TOWNSHIP:
            wanted.append((f"{place.name}人民政府", kinds.TOWNSHIP, place.name))
        elif place.level == Place.Level.VILLAGE:
            committee = "民委员会" if place.short_name.endswith("村") else "居民委员会"
            wanted.append((f"{place.short_name}{committee}", kinds.VILLAGE, f"{place.township.name}{place.name}"))
    return [
        {"name": name, "kind": str(kind.label), "place": place} for name, kind, place in wanted if name not in known
    ]


def posts_to_fill(today: dt.date) -> list[Mapping[str, str]]:
    """Return the posts that registered organisations need and that nobody holds: write a name, a number, a phone."""
    held = posts_held(list(POSTS_NEEDED), today)
    return [
        {"organisation": office.name, "role": str(role.label), "from_on": today.isoformat()}
        for office in Organisation.objects.order_by("kind", "name")
        for role, needed in _posts_of(office, held.get(office.pk, {})).items()
        for _n in range(needed - len(held.get(office.pk, {}).get(role, ())))
    ]


def _posts_of(office: Organisation, held: Held) -> dict[Role, int]:
    """Return how many people this organisation needs for each post; a buyer's other posts follow its head's."""
    if office.kind != Organisation.Kind.BUYER or Role.HEAD_OF_OFFICE not in held:
        return POSTS_NEEDED.get(Organisation.Kind(office.kind), {})
    if any(held.keys() >= set(pair) for pair in PAYING_PAIRS):
        return BUYERS_POSTS
    begun = [pair for pair in PAYING_PAIRS if held.keys() & set(pair)] or PAYING_PAIRS
    return BUYERS_POSTS | {role: 1 for pair in begun for role in pair}


def cards_to_fill(_today: dt.date) -> list[Mapping[str, str]]:
    """Return the households that nobody has written a card of, by their numbers and without a name."""
    carded = BankCard.objects.filter(to_at=None).exclude(household=None)
    lacking = Household.objects.filter(merged_into=None).exclude(pk__in=carded.values("household"))
    numbers = lacking.order_by("number").values_list("number", flat=True)[:MOST_ROWS]
    return [{"owner": number, "lost": str(yes_no(False))} for number in numbers]


def household_to_begin_with(_today: dt.date) -> list[Mapping[str, str]]:
    """Return one made-up household in a village of the county, as its file writes it; nobody signs in with it."""
    village = Place.objects.filter(level=Place.Level.VILLAGE).select_related("parent").order_by("code").first()
    if village is None:
        return []
    there = {"town": village.township.name, "village": village.name, "village_code": village.code}
    return [HOUSEHOLD_EXAMPLE | there | {"phone": ""}]


def days_to_fill(today: dt.date) -> list[Mapping[str, str]]:
    """Return the days to come of the first year that nobody knows whole, Monday to Friday worked."""
    known = calendar_overrides()
    for year in range(today.year, today.year + 20):
        first = dt.date(year, 1, 1)
        days = [first + dt.timedelta(days=n) for n in range((dt.date(year + 1, 1, 1) - first).days)]
        unknown = [day for day in days if day > today and day not in known and announced(day) is None]
        if unknown:
            return [{"day": day.isoformat(), "is_workday": str(yes_no(day.weekday() < 5))} for day in unknown]
    return []


def yes_no(value: bool) -> str:
    """Return a tick as its word."""
    return _("yes") if value else _("no")
