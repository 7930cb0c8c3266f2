"""Goods sold below the county's reference: relieved by what they fetched too little, and no kilo twice."""

import datetime as dt
from contextlib import nullcontext

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Listing, Movement
from catalog.selectors.returning import last_return_day
from catalog.services.kilos import KiloMove, ReportedAsSoldLow, move_kilos
from kernel import clock, money
from losses.models import LossClaim
from losses.relief import gap_of, relief
from losses.selectors.funnels import funnel
from losses.selectors.rehearsing import losses_of
from losses.selectors.sales import day_of, sales_to_report, sold_below
from losses.services import answering, appealing, awarding, claiming, findings, holding, noticing, schemes
from marketplace.audit import breaches
from produce.models import ReferencePrice
from produce.selectors.prices import reference_price
from tests.factories import MONDAY, TUESDAY, login
from tests.losses.pages import hidden
from tests.losses.steps import KG, Story, a_lot, a_scheme

pytestmark = pytest.mark.django_db
SOLD_AT = MONDAY - dt.timedelta(days=10)


def sold(lot, *, kg=60, price=60, at=SOLD_AT, name="receiptline:1"):
    """Return the sale of so many kilos of a lot at so many fen a jin."""
    move_kilos([KiloMove(lot.pk, "free", "sold", kg * KG, f"{name}:sold", price=(price, 500))], by=None, at=at)
    return Movement.objects.get(reference=f"{name}:sold")


@pytest.fixture
def of_sales(finance_bureau, director_lin, cabbage, cast):
    """A scheme that relieves spoiled cabbage with 1.60 yuan a kilo, and cabbage sold too low with 0.30."""
    return Story(cast, a_scheme(finance_bureau, director_lin, cabbage, low_fen=30))


@pytest.fixture
def lot(xiuying, xiuying_household, cabbage):
    """100 kg at 0.60 yuan a jin, worth 0.80 by the newest price before the sale."""
    for day, fen in ((20, 70), (12, 80), (5, 20)):
        ReferencePrice.objects.create(
            produce=cabbage, day=(MONDAY - dt.timedelta(days=day)).date(), source="县发改委", avg_fen=fen
        )
    return a_lot(xiuying_household, cabbage, kg=100, by=xiuying, at=MONDAY - dt.timedelta(days=20))


@pytest.fixture
def sale(lot):
    return sold(lot)


def reported(story, sale, *, kg=60, **more):
    return story.filed(sale.listing, sale=sale, kg=kg, cause="cheap", happened_on=day_of(sale), photos=[], **more)


def on_county_notice(story, claim):
    notice = story.on_village_notice(claim)
    claim = noticing.go_on_after_village_notice(claim, at=notice.ends_at)
    assert claim.status == "unvisited"
    awarding.compute(claim, by=story.cast["desk"], at=claim.due_at)
    claim = LossClaim.objects.get(pk=claim.pk)
    noticing.publish_county_notice(story.scheme, claim.household.village.parent, by=story.cast["desk"], at=claim.due_at)
    return LossClaim.objects.get(pk=claim.pk)


def low(lot):
    row = Listing.objects.get(pk=lot.pk)
    return row.sold // KG, row.sold_low // KG, row.claimed // KG


def test_a_sale_goes_all_the_way_without_a_visit(of_sales, lot, sale):
    claim = reported(of_sales, sale)
    assert (claim.rate.category, claim.reference_fen, low(lot)) == ("A", 80, (60, 60, 0))
    assert {look.colour for look in findings.latest_findings(claim).values()} <= {"green"}

    claim = on_county_notice(of_sales, claim)
    found = claim.computations.get()
    assert (found.lines_fen, found.gap_fen, found.amount_fen) == (60 * 30, 60 * 40, 60 * 30)
    claim = of_sales.award_of(claim)

    assert (claim.award.amount_fen, low(lot)) == (18_00, (60, 60, 0))
    row = funnel()[0]
    assert (row.declared_fen, row.verified, row.verified_g, row.verified_fen, row.awarded_fen) == (
        18_00, 1, 60 * KG, 18_00, 18_00
    )  # fmt: skip
    assert breaches() == []


def test_relief_is_never_more_than_what_it_fetched_too_little(of_sales, lot):
    claim = on_county_notice(of_sales, reported(of_sales, sold(lot, price=75)))

    found = claim.computations.get()
    assert (found.gap_fen, found.lines_fen, found.amount_fen) == (6_00, 6_00, 6_00)
    assert funnel()[0].declared_fen == 6_00 and breaches() == []


@pytest.mark.parametrize("price", [80, 81])
def test_what_fetched_the_reference_is_no_loss(of_sales, lot, xiuying, price):
    sale = sold(lot, price=price)

    with pytest.raises(claiming.NotSoldLow):
        reported(of_sales, sale)
    assert not sales_to_report(xiuying).exists()


def test_a_sale_is_reported_once_and_not_above_what_was_taken(of_sales, lot, sale):
    second = sold(lot, kg=20, name="receiptline:2")
    with pytest.raises(holding.MoreThanSold):
        reported(of_sales, sale, kg=61)
    claim = reported(of_sales, sale, kg=40)
    with pytest.raises(claiming.AlreadyReported):
        reported(of_sales, sale, kg=20)

    reported(of_sales, second, kg=20)
    of_sales.filed(lot, kg=20)
    assert low(lot) == (80, 60, 20)
    answering.withdraw(claim, by=claim.filed_by, at=MONDAY)
    reported(of_sales, sale, kg=60)
    assert low(lot) == (80, 80, 20) and breaches() == []


def test_what_is_reported_as_sold_low_cannot_come_back_and_spoil(of_sales, lot, sale):
    claim = reported(of_sales, sale, kg=50)

    back = [KiloMove(lot.pk, "sold", "free", 20 * KG, "return:1:back")]
    with pytest.raises(ReportedAsSoldLow, match="50 公斤"):
        move_kilos(back, by=None, at=MONDAY)
    answering.refuse(claim, code="rules", reason="这笔是按约定价卖的", by=of_sales.cast["cadre"], at=TUESDAY)
    move_kilos(back, by=None, at=TUESDAY)

    assert low(lot) == (40, 0, 0) and breaches() == []


@pytest.mark.parametrize("back", [dt.timedelta(days=2), dt.timedelta(days=3), dt.timedelta(days=3, hours=8)])
def test_a_sale_waits_until_the_last_day_for_sending_back_is_over(of_sales, lot, back):
    young = sold(lot, at=MONDAY - back)

    with pytest.raises(claiming.SaleStillOpen):
        reported(of_sales, young)


def test_a_sale_is_reported_the_day_after_its_goods_could_last_be_sent_back(of_sales, lot, xiuying, now):
    signed_on = clock.county_day(SOLD_AT)
    sale = sold(lot, at=clock.day_end(signed_on) - dt.timedelta(minutes=1))
    now.at = clock.day_end(last_return_day(signed_on, signed_on))

    assert now.at == clock.day_start(signed_on + dt.timedelta(days=4))
    assert list(sales_to_report(xiuying)) == [sale]
    assert reported(of_sales, sale, at=now.at).sale == sale


@pytest.mark.parametrize(("days", "answer"), [(9, nullcontext()), (10, pytest.raises(claiming.NotSoldLow))])
def test_a_price_more_than_fourteen_days_old_says_nothing_of_a_sale(of_sales, lot, days, answer):
    sale = sold(lot, price=10, at=MONDAY + dt.timedelta(days=days))

    assert [row.worth for row in sold_below()] == [20] * (days < 10)
    with answer:
        reported(of_sales, sale, at=sale.at + dt.timedelta(days=5))


def test_of_several_sources_of_a_day_the_middle_is_the_reference(of_sales, lot, sale, cabbage):
    day = ReferencePrice.objects.get(avg_fen=80).day
    for source, fen in (("城东市场", 90), ("城西市场", 61), ("批发市场", 81)):
        ReferencePrice.objects.create(produce=cabbage, day=day, source=source, avg_fen=fen)

    assert sold_below().get().worth == reference_price(cabbage, day_of(sale)) == 81
    assert reported(of_sales, sale).reference_fen == 81


def test_a_price_file_corrected_since_is_looked_at_again(of_sales, lot, sale):
    claim = reported(of_sales, sale)
    ReferencePrice.objects.filter(avg_fen=80).update(avg_fen=65)

    seen = {look.rule: look for look in findings.record_findings(claim, at=TUESDAY)}
    assert seen["sold_low"].colour == "amber" and "0.65" in seen["sold_low"].detail
    assert on_county_notice(of_sales, claim).computations.get().gap_fen == 60 * 40


def test_a_refused_sale_is_reported_anew_after_an_appeal(of_sales, lot, sale, clerk_ma, xiuying):
    claim = reported(of_sales, sale)
    answering.refuse(claim, code="rules", reason="这笔是按约定价卖的", by=of_sales.cast["cadre"], at=TUESDAY)
    row = appealing.appeal(claim, words="不是约定价", photos=[], by=xiuying, at=TUESDAY)
    row = appealing.decide(row, upheld=True, words="查了单子，确实卖亏了", by=clerk_ma, at=TUESDAY)

    assert (row.anew.sale, row.anew.reference_fen, low(lot)) == (sale, 80, (60, 60, 0))
    assert breaches() == []


def test_no_rate_for_sales_refuses_in_words(story, lot, sale):
    with pytest.raises(claiming.NoRate):
        reported(story, sale)


def test_a_rehearsal_counts_sales_that_nobody_reported(of_sales, lot, sale):
    sold(lot, kg=10, price=90, name="receiptline:2")
    first, last = day_of(sale), day_of(sale) + dt.timedelta(days=1)

    (loss,) = losses_of(first, last, sold_low=True)
    assert (loss.category, loss.grams, loss.gap, loss.reported) == ("A", 60 * KG, (20 * 500, 500 * 500), False)
    assert losses_of(first, last) == []
    reported(of_sales, sale, kg=40)
    (loss,) = losses_of(first, last, sold_low=True)
    assert (loss.grams, loss.reported, loss.gap) == (40 * KG, True, (20 * 500, 500 * 500))


@given(
    grams=st.integers(0, 10**8), rate=st.integers(1, 10**6), worth=st.integers(1, 10**5), price=st.integers(1, 10**5)
)
def test_the_gap_is_exact_and_the_least_counts(grams, rate, worth, price):
    gap = gap_of(worth, price, 500)
    assert (gap is None) == (price >= worth)
    found = relief(
        verified_g=grams, rate_fen=rate, rate_unit_g=1000, cap_fen=10**15, had_fen=0, money_left_fen=10**15, gap=gap
    )
    at_rate = money.amount_fen(grams, rate, 1000)
    short = at_rate if gap is None else money.amount_fen(grams, worth - price, 500)
    assert found.lines_fen == min(at_rate, short)


@pytest.mark.parametrize(
    ("grams", "worth", "price", "unit_g", "fen"),
    [
        (499, 81, 80, 500, 1),
        (249, 81, 80, 500, 0),
        (250, 81, 80, 500, 1),
        (1000, 80, 159, 1000, 1),
        (1, 80, 79, 500, 0),
    ],
)
def test_one_fen_and_one_gram(grams, worth, price, unit_g, fen):
    gap = gap_of(worth, price, unit_g)
    assert money.amount_fen(grams, *gap) == fen
    assert gap_of(worth, worth * unit_g // 500, unit_g) is None


def test_the_farmer_reports_by_page(client, of_sales, lot, sale, xiuying, monkeypatch):
    monkeypatch.setattr("kernel.clock.now", lambda: MONDAY)
    login(client, xiuying)
    assert "卖亏了" in client.get(reverse("claim-choose")).content.decode()
    page = client.get(reverse("sold-low-choose")).content.decode()
    assert "0.60" in page and "0.80" in page and reverse("claim-new-sold-low", args=[sale.pk]) in page
    form = client.get(reverse("claim-new-sold-low", args=[sale.pk]))
    assert "参考价" in form.content.decode()

    url, typed = (
        reverse("claim-new-sold-low", args=[sale.pk]),
        {"words": "没人要", "elsewhere": "no", "idem": hidden(form, "idem")},
    )
    refused = client.post(url, typed | {"quantity": "200", "sure": "1"})
    assert "最多" in refused.content.decode()
    shown = client.post(url, typed | {"quantity": "100"}).content.decode()
    assert "这样对吗" in shown and "100 斤（50 公斤）" in shown and "没人要" in shown and "没人上门看" in shown
    changed = client.post(url, typed | {"quantity": "100", "again": "1"}).content.decode()
    assert 'value="100"' in changed and "没人要" in changed and not LossClaim.objects.exists()
    answer = client.post(url, typed | {"quantity": "100", "sure": "1"})
    claim = LossClaim.objects.get()
    assert answer.url == reverse("claim-receipt", args=[claim.pk]) and low(lot) == (60, 50, 0)
    detail = client.get(reverse("claim-detail", args=[claim.pk])).content.decode()
    assert "卖亏了" in detail and "0.80" in detail

    answering.send_back(claim, code="quantity", reason="数量写错了", by=of_sales.cast["cadre"], at=MONDAY)
    again = client.get(reverse("claim-complete", args=[claim.pk]))
    assert "数量写错了" in again.content.decode()
    client.post(
        reverse("claim-complete", args=[claim.pk]),
        {"quantity": "80", "words": "", "elsewhere": "no", "idem": hidden(again, "idem")},
    )
    assert low(lot) == (60, 40, 0) and breaches() == []


def test_programs_list_and_report_the_same(client, of_sales, lot, sale, xiuying, guiying, monkeypatch):
    monkeypatch.setattr("kernel.clock.now", lambda: MONDAY)
    login(client, guiying)
    assert client.get("/api/v1/sold-low/").json()["results"] == []
    path = f"/api/v1/sold-low/{sale.pk}/report/"
    assert client.post(path, {"kg": "50"}, "application/json", headers={"Idempotency-Key": "k1"}).status_code == 404

    login(client, xiuying)
    (row,) = client.get("/api/v1/sold-low/").json()["results"]
    assert (row["price_yuan"], row["reference_yuan"], row["left"], row["reported"]) == ("0.60", "0.80", 60 * KG, False)
    made = client.post(path, {"kg": "50"}, "application/json", headers={"Idempotency-Key": "k2"})
    assert (made.status_code, made.json()["category"], made.json()["sale"]) == (201, "A", sale.pk)
    assert client.get("/api/v1/sold-low/").json()["results"][0]["reported"]


def test_anybody_tries_what_a_sale_at_a_loss_comes_to(client, of_sales, lot, cabbage, monkeypatch):
    monkeypatch.setattr("kernel.clock.now", lambda: MONDAY - dt.timedelta(days=8))
    rate = of_sales.scheme.rates.get(category="A")
    page = reverse("scheme-detail", args=[of_sales.scheme.pk])
    asked = {"rate": rate.pk, "quantity_0": "100", "quantity_1": "jin"}
    assert client.get(page, asked).status_code == 400
    assert "15.00" in client.get(page, asked | {"sold_at": "0.60"}).content.decode()

    calculator = f"/api/v1/schemes/{of_sales.scheme.pk}/calculator/"
    told = client.get(calculator, {"produce": cabbage.code, "category": "A", "kg": "50", "sold_yuan": "0.78"}).json()
    assert (told["enough"], told["amount_yuan"]) == (True, "2.00")
    told = client.get(calculator, {"produce": cabbage.code, "category": "A", "kg": "50", "sold_yuan": "0.80"}).json()
    assert (told["enough"], told["amount_yuan"]) == (False, "0.00")


def test_a_scheme_closed_since_takes_no_sale(of_sales, lot, sale, director_lin):
    schemes.close_scheme(of_sales.scheme, by=director_lin, at=MONDAY)

    with pytest.raises(schemes.NotPublished):
        reported(of_sales, sale)
