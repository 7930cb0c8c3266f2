"""Rates by weight, by mu, by the head and by value: one fraction each, rounded once, the same wherever it is asked."""

import datetime as dt

import pytest
from django.urls import reverse

from kernel import money
from kernel.errors import BadValue
from losses.models import LossClaim
from losses.pages.words import arithmetic_words
from losses.relief import Facts, Rate, least, per_of
from losses.selectors.rehearsing import as_said, losses_of, rules_kept
from losses.services import awarding, claiming, rehearsing, schemes
from marketplace.audit import breaches
from produce.models import ReferencePrice
from tests.factories import MONDAY, a_season, login
from tests.losses.steps import KG, LOST_ON, a_lot, a_scheme

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("rate", "facts", "grams", "fen"),
    [
        # 300 yuan a mu on 2.5 mu that give 1,000 kg: all of it, one gram less, half a fen, just below it.
        (Rate(300_00, basis="mu"), Facts(None, 250, 1_000_000), 1_000_000, 750_00),
        (Rate(300_00, basis="mu"), Facts(None, 250, 1_000_000), 999_999, 749_99 + 1),
        (Rate(300_00, basis="mu"), Facts(None, 250, 1_000_000), 7, 1),
        (Rate(300_00, basis="mu"), Facts(None, 250, 1_000_000), 6, 0),
        # One hundredth of a mu at one fen.
        (Rate(1, basis="mu"), Facts(None, 1, 1), 1, 0),
        (Rate(1, basis="mu"), Facts(None, 50, 1), 1, 1),
        (Rate(1, basis="mu"), Facts(None, 49, 1), 1, 0),
        # 5 yuan a head of 1,750 g: three heads, and one fen.
        (Rate(500, basis="head"), Facts(1_750), 3 * 1_750, 15_00),
        (Rate(1, basis="head"), Facts(1_750), 1_750, 1),
        # 30 % of 0.80 yuan a jin: a jin, one thousandth, a gram.
        (Rate(0, basis="value", permille=300), Facts(price_fen=80), 500, 24),
        (Rate(0, basis="value", permille=1), Facts(price_fen=80), 3_125, 1),
        (Rate(0, basis="value", permille=1), Facts(price_fen=80), 3_124, 0),
        (Rate(0, basis="value", permille=1000), Facts(price_fen=1), 250, 1),
        (Rate(0, basis="value", permille=1000), Facts(price_fen=1), 249, 0),
        (Rate(160), Facts(), 1_000, 160),
    ],
)
def test_each_basis_is_one_exact_fraction(rate, facts, grams, fen):
    assert money.amount_fen(grams, *per_of(rate, facts)) == fen


@pytest.mark.parametrize("basis", ["mu", "head", "value"])
def test_goods_that_lack_what_is_counted_have_no_rate(basis):
    assert per_of(Rate(100, basis=basis, permille=100), Facts()) is None


def test_the_smaller_of_two_fractions_counts():
    assert least((1, 3), (333, 1000)) == (333, 1000) and least((1, 3), (334, 1000)) == (1, 3)


@pytest.fixture
def drafted(finance_bureau, director_lin):
    """Return what drafts, fills and publishes a scheme with one rate of each kind that is given."""

    def make(*rates, publish=True):
        scheme = a_scheme(finance_bureau, director_lin, publish=False)
        for produce, category, rate in rates:
            schemes.add_rate(scheme, produce=produce, category=category, **rate, by=director_lin, at=MONDAY)
        return schemes.publish_scheme(scheme, by=director_lin, at=MONDAY) if publish else scheme

    return make


def computed(story, claim, **found):
    claim = story.visited(claim, **found)
    awarding.compute(claim, by=story.cast["desk"], at=claim.due_at)
    return LossClaim.objects.get(pk=claim.pk)


@pytest.fixture
def season(xiuying_household, xiuying, cabbage):
    """80 kg at the most on two hundredths of a mu."""
    return a_season(
        xiuying_household, cabbage, by=xiuying, area_cmu=2, at=MONDAY - dt.timedelta(days=40),
        harvest_from=LOST_ON - dt.timedelta(days=20), harvest_to=LOST_ON + dt.timedelta(days=30),
    )  # fmt: skip


def test_by_mu_a_part_of_the_crop_is_as_much_of_its_land(story, drafted, season, xiuying, cabbage):
    story.scheme = drafted((cabbage, "C", {"basis": "mu", "rate_fen": 300_00}))
    claim = story.filed(season, kg=60, by=xiuying)
    assert money.amount_fen(season.capacity_g, claim.per_fen, claim.per_g) == 6_00
    claim = computed(story, claim, kg=40, why="有一半还长着")

    assert claim.computations.get().amount_fen == 6_00 * 40 * KG // season.capacity_g
    assert arithmetic_words(claim) == ["0.01 亩 × 300.00 元/亩 = 3.00 元"]
    assert breaches() == []


def test_by_the_head(story, drafted, duck, xiuying, xiuying_household, client):
    story.scheme = drafted((duck, "B", {"basis": "head", "rate_fen": 500}))
    claim = computed(story, story.filed(a_lot(xiuying_household, duck, kg=20, by=xiuying), quantity=12))

    assert claim.computations.get().amount_fen == 60_00
    assert arithmetic_words(claim) == ["12 只 × 5.00 元/只 = 60.00 元"]
    login(client, xiuying)
    assert "12 只 × 5.00 元/只" in client.get(reverse("claim-detail", args=[claim.pk])).content.decode()
    assert breaches() == []


def test_by_value_a_lot_counts_at_what_it_asked_when_it_was_reported(story, drafted, lot, cabbage):
    story.scheme = drafted((cabbage, "B", {"basis": "value", "permille": 300}))
    claim = story.filed(lot, kg=50)
    type(lot).objects.filter(pk=lot.pk).update(price_fen=400)
    claim = computed(story, claim)

    assert claim.computations.get().amount_fen == 100 * 24
    assert arithmetic_words(claim) == ["100 斤 × 0.80 元/斤 × 30% = 24.00 元"]
    assert breaches() == []


def test_by_value_a_crop_counts_at_the_reference_or_not_at_all(story, drafted, season, xiuying, cabbage):
    story.scheme = drafted((cabbage, "C", {"basis": "value", "permille": 250}))
    with pytest.raises(claiming.NoValue):
        story.filed(season, kg=50, by=xiuying)
    last_season = LOST_ON - dt.timedelta(days=200)
    ReferencePrice.objects.create(produce=cabbage, day=last_season, source="县发改委", avg_fen=80)

    assert computed(story, story.filed(season, kg=50, by=xiuying)).computations.get().amount_fen == 100 * 20


@pytest.mark.parametrize(
    ("category", "basis", "of_heads"),
    [("B", "mu", False), ("A", "mu", False), ("C", "head", True), ("B", "head", False)],
)
def test_a_basis_that_says_nothing_of_the_loss_is_refused(drafted, cabbage, duck, category, basis, of_heads):
    produce = {True: duck, False: cabbage}[of_heads]

    with pytest.raises(BadValue):
        drafted((produce, category, {"basis": basis, "rate_fen": 100}))


def test_a_rehearsal_gives_what_is_really_computed(story, drafted, season, lot, xiuying, cabbage, duck, director_lin):
    rates = [
        (cabbage, "B", {"basis": "value", "permille": 300}),
        (cabbage, "C", {"basis": "mu", "rate_fen": 300_00}),
        (duck, "B", {"basis": "head", "rate_fen": 500}),
    ]
    story.scheme = drafted(*rates)
    heads = a_lot(lot.household, duck, kg=20, by=xiuying)
    claims = [story.filed(lot, kg=50), story.filed(heads, quantity=12), story.filed(season, kg=60, by=xiuying)]
    story.on_village_notice(*claims)
    draft = drafted(*rates, publish=False)
    rehearsal = rehearsing.ask(
        draft, from_on=LOST_ON, to_on=LOST_ON, by=director_lin, at=MONDAY + dt.timedelta(days=365)
    )

    run = rehearsing.begin(rehearsal)
    given = {loss.produce: run.add(loss) for loss in losses_of(LOST_ON, LOST_ON) if loss.category == "B"}
    given["C"] = sum(run.add(loss) for loss in losses_of(LOST_ON, LOST_ON) if loss.category == "C")
    really = [
        awarding.relief_of(LossClaim.objects.get(pk=claim.pk), money_left_fen=10**9).lines_fen for claim in claims
    ]
    assert [given[cabbage.pk], given[duck.pk], given["C"]] == really
    assert rules_kept(rehearsal).rates[cabbage.pk, "C"] == Rate(300_00, 1000, "mu")
    assert as_said(draft) == rehearsal.rules


def test_the_calculator_asks_what_the_rate_counts_by(client, drafted, cabbage):
    scheme = drafted(
        (cabbage, "B", {"basis": "value", "permille": 300}), (cabbage, "C", {"basis": "mu", "rate_fen": 300_00})
    )
    page = reverse("scheme-detail", args=[scheme.pk])
    by_value, by_mu = scheme.rates.get(category="B").pk, scheme.rates.get(category="C").pk
    asked = {"quantity_0": "100", "quantity_1": "jin"}
    assert client.get(page, asked | {"rate": by_value}).status_code == 400
    assert client.get(page, asked | {"rate": by_mu}).status_code == 400

    assert "24.00" in client.get(page, asked | {"rate": by_value, "sold_at": "0.80"}).content.decode()
    tried = client.get(page, asked | {"rate": by_mu, "area": "0.5"}).content.decode()
    assert "0.5 亩 × 300.00 元/亩 = 150.00 元" in tried and "货值的 30%" in tried
    calculator = f"/api/v1/schemes/{scheme.pk}/calculator/"
    wanted = {"produce": cabbage.code, "category": "C", "kg": "50"}
    assert client.get(calculator, wanted).status_code == 400
    told = client.get(calculator, wanted | {"area_cmu": 50}).json()
    assert (told["amount_yuan"], told["lines"][0]) == ("150.00", "0.5 亩 × 300.00 元/亩 = 150.00 元")
    rate = client.get("/api/v1/schemes/").json()[0]["rates"][0]
    assert (rate["basis"], rate["value_permille"], rate["words"]) == ("value", 300, "货值的 30%")
