"""Remind the people of a fund of what it owes sellers: before the day, and again and again once it has passed."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.selectors import users_in_post
from accounts.services.messages import Word, tell_all
from canteens.models import Fund, FundKind
from kernel import clock, money
from orders.models import PaymentReminder, SettlementStatement
from orders.selectors.ageing import Owed, ageing
from orders.selectors.judging import locked_from
from orders.selectors.orders import BUYER_ROLES
from orders.selectors.statements import unpaid
from orders.services.asking import said_day
from records.selectors.policy import policies_on, policy

DUE_SOON = _(
    "%(amount)s yuan are due to farmers on %(day)s (%(buyer)s). Pay them in time: one by one, or in a pay run."
)
LATE = _(
    "%(buyer)s owes farmers %(amount)s yuan past the day, the oldest since %(day)s. Until it is paid nothing new can "
    "be ordered."
)
LATE_BUT_OPEN = _(
    "%(buyer)s owes farmers %(amount)s yuan past the day, the oldest since %(day)s. If it is not paid, nothing new can "
    "be ordered from %(from)s on."
)
PAYERS = {FundKind.UNION: (Role.UNION_TREASURER,)}
HEADS = {FundKind.UNION: (Role.UNION_CHAIR, Role.HEAD_OF_OFFICE)}


def remind(*, at: dt.datetime) -> int:
    """Tell the people of each fund that owes: whoever pays before the day, their heads too once it has passed.

    What is due within ⟨remind_before_days⟩ is told once. What comes to it meanwhile is told with the rest as many days
    later, or on its last day if that is sooner; what is late on the next day and every ⟨remind_every_days⟩.
    Returns how many funds were reminded.
    """
    today = clock.county_day(at)
    rules = policies_on(today)
    soon = today + dt.timedelta(days=rules["remind_before_days"])
    due = unpaid(SettlementStatement.objects.filter(payable__due_on__lte=soon))
    owed = ageing(due, today)
    last, told, days = _last_reminders(owed), _last_reminders(owed, late=False), _days_due(due)
    return sum(
        _remind(row, today=today, at=at)
        for row in owed
        if _is_time(row, last.get(row.fund_id), told.get(row.fund_id), days[row.fund_id], today, rules)
    )


def _is_time(
    row: Owed,
    last: PaymentReminder | None,
    told: PaymentReminder | None,
    days: dict[dt.date, dt.datetime],
    today: dt.date,
    rules: dict[str, int],
) -> bool:
    if row.oldest_on < today:
        return last is None or not last.late or last.on <= today - dt.timedelta(days=rules["remind_every_days"])
    if told is None:
        return True
    until = told.on + dt.timedelta(days=policy("remind_before_days", told.on))  # up to this day it spoke of all
    untold = [day for day, at in days.items() if day > until or at > told.at]
    return bool(untold) and today >= min(told.on + dt.timedelta(days=rules["remind_before_days"]), *untold)


def _days_due(due: QuerySet[SettlementStatement]) -> dict[int, dict[dt.date, dt.datetime]]:
    """Return for each fund the days on which something is due, each with the moment since which all of it is owed."""
    rows = due.order_by().values_list("fund_id", "payable__due_on").annotate(Max("payable__at"))
    days: dict[int, dict[dt.date, dt.datetime]] = {}
    for fund, day, at in rows:
        days.setdefault(fund, {})[day] = at
    return days


def _last_reminders(owed: list[Owed], **kind: bool) -> dict[int, PaymentReminder]:
    """Return for each fund the last reminder, of all or of one kind."""
    rows = PaymentReminder.objects.filter(fund__in={row.fund_id for row in owed}, **kind)
    return {row.fund_id: row for row in rows.order_by("fund", "-on").distinct("fund")}


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
    from_on = locked_from(fund, today) if late else None
    if from_on is not None and from_on > today:
        sentence, facts["from"] = LATE_BUT_OPEN, said_day(from_on)
    tell_all([Word(sentence, facts, None, f"fund.{name}", f"fund:{fund.pk}", user.phone) for user in people], at=at)
    return True
