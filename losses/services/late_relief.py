"""Relief that is not on the card by its day: finance is reminded of it every so many days, the household told once."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation, User
from accounts.services import messages
from kernel import clock
from kernel.dates import day_words
from kernel.money import yuan
from ledger.selectors import FINANCE
from losses.selectors.late_relief import late_awards
from losses.services.telling import tell
from records.models import Event
from records.selectors.policy import policy
from records.services import events

MOST = 500  # of one payer in one run; the next goes on
KIND = "claim.payment_late"
LATE = _(
    "Relief of %(count)s households, %(sum)s yuan, is not paid by its day, the oldest since %(day)s. See which:"
    " %(page)s"
)
LATE_HOUSEHOLD = _(
    "Relief of %(amount)s yuan for your report %(number)s was to be paid by %(day)s and is not yet. Finance is"
    " reminded; you need do nothing."
)
PAGE = "/payouts/late/"


def remind(*, at: dt.datetime) -> int:
    """Remind the finance of every payer of what is late and was not told of late; return of how many awards."""
    late = late_awards(clock.county_day(at))
    payers = Organisation.objects.filter(pk__in=late.order_by().values("payable__payer")).order_by("pk")
    return sum(_remind(payer.pk, at) for payer in payers)


@transaction.atomic
def _remind(payer_id: int, at: dt.datetime) -> int:
    """Write the reminder and the events that keep it from being written again, together; one run after another."""
    payer = Organisation.objects.select_for_update(no_key=True).get(pk=payer_id)
    day = clock.county_day(at)
    awards = list(late_awards(day).filter(payable__payer=payer))
    told = Event.objects.filter(kind=KIND, document__in=[award.claim.reference for award in awards])
    told_last: dict[str, dt.datetime] = dict(told.order_by("at").values_list("document", "at"))
    again = dt.timedelta(days=policy("remind_every_days", day))
    fresh = [award for award in awards if _is_due(told_last.get(award.claim.reference), again, at)][:MOST]
    for award in fresh:
        events.record(KIND, award.claim.reference, by=None, at=at, due_on=award.payable.due_on.isoformat())
        if award.claim.reference not in told_last:
            _tell_household(award, at)
    if fresh:
        _tell_finance(payer, fresh, at)
    return len(fresh)


def _is_due(last: dt.datetime | None, again: dt.timedelta, at: dt.datetime) -> bool:
    return last is None or at - last >= again


def _tell_household(award: Any, at: dt.datetime) -> None:
    due_on = award.payable.due_on
    tell(
        award.claim, "payment_late", LATE_HOUSEHOLD, at=at, amount=yuan(award.amount_fen), day=lambda: day_words(due_on)
    )


def _tell_finance(payer: Organisation, awards: list[Any], at: dt.datetime) -> None:
    day, oldest = clock.county_day(at), awards[0].payable.due_on
    posts = Membership.objects.filter(organisation=payer, role__in=FINANCE, from_on__lte=day).exclude(to_on__lte=day)
    values = {
        "count": len(awards),
        "sum": yuan(sum(award.amount_fen for award in awards)),
        "day": lambda: day_words(oldest),
        "page": settings.SITE_ADDRESS + PAGE,
    }
    for user in User.objects.filter(person__in=posts.values("person"), is_active=True).order_by("pk"):
        messages.tell(LATE, values, phone=user.phone, kind=KIND, document=awards[0].claim.reference, at=at)
