"""Tell a buyer's people that a tier asks more of them than hold its posts, when it begins to be so."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from accounts.models import Organisation, Role
from accounts.selectors import users_in_post
from accounts.services.messages import Word, tell_all
from canteens.models import APPROVERS
from canteens.selectors.short_tiers import ShortTier, short_tiers
from kernel import clock, money
from records.models import Event
from records.services import events

SHORT = _(
    "%(buyer)s: from %(day)s on an order of %(fund)s from %(amount)s yuan on needs the yes of %(asked)s people in "
    "these posts: %(posts)s. Besides whoever orders, %(have)s hold one, so it will be refused. The head of your unit "
    "or the county's security administrator appoints somebody, or ask the county to change the tier."
)
TOLD = (Role.BUYING_APPROVER, Role.UNION_CHAIR, Role.HEAD_OF_OFFICE)
KIND = "tiers.short"


def remind_of_people(*, at: dt.datetime) -> int:
    """Tell the approvers of each buyer of a tier it has too few people for, or fewer than before: at most once a day.

    Returns how many buyers were told. What was told stays in an event, also that nothing is lacking any more.
    """
    today = clock.county_day(at)
    short: dict[int, list[ShortTier]] = {}
    for row in short_tiers(today):
        short.setdefault(row.buyer_id, []).append(row)
    last = _last_words(None)
    moved = [buyer for buyer in {*short, *last} if last.get(buyer, {}).get("short", {}) != _facts(short.get(buyer, []))]
    return sum(_remind(buyer, today, at=at) for buyer in sorted(moved))


@transaction.atomic
def _remind(buyer_id: int, today: dt.date, *, at: dt.datetime) -> bool:
    buyer = Organisation.objects.select_for_update(of=("self",)).get(pk=buyer_id)  # two sweeps tell it once
    rows = short_tiers(today, [buyer_id])
    last = _last_words(buyer_id).get(buyer_id, {})
    before, told_on = last.get("short", {}), last.get("told_on", "")
    worse = [row for row in rows if str(row.tier.pk) not in before or row.have < before[str(row.tier.pk)]]
    if worse and told_on == today.isoformat():
        return False
    if worse or before != _facts(rows):
        told_on = today.isoformat() if worse else told_on
        events.record(KIND, _name(buyer_id), by=None, at=at, short=_facts(rows), told_on=told_on)
    people = users_in_post(buyer, TOLD, today) or users_in_post(buyer, (*APPROVERS, Role.BUYER), today)
    tell_all(
        [Word(SHORT, _said(row), None, KIND, _name(buyer_id), user.phone) for row in worse[:1] for user in people],
        at=at,
    )
    return bool(worse)


def _said(row: ShortTier) -> dict[str, object]:
    tier = row.tier

    def posts() -> str:
        return pgettext("list", ", ").join(str(Role(post).label) for post in tier.posts)

    return {
        "buyer": row.buyer,
        "day": row.on.isoformat(),
        "fund": tier.get_fund_kind_display,
        "amount": money.yuan(tier.from_fen),
        "asked": tier.persons,
        "posts": posts,
        "have": row.have,
    }


def _facts(rows: list[ShortTier]) -> dict[str, int]:
    """Return how many people there are for each tier that lacks some."""
    return {str(row.tier.pk): row.have for row in rows}


def _last_words(buyer_id: int | None) -> dict[int, dict[str, Any]]:
    """Return what was last set down of each buyer, or of one."""
    rows = Event.objects.filter(kind=KIND)
    if buyer_id is not None:
        rows = rows.filter(document=_name(buyer_id))
    last = rows.order_by("document", "-pk").distinct("document").values_list("document", "data")
    return {int(document.partition(":")[2]): data for document, data in last}


def _name(buyer_id: int) -> str:
    return f"organisation:{buyer_id}"
