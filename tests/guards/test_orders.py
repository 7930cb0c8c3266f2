"""What the tables of orders, deliveries, receipts and statements refuse, whoever writes."""

import datetime as dt

import pytest
from django.db import transaction
from django.db.models import F, Subquery

from accounts.models import Household, Organisation, Place
from canteens.models import KitchenShare, PlanGoods
from catalog.models import MOST_G
from kernel.entering import entering
from ledger.models import Payable, PayableOffset
from orders.models import (
    Allocation,
    Amendment,
    Arrival,
    Basket,
    Complaint,
    Delivery,
    DeliveryLine,
    FundFile,
    GoodsReceipt,
    GoodsReturn,
    HandOver,
    HandOverAnswer,
    HandOverEnd,
    Invoice,
    InvoiceLine,
    InvoiceStatement,
    KeptLot,
    KeptPlan,
    LimitReminder,
    LineTerms,
    OrderLine,
    OrderUnit,
    PaymentReminder,
    PurchaseOrder,
    Rating,
    ReadLink,
    ReceiptLine,
    Recovery,
    RecoveryEnd,
    SettlementStatement,
    StatementLine,
    TextAnswer,
    TripPrice,
)
from produce.models import MOST_PRICE_FEN, Produce, ProduceCategory
from records.models import MOST_FEN, Participation
from tests.factories import MONDAY, a_fund, a_purchase_plan, a_user, an_organisation
from tests.guards.cases import bounds, check, refuses_a_twin, refuses_each_change, unique, words
from tests.guards.rows import a_row, another, force, past_triggers, refused_by, twin

CHECKS = [
    words("order_status_legal", PurchaseOrder),
    bounds("order_amount_bounded", PurchaseOrder, "held_fen", 1, MOST_FEN),
    check("order_judged_whole", PurchaseOrder, {"judged_fen": F("held_fen") - 1}),
    check("approval_has_an_end", PurchaseOrder, {"needs_approval": True, "approval_persons": 1, "approve_by_at": None}),
    check(
        "asked_lots_have_an_end", PurchaseOrder,
        {"status": "asking", "answer_by_at": None}, {"status": "under_way", "dispatch_by_at": None},
    ),
    bounds("order_unit_turns", OrderUnit, "turn", 1, 99),
    check("order_unit_says_why", OrderUnit, {"why": ""}),
    check("order_unit_two_hands", OrderUnit, {"by": F("confirmed_by")}),
    bounds("asked_bounded", OrderLine, "asked_g", 1, MOST_G),
    bounds("parcel_bounded", OrderLine, "parcel_g", 0, MOST_G),
    check("later_line_has_its_moment", OrderLine, {"at": MONDAY}, instead_of=None),
    check(
        "line_terms_name_what_comes_instead", LineTerms,
        {"otherwise": "swap", "swap": None}, {"otherwise": "less", "swap": Subquery(Produce.objects.values("pk")[:1])},
    ),
    words("kept_status_legal", KeptPlan, status="let_go"),
    bounds("kept_asked_bounded", KeptPlan, "asked", 1, MOST_G),
    bounds("kept_parcel_bounded", KeptPlan, "parcel_g", 0, MOST_G),
    bounds("kept_ceiling_bounded", KeptPlan, "ceiling_fen_per_kg", 1, MOST_PRICE_FEN),
    check(
        "kept_has_an_end", KeptPlan,
        {"until_at": F("at") - dt.timedelta(seconds=1)}, {"since_at": F("at") + dt.timedelta(seconds=1)},
    ),
    check("kept_until_it_ended", KeptPlan, {"ended_at": MONDAY}, {"status": "let_go"}, status="kept"),
    check(
        "changed_shares_say_why", KeptPlan,
        {"edit_reason": "agreed"}, {"edit_words": "说好的"}, {"made_from": F("pk")},
        {"made_from": F("pk"), "edit_reason": "whim"}, {"made_from": F("pk"), "edit_reason": "other"},
    ),
    check("kept_led_to_its_order", KeptPlan, {"order_line": None}, status="ordered"),
    bounds("kept_quantity_bounded", KeptLot, "quantity", 1, MOST_G),
    check(
        "kept_price_bounded", KeptLot, {"price_fen": 0}, {"price_fen": MOST_PRICE_FEN + 1}, {"price_unit_g": 0}
    ),
    words("text_answer_known", TextAnswer, "answer"),
    words("allocation_status_legal", Allocation),
    check(
        "allocation_bounded", Allocation,
        {"quantity": 0}, {"quantity": MOST_G + 1}, {"weight_g": 0}, {"weight_g": MOST_G + 1},
    ),
    check(
        "allocation_priced", Allocation,
        {"price_fen": 0}, {"price_fen": MOST_PRICE_FEN + 1}, {"amount_fen": 0},
    ),
    check(
        "amendment_wants_or_not", Amendment,
        {"quantity": 0, "weight_g": 5}, {"quantity": 5, "weight_g": 0}, {"quantity": -1},
    ),
    check("amendment_says_why", Amendment, {"why": ""}),
    bounds("shipped_bounded", DeliveryLine, "shipped_g", 1, MOST_G),
    check("silence_has_time", Arrival, {"accept_by_at": F("at")}),
    check(
        "arrival_place_whole", Arrival,
        {"latitude_e6": 27, "longitude_e6": None}, {"latitude_e6": None, "longitude_e6": 116},
        {"latitude_e6": 90_000_001, "longitude_e6": 116}, {"latitude_e6": -1, "longitude_e6": 116},
        {"latitude_e6": 27, "longitude_e6": 180_000_001}, {"latitude_e6": 27, "longitude_e6": -1},
    ),
    bounds("handed_bounded", HandOver, "weight_g", 1, MOST_G),
    words("giver_known", HandOver, "giver"),
    check("contest_says_why", HandOverAnswer, {"agrees": False}, note=""),
    bounds("given_back_bounded", HandOverEnd, "back_g", 1, MOST_G),
    words("receipt_status_legal", GoodsReceipt),
    check("receipt_two_signers", GoodsReceipt, {"signed_by": F("weighed_by")}),
    check(
        "weights_add_up", ReceiptLine,
        {"gross_g": F("gross_g") + 1}, {"tare_g": F("tare_g") + 1}, {"gross_g": -1, "tare_g": -1 - F("net_g")},
        {"gross_g": MOST_G + 1, "tare_g": MOST_G + 1 - F("net_g")},
        {"gross_g": F("net_g") - 1, "tare_g": -1},
        {"gross_g": F("tare_g") - 1, "net_g": -1, "accepted_g": -1},
        {"accepted_g": -1, "refused_g": F("net_g") + 1, "reason": "other"},
        {"accepted_g": F("net_g") + 1, "refused_g": -1, "reason": "other"},
    ),
    check("accepted_and_refused_are_net", ReceiptLine, {"accepted_g": F("accepted_g") + 1}),
    check(
        "refusal_says_why", ReceiptLine, {"accepted_g": F("accepted_g") - 1, "refused_g": F("refused_g") + 1},
        reason="",
    ),
    check(
        "no_papers_nothing_accepted", ReceiptLine, {"reason": "papers"},
        {"reason": "papers", "accepted_g": 1, "refused_g": F("net_g") - 1}, accepted_g__gte=2,
    ),
    check(
        "what_is_surplus_is_refused", ReceiptLine, {"surplus_g": -1}, {"surplus_g": F("refused_g") + 1},
        {"reason": "surplus", "accepted_g": F("accepted_g") - 1, "refused_g": F("refused_g") + 1}, accepted_g__gte=2,
    ),
    check(
        "only_what_is_taken_has_a_grade", ReceiptLine,
        {"grade": "second", "accepted_g": 0, "refused_g": F("net_g"), "reason": "rotten"},
    ),
    check("goods_are_as_described", Rating, {"as_described": None}, {"side": "seller"}),
    check("wanted_is_surplus", ReceiptLine, {"surplus_wanted": True}),
    check("statement_bounded", SettlementStatement, {"total_fen": MOST_FEN + 1}),
    check(
        "statement_has_one_payee", SettlementStatement, {"household": None, "cooperative": None},
        {"carrier": Subquery(Organisation.objects.values("pk")[:1])},
        household__isnull=False,
    ),
    check(
        "transport_by_a_rule", PurchaseOrder, {"transport_payer": 4}, {"transport_permille": 1},
        {"transport_fen": 1}, {"transport_payer": 2, "transport_fen": 1}, {"transport_payer": 1, "transport_fen": -1},
        {"transport_payer": 1, "transport_permille": 1001},
        transport_payer=0,
    ),
    check("trip_price_bounded", TripPrice, {"price_fen": 0}, {"price_fen": MOST_FEN + 1}),
    check(
        "transport_names_its_goods", StatementLine, {"brought": None}, kind="transport", brought__isnull=False,
    ),
    check(
        "statement_owes_its_rest", SettlementStatement, {"payable": None}, {"total_fen": 0},
        {"total_fen": -1, "rest_at": MONDAY},
        payable__isnull=False,
    ),
    check(
        "only_goods_have_weight", StatementLine,
        {"weight_g": 0}, {"amount_fen": -1}, {"receipt_line": None}, {"kind": "fee"},
        kind="goods",
    ),
    check(
        "line_names_its_cause", StatementLine,
        {"goods_return": None}, {"carries": Subquery(SettlementStatement.objects.values("pk")[:1])},
        {"kind": "goods", "weight_g": 1, "amount_fen": 1}, kind="refund",
    ),
    check("line_moved_money", StatementLine, {"transfer": ""}, kind="goods"),
    check("rest_has_its_day", SettlementStatement, {"rest_at": MONDAY}, total_fen__gte=1),
    bounds("reminder_of_a_debt", PaymentReminder, "owed_fen", 1, MOST_FEN),
    bounds("limit_of_an_order", LimitReminder, "ordered_fen", 1, MOST_FEN),
    bounds("limit_bounded", LimitReminder, "limit_fen", 1, MOST_FEN),
    bounds("limit_year_bounded", LimitReminder, "year", 2020, 2100),
    bounds("recovery_bounded", Recovery, "amount_fen", 1, MOST_FEN),
    words("end_of_claim_status_legal", RecoveryEnd),
    check(
        "recovery_end_says_how", RecoveryEnd,
        {"voucher_number": ""}, {"why": "免了"}, {"how": "waived"}, {"how": "waived", "voucher_number": ""},
        how="paid_back",
    ),
    check(
        "recovery_end_is_decided", RecoveryEnd,
        {"status": "proposed"}, {"decided_by": None}, {"decided_at": None}, status="confirmed",
    ),
    check("recovery_end_two_people", RecoveryEnd, {"decided_by": F("proposed_by")}, status="confirmed"),
    check("fund_file_days_in_order", FundFile, {"last_on": F("first_on") - dt.timedelta(days=1)}),
    check(
        "fund_file_made_whole", FundFile,
        {"page": None}, {"made_at": None}, {"stopped_at": MONDAY},
        made_at__isnull=False,
    ),
    check("link_days_in_order", ReadLink, {"last_on": F("first_on") - dt.timedelta(days=1)}),
    check("link_revoked_by_somebody", ReadLink, {"revoked_at": MONDAY}),
    words("complaint_status_legal", Complaint, status="withdrawn"),
    check(
        "complaint_bounded", Complaint, {"asked_g": MOST_G + 1}, {"asked_fen": 1}, {"about": "price"},
        {"asked_g": 0, "asked_fen": -1, "offered_g": 0}, {"asked_g": 0, "asked_fen": MOST_FEN + 1, "offered_g": 0},
        status="offered",
    ),
    check(
        "complaint_offer_is_a_part", Complaint, {"offered_g": F("asked_g") + 1}, {"offered_g": -1},
        {"offered_fen": -1}, {"offered_fen": 1}, status="offered",
    ),
    check(
        "complaint_agrees_to_a_part", Complaint, {"agreed_g": F("asked_g") + 1}, {"agreed_g": -1}, {"agreed_fen": -1},
        {"agreed_fen": 1}, status="agreed",
    ),
    check("complaint_has_time", Complaint, {"until_at": F("raised_at")}),
    check("complaint_ends", Complaint, {"ended_at": MONDAY}, status="offered"),
    check("complaint_two_sides", Complaint, {"answered_by": F("raised_by")}),
    check("complaint_not_decided_by_raiser", Complaint, {"decided_by": F("raised_by")}),
    check("complaint_not_decided_by_other", Complaint, {"decided_by": F("answered_by")}, answered_by__isnull=False),
    words("goods_return_status_legal", GoodsReturn),
    bounds("return_bounded", GoodsReturn, "asked_g", 1, MOST_G, status="asked"),
    check(
        "correction_is_countersigned", GoodsReturn,
        {"countersigned_by": None}, {"countersigned_at": None}, {"reason": "rotten"}, reason="scale",
    ),
    check("correction_two_people", GoodsReturn, {"countersigned_by": F("asked_by")}, reason="scale"),
    check("correction_two_sides", GoodsReturn, {"answered_by": F("countersigned_by")}, reason="scale"),
    check("correction_not_decided_by_signer", GoodsReturn, {"decided_by": F("countersigned_by")}, reason="scale"),
    check("return_answer_has_time", GoodsReturn, {"answer_by_at": F("asked_at")}),
    check(
        "return_agrees_to_something", GoodsReturn,
        {"agreed_g": 0}, {"agreed_g": F("asked_g") + 1}, {"refund_fen": -1}, {"fate": ""}, status="agreed",
    ),
    check("return_decision_has_time", GoodsReturn, {"status": "contested"}, status="asked"),
    check("return_ends", GoodsReturn, {"ended_at": MONDAY}, status="asked"),
    check("return_two_sides", GoodsReturn, {"answered_by": F("asked_by")}),
    check("return_not_decided_by_asker", GoodsReturn, {"decided_by": F("asked_by")}),
    check(
        "return_not_decided_by_seller", GoodsReturn, {"decided_by": F("answered_by")}, answered_by__isnull=False
    ),
    words("invoice_status_legal", Invoice, status="returned"),
    check("invoice_has_one_seller", Invoice, {"household": None, "cooperative": None}),
    bounds("invoice_bounded", Invoice, "total_fen", 1, MOST_FEN),
    check("invoice_two_people", Invoice, {"decided_by": F("by")}, status="matched"),
    check(
        "invoice_decided_whole", Invoice,
        {"differences": 1}, {"decided_by": None}, {"decided_at": None}, {"status": "accepted"}, {"status": "returned"},
        {"status": "waiting"}, {"status": "returned", "words": "错", "decided_by": None},
        {"status": "returned", "words": "错", "decided_at": None},
        status="matched",
    ),
    check(
        "invoice_line_bounded", InvoiceLine,
        {"weight_g": 0}, {"weight_g": MOST_G + 1}, {"price_kg_fen": 0}, {"price_kg_fen": MOST_FEN + 1},
        {"amount_fen": 0}, {"amount_fen": MOST_FEN + 1},
    ),
]  # fmt: skip

UNIQUES = [
    unique("number", PurchaseOrder),
    unique("order_line_position", OrderLine),
    unique("order_unit_once", OrderUnit),
    unique("basket_once", Basket),
    unique("line", LineTerms),
    unique("one_plan_kept_at_a_time", KeptPlan, status="kept"),
    unique("order_line", KeptPlan, status="ordered"),
    unique("kept_lot_once", KeptLot),
    unique("lot_answered_by_one_text", TextAnswer),
    unique("allocation", Amendment),
    unique("one_ask_a_lot", Allocation, status="held"),
    unique("replaces", Allocation, replaces__isnull=False),
    unique("replaces", PurchaseOrder, replaces__isnull=False),
    unique("number", Delivery),
    unique("lot_once_a_trip", DeliveryLine),
    unique("delivery", Arrival),
    unique("hand_over", HandOverAnswer),
    unique("hand_over", HandOverEnd),
    unique("number", GoodsReceipt),
    unique("one_receipt_a_delivery", GoodsReceipt, status="signed"),
    unique("receipt_line_once", ReceiptLine),
    unique("number", SettlementStatement),
    unique("payable", SettlementStatement),
    unique("transport_stated_once", StatementLine, brought__isnull=False),
    unique("delivery", TripPrice),
    unique("goods_stated_once", StatementLine, kind="goods"),
    unique("goods_return", StatementLine, goods_return__isnull=False),
    unique("carries", StatementLine, carries__isnull=False),
    unique("statement", Recovery),
    unique("reminder_once_a_day", PaymentReminder),
    unique("limit_told_once", LimitReminder),
    unique("recovery_ends_once", RecoveryEnd, status="confirmed"),
    unique("number", Complaint, status="offered"),
    unique("one_complaint_at_a_time", Complaint, status="offered"),
    unique("complaint", GoodsReturn, complaint__isnull=False, status="agreed"),
    unique("number", GoodsReturn, status="asked"),
    unique("code", ReadLink),
    unique("fund_file_one_at_a_time", FundFile, made_at=None),
    unique("rated_once", Rating, replaces=None),
    unique("replaces", Rating, replaces__isnull=False),
    unique("one_correction_at_a_time", GoodsReturn, reason="scale"),
    unique("counterpart", StatementLine, counterpart__isnull=False),
    unique("invoice_once", Invoice, status="matched"),
    unique("statement_once_an_invoice", InvoiceStatement),
]


def a_second_buyer(like: Organisation) -> Organisation:
    return an_organisation("buyer", "石城县人民医院", like.place, channel="hospital")


@pytest.mark.parametrize("case", CHECKS)
def test_a_row_cannot_become_what_its_check_forbids(case):
    refuses_each_change(case)


@pytest.mark.parametrize("case", UNIQUES)
def test_a_second_row_cannot_equal_the_first(case):
    refuses_a_twin(case)


@pytest.mark.guard("trigger orders_purchaseorder.requester_takes_part")
def test_whoever_places_an_order_takes_part_in_it():
    order = twin(a_row(PurchaseOrder), status="awaiting")
    order.save(force_insert=True)

    assert Participation.objects.filter(document=order.reference, stage="request").exists()


@pytest.mark.guard("trigger orders_purchaseorder.paid_from_its_own_purse")
def test_an_order_is_paid_from_a_purse_of_its_buyer_and_of_the_year_it_is_placed_in():
    row = a_row(PurchaseOrder, purchase_plan=None)
    year = row.fund.fiscal_year
    eve, new_year = (dt.datetime(one, 12, 31, 16, tzinfo=dt.UTC) for one in (year - 1, year))  # midnight in the county
    second = dt.timedelta(seconds=1)
    for inside in (eve, new_year - second):
        with transaction.atomic():
            twin(row, status="awaiting", placed_at=inside).save(force_insert=True)
            transaction.set_rollback(True)
    others = [
        {"placed_at": eve - second},
        {"placed_at": new_year},
        {"buyer": Organisation.objects.exclude(pk=row.buyer_id).first().pk},
    ]
    for other in others:
        with refused_by("orders_purchaseorder.paid_from_its_own_purse"):
            twin(row, status="awaiting", **other).save(force_insert=True)


@pytest.mark.guard("trigger orders_purchaseorder.draws_on_its_own_plan")
def test_an_order_names_an_approved_plan_of_its_buyer_fund_and_day():
    row = a_row(PurchaseOrder, purchase_plan__isnull=False)
    plan = row.purchase_plan
    with transaction.atomic():
        twin(row, status="awaiting").save(force_insert=True)
        transaction.set_rollback(True)
    others = [
        {"deliver_on": plan.to_on + dt.timedelta(days=1)},
        {"deliver_on": plan.from_on - dt.timedelta(days=1)},
        {"buyer": Organisation.objects.exclude(pk=row.buyer_id).first().pk},
        {"fund": a_fund(row.buyer, "own").pk},
        {
            "purchase_plan": a_purchase_plan(
                row.fund, by=a_user("倪师傅", "buyer", row.buyer), kind="event", record="9号"
            ).pk
        },
    ]
    for other in others:
        with refused_by("orders_purchaseorder.draws_on_its_own_plan"):
            twin(row, status="awaiting", **other).save(force_insert=True)


@pytest.mark.guard("trigger orders_orderline.within_the_goods_of_its_plan")
def test_a_line_of_an_order_on_a_plan_is_of_one_of_its_goods():
    row, bare = a_row(OrderLine, plan_goods__isnull=False), a_row(OrderLine, plan_goods=None)
    named, of_class = row.order.purchase_plan.named_goods.order_by("position")
    other = a_row(PlanGoods, plan__committee_record="15号")
    duck = twin(row.produce, name="鸭", code="duck", category=ProduceCategory.objects.create(code="x", position=9).pk)
    duck.save(force_insert=True)
    for right in ({"plan_goods": named.pk}, {"plan_goods": of_class.pk}):
        with transaction.atomic():
            twin(row, position=19, **right).save(force_insert=True)
            transaction.set_rollback(True)

    wrong = [{"plan_goods": None}, {"plan_goods": other.pk}]
    wrong += [{"plan_goods": goods.pk, "produce": duck.pk} for goods in (named, of_class)]
    for changes in wrong:
        with refused_by("orders_orderline.within_the_goods_of_its_plan"):
            twin(row, position=19, **changes).save(force_insert=True)
    with refused_by("orders_orderline.within_the_goods_of_its_plan"):
        twin(bare, position=19, plan_goods=named.pk).save(force_insert=True)


@pytest.mark.guard("trigger orders_purchaseorder.kitchen_of_its_buyer")
def test_an_order_names_a_canteen_that_its_buyer_has_or_shares_on_the_day():
    row, day = a_row(PurchaseOrder, kitchen__isnull=False), dt.timedelta(days=1)
    share = a_row(KitchenShare, to_on__isnull=False)
    kitchen, sharing = share.kitchen, {"buyer": share.organisation_id, "fund": a_fund(share.organisation, "own").pk}
    for days in (
        {"buyer": kitchen.organisation_id, "deliver_on": kitchen.from_on},
        {**sharing, "deliver_on": share.from_on},
        {**sharing, "deliver_on": share.to_on - day},
    ):
        with transaction.atomic():
            twin(row, status="awaiting", kitchen=kitchen.pk, **days).save(force_insert=True)
            transaction.set_rollback(True)
    for days in (
        {"buyer": kitchen.organisation_id, "deliver_on": kitchen.from_on - day},
        {**sharing, "deliver_on": share.from_on - day},
        {**sharing, "deliver_on": share.to_on},
    ):
        with refused_by("orders_purchaseorder.kitchen_of_its_buyer"):
            twin(row, status="awaiting", kitchen=kitchen.pk, **days).save(force_insert=True)


@pytest.mark.guard("trigger orders_allocation.seller_is_the_lots")
def test_an_allocation_names_the_seller_and_the_village_of_its_lot():
    row = a_row(Allocation, household__isnull=False)
    as_on_the_lot = {"status": "held", "listing": row.listing_id, "line": another(Allocation._meta.get_field("line"))}
    others = {
        "household": Household.objects.exclude(pk=row.household_id),
        "cooperative": Organisation.objects.all(),
        "agent": Organisation.objects.exclude(pk=row.agent_id),
        "village": Place.objects.exclude(pk=row.village_id),
    }
    with transaction.atomic():
        twin(row, **as_on_the_lot).save(force_insert=True)
        transaction.set_rollback(True)

    for column, strangers in others.items():
        with refused_by("orders_allocation.seller_is_the_lots"):
            twin(row, **as_on_the_lot, **{column: strangers.first().pk}).save(force_insert=True)


@pytest.mark.guard("trigger orders_settlementstatement.statement_is_the_trips")
def test_a_statement_names_the_buyer_of_its_trip_and_a_fund_of_that_buyer():
    row = a_row(SettlementStatement, household__isnull=False)
    stranger = a_second_buyer(row.buyer)
    foreign = a_fund(stranger, yuan=0)
    fresh = {"payable": None, "total_fen": 0}
    with transaction.atomic():
        twin(row, **fresh).save(force_insert=True)
        transaction.set_rollback(True)

    for wrong in ({"buyer": stranger.pk}, {"fund": foreign.pk}):
        with refused_by("orders_settlementstatement.statement_is_the_trips"):
            twin(row, **fresh, **wrong).save(force_insert=True)

    haulier = {"household": None, "carrier": row.buyer.pk, "payable": a_row(Payable).pk, "total_fen": 1}
    with refused_by("orders_settlementstatement.statement_is_the_trips"):
        twin(row, **haulier).save(force_insert=True)


@pytest.mark.guard("trigger orders_orderunit.unit_before_settlement")
def test_no_order_counts_for_others_once_goods_of_it_are_settled():
    row = a_row(OrderUnit)
    settled = a_row(StatementLine, receipt_line__isnull=False).receipt_line.allocation.order_id
    with entering("registerchange:0"):
        with transaction.atomic():
            twin(row, turn=2).save(force_insert=True)
            transaction.set_rollback(True)
        with refused_by("orders_orderunit.unit_before_settlement"):
            twin(row, order=settled).save(force_insert=True)


@pytest.mark.guard("trigger orders_tripprice.price_by_one_rule")
def test_a_price_is_of_a_hauliers_trip_whose_orders_share_one_rule_of_carts():
    row = a_row(TripPrice)
    carried = DeliveryLine.objects.filter(delivery=row.delivery)
    outside = Delivery.objects.exclude(pk=row.delivery_id).exclude(carrier=None).filter(
        lines__allocation__order__transport_payer=0
    )  # fmt: skip
    nobodys = twin(row.delivery, number="FH000000000", carrier=None)
    nobodys.save(force_insert=True)
    twin(carried.get(), delivery=nobodys.pk).save(force_insert=True)
    ours = twin(row.delivery, number="FH000000001")
    ours.save(force_insert=True)
    twin(carried.get(), delivery=ours.pk).save(force_insert=True)
    twin(row, delivery=ours.pk).save(force_insert=True)

    for delivery in (nobodys, outside.first()):
        with refused_by("orders_tripprice.price_by_one_rule"):
            twin(row, delivery=delivery.pk).save(force_insert=True)


@pytest.mark.guard("trigger orders_invoicestatement.statement_is_the_invoices")
def test_an_invoice_is_for_statements_of_its_seller_and_fund():
    row = a_row(InvoiceStatement)
    strangers = SettlementStatement.objects.exclude(household=row.invoice.household_id)
    fresh = twin(row.invoice, status="waiting", number="77", decided_by=None, decided_at=None, words="")
    fresh.save(force_insert=True)
    with transaction.atomic():
        twin(row, invoice=fresh.pk).save(force_insert=True)
        transaction.set_rollback(True)

    with refused_by("orders_invoicestatement.statement_is_the_invoices"):
        twin(row, invoice=fresh.pk, statement=strangers.first().pk).save(force_insert=True)


@pytest.mark.guard("trigger orders_deliveryline.buyer_is_the_trips")
def test_a_trip_carries_goods_of_its_own_buyer_alone():
    row = a_row(DeliveryLine)
    elsewhere = twin(row.delivery, buyer=a_second_buyer(row.delivery.buyer).pk)
    elsewhere.save(force_insert=True)

    with refused_by("orders_deliveryline.buyer_is_the_trips"):
        twin(row, delivery=elsewhere.pk).save(force_insert=True)


@pytest.mark.guard("trigger orders_handover.taker_hauls")
def test_goods_are_taken_by_somebody_who_drives_for_the_organisation():
    row = a_row(HandOver)
    twin(row).save(force_insert=True)

    for wrong in ({"carrier": a_second_buyer(row.carrier).pk}, {"taken_by": row.allocation.order.requester_id}):
        with refused_by("orders_handover.taker_hauls"):
            twin(row, **wrong).save(force_insert=True)


@pytest.mark.guard("trigger orders_handoveranswer.answered_by_another")
def test_whoever_took_the_goods_does_not_answer_for_the_seller():
    said = a_row(HandOverAnswer)
    taken = twin(said.hand_over)
    taken.save(force_insert=True)

    with refused_by("orders_handoveranswer.answered_by_another"):
        twin(said, hand_over=taken.pk, by=taken.taken_by_id).save(force_insert=True)
    twin(said, hand_over=taken.pk).save(force_insert=True)


@pytest.mark.guard("trigger orders_handoverend.back_is_of_the_handed")
def test_no_more_comes_back_than_was_handed_over():
    end = a_row(HandOverEnd)
    taken = twin(end.hand_over)
    taken.save(force_insert=True)

    for wrong in ({"back_g": taken.weight_g + 1}, {"back_pieces": 1}):
        with refused_by("orders_handoverend.back_is_of_the_handed"):
            twin(end, hand_over=taken.pk, **wrong).save(force_insert=True)
    twin(end, hand_over=taken.pk).save(force_insert=True)


@pytest.mark.guard("trigger orders_receiptline.lot_is_the_trips")
def test_a_receipt_weighs_lots_of_its_own_trip_alone():
    row = a_row(ReceiptLine)
    trip = twin(row.delivery_line.delivery)
    trip.save(force_insert=True)
    other = twin(row.delivery_line, delivery=trip.pk)
    other.save(force_insert=True)

    with refused_by("orders_receiptline.lot_is_the_trips"):
        twin(row, delivery_line=other.pk).save(force_insert=True)


@pytest.mark.guard("trigger orders_receiptline.grade_is_the_lots")
def test_goods_are_taken_only_in_a_grade_of_their_lot():
    row = a_row(ReceiptLine, accepted_g__gte=1)
    trip = twin(row.delivery_line.delivery)
    trip.save(force_insert=True)
    carried = twin(row.delivery_line, delivery=trip.pk)
    carried.save(force_insert=True)
    receipt = twin(row.receipt, delivery=trip.pk)
    with past_triggers():
        GoodsReceipt.objects.bulk_create([receipt])
    of_trip = {"receipt": receipt.pk, "delivery_line": carried.pk}
    with transaction.atomic():
        twin(row, **of_trip).save(force_insert=True)
        transaction.set_rollback(True)

    with refused_by("orders_receiptline.grade_is_the_lots"):
        twin(row, **of_trip, grade="second").save(force_insert=True)


@pytest.mark.guard("unique grade_stated_once")
def test_what_a_lower_grade_costs_less_is_stated_once():
    goods = a_row(StatementLine, kind="goods")
    step = {"kind": "grade", "weight_g": 0, "amount_fen": -1, "receipt_line": goods.receipt_line_id}
    steps = [twin(goods, **step) for _step in range(2)]
    with past_triggers():
        steps[0].save(force_insert=True)

    with refused_by("grade_stated_once"), past_triggers():
        steps[1].save(force_insert=True)


@pytest.mark.guard("trigger orders_rating.rates_what_happened")
def test_only_what_was_signed_for_is_rated_and_a_later_word_is_of_the_same():
    row = a_row(Rating, replaced_by=None)
    others = ReceiptLine.objects.exclude(pk=row.receipt_line_id).filter(receipt__status="signed")
    again = {"receipt_line": row.receipt_line_id, "replaces": row.pk}
    with transaction.atomic():
        twin(row, **again).save(force_insert=True)
        transaction.set_rollback(True)

    unsigned = twin(row.receipt_line.receipt, status="weighed", signed_by=None, signed_at=None, signed_on=None)
    unsigned.delivery = twin(row.receipt_line.receipt.delivery)
    unsigned.delivery.save(force_insert=True)
    unsigned.save(force_insert=True)
    carried = twin(row.receipt_line.delivery_line, delivery=unsigned.delivery.pk)
    carried.save(force_insert=True)
    weighed = twin(row.receipt_line, receipt=unsigned.pk, delivery_line=carried.pk)
    weighed.save(force_insert=True)
    for wrong in ({"receipt_line": weighed.pk}, {"receipt_line": others.first().pk, "replaces": row.pk}):
        with refused_by("orders_rating.rates_what_happened"):
            twin(row, **wrong).save(force_insert=True)


@pytest.mark.guard("trigger orders_goodsreturn.never_more_than_accepted")
def test_over_all_returns_of_a_line_no_more_goes_back_than_was_accepted():
    row = a_row(GoodsReturn, status="asked")
    accepted_g = row.receipt_line.accepted_g
    force(row, asked_g=1)
    left = accepted_g - sum(other.agreed_g or other.asked_g for other in row.receipt_line.returns.all())
    with transaction.atomic():
        twin(row, receipt_line=row.receipt_line_id, asked_g=left).save(force_insert=True)
        transaction.set_rollback(True)

    with refused_by("orders_goodsreturn.never_more_than_accepted"):
        twin(row, receipt_line=row.receipt_line_id, asked_g=left + 1).save(force_insert=True)


@pytest.mark.guard("trigger orders_statementline.carries_a_whole_rest")
def test_a_line_carries_the_whole_rest_of_an_earlier_statement_of_the_same_seller_and_fund():
    row = a_row(StatementLine, kind="carried")
    claimed = a_row(Recovery).statement

    for wrong in ({"amount_fen": row.amount_fen + 1}, {"carries": claimed.pk, "amount_fen": claimed.total_fen}):
        with refused_by("orders_statementline.carries_a_whole_rest"):
            twin(row, **wrong).save(force_insert=True)


@pytest.mark.guard("trigger orders_recovery.recovered_once")
def test_no_rest_is_claimed_that_was_carried_on_or_taken_off():
    row, carried = a_row(Recovery), a_row(StatementLine, kind="carried")
    taken = SettlementStatement.objects.get(pk=a_row(PayableOffset).document.partition(":")[2])

    for statement, amount_fen in ((carried.carries, -carried.amount_fen), (taken, -taken.total_fen)):
        with refused_by("orders_recovery.recovered_once"):
            twin(row, statement=statement.pk, amount_fen=amount_fen).save(force_insert=True)
