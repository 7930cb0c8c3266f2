"""What was reported leads to its claim, and the claim says when the money is on the card."""

import datetime as dt

import pytest
from django.urls import reverse

from catalog.services import listings
from losses.services import answering
from tests.factories import MONDAY, login
from tests.ledger import steps as bank
from tests.losses.steps import AWARDED_AT

MINUTE = dt.timedelta(minutes=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def awarded(story, lot, xiuying):
    return story.awarded(story.filed(lot, kg=50, by=xiuying))


def arrive(payer, maker, checker):
    """Let the bank say that the relief of this payer arrived."""
    batch = bank.sent(payer, maker, checker)
    bank.load(bank.return_file(batch, [bank.answer_line(batch.payments.get())]), checker, at=AWARDED_AT)


def test_a_lot_leads_to_its_newest_report(client, story, lot, xiuying, guiying, now):
    assert "看报损办到哪一步" not in login(client, xiuying).get(reverse("my-listing", args=[lot.pk])).text
    assert client.get(reverse("claim-of-lot", args=[lot.pk])).status_code == 404

    story.filed(lot, kg=20, by=xiuying)
    newest = story.filed(lot, kg=30, cause="spoiled", by=xiuying)

    assert reverse("claim-of-lot", args=[lot.pk]) in client.get(reverse("my-listing", args=[lot.pk])).text
    answer = client.get(reverse("claim-of-lot", args=[lot.pk]))
    assert answer.url == reverse("claim-detail", args=[newest.pk])
    assert login(client, guiying).get(reverse("claim-of-lot", args=[lot.pk])).status_code == 404


def test_whoever_reports_more_of_a_lot_sees_the_report_that_is_open(client, story, lot, xiuying, now):
    page = reverse("claim-new", args=[lot.pk])
    assert "已有一份报损" not in login(client, xiuying).get(page).text

    claim = story.filed(lot, kg=20, by=xiuying)
    assert f"这批货已有一份报损：{claim.number}" in client.get(page).text

    answering.withdraw(claim, by=xiuying, at=MONDAY)
    assert "已有一份报损" not in client.get(page).text


def test_a_claim_says_who_pays_by_when_and_then_that_it_is_paid(
    client, awarded, xiuying, finance_bureau, finance_maker, finance_checker, now
):
    login(client, xiuying)
    before = client.get(reverse("claim-detail", args=[awarded.pk])).text
    assert "<b>财政局</b>把钱打到卡上" in before and "已到账" not in before
    assert client.get(reverse("api-claim-detail", args=[awarded.pk])).json()["paid_at"] is None

    arrive(finance_bureau, finance_maker, finance_checker)

    page = client.get(reverse("claim-detail", args=[awarded.pk])).text
    assert "已到账" in page and "救助款已到卡上" in page and "财政局" not in page
    assert "已到账" in client.get(reverse("claim-list-mine")).text
    assert client.get(reverse("api-claim-detail", args=[awarded.pk])).json()["paid_at"] is not None


def test_whoever_judges_reads_what_the_market_saw_of_the_lot(client, cast, story, lot, xiuying, now):
    listings.change_price(lot, price_fen=60, by=xiuying, at=MONDAY + MINUTE)
    claim = story.filed(lot, kg=20, by=xiuying, at=MONDAY + 2 * MINUTE)

    page = login(client, cast["cadre"]).get(reverse("claim-village-check", args=[claim.pk])).text

    assert "这批货在市场上的经过" in page
    assert page.index("坏了，报了损失") < page.index("价钱：0.60 元一斤") < page.index("挂上去卖")


@pytest.mark.parametrize(
    ("code", "bring"), [("quantity", "带上能说明有多少的东西"), ("cap", "补什么都没用"), ("other", "")]
)
def test_a_refusal_names_its_rules_and_what_to_bring(client, story, lot, xiuying, cadre_wu, now, code, bring):
    claim = story.filed(lot, kg=20, by=xiuying)
    login(client, xiuying)
    assert client.get(reverse("api-claim-detail", args=[claim.pk])).json()["bring"] == ""

    answering.refuse(claim, code=code, reason="数不对，再看看。", by=cadre_wu, at=MONDAY)

    page = client.get(reverse("claim-detail", args=[claim.pk])).text
    assert claim.scheme.legal_basis in page and bring in page
    assert client.get(reverse("api-claim-detail", args=[claim.pk])).json()["bring"].startswith(bring)
