"""Tell a buyer in time that what it orders of a class of goods comes near the procurement limit."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Role
from accounts.selectors import users_in_post
from accounts.services.messages import Word, tell_all
from kernel import clock, money
from orders.models import LimitReminder
from orders.selectors.classes import ClassSum, class_sums

NEAR = _(
    "%(buyer)s has ordered %(goods)s for %(yuan)s yuan this year; the procurement limit is %(limit)s yuan. Above it "
    "goods are bought only by a procurement project: prepare one in time."
)
ABOVE = _(
    "%(buyer)s has ordered %(goods)s for %(yuan)s yuan this year, above the procurement limit of %(limit)s yuan. What "
    "is bought of it from now on needs a procurement project."
)
TOLD = (Role.BUYER, Role.BUYING_APPROVER, Role.HEAD_OF_OFFICE)


def tell_of_limits(*, at: dt.datetime) -> int:
    """Tell the people of each buyer once a year that a class of goods nears its limit, and once that it is above it.

    Returns how many classes were told of. Asked again, or by two sweeps at once, it tells nothing twice.
    """
    today = clock.county_day(at)
    near = [row for row in class_sums(today) if row.near]
    told = _already(today.year)
    fresh = [row for row in near if (row.buyer_id, row.category_id, row.above) not in told]
    return sum(_tell(row, today, at=at) for row in fresh)


def _already(year: int) -> set[tuple[int, str, bool]]:
    return set(LimitReminder.objects.filter(year=year).values_list("buyer_id", "category_id", "above"))


@transaction.atomic
def _tell(row: ClassSum, today: dt.date, *, at: dt.datetime) -> bool:
    buyer = Organisation.objects.get(pk=row.buyer_id)
    people = users_in_post(buyer, TOLD, today)
    which = {"buyer": buyer, "year": today.year, "category_id": row.category_id, "above": row.above}
    sums = {"ordered_fen": row.fen, "limit_fen": row.limit_fen}
    try:
        with transaction.atomic():
            LimitReminder(told=len(people), at=at, **which, **sums).save(force_insert=True)
    except IntegrityError:
        if LimitReminder.objects.filter(**which).exists():
            return False  # another sweep was faster
        raise
    facts = {"buyer": row.buyer, "goods": row.name, "yuan": money.yuan(row.fen), "limit": money.yuan(row.limit_fen)}
    sentence, name = (ABOVE, "above_limit") if row.above else (NEAR, "near_limit")
    document = f"organisation:{buyer.pk}"
    tell_all([Word(sentence, facts, None, f"order.{name}", document, user.phone) for user in people], at=at)
    return True
