"""What the tables of orders, deliveries, receipts and statements refuse, whoever writes."""

import pytest
from django.db import transaction
from django.db.models import F, Subquery

from accounts.models import Household, Organisation, Place
from catalog.models import MOST_G
from orders.models import (
    Allocation,
    Basket,
    Delivery,
    DeliveryLine,
    GoodsReceipt,
    LineTerms,
    OrderLine,
    PurchaseOrder,
    ReceiptLine,
    SettlementStatement,
    StatementLine,
)
from produce.models import MOST_PRICE_FEN, Produce
from records.models import MOST_FEN, Participation
from tests.guards.cases import bounds, check, refuses_a_twin, refuses_each_change, unique, words
from tests.guards.rows import a_row, another, refused_by, twin

CHECKS = [
    words("order_status_legal", PurchaseOrder),
    bounds("order_amount_bounded", PurchaseOrder, "held_fen", 1, MOST_FEN),
    check("order_judged_whole", PurchaseOrder, {"judged_fen": F("held_fen") - 1}),
    check("approval_has_an_end", PurchaseOrder, {"needs_approval": True, "approve_by_at": None}),
    bounds("asked_bounded", OrderLine, "asked_g", 1, MOST_G),
    check(
        "line_terms_name_what_comes_instead", LineTerms,
        {"otherwise": "swap", "swap": None}, {"otherwise": "less", "swap": Subquery(Produce.objects.values("pk")[:1])},
    ),
    words("allocation_status_legal", Allocation),
    check(
        "allocation_bounded", Allocation,
        {"quantity": 0}, {"quantity": MOST_G + 1}, {"weight_g": 0}, {"weight_g": MOST_G + 1},
    ),
    check(
        "allocation_priced", Allocation,
        {"price_fen": 0}, {"price_fen": MOST_PRICE_FEN + 1}, {"amount_fen": 0},
    ),
    bounds("shipped_bounded", DeliveryLine, "shipped_g", 1, MOST_G),
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
    bounds("statement_bounded", SettlementStatement, "total_fen", 1, MOST_FEN),
    check("statement_line_bounded", StatementLine, {"weight_g": 0}, {"amount_fen": -1}),
]  # fmt: skip

UNIQUES = [
    unique("number", PurchaseOrder),
    unique("order_line_position", OrderLine),
    unique("basket_once", Basket),
    unique("line", LineTerms),
    unique("one_allocation_a_lot", Allocation),
    unique("number", Delivery),
    unique("order", Delivery),
    unique("allocation", DeliveryLine),
    unique("number", GoodsReceipt),
    unique("one_receipt_a_delivery", GoodsReceipt, status="signed"),
    unique("receipt_line_once", ReceiptLine),
    unique("number", SettlementStatement),
    unique("payable", SettlementStatement),
    unique("one_statement_a_seller", SettlementStatement),
    unique("receipt_line", StatementLine),
]


@pytest.mark.parametrize("case", CHECKS)
def test_a_row_cannot_become_what_its_check_forbids(case):
    refuses_each_change(case)


@pytest.mark.parametrize("case", UNIQUES)
def test_a_second_row_cannot_equal_the_first(case):
    refuses_a_twin(case)


@pytest.mark.guard("trigger orders_purchaseorder.requester_takes_part")
def test_whoever_places_an_order_takes_part_in_it():
    order = twin(a_row(PurchaseOrder), status="placed")
    order.save(force_insert=True)

    assert Participation.objects.filter(document=order.reference, stage="request").exists()


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


@pytest.mark.guard("trigger orders_settlementstatement.buyer_is_the_orders")
def test_a_statement_names_the_buyer_of_its_order():
    row = a_row(SettlementStatement, household__isnull=False)
    of_the_order = {"order": row.order_id, "household": another(SettlementStatement._meta.get_field("household"))}
    stranger = Organisation.objects.exclude(pk=row.buyer_id).first()
    with transaction.atomic():
        twin(row, **of_the_order).save(force_insert=True)
        transaction.set_rollback(True)

    with refused_by("orders_settlementstatement.buyer_is_the_orders"):
        twin(row, **of_the_order, buyer=stranger.pk).save(force_insert=True)
