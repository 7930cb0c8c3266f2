"""The order of somebody who orders every week: written, pasted, repeated, split by purse, placed once."""

import datetime as dt
import html
import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.services import listings
from orders.models import Basket, LineTerms, PurchaseOrder
from orders.selectors.baskets import ceiling_from, funds_of, split_by_fund
from orders.services import baskets
from orders.services.placing import MOST_LINES, Wish
from produce.models import Produce, ReferencePrice
from produce.services.dictionary import load
from tests.conftest import standing
from tests.factories import MONDAY, a_fund, a_listing, a_user, login
from tests.orders.steps import KG, take, wish

pytestmark = pytest.mark.django_db
PAGE, CHECK = "order-basket", "order-basket-check"
ON = "2026-11-05"


@pytest.fixture(scope="module", autouse=True)
def county_dictionary(django_db_setup, django_db_blocker):
    with standing(django_db_blocker, load):
        yield


@pytest.fixture
def chef(client, now, fund, chef_chen):
    login(client, chef_chen)
    return chef_chen


def hidden(page, name):
    found = re.search(rf'name="{name}"\s+value="([^"]*)"', page.content.decode())
    assert found, f"no {name} on the page"
    return found.group(1)


def seen(page) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]*>", " ", page.content.decode()).split()))


def tap(client, do, **typed):
    """Open the page, and send one of its buttons with what was typed."""
    page = client.get(reverse(PAGE))
    return client.post(reverse(PAGE), {"do": do, "version": hidden(page, "version"), "on": ON} | typed, follow=True)


def lines():
    return Basket.objects.get().lines


def test_a_pasted_text_becomes_lines_and_the_doubtful_one_is_asked_beside_its_line(client, chef):
    page = tap(client, "read", text="星期一加点：20斤四季豆、38斤小白菜、15斤包菜，还有两筐香菇")

    assert [(line["amount"], line.get("why")) for line in lines()] == [
        ("10", []), ("19", []), ("7.5", []), ("", ["pack"]),
    ]  # fmt: skip
    assert "读出 4 样，3 样放进单子了，1 样要问你" in seen(page)
    assert "一件装多少？" in seen(page)
    assert '<mark class="asked">两筐香菇</mark>' in re.sub(r"\s*\n\s*", " ", page.content.decode()).replace(" >", ">")


@pytest.mark.parametrize("sign", ["²", "１", "٣"])
def test_signs_that_only_look_like_digits_are_no_numbers(client, chef, sign):
    page = reverse(PAGE)
    assert client.post(page, {"version": sign}).status_code == 409
    typed = {"version": hidden(client.get(page), "version"), "fund": sign, "kitchen": sign, "do": f"mean:{sign}:{sign}"}
    assert client.post(page, typed).status_code == 302
    assert client.get(page).status_code == 200
    assert client.post(reverse(CHECK), {f"was_{sign}": "1", "was_1": sign, "idem": "k"}).status_code == 302


def test_what_was_typed_wrongly_stays_and_is_explained(client, chef):
    tap(client, "add", name="包菜 20斤")

    page = tap(client, "keep", amount_1="二三十", ceiling_1="1.801", text="土豆若干")

    assert (lines()[0]["amount"], lines()[0]["ceiling"]) == ("二三十", "1.801")
    assert 'value="二三十"' in page.content.decode()
    assert "土豆若干" in page.content.decode()
    assert "写成数字" in seen(page)
    assert "没定，先不算：包菜" in seen(page)


def test_what_is_pasted_is_added_to_the_same_goods_and_never_twice(client, chef):
    tap(client, "add", name="包菜 240斤")

    tap(client, "read", text="15斤包菜")
    page = tap(client, "read", text="15斤包菜")

    assert [line["amount"] for line in lines()] == ["127.5"]
    assert "这段话已经读过了" in seen(page)


def test_a_doubtful_line_is_settled_by_choosing_the_goods_and_the_amount(client, chef):
    tap(client, "read", text="笋10斤")
    [line] = lines()
    shoot = Produce.objects.get(code="winter_bamboo_shoot")

    refused = tap(client, f"settle:{line['id']}")
    tap(client, f"mean:{line['id']}:{shoot.pk}", **{f"amount_{line['id']}": "6"})

    assert "请先选是哪一样" in seen(refused)
    assert (lines()[0]["produce"], lines()[0]["amount"], lines()[0]["why"]) == (shoot.pk, "6", [])


def test_what_may_not_be_sold_is_never_settled(client, chef):
    tap(client, "read", text="烟叶10斤")

    page = tap(client, "settle:1")

    assert "这个不能在这里买卖" in seen(page)
    assert lines()[0]["why"] == ["forbidden"]


def test_a_second_page_does_not_write_over_the_first_and_loses_nothing(client, chef):
    tap(client, "add", name="包菜 20斤")
    old = hidden(client.get(reverse(PAGE)), "version")
    tap(client, "keep", amount_1="30")

    answer = client.post(reverse(PAGE), {"do": "keep", "version": old, "amount_1": "40", "text": "别丢"})

    assert answer.status_code == 409
    assert lines()[0]["amount"] == "30"
    assert 'value="40"' in answer.content.decode()
    assert "别丢" in answer.content.decode()


def test_an_order_is_repeated_in_three_taps(client, chef, story, cabbage_of_xiuying, cabbage_of_guiying, ducks):
    story.place(
        wish((cabbage_of_xiuying, 40), ceiling_fen_per_kg=200),
        Wish(ducks.produce_id, (take(ducks, pieces=2),)),
        deliver_on=dt.date(2026, 11, 3),
    )

    page = tap(client, "repeat")
    check = tap(client, "check")
    answer = order_it(client, check)

    assert "照 11 月 3 日的订单摆好了" in seen(page)
    assert answer.status_code == 302
    again = PurchaseOrder.objects.latest("pk")
    assert [(line.produce.code, line.asked_g) for line in again.lines.order_by("position")] == [
        ("cabbage", 40 * KG), ("duck", 3500),
    ]  # fmt: skip
    assert again.lines.order_by("position")[0].ceiling_fen_per_kg == 200
    assert lines() == []


def order_it(client, check, **changes):
    was = dict(re.findall(r'name="(was_\d+)" value="(\d+)"', check.content.decode()))
    typed = {"shown": hidden(check, "shown"), "idem": hidden(check, "idem"), "buyer": hidden(check, "buyer")}
    return client.post(reverse(CHECK), typed | was | changes)


def two_goods(client, cabbage_lot, duck_lot, **more):
    tap(client, "add", name="包菜 20公斤")
    tap(client, "add", name="土鸭 5只")
    return tap(client, "check", **more)


def test_several_lines_are_placed_by_the_fair_plan_with_what_was_said_of_each(
    client, chef, cabbage_of_xiuying, cabbage_of_guiying, ducks
):
    tap(client, "add", name="包菜 20公斤")
    tap(client, "add", name="土鸭 5只")
    swap = Produce.objects.get(code="pak_choi").pk
    check = tap(client, "check", latest_1="06:30", otherwise_1=f"swap:{swap}", otherwise_2="ask")

    assert "20 公斤" in seen(check)
    answer = order_it(client, check)

    order = PurchaseOrder.objects.get()
    assert answer.url == reverse("order-detail", args=[order.pk])
    assert [line.plan for line in order.lines.order_by("position")] == ["fair", "fair"]
    terms = LineTerms.objects.order_by("line__position").values_list("latest", "otherwise", "swap")
    assert list(terms) == [(dt.time(6, 30), "swap", swap), (None, "ask", None)]
    assert order.status == "asking"


def test_what_is_fetched_at_least_from_one_household_holds_for_all_lines_and_is_repeated(
    client, chef, cabbage_of_xiuying, cabbage_of_guiying, ducks
):
    page = two_goods(client, cabbage_of_xiuying, ducks, parcel="很多")
    assert page.redirect_chain[-1][0].startswith(reverse(PAGE) + "?") and 'value="很多"' in page.content.decode()
    assert client.get(reverse(CHECK)).status_code == 302

    order_it(client, tap(client, "check", parcel="15"))

    order = PurchaseOrder.objects.get()
    assert {line.parcel_g for line in order.lines.all()} == {15 * KG}
    assert "每户至少拿多少" in client.get(reverse("order-detail", args=[order.pk])).content.decode()
    assert 'value="15"' in tap(client, "repeat").content.decode()


def test_the_same_form_sent_twice_orders_once(client, chef, cabbage_of_xiuying, ducks):
    check = two_goods(client, cabbage_of_xiuying, ducks)

    first, second = order_it(client, check), order_it(client, check)

    assert first.url == second.url
    assert PurchaseOrder.objects.count() == 1


def test_a_price_that_changed_is_refused_with_the_new_one_and_nothing_is_held(
    client, chef, cabbage_of_xiuying, ducks, xiuying
):
    check = two_goods(client, cabbage_of_xiuying, ducks)
    listings.change_price(cabbage_of_xiuying, price_fen=95, by=xiuying, at=MONDAY)

    answer = order_it(client, check)

    assert answer.status_code == 409
    assert "包菜：现在每公斤 1.90 元，刚才 1.60 元。" in seen(answer)
    assert PurchaseOrder.objects.count() == 0
    assert len(lines()) == 2
    assert order_it(client, answer).status_code == 302


def test_one_line_goes_to_the_page_of_three_plans(client, chef, fund, cabbage_of_xiuying):
    tap(client, "add", name="包菜 20公斤")

    page = tap(client, "check", ceiling_1="2.00")

    assert page.redirect_chain[-1][0].startswith(reverse("order-plan"))
    assert page.status_code == 200
    assert "quantity_0=20&quantity_1=kg" in page.redirect_chain[-1][0]
    assert f"ceiling=2.00&fund={fund.pk}" in page.redirect_chain[-1][0]


def test_lines_that_name_other_purses_make_two_orders_and_the_page_says_so_before(
    client, chef, fund, school, treasurer_zhou, cabbage_of_xiuying, ducks
):
    other = a_fund(school, "canteen", by=treasurer_zhou)
    two_goods(client, cabbage_of_xiuying, ducks)

    tap(client, "keep", fund_2=str(other.pk), fund=str(fund.pk))
    page = client.get(reverse(PAGE))
    check = tap(client, "check")
    order_it(client, check)

    assert "会分成 2 个订单" in seen(page)
    assert {order.fund_id: order.lines.get().produce.code for order in PurchaseOrder.objects.all()} == {
        fund.pk: "cabbage",
        other.pk: "duck",
    }


def test_the_lots_of_all_purses_are_locked_before_the_first_account(
    client, chef, fund, school, treasurer_zhou, cabbage_of_xiuying, ducks
):
    other = a_fund(school, "canteen", by=treasurer_zhou)
    two_goods(client, cabbage_of_xiuying, ducks)
    tap(client, "keep", fund_2=str(other.pk), fund=str(fund.pk))
    check = tap(client, "check")

    with CaptureQueriesContext(connection) as asked:
        order_it(client, check)

    locks = [one["sql"] for one in asked if "UPDATE" in one["sql"]]
    first = next(at for at, sql in enumerate(locks) if "ledger_account" in sql)
    before = " ".join(sql for sql in locks[:first] if "catalog_listing" in sql)
    assert all(re.search(rf"\b{lot.pk}\b", before) for lot in (cabbage_of_xiuying, ducks)), before


def test_purses_are_filled_in_order_where_none_has_room_for_all(school, treasurer_zhou):
    a_fund(school, "canteen", yuan=100, by=treasurer_zhou)
    a_fund(school, "union", yuan=150, by=treasurer_zhou)
    small, large = funds_of(school, MONDAY.year)

    together = split_by_fund([(1, 60_00, None), (2, 80_00, None)], [small, large], small.pk)
    apart = split_by_fund([(1, 60_00, None), (2, 140_00, None)], [small, large], small.pk)
    named = split_by_fund([(1, 60_00, large.pk), (2, 80_00, None)], [small, large], None)
    never = split_by_fund([(1, 900_00, None)], [small, large], small.pk)

    assert [(share.fund, share.lines) for share in together] == [(large, (1, 2))]
    assert [(share.fund, share.lines) for share in apart] == [(small, (1,)), (large, (2,))]
    assert [(share.fund, share.lines) for share in named] == [(small, (2,)), (large, (1,))]
    assert [(share.fund, share.most_fen > share.left_fen) for share in never] == [(small, True)]


def test_the_ceiling_begins_a_tenth_above_the_reference_price(client, chef, cabbage_of_xiuying):
    cabbage = Produce.objects.get(code="cabbage")
    ReferencePrice.objects.create(produce=cabbage, day=MONDAY.date(), source="county", avg_fen=81)
    tap(client, "add", name="包菜 20公斤")

    page = client.get(reverse(PAGE))

    assert 'value="1.80"' in page.content.decode()
    assert "1.62" in seen(page)
    assert "36.00" in seen(page)
    assert (ceiling_from(162, 1100), ceiling_from(160, 1000), ceiling_from(161, 1000)) == (180, 160, 170)


def test_a_basket_holds_forty_lines_and_its_page_stays_small_and_asks_little(
    client, chef, school, treasurer_zhou, django_assert_max_num_queries
):
    a_fund(school, "canteen", by=treasurer_zhou)
    weighed = Produce.objects.filter(stock_unit="g", forbidden=False).order_by("pk")[: MOST_LINES + 1]
    text = "\n".join(f"{produce.name}{n}斤" for n, produce in enumerate(weighed, 1))

    refused = tap(client, "read", text=text)
    tap(client, "empty")
    page = tap(client, "read", text=text.rpartition("\n")[0])
    with django_assert_max_num_queries(15):
        client.get(reverse(PAGE))

    assert "一单最多 40 样" in seen(refused)
    assert len(lines()) == MOST_LINES
    assert len(page.content) <= 80 * 1024, len(page.content)


def test_a_basket_is_its_writers_own(client, chef, school, hospital, receiver_wang):
    tap(client, "add", name="包菜 20斤")
    login(client, a_user("赖采购", "buyer", school))

    assert "包菜" not in seen(client.get(reverse(PAGE))).partition("再加一样")[0]
    assert client.get(reverse(PAGE), {"buyer": hospital.pk}).status_code == 403
    login(client, receiver_wang)
    assert client.get(reverse(PAGE)).status_code == 403


def test_a_basket_holds_nothing(client, chef, fund, cabbage_of_xiuying):
    tap(client, "add", name="包菜 20公斤")

    fund.account.refresh_from_db()
    cabbage_of_xiuying.refresh_from_db()
    assert (fund.account.debits_pending_fen, cabbage_of_xiuying.reserved) == (0, 0)


def test_bad_buttons_and_numbers_change_nothing(client, chef):
    tap(client, "add", name="包菜 20斤")

    for do in ("drop:99", "mean:1:x", "settle:9", "tap:0", "nonsense", "drop", "mean:1:99999999999"):
        assert tap(client, do).status_code == 200
    assert client.post(reverse(PAGE), {"do": "keep", "version": "x"}).status_code == 409
    assert [line["amount"] for line in lines()] == ["10"]


def test_a_person_has_one_basket_a_buyer(chef_chen, school):
    Basket.objects.create(by=chef_chen, buyer=school)

    with pytest.raises(IntegrityError), transaction.atomic():
        Basket.objects.create(by=chef_chen, buyer=school)


def test_programs_read_a_text_as_the_page_does(client, chef, receiver_wang):
    answer = client.post(
        reverse("api-order-basket-read"), {"text": "20斤包菜，土鸭3只，洋葱5斤"}, content_type="application/json"
    )

    assert [
        (line["said"], line["produce"] and line["produce"]["code"], line["kg"], line["pieces"],
         [question["code"] for question in line["questions"]])
        for line in answer.json()["lines"]
    ] == [
        ("20斤包菜", "cabbage", "10", None, []),
        ("土鸭3只", "duck", None, 3, []),
        ("洋葱5斤", None, "2.5", None, ["unknown"]),
    ]  # fmt: skip
    login(client, receiver_wang)
    assert client.post(reverse("api-order-basket-read"), {"text": "包菜"}).status_code == 403


def test_goods_added_by_picture_wait_for_an_amount(client, chef):
    cabbage = Produce.objects.get(code="cabbage")

    tap(client, f"tap:{cabbage.pk}")
    page = tap(client, f"tap:{cabbage.pk}")
    check = tap(client, "check")

    assert [(line["produce"], line["amount"]) for line in lines()] == [(cabbage.pk, "")]
    assert "没定，先不算：包菜" in seen(page)
    assert "还没有能订的" in seen(check)


def test_nothing_to_repeat_is_said(chef_chen, school):
    with pytest.raises(baskets.NothingBefore):
        baskets.repeat(Basket(by=chef_chen, buyer=school), None)


def test_more_than_there_is_is_shown_short_and_ordered_as_far_as_it_goes(
    client, chef, xiuying_household, xiuying, cabbage_of_xiuying, ducks
):
    a_listing(xiuying_household, Produce.objects.get(code="radish"), kg=10, by=xiuying)
    tap(client, "add", name="包菜 900公斤")
    tap(client, "add", name="萝卜 5公斤")

    check = tap(client, "check")
    order_it(client, check)

    assert "还差 800 公斤" in seen(check)
    assert PurchaseOrder.objects.get().lines.count() == 2
