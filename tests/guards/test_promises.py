"""What the audit promises: the county is clean, and each promise is seen broken when its rows are changed by force."""

import datetime as dt

import pytest
from django.db.models import F

from accounts.models import BankCard, Person
from canteens.models import BudgetChange, Fund, PlanGoods, PurchasePlan
from catalog.models import Listing, Movement, PlotSeason
from kernel.workflow import Workflow
from ledger.models import Account, BankReturn, Contradiction, Payable, Payment, PayoutBatch, ReturnCase, Transfer
from losses.models import Award, CallBack, Computation, RecoveryReceipt, ReliefRecovery, Visit
from marketplace.audit import breaches
from orders.models import (
    Allocation,
    GoodsReturn,
    KeptLot,
    KeptPlan,
    ReceiptLine,
    Recovery,
    RecoveryEnd,
    SettlementStatement,
    StatementLine,
    TextAnswer,
    TripPrice,
)
from records.models import Move, Objection
from tests.factories import FRIDAY, MONDAY, a_user
from tests.guards.cases import owns
from tests.guards.rows import a_row, as_owner, force, past_triggers, twin
from tests.guards.test_statuses import DOCUMENTS

SUMS = "I1 every account's four totals are the sums of its transfers"
CLAIM_ENDS = "I7 a claim ends by two people, and moves its money once: from the bank, or from the fund that waives it"
BUDGET = "I3 a fund's budget is the sum of its confirmed budget changes"
INTO_A_FUND = "I3 into a fund comes its budget, and what sellers give back for goods sent back or of a lower grade"
BALANCE = "I1 over all accounts debits equal credits, pending and posted"
PAID = "I8 paid is what the ledger says: a payment has its transfer exactly when it arrived"
OF_ITS_PAYABLE = "I10 a payment pays its payable's amount less its offsets, and a batch is the sum of its payments"


def without_constraint(model, name: str) -> None:
    """Take a check away that would refuse the breach; the test's transaction brings it back."""
    with as_owner() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f'ALTER TABLE "{model._meta.db_table}" DROP CONSTRAINT "{name}"')


def without_index(name: str) -> None:
    with as_owner() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f'DROP INDEX "{name}"')


def add(row) -> None:
    with past_triggers():
        type(row)._base_manager.bulk_create([row])


def two_totals_up():
    source, fund = a_row(Account, kind="source"), a_row(Account, kind="fund")
    force(source, debits_pending_fen=source.debits_pending_fen + 1)
    force(fund, credits_pending_fen=fund.credits_pending_fen + 1)


def one_total_up():
    fund = a_row(Account, kind="fund")
    force(fund, credits_pending_fen=fund.credits_pending_fen + 1)


def an_overdrawn_account_guarded():
    without_constraint(Account, "account_never_overdrawn")
    force(a_row(Account, kind="source"), guarded=True)


def a_hold_made_smaller_than_what_was_posted():
    force(a_row(Transfer, resolution__kind="post"), amount_fen=1)


def kilos_withdrawn_without_a_movement():
    listing = a_row(Listing)
    force(listing, withdrawn=listing.withdrawn + 1)


def a_lot_made_smaller_than_what_left_it():
    without_constraint(Listing, "no_kilo_twice")
    force(a_row(Listing, sold__gt=0), listed=1)


def a_budget_change_made_larger():
    change = a_row(BudgetChange)
    force(change, amount_fen=change.amount_fen + 1)


def a_refused_gram_that_no_scale_saw():
    without_constraint(ReceiptLine, "accepted_and_refused_are_net")
    line = a_row(ReceiptLine)
    force(line, refused_g=line.refused_g + 1, reason="other")


def a_heavier_statement():
    statement = a_row(SettlementStatement)
    force(statement, weight_g=statement.weight_g + 1)


def a_fee_that_no_transfer_moved():
    force(a_row(StatementLine, kind="fee", counterpart=None), transfer="nothing")


def an_end_of_a_claim_that_moved_more():
    move = Transfer.objects.get(reference=f"{a_row(RecoveryEnd, status='confirmed').reference}:paid_back")
    force(move, reference="recovery-end:0:paid_back")


def a_lot_asked_for_without_its_money():
    force(Transfer.objects.get(reference=f"{a_row(Allocation, status='held').reference}:hold"), reference="nothing")


def kilos_kept_for_an_order_that_is_placed():
    kept = a_row(KeptLot, kept__status="ordered")
    force(Movement.objects.get(reference=f"{kept.reference}:release"), reference="elsewhere")


def kilos_reserved_for_nobody():
    lot = a_row(Listing, reserved__gt=0)
    add(twin(a_row(Movement, listing=lot, target="reserved"), quantity=1, reference="nobody:hold"))
    force(lot, reserved=lot.reserved + 1)


def an_order_that_waits_for_more_than_was_reserved():
    lot = a_row(Allocation, status="confirmed")
    force(lot, quantity=lot.quantity + 1)


def a_plan_that_keeps_more_than_was_reserved():
    kept = a_row(KeptLot, kept__status="kept")
    force(kept, quantity=kept.quantity + 1)


def a_line_kept_a_minute_longer_than_its_basket():
    kept = a_row(KeptPlan, status="kept", of_basket=True)
    force(kept, until_at=kept.until_at + dt.timedelta(minutes=1))


def a_computation_of_another_amount():
    computation = a_row(Computation)
    force(computation, amount_fen=computation.amount_fen - 1)


def a_payable_that_nobody_wrote():
    add(twin(a_row(Payable, kind="relief")))


def a_second_living_payment():
    without_index("one_live_payment_a_payable")
    without_index("one_issue_a_payee")
    paid = a_row(Payment, status="paid", batch=None)
    second = twin(paid, ("payable",), status="prepared", paid_at=None, arrivals=0)
    add(second)
    Move.objects.create(document=second.reference, after="prepared", at=FRIDAY)


def a_transfer_under_another_name():
    force(a_row(Transfer, reference__endswith=":paid"), reference="payment:0:paid")


def a_batch_with_one_line_more():
    batch = a_row(PayoutBatch)
    force(batch, lines=batch.lines + 1)


def a_payment_of_another_amount():
    payment = a_row(Payment, batch=None)
    force(payment, amount_fen=payment.amount_fen + 1)


def a_sent_batch_without_its_file():
    force(a_row(PayoutBatch, status="settled"), file=None)


def a_return_file_with_one_line_more():
    file = a_row(BankReturn)
    force(file, lines=file.lines + 1)


def a_case_taken_from_its_payment():
    paid = a_row(Payment, status="paid")
    force(a_row(ReturnCase, status="paid"), payment=paid, payable=paid.payable)


def a_letter_of_one_person_under_two_accounts():
    settled = a_row(Contradiction, status="settled")
    force(settled, confirmed_by=a_user("同一个人", person=settled.proposed_by.person))


def a_letter_without_its_contradiction():
    force(a_row(Contradiction, status="settled"), payment=a_row(Payment, status="paid"))


def a_visit_by_one_person_under_two_accounts():
    visit = a_row(Visit)
    force(visit, second=a_user("同一个人", person=visit.first.person))


def an_award_on_the_first_day():
    force(a_row(Award), at=MONDAY)


def an_award_of_a_line_that_somebody_objects_to():
    award = a_row(Award)
    line = award.claim.county_notice.lines.get(document=award.claim.reference)
    force(a_row(Objection), line=line.pk, at=award.at, answered_at=None)


def a_recovery_of_less_than_came_back():
    force(a_row(ReliefRecovery, receipts__status="confirmed"), amount_fen=1)


def relief_that_came_back_under_another_name():
    move = Transfer.objects.get(reference=a_row(RecoveryReceipt, status="confirmed").reference)
    force(move, reference="recoveryreceipt:0")


def relief_that_was_paid_as_if_it_had_never_left():
    force(a_row(RecoveryReceipt, status="confirmed", how="paid_back"), how="never_left", voucher_number="")


def one_card_for_two_households():
    without_index("one_owner_a_card")
    first, second = BankCard.objects.exclude(household=None).order_by("pk")[:2]
    force(second, index=first.index)


def one_person_twice():
    without_constraint(Person, "accounts_person_key_key")
    first, second = Person.objects.order_by("pk")[:2]
    force(second, key=first.key)


def a_move_that_the_document_did_not_take(model: type[Workflow]):
    return lambda: Move.objects.create(document=a_row(model).reference, after="elsewhere", at=FRIDAY)


def a_return_without_its_kilos():
    row = a_row(GoodsReturn, status="agreed")
    force(Movement.objects.get(reference=f"return:{row.pk}:back"), reference="elsewhere")


def a_dearer_lot():
    force(a_row(GoodsReturn, status="agreed").receipt_line.allocation, price_fen=81)


def a_source_that_gave_more():
    source = a_row(Account, kind="source")
    force(source, debits_posted_fen=source.debits_posted_fen + 1)


def credit_that_two_people_never_gave_back():
    force(a_row(Account, kind="fund", debits_posted_fen__gt=0), given_back_fen=1)


def a_cart_that_cost_more_than_was_asked():
    price = a_row(TripPrice)
    force(price, price_fen=price.price_fen - 1)


def carts_held_by_nobody():
    force(Transfer.objects.get(reference__endswith=":transport:hold"), reference="nothing")


def a_crop_found_again():
    season = a_row(PlotSeason, claimed_g__gt=0)
    force(season, claimed_g=season.claimed_g - 1)


def a_sale_reported_that_the_lot_forgot():
    lot = a_row(Listing, sold_low__gt=0)
    force(lot, sold_low=lot.sold_low - 1)


def a_claim_computed_without_its_visit():
    visit = a_row(Visit, claim__status="awarded")
    force(visit, second_signed_at=None)


def an_award_that_the_household_doubted():
    force(a_row(CallBack, status="called"), outcome="not_ours")


def a_claim_without_visit_and_without_a_draw_for_a_call():
    force(a_row(Visit, claim__status="awarded", claim__call_draws=None), round=9)


def relief_at_another_rate():
    computation = a_row(Computation, gap_fen=None)
    force(computation, lines_fen=computation.lines_fen + 1)


def a_part_of_the_money_that_is_too_small():
    computation = a_row(Computation, gap_fen=None)
    force(computation, full_fen=computation.amount_fen, all_fen=4 * computation.money_left_fen)


def relief_above_what_a_sale_fetched_too_little():
    computation = a_row(Computation, gap_fen__isnull=False)
    force(computation, gap_fen=computation.gap_fen + 1)


def a_rest_claimed_too_high():
    row = a_row(Recovery)
    force(row, amount_fen=row.amount_fen + 1)


def a_text_that_answers_for_others():
    force(a_row(TextAnswer), by=a_user("欧佳"))


def a_plan_drawn_on_by_nobody():
    plan = a_row(PurchasePlan, held_fen__gt=0)
    force(plan, held_fen=plan.held_fen + 1)


def goods_of_a_plan_held_by_nobody():
    force(a_row(PlanGoods, held_g__gt=0), held_g=F("held_g") + 1)


def goods_of_a_plan_that_no_order_took():
    force(a_row(PlanGoods, accepted_g__gt=0), accepted_g=F("accepted_g") - 1)


def a_plan_that_took_what_no_order_took():
    plan = a_row(PurchasePlan, accepted_fen__gt=0)
    force(plan, accepted_fen=plan.accepted_fen - 1)


def a_union_that_ordered_more_than_is_counted():
    fund = a_row(Fund, kind="union", unplanned_fen__gt=0)
    force(fund, unplanned_fen=fund.unplanned_fen - 1)


UNPLANNED = "I3 what a union orders on no plan is counted on its purse: what is held for its goods and what was taken"
DRAWN = "I3 a purchase plan is drawn on by its orders alone: held is what they hold for goods, accepted what they took"
GOODS = "I3 the goods of a plan are drawn on by its orders alone: held is what they wait for, accepted what they took"
KEPT = "I29 what is kept of a lot is kept once, and given back whole when it ends"
RESERVED = (
    "I2 what is reserved of a lot is what its open orders still wait for and what is kept of it, and nothing else"
)
BREACHES = {
    GOODS: (goods_of_a_plan_held_by_nobody, set()),
    DRAWN: (a_plan_drawn_on_by_nobody, set()),
    UNPLANNED: (a_union_that_ordered_more_than_is_counted, set()),
    "X25 a text answered for the household of whose account it came from, and what it answered waits no more": (
        a_text_that_answers_for_others, set(),
    ),
    SUMS: (two_totals_up, set()),
    BALANCE: (one_total_up, {SUMS}),
    "I3 no guarded account has spent or promised more than was put into it": (an_overdrawn_account_guarded, set()),
    "I4 I5 a resolution resolves a pending transfer between the same two accounts, and not more than it held": (
        a_hold_made_smaller_than_what_was_posted, set(),
    ),
    "I2 every listing's totals are the sums of its movements": (kilos_withdrawn_without_a_movement, set()),
    "I2 I20 no kilo is counted twice": (a_lot_made_smaller_than_what_left_it, set()),
    BUDGET: (a_budget_change_made_larger, set()),
    "I3 what a credit limit was given back is what two people said was paid, and never more than was used": (
        credit_that_two_people_never_gave_back, {INTO_A_FUND},
    ),
    "I6 accepted and refused weights are what the scale said, and nothing is settled that was not accepted": (
        a_refused_gram_that_no_scale_saw, set(),
    ),
    "I7 a statement is the sum of its lines, and its payable is the statement": (a_heavier_statement, set()),
    "I7 what a line states of goods is what the signature moved, and what a household leaves its co-operative gets": (
        a_fee_that_no_transfer_moved, set(),
    ),
    RESERVED: (kilos_reserved_for_nobody, set()),
    "I6 what went back was accepted before, and moved its kilos and its money once": (
        a_return_without_its_kilos, set(),
    ),
    "I7 the money of a lot is what all that its buyer kept costs in its grade, rounded once": (a_dearer_lot, set()),
    INTO_A_FUND: (
        a_source_that_gave_more, {SUMS, BALANCE, BUDGET},
    ),
    "I7 a cart costs at most its price and its ceiling, and its rule's payers pay the haulier exactly that": (
        a_cart_that_cost_more_than_was_asked, set(),
    ),
    "I5 an order that is open holds for carts what no trip has taken of it, and one that has ended nothing": (
        carts_held_by_nobody, set(),
    ),
    "I7 what a seller owes by a statement below nothing is taken off, carried on or claimed, and never twice": (
        a_rest_claimed_too_high, {CLAIM_ENDS},
    ),
    "I5 what is still to come of a lot is held, and nothing of a lot that is done": (
        a_lot_asked_for_without_its_money, {DRAWN},
    ),
    "I29 what is kept for one person and buyer runs under one clock, a basket or a plan alone": (
        a_line_kept_a_minute_longer_than_its_basket, set(),
    ),
    KEPT: (
        kilos_kept_for_an_order_that_is_placed, set(),
    ),
    "I2 I20 what a season counts as never harvested is what its claims found last": (a_crop_found_again, set()),
    "I2 I20 what a lot counts as sold too low is what its reports found last, and no more than it sold": (
        a_sale_reported_that_the_lot_forgot, set(),
    ),
    "I12 what was computed without two signatures of a visit is a sale, or a draw did not pick it": (
        a_claim_computed_without_its_visit, set(),
    ),
    "I12 what is awarded was not doubted on the telephone, or somebody looked; and no call waits": (
        an_award_that_the_household_doubted, set(),
    ),
    "I12 of what nobody visits each was drawn for a call or passed over": (
        a_claim_without_visit_and_without_a_draw_for_a_call,
        {"I12 what was computed without two signatures of a visit is a sale, or a draw did not pick it"},
    ),
    "I10 relief is what was found at the rate its claim was filed by": (relief_at_another_rate, set()),
    "I10 who shares gets a part of the money that is right to a fen, and in full where it suffices": (
        a_part_of_the_money_that_is_too_small, set(),
    ),
    "I10 relief of a sale is no more than it fetched too little": (
        relief_above_what_a_sale_fetched_too_little, set(),
    ),
    "I10 an award is the computed amount, and its payable is the award": (a_computation_of_another_amount, set()),
    "I10 every payable is owed by a statement or an award": (a_payable_that_nobody_wrote, set()),
    "I8 at most one payment of a payable is alive or arrived": (a_second_living_payment, set()),
    PAID: (a_transfer_under_another_name, set()),
    OF_ITS_PAYABLE: (a_batch_with_one_line_more, set()),
    CLAIM_ENDS: (an_end_of_a_claim_that_moved_more, set()),
    "I9 every batch that was sent has the one file it was sent with": (a_sent_batch_without_its_file, set()),
    "I11 every line of a return file is applied or in the queue": (a_return_file_with_one_line_more, set()),
    "I8 what came back has a case, and a case stands where its payments stand": (a_case_taken_from_its_payment, set()),
    "I12 a card is mended and a letter entered by two persons": (a_letter_of_one_person_under_two_accounts, set()),
    "I11 every contradiction of the bank is open or settled by its letter": (a_letter_without_its_contradiction, set()),
    "I12 a visit was made by two persons, who are two people and no other hands of the claim": (
        a_visit_by_one_person_under_two_accounts, set(),
    ),
    "I16 what came back or is waived is at most what is claimed, and that at most what was paid": (
        a_recovery_of_less_than_came_back, set(),
    ),
    "I16 relief that was taken back before it left is not being paid and never was": (
        relief_that_was_paid_as_if_it_had_never_left,
        {"I16 relief that came back is the scheme's again by its own transfer, and nothing else is"},
    ),
    "I16 relief that came back is the scheme's again by its own transfer, and nothing else is": (
        relief_that_came_back_under_another_name, set(),
    ),
    "I14 no award before its county notice had ended": (an_award_on_the_first_day, set()),
    "I14 no award of a line to which somebody objected and was right, or was not answered before it": (
        an_award_of_a_line_that_somebody_objects_to, set(),
    ),
    "I21 one human being heads one household, and one card serves one": (one_card_for_two_households, set()),
} | {
    f"I13 I16 every {model.REFERENCE} stands where its last move left it": (
        a_move_that_the_document_did_not_take(model), set(),
    )
    for model in DOCUMENTS
}  # fmt: skip


def broken() -> set[str]:
    return {breach.promise for breach in breaches()}


def test_an_honest_county_keeps_every_promise():
    assert breaches() == []


@pytest.mark.parametrize(
    ("promise", "breach", "also"),
    [owns(f"audit {promise}", promise, breach, also) for promise, (breach, also) in BREACHES.items()],
)
def test_a_promise_broken_by_force_is_named(promise, breach, also):
    breach()

    assert broken() == {promise} | also


@pytest.mark.parametrize(
    ("breach", "promises"),
    [
        (one_person_twice, {"I21 one human being heads one household, and one card serves one"}),
        (a_payment_of_another_amount, {OF_ITS_PAYABLE, PAID}),
        (a_plan_that_took_what_no_order_took, {DRAWN}),
        (goods_of_a_plan_that_no_order_took, {GOODS}),
        (an_order_that_waits_for_more_than_was_reserved, {RESERVED}),
        (a_plan_that_keeps_more_than_was_reserved, {RESERVED, KEPT}),
    ],
)
def test_the_other_half_of_a_promise_is_kept_too(breach, promises):
    breach()

    assert broken() == promises
