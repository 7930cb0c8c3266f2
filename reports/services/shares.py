"""Remind buyers of their reserved share: to declare it before its day, and each month they are behind with it."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Role
from accounts.selectors import users_in_post
from accounts.services.messages import Word, tell_all
from canteens.models import ShareReminder
from canteens.selectors.shares import declared_until
from kernel import clock, money
from kernel.dates import day_words
from records.selectors.policy import policy
from reports.selectors.shares import Share, shares

DECLARE = _("%(buyer)s declares its reserved share of %(year)s until %(day)s. The cashier begins it under Registers.")
BEHIND = _(
    "%(buyer)s is %(amount)s yuan behind with its reserved share of %(year)s. Look under Reserved share what is "
    "missing, and say why."
)
TOLD = {
    ShareReminder.What.DECLARE: (Role.CASHIER, Role.HEAD_OF_OFFICE),
    ShareReminder.What.BEHIND: (Role.BUYER, Role.HEAD_OF_OFFICE),
}


def remind_shares(*, at: dt.datetime) -> int:
    """Tell buyers that have not declared before the day, or are behind, once a month; return how many. May run twice.

    What was not declared by its day is told again each month.
    """
    today = clock.county_day(at)
    soon = today >= declared_until(today.year) - dt.timedelta(days=policy("share_told_before_days", today))
    rows = [row for row in shares(today.year, at=at) if row.state == "behind" or (soon and row.state == "undeclared")]
    month = today.replace(day=1)
    told = set(ShareReminder.objects.filter(month=month).values_list("organisation_id", "what"))
    return sum(_tell(row, month, at=at) for row in rows if (row.organisation_id, _what(row)) not in told)


def _what(row: Share) -> ShareReminder.What:
    return ShareReminder.What.BEHIND if row.state == "behind" else ShareReminder.What.DECLARE


@transaction.atomic
def _tell(row: Share, month: dt.date, *, at: dt.datetime) -> bool:
    what, today = _what(row), clock.county_day(at)
    unit = Organisation.objects.get(pk=row.organisation_id)
    people = users_in_post(unit, TOLD[what], today)
    reminder = ShareReminder(organisation=unit, what=what, month=month, told=len(people), at=at)
    try:
        with transaction.atomic():
            reminder.save(force_insert=True)
    except IntegrityError:
        if ShareReminder.objects.filter(organisation=unit, what=what, month=month).exists():
            return False  # another sweep was faster
        raise
    facts = {"buyer": row.name, "year": month.year, "amount": money.yuan(row.behind_fen)}
    facts["day"] = day_words(declared_until(month.year))
    sentence = BEHIND if what == ShareReminder.What.BEHIND else DECLARE
    document = f"organisation:{unit.pk}"
    tell_all([Word(sentence, facts, None, f"share.{what}", document, user.phone) for user in people], at=at)
    return True
