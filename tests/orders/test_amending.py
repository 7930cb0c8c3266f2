"""A buyer wants less of an order: what is still wanted stays held, the rest is free, its sellers are told why."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Message
from catalog.services.smallest import TooLittleToHandOver, say_smallest
from kernel import clock
from kernel.errors import BadValue
from kernel.workflow import IllegalMove
from marketplace.audit import breaches
from orders.allocation import PlanKind
from orders.models import Allocation, Amendment
from orders.services import amending, asking, delivering, reoffering, sweeping
from orders.services.delivering import Loaded
from orders.services.placing import Wish
from tests import factories
from tests.factories import TUESDAY, login
from tests.orders.steps import DELIVER_ON, KG, purse, take, totals, wish

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
LAST = clock.day_start(DELIVER_ON) - 12 * HOUR


def lots_of(order):
    return list(order.allocations.order_by("pk"))


def want(story, order, wanted, *, why="停课两天", at=TUESDAY):
    return amending.amend(order, wanted, why=why, by=story.people["chef"], at=at)


def test_the_rest_is_free_at_once_and_what_is_wanted_stays_promised(
    story, fund, cabbage_of_xiuying, cabbage_of_guiying
):
    order = story.confirmed(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 30)))
    first, second = lots_of(order)

    [smaller] = want(story, order, {first.pk: 25 * KG})

    first.refresh_from_db()
    order.refresh_from_db()
    assert (first.status, smaller.status, smaller.replaces, smaller.quantity) == (
        "released", "confirmed", first, 25 * KG,
    )  # fmt: skip
    assert order.status == "under_way"
    assert totals(cabbage_of_xiuying) == (75 * KG, 25 * KG, 0)
    assert purse(fund)[:2] == (0, smaller.amount_fen + second.amount_fen)
    body = Message.objects.get(kind="sale.amended").body
    assert "25 公斤" in body and "40 公斤" in body and "停课两天" in body
    assert breaches() == []


def test_less_than_its_seller_hands_over_is_not_left_of_a_lot(story, cabbage_of_xiuying, cabbage_of_guiying):
    order = story.asked(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 30)))
    first, _second = lots_of(order)
    say_smallest(cabbage_of_xiuying, quantity=25 * KG, by=cabbage_of_xiuying.made_by, at=TUESDAY)

    with pytest.raises(TooLittleToHandOver):
        want(story, order, {first.pk: 24 * KG})

    assert [lot.quantity for lot in want(story, order, {first.pk: 25 * KG})] == [25 * KG]


def test_a_lot_is_called_off_and_the_others_come(story, fund, cabbage_of_xiuying, cabbage_of_guiying):
    order = story.asked(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 30)))
    first, second = lots_of(order)

    assert want(story, order, {first.pk: 0}) == []

    first.refresh_from_db()
    assert (first.status, totals(cabbage_of_xiuying)) == ("released", (100 * KG, 0, 0))
    assert purse(fund)[:2] == (0, second.amount_fen)
    assert Message.objects.get(kind="sale.not_wanted").body.startswith("石城")
    asking.confirm(second, by=cabbage_of_guiying.made_by, at=TUESDAY)
    order.refresh_from_db()
    assert order.status == "under_way"
    assert breaches() == []


def test_who_has_not_answered_is_asked_for_the_smaller_lot(story, xiuying, cabbage_of_xiuying, cabbage_of_guiying):
    order = story.asked(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 30)))

    [smaller] = want(story, order, {lots_of(order)[0].pk: 10 * KG})

    assert smaller.status == "held"
    assert asking.confirm(smaller, by=xiuying, at=TUESDAY).status == "confirmed"


def test_wanting_nothing_of_all_lots_calls_the_order_off(story, fund, cabbage_of_xiuying, cabbage_of_guiying):
    order = story.asked(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 30)))

    want(story, order, {lot.pk: 0 for lot in lots_of(order)})

    order.refresh_from_db()
    assert (order.status, purse(fund)[:2]) == ("cancelled", (0, 0))
    assert Message.objects.filter(kind="sale.called_off").count() == 2
    assert not Amendment.objects.exists()


def test_what_the_buyer_took_back_is_offered_to_nobody(story, xiuying, changxi, cabbage, cabbage_of_xiuying):
    factories.a_listing(factories.a_household(changxi), cabbage, kg=60)
    order = story.asked(wish((cabbage_of_xiuying, 40), plan=PlanKind.FAIR, seed="x"))
    [smaller] = want(story, order, {lots_of(order)[0].pk: 30 * KG})
    less = asking.give_less(smaller, 20 * KG, by=xiuying, at=TUESDAY)

    order.refresh_from_db()
    [short] = reoffering.shortages(order)
    sweeping.look_again(at=TUESDAY)

    assert short.missing_g == 10 * KG
    assert sum(lot.weight_g for lot in order.allocations.filter(status="held")) == 10 * KG
    assert less.quantity == 20 * KG


@pytest.mark.parametrize("grams", [-1, 40 * KG, 50 * KG])
def test_it_has_to_be_less(story, cabbage_of_xiuying, grams):
    order = story.asked(wish((cabbage_of_xiuying, 40)))

    with pytest.raises(amending.NotFewer):
        want(story, order, {lots_of(order)[0].pk: grams})


def test_it_says_why_and_of_what(story, cabbage_of_xiuying):
    order = story.asked(wish((cabbage_of_xiuying, 40)))
    [lot] = lots_of(order)

    with pytest.raises(BadValue):
        want(story, order, {lot.pk: KG}, why="  ")
    with pytest.raises(BadValue):
        want(story, order, {})
    with pytest.raises(BadValue):
        want(story, order, {lot.pk + 1: KG})
    with pytest.raises(BadValue):
        want(story, order, {lot.pk: 1})  # too little to be paid for
    assert Allocation.objects.count() == 1


def test_an_order_whose_sellers_were_not_asked_is_called_off_instead(story, cabbage_of_xiuying):
    order = story.place(wish((cabbage_of_xiuying, 40)))

    with pytest.raises(IllegalMove):
        want(story, order, {lots_of(order)[0].pk: KG})


def test_what_has_left_is_weighed_in(story, cabbage_of_xiuying, cabbage_of_guiying):
    order = story.confirmed(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 30)))
    first, second = lots_of(order)
    delivering.ship([order], {first.pk: Loaded(20 * KG)}, by=story.people["haulier"], at=TUESDAY)

    with pytest.raises(amending.LotHasLeft):
        want(story, order, {first.pk: 0})
    assert want(story, order, {second.pk: 0}) == []


class TestNotice:
    """What a seller has promised is harvested: it is taken back in time or not at all."""

    def test_a_promise_is_taken_back_until_the_hours_of_the_day(self, story, cabbage_of_xiuying, cabbage_of_guiying):
        order = story.confirmed(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 30)))
        first, _second = lots_of(order)

        with pytest.raises(asking.PromisedTooLong):
            want(story, order, {first.pk: KG}, at=LAST)
        with pytest.raises(asking.PromisedTooLong):
            asking.cancel(order, why="停课", by=story.people["chef"], at=LAST)
        assert want(story, order, {first.pk: KG}, at=LAST - HOUR / 60)

    def test_what_nobody_promised_is_taken_back_later_too(self, story, cabbage_of_xiuying, cabbage_of_guiying):
        order = story.asked(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 30)))

        assert want(story, order, {lots_of(order)[0].pk: 10 * KG}, at=LAST + HOUR)


class TestDoors:
    """The same act on the page and for programs, once under a key."""

    def test_on_the_page(self, client, story, now, cabbage_of_xiuying, ducks):
        now["at"] = TUESDAY
        order = story.asked(wish((cabbage_of_xiuying, 40)), Wish(ducks.produce_id, (take(ducks, pieces=10),)))
        first, second = lots_of(order)
        login(client, story.people["chef"])
        address = reverse("order-amend", args=[order.pk])
        assert address in client.get(reverse("order-detail", args=[order.pk])).content.decode()
        assert 'value="40"' in client.get(address).content.decode()
        typed = {"idem": "a" * 32, "why": "停课", f"lot_{first.pk}": "12.5", f"lot_{second.pk}": "10"}

        refused = client.post(address, typed | {f"lot_{first.pk}": "41"})
        unreadable = client.post(address, typed | {f"lot_{first.pk}": "几斤"})
        answers = [client.post(address, typed | {"idem": "b" * 32}) for _twice in range(2)]

        assert (refused.status_code, unreadable.status_code) == (400, 400)
        assert 'value="41"' in refused.content.decode() and 'value="几斤"' in unreadable.content.decode()
        assert [answer.status_code for answer in answers] == [302, 302]
        assert Amendment.objects.values_list("allocation", "quantity").get() == (first.pk, 12_500)

    def test_for_programs(self, client, story, now, cabbage_of_xiuying, ducks):
        now["at"] = TUESDAY
        order = story.asked(wish((cabbage_of_xiuying, 40)), Wish(ducks.produce_id, (take(ducks, pieces=10),)))
        first, second = lots_of(order)
        login(client, story.people["chef"])

        def call(*lots, key="k"):
            return client.post(
                reverse("api-order-amend", args=[order.pk]),
                {"why": "停课", "lots": lots},
                content_type="application/json",
                headers={"Idempotency-Key": key},
            )

        wrong_unit = call({"id": second.pk, "kg": "5"}, key="1")
        twice = call({"id": first.pk, "kg": "5"}, {"id": first.pk, "kg": "6"}, key="2")
        both = call({"id": first.pk, "kg": "5", "pieces": 2}, key="3")
        done = call({"id": first.pk, "kg": "0"}, {"id": second.pk, "pieces": 4})

        assert [answer.status_code for answer in (wrong_unit, twice, both, done)] == [400, 400, 400, 200]
        assert [lot["status"] for lot in done.json()["lots"]] == ["released", "released", "held"]
        assert order.allocations.get(status="held").quantity == 4

    def test_once_all_has_left_there_is_nothing_to_change(self, client, story, cabbage_of_xiuying):
        delivery = story.shipped(wish((cabbage_of_xiuying, 40)))
        order = delivery.lines.get().allocation.order
        login(client, story.people["chef"])

        assert client.get(reverse("order-amend", args=[order.pk])).status_code == 302
        assert (
            reverse("order-amend", args=[order.pk])
            not in client.get(reverse("order-detail", args=[order.pk])).content.decode()
        )
