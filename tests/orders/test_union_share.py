"""The least share of poor households' goods of a union: what its year leaves for goods of others, a fen at a time.

Ten kilos of a poor household cost 16 yuan, of another one 15.
"""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.selectors import standing
from canteens.models import ShareDeclaration
from canteens.services.ceilings import ShareBelowRule
from orders.models import PurchaseOrder
from orders.selectors import union_share
from orders.services import asking, placing
from orders.services.weighing import Weighed
from produce.services.dictionary import load
from tests.factories import MONDAY, a_fund, a_union_allowance, a_union_rule, login
from tests.guards.rows import force
from tests.orders.steps import DELIVER_ON, KG, wish
from tests.orders.test_basket import lines, order_it, seen, two_goods

pytestmark = pytest.mark.django_db
DOCUMENT = "赣工发〔2026〕9号"
YEAR = MONDAY.year


@pytest.fixture
def rule(county):
    """Four fifths of the year are of poor households."""
    return a_union_rule(county, document=DOCUMENT, least_bp=80_00)


@pytest.fixture
def declare(story, cashier_yu, second_qiu):
    """Declare what the union means to buy in the year."""
    return lambda fen: ShareDeclaration.objects.create(
        organisation=story.buyer, year=YEAR, turn=1, total_fen=1_00, union_fen=fen, ratio_permille=100, document="7号",
        by=cashier_yu, confirmed_by=second_qiu, at=MONDAY,
    )  # fmt: skip


@pytest.mark.parametrize("declared", [75_00, 75_05])
def test_goods_of_others_at_the_most_or_a_fen_below_it_are_ordered(
    story, rule, declare, cabbage_of_guiying, cabbage_of_xiuying, declared
):
    declare(declared)

    story.place(wish((cabbage_of_guiying, 10), (cabbage_of_xiuying, 10)))

    with pytest.raises(ShareBelowRule, match=rf"{DOCUMENT}.*80%.*75\.0[05].*15\.0[01].*15\.00.*0\.30.*0\.0[01]"):
        story.place(wish((cabbage_of_guiying, 0.2)))
    assert story.place(wish((cabbage_of_xiuying, 10)))  # their own goods are never refused


@pytest.mark.guard("line a union keeps its least share")
def test_a_fen_above_it_is_refused_to_a_program_with_the_rules_number(
    client, story, rule, declare, cabbage_of_guiying, chef_chen, now
):
    declare(74_99)
    line = {"produce": "cabbage"}
    line["lots"] = [{"listing": cabbage_of_guiying.pk, "kg": "10", "price": "0.75"}]
    said = {"fund": story.fund.pk, "deliver_on": DELIVER_ON.isoformat(), "lines": [line]}

    told = login(client, chef_chen).post(
        reverse("api-order-list"), said, "application/json", headers={"Idempotency-Key": uuid.uuid4().hex}
    )

    assert (told.status_code, told.json().get("code")) == (409, "share_below_rule")
    assert DOCUMENT in told.json()["message"] and "14.99" in told.json()["message"]
    assert not PurchaseOrder.objects.exists()


def test_a_fen_above_it_is_said_on_the_basket_and_nothing_typed_is_lost(
    client, story, rule, declare, cabbage_of_guiying, ducks, now
):
    load()
    login(client, story.people["chef"])
    declared = declare(149_99)
    listed = {"parcel": "15", "latest_1": "06:30", "otherwise_2": "ask"}
    check = two_goods(client, cabbage_of_guiying, ducks, **listed)

    answer = order_it(client, check)

    assert answer.status_code == 409 and f"按{DOCUMENT}" in seen(answer) and "149.99" in seen(answer)
    assert not PurchaseOrder.objects.exists()
    assert [line["amount"] for line in lines()] == ["20", "5"]
    page = client.get(reverse("order-basket")).content.decode()
    assert 'value="15"' in page and "06:30" in page

    force(declared, union_fen=10_000_00)
    assert order_it(client, answer).status_code == 302  # the same form, once more is declared
    assert PurchaseOrder.objects.count() == 1


@pytest.mark.parametrize("allowed", [5, 6])
def test_what_the_chair_allowed_is_left_for_goods_of_others_too(story, rule, declare, cabbage_of_guiying, allowed):
    declare(74_75)  # 14.95 yuan are left for them
    a_union_allowance(story.fund, rule, "least", 4)
    with pytest.raises(ShareBelowRule, match=rf"{DOCUMENT}.*14\.99.*工会经费特批"):
        story.place(wish((cabbage_of_guiying, 10)))
    a_union_allowance(story.fund, rule, "least", allowed)

    assert story.place(wish((cabbage_of_guiying, 10)))


def test_where_nothing_is_declared_goods_of_others_wait_for_it(story, rule, cabbage_of_guiying, cabbage_of_xiuying):
    with pytest.raises(ShareBelowRule, match=DOCUMENT):
        story.place(wish((cabbage_of_guiying, 10)))
    assert story.place(wish((cabbage_of_xiuying, 10)))


def test_what_was_refused_at_the_scale_or_called_off_leaves_room_again(story, rule, declare, cabbage_of_guiying):
    declare(75_00)
    first = story.place(wish((cabbage_of_guiying, 10)))
    asking.cancel(first, why="菜单改了", by=story.people["chef"], at=MONDAY)
    story.signed(wish((cabbage_of_guiying, 10)), weights=[Weighed(10 * KG, 0, 4 * KG, "rotten")])

    assert story.place(wish((cabbage_of_guiying, 4)))  # 9 yuan were taken, 6 are left
    with pytest.raises(ShareBelowRule):
        story.place(wish((cabbage_of_guiying, 0.2)))


def test_other_money_and_other_places_know_no_such_share(story, rule, cabbage_of_guiying, school):
    story.fund = a_fund(school, "canteen")
    assert story.place(wish((cabbage_of_guiying, 10)))


@pytest.mark.django_db(transaction=True)
def test_the_share_is_asked_in_no_statement_of_its_own(story, rule, declare, cabbage_of_guiying):
    declare(75_00)
    a_union_allowance(story.fund, rule, "least", 1)
    story.fund.organisation = story.buyer  # the door has read it
    by = story.people["chef"]
    standing(by).household_id  # noqa: B018  (the door has read who this is)
    union_share.is_asked(MONDAY.date())  # the process knows
    lines = [wish((cabbage_of_guiying, 10))]

    with CaptureQueriesContext(connection) as asked:
        placing.place_once(
            "k-1", buyer=story.buyer, fund=story.fund, deliver_on=DELIVER_ON, lines=lines, by=by, at=MONDAY
        )

    statements = [query["sql"] for query in asked if query["sql"] not in ("BEGIN", "COMMIT")]
    assert len(statements) == 12, statements
