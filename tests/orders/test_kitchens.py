"""Orders that name a canteen: one of several, one that another buyer shares, the only one unasked, none for a union."""

import contextlib
import datetime as dt
import html
import re

import pytest
from django.urls import reverse

from canteens.services import register_canteen
from orders.models import Basket, PurchaseOrder
from orders.services.kitchens import NameTheKitchen, NoCanteen, NotItsKitchen
from orders.services.replacing import place_anew
from produce.services.dictionary import load
from tests.factories import MONDAY, a_fund, a_kitchen, login
from tests.orders.doors import by_program
from tests.orders.steps import DELIVER_ON, wish

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
FIRST, THEIRS = "一食堂", "石城县人民医院 职工食堂"


@pytest.fixture
def own(story, school, cashier_yu):
    """The school orders from the money of its canteens."""
    story.fund = a_fund(school, "canteen", by=cashier_yu)
    return story


@pytest.fixture
def two(school, hospital):
    """Two canteens: the school's own first one, and the hospital's, from which it eats on the delivery day alone."""
    shared = a_kitchen(hospital, "职工食堂", shared_with=school, on=(DELIVER_ON, DELIVER_ON + DAY), run_by="绿源餐饮")
    return a_kitchen(school), shared


def seen(page) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]*>", " ", page.content.decode()).split()))


def hidden(page, name):
    return re.search(rf'name="{name}"\s+value="([^"]*)"', page.content.decode()).group(1)


def test_where_there_is_one_canteen_nothing_is_asked(own, school, cabbage_of_xiuying):
    assert own.place(wish((cabbage_of_xiuying, 1))).kitchen is None
    only = a_kitchen(school)
    assert own.place(wish((cabbage_of_xiuying, 1))).kitchen == only


@pytest.mark.guard("line who has no canteen orders no food for it")
def test_who_has_no_canteen_orders_for_none(client, own, school, cabbage_of_xiuying, now):
    register_canteen(school, mode="none", heads=0, union_members=96, address="西华路1号")
    told = by_program(login(client, own.people["chef"]), own.fund, cabbage_of_xiuying)

    assert (told.status_code, told.json().get("code")) == (409, "no_canteen")
    with pytest.raises(NoCanteen, match="没有食堂"):
        own.place(wish((cabbage_of_xiuying, 1)))
    own.fund = a_fund(school)
    assert own.place(wish((cabbage_of_xiuying, 1)))


def test_where_there_are_several_the_order_names_one(own, two, cabbage_of_xiuying):
    with pytest.raises(NameTheKitchen, match=f"{FIRST}.*{THEIRS}"):
        own.place(wish((cabbage_of_xiuying, 1)))
    assert not PurchaseOrder.objects.exists()
    for kitchen in two:
        assert own.place(wish((cabbage_of_xiuying, 1)), kitchen=kitchen.pk).kitchen == kitchen


@pytest.mark.parametrize(
    ("days", "refusal"),
    [(-1, pytest.raises(NotItsKitchen, match=FIRST)), (0, contextlib.nullcontext()),
     (1, pytest.raises(NotItsKitchen, match=FIRST))],
)  # fmt: skip
def test_a_shared_canteen_is_named_on_the_days_of_its_sharing_alone(own, two, cabbage_of_xiuying, days, refusal):
    with refusal:
        own.place(wish((cabbage_of_xiuying, 1)), deliver_on=DELIVER_ON + days * DAY, kitchen=two[1].pk)


def test_a_canteen_of_others_is_nobodys_to_name(own, hospital, cabbage_of_xiuying):
    foreign = a_kitchen(hospital)
    with pytest.raises(NotItsKitchen, match="不要选食堂"):
        own.place(wish((cabbage_of_xiuying, 1)), kitchen=foreign.pk)


def test_union_money_buys_for_members_and_names_none(story, two, cabbage_of_xiuying):
    assert story.place(wish((cabbage_of_xiuying, 1))).kitchen is None
    with pytest.raises(NotItsKitchen):
        story.place(wish((cabbage_of_xiuying, 1)), kitchen=two[0].pk)


def test_another_fund_keeps_the_canteen_and_a_union_drops_it(own, two, fund, school, cabbage_of_xiuying, chef_chen):
    order = own.place(wish((cabbage_of_xiuying, 1)), kitchen=two[1].pk)
    anew = place_anew(order, a_fund(school, "own", on_credit=True), why="换", by=chef_chen, at=MONDAY)
    of_union = place_anew(anew, fund, why="换", by=chef_chen, at=MONDAY)
    back = place_anew(of_union, own.fund, kitchen=two[0].pk, why="换", by=chef_chen, at=MONDAY)

    assert [row.kitchen for row in (anew, of_union, back)] == [two[1], None, two[0]]


def test_the_pages_ask_for_the_canteen_and_show_it_to_the_scale(client, now, own, two, cabbage_of_xiuying, chef_chen):
    load()
    first, shared = two
    login(client, chef_chen)
    asked = {"quantity_0": "10", "quantity_1": "kg", "on": DELIVER_ON.isoformat(), "fund": own.fund.pk, "plan": "fair"}
    asked |= {"produce": cabbage_of_xiuying.produce.code}
    unsaid = client.get(reverse("order-plan"), asked)
    assert unsaid.status_code == 400 and "请写明货送到哪个食堂" in seen(unsaid)
    check = client.get(reverse("order-plan"), asked | {"kitchen": shared.pk})
    assert THEIRS in seen(check)

    typed = {"shown": hidden(check, "shown"), "idem": hidden(check, "idem"), "kitchen": shared.pk}
    placed = client.post(reverse("order-plan"), asked | typed, follow=True)

    assert f"{THEIRS}，职工食堂后门" in seen(placed) and "绿源餐饮承办" in seen(placed)
    assert first.name not in seen(placed)


def test_the_basket_asks_once_and_each_order_but_the_unions_names_it(client, now, own, two, school, chef_chen):
    load()
    login(client, chef_chen)
    page = client.get(reverse("order-basket"))
    assert 'name="kitchen"' not in page.content.decode()  # of tomorrow the school has one canteen
    typed = {"do": "add", "version": hidden(page, "version"), "on": DELIVER_ON.isoformat(), "name": "包菜 20斤"}
    page = client.post(reverse("order-basket"), typed, follow=True)
    assert THEIRS in seen(page) and "送到哪个食堂" in seen(page)
    typed = {"do": "keep", "version": hidden(page, "version"), "kitchen": two[1].pk, "purchase": "7"}
    assert f'value="{two[1].pk}" selected' in client.post(reverse("order-basket"), typed, follow=True).content.decode()
    kept = Basket.objects.get().typed
    assert (kept["kitchen"], kept["purchase"]) == (str(two[1].pk), "7")


def test_a_program_reads_the_canteens_and_names_one(client, now, own, two, cabbage_of_xiuying, chef_chen):
    login(client, chef_chen)
    first, shared = two
    listed = client.get(reverse("api-order-canteens")).json()
    assert [(row["id"], row["buyer"], row["name"], row["run_by"]) for row in listed] == [
        (first.pk, "石城县第一中学", FIRST, ""), (shared.pk, "石城县人民医院", "职工食堂", "绿源餐饮"),
    ]  # fmt: skip
    lot = cabbage_of_xiuying
    asked = {
        "fund": own.fund.pk, "deliver_on": DELIVER_ON.isoformat(),
        "lines": [{"produce": lot.produce.code, "lots": [{"listing": lot.pk, "kg": "1", "price": "0.80"}]}],
    }  # fmt: skip

    def send(key, **more):
        return client.post(
            reverse("api-order-list"), asked | more, content_type="application/json", headers={"Idempotency-Key": key}
        )

    refused = send("k-1")
    assert refused.status_code == 409 and "请写明货送到哪个食堂" in refused.content.decode()
    placed = send("k-2", canteen=first.pk)
    assert placed.status_code == 201
    order = client.get(reverse("api-order-detail", args=[PurchaseOrder.objects.get().pk])).json()
    assert (order["canteen"]["name"], order["canteen"]["address"]) == (FIRST, "一食堂后门")
    assert send("k-2", canteen=shared.pk).status_code == 422  # the same key, another canteen


def test_note_receiving_list_and_drivers_door_say_for_which_canteen(
    client, now, own, two, cabbage_of_xiuying, django_assert_max_num_queries
):
    trip = own.shipped(wish((cabbage_of_xiuying, 10)), kitchen=two[0].pk)
    login(client, own.people["weigher"])
    with django_assert_max_num_queries(12):
        listed = client.get(reverse("delivery-list"))
    note = client.get(reverse("delivery-note", args=[trip.pk]))
    scale = client.get(reverse("delivery-accept", args=[trip.pk]))
    assert [row.kitchens for row in listed.context["waiting"]] == [[FIRST]]
    assert f"<b>{FIRST}</b>" in listed.content.decode()
    assert "一食堂，一食堂后门" in seen(note)
    assert [row.kitchen for row in note.context["rows"]] == [""]  # it is said once, above, where all is for one
    assert FIRST in seen(scale)
    program = client.get(reverse("api-delivery-list")).json()["results"]
    assert program[0]["canteens"] == [FIRST]
    door = login(client, own.people["haulier"]).get(reverse("driver-day"))
    assert "一食堂，一食堂后门" in seen(door)


def test_the_basket_asks_for_the_canteen_before_it_shows_plans(client, now, own, two, school, chef_chen):
    load()
    login(client, chef_chen)
    page = client.get(reverse("order-basket"))
    typed = {"do": "add", "version": hidden(page, "version"), "on": DELIVER_ON.isoformat(), "name": "包菜 20斤"}
    page = client.post(reverse("order-basket"), typed, follow=True)

    asked = client.post(reverse("order-basket"), {"do": "check", "version": hidden(page, "version")}, follow=True)
    assert asked.request["PATH_INFO"] == reverse("order-basket")
    assert "请写明货送到哪个食堂" in seen(asked)
    typed = {"do": "check", "version": hidden(asked, "version"), "kitchen": two[1].pk}
    assert client.post(reverse("order-basket"), typed).url.startswith(reverse("order-plan"))

    tomorrow = {"on": (DELIVER_ON - DAY).isoformat(), "version": Basket.objects.get().version}
    assert client.post(reverse("order-basket"), typed | tomorrow).url.startswith(reverse("order-plan"))
    assert "kitchen" not in Basket.objects.get().typed  # the shared one is not its own on that day


def test_a_buyer_with_union_money_alone_is_asked_for_no_canteen(client, now, story, two, chef_chen):
    a_kitchen(two[0].organisation, "二食堂")
    page = login(client, chef_chen).get(reverse("order-basket"))
    assert 'name="kitchen"' not in page.content.decode()
