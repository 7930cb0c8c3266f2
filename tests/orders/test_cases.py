"""A home names the work: what is this person's turn, and what waits for others and why, which is not counted."""

import datetime as dt

import pytest
from django.urls import reverse

from canteens.services import load_default_tiers, propose_budget
from kernel import clock
from orders.models import SettlementStatement
from orders.pages import cases
from orders.selectors.statements import late_buyers
from orders.services import paying
from tests.factories import FRIDAY, MONDAY, a_fund, a_listing, login
from tests.orders.steps import wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(story, xiuying, xiuying_household, cabbage, approver_peng):
    """An order of meal money above the first tier."""
    load_default_tiers()
    story.fund = a_fund(story.buyer, "canteen", yuan=20_000)
    return story.place(wish((a_listing(xiuying_household, cabbage, kg=8000, by=xiuying), 7000)))


@pytest.fixture
def statement(story, cabbage_of_xiuying):
    story.signed(wish((cabbage_of_xiuying, 100)))
    return SettlementStatement.objects.get()


def home(client, user):
    login(client, user)
    return client.get(reverse("home")).content.decode()


def test_the_approver_s_home_names_the_order_and_opens_it(client, now, order, approver_peng):
    page = home(client, approver_peng)

    assert "有 1 件等你办" in page and "经你手 11,200.00 元" in page
    assert "批石城县第一中学订的包菜" in page and "星期四上午 9 点前" in page
    assert f'href="{reverse("order-detail", args=[order.pk])}" data-first' in page


def test_an_order_that_is_not_theirs_to_approve_is_not_counted(client, now, order, chair_tan):
    page = home(client, chair_tan)

    assert "现在没有等你处理的事" in page and "1 件在等别人" in page
    assert "在等彭主任（食堂审批人）" in page and "data-first" not in page


def test_the_treasurer_pays_by_name_and_the_one_due_first_comes_first(client, now, statement, treasurer_zhou):
    page = home(client, treasurer_zhou)

    assert "付黄秀英的货钱" in page and "160.00" in page
    assert reverse("payment-record", args=[statement.pk]) in page


def test_a_recorded_payment_waits_for_the_other_hand_alone(client, now, statement, treasurer_zhou, chair_tan):
    paying.record_payment(statement, voucher_number="88", by=treasurer_zhou, at=FRIDAY)

    treasurer, chair = home(client, treasurer_zhou), home(client, chair_tan)

    assert "等第二个人确认" in treasurer and "data-first" not in treasurer
    assert "确认黄秀英的钱付了" in chair and reverse("payment-confirm", args=[statement.pk]) in chair


def test_whoever_had_a_hand_in_the_order_is_told_that_a_colleague_pays(story, cabbage_of_xiuying, cashier_yu):
    story.people["weigher"] = cashier_yu
    story.signed(wish((cabbage_of_xiuying, 100)))

    own, barred = cases.payments(cashier_yu, FRIDAY)

    assert (own.count, barred.count) == (0, 1)
    assert "要同事来办" in barred.cases[0].waits and barred.cases[0].act == ""


def test_money_for_a_purse_waits_for_its_second_person(client, now, fund, treasurer_zhou, chair_tan):
    propose_budget(fund, amount_fen=5_000_00, document_number="工会字 9 号", by=treasurer_zhou, at=MONDAY)

    assert "确认 2026 年工会经费的进账" in home(client, chair_tan)
    assert "确认 2026 年工会经费的进账" not in home(client, treasurer_zhou)


def test_the_first_are_named_and_the_rest_are_counted(now, story, xiuying, xiuying_household, cabbage, cashier_yu):
    for _lot in range(7):
        story.signed(wish((a_listing(xiuying_household, cabbage, kg=10, by=xiuying), 10)))

    own, barred = cases.payments(cashier_yu, FRIDAY)

    assert (len(own.cases), own.count, own.total_fen) == (5, 7, 7 * 16_00)
    assert barred.count == 0


def test_who_owes_past_the_day_is_named_with_the_oldest_day(statement):
    due_on = statement.payable.due_on

    assert late_buyers(due_on) == []
    [late] = late_buyers(due_on + dt.timedelta(days=1))

    assert (late.name, late.statements, late.owed_fen, late.oldest_on) == ("石城县第一中学", 1, 160_00, due_on)
    assert "晚了 1 天" in cases.late_buyer(late, clock.day_start(due_on + dt.timedelta(days=1))).facts
