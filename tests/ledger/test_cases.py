"""Finance's home names each batch and each sum that came back, and says whose turn it is."""

import pytest
from django.urls import reverse

from ledger.pages import cases
from ledger.services import payouts
from tests.factories import FRIDAY, THURSDAY, WEDNESDAY, login
from tests.ledger.steps import FAILED, answer_line, load, return_file, sent

pytestmark = pytest.mark.django_db


def home(client, user):
    login(client, user)
    return client.get(reverse("home")).content.decode()


def test_the_maker_makes_the_batch_and_the_checker_waits_for_it(client, now, relief, finance_maker, finance_checker):
    maker, checker = home(client, finance_maker), home(client, finance_checker)

    assert "把 2 户做成一批" in maker and "经你手 240.00 元" in maker and reverse("batch-new") in maker
    assert "等制单人做批次" in checker and "data-first" not in checker


def test_a_batch_is_the_checker_s_turn_and_not_its_maker_s(
    client, now, relief, finance_bureau, finance_maker, finance_checker
):
    batch = payouts.build_batch(finance_bureau, by=finance_maker, at=WEDNESDAY)

    maker, checker = home(client, finance_maker), home(client, finance_checker)

    assert f"核 {batch.number} 这一批" in checker and "data-first" in checker
    assert "等同事核对、送出" in maker and "data-first" not in maker


def test_money_that_came_back_is_mended_by_two_and_named_without_the_whole_name(
    relief, finance_bureau, finance_maker, finance_checker
):
    batch = sent(finance_bureau, finance_maker, finance_checker)
    first, second = batch.payments.order_by("line_no")
    load(return_file(batch, [answer_line(first, FAILED), answer_line(second)]), finance_checker)

    mine, theirs = cases.problems(finance_maker, FRIDAY)

    assert (mine.count, mine.total_fen, theirs.count) == (1, 80_00, 0)
    assert "黄秀英" not in mine.cases[0].title and mine.cases[0].act == "去改卡号"


def test_a_batch_that_left_waits_for_the_bank(relief, finance_bureau, finance_maker, finance_checker):
    batch = sent(finance_bureau, finance_maker, finance_checker)

    own, _waiting = cases.batches(finance_checker, THURSDAY, checks=True)
    _own, waiting = cases.batches(finance_maker, THURSDAY, checks=False)

    assert own.cases[0].url == reverse("batch-return", args=[batch.pk]) and own.total_fen == 240_00
    assert waiting.cases[0].waits == "等银行回盘"


def test_the_auditor_sees_what_waits_and_has_no_turn(client, now, relief, finance_bureau, finance_maker, auditor):
    payouts.build_batch(finance_bureau, by=finance_maker, at=WEDNESDAY)

    page = home(client, auditor)

    assert "等同事核对、送出" in page and "data-first" not in page
    assert "10 月没有结算的销售" in page
