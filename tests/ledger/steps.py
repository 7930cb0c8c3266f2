"""Owe relief, pay it in batches, and answer as a bank does."""

import datetime as dt
import itertools

from ledger.models import Account, Contradiction, Payable, ReturnCase
from ledger.services import applying, contradictions, mending, payouts, returns
from ledger.services.payables import payee_account, write_payable
from ledger.services.transfers import open_account, transfer
from tests.factories import FRIDAY, MONDAY, THURSDAY, TUESDAY, WEDNESDAY

_serial = itertools.count(1)
PAID, FAILED, RETURNED = "0000", "9001", "9002"


def owed(household, payer, amount_fen, *, document="", cooperative=None) -> Payable:
    """Write what an award writes: money on the payee's account and a payable with the payee frozen."""
    serial = next(_serial)
    document = document or f"claim:{900 + serial}"
    source = open_account("test:source", Account.Kind.SOURCE, guarded=False)
    account = payee_account(household=household, cooperative=cooperative)
    transfer(reference=f"{document}:award", debit_id=source.pk, credit_id=account.pk, amount_fen=amount_fen, at=TUESDAY)
    return write_payable(
        kind="relief" if cooperative is None else "purchase",
        document=document,
        household=household,
        cooperative=cooperative,
        payer=payer,
        account=account,
        bank_account=open_account("test:bank", Account.Kind.BANK, guarded=False),
        amount_fen=amount_fen,
        due_on=dt.date(2026, 12, 1),
        at=TUESDAY + dt.timedelta(seconds=serial),
    )


def sent(payer, maker, checker):
    """Return a batch of everything that waits, sent to the bank."""
    return payouts.send_batch(payouts.build_batch(payer, by=maker, at=WEDNESDAY), by=checker, at=THURSDAY)


def mended(payable, first, second, at=FRIDAY, **card):
    """Let two people mend what came back of a payable: with a typed card, or with the one on record."""
    case = ReturnCase.objects.get(payable=payable, status="open")
    mending.propose_payee(case, **card, by=first, at=at)
    return mending.confirm_payee(case, by=second, at=at)


def answer_line(payment, code=PAID, **changes) -> list[str]:
    """Return what the bank says about one payment, as instructed but for the changes."""
    payee = payment.payee
    line = {
        "reference": payment.line_reference,
        "card": payee.card,
        "name": payee.payee_name,
        "amount": f"{payment.amount_fen // 100}.{payment.amount_fen % 100:02d}",
        "code": code,
        "reason": "" if code == PAID else "卡已注销",
    } | changes
    return ["D", *line.values()]


def return_file(batch, lines, *, total_fen=None, count=None, encoding="gb18030", end="\r\n", foot=True) -> bytes:
    """Return a file of the bank about a batch; its totals are those of its readable lines unless said."""
    if total_fen is None:
        total_fen = sum(returns._amount(line[4]) or 0 for line in lines)
    total, count = f"{total_fen // 100}.{total_fen % 100:02d}", str(len(lines) if count is None else count)
    rows = [["H", batch.number, count, total], *lines, *([["T", count, total]] if foot else [])]
    return "".join("|".join(row) + end for row in rows).encode(encoding)


def load(raw, by, at=FRIDAY):
    """Load a return file."""
    return applying.load_return(raw, by=by, at=at)


def back_and_forth(batch, finance, maker, checker, at) -> None:
    """Let the bank send money back and contradict itself: once until it is paid anew, once without a letter yet."""
    for payment, holds in zip(batch.payments.order_by("line_no"), ("not_paid", ""), strict=True):
        for code in (RETURNED, PAID):
            lines = [answer_line(payment, code)]
            load(return_file(batch, lines, encoding="utf-8-sig"), checker, at=at)
        mended(payment.payable, maker, checker, at=at)
        if not holds:
            return
        contradiction = Contradiction.objects.get(payment=payment)
        contradictions.propose_letter(
            contradiction, letter_number="7号", letter_on=MONDAY.date(), holds=holds, by=maker, at=at
        )
        contradictions.confirm_letter(contradiction, by=checker, at=at)
        anew = sent(finance, maker, checker)
        load(return_file(anew, [answer_line(anew.payments.get())]), checker, at=at)
