"""Awards are looked at once more: those somebody cleared, the riskiest, some by lot; who got too much is found out."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Message
from accounts.services import people
from kernel.errors import BadValue
from losses import scoring
from losses.models import Reinspection, ReinspectionDraw
from losses.selectors.stopped_awards import later_of
from losses.services import awarding, findings, reinspecting
from losses.tasks import draw_reinspections
from marketplace.audit import breaches
from records.services.participation import AlreadyTookPart
from tests import factories
from tests.factories import login
from tests.losses.steps import AWARDED_AT

pytestmark = pytest.mark.django_db
MONTH = dt.timedelta(days=32)
LATER = AWARDED_AT + MONTH


class TestScore:
    @pytest.mark.parametrize(
        ("doubts", "points"),
        [
            ([], 0),
            ([("capacity", False)], 10),
            ([("capacity", True)], 5),
            ([("same_photo", False), ("card", True)], 35),
        ],
    )
    def test_each_doubt_gives_its_points_and_half_once_it_is_cleared(self, doubts, points):
        assert scoring.score_of(doubts)[0] == points

    def test_no_claim_has_more_than_a_hundred(self):
        assert scoring.score_of([(f"rule {n}", False) for n in range(11)])[0] == 100

    @pytest.mark.parametrize(
        ("points", "percent", "keys"),
        [
            ({1: 5, 2: 9, 3: 0}, 5, {2}), ({1: 5, 2: 5}, 50, {1}), ({1: 0, 2: 0}, 100, set()), ({1: 7}, 0, set()),
            (dict.fromkeys(range(1, 21), 10), 5, {1}), (dict.fromkeys(range(1, 22), 10), 5, {1, 2}),
        ],
    )  # fmt: skip
    def test_the_riskiest_part_is_rounded_up_and_never_without_points(self, points, percent, keys):
        assert scoring.riskiest(points, percent) == keys


@pytest.fixture
def awarded(story, lot, xiuying_household, clerk_ma, director_lin):
    """Award a report of which a check was cleared by hand."""
    claim = story.on_county_notice(story.filed(lot, kg=50))
    at = claim.county_notice.ends_at
    card = {"number": factories.a_card_number(770_077), "holder": "刘建国", "bank": "农行"}
    people.set_card(household=xiuying_household, **card, at=claim.county_notice.published_at)
    findings.record_findings(claim, at=at)
    findings.clear_finding(findings.latest_findings(claim)["card"], claim, reason="是她儿子", by=clerk_ma, at=at)
    awarding.award(claim, by=director_lin, at=at)
    return type(claim).objects.get(pk=claim.pk)


@pytest.fixture
def drawn(awarded):
    reinspecting.draw_of_last_month(at=awarded.award.at + MONTH)
    return Reinspection.objects.get()


@pytest.fixture
def inspector_qiu(bureau, drawn):
    """Return a verifier who came after the visit was drawn."""
    return factories.a_user("邱检查", "verifier", bureau)


def told():
    return [message.phone for message in Message.objects.filter(kind="claim.reinspect")]


def says(row, outcome, by, at=LATER, words="上门问过了"):
    return reinspecting.record(row, outcome=outcome, words=words, by=by, at=at)


def test_the_points_stand_from_the_award_on_with_their_reasons(awarded):
    assert (awarded.award.score.points, awarded.award.score.reasons) == (5, {"card": 5})


def test_a_month_is_drawn_once_and_says_by_which_seed(awarded, monkeypatch, now):
    now.at = awarded.award.at
    assert draw_reinspections() == 0  # of a month that is not over
    now.at = awarded.award.at + MONTH
    assert [draw_reinspections(), draw_reinspections()] == [1, 0]

    draw = ReinspectionDraw.objects.get()
    assert (draw.awards, draw.percent, draw.top_percent) == (1, 2, 5) and len(draw.seed) == 32
    assert Reinspection.objects.get().why == "cleared" and breaches() == []


@pytest.mark.parametrize(("picked", "drawn"), [(True, 1), (False, 0)])
def test_what_nobody_doubted_is_drawn_by_lot_alone(story, lot, monkeypatch, picked, drawn):
    claim = story.awarded(story.filed(lot, kg=50))
    monkeypatch.setattr(reinspecting, "picks", lambda *_drawn: picked)

    assert reinspecting.draw_of_last_month(at=claim.award.at + MONTH) == drawn


def test_nobody_with_a_hand_in_it_looks_and_nobody_twice(drawn, clerk_ma, director_lin, inspector_qiu):
    for person in (clerk_ma, director_lin):
        with pytest.raises(AlreadyTookPart):
            says(drawn, "as_awarded", person)
    with pytest.raises(BadValue):
        says(drawn, "as_awarded", inspector_qiu, words=" ")
    says(drawn, "as_awarded", inspector_qiu)
    with pytest.raises(reinspecting.LookedAtAlready):
        says(drawn, "less", inspector_qiu)


@pytest.mark.parametrize(("outcome", "stops"), [("as_awarded", False), ("cannot_tell", False), ("less", True)])
def test_what_was_too_much_stops_the_payment_and_is_told(drawn, inspector_qiu, director_lin, outcome, stops):
    says(drawn, outcome, inspector_qiu)

    assert (later_of(drawn.award) is not None) == stops
    assert (director_lin.phone in told()) == stops
    assert breaches() == []


def test_what_nobody_looks_at_ends_and_the_head_is_told(drawn, bureau):
    head = factories.a_user("钟局长", "head_of_office", bureau)

    assert [reinspecting.end_missed(at=drawn.due_at), reinspecting.end_missed(at=drawn.due_at)] == [1, 0]
    assert told() == [head.phone]
    drawn.refresh_from_db()
    assert drawn.status == "missed"


def test_by_page_and_by_program(client, now, drawn, inspector_qiu, auditor):
    now.at = LATER
    page, listed = reverse("reinspection", args=[drawn.pk]), reverse("reinspection-list")
    login(client, inspector_qiu)
    assert listed in client.get(reverse("home")).content.decode()
    assert page in client.get(listed).content.decode()
    shown = client.get(page).content.decode()
    assert "5 分" in shown and drawn.draw.seed in shown
    assert client.post(page, {"idem": "k", "outcome": "less", "words": ""}).status_code == 400

    api = reverse("api-reinspection", args=[drawn.pk])
    said = {"outcome": "not_there", "words": "没有这回事"}
    answer = client.post(api, said, headers={"Idempotency-Key": "p"}).json()
    assert (answer["outcome"], answer["points"], answer["reasons"]) == ("not_there", 5, {"card": 5})
    login(client, auditor)
    rows = client.get(reverse("api-reinspection-list")).json()["results"]
    assert [row["status"] for row in rows] == ["done"]
    assert client.get(page).status_code == 403
