"""What is claimed from sellers as pages show it."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import User
from accounts.selectors import spoken_time
from kernel import clock, money
from kernel.present import known
from kernel.shown import Fact, Tag
from orders.models import EndHow, EndStatus, Recovery
from orders.selectors.rests import end_of
from orders.selectors.statements import payee_shown


@dataclass(frozen=True, slots=True)
class RecoveryRow:
    """A claim as the list shows it."""

    url: str
    payee: str
    buyer: str
    number: str
    amount: str
    age: str
    status: Tag


def recovery_row(row: Recovery, user: User, at: dt.datetime) -> RecoveryRow:
    """Return one claim of the list, with how long it has been one."""
    return RecoveryRow(
        url=reverse("recovery-detail", args=[row.pk]),
        payee=payee_shown(row.statement, user),
        buyer=row.statement.buyer.name,
        number=row.statement.number,
        amount=money.yuan(row.amount_fen),
        age=age_words(row, at),
        status=recovery_tag(row),
    )


def age_words(row: Recovery, at: dt.datetime) -> str:
    """Return for how many days a claim has been open; nothing once it ended."""
    end = end_of(row)
    if end is not None and end.status == EndStatus.CONFIRMED:
        return ""
    days = (clock.county_day(at) - clock.county_day(row.at)).days
    return ngettext("open for %(n)s day", "open for %(n)s days", days) % {"n": days}


def recovery_tag(row: Recovery) -> Tag:
    """Return how a claim stands: open, waiting for the second person, or how it ended."""
    end = end_of(row)
    if end is None:
        return Tag("warn", pgettext("claim from a seller", "Still owed"))
    if end.status == EndStatus.PROPOSED:
        return Tag("info", str(EndStatus.PROPOSED.label))
    return Tag("ok", str(EndHow(end.how).label))


def recovery_facts(row: Recovery, user: User, at: dt.datetime) -> list[Fact]:
    """Return who owes whom how much since when, and how it ended or is to end."""
    end, statement = end_of(row), row.statement
    facts = [
        Fact(_("Seller"), payee_shown(statement, user)),
        Fact(_("Who buys"), statement.buyer.name),
        Fact(_("Statement"), statement.number, url=reverse("statement-detail", args=[statement.pk])),
        Fact(_("Claimed from the seller"), money.yuan(row.amount_fen), spoken_time(row.at)),
    ]
    if age_words(row, at):
        facts.append(Fact(_("Age"), age_words(row, at)))
    if end is not None:
        person = end.proposed_by.person
        who = f"{person.name if person else ''} {spoken_time(end.proposed_at)}"
        facts.append(Fact(str(EndHow(end.how).label), end.voucher_number or end.why, who))
    if end is not None and end.status == EndStatus.CONFIRMED:
        facts.append(Fact(_("Ended on"), spoken_time(known(end.decided_at))))
    return facts
