"""Scorecards: what is counted of sellers, buyers and hauliers, who reads whose, and that page and API say the same."""

import datetime as dt

import pytest
from django.urls import reverse

from orders.selectors.cards import cards_seen_by
from orders.services import complaining, paying
from orders.services.weighing import Weighed
from tests.factories import THURSDAY, login
from tests.orders.steps import KG, wish

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
FRIDAY = THURSDAY + DAY
DAYS = THURSDAY.date() - 30 * DAY, FRIDAY.date()


@pytest.fixture
def traded(story, cabbage_of_xiuying, cabbage_of_guiying, cashier_yu, second_qiu, xiuying, receiver_wang):
    """Sell 50 kg that arrive as 48 with 2 sent back, paid a day later, and complained of; and 20 kg of a neighbour."""
    weighed = Weighed(48 * KG, refused_g=2 * KG, reason="rotten")
    line = story.signed(wish((cabbage_of_xiuying, 50)), weights=[weighed]).lines.get()
    story.signed(wish((cabbage_of_guiying, 20)))
    said = {"about": "price", "fen": 1_00, "words": "价钱不对", "at": FRIDAY}
    complaining.grant(complaining.complain(line, side="buyer", by=receiver_wang, **said), by=xiuying, at=FRIDAY)
    statement = line.statement_lines.get().statement
    paying.record_payment(statement, voucher_number="1", by=cashier_yu, at=FRIDAY)
    paying.confirm_payment(statement, by=second_qiu, at=FRIDAY)
    return line


def test_each_figure_is_counted_from_the_rows(traded, relief_clerk, xiuying_household):
    cards = cards_seen_by(relief_clerk, *DAYS)

    seller = next(card for card in cards.sellers if card.household == xiuying_household)
    figures = seller.figures
    assert (figures.lots, figures.on_time, figures.lost) == (1, 1, 1)
    assert (figures.short_g, figures.short_permille) == (2 * KG, 40)
    assert (figures.refused_g, figures.refused_permille) == (2 * KG, 42)
    [buyer] = cards.buyers
    assert (buyer.figures.lots, buyer.figures.lost, buyer.paid, buyer.paid_in_time) == (2, 0, 1, 1)
    assert buyer.days_to_pay in (0, 1)
    assert len(cards.sellers) == 2


def test_days_without_trade_show_nothing(traded, relief_clerk):
    empty = cards_seen_by(relief_clerk, DAYS[0] - 60 * DAY, DAYS[0] - 31 * DAY)
    assert (empty.sellers, empty.buyers, empty.hauliers) == ([], [], [])


def test_everybody_else_reads_the_own_card_alone(traded, xiuying, xiuying_household, receiver_wang, guiying, olga):
    own = cards_seen_by(xiuying, *DAYS)
    assert ([card.household for card in own.sellers], own.buyers) == ([xiuying_household], [])
    bought = cards_seen_by(receiver_wang, *DAYS)
    assert (bought.sellers, [card.figures.lots for card in bought.buyers]) == ([], [2])
    assert len(cards_seen_by(guiying, *DAYS).sellers) == 1
    assert cards_seen_by(olga, *DAYS).sellers == []


def test_however_many_traded_few_statements_are_asked(traded, relief_clerk, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        cards_seen_by(relief_clerk, *DAYS)


def test_page_and_program_say_the_same_and_mask_names(client, traded, relief_clerk, xiuying, now):
    now["at"] = FRIDAY
    login(client, relief_clerk)
    page = client.get(reverse("scorecard-list")).content.decode()
    said = client.get(reverse("api-scorecard-list")).json()
    assert {row["figures"]["short_permille"] for row in said["sellers"]} == {0, 40}
    assert "40 ‰" in page
    assert all(row["seller"] in page for row in said["sellers"])
    assert traded.allocation.listing.household.head_name not in page
    days = f"?first={DAYS[1]}&last={DAYS[0]}"
    assert client.get(reverse("scorecard-list") + days).status_code == 400
    assert client.get(reverse("api-scorecard-list") + days).status_code == 400
    login(client, xiuying)
    assert traded.allocation.listing.household.head_name in client.get(reverse("scorecard-list")).content.decode()
