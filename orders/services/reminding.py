"""Remind the people of a fund of what it owes sellers: before the day, and again and again once it has passed."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.selectors import users_in_post
from accounts.services.messages import Word, tell_all
from canteens.models import Fund, FundKind
from kernel import clock, money
from orders.models import PaymentReminder, SettlementStatement
from orders.selectors.ageing import Owed, ageing
from orders.selectors.orders import BUYER_ROLES
from orders.selectors.statements import unpaid
from orders.services.asking import said_day
from records.selectors.policy import policies_on

DUE_SOON = _(
    "%(amount)s yuan are due to farmers on %(day)s (%(buyer)s). Pay them in time: one by one, or in a pay run."
)
LATE = _(
    "%(buyer)s owes farmers %(amount)s yuan past the day, the oldest since %(day)s. Until it is paid nothing new can "
    "be ordered."
)
PAYERS = {FundKind.UNION: (Role.UNION_TREASURER,)}
HEADS = {FundKind.UNION: (Role.UNION_CHAIR, Role.HEAD_OF_OFFICE)}


def remind(*, at: dt.datetime) -> int:
    """Tell the people of each fund that owes: whoever pays before the day, their heads too once it has passed.

    What is due within ⟨remind_before_days⟩ is told once, what is late on the next day and every ⟨remind_every_days⟩.
    Returns how many funds were reminded.
    """
    today = clock.county_day(at)
    rules = policies_on(today)
    soon = today + dt.timedelta(days=rules["remind_before_days"])
    due = unpaid(SettlementStatement.objects.filter(payable__due_on__lte=soon))
    owed = ageing(due, today)
    last = _last_reminders({row.fund_id for row in owed})
    return sum(_remind(row, today=today, at=at) for row in owed if _is_time(row, last.get(row.fund_id), today, rules))


def _is_time(row: Owed, last: PaymentReminder | None, today: dt.date, rules: dict[str, int]) -> bool:
    if last is None:
        return True
    if row.oldest_on < today:
        return not last.late or last.on <= today - dt.timedelta(days=rules["remind_every_days"])
    return last.on < today and last.on <= today - dt.timedelta(days=rules["remind_before_days"])


def _last_reminders(funds: set[int]) -> dict[int, PaymentReminder]:
    rows = PaymentReminder.objects.filter(fund__in=funds).order_by("fund", "-on").distinct("fund")
    return {row.fund_id: row for row in rows}


@transaction.atomic
def _remind(row: Owed, *, today: dt.date, at: dt.datetime) -> bool:
    fund = Fund.objects.select_related("organisation").get(pk=row.fund_id)
    kind, late = FundKind(fund.kind), row.oldest_on < today
    roles: tuple[str, ...] = PAYERS.get(kind, (Role.CASHIER,))
    if late:
        roles += HEADS.get(kind, (Role.BUYING_APPROVER, Role.HEAD_OF_OFFICE))
    people = users_in_post(fund.organisation, roles, today) or users_in_post(fund.organisation, BUYER_ROLES, today)
    fen = sum(row.late_fen) if late else row.fen
    reminder = PaymentReminder(fund=fund, on=today, late=late, owed_fen=fen, told=len(people), at=at)
    try:
        with transaction.atomic():
            reminder.save(force_insert=True)
    except IntegrityError:
        if PaymentReminder.objects.filter(fund=fund, on=today).exists():
            return False  # another sweep was faster
        raise
    facts = {"buyer": row.buyer, "amount": money.yuan(fen), "day": said_day(row.oldest_on)}
    sentence, name = (LATE, "late") if late else (DUE_SOON, "due_soon")
    tell_all([Word(sentence, facts, None, f"fund.{name}", f"fund:{fund.pk}", user.phone) for user in people], at=at)
    return True
