"""Payouts as finance reads them: what waits and why not, batches with their lines, answers of the bank; masked."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import Enum
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Exists,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat

from accounts.models import Household, Organisation, Role, Somebody, User
from accounts.selectors import standing
from kernel.workflow import Workflow
from ledger.models import (
    LIVE_PAYMENTS,
    UNMENDED,
    Account,
    BankReturn,
    BankReturnLine,
    Contradiction,
    ContradictionStatus,
    FrozenBatch,
    FrozenStatus,
    Heir,
    HeirStatus,
    Payable,
    PayableOffset,
    Payment,
    PaymentStatus,
    PayoutBatch,
    Restore,
    RestoreStatus,
    ReturnCase,
    Transfer,
)
from records.models import Move
from records.selectors.participation import documents_barred

FINANCE = (Role.FINANCE_MAKER, Role.FINANCE_CHECKER)
# Who pays: finance for relief, and the money's people of a buyer for what it bought.
PAYING = (*FINANCE, Role.CASHIER, Role.PAYMENT_CHECKER, Role.UNION_TREASURER, Role.UNION_CHAIR)
MOST_CONTRADICTIONS = 100  # on one page: there is hardly ever one
MAKES, CHECKS = "payout_make", "payout_check"  # the stages of a claim that its payout is


@dataclass(frozen=True, slots=True)
class HandsOf:
    """Which stages the two hands of a batch are, and of which documents besides those of its payables."""

    makes: str
    checks: str
    behind: Callable[[Collection[str]], Collection[str]]


_HANDS: dict[str, HandsOf] = {Payable.Kind.RELIEF: HandsOf(MAKES, CHECKS, lambda documents: ())}


def take_hands_for(kind: str, hands: HandsOf) -> None:
    """Let a room above say on which of its documents the hands of a batch of its payables fall."""
    _HANDS[kind] = hands


def hands_for(kind: str) -> HandsOf:
    """Return which stages the hands of a batch of such payables are."""
    return _HANDS[kind]


FATES = {
    PaymentStatus.PREPARED: "unknown",
    PaymentStatus.SENT: "unknown",
    PaymentStatus.PAID: "arrived",
    PaymentStatus.FAILED: "returned",
    PaymentStatus.RETURNED: "returned",
    PaymentStatus.CANCELLED: "returned",
}


class Reason(Enum):
    """Why the next batch leaves a payable out."""

    SENT = "sent and not answered"
    PREPARED = "in a batch that waits for its second person"
    OWN_HAND = "the maker had a hand in the claim"
    CONTRADICTED = "the bank contradicted itself"
    UNMENDED = "it came back and its card is being mended"
    HEIR = "an heir is named and not confirmed yet"
    STOPPED = "a room above stopped it"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One relief payable: whether the next batch takes it, and if not, the reason and the batch it is in."""

    payable: Payable
    blocked: Reason | None = None
    batch_number: str = ""


@dataclass(frozen=True, slots=True)
class Ready:
    """What the next batch of one maker pays: how many, how much, and the documents that are left to a colleague."""

    count: int
    total_fen: int
    barred: frozenset[str]


_CONTRADICTED = Exists(
    Contradiction.objects.filter(payment__payable=OuterRef("pk")).exclude(status=ContradictionStatus.SETTLED)
)
_UNMENDED = Exists(ReturnCase.objects.filter(payable=OuterRef("pk"), status__in=UNMENDED))
_HEIR_WAITS = Exists(Heir.objects.filter(payable=OuterRef("pk"), status=HeirStatus.PROPOSED))

_STOPS: list[Exists] = []


def stop_while(condition: Exists) -> None:
    """Take in a condition of a room above, about OuterRef("pk"), under which a payable is not paid for now."""
    _STOPS.append(condition)


def stopped() -> Q:
    """Return of which payables a room above says that nothing is paid for now."""
    condition = Q(pk__in=[])
    for stop in _STOPS:
        condition |= Q(stop)
    return condition


def first_against(payables: Collection[UUID]) -> Reason | None:
    """Return what stands against paying one of these; of several the first: its card, the bank, its heir, a room above.

    In one statement, since a batch names twenty thousand.
    """
    against = {
        Reason.UNMENDED: Q(_UNMENDED),
        Reason.CONTRADICTED: Q(_CONTRADICTED),
        Reason.HEIR: Q(_HEIR_WAITS),
        Reason.STOPPED: Q(stopped(), kind=Payable.Kind.RELIEF),
    }
    rank = Case(*(When(held, then=Value(n)) for n, held in enumerate(against.values())), output_field=IntegerField())
    held_back = Payable.objects.filter(reduce(or_, against.values()), pk__in=payables)
    first = held_back.annotate(rank=rank).aggregate(first=Min("rank"))["first"]
    return None if first is None else list(against)[first]


def has_left() -> Exists:
    """Say of a row that points at a payable whether its money is at the bank or has arrived."""
    left = [PaymentStatus.SENT, PaymentStatus.PAID]
    return Exists(Payment.objects.filter(payable=OuterRef("payable"), status__in=left))


def arrived_at(payable: str) -> Subquery:
    """Return of a row, by its path to a payable, when the money arrived; nothing before it has."""
    paid = Payment.objects.filter(payable=OuterRef(payable), status=PaymentStatus.PAID)
    return Subquery(paid.order_by("-paid_at").values("paid_at")[:1])


def has_arrived() -> Exists:
    """Say of a row that points at a payable whether its money has arrived."""
    return Exists(Payment.objects.filter(payable=OuterRef("payable"), status=PaymentStatus.PAID))


def payers_of(user: Somebody) -> QuerySet[Organisation]:
    """Return the organisations for which this person makes or checks payouts."""
    return Organisation.objects.filter(pk__in=standing(user).organisations(*FINANCE)).order_by("pk")


def batches_seen_by(user: Somebody) -> QuerySet[PayoutBatch]:
    """Return the payout batches this person may see: of the own finance office; bureau and auditor see their area's."""
    return PayoutBatch.objects.filter(payers_seen(user, "payer")).select_related(
        "payer", "maker__person", "checker__person", "file"
    )


def purchase_batches() -> QuerySet[PayoutBatch]:
    """Return the batches in which buyers pay what they bought."""
    bought = Payment.objects.filter(batch=OuterRef("pk"), line_no=1, payable__kind=Payable.Kind.PURCHASE)
    rows = PayoutBatch.objects.filter(Exists(bought))
    return rows.select_related("payer", "maker__person", "checker__person", "file")


def frozen_now(batch: PayoutBatch) -> FrozenBatch | None:
    """Return what freezes a batch after a restored backup, or None."""
    return batch.frozen.exclude(status=FrozenStatus.THAWED).first()


def relief_of(payer: Organisation) -> QuerySet[Payable]:
    """Return the relief payables of one payer, oldest first, with household and village."""
    payables = Payable.objects.filter(kind=Payable.Kind.RELIEF, payer=payer)
    return payables.select_related("household__village").prefetch_related("snapshots").order_by("at", "pk")


def offset_fen(payable: str = "pk") -> Any:
    """Return how much a payable was lessened by what its payee owes, as a column; `payable` is where its key stands."""
    rows = PayableOffset.objects.filter(payable=OuterRef(payable)).order_by().values("payable")
    return Coalesce(Subquery(rows.annotate(fen=Sum("amount_fen")).values("fen"), output_field=BigIntegerField()), 0)


def taken_off_by_fen(kind: str) -> Any:
    """Return how much a document of this kind, the row of a query, took off payables of its payee, as a column."""
    name = Concat(Value(f"{kind}:"), Cast(OuterRef("pk"), output_field=CharField()))
    rows = PayableOffset.objects.filter(document=name).order_by().values("document")
    return Coalesce(Subquery(rows.annotate(fen=Sum("amount_fen")).values("fen"), output_field=BigIntegerField()), 0)


def taken_off_by(document: str) -> QuerySet[PayableOffset]:
    """Return what a document took off payables of its payee, each with its payable."""
    return PayableOffset.objects.filter(document=document).select_related("payable").order_by("pk")


def rests_of(payables: Iterable[Payable]) -> dict[UUID, int]:
    """Return what is still to be paid of each payable, by its key: what it was lessened by is off."""
    rests = {payable.pk: payable.amount_fen for payable in payables}
    for key, fen in PayableOffset.objects.filter(payable__in=rests).values_list("payable_id", "amount_fen"):
        rests[key] -= fen
    return rests


def untouched_payables(account: Account, bank_account: Account) -> QuerySet[Any]:
    """Return what a payee is owed from one purse and nobody has begun to pay, with its `rest_fen`."""
    begun = Payment.objects.filter(payable=OuterRef("pk")).exclude(status=PaymentStatus.CANCELLED)
    rows = Payable.objects.filter(~Exists(begun), account=account, bank_account=bank_account)
    return rows.annotate(rest_fen=F("amount_fen") - offset_fen()).filter(rest_fen__gte=1)


def waiting_payables(payer: Organisation, kind: str = Payable.Kind.RELIEF) -> QuerySet[Payable]:
    """Return payables of this payer, of relief unless said: those that no living payment covers and nobody keeps."""
    live = Payment.objects.filter(payable=OuterRef("pk"), status__in=LIVE_PAYMENTS)
    kept = _CONTRADICTED | _UNMENDED | _HEIR_WAITS | stopped()
    waiting = Payable.objects.filter(~Exists(live), ~kept, kind=kind, payer=payer)
    if kind != Payable.Kind.RELIEF:  # relief is never lessened
        waiting = waiting.filter(amount_fen__gt=offset_fen())
    return waiting.order_by("at", "pk")


def ready_of(payer: Organisation, user: User) -> Ready:
    """Return what the next batch of this maker would pay: counted in the database, no payee is read."""
    rows = dict(waiting_payables(payer).values_list("document", "amount_fen"))
    barred = documents_barred(rows, MAKES, by=user)
    sums = [amount_fen for document, amount_fen in rows.items() if document not in barred]
    return Ready(len(sums), sum(sums), frozenset(barred))


def ready_rows(payer: Organisation, ready: Ready) -> QuerySet[Payable]:
    """Return the payables that the next batch pays, oldest first, with household and village."""
    rows = waiting_payables(payer).select_related("household__village").prefetch_related("snapshots")
    return rows.exclude(document__in=ready.barred) if ready.barred else rows


def blocked_rows(payer: Organisation, ready: Ready, *, most: int) -> list[Waiting]:
    """Return the first payables that have not arrived and that the next batch leaves out, each with its reason."""
    live = Payment.objects.filter(payable=OuterRef("pk"), status__in=[PaymentStatus.PREPARED, PaymentStatus.SENT])
    paid = Payment.objects.filter(payable=OuterRef("pk"), status=PaymentStatus.PAID)
    rows = (
        relief_of(payer)
        .filter(Exists(live) | _CONTRADICTED | _UNMENDED | _HEIR_WAITS | stopped() | Q(document__in=ready.barred))
        .filter(~Exists(paid))
        .annotate(
            live_status=Subquery(live.values("status")[:1]),
            batch_number=Subquery(live.values("batch__number")[:1]),
            contradicted=_CONTRADICTED,
            unmended=_UNMENDED,
            heir_waits=_HEIR_WAITS,
        )
    )
    return [_waiting(payable, own=payable.document in ready.barred) for payable in rows[:most]]


def _waiting(payable: Any, *, own: bool) -> Waiting:
    if payable.live_status is not None:
        sent = payable.live_status == PaymentStatus.SENT
        return Waiting(payable, Reason.SENT if sent else Reason.PREPARED, payable.batch_number or "")
    if payable.contradicted:
        return Waiting(payable, Reason.CONTRADICTED)
    if payable.heir_waits:
        return Waiting(payable, Reason.HEIR)
    if payable.unmended:
        return Waiting(payable, Reason.UNMENDED)
    return Waiting(payable, Reason.OWN_HAND if own else Reason.STOPPED)


def payables_paid_by(voucher_number: str) -> QuerySet[Payment, UUID]:
    """Return the keys of the payables whose live payment carries this number of a bank's voucher."""
    live = Payment.objects.filter(voucher_number=voucher_number, status__in=LIVE_PAYMENTS)
    return live.values_list("payable_id", flat=True)


def arrived_fen(payable_id: UUID) -> int:
    """Return how much of a payable has arrived and did not come back."""
    paid = Payment.objects.filter(payable=payable_id, status=PaymentStatus.PAID)
    return paid.aggregate(fen=Sum("amount_fen"))["fen"] or 0


def sent_ever(payable_id: UUID) -> bool:
    """Return whether a payment of a payable ever left for the bank, whatever became of it."""
    here = (PaymentStatus.PREPARED, PaymentStatus.CANCELLED)
    return Payment.objects.filter(payable=payable_id).exclude(status__in=here).exists()


def is_being_paid(payable_id: UUID) -> bool:
    """Return whether a payment of a payable is alive: prepared, at the bank or arrived."""
    return Payment.objects.filter(payable=payable_id, status__in=LIVE_PAYMENTS).exists()


def lines_of(batch: PayoutBatch) -> QuerySet[Payment]:
    """Return the payments of a batch, in the order of its file, with household and village."""
    return batch.payments.select_related("payable__household__village", "snapshot").order_by("line_no")


def answers_to_look_into(batch: PayoutBatch) -> QuerySet[BankReturnLine]:
    """Return the bank's answers of a batch that nobody could apply, newest first; of a file brought again its last."""
    open_ones = (BankReturnLine.Outcome.EXCEPTION, BankReturnLine.Outcome.CONFLICT)
    again = BankReturn.objects.filter(sha256=OuterRef("bank_return__sha256"), pk__gt=OuterRef("bank_return"))
    rows = BankReturnLine.objects.filter(~Exists(again), bank_return__batch=batch, outcome__in=open_ones)
    return rows.select_related("payment__payable__household__village", "payment__snapshot").order_by("-pk")


def unfinished_returns() -> QuerySet[BankReturn]:
    """Return the return files of which not every line is applied yet, as they came."""
    return BankReturn.objects.filter(outcome=None).select_related("batch", "file", "by").order_by("pk")


def loaded_before(sha256: str) -> bool:
    """Return whether a file of these bytes is under way, or was applied in any line."""
    same = BankReturn.objects.filter(sha256=sha256)
    return same.filter(Q(outcome=None) | Q(outcome__exceptions__lt=F("outcome__lines"))).exists()


def returns_of(batch: PayoutBatch) -> QuerySet[BankReturn]:
    """Return the bank's answers to a batch, newest first, each with its last applied line and what became of it."""
    rows = batch.returns.select_related("file", "outcome").annotate(last_line=Max("answer_lines__line_no"))
    return rows.order_by("-pk")


def cases_seen_by(user: Somebody) -> QuerySet[ReturnCase]:
    """Return the cases of money that came back to the offices whose batches this person may see."""
    rows = ReturnCase.objects.filter(payers_seen(user, "payable__payer"))
    rows = rows.select_related("payment__payable", "payment__snapshot", "payment__batch", "proposed_by__person")
    return rows.select_related("payable__household__village", "payable__payer", "confirmed_by__person", "snapshot")


def waits_for_a_card(payable: str) -> Exists:
    """Say of rows that name a payable that its money came back and no card is mended yet: nobody can pay it."""
    return Exists(ReturnCase.objects.filter(payable=OuterRef(payable), status__in=UNMENDED))


def heirs_seen_by(user: Somebody) -> QuerySet[Heir]:
    """Return the heirs named for money of the offices whose batches this person may see, the newest first."""
    rows = Heir.objects.filter(payers_seen(user, "payable__payer")).order_by("-proposed_at", "-pk")
    return rows.select_related("payable__household__village", "proposed_by__person", "confirmed_by__person", "paper")


def contradictions_seen_by(user: Somebody) -> QuerySet[Contradiction]:
    """Return the contradictions of the bank about payments of the offices whose batches this person may see."""
    rows = Contradiction.objects.filter(payers_seen(user, "payment__payable__payer"))
    rows = rows.select_related("payment__payable__household__village", "payment__snapshot", "payment__batch")
    return rows.select_related("proposed_by__person", "confirmed_by__person", "line")


def open_contradictions(user: Somebody) -> QuerySet[Contradiction]:
    """Return those of them that no letter has settled yet."""
    return contradictions_seen_by(user).exclude(status=ContradictionStatus.SETTLED)


def open_restores() -> QuerySet[Restore]:
    """Return the restores that two people have not closed yet."""
    return Restore.objects.exclude(status=RestoreStatus.CLOSED).order_by("number")


def payers_seen(user: Somebody, payer: str) -> Q:
    who = standing(user)
    own = Q(**{f"{payer}__in": who.organisations(*PAYING)})
    return own | who.within(f"{payer}__place_id", Role.BUREAU_APPROVER, Role.AUDITOR)


def story_of(document: Workflow) -> QuerySet[Move]:
    """Return what happened to a document, newest first."""
    return Move.objects.filter(document=document.reference).select_related("by__person").order_by("-pk")


def relief_money(household: Household, *, since: dt.datetime) -> tuple[int, int]:
    """Return a household's relief in fen: what arrived since an instant, and what is awarded and still to come."""
    awards = Payable.objects.filter(kind=Payable.Kind.RELIEF, household=household)
    paid = Payment.objects.filter(payable=OuterRef("pk"), status=PaymentStatus.PAID)
    arrived = awards.filter(Exists(paid.filter(paid_at__gte=since))).aggregate(fen=Sum("amount_fen"))["fen"]
    due = awards.exclude(Exists(paid)).aggregate(fen=Sum("amount_fen"))["fen"]
    return arrived or 0, due or 0


def pending_transfers(references: Iterable[str]) -> dict[str, int]:
    """Return which of these holds are neither posted nor given back, each with its sum in fen."""
    resolved = Transfer.objects.filter(resolves=OuterRef("pk"))
    open_holds = Transfer.objects.filter(~Exists(resolved), reference__in=list(references), kind="pending")
    return dict(open_holds.values_list("reference", "amount_fen"))


def open_holds(prefixes: Iterable[str]) -> list[Transfer]:
    """Return the holds under names that begin so which are neither posted nor given back."""
    named = Q(pk__in=[])
    for prefix in prefixes:
        named |= Q(reference__startswith=prefix)
    resolved = Transfer.objects.filter(resolves=OuterRef("pk"))
    return list(Transfer.objects.filter(named, ~Exists(resolved), kind="pending").order_by("pk"))


def posted_under(reference: Any) -> QuerySet[Transfer]:
    """Return what was posted under one reference, also one of an outer row."""
    return Transfer.objects.filter(reference=reference, kind__in=("post", "posted"))


def posted_sums(references: Iterable[str]) -> dict[str, int]:
    """Return what was posted under each of these references, in fen."""
    rows = Transfer.objects.filter(reference__in=list(references), kind__in=("post", "posted"))
    return dict(rows.values_list("reference", "amount_fen"))
