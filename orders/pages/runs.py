"""Pay runs in words: what waits in a fund, a run for its second person's one look, its lines."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from accounts.selectors import spoken_time
from canteens.models import Fund
from kernel import masking, money
from kernel.dates import day_words
from kernel.present import known
from kernel.shown import Fact, Link, Tag
from ledger.pages.batches import batch_tag, line_tag
from orders.models import SettlementStatement
from orders.selectors.orders import seller_name
from orders.selectors.runs import Sums
from orders.selectors.statements import payee_shown, to_pay_fen

SOON = 7  # days: what is due within them is ticked beforehand


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as the list shows it."""

    url: str
    number: str
    payer: str
    when: str
    lines: int
    amount: str
    status: Tag


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """An unpaid statement that may be ticked."""

    pk: int
    url: str
    number: str
    payee: str
    village: str
    card: str
    due: str
    late: bool
    amount: str
    ticked: bool
    invoice: Tag


@dataclass(frozen=True, slots=True)
class LineRow:
    """One statement of a run, and what the bank said."""

    no: int | None
    url: str
    number: str
    payee: str
    card: str
    amount: str
    status: Tag
    why: str
    case_url: str


def fund_name(fund: Fund) -> str:
    """Return a fund as its buyer's people call it."""
    return f"{fund.organisation.name} {fund.label} {fund.fiscal_year}"


def fund_link(fund: Fund) -> Link:
    """Return where a fund's statements are put into a run."""
    return Link(reverse("run-new", args=[fund.pk]), fund_name(fund))


def run_row(run: Any) -> RunRow:
    """Return one run of the list."""
    return RunRow(
        url=reverse("run-detail", args=[run.pk]),
        number=run.number,
        payer=run.payer.name,
        when=spoken_time(run.prepared_at),
        lines=run.lines,
        amount=money.yuan(run.total_fen),
        status=batch_tag(run),
    )


def waiting_row(statement: SettlementStatement, today: dt.date, user: User, *, invoiced: bool) -> WaitingRow:
    """Return one statement that waits, the card masked, ticked when it is due within a week, with its invoice."""
    payable = known(statement.payable)
    days = (payable.due_on - today).days
    return WaitingRow(
        pk=statement.pk,
        url=reverse("statement-detail", args=[statement.pk]),
        number=statement.number,
        payee=payee_shown(statement, user),
        village=statement.household.village.short_name if statement.household is not None else "",
        card=masking.mask_card(payable.payee.card),
        due=_due(days),
        late=days < 0,
        amount=money.yuan(to_pay_fen(statement)),
        ticked=days < SOON,
        invoice=Tag("ok", pgettext("statement", "Matched"))
        if invoiced
        else Tag("plain", pgettext("statement", "None")),
    )


def _due(days: int) -> str:
    if days < 0:
        return _("%(n)s days late") % {"n": -days}
    return pgettext("statement", "due today") if days == 0 else _("%(n)s days left") % {"n": days}


def run_facts(run: Any, fund: Fund, sums: Sums) -> list[Fact]:
    """Return what the second person reads in one look: to whom, from which fund, the largest, what is odd."""
    to = _("%(households)s households, %(coops)s co-operatives") % {
        "households": sums.households,
        "coops": sums.organisations,
    }
    odd = _("%(n)s cards were mended since the statement") % {"n": sums.new_cards}
    facts = [
        Fact(pgettext("pay run", "Paid to"), to),
        Fact(pgettext("pay run", "From"), fund_name(fund)),
        Fact(_("In capital numerals"), money.uppercase_amount(run.total_fen)),
        Fact(_("Largest sum"), money.yuan(sums.most_fen)),
        Fact(pgettext("pay run", "Late"), sums.late),
        Fact(_("Cards"), odd if sums.new_cards else _("as on the statements")),
        Fact(_("Not in this run"), sums.left_out, money.yuan(sums.left_out_fen)),
        Fact(pgettext("pay run", "Ticked by"), known(run.maker.person).name, spoken_time(run.prepared_at)),
    ]
    if run.checker is not None and run.sent_at is not None:
        facts.append(Fact(pgettext("pay run", "Nodded by"), known(run.checker.person).name, spoken_time(run.sent_at)))
    if run.file is not None:
        facts.append(Fact(_("SHA-256 of the file"), f"{run.file.sha256[:12]}…{run.file.sha256[-8:]}"))
    return facts


def line_row(payment: Any, user: User) -> LineRow:
    """Return one line of a run; where the money came back, the case in which two people mend the card."""
    statement = payment.payable.statement
    case = next(iter(payment.cases.all()), None)
    return LineRow(
        no=payment.line_no,
        url=reverse("statement-detail", args=[statement.pk]),
        number=statement.number,
        payee=payee_shown(statement, user),
        card=masking.mask_card(payment.payee.card),
        amount=money.yuan(payment.amount_fen),
        status=line_tag(payment),
        why=payment.failure,
        case_url=reverse("return-case", args=[case.pk]) if case is not None else "",
    )


def left_row(statement: SettlementStatement) -> Fact:
    """Return one statement that is left to a colleague."""
    due = day_words(known(statement.payable).due_on)
    return Fact(f"{statement.number} {seller_name(statement)}", money.yuan(to_pay_fen(statement)), due)
