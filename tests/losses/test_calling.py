"""Of what nobody visits a drawn part is called: doubt holds the award, silence of the office holds nothing."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Message
from kernel import masking
from kernel.errors import BadValue
from losses.models import CallBack, CallDraw, LossClaim
from losses.selectors import queues
from losses.services import answering, appealing, awarding, calling, findings, loss_notices, noticing, sampling
from losses.tasks import end_uncalled
from marketplace.audit import breaches
from records.models import Finding, PolicyValue
from records.services.participation import AlreadyTookPart
from tests import factories
from tests.factories import login
from tests.losses.steps import LOST_ON, a_scheme

pytestmark = pytest.mark.django_db
EVERY, NOBODY = 100, 0


@pytest.fixture
def called(monkeypatch, finance_bureau, director_lin, clerk_ma, cabbage, story, lot):
    """Return a way to a claim that nobody visits, of which so many of a hundred are called."""

    def come(percent, **scheme):
        story.scheme = a_scheme(finance_bureau, director_lin, cabbage, sample_percent=30, **scheme)
        PolicyValue.objects.create(
            name="callback_percent", value=percent, from_on=dt.date(2026, 1, 1), set_by=director_lin,
            confirmed_by=clerk_ma, confirmed_at=factories.MONDAY,
        )  # fmt: skip
        monkeypatch.setattr(sampling, "picks", lambda *_drawn: False)
        claim = story.filed(lot, kg=50)
        notice = story.on_village_notice(claim)
        return noticing.go_on_after_village_notice(claim, at=notice.ends_at)

    return come


def says(claim, outcome, by, words="问过了"):
    return calling.record_call(claim.calls.get(), outcome=outcome, words=words, by=by, at=claim.due_at)


def on_county_notice(story, claim):
    awarding.compute(claim, by=story.cast["desk"], at=claim.due_at)
    township = claim.household.village.parent
    noticing.publish_county_notice(story.scheme, township, by=story.cast["desk"], at=claim.due_at)
    return LossClaim.objects.get(pk=claim.pk)


def test_what_is_passed_over_leaves_its_draw_and_no_call(called, story):
    claim = called(NOBODY)

    assert (claim.call_draws.get().picked, CallBack.objects.count()) == (False, 0)
    story.award_of(on_county_notice(story, claim))
    assert breaches() == []


def test_a_household_that_says_not_me_holds_the_award_until_somebody_looked(called, story, client, inspector_he):
    claim = called(EVERY)
    call = claim.calls.get()
    assert (
        login(client, inspector_he)
        .get(reverse("call-list"))
        .content.decode()
        .count(masking.mask_phone(claim.household.phone))
        == 1
    )
    page = client.get(reverse("call", args=[call.pk])).content.decode()
    assert f"tel:{claim.household.phone}" in page
    said = {"outcome": "not_ours", "words": "她说没报过", "idem": "1"}
    client.post(reverse("call", args=[call.pk]), said)
    claim = on_county_notice(story, LossClaim.objects.get(pk=claim.pk))

    with pytest.raises(findings.LookAgain, match="她说没报过"):
        story.award_of(claim)
    finding = Finding.objects.get(document=claim.reference, rule="call")
    assert finding.colour == "amber"
    findings.clear_finding(finding, claim, reason="上门问了，是她儿子报的", by=story.cast["desk"], at=claim.due_at)
    assert story.award_of(claim).status == "awarded" and breaches() == []
    assert "不是我" in client.get(reverse("call-list")).content.decode()


@pytest.mark.parametrize(("outcome", "colour"), [("less", "amber"), ("as_reported", "green"), ("no_answer", "green")])
def test_only_doubt_is_amber(called, inspector_he, outcome, colour):
    claim = called(EVERY)
    says(claim, outcome, inspector_he)

    assert Finding.objects.get(document=claim.reference, rule="call").colour == colour


def test_nobody_with_a_hand_in_the_report_calls_and_words_are_needed(called, story, inspector_he):
    claim = called(EVERY)

    with pytest.raises(AlreadyTookPart):
        says(claim, "as_reported", story.cast["desk"])
    with pytest.raises(BadValue):
        says(claim, "as_reported", inspector_he, words=" ")
    says(claim, "as_reported", inspector_he)
    with pytest.raises(AlreadyTookPart):
        findings.clear_finding(
            Finding.objects.create(
                document=claim.reference, rule="x", colour="amber", title="x", detail="x", clause="x", at=claim.due_at
            ),
            claim, reason="没事", by=inspector_he, at=claim.due_at,
        )  # fmt: skip


def test_no_award_before_the_call_and_none_held_up_by_an_office_that_calls_nobody(called, story, bureau):
    head = factories.a_user("钟局长", "head_of_office", bureau)
    claim = called(EVERY, county_days=1)
    call = claim.calls.get()
    awarding.compute(claim, by=story.cast["desk"], at=claim.village_notice.ends_at)
    township = claim.household.village.parent
    at = claim.village_notice.ends_at
    noticing.publish_county_notice(story.scheme, township, by=story.cast["desk"], at=at)
    claim.refresh_from_db()
    assert call.call_by_at > claim.county_notice.ends_at
    with pytest.raises(calling.CallFirst):
        story.award_of(claim)

    assert calling.end_uncalled(at=call.call_by_at - dt.timedelta(seconds=1)) == 0
    assert (calling.end_uncalled(at=call.call_by_at), end_uncalled()) == (1, 0)
    told = Message.objects.get(kind="call.not_called")
    assert "没有人给报损" in told.body and told.phone == head.phone
    awarding.award(claim, by=story.cast["approver"], at=call.call_by_at)
    assert breaches() == []


def test_programs_call_too(called, inspector_he, auditor, client):
    claim = called(EVERY)
    call = claim.calls.get()
    login(client, inspector_he)
    rows = client.get("/api/v1/calls/?state=waiting").json()["results"]
    assert [(row["number"], row["phone"]) for row in rows] == [
        (claim.number, masking.mask_phone(claim.household.phone))
    ]

    said = {"outcome": "less", "words": "只有二十斤"}
    answer = client.post(f"/api/v1/calls/{call.pk}/", said, "application/json", headers={"Idempotency-Key": "c1"})
    assert (answer.status_code, answer.json()["outcome"], answer.json()["status"]) == (200, "less", "called")
    assert client.get("/api/v1/calls/?state=waiting").json()["results"] == []
    drawn = CallDraw.objects.get()
    login(client, auditor)
    assert drawn.seed in client.get(reverse("claim-detail", args=[claim.pk])).content.decode()
    assert client.get("/api/v1/calls/").json()["results"][0]["name"] != claim.household.head_name


def test_lists_of_what_is_said_are_narrowed_on_pages_and_for_programs(story, lot, xiuying, client):
    loss_notices.give_notice(
        goods=lot, cause="unsold", about=1_000, seen_on=LOST_ON, words="", by=xiuying, at=factories.MONDAY
    )
    claim = answering.refuse(
        story.filed(lot, kg=50), code="other", reason="看不清楚货", by=story.cast["cadre"], at=factories.TUESDAY
    )
    appealing.appeal(claim, words="货在下屋", by=xiuying, at=factories.WEDNESDAY)
    login(client, xiuying)

    for rows, kept, none in (
        ("loss-notices/", {"state": "claimed", "q": "包菜"}, {"q": "白鸭"}),
        ("appeals/", {"state": "open", "q": claim.number}, {"state": "upheld"}),
    ):
        counts = [len(client.get(f"/api/v1/{rows}", asked).json()["results"]) for asked in (kept, none)]
        assert counts == [1, 0]
        assert client.get(f"/api/v1/{rows}", {"state": "so"}).status_code == 400
    for name, asked, status in (
        ("loss-notice-list", {"q": "白鸭"}, 200),
        ("appeal-list", {"state": "upheld"}, 200),
        ("appeal-list", {"state": "so"}, 400),
    ):
        answer = client.get(reverse(name), asked)
        assert answer.status_code == status and list(answer.context["rows"]) == []


def test_a_cadre_sees_which_reports_wait_for_their_households(story, lot, cadre_wu, client):
    claim = story.filed(lot, kg=50)
    answering.send_back(claim, code="photos", reason="照片看不清，请再拍一张", by=cadre_wu, at=factories.TUESDAY)

    counts = {view.key: count for view, count in queues.views_of(cadre_wu, factories.TUESDAY)}
    assert counts == {"village": 0, "sent_back": 1}
    shown = login(client, cadre_wu).get(reverse("check-list"), {"view": "sent_back"}).content.decode()
    assert reverse("claim-detail", args=[claim.pk]) in shown and "退回待补" in shown
