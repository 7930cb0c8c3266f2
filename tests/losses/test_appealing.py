"""A refused report is appealed once, decided by people without a hand in it, by a day, never without an end."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Consent, Message
from accounts.services import acts
from kernel.errors import BadValue
from losses.models import LossAppeal, LossClaim
from losses.services import answering, appealing, claiming, reporting, schemes
from losses.tasks import move_appeals_on
from marketplace.audit import breaches
from records.services.participation import AlreadyTookPart, HasInterest
from tests import factories
from tests.factories import FRIDAY, MONDAY, TUESDAY, WEDNESDAY, login
from tests.losses.pages import a_jpeg
from tests.losses.steps import KG, a_lot, a_photo

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def refused(story, lot, cadre_wu):
    """A claim of 50 kilos that the village refused on Tuesday."""
    claim = story.filed(lot, kg=50)
    return answering.refuse(claim, code="not_found", reason="去看了没看见货", by=cadre_wu, at=TUESDAY)


@pytest.fixture
def head(bureau):
    return factories.a_user("钟局长", "head_of_office", bureau)


@pytest.fixture
def appealed(refused, xiuying):
    return appealing.appeal(refused, words="货在下屋，没看到", by=xiuying, at=WEDNESDAY)


def told(household):
    return [message.body for message in Message.objects.filter(household=household).order_by("created_at", "pk")]


def test_one_that_is_right_reports_the_loss_anew_over_what_is_free(appealed, lot, xiuying, director_lin):
    row = appealing.decide(appealed, upheld=True, words="货确实在下屋", by=director_lin, at=FRIDAY)

    anew = row.anew
    assert (row.status, anew.status, anew.reopens, anew.filed_by) == ("upheld", "filed", row, xiuying)
    assert anew.figures.get().quantity == 50 * KG and anew.pk != row.claim_id
    lot.refresh_from_db()
    assert (lot.claimed, lot.free()) == (50 * KG, 50 * KG)
    assert f"重新报损，号码 {anew.number}" in " ".join(told(lot.household)) and breaches() == []


def test_one_that_is_not_is_dismissed_with_words_and_not_said_again(appealed, xiuying, director_lin, lot):
    row = appealing.decide(appealed, upheld=False, words="下屋也去看了，没有", by=director_lin, at=FRIDAY)

    assert (row.status, row.anew) == ("dismissed", None) and "下屋也去看了" in told(lot.household)[-1]
    with pytest.raises(appealing.NoAppeal):
        appealing.appeal(row.claim, words="还是不服", by=xiuying, at=FRIDAY)


def test_nobody_with_a_hand_in_the_claim_decides(story, lot, xiuying, clerk_ma, director_lin):
    claim = story.on_county_notice(story.filed(lot, kg=50))
    claim = answering.refuse(claim, code="rules", reason="按办法不能救助", by=director_lin, at=claim.due_at)
    at = claim.due_at + DAY
    row = appealing.appeal(claim, words="按办法应该可以", by=xiuying, at=at)

    for hand, wall in ((director_lin, AlreadyTookPart), (clerk_ma, AlreadyTookPart), (xiuying, HasInterest)):
        with pytest.raises(wall):
            appealing.decide(row, upheld=False, words="就是不行", by=hand, at=at)


def test_what_is_sold_meanwhile_is_not_reported_anew(appealed, lot, director_lin, xiuying):
    type(lot).objects.filter(pk=lot.pk).update(sold=80 * KG)
    row = appealing.decide(appealed, upheld=True, words="货确实在", by=director_lin, at=FRIDAY)
    assert row.anew.figures.get().quantity == 20 * KG


def test_where_nothing_is_free_it_is_dismissed_with_words(appealed, lot, director_lin):
    type(lot).objects.filter(pk=lot.pk).update(sold=100 * KG)

    with pytest.raises(appealing.NothingFree):
        appealing.decide(appealed, upheld=True, words="货确实在", by=director_lin, at=FRIDAY)
    appealed.refresh_from_db()
    assert appealed.status == "open"


def test_a_scheme_that_has_closed_since_takes_it_all_the_same(appealed, director_lin):
    schemes.close_scheme(appealed.claim.scheme, by=director_lin, at=WEDNESDAY)

    row = appealing.decide(appealed, upheld=True, words="货确实在", by=director_lin, at=FRIDAY)

    assert row.anew.status == "filed"
    with pytest.raises(schemes.NotPublished):
        reporting.file_claim(
            scheme=row.claim.scheme, goods=row.claim.goods, cause="road", quantity=20 * KG,
            happened_on=row.claim.happened_on, words="", photos=[a_photo(by=row.by)], by=row.by, at=FRIDAY,
        )  # fmt: skip


def test_it_is_said_within_its_days_in_words_and_only_of_a_refusal(refused, story, neighbours_lot, xiuying, guiying):
    last = dt.datetime(2026, 11, 18, 15, 59, tzinfo=dt.UTC)  # fifteen days after Tuesday the 3rd, a minute before
    with pytest.raises(BadValue):
        appealing.appeal(refused, words="哼", by=xiuying, at=last)
    with pytest.raises(appealing.NoAppeal):
        appealing.appeal(refused, words="货在下屋", by=xiuying, at=last + dt.timedelta(minutes=1))
    appealing.appeal(refused, words="货在下屋", by=xiuying, at=last)
    with pytest.raises(appealing.NoAppeal):
        appealing.appeal(story.filed(neighbours_lot), words="还没人看", by=guiying, at=MONDAY)


def test_the_database_refuses_a_second_one_too(appealed, xiuying, monkeypatch):
    monkeypatch.setattr(appealing, "appeal_until", lambda _claim: FRIDAY)
    with pytest.raises(appealing.NoAppeal):
        appealing.appeal(appealed.claim, words="再说一次", by=xiuying, at=WEDNESDAY)


def test_late_it_goes_to_the_head_then_ends_and_may_be_said_again(appealed, now, head, xiuying, lot, director_lin):
    now.at = appealed.decide_by_at - dt.timedelta(minutes=1)
    assert move_appeals_on() == 0
    now.at = appealed.decide_by_at
    assert (move_appeals_on(), move_appeals_on()) == (1, 0)
    appealed.refresh_from_db()
    assert appealed.status == "escalated" and "局领导" in told(lot.household)[-1]
    assert head.phone in {message.phone for message in Message.objects.filter(kind="appeal.escalated")}

    now.at = appealed.decide_by_at
    assert move_appeals_on() == 1
    appealed.refresh_from_db()
    assert (appealed.status, appealed.decided_by) == ("unanswered", None) and "可以再" in told(lot.household)[-1]
    again = appealing.appeal(appealed.claim, words="没人理我", by=xiuying, at=now.at + DAY)
    assert appealing.decide(again, upheld=False, words="看过了没有", by=head, at=now.at + DAY).status == "dismissed"


def test_a_cadre_appeals_with_consent_and_not_me_takes_it_back(refused, cadre_liu, xiuying, township_officer):
    with pytest.raises(claiming.ConsentNeeded):
        appealing.appeal(refused, words="他们说货在", by=cadre_liu, at=WEDNESDAY)
    row = appealing.appeal(refused, words="他们说货在", consent="phone", by=cadre_liu, at=WEDNESDAY)
    assert row.by_proxy and refused.number in acts.named([row.reference])[row.reference]

    dispute = acts.dispute(Consent.objects.get(document=row.reference), by=xiuying, at=WEDNESDAY)
    acts.answer(dispute, upheld=True, words="是村里弄错了", by=township_officer, at=FRIDAY)

    row.refresh_from_db()
    assert row.status == "withdrawn"
    assert appealing.appeal(refused, words="我自己说", by=xiuying, at=FRIDAY).status == "open"


def test_from_the_refusal_to_the_appeal_on_pages(client, now, refused, xiuying, guiying, director_lin, cadre_wu):
    now.at = WEDNESDAY
    login(client, xiuying)
    claim_url, url = reverse("claim-detail", args=[refused.pk]), reverse("appeal-new", args=[refused.pk])
    assert url in client.get(claim_url).content.decode()
    assert "去看了没看见货" in client.get(url).content.decode()
    typed = {"words": "货在下屋，没看到", "idem": "a", "photos": [a_jpeg()]}
    assert client.post(url, typed | {"words": "", "idem": "b"}).status_code == 200

    sent = [client.post(url, typed | {"photos": [a_jpeg()]}) for _twice in range(2)]

    row = LossAppeal.objects.get()
    page = reverse("appeal", args=[row.pk])
    assert {answer["Location"] for answer in sent} == {page}
    shown = client.get(page).content.decode()
    assert "货在下屋" in shown and "等农业农村局看" in shown and reverse("appeal-decide", args=[row.pk]) not in shown
    after = client.get(claim_url).content.decode()
    assert page in after and url not in after
    assert login(client, guiying).get(page).status_code == 404
    assert login(client, cadre_wu).get(page).status_code == 200

    login(client, director_lin)
    assert "要答复的申诉" in client.get("/").content.decode()
    assert "货在下屋" in client.get(reverse("appeal-list")).content.decode()
    decide = reverse("appeal-decide", args=[row.pk])
    assert decide in client.get(page).content.decode()
    assert client.post(decide, {"upheld": "yes", "words": "看", "idem": "d"}).status_code == 400
    client.post(decide, {"upheld": "yes", "words": "货确实在下屋", "idem": "e"})
    row.refresh_from_db()
    assert row.status == "upheld" and "货确实在下屋" in client.get(page).content.decode()
    assert refused.number in client.get(reverse("claim-detail", args=[row.anew_id])).content.decode()


def test_the_household_takes_it_back_and_others_do_not(client, now, appealed, xiuying, cadre_wu, director_lin):
    now.at = FRIDAY
    url = reverse("appeal-withdraw", args=[appealed.pk])
    assert login(client, cadre_wu).post(url, {"idem": "1"}).status_code == 403

    login(client, xiuying).post(url, {"idem": "1"})

    appealed.refresh_from_db()
    assert appealed.status == "withdrawn"
    heard = Message.objects.filter(kind="appeal.withdrawn")
    assert director_lin.phone in {message.phone for message in heard}
    assert all(appealed.claim.number in message.body for message in heard)


def test_the_head_reads_and_decides_and_the_auditor_only_reads(client, now, appealed, head, auditor):
    now.at = FRIDAY
    page, decide = (reverse(name, args=[appealed.pk]) for name in ("appeal", "appeal-decide"))
    masked = login(client, auditor).get(page).content.decode()
    assert "黄*英" in masked and client.post(decide, {"idem": "1"}).status_code == 403

    login(client, head)
    assert "要答复的申诉" in client.get("/").content.decode() and decide in client.get(page).content.decode()
    client.post(decide, {"upheld": "no", "words": "看过了，没有", "idem": "2"})

    appealed.refresh_from_db()
    assert (appealed.status, appealed.decided_by) == ("dismissed", head)


def test_programs_appeal_list_decide_and_take_back(client, now, refused, xiuying, guiying, director_lin):
    now.at = WEDNESDAY
    login(client, xiuying)

    def post(path, data, key, **more):
        return client.post(path, data, headers={"Idempotency-Key": key}, **more)

    path = f"/api/v1/claims/{refused.pk}/appeal/"
    first, again = (post(path, {"words": "货在下屋"}, "k").json() for _twice in range(2))
    assert first == again and (first["status"], first["number"]) == ("open", refused.number)
    appeal = f"/api/v1/appeals/{first['id']}/"
    assert post(f"{appeal}withdraw/", {}, "w", content_type="application/json").json()["status"] == "withdrawn"
    second = post(path, {"words": "还是要说"}, "k2").json()
    login(client, guiying)
    assert client.get("/api/v1/appeals/").json()["results"] == []
    login(client, director_lin)
    assert [row["id"] for row in client.get("/api/v1/appeals/").json()["results"]] == [second["id"], first["id"]]
    decision = {"upheld": True, "words": "货确实在"}
    decided = post(f"/api/v1/appeals/{second['id']}/decide/", decision, "d", content_type="application/json").json()
    assert decided["anew"] == LossClaim.objects.exclude(pk=refused.pk).get().pk


def test_the_list_asks_as_much_for_many_as_for_one(
    client, story, cadre_wu, xiuying, xiuying_household, cabbage, director_lin, django_assert_num_queries
):
    def one_more():
        claim = story.filed(a_lot(xiuying_household, cabbage, kg=40, by=xiuying), kg=20)
        claim = answering.refuse(claim, code="not_found", reason="没看见货", by=cadre_wu, at=TUESDAY)
        appealing.appeal(claim, words="货在下屋", by=xiuying, at=WEDNESDAY)

    one_more()
    login(client, director_lin)
    client.get(reverse("appeal-list"))  # what is asked once a process is asked
    with CaptureQueriesContext(connection) as of_one:
        client.get(reverse("appeal-list"))
    for _claim in range(3):
        one_more()

    with django_assert_num_queries(len(of_one)):
        client.get(reverse("appeal-list"))
