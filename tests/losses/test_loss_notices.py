"""Notices of loss: said at once, taken also when late, made a report of by one tap, ended by themselves."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Consent, Message
from accounts.services import acts
from catalog.services import plots
from kernel.errors import BadValue
from losses.models import LossClaim, LossNotice
from losses.selectors.loss_notices import photos_of_notice
from losses.services import checking, claiming, findings, loss_notices
from losses.tasks import end_notices_of_loss
from marketplace.audit import breaches
from records.services.participation import AlreadyTookPart
from tests import factories
from tests.factories import FRIDAY, MONDAY, TUESDAY, a_season, login
from tests.losses.pages import a_jpeg, hidden
from tests.losses.steps import KG, LOST_ON, SEEN, a_photo, a_scheme

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def scheme(finance_bureau, director_lin, cabbage):
    return a_scheme(finance_bureau, director_lin, cabbage, crop_fen=60)


@pytest.fixture
def season(xiuying_household, xiuying, cabbage):
    """80 kg of cabbage at the most."""
    return a_season(xiuying_household, cabbage, by=xiuying, area_cmu=2)


def said(goods, by, *, at=MONDAY, **more):
    rest = {"cause": "unsold", "about": 30 * KG, "seen_on": LOST_ON, "words": "没人来收"} | more
    return loss_notices.give_notice(goods=goods, by=by, at=at, **rest)


def told(household):
    return [message.body for message in Message.objects.filter(household=household).order_by("created_at")]


def test_a_notice_holds_nothing_and_the_report_answers_it(story, lot, xiuying):
    notice = said(lot, xiuying)
    lot.refresh_from_db()
    assert (lot.claimed, notice.late, notice.by_proxy) == (0, False, False)
    assert "大约损了 60 斤（30 公斤）" in told(notice.household)[-1]

    claim = story.filed(lot, kg=50, at=FRIDAY)

    notice.refresh_from_db()
    assert (notice.status, notice.claim, claim.early) == ("claimed", claim, notice)
    assert findings.latest_findings(claim)["notice"].colour == "green"
    assert breaches() == []


def test_a_late_notice_is_taken_and_looked_at(story, lot, xiuying):
    in_time = dt.datetime(2026, 11, 5, 15, 59, tzinfo=dt.UTC)  # 72 hours after the end of Monday, less a minute
    assert not said(lot, xiuying, at=in_time).late
    loss_notices.take_back(LossNotice.objects.get(), by=xiuying, at=in_time)

    late = said(lot, xiuying, at=in_time + dt.timedelta(minutes=2))
    claim = story.filed(lot, at=in_time + DAY)

    seen = findings.latest_findings(claim)["notice"]
    assert (late.late, seen.colour) == (True, "amber") and "2026-11-06 才说" in seen.detail


def test_a_report_filed_at_once_counts_as_its_notice(story, lot):
    claim = story.filed(lot)

    assert findings.latest_findings(claim)["notice"].colour == "green" and not LossNotice.objects.exists()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [({"cause": "field"}, "选"), ({"about": 0}, "大于"), ({"seen_on": LOST_ON + DAY}, "还没到")],
)
def test_what_nobody_can_mean_is_refused(lot, xiuying, changes, refusal):
    with pytest.raises(BadValue, match=refusal):
        said(lot, xiuying, **changes)


def test_one_open_notice_of_the_same_goods_also_of_a_corrected_season(season, xiuying, cadre_liu):
    said(season, xiuying, cause="field")
    asked = plots.SeasonAsked(season.produce, season.parcel, 3, season.harvest_from, season.harvest_to)
    newest = plots.enter_season(season.household, asked, replaces=season, by=xiuying, confirmed_by=cadre_liu, at=MONDAY)

    with pytest.raises(loss_notices.NoticedAlready):
        said(newest, xiuying, cause="field")


def test_the_database_refuses_a_second_open_notice_too(lot, xiuying, monkeypatch):
    said(lot, xiuying)
    monkeypatch.setattr(loss_notices, "open_notices_of", lambda _goods: LossNotice.objects.none())

    with pytest.raises(loss_notices.NoticedAlready):
        said(lot, xiuying)


def test_whoever_gave_notice_for_others_checks_no_report_of_it(story, lot, cadre_wu, cadre_liu, xiuying):
    with pytest.raises(claiming.ConsentNeeded):
        said(lot, cadre_wu)
    notice = said(lot, cadre_wu, consent="phone")
    assert notice.by_proxy and "有人替你先说了一声" in told(notice.household)[-1]
    claim = story.filed(lot, by=xiuying)

    with pytest.raises(AlreadyTookPart):
        checking.village_check(claim, quantity=50 * KG, seen=SEEN, by=cadre_wu, at=TUESDAY)
    checking.village_check(claim, quantity=50 * KG, seen=SEEN, by=cadre_liu, at=TUESDAY)


def test_not_me_answered_takes_the_notice_back(lot, cadre_liu, xiuying, township_officer):
    notice = said(lot, cadre_liu, consent="phone")
    consent = Consent.objects.get(document=notice.reference)
    assert "包菜" in acts.named([notice.reference])[notice.reference]

    dispute = acts.dispute(consent, by=xiuying, at=MONDAY)
    acts.answer(dispute, upheld=True, words="是村里弄错了", by=township_officer, at=TUESDAY)

    notice.refresh_from_db()
    assert notice.status == "withdrawn"


def test_without_a_report_it_ends_by_itself_with_a_word_before(now, lot, xiuying):
    notice = said(lot, xiuying)
    now.at = notice.ends_at - 3 * DAY
    assert end_notices_of_loss() == 0 and len(told(notice.household)) == 1
    now.at = notice.ends_at - DAY
    for _twice in range(2):
        assert end_notices_of_loss() == 0
    assert len(told(notice.household)) == 2 and "过了就不算数" in told(notice.household)[-1]

    now.at = notice.ends_at
    assert (end_notices_of_loss(), end_notices_of_loss()) == (1, 0)

    notice.refresh_from_db()
    assert notice.status == "lapsed" and "还可以报损" in told(notice.household)[-1]


def test_only_its_author_or_the_household_takes_it_back(lot, xiuying, cadre_liu, cadre_wu):
    notice = said(lot, cadre_liu, consent="phone")
    with pytest.raises(loss_notices.NotItsAuthor):
        loss_notices.take_back(notice, by=cadre_wu, at=MONDAY)

    assert loss_notices.take_back(notice, by=xiuying, at=MONDAY).status == "withdrawn"


def a_form(**changes):
    return {
        "cause": "unsold", "quantity_0": "60", "quantity_1": "jin", "day": "yesterday", "words": "没人来收",
        "idem": "said", "photos": [a_jpeg()],
    } | changes  # fmt: skip


def test_from_the_notice_to_the_report_by_one_tap(client, now, scheme, lot, xiuying):
    now.at = TUESDAY
    login(client, xiuying)
    report = client.get(reverse("claim-new", args=[lot.pk])).content.decode()
    url = reverse("loss-notice-lot", args=[lot.pk])
    assert f'href="{url}"' in report and "现在没空" in report
    assert "包菜：先说一声损了" in client.get(url).content.decode()

    sent = [client.post(url, a_form()) for _twice in range(2)]

    notice = LossNotice.objects.get()
    page = reverse("loss-notice", args=[notice.pk])
    assert {answer["Location"] for answer in sent} == {page}
    shown = client.get(page).content.decode()
    to_report = f"{reverse('claim-new', args=[lot.pk])}?notice={notice.pk}"
    assert "60 斤（30 公斤）" in shown and to_report in shown and "没人来收" in shown
    photo = reverse("loss-notice-photo", args=[notice.pk, photos_of_notice(notice)[0].file_id])
    assert client.get(photo).status_code == 200

    form = client.get(to_report)
    filled = form.content.decode()
    assert 'value="60"' in filled and "没人来收" in filled and 'value="2026-11-02"' in filled
    client.post(
        reverse("claim-new", args=[lot.pk]),
        {"cause": "unsold", "quantity_0": "60", "quantity_1": "jin", "happened_on": "2026-11-02", "words": "",
         "idem": "r", "kept": hidden(form, "kept"), "sure": "1", "elsewhere": "no"},
    )  # fmt: skip

    claim = LossClaim.objects.get()
    assert claim.number in client.get(page).content.decode()
    assert page in client.get(reverse("claim-detail", args=[claim.pk])).content.decode()
    assert client.get(f"/api/v1/claims/{claim.pk}/").json()["notice"] == notice.pk


def test_a_notice_of_a_crop_fills_in_its_report_and_nobody_else_s(client, now, scheme, season, lot, xiuying, guiying):
    notice = said(season, xiuying, cause="field", photos=[a_photo(by=xiuying)])
    login(client, xiuying)

    url = client.get(reverse("loss-notice", args=[notice.pk])).context["claim_url"]
    filled = client.get(url).content.decode()

    assert reverse("claim-new-crop", args=[season.pk]) in url and 'value="60"' in filled and "没人来收" in filled
    other = client.get(f"{reverse('claim-new', args=[lot.pk])}?notice={notice.pk}").content.decode()
    assert "没人来收" not in other
    login(client, guiying)
    assert client.get(reverse("loss-notice", args=[notice.pk])).status_code == 404


def test_the_cadre_sees_new_ones_and_starts_from_an_empty_quantity(
    client, now, story, lot, xiuying, cadre_wu, township_officer, auditor
):
    notice = said(lot, xiuying)
    login(client, cadre_wu)
    assert "农户先说的损失" in client.get("/").content.decode()
    assert "包菜没卖掉" in client.get(reverse("loss-notice-list")).content.decode()
    page = client.get(reverse("loss-notice", args=[notice.pk]))
    assert "黄秀英" in page.content.decode() and page.context["claim_url"] == ""
    assert client.post(reverse("loss-notice-withdraw", args=[notice.pk]), {"idem": "1"}).status_code == 403
    login(client, auditor)
    assert "黄*英" in client.get(reverse("loss-notice", args=[notice.pk])).content.decode()

    claim = story.filed(lot, kg=50)
    login(client, cadre_wu)
    form = client.get(reverse("claim-village-check", args=[claim.pk])).context["form"]
    assert form["quantity"].value() is None
    claim = story.village_checked(claim)
    login(client, township_officer)
    form = client.get(reverse("claim-township-check", args=[claim.pk])).context["form"]
    assert form["quantity"].value() is None


def test_a_notice_is_taken_back_on_its_page(client, now, lot, xiuying):
    notice = said(lot, xiuying)
    login(client, xiuying)

    client.post(reverse("loss-notice-withdraw", args=[notice.pk]), {"idem": "1"})

    assert LossNotice.objects.get().status == "withdrawn"
    assert "接着报损" not in client.get(reverse("loss-notice", args=[notice.pk])).content.decode()


def test_programs_give_read_and_take_back_notices(client, now, lot, xiuying, guiying):
    login(client, xiuying)
    data = {"listing": lot.pk, "cause": "unsold", "kg": "30", "seen_on": "2026-11-02"}

    given = [client.post("/api/v1/loss-notices/", data, headers={"Idempotency-Key": "k"}).json() for _twice in range(2)]

    assert given[0] == given[1] and (given[0]["about"], given[0]["late"], given[0]["claim"]) == (30 * KG, False, None)
    path = f"/api/v1/loss-notices/{given[0]['id']}/"
    assert [row["id"] for row in client.get("/api/v1/loss-notices/").json()["results"]] == [given[0]["id"]]
    login(client, guiying)
    assert client.get(path).status_code == 404
    login(client, xiuying)
    done = client.post(f"{path}withdraw/", headers={"Idempotency-Key": "w"}, content_type="application/json")
    assert done.json()["status"] == client.get(path).json()["status"] == "withdrawn"


def test_the_list_asks_as_much_for_many_as_for_one(
    client, xiuying, xiuying_household, cabbage, django_assert_max_num_queries
):
    for _notice in range(6):
        said(factories.a_listing(xiuying_household, cabbage, kg=40), xiuying)
    login(client, xiuying)

    with django_assert_max_num_queries(12):
        client.get(reverse("loss-notice-list"))
