"""The lots of all lines of a basket are kept for its buyer under one clock, and become one order a purse."""

import datetime as dt
import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.services import listings
from kernel.workflow import IllegalMove
from marketplace.audit import breaches
from orders.models import Basket, KeptPlan, LineTerms, PurchaseOrder
from orders.selectors import plans
from orders.selectors.keeping import planned
from orders.selectors.replay import replay
from orders.services import keeping, placing, resharing, sweeping
from produce.services.dictionary import load
from records.models import PolicyValue
from tests.factories import MONDAY, a_fund, a_household, a_listing, a_user, login
from tests.orders.steps import DELIVER_ON, KG, totals

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
START = MONDAY + MINUTE  # the lots were put on sale a minute before
END = START + 15 * MINUTE
CHECK = "order-basket-check"


@pytest.fixture
def chef(story):
    return story.people["chef"]


@pytest.fixture
def lots(cabbage_of_xiuying, cabbage_of_guiying, ducks):
    return [cabbage_of_xiuying, cabbage_of_guiying, ducks]


@pytest.fixture
def wants(cabbage, duck, lots):
    return [plans.Want(cabbage, 150 * KG, DELIVER_ON), plans.Want(duck, 5, DELIVER_ON)]


@pytest.fixture
def keep(story, chef, wants):
    """Keep all lines for the cook, or those named, at a moment."""

    def kept(at=START, *, wants=wants, by=chef):
        return keeping.keep_lines(story.buyer, wants, by=by, at=at)

    return kept


def cap(grams):
    """Let the county keep so many grams at most for a buyer."""
    day = MONDAY - dt.timedelta(days=1)
    PolicyValue.objects.create(
        name="plan_kept_most_g", value=str(grams), from_on=day.date(), set_by=a_user("甲"), confirmed_by=a_user("乙"),
        confirmed_at=day,
    )  # fmt: skip


def taken(lots):
    return [totals(lot)[1] for lot in lots]


def statuses():
    return list(KeptPlan.objects.order_by("pk").values_list("status", flat=True))


def same(order):
    return [replay(line).same for line in order.lines.order_by("position")]


def test_all_lines_are_kept_under_one_clock_and_end_together(lots, keep):
    rows = keep()

    assert [(row.number, row.of_basket, row.until_at) for row in rows] == [(1, True, END), (2, True, END)]
    assert sum(taken(lots)[:2]) == 150 * KG and taken(lots)[2] == 5
    assert sweeping.end_kept(at=END - MINUTE) == 0
    assert sweeping.end_kept(at=END) == 1
    assert (statuses(), taken(lots)) == (["over", "over"], [0, 0, 0])


def test_the_clock_is_put_off_once_for_all_and_all_are_let_go_together(story, chef, lots, keep):
    first, second = keep()

    keeping.extend(second, by=chef, at=START + MINUTE)
    assert set(KeptPlan.objects.values_list("until_at", "extended")) == {(END + 15 * MINUTE, True)}
    with pytest.raises(keeping.KeptTwice):
        keeping.extend(first, by=chef, at=START + MINUTE)
    with pytest.raises(IllegalMove):
        keeping.let_go(first, by=a_user("郑师傅", "buyer", story.buyer), at=START + MINUTE)
    keeping.let_go(first, by=chef, at=START + 2 * MINUTE)

    assert (statuses(), taken(lots)) == (["let_go", "let_go"], [0, 0, 0])
    for act in (keeping.let_go, keeping.extend):
        with pytest.raises((IllegalMove, keeping.KeptOver)):
            act(second, by=chef, at=START + 2 * MINUTE)


def test_all_that_is_kept_becomes_one_order_line_by_line_and_is_worked_out_again(story, chef, lots, keep):
    rows = keep()
    before = taken(lots)

    order = keeping.order_kept(rows[1], story.fund, by=chef, at=END - MINUTE)

    lines = list(order.lines.order_by("position"))
    assert [line.kept_plan for line in lines] == rows
    assert [line.asked_g for line in lines] == [150 * KG, 5 * 1750]
    assert (statuses(), taken(lots)) == (["ordered", "ordered"], before)
    assert all(replay(line).kept for line in lines) and same(order) == [True, True]
    assert breaches() == []


def test_a_line_more_joins_the_clock_and_a_line_that_is_none_any_more_is_let_go(
    story, chef, cabbage, lots, wants, keep
):
    _cabbages, ducks = keep()
    less = plans.Want(cabbage, 40 * KG, DELIVER_ON)

    again = keep(END - MINUTE, wants=[less, wants[1]])

    assert [(row.number, row.until_at, row.at) for row in again] == [(2, END, START), (1, END, END - MINUTE)]
    assert (statuses(), again[0]) == (["let_go", "kept", "kept"], ducks)
    assert (sum(taken(lots)[:2]), taken(lots)[2]) == (40 * KG, 5)
    assert keep(END - MINUTE, wants=[less, wants[1]])[0].until_at == END and len(statuses()) == 3
    order = keeping.order_kept(ducks, story.fund, by=chef, at=END - MINUTE)
    assert same(order) == [True, True]


def test_a_plan_alone_and_a_basket_take_each_others_place_and_nobody_holds_on(story, chef, lots, wants, keep):
    keep()
    alone = keeping.keep(story.buyer, wants[0], "cheapest", by=chef, at=END - MINUTE)
    assert (alone.until_at, statuses(), taken(lots)[2]) == (END + 14 * MINUTE, ["let_go", "let_go", "kept"], 0)

    rows = keep(END + 13 * MINUTE)

    assert {row.until_at for row in rows} == {END + 15 * MINUTE}
    assert statuses() == ["let_go", "let_go", "let_go", "kept", "kept"]


def test_what_was_kept_and_let_go_in_one_moment_was_free_only_once(story, chef, wants, keep):
    keep()
    alone = keeping.keep(story.buyer, wants[0], "cheapest", by=chef, at=START)

    assert same(keeping.order_kept(alone, story.fund, by=chef, at=START + MINUTE)) == [True]


def test_what_another_line_kept_was_not_free_for_a_line_planned_as_it_was_ordered(story, chef, cabbage, keep):
    wants = [plans.Want(cabbage, kg * KG, DELIVER_ON, ceiling_fen_per_kg=fen) for kg, fen in ((150, 300), (20, 301))]
    keep(wants=wants[:1])
    at = START + MINUTE
    lines = planned(wants, keeping.kept_now(chef, story.buyer), buyer=story.buyer, at=at)

    order = story.place(*(keeping.wish_of(plan, kept) for plan, kept in lines), at=at)

    assert same(order) == [True, True] and statuses() == ["ordered"]


def test_no_more_is_kept_for_one_buyer_than_the_county_set_over_all_lines(story, keep):
    cap(150 * KG + 5 * 1750 - 1)

    with pytest.raises(keeping.KeptTooMuch):
        keep()
    assert not KeptPlan.objects.exists()


def test_lines_of_which_there_are_no_goods_stay_out(changxi, cabbage, duck, story, chef):
    a_listing(a_household(changxi), cabbage, kg=10)
    ducks, cabbages = plans.Want(duck, 5, DELIVER_ON), plans.Want(cabbage, 10 * KG, DELIVER_ON)

    [kept] = keeping.keep_lines(story.buyer, [ducks, cabbages], by=chef, at=START)

    assert (kept.produce, kept.number) == (cabbage, 1)
    with pytest.raises(keeping.PlanChanged):
        keeping.keep_lines(story.buyer, [ducks], by=chef, at=START)


def test_shares_of_a_line_are_changed_by_hand_and_the_others_stay(story, chef, wants, keep):
    rows = keep()
    lots = list(rows[0].lots.order_by("pk"))

    again = resharing.reshare(rows[0], {lots[0].listing_id: 0}, reason="route", by=chef, at=START + MINUTE)
    assert [kept for _plan, kept in planned(wants, keeping.kept_now(chef, story.buyer), buyer=story.buyer, at=START)] \
        == [again, rows[1]]  # fmt: skip
    order = keeping.order_kept(again, story.fund, by=chef, at=START + 2 * MINUTE)

    answers = [replay(line) for line in order.lines.order_by("position")]
    assert [(bool(answer.edited), answer.same) for answer in answers] == [(True, True), (False, True)]


@pytest.mark.parametrize("lines", [2, 6])
def test_what_an_order_of_a_kept_basket_asks_the_database_does_not_grow_with_its_lines(
    story, chef, changxi, cabbage, duck, lines
):
    story.fund = a_fund(story.buyer, "canteen")
    wants = []
    for number in range(lines):
        a_listing(a_household(changxi), cabbage, kg=100)
        wants.append(plans.Want(cabbage, 10 * KG, DELIVER_ON, ceiling_fen_per_kg=300 + number))
    rows = keeping.keep_lines(story.buyer, wants, by=chef, at=START)
    wishes = [keeping.wish_of(plans.plan_kept(row, at=START), row) for row in rows]

    with CaptureQueriesContext(connection) as asked:
        placing.place(
            buyer=story.buyer, fund=story.fund, deliver_on=DELIVER_ON, lines=wishes, by=chef, at=START
        )  # fmt: skip

    statements = [query["sql"] for query in asked.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) == 12, statements
    assert statuses() == ["ordered"] * lines


@pytest.fixture
def basket(client, now, chef, story, cabbage, duck, lots):
    """The cook signed in, with 150 kg of cabbage and five ducks in the basket."""
    load()
    now["at"] = START
    login(client, chef)
    lines = [
        {"id": 1, "produce": cabbage.pk, "amount": "150", "ceiling": "", "otherwise": "ask"},
        {"id": 2, "produce": duck.pk, "amount": "5", "ceiling": ""},
    ]
    return Basket.objects.create(by=chef, buyer=story.buyer, typed={"on": DELIVER_ON.isoformat()}, lines=lines)


@pytest.fixture
def press(client, basket):
    """Press a button of the check page as it was drawn; without one, order."""

    def pressed(page, do=""):
        form = re.search(rf"<form(?:(?!</form>).)*?value=\"{do}\"", page.content.decode(), re.S)[0] if do else ""
        fields = r'name="(shown|idem|kept|buyer|was_\d+)" value="([^"]*)"'
        typed = dict(reversed(re.findall(fields, form or page.content.decode())))
        return client.post(reverse(CHECK), typed | {"do": do}, follow=True)

    return pressed


def change(basket, number, amount):
    basket.refresh_from_db()
    basket.lines[number - 1]["amount"] = amount
    basket.save()


def said(page):
    return " ".join(html.unescape(page.content.decode()).split())


def test_the_page_keeps_a_basket_once_longer_and_lets_it_go(client, now, press, lots):
    page = client.get(reverse(CHECK))
    assert "没有给您留" in said(page) and 'value="longer"' not in said(page)

    page = press(page, "keep")
    assert "给您留到 <b>09:16</b>" in said(page) and 'value="keep"' not in said(page)
    [back] = re.findall(r'href="([^"]*basket/check[^"]*)"', client.get(reverse("order-list")).content.decode())
    assert "给您留到 <b>09:16</b>" in said(client.get(html.unescape(back)))
    now["at"] = START + 10 * MINUTE
    page = press(page, "longer")
    assert "给您留到 <b>09:31</b>" in said(page) and 'value="longer"' not in said(page)
    page = press(page, "let_go")

    assert page.status_code == 200 and taken(lots) == [0, 0, 0]
    assert "没有给您留" in said(page) and statuses() == ["let_go", "let_go"]


def test_the_page_orders_what_is_kept_with_what_was_said_of_each_line(client, now, press, basket, lots):
    page = press(client.get(reverse(CHECK)), "keep")
    before = taken(lots)
    now["at"] = START + 5 * MINUTE

    press(page)

    order = PurchaseOrder.objects.get()
    assert (statuses(), taken(lots), same(order)) == (["ordered", "ordered"], before, [True, True])
    assert list(LineTerms.objects.order_by("line__position").values_list("otherwise", flat=True)) == ["ask", "less"]
    basket.refresh_from_db()
    assert basket.lines == [] and order.status == "asking"


def test_a_line_changed_after_keeping_is_planned_anew_and_the_page_says_which_are_kept(
    client, now, press, basket, lots
):
    page = press(client.get(reverse(CHECK)), "keep")
    change(basket, 1, "170")
    now["at"] = START + 5 * MINUTE

    page = client.get(reverse(CHECK))
    assert "2 样里有 1 样给您留到 <b>09:16</b>" in said(page)
    page = press(page, "keep")
    assert "给您留到 <b>09:16</b>" in said(page) and sum(taken(lots)[:2]) == 170 * KG
    change(basket, 1, "160")
    now["at"] = START + 7 * MINUTE
    press(client.get(reverse(CHECK)))

    order = PurchaseOrder.objects.get()
    assert statuses() == ["let_go", "ordered", "let_go"] and sum(taken(lots)[:2]) == 160 * KG
    assert same(order) == [True, True]
    assert breaches() == []


def test_an_order_of_other_goods_leaves_what_is_kept_alone(client, now, press, basket, story, chef, lots, cabbage):
    keeping.keep(story.buyer, plans.Want(cabbage, 10 * KG, DELIVER_ON), "fair", by=chef, at=START)
    basket.lines = basket.lines[1:]
    basket.save()

    press(client.get(reverse(CHECK)))

    assert PurchaseOrder.objects.count() == 1 and statuses() == ["kept"]


def test_a_time_that_is_over_is_said_where_others_took_goods_meanwhile(
    client, now, press, story, hospital, lots, cabbage
):
    page = press(client.get(reverse(CHECK)), "keep")
    now["at"] = END
    sweeping.end_kept(at=END)
    stranger = a_user("何采购", "buyer", hospital)
    keeping.keep(hospital, plans.Want(cabbage, 100 * KG, DELIVER_ON), "cheapest", by=stranger, at=END)

    late = press(page)

    assert late.status_code == 409 and "时间已过" in said(late) and not PurchaseOrder.objects.exists()
    assert press(late).status_code == 200 and PurchaseOrder.objects.exists()


def test_a_price_that_changed_while_kept_is_refused_and_then_ordered_with_what_is_kept(
    client, now, press, xiuying, lots
):
    page = press(client.get(reverse(CHECK)), "keep")
    listings.change_price(lots[0], price_fen=95, by=xiuying, at=START + MINUTE)

    refused = press(page)

    assert refused.status_code == 409 and "包菜：现在每公斤" in said(refused) and statuses() == ["kept", "kept"]
    press(refused)
    assert statuses() == ["ordered", "ordered"]


def test_what_is_too_much_to_keep_is_ordered_without_keeping(client, now, press):
    cap(100 * KG)

    page = press(client.get(reverse(CHECK)), "keep")
    assert "最多" in said(page) and not KeptPlan.objects.exists()
    press(page)

    assert PurchaseOrder.objects.exists()


def test_two_purses_take_over_their_own_lines(client, now, press, basket, story, treasurer_zhou):
    other = a_fund(story.buyer, "canteen", by=treasurer_zhou)
    basket.lines[0]["fund"], basket.lines[1]["fund"] = story.fund.pk, other.pk
    basket.save()
    page = press(client.get(reverse(CHECK)), "keep")
    now["at"] = START + MINUTE

    press(page)

    orders = PurchaseOrder.objects.order_by("lines__kept_plan__number")
    assert [order.fund for order in orders] == [story.fund, other] and statuses() == ["ordered", "ordered"]
    assert [same(order) for order in orders] == [[True], [True]]


def test_a_program_keeps_a_basket_and_orders_it(client, now, story, chef, cabbage, duck, lots):
    login(client, chef)
    keys = iter("abcdefghij")

    def send(name, *args, **body):
        headers = {"Idempotency-Key": next(keys)}
        return client.post(reverse(name, args=args), body, content_type="application/json", headers=headers)

    lines = [{"produce": "cabbage", "kg": "150"}, {"produce": duck.code, "pieces": 5}]
    body = {"fund": story.fund.pk, "deliver_on": DELIVER_ON, "lines": lines}
    answer = send("api-kept-basket", **body)
    assert answer.status_code == 201
    assert [(row["number"], row["of_basket"], row["grade"], row["order"]) for row in answer.json()] == [
        (1, True, None, None), (2, True, None, None),
    ]  # fmt: skip
    first, second = [row["id"] for row in answer.json()]
    assert send("api-kept-basket", **body | {"lines": [lines[0] | {"pieces": 2}]}).status_code == 400
    assert send("api-kept-basket", **body | {"lines": [lines[0] | {"grade": 99}]}).status_code == 404
    assert send("api-kept-basket", **body | {"lines": []}).status_code == 400
    placed = send("api-kept-plan-order", second, fund=story.fund.pk)

    assert placed.status_code == 201 and taken(lots)[2] == 5
    kept = client.get(reverse("api-kept-plan", args=[first])).json()
    assert (kept["status"], kept["order"]) == ("ordered", placed.json()["id"])
