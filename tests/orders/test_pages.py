"""The whole chain through its pages, as the cast: from 「要货」 to the bank transfer; and who may not."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from canteens.services import load_default_tiers
from ledger.models import Payment
from orders.models import GoodsReceipt, PurchaseOrder, SettlementStatement
from orders.selectors import plans as planning
from tests.factories import a_fund, a_household, a_listing, login
from tests.orders.steps import KG, purse, totals, wish
from tests.trips import order_of, trip_of

pytestmark = pytest.mark.django_db


def hidden(page, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    assert found, f"no {name} on the page"
    return found.group(1)


def want(purse_, **changes):
    typed = {"produce": "cabbage", "quantity_0": "150", "quantity_1": "kg", "on": "2026-11-05"}
    return typed | {"fund": str(purse_.pk)} | changes


def check_page(client, fund, kind="fair", **changes):
    return client.get(reverse("order-plan"), want(fund, **changes) | {"plan": kind})


def order_from(client, page, fund, kind="fair", **changes):
    typed = want(fund, **changes) | {"plan": kind, "shown": hidden(page, "shown"), "idem": hidden(page, "idem")}
    return client.post(reverse("order-plan"), typed)


def test_plan_pages_say_how_many_lots_were_looked_at_where_not_all(
    client, now, fund, chef_chen, cabbage_of_xiuying, cabbage_of_guiying, monkeypatch
):
    login(client, chef_chen)
    said = "能供这批货的有 2 批，方案只看了其中 1 批"
    whole = [client.get(reverse("order-plan"), want(fund)), check_page(client, fund)]
    monkeypatch.setattr(planning, "MOST_LOTS", 1)

    cut = [client.get(reverse("order-plan"), want(fund)), check_page(client, fund)]

    assert [said in page.content.decode() for page in (*whole, *cut)] == [False, False, True, True]


def test_from_the_wish_to_the_bank_transfer(
    client, now, fund, chef_chen, xiuying, guiying, haulier, receiver_wang, receiver_sun, treasurer_zhou, chair_tan,
    cabbage_of_xiuying, cabbage_of_guiying,
):  # fmt: skip
    from tests.factories import THURSDAY, TUESDAY, WEDNESDAY

    login(client, chef_chen)
    assert client.get(reverse("order-new")).status_code == 200
    plans = client.get(reverse("order-plan"), want(fund))
    assert plans.status_code == 200
    assert "235.00" in plans.content.decode()  # all 100 kg of the poor household, 50 kg of the neighbour
    page = check_page(client, fund)
    assert page.status_code == 200
    assert order_from(client, page, fund).status_code == 302
    order = PurchaseOrder.objects.get()
    assert order.status == "asking"

    now["at"] = TUESDAY
    for user, lot in ((xiuying, cabbage_of_xiuying), (guiying, cabbage_of_guiying)):
        login(client, user)
        assert "石城县第一中学" in client.get(reverse("sale-list")).content.decode()
        allocation = order.allocations.get(listing=lot)
        page = client.get(reverse("sale-detail", args=[allocation.pk]))
        client.post(reverse("sale-confirm", args=[allocation.pk]), {"idem": hidden(page, "idem")})
    order.refresh_from_db()
    assert order.status == "under_way"

    now["at"] = WEDNESDAY
    login(client, haulier)
    assert client.get(reverse("delivery-list")).status_code == 200
    page = client.get(reverse("delivery-ship", args=[order.pk]))
    loads = {f"kg_{a.pk}": str(a.weight_g / KG) for a in order.allocations.all()}
    assert (
        client.post(reverse("delivery-ship", args=[order.pk]), loads | {"idem": hidden(page, "idem")}).status_code
        == 302
    )

    now["at"] = THURSDAY
    login(client, receiver_wang)
    accept = reverse("delivery-accept", args=[trip_of(order).pk])
    first, second = order.allocations.order_by("line__position", "pk")
    assert client.get(accept).status_code == 200
    much_less = {"line": first.pk, "gross": "42.5", "tare": "2.5"}
    unsaid = client.post(accept, much_less)
    assert "请选为什么少" in unsaid.content.decode() and 'value="42.5"' in unsaid.content.decode()
    answer = client.post(accept, much_less | {"reason": "short"})
    assert answer.url == f"{accept}?line={second.pk}"
    answer = client.post(accept, {"line": second.pk, "exact": str(second.pk)})
    receipt = GoodsReceipt.objects.get()
    assert answer.url == reverse("receipt-sign", args=[receipt.pk])
    assert client.get(answer.url).status_code == 200

    login(client, receiver_sun)
    page = client.get(reverse("receipt-sign", args=[receipt.pk]))
    client.post(reverse("receipt-sign", args=[receipt.pk]), {"idem": hidden(page, "idem")})
    order.refresh_from_db()
    assert order.status == "closed"

    login(client, treasurer_zhou)
    assert client.get(reverse("statement-list"), {"view": "due"}).status_code == 200
    for statement in SettlementStatement.objects.all():
        login(client, treasurer_zhou)
        url = reverse("payment-record", args=[statement.pk])
        idem = hidden(client.get(url), "idem")
        client.post(url, {"idem": idem, "voucher_number": f"2026-{statement.pk}"})
        login(client, chair_tan)
        url = reverse("payment-confirm", args=[statement.pk])
        client.post(url, {"idem": hidden(client.get(url), "idem")})
    assert list(Payment.objects.values_list("status", flat=True)) == ["paid", "paid"]
    login(client, xiuying)
    mine = SettlementStatement.objects.get(household=cabbage_of_xiuying.household)
    assert client.get(reverse("statement-detail", args=[mine.pk])).status_code == 200


def test_sent_twice_the_order_is_placed_once(client, now, fund, chef_chen, cabbage_of_xiuying):
    login(client, chef_chen)
    page = check_page(client, fund, quantity_0="40")

    first = order_from(client, page, fund, quantity_0="40")
    second = order_from(client, page, fund, quantity_0="40")

    assert first.url == second.url
    assert PurchaseOrder.objects.count() == 1


def test_a_plan_that_changed_meanwhile_is_shown_anew_and_nothing_is_ordered(
    client, now, fund, story, chef_chen, cabbage_of_xiuying, cabbage_of_guiying
):
    login(client, chef_chen)
    page = check_page(client, fund)
    story.place(wish((cabbage_of_guiying, 80)))

    answer = order_from(client, page, fund)

    assert answer.status_code == 409
    assert PurchaseOrder.objects.count() == 1
    assert "error-summary" in answer.content.decode()
    assert hidden(answer, "shown") != hidden(page, "shown")


def test_a_purse_too_small_is_said_in_words_and_the_wish_is_kept(client, now, school, chef_chen, cabbage_of_xiuying):
    login(client, chef_chen)
    small = a_fund(school, "canteen", yuan=10)
    page = check_page(client, small, quantity_0="40")

    answer = order_from(client, page, small, quantity_0="40")

    assert answer.status_code == 409
    assert "10.00" in answer.content.decode()
    assert hidden(answer, "quantity_0") == "40"
    assert totals(cabbage_of_xiuying) == (100 * KG, 0, 0)


@pytest.mark.parametrize(
    "bad",
    [
        *[{"quantity_0": typed} for typed in ("NaN", "1e5", "-3", "0", "1,000", "9" * 30)],
        *[{"quantity_1": typed} for typed in ("piece", "筐", "")],
        *[{"on": typed} for typed in ("2026-02-30", "45000", "")],
        *[{"fund": typed} for typed in ("999999", "9" * 30, "x")],
        *[{"listing": typed} for typed in ("9" * 30, "x")],
        {"produce": "tobacco"},
        {"ceiling": "0"},
    ],
    ids=str,
)
def test_what_cannot_be_read_is_refused_beside_the_field(client, now, fund, chef_chen, cabbage_of_xiuying, bad):
    login(client, chef_chen)

    answer = client.get(reverse("order-plan"), want(fund, **bad))

    assert answer.status_code == 400
    assert "error-summary" in answer.content.decode()


def test_full_width_digits_are_read_as_they_look(client, now, fund, chef_chen, cabbage_of_xiuying):
    login(client, chef_chen)

    assert client.get(reverse("order-plan"), want(fund, quantity_0="４０.５")).status_code == 200


def test_the_purse_of_another_buyer_does_not_exist(client, now, hospital, chef_chen, cabbage_of_xiuying):
    login(client, chef_chen)
    foreign = a_fund(hospital)

    assert client.get(reverse("order-plan"), want(foreign)).status_code == 400


def test_one_lot_can_be_taken_alone(client, now, fund, chef_chen, cabbage_of_xiuying, cabbage_of_guiying):
    login(client, chef_chen)
    assert client.get(reverse("order-new"), {"listing": cabbage_of_xiuying.pk}).status_code == 200
    more = {"quantity_0": "30", "listing": str(cabbage_of_xiuying.pk)}

    order_from(client, check_page(client, fund, "chosen", **more), fund, "chosen", **more)

    assert totals(cabbage_of_xiuying)[1] == 30 * KG


def test_a_large_order_is_approved_by_another_person(client, now, school, chef_chen, approver_peng, changxi, cabbage):
    load_default_tiers()
    fund = a_fund(school, "canteen", yuan=200_000)
    a_listing(a_household(changxi), cabbage, kg=1000, price_fen=600)
    login(client, chef_chen)
    order_from(client, check_page(client, fund, quantity_0="1000"), fund, quantity_0="1000")
    order = PurchaseOrder.objects.get()
    assert order.status == "awaiting"
    approve = reverse("order-approve", args=[order.pk])
    assert client.post(approve, {"idem": "a"}).status_code == 403

    login(client, approver_peng)
    page = client.get(reverse("order-detail", args=[order.pk]))
    assert approve in page.content.decode()
    client.post(approve, {"idem": hidden(page, "idem")})

    order.refresh_from_db()
    assert order.status == "asking"


def test_calling_off_through_the_page(client, now, fund, story, chef_chen, cabbage_of_xiuying):
    order = story.asked(wish((cabbage_of_xiuying, 40)))
    login(client, chef_chen)

    client.post(reverse("order-cancel", args=[order.pk]), {"idem": "k", "why": "学校停课"})

    assert purse(fund) == (0, 0, 10_000_00)


def test_a_cadre_answers_for_a_neighbour_only_with_a_word_on_how_it_agreed(
    client, now, story, cadre_liu, cabbage_of_xiuying
):
    order = story.asked(wish((cabbage_of_xiuying, 40)))
    allocation = order.allocations.get()
    login(client, cadre_liu)
    confirm = reverse("sale-confirm", args=[allocation.pk])

    assert client.post(confirm, {"idem": "k1"}).status_code == 400
    assert client.post(confirm, {"idem": "k2", "consent": "visit"}).status_code == 302

    allocation.refresh_from_db()
    assert allocation.status == "confirmed"


@pytest.fixture
def order(story, cabbage_of_xiuying):
    return story.asked(wish((cabbage_of_xiuying, 40)))


@pytest.mark.parametrize(
    "who", ["olga", "guiying", "xiuying", "coop_manager", "cadre_liu", "haulier", "township_officer"]
)
def test_an_order_is_only_for_those_of_its_buyer(client, now, order, request, who):
    login(client, request.getfixturevalue(who))

    assert client.get(reverse("order-detail", args=[order.pk])).status_code == 404
    assert client.post(reverse("order-cancel", args=[order.pk]), {"idem": "k", "why": "x"}).status_code == 404


def test_another_buyer_sees_none_of_it(client, now, order, hospital):
    from tests.factories import a_user

    stranger = a_user("外人", "buyer", hospital)
    login(client, stranger)

    assert client.get(reverse("order-detail", args=[order.pk])).status_code == 404
    assert order.number not in client.get(reverse("order-list")).content.decode()


@pytest.mark.parametrize("who", ["olga", "guiying", "chef_chen", "receiver_wang", "township_officer"])
def test_an_ask_is_only_for_its_seller(client, now, order, request, who):
    lot = order.allocations.get()
    login(client, request.getfixturevalue(who))

    for name in ("sale-detail", "sale-confirm", "sale-decline"):
        url = reverse(name, args=[lot.pk])
        answer = client.get(url) if name == "sale-detail" else client.post(url, {"idem": "k"})
        assert answer.status_code == 404

    lot.refresh_from_db()
    assert lot.status == "held"


@pytest.mark.parametrize(
    ("who", "status"),
    [("chef_chen", 403), ("xiuying", 403), ("guiying", 404), ("olga", 404), ("receiver_wang", 302)],
)
def test_only_receivers_of_the_buyer_weigh(client, now, story, cabbage_of_xiuying, request, who, status):
    delivery = story.shipped(wish((cabbage_of_xiuying, 40)))
    login(client, request.getfixturevalue(who))
    url = reverse("delivery-accept", args=[delivery.pk])

    assert client.post(url, {"line": order_of(delivery).allocations.get().pk, "gross": "40"}).status_code == status
    assert GoodsReceipt.objects.count() == (1 if status == 302 else 0)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("chef_chen", 403),
        ("receiver_wang", 404),
        ("xiuying", 403),
        ("guiying", 404),
        ("olga", 404),
        ("finance_maker", 403),
        ("second_qiu", 403),
        ("cashier_yu", 200),
    ],
)
def test_only_cashier_and_treasurer_write_transfers_down(client, now, story, cabbage_of_xiuying, request, who, status):
    story.signed(wish((cabbage_of_xiuying, 40)))
    statement = SettlementStatement.objects.get()
    login(client, request.getfixturevalue(who))

    assert client.get(reverse("payment-record", args=[statement.pk])).status_code == status


def test_a_farmer_and_a_manager_have_nothing_to_order_with(client, now, xiuying, coop_manager):
    for user in (xiuying, coop_manager):
        login(client, user)
        assert client.get(reverse("order-new")).status_code == 403


@pytest.mark.parametrize(
    ("name", "who"),
    [("order-list", "chef_chen"), ("sale-list", "xiuying"), ("delivery-list", "receiver_wang"),
     ("statement-list", "cashier_yu")],
)  # fmt: skip
def test_a_list_asks_as_often_for_many_rows_as_for_one(
    client, now, story, changxi, xiuying, cabbage, request, name, who
):
    household = xiuying.person.household_memberships.get().household
    login(client, request.getfixturevalue(who))
    client.get(reverse(name))  # the help line of the frame is read once and kept
    counts = []
    for _more in (1, 5):
        for _order in range(_more):
            story.signed(wish((a_listing(household, cabbage, kg=20, by=xiuying), 10)))
            story.asked(wish((a_listing(household, cabbage, kg=20, by=xiuying), 10)))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse(name)).status_code == 200
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 15
