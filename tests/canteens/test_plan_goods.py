"""The goods a purchase plan names: typed one a line, read and refused in words, never lost."""

import datetime as dt

import pytest
from django.urls import reverse

from canteens.models import MOST_GOODS, PlanGoods
from canteens.services.plan_goods import Goods, read_goods, require_goods
from kernel.errors import BadValue
from tests.canteens.test_purchase_plans import typed
from tests.factories import a_fund, login

pytestmark = pytest.mark.django_db
KG = 1000


@pytest.mark.parametrize(
    ("line", "quantity_g", "ceiling_fen"),
    [
        ("包菜 500公斤 1.20", 500 * KG, 120),
        ("卷心菜，500 kg，最高 1.2 元/斤", 500 * KG, 120),
        ("包菜1000斤1.20元每斤", 500 * KG, 120),
        ("包菜\t0.001吨", KG, None),
    ],
)
def test_a_line_is_goods_how_much_and_at_which_price_at_most(cabbage, line, quantity_g, ceiling_fen):
    assert read_goods(f"\n{line}\n") == (Goods(cabbage.pk, None, quantity_g, ceiling_fen),)


@pytest.mark.parametrize(
    ("line", "goods"),
    [
        ("蔬菜", Goods(category_id="vegetable")),
        ("蔬菜类 300公斤", Goods(category_id="vegetable", quantity_g=300 * KG)),
        ("Vegetables 2.00", Goods(category_id="vegetable", ceiling_fen=200)),
    ],
)
def test_a_class_may_leave_open_how_much(cabbage, line, goods):
    assert read_goods(line) == (goods,)
    require_goods([goods])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("蔬菜\n月饼 10公斤", "第 2 行：词典里没有“月饼”"),
        ("500公斤", "第 1 行看不懂"),
        ("包菜 500公斤 1.20 元/公斤", "第 1 行看不懂"),
        ("包菜 500公斤 1.234", "第 1 行：金额精确到分"),
        ("包菜 9999999吨", "第 1 行：一次最多填1000吨"),
        ("包菜", "请写包菜要买多少"),
        ("包菜 1公斤\n卷心菜 1公斤", "写了两遍"),
        ("蔬菜\n蔬菜类 5公斤", "写了两遍"),
        ("\n", "请写要买什么"),
    ],
)
def test_what_is_no_list_of_goods_is_refused_in_words(cabbage, text, words):
    with pytest.raises(BadValue, match=words):
        require_goods(read_goods(text))


def test_at_most_twenty_are_named(cabbage):
    with pytest.raises(BadValue, match=f"最多写 {MOST_GOODS} 种货"):
        require_goods([Goods(cabbage.pk, quantity_g=1)] * (MOST_GOODS + 1))


@pytest.mark.parametrize(
    "wrong",
    [
        Goods(),
        Goods(10**9, quantity_g=1),
        Goods(category_id="none"),
        Goods(category_id="vegetable", quantity_g=0),
        Goods(category_id="vegetable", ceiling_fen=0),
    ],
)
def test_what_a_program_may_send_wrongly_is_refused(cabbage, wrong):
    with pytest.raises(BadValue):
        require_goods([wrong])


@pytest.mark.usefixtures("now")
def test_goods_are_typed_by_page_and_nothing_is_lost(client, school, treasurer_zhou, chef_chen, cabbage):
    fund = a_fund(school, by=treasurer_zhou)
    login(client, chef_chen)
    said = typed(fund, idem="a" * 32, goods="包菜 500公斤 1.20\r\n月饼 3公斤")

    wrong = client.post(reverse("purchase-plan-new"), said)
    assert wrong.status_code == 400
    assert "第 2 行：词典里没有“月饼”" in wrong.content.decode() and "包菜 500公斤 1.20" in wrong.content.decode()

    assert client.post(reverse("purchase-plan-new"), said | {"goods": "包菜 500公斤 1.20\r\n蔬菜"}).status_code == 302
    rows = PlanGoods.objects.order_by("position").values_list("produce", "category", "quantity_g", "ceiling_fen")
    assert list(rows) == [(cabbage.pk, None, 500 * KG, 120), (None, "vegetable", None, None)]


@pytest.mark.usefixtures("now")
def test_programs_name_goods_alike(client, school, treasurer_zhou, chef_chen, cabbage):
    fund = a_fund(school, by=treasurer_zhou)
    login(client, chef_chen)
    row = {"produce": "cabbage", "kg": "500", "ceiling": "1.20"}

    def send(*goods):
        headers = {"Idempotency-Key": dt.datetime.now(dt.UTC).isoformat()}
        body = typed(fund, goods=list(goods))
        return client.post(reverse("api-purchase-plan-list"), body, "application/json", headers=headers)

    answers = [send(), send(row, row), send({"produce": "cabbage"}), send(*[row] * (MOST_GOODS + 1))]
    assert [answer.status_code for answer in answers] == [400] * 4
    [told] = send(row).json()["goods"]
    assert (told["produce"], told["name"], told["kg"], told["ceiling"], told["left_kg"]) == (
        "cabbage", "包菜", "500", "1.20", "500",
    )  # fmt: skip
