"""Papers at the scale: what is missing is shown by a photo, or all of the lot goes back."""

import pytest
from django.urls import reverse

from catalog.services import papers
from kernel.errors import BadValue
from orders.models import GoodsReceipt, ReceiptLine
from orders.selectors.scale import slip_role
from orders.services import receiving, weighing
from orders.services.weighing import Weighed
from records.models import PolicyValue
from tests.factories import MONDAY, THURSDAY, WEDNESDAY, login
from tests.orders.steps import a_stored_photo, purse, totals, wish
from tests.orders.test_shown_again import a_photo
from tests.trips import order_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def lawful(cabbage):
    """Let cabbage need its certificate, as the dictionary of the county says."""
    cabbage.papers = ["conformity"]
    cabbage.save(update_fields=["papers"])


@pytest.fixture
def brought(story, cabbage_of_xiuying):
    """Return a trip with 40 kg and its lot."""
    delivery = story.shipped(wish((cabbage_of_xiuying, 40)))
    return delivery, order_of(delivery).allocations.get()


def published(clerk, director, value, on):
    PolicyValue.objects.create(
        name="papers_at_scale", value=value, from_on=on.date(), set_by=clerk, confirmed_by=director,
        confirmed_at=MONDAY,
    )  # fmt: skip


def test_nothing_is_accepted_without_the_paper_of_the_lot(brought, receiver_wang):
    delivery, lot = brought

    with pytest.raises(weighing.PapersMissing):
        receiving.weigh(delivery, {lot.pk: Weighed(40_000)}, by=receiver_wang, at=THURSDAY)

    assert not GoodsReceipt.objects.exists()


def test_a_certificate_on_the_site_is_enough(brought, receiver_wang, xiuying, cabbage_of_xiuying):
    delivery, lot = brought
    paper = papers.issue_commitment(cabbage_of_xiuying, basis=papers.CONTROL, by=xiuying, at=WEDNESDAY)
    with pytest.raises(BadValue, match="有"):
        back = {lot.pk: Weighed(40_000, refused_g=40_000, reason="papers")}
        receiving.weigh(delivery, back, by=receiver_wang, at=THURSDAY)

    papers.cancel_paper(paper, by=xiuying, at=WEDNESDAY)
    with pytest.raises(weighing.PapersMissing):
        receiving.weigh(delivery, {lot.pk: Weighed(40_000)}, by=receiver_wang, at=THURSDAY)

    papers.issue_commitment(cabbage_of_xiuying, basis=papers.CONTROL, by=xiuying, at=WEDNESDAY)
    assert receiving.weigh(delivery, {lot.pk: Weighed(40_000)}, by=receiver_wang, at=THURSDAY)


def test_a_photo_of_the_paper_taken_at_the_door_is_enough_and_stays_with_the_receipt(brought, receiver_wang):
    delivery, lot = brought
    shown = {slip_role(lot.pk): a_stored_photo(receiver_wang, THURSDAY)}

    assert receiving.weigh(delivery, {lot.pk: Weighed(40_000)}, photos=shown, by=receiver_wang, at=THURSDAY)


def test_without_papers_all_of_it_goes_back_and_nothing_is_owed(
    brought, fund, receiver_wang, receiver_sun, cabbage_of_xiuying
):
    delivery, lot = brought
    some = {lot.pk: Weighed(40_000, refused_g=39_999, reason="papers")}
    with pytest.raises(BadValue):
        receiving.weigh(delivery, some, by=receiver_wang, at=THURSDAY)

    back = {lot.pk: Weighed(40_000, refused_g=40_000, reason="papers")}
    receiving.sign(receiving.weigh(delivery, back, by=receiver_wang, at=THURSDAY), by=receiver_sun, at=THURSDAY)

    assert purse(fund) == (0, 0, 10_000_00)
    assert totals(cabbage_of_xiuying) == (100_000, 0, 0)


def test_a_county_may_ask_for_no_papers_or_for_the_test_slips_of_its_schools(
    brought, receiver_wang, clerk_ma, director_lin, xiuying, cabbage_of_xiuying
):
    delivery, lot = brought
    papers.issue_commitment(cabbage_of_xiuying, basis=papers.CONTROL, by=xiuying, at=WEDNESDAY)
    published(clerk_ma, director_lin, "2", MONDAY)
    with pytest.raises(weighing.PapersMissing):
        receiving.weigh(delivery, {lot.pk: Weighed(40_000)}, by=receiver_wang, at=THURSDAY)
    published(clerk_ma, director_lin, "0", THURSDAY)

    assert receiving.weigh(delivery, {lot.pk: Weighed(40_000)}, by=receiver_wang, at=THURSDAY)


def test_the_page_says_what_is_missing_and_takes_the_photo_or_all_of_it_back(
    client, now, brought, receiver_wang, xiuying, cabbage_of_xiuying
):
    delivery, lot = brought
    now["at"] = THURSDAY
    page = reverse("delivery-accept", args=[delivery.pk])
    missing = reverse("api-delivery-papers", args=[delivery.pk])
    shown = login(client, receiver_wang).get(page).content.decode()
    assert "缺承诺达标合格证" in shown and 'name="slip"' in shown
    assert client.get(missing).json() == [{"lot": lot.pk, "there": [], "missing": ["conformity"]}]
    assert client.post(page, {"line": lot.pk, "gross": "40"}).status_code == 400

    assert client.post(page, {"line": lot.pk, "gross": "40", "slip": a_photo()}).status_code == 302
    receipt = GoodsReceipt.objects.get()
    assert "随货带来的证件" in client.get(reverse("receipt-sign", args=[receipt.pk])).content.decode()

    receiving.strike_weighing(receipt, why="没带证", by=receiver_wang, at=THURSDAY)
    assert client.post(page, {"line": lot.pk, "gross": "40", "reason": "papers"}).status_code == 302
    assert ReceiptLine.objects.latest("pk").refused_g == 40_000

    paper = papers.issue_commitment(cabbage_of_xiuying, basis=papers.CONTROL, by=xiuying, at=THURSDAY)
    receiving.strike_weighing(GoodsReceipt.objects.latest("pk"), why="带来了", by=receiver_wang, at=THURSDAY)
    shown = client.get(page).content.decode()
    assert paper.code in shown and 'name="slip"' not in shown
