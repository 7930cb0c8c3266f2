"""Which claims are visited: a recorded draw, as many as the village's own visits ask for, and never a look too few."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Message
from losses.models import CallDraw, LossClaim, SampleDraw
from losses.pages.story import draw_words
from losses.regimes import Regime, is_accepted, percent_in, picks, regime_after
from losses.selectors.funnels import funnel
from losses.selectors.sampling import accepted_months, regime_of
from losses.services import awarding, noticing, sampling
from marketplace.audit import breaches
from produce.models import ReferencePrice
from tests.factories import FRIDAY, login
from tests.losses.steps import KG, LOST_ON, a_lot, a_scheme

pytestmark = pytest.mark.django_db
NORMAL, TIGHTENED, FULL = Regime.NORMAL, Regime.TIGHTENED, Regime.FULL
GOOD, BAD = True, False


@pytest.mark.parametrize(
    ("months", "regime"),
    [
        ([], NORMAL),
        ([BAD], NORMAL),
        ([BAD, BAD], TIGHTENED),
        ([BAD, GOOD, GOOD, GOOD, BAD], TIGHTENED),
        ([BAD, GOOD, GOOD, GOOD, GOOD, BAD], NORMAL),
        ([BAD, BAD, BAD], TIGHTENED),
        ([BAD, BAD, BAD, GOOD, BAD], FULL),
        ([BAD, BAD, BAD, GOOD, GOOD, GOOD, GOOD, BAD], FULL),
        ([BAD, BAD] + [GOOD] * 4, TIGHTENED),
        ([BAD, BAD] + [GOOD] * 5, NORMAL),
        ([BAD] * 4 + [GOOD] * 4, FULL),
        ([BAD] * 4 + [GOOD] * 5, TIGHTENED),
        ([BAD] * 4 + [GOOD] * 10, NORMAL),
        ([BAD] * 4 + [GOOD] * 4 + [BAD] + [GOOD] * 4, FULL),
    ],
)
def test_the_switching_rules(months, regime):
    assert regime_after(months) == regime


@pytest.mark.parametrize(
    ("regime", "asked", "percent"),
    [(NORMAL, 20, 20), (TIGHTENED, 20, 40), (TIGHTENED, 60, 100), (FULL, 1, 100), (NORMAL, 100, 100)],
)
def test_tightened_draws_the_double_and_full_all(regime, asked, percent):
    assert percent_in(regime, asked) == percent


@pytest.mark.parametrize(
    ("found", "expected", "accepted"), [(950, 1000, True), (949, 1000, False), (0, 1000, False), (1000, 1000, True)]
)
def test_a_little_less_is_accepted(found, expected, accepted):
    assert is_accepted(found, expected, 50) is accepted


def test_a_seed_draws_its_share_and_always_the_same():
    drawn = [picks(f"{n}", "claim:1", 30) for n in range(2000)]

    assert 500 < sum(drawn) < 700 and drawn == [picks(f"{n}", "claim:1", 30) for n in range(2000)]
    assert all(picks(f"{n}", "claim:1", 100) for n in range(200))


@pytest.fixture
def sampled(finance_bureau, director_lin, cabbage, story):
    story.scheme = a_scheme(finance_bureau, director_lin, cabbage, sample_percent=30)
    return story


@pytest.fixture
def seeds(monkeypatch):
    """Let draws come out as a test says."""

    def come(*, picked):
        chosen = next(f"{n}" for n in range(9999) if all(picks(f"{n}", f"claim:{pk}", 30) is picked for pk in _next()))
        monkeypatch.setattr(sampling.secrets, "token_hex", lambda size: chosen)

    return come


def _next():
    return [row.pk for row in LossClaim.objects.all()]


def gone_on(story, claim):
    notice = story.on_village_notice(claim)
    return noticing.go_on_after_village_notice(claim, at=notice.ends_at)


def test_what_was_not_drawn_goes_on_at_what_the_township_found(sampled, lot, seeds, client, xiuying):
    claim = sampled.filed(lot, kg=50)
    seeds(picked=False)
    sampled.village_checked(claim)
    sampled.township_checked(LossClaim.objects.get(pk=claim.pk), kg=40, why="少了")
    drawn = SampleDraw.objects.get()
    assert (drawn.regime, drawn.percent, drawn.picked, drawn.month.day) == ("normal", 30, False, 1)
    login(client, xiuying)
    page = reverse("claim-detail", args=[claim.pk])
    assert "未抽到" not in client.get(page).content.decode()
    assert client.get(f"/api/v1/claims/{claim.pk}/").json()["draw"] is None

    claim = gone_on(sampled, LossClaim.objects.get(pk=claim.pk))
    assert claim.status == "unvisited"
    shown = client.get(page).content.decode()
    assert "未抽到实地查看" in shown and drawn.seed in shown and "每百份抽 30 份" in shown
    assert client.get(f"/api/v1/claims/{claim.pk}/").json()["draw"]["picked"] is False
    awarding.compute(claim, by=sampled.cast["desk"], at=claim.due_at)
    assert claim.computations.get().verified_g == 40 * KG
    assert (funnel()[0].verified, funnel()[0].verified_g) == (1, 40 * KG)
    assert breaches() == []


def test_what_was_drawn_is_visited(sampled, lot, seeds):
    claim = sampled.filed(lot, kg=50)
    seeds(picked=True)
    sampled.township_checked(claim)

    assert gone_on(sampled, LossClaim.objects.get(pk=claim.pk)).status == "to_visit"


def test_what_must_be_looked_at_is_visited_though_it_was_not_drawn(sampled, lot, seeds):
    ReferencePrice.objects.create(produce=lot.produce, day=LOST_ON, source="县发改委", avg_fen=20)
    claim = sampled.filed(lot, kg=50)
    seeds(picked=False)
    sampled.township_checked(claim)

    claim = gone_on(sampled, LossClaim.objects.get(pk=claim.pk))
    assert claim.status == "to_visit" and draw_words(claim)[0] == "没抽到，但有要看的地方，照样上门"


def test_a_scheme_without_a_sample_visits_every_claim(story, lot):
    claim = story.township_checked(story.filed(lot, kg=50))

    assert claim.sample_draws.get().picked and claim.sample_draws.get().percent == 100


def test_the_regime_is_of_the_village_and_of_the_months_before(sampled, xiuying, xiuying_household, cabbage, seeds):
    village, claims = xiuying_household.village_id, []
    for kg in (50, 50):
        claims.append(sampled.filed(a_lot(xiuying_household, cabbage, by=xiuying), kg=kg))
    seeds(picked=True)
    for claim, found in zip(claims, (50, 40), strict=True):
        sampled.visited(claim, kg=found, why="少了")
    after = (FRIDAY + dt.timedelta(days=40)).date()

    assert accepted_months(village, after) == [False]
    assert accepted_months(village, FRIDAY.date().replace(day=1)) == []
    assert accepted_months("360735102209", after) == []
    assert regime_of(village, after) == NORMAL


SPARES = {"no_visit_below_fen": 100_00, "no_visit_listed_days": 2}


@pytest.fixture
def sparing(finance_bureau, director_lin, cabbage, story):
    story.scheme = a_scheme(finance_bureau, director_lin, cabbage, own=SPARES)
    return story


def test_an_unsold_lot_is_spared_a_visit_by_the_rule_of_its_scheme_and_may_be_called(sparing, lot, client, xiuying):
    claim = sparing.filed(lot, kg=50)
    claim = gone_on(sparing, claim)

    drawn = SampleDraw.objects.get()
    assert (claim.status, drawn.picked, drawn.spared_fen, drawn.spared_days) == ("unvisited", False, 80_00, 2)
    assert "不用上门" in Message.objects.get(kind="claim.unvisited").body and CallDraw.objects.get().claim == claim
    page = login(client, xiuying).get(reverse("claim-detail", args=[claim.pk])).text
    assert "按办法不用上门" in page and "损失前挂了 2 天，按标准算 80.00 元" in page
    assert client.get(reverse("api-claim-detail", args=[claim.pk])).json()["draw"]["spared_yuan"] == "80.00"
    awarding.compute(claim, by=sparing.cast["desk"], at=claim.due_at)
    assert breaches() == []


@pytest.mark.parametrize(
    "other",
    [{"kg": 63}, {"cause": "spoiled"}, {"happened_on": LOST_ON - dt.timedelta(days=1)}, "doubted", "tightened"],
    ids=str,
)
def test_what_the_rule_does_not_cover_or_something_speaks_against_is_visited(sparing, lot, monkeypatch, other):
    monkeypatch.setattr(sampling, "regime_of", {"tightened": lambda *_: TIGHTENED}.get(str(other), regime_of))
    for day in [LOST_ON] * (other == "doubted"):
        ReferencePrice.objects.create(produce=lot.produce, day=day, source="县发改委", avg_fen=20)
    claim = sparing.filed(lot, **(other if isinstance(other, dict) else {}))

    assert gone_on(sparing, claim).status == "to_visit"
