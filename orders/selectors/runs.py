"""Pay runs: which statements of one fund leave together, and the runs that left."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Sum

from accounts.models import Role, Somebody, User
from accounts.selectors import standing
from canteens.models import Fund, FundKind
from kernel import clock
from ledger.selectors import offset_fen, purchase_batches, waiting_payables
from orders.models import SettlementStatement
from orders.selectors.invoices import lacks_invoice
from orders.selectors.statements import orders_behind, to_pay_fen
from records.selectors.participation import documents_barred
from records.selectors.policy import policy

PAY = "pay_make"  # the stage that a run is on each order it pays


@dataclass(frozen=True, slots=True)
class Ready:
    """The unpaid statements of a fund: payable by this person, left to a colleague, or lacking an invoice."""

    statements: list[SettlementStatement]
    barred: list[SettlementStatement]
    no_invoice: list[SettlementStatement]  # where the county pays nothing without one

    @property
    def total_fen(self) -> int:
        return sum(to_pay_fen(statement) for statement in self.statements)


def funds_to_pay_from(user: Somebody) -> QuerySet[Fund]:
    """Return the funds from which this person pays sellers: the treasurer from the union's, the cashier from all."""
    place = standing(user)
    own = Q(organisation_id__in=place.organisations(Role.CASHIER))
    own |= Q(organisation_id__in=place.organisations(Role.UNION_TREASURER), kind=FundKind.UNION)
    return Fund.objects.filter(own).select_related("organisation", "account").order_by("-fiscal_year", "pk")


def waiting_statements(fund: Fund) -> QuerySet[SettlementStatement]:
    """Return the statements of a fund that no living payment covers and the bank does not keep, the first due first."""
    waiting = waiting_payables(fund.organisation, "purchase").order_by()
    rows = SettlementStatement.objects.filter(fund=fund, payable__in=waiting.values("pk"))
    rows = rows.select_related("buyer", "delivery", "payable", "household__village", "cooperative", "carrier")
    return rows.prefetch_related("payable__snapshots", "payable__offsets").order_by("payable__due_on", "pk")


def ready_statements(fund: Fund, user: User) -> Ready:
    """Return what waits in a fund, and of it what this person leaves to a colleague for a hand of their own, and what
    waits for an invoice."""
    rows = list(waiting_statements(fund))
    lacking = without_needed_invoice(rows, clock.county_day(clock.now()))
    pairs = orders_behind(SettlementStatement.objects.filter(pk__in=[row.pk for row in rows]))
    barred = documents_barred({f"order:{order}" for _statement, order in pairs}, PAY, by=user)
    own = {statement for statement, order in pairs if f"order:{order}" in barred}
    ready = [row for row in rows if row.pk not in lacking]
    return Ready(
        [row for row in ready if row.pk not in own],
        [row for row in ready if row.pk in own],
        [row for row in rows if row.pk in lacking],
    )


def without_needed_invoice(statements: Collection[SettlementStatement], on: dt.date) -> set[int]:
    """Return which of these statements lack the matched invoice that the county wants before it pays; none where it
    wants none."""
    if not policy("invoice_needed", on):
        return set()
    rows = SettlementStatement.objects.filter(lacks_invoice(), pk__in=[row.pk for row in statements])
    return set(rows.values_list("pk", flat=True))


def orders_of_statements(documents: Collection[str]) -> set[str]:
    """Return the orders that these statements are about, each by its name."""
    keys = [int(name.partition(":")[2]) for name in documents]
    return {f"order:{order}" for _statement, order in orders_behind(SettlementStatement.objects.filter(pk__in=keys))}


def runs_seen_by(user: Somebody) -> QuerySet[Any]:
    """Return the pay runs this person may see: of the own buyer and kind of money; the auditor sees all."""
    place = standing(user)
    canteens = place.organisations(Role.CASHIER, Role.PAYMENT_CHECKER)
    unions = place.organisations(Role.UNION_TREASURER, Role.UNION_CHAIR)
    of_union = Exists(
        SettlementStatement.objects.filter(fund__kind=FundKind.UNION, payable__payments__batch=OuterRef("pk"))
    )
    runs = purchase_batches()
    if not place.has(Role.AUDITOR):
        runs = runs.filter(Q(payer_id__in=canteens) | Q(of_union, payer_id__in=unions))
    return runs


def fund_of(run: Any) -> Fund:
    """Return the one fund that a run pays from."""
    statement = SettlementStatement.objects.filter(payable__payments__batch=run)
    return statement.select_related("fund__account").order_by("pk")[0].fund


@dataclass(frozen=True, slots=True)
class Sums:
    """What the second person reads of a run in one look."""

    households: int
    organisations: int
    most_fen: int
    late: int
    new_cards: int
    left_out: int
    left_out_fen: int


def sums_of(run: Any, fund: Fund, today: dt.date) -> Sums:
    """Return to how many of whom a run pays, its largest sum, what is late, mended cards, and what waits outside."""
    lines = run.payments.aggregate(
        households=Count("payable__household", distinct=True),
        organisations=Count("payable__organisation", distinct=True),
        most_fen=Max("amount_fen"),
        late=Count("pk", filter=Q(payable__due_on__lt=today)),
        new_cards=Count("snapshot"),
    )
    outside = (
        waiting_statements(fund)
        .order_by()
        .aggregate(left_out=Count("pk"), left_out_fen=Sum(F("total_fen") - offset_fen("payable")))
    )
    return Sums(**lines, left_out=outside["left_out"], left_out_fen=outside["left_out_fen"] or 0)


def lines_of_run(run: Any) -> QuerySet[Any]:
    """Return the payments of a run in the order of its file, with statement and payee; its case where one came back."""
    rows = run.payments.select_related(
        "payable__statement__household__village",
        "payable__statement__cooperative",
        "payable__statement__carrier",
        "snapshot",
    )
    return rows.prefetch_related("cases").order_by("line_no")
