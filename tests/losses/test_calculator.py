"""Anybody tries what a loss would come to: line by line, by the real arithmetic, without a person."""

import pytest
from django.urls import reverse

from losses.services import schemes
from tests.factories import MONDAY
from tests.losses.steps import a_scheme

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheme(finance_bureau, director_lin, cabbage, duck):
    return a_scheme(finance_bureau, director_lin, cabbage, duck, cap_fen=100_00, crop_fen=60)


@pytest.fixture
def tried(client, scheme):
    """Return what tries a quantity on the public page and returns the answer."""

    def go(rate, quantity, unit="jin"):
        asked = {"rate": rate.pk, "quantity_0": quantity, "quantity_1": unit}
        return client.get(reverse("scheme-detail", args=[scheme.pk]), asked)

    return go


def rate_of(scheme, produce, category="B"):
    return scheme.rates.get(produce=produce, category=category)


def test_it_says_line_by_line_what_a_loss_comes_to(tried, scheme, cabbage):
    page = tried(rate_of(scheme, cabbage), "100").content.decode()

    assert "100 斤 × 0.80 元/斤 = 80.00 元" in page and "80.00" in page
    assert "最少 20 斤" in page and "100.00 元" in page and "<script" not in page


def test_it_comes_to_what_is_really_computed(story, lot, client, scheme, cabbage):
    claim = story.computed(story.filed(lot, kg=100))

    asked = {"produce": cabbage.code, "kg": "100"}
    told = client.get(f"/api/v1/schemes/{scheme.pk}/calculator/", asked).json()
    assert told["amount_yuan"] == "100.00" and claim.computations.get().amount_fen == 100_00
    assert told["enough"] and told["lines"][-1] == "取最少的：100.00 元"


def test_too_little_gives_nothing_and_says_from_when(tried, client, scheme, cabbage):
    page = tried(rate_of(scheme, cabbage), "19").content.decode()

    assert "这么少没有救助" in page and "15.20" not in page
    told = client.get(f"/api/v1/schemes/{scheme.pk}/calculator/", {"produce": cabbage.code, "kg": "9.5"}).json()
    assert (told["enough"], told["amount_yuan"], told["lines"], told["least_kg"]) == (False, "0.00", [], "10")


def test_heads_are_counted_and_what_is_weighed_is_not(tried, scheme, cabbage, duck):
    by_head = tried(rate_of(scheme, duck), "20", "piece").content.decode()
    assert f"{20 * duck.piece_g // 500} 斤" in by_head

    refused = tried(rate_of(scheme, cabbage), "20", "piece")
    assert refused.status_code == 400 and "这种货论斤" in refused.content.decode()
    in_the_field = tried(rate_of(scheme, duck, "C"), "20", "piece")
    assert in_the_field.status_code == 400


@pytest.mark.parametrize("asked", [{"rate": "0"}, {"rate": "x", "quantity_0": "5", "quantity_1": "jin"}])
def test_what_cannot_be_read_is_asked_again(client, scheme, asked):
    assert client.get(reverse("scheme-detail", args=[scheme.pk]), asked).status_code == 400


def test_a_closed_scheme_says_that_it_takes_no_more(tried, scheme, cabbage, director_lin):
    schemes.close_scheme(scheme, by=director_lin, at=MONDAY)

    assert "不再收" in tried(rate_of(scheme, cabbage), "100").content.decode()


def test_programs_hear_that_there_is_no_rate_or_no_such_produce(client, scheme, cabbage):
    calculator = f"/api/v1/schemes/{scheme.pk}/calculator/"
    none = client.get(calculator, {"produce": cabbage.code, "category": "A", "kg": "5"})
    unknown = client.get(calculator, {"produce": cabbage.name, "kg": "5"})

    assert none.status_code == 400 and "没有定标准" in none.content.decode()
    assert unknown.status_code == 400 and "produce" in unknown.json()["fields"]
