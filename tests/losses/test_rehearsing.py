"""A draft is rehearsed over a past season: the same arithmetic as the real one, kept as rows, and nothing is paid."""

import datetime as dt
import itertools
import uuid

import pytest
from django.urls import reverse

from kernel.entering import entering
from kernel.errors import BadValue
from losses.models import Computation, OtherRelief, Rehearsal, RehearsalCell, RehearsalResult
from losses.pages import rehearsal_pairs as pages_of_pairs
from losses.pages import rehearsals as pages_of_rehearsals
from losses.relief import ENDLESS_FEN, Elsewhere, Loss, Rate, Rehearsing, Rules, Why
from losses.selectors import rehearsing as selectors
from losses.services import answering, loss_notices, rehearsing, schemes
from losses.tasks import run_rehearsals
from records.models import Job
from records.services import jobs
from registers.services import changes
from tests.factories import MONDAY, a_season, login
from tests.losses.steps import KG, LOST_ON, Story, a_lot, a_scheme

pytestmark = pytest.mark.django_db
NEXT_YEAR = dt.datetime(2027, 2, 1, 1, tzinfo=dt.UTC)
SEASON = {"from_on": dt.date(2026, 1, 1), "to_on": dt.date(2026, 12, 31)}
_serial = itertools.count(1)


@pytest.fixture(autouse=True)
def next_year(now):
    now.at = NEXT_YEAR
    return now


@pytest.fixture
def draft_of(finance_bureau, director_lin, cabbage):
    """Return a maker of drafts for 2027: 1.60 yuan a kilo of cabbage, at most 2,000 yuan a household."""

    def make(*, rate_fen=160, crop_fen=0, money_fen=0, **changes):
        rules = {
            "code": f"D{next(_serial)}", "name": "救助（2027）", "legal_basis": "2027 版",
            "window_from": dt.date(2027, 1, 1), "window_to": dt.date(2027, 12, 31),
            "tiers": ["lifted", "unstable", "marginal", "ordinary"], "household_cap_fen": 200_000,
            "min_loss_g": 10 * KG, "village_days": 5, "county_days": 5, "payer": finance_bureau,
        } | changes  # fmt: skip
        scheme = schemes.draft_scheme(**rules, by=director_lin, at=NEXT_YEAR)
        schemes.add_rate(scheme, produce=cabbage, rate_fen=rate_fen, by=director_lin, at=NEXT_YEAR)
        for category in ["C"][: bool(crop_fen)]:
            schemes.add_rate(
                scheme, produce=cabbage, category=category, rate_fen=crop_fen, by=director_lin, at=NEXT_YEAR
            )
        for fen in [money_fen][: bool(money_fen)]:
            schemes.add_money(scheme, amount_fen=fen, document="1号", by=director_lin, at=NEXT_YEAR)
        return scheme

    return make


@pytest.fixture
def run(director_lin):
    """Return what asks for a rehearsal and runs it to its end."""

    def go(scheme, **season):
        rehearsal = rehearsing.ask(scheme, **(SEASON | season), by=director_lin, at=NEXT_YEAR)
        assert run_rehearsals() == 1
        return rehearsal

    return go


def cells(rehearsal, basis="reported"):
    rows = rehearsal.cells.filter(basis=basis).order_by("tier")
    return [(c.tier, c.rows, c.households, c.need_fen, c.paid_fen, c.capped) for c in rows]


def falls(rehearsal, basis="reported"):
    return {f.why: (f.rows, f.households) for f in rehearsal.falls.filter(basis=basis)}


def test_what_was_really_computed_comes_to_the_same_fen(
    cast, finance_bureau, director_lin, clerk_ma, cabbage, xiuying, lot, neighbours_lot, draft_of
):
    """Two claims of a capped household, one of a neighbour who got money elsewhere, one more cut by the money left."""
    scheme = a_scheme(finance_bureau, director_lin, cabbage, cap_fen=200_00, money_fen=350_00)
    story = Story(cast, scheme)
    with entering("registerchange:1"):
        OtherRelief.objects.create(
            household=neighbours_lot.household, produce=cabbage, source="保险", from_on=LOST_ON, to_on=LOST_ON,
            amount_fen=50_00, document="1号", by=director_lin, confirmed_by=clerk_ma, at=MONDAY,
        )  # fmt: skip
    real = [story.computed(story.filed(lot, kg=100))]
    second = a_lot(lot.household, cabbage, kg=100, by=xiuying)
    real.append(story.computed(story.filed(second, kg=100)))
    real.append(story.computed(story.filed(neighbours_lot, kg=100)))
    last = a_lot(neighbours_lot.household, cabbage, kg=100, by=neighbours_lot.made_by)
    real.append(story.computed(story.filed(last, kg=100)))

    draft = draft_of(household_cap_fen=200_00, money_fen=350_00)
    rehearsal = rehearsing.ask(draft, **SEASON, by=director_lin, at=NEXT_YEAR)
    again = rehearsing.begin(rehearsal)
    losses = selectors.losses_of(**SEASON)
    fen = [again.add(loss) for loss in losses]

    computed = list(Computation.objects.order_by("at", "pk").values_list("amount_fen", flat=True))
    assert computed == [160_00, 40_00, 110_00, 40_00] and fen == computed
    assert [loss.reported for loss in losses] == [True] * 4 and len(real) == 4


def test_what_it_would_cost_by_township_and_tier_and_whether_the_money_suffices(
    story, lot, neighbours_lot, draft_of, run, changxi
):
    story.filed(lot, kg=100)
    story.filed(neighbours_lot, kg=50)

    rehearsal = run(draft_of(money_fen=200_00, household_cap_fen=160_00))

    assert cells(rehearsal) == [("lifted", 1, 1, 160_00, 160_00, 1), ("ordinary", 1, 1, 80_00, 40_00, 0)]
    assert {cell.township_id for cell in rehearsal.cells.all()} == {changxi.parent_id}
    result = rehearsal.result
    assert (result.reported, result.awarded_fen, rehearsal.money_fen) == (2, 0, 200_00)
    # The neighbour's other 50 kilos were on sale and nobody bought them: they count only on the other basis.
    assert cells(rehearsal, "all")[1][:4] == ("ordinary", 2, 1, 160_00)
    assert Computation.objects.count() == 0 and story.scheme.account.available_fen() == 10_000_000


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"window_from": dt.date(2027, 11, 3)}, "window"),
        ({"tiers": ["marginal"]}, "tier"),
        ({"townships": ["360735999000"]}, "township"),
        ({"min_loss_g": 51 * KG}, "too_little"),
    ],
)
def test_who_would_fall_out_and_why(story, lot, draft_of, run, changes, why):
    story.filed(lot, kg=50)

    rehearsal = run(draft_of(**changes))

    assert (cells(rehearsal), falls(rehearsal)) == ([], {why: (1, 1)})


def test_produce_without_a_rate_and_a_cap_that_is_reached_are_reasons_too(
    story, lot, duck, xiuying, xiuying_household, cabbage, draft_of, run
):
    story.filed(lot, kg=100)
    story.filed(a_lot(xiuying_household, duck, kg=20, by=xiuying), quantity=20)
    story.filed(a_lot(xiuying_household, cabbage, kg=30, by=xiuying), kg=30)

    rehearsal = run(draft_of(household_cap_fen=100_00))

    assert cells(rehearsal) == [("lifted", 1, 1, 100_00, 0, 1)]
    assert falls(rehearsal) == {"no_rate": (1, 0), "cap": (1, 0)}


def test_what_the_rules_of_then_refused_is_looked_at_anew_and_what_was_not_there_is_no_loss(
    story, cadre_wu, lot, neighbours_lot, draft_of, run
):
    for goods, code in ((lot, "too_little"), (neighbours_lot, "not_found")):
        answering.refuse(story.filed(goods, kg=50), code=code, reason="不行就是不行", by=cadre_wu, at=MONDAY)

    rehearsal = run(draft_of())

    assert cells(rehearsal) == [("lifted", 1, 1, 80_00, 0, 0)]
    # Of the refused lot 50 kilos were reported and 50 more were left; of the neighbour's all 100 were left.
    assert [row[1:4] for row in cells(rehearsal, "all")] == [(2, 1, 160_00), (1, 1, 160_00)]


def test_a_crop_said_to_be_lost_counts_at_what_was_guessed(xiuying_household, xiuying, cabbage, draft_of, run):
    crop = a_season(xiuying_household, cabbage, by=xiuying, area_cmu=2)
    loss_notices.give_notice(goods=crop, cause="field", about=30 * KG, seen_on=LOST_ON, words="", by=xiuying, at=MONDAY)

    rehearsal = run(draft_of(crop_fen=60))

    assert cells(rehearsal) == [] and cells(rehearsal, "all") == [("lifted", 1, 1, 18_00, 0, 0)]


def test_only_a_draft_with_rates_and_a_season_that_is_over_is_rehearsed(draft_of, director_lin, scheme):
    draft, asked = draft_of(), {"by": director_lin, "at": NEXT_YEAR}
    bad = [
        {"from_on": dt.date(2026, 5, 2), "to_on": dt.date(2026, 5, 1)},
        {"from_on": dt.date(2027, 1, 1), "to_on": dt.date(2027, 2, 1)},
        {"from_on": dt.date(2020, 1, 1), "to_on": dt.date(2026, 5, 1)},
    ]
    for season in bad:
        with pytest.raises(BadValue):
            rehearsing.ask(draft, **season, **asked)
    with pytest.raises(schemes.SchemeIsPublished):
        rehearsing.ask(scheme, **SEASON, **asked)
    rehearsing.ask(draft, **SEASON, **asked)
    with pytest.raises(rehearsing.RehearsalRuns):
        rehearsing.ask(draft, **SEASON, **asked)


def test_a_draft_without_rates_has_nothing_to_rehearse(finance_bureau, director_lin):
    bare = schemes.draft_scheme(
        code="BARE", name="空", legal_basis="1号", window_from=dt.date(2027, 1, 1), window_to=dt.date(2027, 12, 31),
        tiers=["lifted"], household_cap_fen=1, min_loss_g=1, village_days=1, county_days=1, payer=finance_bureau,
        by=director_lin, at=NEXT_YEAR,
    )  # fmt: skip
    with pytest.raises(rehearsing.NothingToRehearse):
        rehearsing.ask(bare, **SEASON, by=director_lin, at=NEXT_YEAR)


def test_one_that_fell_is_begun_anew_when_its_lease_is_over(next_year, story, lot, draft_of, director_lin, monkeypatch):
    story.filed(lot, kg=50)
    rehearsal = rehearsing.ask(draft_of(), **SEASON, by=director_lin, at=NEXT_YEAR)
    with monkeypatch.context() as broken:
        broken.setattr(rehearsing, "_keep", lambda *_args, **_words: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run_rehearsals()
    job = Job.objects.get(kind=selectors.JOB)
    assert (job.done, job.total, RehearsalResult.objects.count()) == (2, 2, 0)
    assert run_rehearsals() == 0  # the one that fell may still be living

    next_year.at += 2 * jobs.LEASE
    assert (run_rehearsals(), run_rehearsals()) == (1, 0)
    assert cells(rehearsal) == [("lifted", 1, 1, 80_00, 0, 0)]


def test_one_that_falls_keeps_no_other_waiting(story, lot, draft_of, director_lin, monkeypatch):
    first, second = (rehearsing.ask(draft_of(), **SEASON, by=director_lin, at=NEXT_YEAR) for _draft in range(2))
    keep = rehearsing._keep

    def falls_once(rehearsal, *args, **words):
        assert rehearsal != first, "falls"
        keep(rehearsal, *args, **words)

    monkeypatch.setattr(rehearsing, "_keep", falls_once)
    with pytest.raises(AssertionError, match="falls"):
        run_rehearsals()

    assert list(RehearsalResult.objects.values_list("rehearsal", flat=True)) == [second.pk]


def test_it_asks_as_much_for_many_losses_as_for_one(
    xiuying, xiuying_household, cabbage, draft_of, director_lin, django_assert_num_queries
):
    def counted(most):
        with django_assert_num_queries(most):
            run_rehearsals()

    for lots in (1, 5):
        for _lot in range(lots):
            a_lot(xiuying_household, cabbage, kg=20, by=xiuying)
        rehearsing.ask(draft_of(), **SEASON, by=director_lin, at=NEXT_YEAR)
        counted(23)


def test_many_losses_run_by_the_arithmetic_alone():
    """What grows with the losses, beside a fixed number of statements."""
    rules = Rules(
        dt.date(2026, 1, 1), dt.date(2026, 12, 31), frozenset({"lifted"}), frozenset(), {(1, "B"): Rate(160)},
        200_000, 10_000,
    )  # fmt: skip
    day, households = dt.date(2026, 5, 1), [uuid.UUID(int=n) for n in range(100)]
    again = Rehearsing(rules, 1_000_000, {households[0]: [Elsewhere(None, day, day, 5)]})
    for n in range(20_000):
        again.add(Loss(households[n % 100], "1", "lifted", 1, "B", day, MONDAY, 1000 + n, reported=True))
    again.count_households()

    given = again.given["1", "lifted"]
    assert (given.households, given.capped, given.paid_fen) == (100, 100, 1_000_000)
    assert given.need_fen == 100 * 200_000 < ENDLESS_FEN
    assert set(again.fallen) == {("1", Why.TOO_LITTLE), ("1", Why.CAP)}


def test_a_day_of_february_is_laid_over_any_year():
    assert selectors.years_before(dt.date(2028, 2, 29), 1) == dt.date(2027, 2, 28)
    assert selectors.years_before(dt.date(2028, 2, 29), 4) == dt.date(2024, 2, 29)
    assert selectors.years_before(dt.date(2027, 3, 1), 1) == dt.date(2026, 3, 1)


def test_the_bureau_asks_on_the_page_and_reads_what_came_of_it(
    client, next_year, story, lot, neighbours_lot, draft_of, director_lin, finance_maker, auditor, xiuying
):
    story.filed(lot, kg=100)
    story.filed(neighbours_lot, kg=5_000 // KG + 10)
    draft = draft_of(money_fen=100_00, min_loss_g=20 * KG)
    login(client, director_lin)
    url = reverse("rehearsal-new", args=[draft.pk])
    listed = client.get(reverse("rehearsal-list")).content.decode()
    assert url in listed and "还没用过去的数试算过" in listed
    assert 'value="2026-02-01"' in client.get(url).content.decode()
    bad = client.post(url, {"from_on": "2026-01-01", "to_on": "2027-12-31", "idem": "r"})
    assert bad.status_code == 400 and "已经过去" in bad.content.decode()

    sent = [client.post(url, {"from_on": "2026-01-01", "to_on": "2026-12-31", "idem": "r"}) for _twice in range(2)]

    rehearsal = Rehearsal.objects.get()
    page = reverse("rehearsal", args=[rehearsal.pk])
    assert {answer["Location"] for answer in sent} == {page}
    assert "正在排队" in client.get(page).content.decode()
    job = jobs.take(selectors.JOB, str(rehearsal.pk), at=NEXT_YEAR)
    jobs.count(job, total=200)
    jobs.beat(job, done=50, at=NEXT_YEAR)
    running = client.get(page).content.decode()
    assert "200 笔损失里已看了 50 笔" in running and 'value="25"' in running
    jobs.give_back(job)
    run_rehearsals()

    for reader in (director_lin, finance_maker, auditor):
        shown = login(client, reader).get(page).content.decode()
        assert "160.00" in shown and "不到起报数量" in shown and "还差 60.00 元" in shown and "屏山镇" in shown
        assert "黄秀英" not in shown and "160.00" in client.get(reverse("rehearsal-list")).content.decode()
    assert login(client, xiuying).get(page).status_code == 403
    assert login(client, finance_maker).get(url).status_code == 403
    assert "草稿试算" in client.get("/").content.decode()


def test_publishing_says_whether_it_was_rehearsed(next_year, story, lot, draft_of, run, director_lin, clerk_ma, duck):
    story.filed(lot, kg=100)
    draft = draft_of(money_fen=100_00)

    def said():
        change = changes.propose(
            "schemes", [{"scheme": draft.pk, "act": "publish"}], document_number=f"{next(_serial)}号",
            by=director_lin, at=NEXT_YEAR,
        )  # fmt: skip
        notes = " ".join(changes.notes_of(change, at=NEXT_YEAR))
        changes.withdraw(change, by=director_lin, at=NEXT_YEAR)
        return notes

    assert "还没用过去的数试算过" in said()
    run(draft)
    assert "报过损的一共要花 160.00 元" in said() and "改过" not in said()
    schemes.add_rate(draft, produce=duck, rate_fen=100, by=director_lin, at=NEXT_YEAR)
    assert "草稿后来又改过" in said()


def test_the_register_leads_to_the_rehearsal(client, draft_of, scheme, director_lin):
    login(client, director_lin)
    draft = draft_of()

    page = client.get(reverse("register-edit", args=["schemes", draft.pk])).content.decode()

    assert reverse("rehearsal-new", args=[draft.pk]) in page and "还没用过去的数试算过" in page
    published = client.get(reverse("register-edit", args=["schemes", scheme.pk])).content.decode()
    assert reverse("rehearsal-new", args=[scheme.pk]) not in published


def test_programs_ask_and_read(client, next_year, story, lot, draft_of, director_lin, auditor, xiuying):
    story.filed(lot, kg=100)
    draft = draft_of()
    login(client, director_lin)
    asked = {"from_on": "2026-01-01", "to_on": "2026-12-31"}

    def post():
        path = f"/api/v1/schemes/{draft.pk}/rehearsals/"
        return client.post(path, asked, content_type="application/json", headers={"Idempotency-Key": "k"})

    first, again = post(), post()
    assert first.status_code == 201 and first.json() == again.json() and not first.json()["has_run"]
    run_rehearsals()

    login(client, auditor)
    path = f"/api/v1/rehearsals/{first.json()['id']}/"
    read, row = client.get(path).json(), client.get("/api/v1/rehearsals/").json()["results"][0]
    assert (read["done"], read["total"], read["need_yuan"]) == (1, 1, "160.00") and row["need_yuan"] == "160.00"
    assert read["cells"][0] | {"township": ""} == {
        "basis": "reported", "township": "", "tier": "lifted", "losses": 1, "kg": "100", "households": 1,
        "need_yuan": "160.00", "paid_yuan": "0.00", "shared_yuan": "0.00", "capped": 0,
    }  # fmt: skip
    assert login(client, xiuying).get(path).status_code == 403


def test_the_pages_ask_as_much_for_many_as_for_one(client, draft_of, run, director_lin, django_assert_max_num_queries):
    for _draft in range(3):
        run(draft_of())
    login(client, director_lin)

    with django_assert_max_num_queries(15):
        client.get(reverse("rehearsal-list"))


def test_what_was_taken_off_once_is_not_taken_off_again_and_another_produce_takes_nothing():
    day, home = dt.date(2026, 5, 1), uuid.UUID(int=1)
    rules = Rules(day, day, frozenset({"lifted"}), frozenset(), {(1, "B"): Rate(160), (2, "B"): Rate(160)}, 200_000, 1)
    again = Rehearsing(rules, 1_000_000, {home: [Elsewhere(1, day, day, 20_00)]})
    losses = [Loss(home, "1", "lifted", produce, "B", day, MONDAY, 100_000, reported=True) for produce in (2, 1, 1)]

    assert [again.add(loss) for loss in losses] == [160_00, 140_00, 160_00]


def test_bars_show_what_each_township_needs_the_dearest_first(changxi, other_village):
    cells = [
        RehearsalCell(township_id=town, tier="lifted", need_fen=fen, paid_fen=0, shared_fen=0)
        for town, fen in ((changxi.parent_id, 100_00), (other_village.parent_id, 300_00), (changxi.parent_id, 50_00))
    ]
    bars = pages_of_rehearsals.bars_of(cells)

    assert [(bar.value_text, bar.share) for bar in bars] == [("300.00", 1000), ("150.00", 500)]
    assert pages_of_rehearsals.bars_of(cells[:1]) == []


def test_two_rehearsals_stand_side_by_side_by_township_and_kind_of_household(
    client, draft_of, run, last_season_pair, clerk_ma
):
    login(client, clerk_ma)
    assert "先要有两次演练" in client.get(reverse("rehearsal-pair")).content.decode()
    assert client.get("/api/v1/rehearsals/side-by-side/").json() == []
    first, second = run(draft_of(rate_fen=160)), run(draft_of(rate_fen=200, min_loss_g=60 * KG))

    page = client.get(reverse("rehearsal-pair"), {"first": first.pk, "second": second.pk})
    part = page.context["parts"][0]
    assert part.lines()[0] == pages_of_pairs.PairLine("合计", "2 → 1", "240.00", "200.00", "−40.00", True)
    told = client.get("/api/v1/rehearsals/side-by-side/", {"first": second.pk, "second": first.pk}).json()
    assert told[0]["rows"][0]["more_yuan"] == "40.00"
    assert client.get(reverse("rehearsal-pair"), {"first": ""}).context["first"] == first.pk
    for unknown in ("x", "999999", "-1", "٣", "99999999999999999999"):
        for door in (reverse("rehearsal-pair"), "/api/v1/rehearsals/side-by-side/"):
            assert client.get(door, {"first": unknown, "second": second.pk}).status_code == 404, unknown
            assert client.get(door, {"second": unknown}).status_code == 404, unknown


@pytest.fixture
def last_season_pair(now, story, lot, neighbours_lot):
    """Return two losses of last season, of 100 and of 50 kilos."""
    claims = story.filed(lot, kg=100), story.filed(neighbours_lot, kg=50)
    now.at = NEXT_YEAR
    return claims
