"""The goods of a purchase plan: orders draw on them to the gram, at its prices, and on nothing else."""

import pytest
from django.urls import reverse

from canteens.models import PlanGoods
from canteens.services import purchase_plans
from canteens.services.drawing import AboveThePlansPrice, GoodsUsedUp, NotOfThePlan
from canteens.services.plan_goods import Goods
from marketplace.audit import breaches
from orders.models import Fate
from orders.services import amending, asking, returning
from orders.services.delivering import Loaded
from orders.services.placing import Wish
from orders.services.weighing import Weighed
from tests.factories import FRIDAY, TUESDAY, a_purchase_plan, login
from tests.orders.steps import DELIVER_ON, KG, a_stored_photo, take, wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def on(story, fund, chef_chen, chair_tan, cabbage):
    """Return what lets orders draw on an approved plan of these goods: of 50 kg of cabbage unless it says more."""

    def plan_of(*goods):
        goods = goods or (Goods(produce_id=cabbage.pk, quantity_g=50 * KG),)
        plan = a_purchase_plan(fund, by=chef_chen, goods=goods)
        story.plan = purchase_plans.approve_plan(plan, by=chair_tan, at=plan.at)
        return story

    return plan_of


def drawn() -> list[tuple[int, int]]:
    """Return what the orders hold and have taken of each of the goods, in grams."""
    return list(PlanGoods.objects.order_by("position").values_list("held_g", "accepted_g"))


@pytest.mark.parametrize(("more_g", "goes"), [(10 * KG - 1, True), (10 * KG, True), (10 * KG + 1, False)])
def test_the_last_gram_goes_and_the_next_does_not(on, cabbage_of_xiuying, more_g, goes):
    story = on()
    story.place(wish((cabbage_of_xiuying, 40)))
    last = wish((cabbage_of_xiuying, more_g / KG))

    if goes:
        story.place(last)
        assert drawn() == [(40 * KG + more_g, 0)]
        return
    with pytest.raises(GoodsUsedUp, match=r"中秋.*石中工纪.*50 .*10 .*10\.001"):
        story.place(last)
    assert drawn() == [(40 * KG, 0)]


@pytest.mark.parametrize(("ceiling_fen", "goes"), [(81, True), (80, True), (79, False)])
def test_the_price_at_placing_is_within_the_plans_to_the_fen(on, cabbage, cabbage_of_xiuying, ceiling_fen, goes):
    story = on(Goods(cabbage.pk, quantity_g=50 * KG, ceiling_fen=ceiling_fen))

    if goes:
        assert story.place(wish((cabbage_of_xiuying, 1))).lines.get().plan_goods == PlanGoods.objects.get()
        return
    with pytest.raises(AboveThePlansPrice, match=r"0\.79 .*0\.80 "):
        story.place(wish((cabbage_of_xiuying, 1)))


def test_the_dearest_lot_of_a_line_is_what_its_price_is(on, cabbage, cabbage_of_xiuying, cabbage_of_guiying):
    story = on(Goods(cabbage.pk, quantity_g=50 * KG, ceiling_fen=79))

    story.place(wish((cabbage_of_guiying, 1)))
    with pytest.raises(AboveThePlansPrice):
        story.place(wish((cabbage_of_guiying, 1), (cabbage_of_xiuying, 1)))


def test_what_a_plan_does_not_name_is_ordered_outside_it(on, ducks):
    story = on()
    line = Wish(ducks.produce_id, (take(ducks, pieces=4),))

    with pytest.raises(NotOfThePlan, match="没有土鸭，只有：包菜。请不走这个计划下单，或为它另做计划"):
        story.place(line)

    story.plan = None
    assert story.place(line).lines.get().plan_goods is None


def test_goods_count_on_their_own_name_before_their_class(on, cabbage, cabbage_of_xiuying, ducks):
    story = on(Goods(category_id="vegetable"), Goods(cabbage.pk, quantity_g=50 * KG), Goods(category_id="poultry"))

    story.place(wish((cabbage_of_xiuying, 10)), Wish(ducks.produce_id, (take(ducks, pieces=4),)))

    assert drawn() == [(0, 0), (10 * KG, 0), (4 * 1750, 0)]
    with pytest.raises(GoodsUsedUp):  # the class does not take over what its own name has no more of
        story.place(wish((cabbage_of_xiuying, 41)))
    assert breaches() == []


def test_what_comes_back_may_be_ordered_again(on, cabbage_of_xiuying, chef_chen):
    story = on()
    order = story.asked(wish((cabbage_of_xiuying, 50)))
    [lot] = order.allocations.all()

    less = asking.give_less(lot, 40 * KG, by=lot.listing.made_by, at=TUESDAY)
    assert drawn() == [(40 * KG, 0)]
    amending.amend(order, {less.pk: 30 * KG}, why="人少了", by=chef_chen, at=TUESDAY)
    assert drawn() == [(30 * KG, 0)]
    asking.cancel(order, why="停课", by=chef_chen, at=TUESDAY)
    assert drawn() == [(0, 0)]


def test_what_is_taken_counts_by_the_scale_until_it_goes_back(on, xiuying, receiver_wang, cabbage_of_xiuying):
    story = on()
    order = story.confirmed(wish((cabbage_of_xiuying, 50)))
    [lot] = order.allocations.all()
    story.confirmed = lambda *_lines, **_more: order
    receipt = story.signed(loaded={lot.pk: Loaded(20 * KG)}, weights=[Weighed(19_500)])
    assert drawn() == [(30 * KG, 19_500)]

    photos = [a_stored_photo(receiver_wang, FRIDAY)]
    asked = {"grams": 5 * KG, "reason": "rotten", "words": "菜心发黑", "photos": photos}
    row = returning.ask_return(receipt.lines.get(), **asked, by=receiver_wang, at=FRIDAY)
    returning.agree_to_return(row, fate=Fate.FREE, by=xiuying, at=FRIDAY)

    assert drawn() == [(30 * KG, 14_500)]
    assert breaches() == []


def unbroken(words: str) -> str:
    """Return a weight as a narrow column keeps it on its line."""
    return words.replace(" ", "\u00a0")


def test_the_plans_page_and_api_show_each_of_its_goods(client, now, on, cabbage, cabbage_of_xiuying, chef_chen):
    story = on(Goods(cabbage.pk, quantity_g=50 * KG, ceiling_fen=1_20), Goods(category_id="vegetable"))
    story.place(wish((cabbage_of_xiuying, 10)))
    login(client, chef_chen)

    page = client.get(reverse("purchase-plan-detail", args=[story.plan.pk]))

    named, of_class = page.context["goods"].rows
    assert (named.name, named.planned, named.ceiling) == ("包菜", unbroken("100 斤（50 公斤）"), "每斤最高 1.20 元")
    assert (named.held, named.left) == (unbroken("20 斤（10 公斤）"), unbroken("80 斤（40 公斤）"))
    assert (of_class.planned, of_class.left) == ("不限量", "不限量")
    told = client.get(reverse("api-purchase-plan-detail", args=[story.plan.pk])).json()["goods"]
    listed = client.get(reverse("api-purchase-plan-list")).json()["results"][0]["goods"]
    assert told == listed
    assert [(row["name"], row["kg"], row["held_kg"], row["left_kg"]) for row in told] == [
        ("包菜", "50", "10", "40"), ("蔬菜", None, "0", None),
    ]  # fmt: skip


def test_the_check_page_says_what_the_plan_has_left_of_the_goods(client, now, on, fund, cabbage_of_xiuying, chef_chen):
    want = {"produce": cabbage_of_xiuying.produce.code, "quantity_0": "5", "quantity_1": "kg", "on": DELIVER_ON}
    want |= {"fund": fund.pk, "purchase": on().plan.pk, "plan": "fair"}

    page = login(client, chef_chen).get(reverse("order-plan"), want)

    assert "包菜：100 斤（50 公斤）" in page.content.decode()


def test_the_form_says_at_once_that_a_plan_does_not_name_the_goods(client, now, on, fund, duck, chef_chen):
    plan = on().plan
    want = {"produce": duck.code, "quantity_0": "5", "quantity_1": "piece", "on": DELIVER_ON, "fund": fund.pk}

    page = login(client, chef_chen).get(reverse("order-plan"), want | {"purchase": plan.pk})

    assert page.status_code == 400 and "没有土鸭" in page.content.decode()
