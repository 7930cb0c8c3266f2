"""The same chain for programs: keys required, foreign ids unknown, changed prices refused with the new one."""

import json

import pytest
from django.urls import reverse

from catalog.services import listings
from orders.models import Delivery, GoodsReceipt, PurchaseOrder, SettlementStatement
from orders.services.sweeping import ask_waiting
from records.models import Attachment
from tests.factories import MONDAY, THURSDAY, TUESDAY, WEDNESDAY, a_fund, a_user, login
from tests.orders.steps import KG, purse, totals, wish
from tests.orders.test_shown_again import a_photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(client):
    def send(user, name, *args, key="k", **body):
        login(client, user)
        headers = {"Idempotency-Key": key} if key is not None else {}
        return client.post(
            reverse(f"api-{name}", args=args), json.dumps(body), content_type="application/json", headers=headers
        )

    return send


def order_of(fund, of, kg="40", **lot):
    line = {"produce": of.produce.code, "lots": [{"listing": of.pk, "kg": kg, "price": "0.80"} | lot]}
    return {"fund": fund.pk, "deliver_on": "2026-11-05", "lines": [line]}


def test_the_chain_through_the_api(
    call, client, now, fund, chef_chen, xiuying, haulier, receiver_wang, receiver_sun, cashier_yu, second_qiu,
    cabbage_of_xiuying,
):  # fmt: skip
    placed = call(chef_chen, "order-list", **order_of(fund, cabbage_of_xiuying))
    assert placed.status_code == 201
    assert (placed.json()["held"], placed.json()["needs_approval"]) == ("64.00", False)
    order_id = placed.json()["id"]
    assert ask_waiting(at=MONDAY) == 1
    answer = client.get(reverse("api-order-detail", args=[order_id])).json()
    [lot] = answer["lots"]
    assert (answer["status"], lot["kg"], lot["seller"], lot["amount"]) == ("asking", "40", "黄秀英", "64.00")
    lot_id = lot["id"]
    now["at"] = TUESDAY
    assert call(xiuying, "sale-confirm", lot_id).json()["status"] == "confirmed"
    now["at"] = WEDNESDAY
    shipped = call(haulier, "delivery-ship", order_id, loads=[{"lot": lot_id, "kg": "40"}])
    assert shipped.status_code == 201
    now["at"] = THURSDAY
    weighed = call(
        receiver_wang, "delivery-weigh", shipped.json()["id"],
        lots=[{"lot": lot_id, "gross": "40.2", "tare": "2.2", "refused": "3", "reason": "short"}],
    )  # fmt: skip
    assert weighed.status_code == 201
    assert call(receiver_sun, "receipt-sign", weighed.json()["id"]).json()["status"] == "signed"
    login(client, cashier_yu)
    [statement] = client.get(reverse("api-statement-list")).json()["results"]
    assert (statement["total"], statement["kg"], statement["payment"]) == ("56.00", "35", "none")
    recorded = call(cashier_yu, "payment-record", statement["id"], voucher_number="2026-77")
    assert recorded.json()["payment"] == "prepared"
    assert call(second_qiu, "payment-confirm", statement["id"]).json()["payment"] == "paid"
    assert purse(fund) == (56_00, 0, 10_000_00 - 56_00)


def test_a_step_without_a_key_does_nothing(call, now, fund, chef_chen, cabbage_of_xiuying):
    answer = call(chef_chen, "order-list", key=None, **order_of(fund, cabbage_of_xiuying))

    assert answer.status_code == 400
    assert not PurchaseOrder.objects.exists()


def test_the_same_key_gives_the_same_order_and_another_body_is_refused(call, now, fund, chef_chen, cabbage_of_xiuying):
    first = call(chef_chen, "order-list", **order_of(fund, cabbage_of_xiuying))
    again = call(chef_chen, "order-list", **order_of(fund, cabbage_of_xiuying))
    other = call(chef_chen, "order-list", **order_of(fund, cabbage_of_xiuying, kg="41"))

    assert first.json()["id"] == again.json()["id"]
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert totals(cabbage_of_xiuying)[1] == 40 * KG


def test_a_changed_price_is_refused_with_the_new_one(call, now, fund, chef_chen, xiuying, cabbage_of_xiuying):
    listings.change_price(cabbage_of_xiuying, price_fen=85, by=xiuying, at=MONDAY)

    answer = call(chef_chen, "order-list", **order_of(fund, cabbage_of_xiuying))

    assert (answer.status_code, answer.json()["code"]) == (409, "price_changed")
    assert "1.70" in answer.json()["message"]
    assert not PurchaseOrder.objects.exists()


def test_another_buyers_purse_and_a_foreign_order_are_not_found(
    call, now, fund, hospital, chef_chen, cabbage_of_xiuying
):
    stranger = a_user("外人", "buyer", hospital)
    foreign = a_fund(hospital)

    assert call(chef_chen, "order-list", **order_of(foreign, cabbage_of_xiuying)).status_code == 404
    placed = call(chef_chen, "order-list", **order_of(fund, cabbage_of_xiuying)).json()
    assert call(stranger, "order-cancel", placed["id"], why="x").status_code == 404
    assert call(stranger, "order-list", **order_of(fund, cabbage_of_xiuying)).status_code == 404
    assert PurchaseOrder.objects.count() == 1


def test_amounts_and_states_sent_along_are_not_believed(call, now, fund, chef_chen, cabbage_of_xiuying):
    body = order_of(fund, cabbage_of_xiuying) | {"held_fen": 1, "status": "settled", "needs_approval": False}

    assert call(chef_chen, "order-list", **body).json()["held"] == "64.00"


@pytest.mark.parametrize(
    "lot",
    [*[{"kg": typed} for typed in ("NaN", "1e3", "-1", "0", "1_000", True, [], None)], {"price": "0"}, {"price": "x"},
     {"pieces": 3}, {"listing": "9" * 25}, {"price_unit_g": 0}],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_read_is_refused_and_nothing_is_ordered(call, now, fund, chef_chen, cabbage_of_xiuying, lot):
    answer = call(chef_chen, "order-list", **order_of(fund, cabbage_of_xiuying, **lot))

    assert answer.status_code == 400
    assert not PurchaseOrder.objects.exists()


def test_a_lot_that_does_not_exist_is_a_refusal_not_a_fault(call, now, fund, chef_chen, cabbage_of_xiuying):
    answer = call(chef_chen, "order-list", **order_of(fund, cabbage_of_xiuying, listing=2**62))

    assert (answer.status_code, answer.json()["code"]) == (409, "not_on_sale")


@pytest.mark.parametrize("who", ["xiuying", "coop_manager", "receiver_wang", "treasurer_zhou", "official", "auditor"])
def test_only_buyers_order(call, now, fund, request, cabbage_of_xiuying, who):
    assert call(request.getfixturevalue(who), "order-list", **order_of(fund, cabbage_of_xiuying)).status_code == 403


def test_a_lot_of_another_delivery_is_not_weighed(
    call, now, story, receiver_wang, cabbage_of_xiuying, cabbage_of_guiying
):
    delivery = story.shipped(wish((cabbage_of_xiuying, 40)))
    other = story.shipped(wish((cabbage_of_guiying, 40)))
    own, foreign = delivery.lines.get().allocation_id, other.lines.get().allocation_id

    answer = call(
        receiver_wang, "delivery-weigh", delivery.pk,
        lots=[{"lot": own, "gross": "40"}, {"lot": foreign, "gross": "40"}],
    )  # fmt: skip

    assert answer.status_code == 400
    assert not GoodsReceipt.objects.exists()


@pytest.mark.parametrize("door", ["api-delivery-ship", "api-trip-new", "api-delivery-weigh"])
def test_a_lot_that_stands_twice_is_refused(call, now, story, haulier, receiver_wang, cabbage_of_xiuying, door):
    wanted = wish((cabbage_of_xiuying, 40))
    trip = story.shipped(wanted) if door == "api-delivery-weigh" else None
    order = PurchaseOrder.objects.get() if trip else story.confirmed(wanted)
    now["at"] = THURSDAY
    lot = order.allocations.get().pk
    twice = [{"lot": lot, "kg": kg, "gross": kg} for kg in ("10", "20")]
    who, args = (receiver_wang, [trip.pk]) if trip else (haulier, [order.pk] if door == "api-delivery-ship" else [])

    answer = call(who, door.removeprefix("api-"), *args, orders=[order.pk], loads=twice, lots=twice)

    assert (answer.status_code, "只写一次" in answer.content.decode()) == (400, True)
    assert (Delivery.objects.count(), GoodsReceipt.objects.count()) == (int(bool(trip)), 0)


def test_a_program_shows_what_goes_back_before_it_weighs(call, now, client, story, receiver_wang, cabbage_of_xiuying):
    delivery = story.shipped(wish((cabbage_of_xiuying, 40)))
    lot = delivery.lines.get().allocation_id
    back = {"lots": [{"lot": lot, "gross": "40", "refused": "6", "reason": "rotten"}]}
    assert call(receiver_wang, "delivery-weigh", delivery.pk, **back).json()["code"] == "refusal_not_shown"

    def shown(lot, key):
        typed = {"lot": lot, "shows": "refused", "photo": a_photo()}
        url = reverse("api-delivery-show", args=[delivery.pk])
        return login(client, receiver_wang).post(url, typed, headers={"Idempotency-Key": key}).status_code

    assert shown(lot + 1000, "p0") == 404
    assert [shown(lot, "p1"), shown(lot, "p1")] == [201, 201]
    weighed = call(receiver_wang, "delivery-weigh", delivery.pk, key="again", **back)

    assert weighed.status_code == 201
    assert Attachment.objects.get(document=f"receipt:{weighed.json()['id']}").role == f"refused:{lot}"
    assert shown(lot, "p2") == 409


def test_one_receiver_does_not_sign_twice(call, now, story, receiver_wang, cabbage_of_xiuying):
    receipt = story.weighed(wish((cabbage_of_xiuying, 40)))

    answer = call(receiver_wang, "receipt-sign", receipt.pk)

    assert (answer.status_code, answer.json()["code"]) == (409, "already_took_part")
    assert not SettlementStatement.objects.exists()


@pytest.mark.parametrize(
    ("goods", "quantity", "code"),
    [
        ("ducks", {"kg": "0.020"}, "count_them"),
        ("ducks", {"kg": "20"}, "count_them"),
        ("cabbage_of_xiuying", {"pieces": 5000}, "weigh_them"),
    ],
)
def test_a_quantity_in_the_unit_of_other_goods_is_refused(call, now, fund, chef_chen, request, goods, quantity, code):
    lot = request.getfixturevalue(goods)

    answer = call(chef_chen, "order-list", **order_of(fund, lot, kg=None) | _only(lot, quantity))

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not PurchaseOrder.objects.exists()


def test_ducks_are_ordered_by_the_head(call, now, fund, chef_chen, ducks):
    placed = call(chef_chen, "order-list", **order_of(fund, ducks) | _only(ducks, {"pieces": 2}))

    assert placed.status_code == 201
    assert PurchaseOrder.objects.get().allocations.get().quantity == 2


def _only(lot, quantity):
    """Return the lines of an order that takes this much of one lot."""
    price = f"{lot.price_fen // 100}.{lot.price_fen % 100:02}"
    return {"lines": [{"produce": lot.produce.code, "lots": [{"listing": lot.pk, "price": price, **quantity}]}]}
