"""What both sides say of a sale once it is over."""

import datetime as dt

import pytest
from django.urls import reverse

from kernel import clock
from marketplace.audit import breaches
from orders.models import Rating, ReceiptLine, Side
from orders.selectors.cards import cards_seen_by
from orders.selectors.ratings import Praise, lines_to_rate, said_of_buyers
from orders.services import paying, rating
from orders.services.rating import NotYet, TooLateToRate, Word
from records.models import PolicyValue
from records.services.participation import HasInterest
from tests.factories import FRIDAY, THURSDAY, login
from tests.orders.steps import wish

pytestmark = pytest.mark.django_db
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
GOOD = Word(True, True, True)


@pytest.fixture
def line(story, cabbage_of_xiuying):
    receipt = story.signed(wish((cabbage_of_xiuying, 40)))
    return receipt.lines.select_related("receipt__delivery", "allocation__order").get()


@pytest.fixture
def one_is_enough(chef_chen, receiver_wang):
    PolicyValue.objects.create(
        name="rating_shown_from", value=1, from_on=THURSDAY.date(), set_by=chef_chen, confirmed_by=receiver_wang,
        confirmed_at=THURSDAY,
    )  # fmt: skip


@pytest.fixture
def paid(line, cashier_yu, second_qiu):
    statement = line.statement_lines.get(kind="goods").statement
    paying.record_payment(statement, voucher_number="77", by=cashier_yu, at=FRIDAY)
    paying.confirm_payment(statement, by=second_qiu, at=FRIDAY)
    return line


def test_each_side_says_it_after_the_fact_alone(story, cabbage_of_xiuying, line, xiuying, receiver_wang, relief_clerk):
    weighed = story.weighed(wish((cabbage_of_xiuying, 5)))
    unsigned = weighed.lines.select_related("receipt__delivery", "allocation__order").get()
    with pytest.raises(NotYet):
        rating.rate(unsigned, Side.BUYER, GOOD, by=receiver_wang, at=FRIDAY)
    with pytest.raises(NotYet):
        rating.rate(line, Side.SELLER, Word(True, True), by=xiuying, at=FRIDAY)
    lines = ReceiptLine.objects.all()
    assert lines_to_rate(receiver_wang, lines, Side.BUYER, FRIDAY) == [line]
    assert lines_to_rate(xiuying, lines, Side.SELLER, FRIDAY) == []


def test_both_sides_say_it_and_the_cards_count_it(paid, xiuying, receiver_wang, relief_clerk):
    rating.rate(paid, Side.BUYER, Word(True, False, True, "少了半斤"), by=receiver_wang, at=FRIDAY)
    rating.rate(paid, Side.SELLER, Word(False, True, None), by=xiuying, at=FRIDAY)

    cards = cards_seen_by(relief_clerk, THURSDAY.date(), FRIDAY.date())
    assert [card.praise for card in cards.sellers] == [Praise(1, 1, 0, 1)]
    assert [card.praise for card in cards.buyers] == [Praise(1, 0, 1, 0)]
    assert lines_to_rate(xiuying, ReceiptLine.objects.all(), Side.SELLER, FRIDAY) == []
    assert breaches() == []


def test_it_is_said_anew_within_days_and_what_was_said_first_stays(line, receiver_wang, receiver_sun):
    first = rating.rate(line, Side.BUYER, GOOD, by=receiver_wang, at=FRIDAY)
    second = rating.rate(line, Side.BUYER, Word(True, True, False), by=receiver_sun, at=FRIDAY + DAY)
    third = rating.rate(line, Side.BUYER, GOOD, by=receiver_wang, at=clock.day_end(FRIDAY.date() + 7 * DAY) - MINUTE)
    with pytest.raises(TooLateToRate):
        rating.rate(line, Side.BUYER, GOOD, by=receiver_wang, at=clock.day_start(FRIDAY.date() + 8 * DAY))

    assert list(Rating.objects.order_by("pk").values_list("pk", "replaces")) == [
        (first.pk, None), (second.pk, first.pk), (third.pk, second.pk),
    ]  # fmt: skip
    assert Rating.objects.get(replaced_by=None) == third


def test_a_buyer_is_offered_to_say_it_exactly_as_long_as_it_may(line, receiver_wang):
    after = clock.day_end(line.receipt.signed_on + 30 * DAY)
    assert lines_to_rate(receiver_wang, ReceiptLine.objects.all(), Side.BUYER, after) == []
    with pytest.raises(TooLateToRate):
        rating.rate(line, Side.BUYER, GOOD, by=receiver_wang, at=after)
    assert lines_to_rate(receiver_wang, ReceiptLine.objects.all(), Side.BUYER, after - MINUTE) == [line]
    assert rating.rate(line, Side.BUYER, GOOD, by=receiver_wang, at=after - MINUTE)


def test_a_seller_is_offered_to_say_it_exactly_as_long_after_the_money_as_it_may(paid, xiuying):
    after = clock.day_end(clock.county_day(FRIDAY) + 30 * DAY)
    assert lines_to_rate(xiuying, ReceiptLine.objects.all(), Side.SELLER, after) == []
    with pytest.raises(TooLateToRate):
        rating.rate(paid, Side.SELLER, Word(True, True), by=xiuying, at=after)
    assert lines_to_rate(xiuying, ReceiptLine.objects.all(), Side.SELLER, after - MINUTE) == [paid]
    assert rating.rate(paid, Side.SELLER, Word(True, True), by=xiuying, at=after - MINUTE)


def test_nobody_praises_the_own_side(paid, xiuying, receiver_wang):
    with pytest.raises(HasInterest):
        rating.rate(paid, Side.BUYER, GOOD, by=xiuying, at=FRIDAY)
    with pytest.raises(HasInterest):
        rating.rate(paid, Side.SELLER, Word(True, True), by=receiver_wang, at=FRIDAY)


def test_of_one_word_nobody_reads(paid, xiuying):
    rating.rate(paid, Side.SELLER, Word(True, True), by=xiuying, at=FRIDAY)
    assert said_of_buyers(FRIDAY) == {}


def test_everybody_reads_of_a_buyer_what_enough_have_said(paid, xiuying, school, client, now, one_is_enough):
    now["at"] = FRIDAY
    rating.rate(paid, Side.SELLER, Word(True, True), by=xiuying, at=FRIDAY)
    assert said_of_buyers(FRIDAY) == {school.name: Praise(1, 1, 1, 0)}
    assert "1 / 1" in client.get(reverse("pay-speed")).content.decode()


def test_one_tap_says_that_all_was_well_and_a_page_says_what_was_not(client, now, paid, receiver_wang, xiuying):
    now["at"] = FRIDAY
    login(client, receiver_wang)
    receipt = reverse("receipt-detail", args=[paid.receipt_id])
    url = reverse("receipt-line-rate", args=[paid.receipt_id, paid.pk])
    assert url in client.get(receipt).content.decode()
    tap = {"idem": "tap-of-a-receiver-1", "timely": "yes", "as_described": "yes", "right_weight": "yes"}
    assert client.post(url, tap).url == receipt
    assert client.post(url, tap).url == receipt
    assert Rating.objects.count() == 1
    assert f'action="{url}"' not in client.get(receipt).content.decode()
    assert "你们说过的" in client.get(url).content.decode()
    assert client.post(url, tap | {"idem": "tap-of-a-receiver-2", "timely": ""}).status_code == 400

    login(client, xiuying)
    sale = reverse("sale-detail", args=[paid.allocation_id])
    assert url in client.get(sale).content.decode()
    said = {"idem": "word-of-a-seller-1", "timely": "no", "right_weight": "yes", "words": "晚了两天"}
    assert client.post(url, said).url == sale
    assert Rating.objects.get(side="seller").words == "晚了两天"


def test_programs_say_it_too_and_neighbours_do_not(client, now, paid, receiver_wang, guiying):
    now["at"] = FRIDAY
    url = reverse("api-receipt-line-rate", args=[paid.receipt_id, paid.pk])
    said = {"timely": True, "right_weight": True}
    login(client, receiver_wang)
    key = {"Idempotency-Key": "a-program-rates-1"}
    assert client.post(url, said, content_type="application/json", headers=key).status_code == 400
    key = {"Idempotency-Key": "a-program-rates-2"}
    told = client.post(url, said | {"as_described": False}, content_type="application/json", headers=key)
    assert (told.status_code, told.json()["as_described"]) == (201, False)
    login(client, guiying)
    assert client.post(url, said, content_type="application/json", headers=key).status_code == 404
