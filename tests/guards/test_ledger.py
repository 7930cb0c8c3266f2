"""What the tables of money refuse, whoever writes."""

import pytest
from django.db.models import F

from ledger.models import Account, BankReturn, BankReturnLine, Payable, Payment, PayoutBatch, Transfer
from records.models import MOST_FEN
from tests.guards.cases import bounds, check, refuses_a_twin, refuses_each_change, unique, words

LEFT = F("credits_posted_fen") - F("debits_posted_fen")

CHECKS = [
    check("account_never_overdrawn", Account, {"debits_pending_fen": LEFT + 1}, guarded=True),
    *(
        bounds(f"account_{side}_bounded", Account, side, 0, MOST_FEN, guarded=False)
        for side in ("debits_pending_fen", "debits_posted_fen", "credits_pending_fen", "credits_posted_fen")
    ),
    check(
        "transfer_amount_bounded", Transfer, {"amount_fen": 0}, {"amount_fen": -1}, {"amount_fen": MOST_FEN + 1},
        kind="posted",
    ),
    check("transfer_between_two", Transfer, {"credit": F("debit")}),
    check("transfer_kind", Transfer, {"kind": "gift"}, kind="posted"),
    check("transfer_resolves_pending", Transfer, {"resolves": F("pk")}, {"kind": "post"}, kind="posted"),
    bounds("payable_amount_bounded", Payable, "amount_fen", 1, MOST_FEN),
    check("payable_has_one_payee", Payable, {"household": None}, {"organisation": F("payer")}, organisation=None),
    words("batch_status_legal", PayoutBatch),
    check("batch_two_hands", PayoutBatch, {"checker": F("maker")}),
    bounds("batch_total_bounded", PayoutBatch, "total_fen", 1, MOST_FEN),
    words("payment_status_legal", Payment),
    check("payment_two_hands", Payment, {"checker": F("maker")}),
    bounds("payment_amount_bounded", Payment, "amount_fen", 1, MOST_FEN),
    check("return_lines_accounted_for", BankReturn, {"lines": F("applied") + F("exceptions") + 1}),
]  # fmt: skip

UNIQUES = [
    unique("code", Account),
    unique("reference", Transfer),
    unique("resolves", Transfer, resolves__isnull=False),
    unique("document", Payable),
    unique("number", PayoutBatch),
    unique("file", PayoutBatch),
    unique("one_live_payment_a_payable", Payment, status="paid"),
    unique("line_reference", Payment),
    unique("payment_line_once", Payment, batch__isnull=False),
    unique("file", BankReturn),
    unique("return_applied_once", BankReturn, applied__gt=0),
    unique("return_line_once", BankReturnLine),
]


@pytest.mark.parametrize("case", CHECKS)
def test_a_row_cannot_become_what_its_check_forbids(case):
    refuses_each_change(case)


@pytest.mark.parametrize("case", UNIQUES)
def test_a_second_row_cannot_equal_the_first(case):
    refuses_a_twin(case)
