"""Move money between accounts: hold it, post what was earned of a hold, let the rest go.

Everything works on sets: one statement locks the accounts (payees by id, the fund last), one writes the transfers
and the running totals. A reference acts once; the same again is no-op, with other figures it is an error.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Case, F, Value, When
from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError
from kernel.journal import without_repeats
from kernel.money import yuan
from kernel.transactions import joining
from ledger.models import Account, Transfer

Locked = dict[int, Account]  # accounts by their key, as they are under the lock of this transaction


class NotEnoughMoney(DomainError):
    code = "not_enough_money"

    def __init__(self, *, left_fen: int, needed_fen: int) -> None:
        super().__init__(
            _("This fund has %(left)s yuan left; %(needed)s yuan is needed. Order less or choose another fund.")
            % {"left": yuan(left_fen), "needed": yuan(needed_fen)}
        )
        self.left_fen = left_fen
        self.needed_fen = needed_fen


@dataclass(frozen=True, slots=True)
class Posting:
    """Money that moves from one account to another at once."""

    reference: str
    debit_id: int
    credit_id: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Hold:
    """Money to keep aside from one account for another until it is posted or voided."""

    reference: str
    debit_id: int
    credit_id: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Resolution:
    """What becomes of one hold: this much is posted (0 voids it), the rest is free again."""

    reference: str
    pending_reference: str
    amount_fen: int


def open_account(code: str, kind: str, *, guarded: bool) -> Account:
    """Return the account of this code, opened on first use."""
    account, _created = Account.objects.get_or_create(code=code, defaults={"kind": kind, "guarded": guarded})
    return account


@joining
def transfer(*, reference: str, debit_id: int, credit_id: int, amount_fen: int, at: dt.datetime) -> None:
    """Post one amount at once."""
    post_all([Posting(reference, debit_id, credit_id, amount_fen)], at=at)


@joining
def post_all(postings: Iterable[Posting], *, at: dt.datetime) -> None:
    """Post many amounts at once, or none; an account that stands in many of them is written once, with their sum."""
    rows, deltas = [], _Deltas()
    for posting in postings:
        rows.append(_Row(posting.reference, "posted", posting.debit_id, posting.credit_id, posting.amount_fen, None))
        deltas.add(posting.debit_id, debits_posted_fen=posting.amount_fen)
        deltas.add(posting.credit_id, credits_posted_fen=posting.amount_fen)
    if rows:
        _write(rows, deltas, at=at)


@joining
def give_back(*, reference: str, debit_id: int, credit_id: int, amount_fen: int, at: dt.datetime) -> None:
    """Give a credit limit back what was posted out of it and is paid: no budget, and never more than was posted."""
    _lock((debit_id, credit_id))
    if Transfer.objects.filter(reference=reference).exists():
        return
    transfer(reference=reference, debit_id=debit_id, credit_id=credit_id, amount_fen=amount_fen, at=at)
    Account.objects.filter(pk=credit_id).update(given_back_fen=F("given_back_fen") + amount_fen)


@joining
def hold(holds: list[Hold], *, at: dt.datetime, fresh: bool = False, accounts: Locked | None = None) -> None:
    """Set money aside for each hold, or for none; refuse in words when an account cannot cover it.

    `fresh` says that the references were made in this transaction, so that no earlier row can carry them; `accounts`
    are rows already locked by `lock_accounts` in it.
    """
    rows, deltas = [], _Deltas()
    for held in holds:
        rows.append(_Row(held.reference, "pending", held.debit_id, held.credit_id, held.amount_fen, None))
        deltas.add(held.debit_id, debits_pending_fen=held.amount_fen)
        deltas.add(held.credit_id, credits_pending_fen=held.amount_fen)
    _write(rows, deltas, at=at, fresh=fresh, accounts=accounts)


@joining
def resolve(resolutions: list[Resolution], *, at: dt.datetime) -> None:
    """Post or void each hold once; what is not posted of it is free again at once."""
    if not resolutions:
        return
    pending = {
        row.reference: row
        for row in Transfer.objects.filter(reference__in=[r.pending_reference for r in resolutions], kind="pending")
    }
    rows, deltas = [], _Deltas()
    for resolution in resolutions:
        held = pending[resolution.pending_reference]
        posted_fen = resolution.amount_fen
        if not 0 <= posted_fen <= held.amount_fen:
            raise ValueError(f"{resolution.reference}: {posted_fen} of a hold of {held.amount_fen}")
        kind = "post" if posted_fen else "void"
        rows.append(_Row(resolution.reference, kind, held.debit_id, held.credit_id, posted_fen, held.pk))
        deltas.add(held.debit_id, debits_pending_fen=-held.amount_fen, debits_posted_fen=posted_fen)
        deltas.add(held.credit_id, credits_pending_fen=-held.amount_fen, credits_posted_fen=posted_fen)
    _write(rows, deltas, at=at)


def lock_accounts(account_ids: Iterable[int]) -> Locked:
    """Lock accounts, funds last, and return them as they now are: to read what is left before it is held."""
    return _lock(account_ids)


@dataclass(frozen=True, slots=True)
class _Row:
    reference: str
    kind: str
    debit_id: int
    credit_id: int
    amount_fen: int
    resolves_id: int | None


class _Deltas:
    """How the four totals of each account change."""

    SIDES = ("debits_pending_fen", "debits_posted_fen", "credits_pending_fen", "credits_posted_fen")

    def __init__(self) -> None:
        self.of: defaultdict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(self.SIDES, 0))

    def add(self, account_id: int, **changes: int) -> None:
        for side, change in changes.items():
            self.of[account_id][side] += change


def _write(
    rows: list[_Row],
    deltas: _Deltas,
    *,
    at: dt.datetime,
    fresh: bool = False,
    accounts: Locked | None = None,
) -> None:
    if not fresh:
        seen = {row.reference: row for row in Transfer.objects.filter(reference__in=[row.reference for row in rows])}
        rows = without_repeats(rows, seen, ("debit_id", "credit_id", "amount_fen"))
        if not rows:
            return
    if accounts is None:
        accounts = _lock(deltas.of)
    for account_id, change in deltas.of.items():
        account = accounts[account_id]
        needed = change["debits_pending_fen"] + change["debits_posted_fen"] - change["credits_posted_fen"]
        if account.guarded and needed > account.available_fen():
            raise NotEnoughMoney(left_fen=account.available_fen(), needed_fen=needed)
    _insert(rows, deltas, at)


def _lock(account_ids: Iterable[int]) -> dict[int, Account]:
    """Lock accounts in the one order used everywhere: by id, funds last."""
    fund_last = Case(When(kind=Account.Kind.FUND, then=Value(1)), default=Value(0))
    rows = Account.objects.filter(pk__in=list(account_ids)).select_for_update().order_by(fund_last, "id")
    return {account.pk: account for account in rows}


def _insert(rows: list[_Row], deltas: _Deltas, at: dt.datetime) -> None:
    """Write transfers and running totals in one statement, so that neither exists without the other."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH written AS (
                INSERT INTO ledger_transfer (reference, kind, debit_id, credit_id, amount_fen, resolves_id, at)
                SELECT r.reference, r.kind, r.debit_id, r.credit_id, r.amount_fen, r.resolves_id, %s
                FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
                     AS r (reference, kind, debit_id, credit_id, amount_fen, resolves_id)
            )
            UPDATE ledger_account AS a
            SET debits_pending_fen = a.debits_pending_fen + d.debits_pending,
                debits_posted_fen = a.debits_posted_fen + d.debits_posted,
                credits_pending_fen = a.credits_pending_fen + d.credits_pending,
                credits_posted_fen = a.credits_posted_fen + d.credits_posted
            FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
                 AS d (id, debits_pending, debits_posted, credits_pending, credits_posted)
            WHERE a.id = d.id
            """,
            [
                at,
                [row.reference for row in rows],
                [row.kind for row in rows],
                [row.debit_id for row in rows],
                [row.credit_id for row in rows],
                [row.amount_fen for row in rows],
                [row.resolves_id for row in rows],
                list(deltas.of),
                *[[change[side] for change in deltas.of.values()] for side in _Deltas.SIDES],
            ],
        )
