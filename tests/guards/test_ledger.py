"""What the tables of money refuse, whoever writes."""

import pytest
from django.db import transaction
from django.db.models import F

from ledger.models import (
    Account,
    AppliedReturn,
    BankReturn,
    BankReturnLine,
    BankStatement,
    CardShown,
    Contradiction,
    FrozenBatch,
    Heir,
    Payable,
    PayableOffset,
    PayeeAnswer,
    PayeeSnapshot,
    Payment,
    PayoutBatch,
    Restore,
    ReturnCase,
    StatementEntry,
    Transfer,
)
from records.models import MOST_FEN, Participation
from tests.guards.cases import bounds, check, refuses_a_twin, refuses_each_change, unique, words
from tests.guards.rows import a_row, force, insert, refused_by, twin

LEFT = F("credits_posted_fen") - F("debits_posted_fen")

CHECKS = [
    bounds("offset_bounded", PayableOffset, "amount_fen", 1, MOST_FEN),
    check(
        "account_gives_back_what_was_posted", Account,
        {"given_back_fen": -1}, {"given_back_fen": F("debits_posted_fen") + 1},
    ),
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
    check("return_lines_accounted_for", AppliedReturn, {"lines": F("lines") + 1}, {"arrived": F("arrived") + 1}),
    check(
        "return_line_says_what_is_off", BankReturnLine, {"finding": "mismatch"}, {"outcome": "exception"},
        outcome="applied",
    ),
    check("statement_entry_is_placed", StatementEntry, {"bank_return": None}, {"fate": "foreign"}, fate="ours"),
    words("statement_entry_side", StatementEntry, column="side"),
    check("snapshot_two_hands", PayeeSnapshot, {"proposed_by": F("confirmed_by")}),
    words("case_status_legal", ReturnCase),
    words("heir_status_legal", Heir, snapshot=None),
    check("heir_two_hands", Heir, {"proposed_by": F("confirmed_by")}, confirmed_by__isnull=False),
    check("heir_confirmed_with_snapshot", Heir, {"snapshot": None}, {"confirmed_by": None}, status="confirmed"),
    words("card_shown_why", CardShown, column="why"),
    check("case_two_hands", ReturnCase, {"proposed_by": F("confirmed_by")}, confirmed_by__isnull=False),
    check(
        "case_mended_with_snapshot", ReturnCase, {"snapshot": None}, {"proposed_by": None}, {"confirmed_by": None},
        status="paid",
    ),
    words("restore_status_legal", Restore),
    check("restore_two_hands", Restore, {"proposed_by": F("confirmed_by")}),
    check("restore_closed_by_letter", Restore, {"letter_number": ""}, {"proposed_by": None}, {"confirmed_by": None}),
    words("frozen_status_legal", FrozenBatch),
    check("frozen_two_hands", FrozenBatch, {"proposed_by": F("confirmed_by")}),
    check("frozen_thawed_by_two", FrozenBatch, {"found": ""}, {"proposed_by": None}, {"confirmed_by": None}),
    words("contradiction_status_legal", Contradiction),
    check("contradiction_two_hands", Contradiction, {"proposed_by": F("confirmed_by")}, status="settled"),
    check(
        "contradiction_settled_by_letter", Contradiction, {"letter_number": ""}, {"letter_on": None}, {"holds": ""},
        {"proposed_by": None}, {"confirmed_by": None}, status="settled",
    ),
]  # fmt: skip

UNIQUES = [
    unique("offset_once", PayableOffset),
    unique("payment", PayeeAnswer),
    unique("code", Account),
    unique("reference", Transfer),
    unique("resolves", Transfer, resolves__isnull=False),
    unique("document", Payable),
    unique("number", PayoutBatch),
    unique("file", PayoutBatch),
    unique("one_live_payment_a_payable", Payment, status="paid", snapshot__isnull=False),
    unique("one_issue_a_payee", Payment, status="returned"),
    unique("line_reference", Payment),
    unique("payment_line_once", Payment, batch__isnull=False),
    unique("file", BankReturn),
    unique("return_applied_once", AppliedReturn, exceptions__lt=F("lines")),
    unique("return_line_once", BankReturnLine),
    unique("bank_statement_once", BankStatement),
    unique("statement_entry_once", StatementEntry),
    unique("snapshot_number_once", PayeeSnapshot),
    unique("number", Restore),
    unique("frozen_once_a_restore", FrozenBatch),
    unique("one_heir_waits_a_payable", Heir, status="proposed"),
    unique("snapshot", Heir, status="confirmed"),
    unique("one_living_case_a_payable", ReturnCase, status="mended"),
    unique("snapshot", ReturnCase, status="mended"),
    unique("one_open_contradiction_a_payment", Contradiction, status="open"),
    unique("line", Contradiction),
]


@pytest.mark.parametrize("case", CHECKS)
def test_a_row_cannot_become_what_its_check_forbids(case):
    refuses_each_change(case)


@pytest.mark.parametrize("case", UNIQUES)
def test_a_second_row_cannot_equal_the_first(case):
    refuses_a_twin(case)


def begun(payable, snapshot) -> Payment:
    """Return a new payment of this payable to this payee, not yet inserted."""
    payment = twin(a_row(Payment, payable=payable))
    payment.payable, payment.snapshot, payment.status = payable, snapshot, "prepared"
    return payment


@pytest.mark.guard("trigger ledger_payment.payee_is_present")
def test_a_payment_goes_to_no_other_than_the_present_payee():
    mended = a_row(PayeeSnapshot)
    other = a_row(Payable, pk__in=Payment.objects.filter(snapshot=None).values("payable"), cases=None)

    with refused_by("ledger_payment.payee_is_present"):
        begun(other, mended).save(force_insert=True)


@pytest.mark.guard("trigger ledger_heir.no_payment_lives")
def test_no_heir_is_named_while_money_is_under_way_or_there():
    paid = a_row(Payment, status="paid").payable

    with refused_by("ledger_heir.no_payment_lives"):
        twin(a_row(Heir, status="proposed"), payable=paid.pk).save(force_insert=True)


def test_no_payment_begins_while_an_heir_waits():
    payable = a_row(Heir, status="proposed").payable
    payment = twin(a_row(Payment), payable=payable.pk, status="prepared", batch=None, line_no=None, snapshot=None)
    payment.amount_fen = payable.amount_fen

    with refused_by("ledger_payment.nothing_is_open"):
        payment.save(force_insert=True)


def test_what_failed_is_issued_anew_only_to_a_payee_named_anew():
    """One cycle is one try to one payee: the second try of a cycle is refused though no payment lives."""
    living = Payment.objects.filter(status__in=["prepared", "sent", "paid"]).values("payable")
    failed = a_row(Payment, pk__in=Payment.objects.filter(status="returned").exclude(payable__in=living))

    with refused_by("one_issue_a_payee"):
        insert(twin(failed, ("payable", "snapshot"), status="prepared", batch=None, line_no=None))


@pytest.mark.guard("trigger ledger_payment.pays_the_rest")
def test_a_payment_is_what_is_left_of_its_payable():
    lessened = a_row(PayableOffset).payable

    payment = twin(a_row(Payment, snapshot=None), payable=lessened.pk, status="prepared", batch=None, line_no=None)
    payment.amount_fen = lessened.amount_fen

    with refused_by("ledger_payment.pays_the_rest"):
        payment.save(force_insert=True)


@pytest.mark.guard("trigger ledger_payeeanswer.answers_a_paid_one")
def test_nobody_is_asked_about_money_that_did_not_leave():
    came_back = a_row(Payment, status="returned")

    with refused_by("ledger_payeeanswer.answers_a_paid_one"):
        twin(a_row(PayeeAnswer), payment=came_back.pk).save(force_insert=True)


@pytest.mark.guard("trigger ledger_payableoffset.not_touched_at_the_bank")
def test_what_is_being_paid_is_not_lessened():
    paid = a_row(Payment, status="paid").payable

    with refused_by("ledger_payableoffset.not_touched_at_the_bank"):
        twin(a_row(PayableOffset), payable=paid.pk, amount_fen=1).save(force_insert=True)


@pytest.mark.guard("trigger ledger_payableoffset.no_more_than_owed")
def test_a_payable_is_lessened_by_no_more_than_it_is():
    row = a_row(PayableOffset)
    left = row.payable.amount_fen - row.amount_fen

    with refused_by("ledger_payableoffset.no_more_than_owed"):
        twin(row, payable=row.payable_id, document="statement:0", amount_fen=left + 1).save(force_insert=True)


@pytest.mark.guard("trigger ledger_payment.nothing_is_open")
def test_no_payment_begins_while_the_bank_s_answer_to_the_last_is_open():
    payable = a_row(Contradiction, status="open").payment.payable

    with refused_by("ledger_payment.nothing_is_open"):
        begun(payable, payable.snapshots.order_by("number").last()).save(force_insert=True)


@pytest.mark.guard("trigger ledger_payoutbatch.maker_takes_part")
def test_whoever_makes_a_batch_takes_part_in_it():
    batch = twin(a_row(PayoutBatch), status="prepared", checker=None, file=None, sent_at=None)
    batch.save(force_insert=True)

    hands = Participation.objects.filter(document=batch.reference).values_list("person_key", "stage")
    assert list(hands) == [(batch.maker.person.key, "make")]


@pytest.mark.guard("trigger ledger_bankreturn.loader_takes_part")
def test_whoever_made_a_batch_loads_no_answer_to_it_and_anybody_else_twice():
    row = a_row(BankReturn)
    with transaction.atomic():
        twin(row, batch=row.batch_id).save(force_insert=True)
        transaction.set_rollback(True)

    with refused_by("incompatible_hands"):
        twin(row, batch=row.batch_id, by=row.batch.maker_id).save(force_insert=True)


@pytest.mark.guard("trigger ledger_payoutbatch.not_while_frozen")
def test_a_frozen_batch_stands_still():
    frozen = a_row(FrozenBatch)
    force(frozen, status="frozen")
    force(frozen.batch, status="prepared")

    with refused_by("ledger_payoutbatch.not_while_frozen"):
        PayoutBatch.objects.filter(pk=frozen.batch_id).update(status="cancelled")
