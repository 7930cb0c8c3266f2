"""Crops that were never harvested: every kilo of a season is promised, on sale or claimed, and never twice."""

import datetime as dt
import hashlib
import uuid

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import PlotSeason
from catalog.services import plots
from catalog.services.listings import withdraw
from kernel.errors import DomainError
from losses.models import LossClaim
from losses.pages.evidence import compare
from losses.services import answering, claiming, findings, holding
from marketplace.audit import breaches
from tests import factories
from tests.factories import MONDAY, TUESDAY, a_listing, a_season, login
from tests.losses.pages import a_jpeg, hidden
from tests.losses.steps import KG, LOST_ON, a_photo, a_scheme
from tests.losses.unreliable import drawn_photo

pytestmark = pytest.mark.django_db
LONG_BEFORE = MONDAY - dt.timedelta(days=40)


@pytest.fixture
def crops(finance_bureau, director_lin, cabbage):
    """A scheme that relieves spoiled cabbage with 1.60 yuan a kilo, and cabbage never harvested with 0.60."""
    return a_scheme(finance_bureau, director_lin, cabbage, crop_fen=60)


@pytest.fixture
def of_crops(story, crops):
    story.scheme = crops
    return story


@pytest.fixture
def season(xiuying_household, xiuying, cabbage):
    """80 kg of cabbage at the most, written down long before."""
    return a_season(
        xiuying_household, cabbage, by=xiuying, area_cmu=2, at=LONG_BEFORE,
        harvest_from=LOST_ON - dt.timedelta(days=20), harvest_to=LOST_ON + dt.timedelta(days=30),
    )  # fmt: skip


def taken(season):
    newest = PlotSeason.objects.get(household=season.household, superseded_at=None)
    return newest.contracted_g // KG, newest.listed_g // KG, newest.claimed_g // KG


def corrected(season, **changes):
    asked = plots.SeasonAsked(season.produce, season.parcel, 3, season.harvest_from, season.harvest_to)
    officer = factories.a_user("陈乡长")
    return plots.enter_season(
        season.household, asked, replaces=season, by=season.by, confirmed_by=officer, at=TUESDAY, **changes
    )


def test_a_crop_goes_all_the_way_and_what_is_awarded_stays_taken(of_crops, season, xiuying):
    claim = of_crops.filed(season, kg=50, by=xiuying, cause="field")
    assert (claim.goods, claim.rate.rate_fen, taken(season)) == (season, 60, (0, 0, 50))
    seen = findings.latest_findings(claim)
    assert seen["never_listed"].colour == "amber" and "村东大丘" in seen["never_listed"].detail
    assert (seen["capacity"].colour, seen["time_of_loss"].colour) == ("green", "green")
    assert "price" not in seen and "quantity" not in seen

    claim = of_crops.on_county_notice(claim, kg=40, why="四十公斤烂了，其余还在长")
    assert taken(season) == (0, 0, 40)
    with pytest.raises(findings.LookAgain):
        of_crops.award_of(claim)
    findings.clear_finding(
        findings.latest_findings(claim)["never_listed"], claim, reason="到地里看过", by=of_crops.cast["desk"],
        at=claim.county_notice.ends_at,
    )  # fmt: skip
    claim = of_crops.award_of(claim)

    assert (claim.award.amount_fen, taken(season)) == (40 * 60, (0, 0, 40))
    assert breaches() == []


def test_what_is_not_right_is_read_first_also_cleared_and_the_rest_is_folded(
    client, now, of_crops, season, xiuying, clerk_ma
):
    claim = of_crops.on_county_notice(of_crops.filed(season, kg=50, by=xiuying, cause="field"))
    login(client, clerk_ma)

    before = client.get(reverse("claim-review", args=[claim.pk])).content.decode()
    amber = findings.latest_findings(claim)["never_listed"]
    findings.clear_finding(amber, claim, reason="到地里看过", by=clerk_ma, at=claim.county_notice.ends_at)
    after = client.get(reverse("claim-review", args=[claim.pk])).content.decode()

    for page, said in ((before, "没上过架"), (after, "到地里看过")):
        checks = page[page.index("核对 ") :]
        assert checks.index(said) < checks.index("没问题的") < checks.index("户主能够代表本户")


def test_before_anybody_looked_nothing_is_found(of_crops, season, xiuying):
    claim = of_crops.filed(season, kg=50, by=xiuying, cause="field")
    unseen = compare(claim)
    seen = compare(of_crops.village_checked(claim))

    assert (unseen.found_on, unseen.rows[-1].found, unseen.rows[-1].diff) == ("还没人看", "—", "—")
    assert (seen.found_on, seen.rows[-1].found, seen.rows[-1].diff) == ("11 月 3 日", "100 斤", "0")


def test_lots_and_reports_share_the_season_whichever_comes_first(of_crops, season, xiuying, cabbage):
    claim = of_crops.filed(season, kg=50, by=xiuying)

    with pytest.raises(plots.SeasonFull):
        a_listing(season.household, cabbage, kg=31, by=xiuying)
    lot = a_listing(season.household, cabbage, kg=30, by=xiuying)
    with pytest.raises(holding.MoreThanGrows) as refused:
        of_crops.filed(season, kg=10, by=xiuying, cause="road")

    assert "地里最多还剩" in str(refused.value)
    assert taken(season) == (0, 30, 50)
    withdraw(lot, reason="eaten", by=xiuying, at=MONDAY)
    answering.withdraw(claim, by=xiuying, at=MONDAY)
    assert taken(season) == (0, 0, 0)


def test_one_open_report_of_a_crop_and_a_cause_also_after_a_correction(of_crops, season, xiuying):
    of_crops.filed(season, kg=20, by=xiuying)
    with pytest.raises(claiming.AlreadyReported):
        of_crops.filed(season, kg=20, by=xiuying)
    newest = corrected(season)
    with pytest.raises(claiming.AlreadyReported):
        of_crops.filed(newest, kg=20, by=xiuying)
    with pytest.raises(claiming.SeasonCorrected):
        of_crops.filed(PlotSeason.objects.get(pk=season.pk), kg=20, by=xiuying, cause="road")

    assert of_crops.filed(newest, kg=20, by=xiuying, cause="road").plot_season == newest
    assert taken(season) == (0, 0, 40) and breaches() == []


def test_a_refusal_gives_back_to_the_season_that_stands_by_then(of_crops, season, xiuying, cadre_wu):
    claim = of_crops.filed(season, kg=50, by=xiuying)
    newest = corrected(season)
    assert newest.claimed_g == 50 * KG

    of_crops.village_checked(claim, kg=30, why="二十公斤还长着")
    assert taken(season) == (0, 0, 30)
    with pytest.raises(plots.LessThanIsTaken):
        asked = plots.SeasonAsked(
            newest.produce, newest.parcel, 250, newest.harvest_from, newest.harvest_to, capacity_g=29 * KG
        )
        plots.enter_season(newest.household, asked, replaces=newest, by=xiuying, confirmed_by=cadre_wu, at=TUESDAY)
    answering.refuse(claim, code="not_found", reason="地里没有这么多", by=of_crops.cast["township"], at=TUESDAY)

    assert taken(season) == (0, 0, 0) and breaches() == []


def test_sent_back_and_filed_again_holds_the_new_figure_only(of_crops, season, xiuying, cadre_wu):
    claim = of_crops.filed(season, kg=50, by=xiuying)
    answering.send_back(claim, code="photos", reason="照片看不清楚", by=cadre_wu, at=TUESDAY)
    assert taken(season) == (0, 0, 50)

    claiming.file_again(
        claim, quantity=70 * KG, happened_on=LOST_ON, words="", photos=[a_photo(by=xiuying)], by=xiuying, at=TUESDAY
    )

    assert taken(season) == (0, 0, 70) and breaches() == []


@pytest.mark.parametrize(("cause", "of_a_crop"), [("spoiled", True), ("field", False)])
def test_each_kind_of_goods_has_its_own_causes(of_crops, season, xiuying, lot, cause, of_a_crop):
    goods = {True: season, False: lot}[of_a_crop]

    with pytest.raises(DomainError, match="选"):
        of_crops.filed(goods, kg=20, by=xiuying, cause=cause)


def test_a_scheme_without_a_rate_for_crops_refuses_in_words(story, season, xiuying):
    with pytest.raises(claiming.NoRateForCrops):
        story.filed(season, kg=20, by=xiuying)

    assert taken(season) == (0, 0, 0)


def test_what_was_written_down_after_the_loss_is_looked_at(of_crops, xiuying, xiuying_household, cabbage):
    late = a_season(xiuying_household, cabbage, by=xiuying)

    claim = of_crops.filed(late, kg=20, by=xiuying)

    assert findings.latest_findings(claim)["time_of_loss"].colour == "amber"


def test_what_was_sold_after_the_loss_is_weighed_for_a_crop_too(of_crops, season, xiuying, duck):
    claim = of_crops.filed(season, kg=20, by=xiuying)

    assert "没卖过" in findings.latest_findings(claim)["already_sold"].detail


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.sampled_from("lcwxf"), st.integers(1, 60)), min_size=3, max_size=10))
def test_every_kilo_of_a_season_is_counted_once(of_crops, season, xiuying, cabbage, acts):
    """List, claim, take down, take back and check at random: the season counts exactly what lots and claims hold."""
    from django.db import transaction

    with transaction.atomic():
        for act, kg in acts:
            try:
                with transaction.atomic():
                    _one(act, kg, of_crops, season, xiuying, cabbage)
            except (DomainError, LookupError):
                continue
            there = PlotSeason.objects.get(pk=season.pk)
            assert there.left_g() >= 0
        there = PlotSeason.objects.get(pk=season.pk)
        claims = LossClaim.objects.filter(plot_season=season, status__in=["filed", "village_checked"])
        held = sum(claim.figures.order_by("-pk")[0].quantity_g for claim in claims)
        assert there.claimed_g == held
        assert there.listed_g == sum(lot.counted_g() for lot in there.lots.all())
        transaction.set_rollback(True)


def _one(act, kg, story, season, xiuying, cabbage):
    open_claims = list(LossClaim.objects.filter(plot_season=season, status="filed"))
    lots = list(season.lots.filter(status="on_sale"))
    {
        "l": lambda: a_listing(season.household, cabbage, kg=kg, by=xiuying, sure=True),
        "c": lambda: story.filed(season, kg=kg, by=xiuying, cause=["unsold", "road", "field"][kg % 3]),
        "w": lambda: withdraw(lots[0], reason="eaten", by=xiuying, at=MONDAY),
        "x": lambda: answering.withdraw(open_claims[0], by=xiuying, at=MONDAY),
        "f": lambda: story.village_checked(open_claims[0], kg=kg, why="看过"),
    }[act]()


def a_report(**changes):
    return {
        "cause": "field", "quantity_0": "60", "quantity_1": "jin", "day": "yesterday", "words": "水淹了",
        "idem": "one-form", "photos": [a_jpeg()], "elsewhere": "no",
    } | changes  # fmt: skip


def test_from_the_list_to_the_receipt_of_a_crop(client, now, of_crops, season, xiuying):
    now.at = TUESDAY
    login(client, xiuying)
    chosen = client.get(reverse("claim-choose")).content.decode()
    assert f'href="{reverse("crop-choose")}"' in chosen and "没上架的" in chosen
    url = reverse("claim-new-crop", args=[season.pk])
    rows = client.get(reverse("crop-choose")).content.decode()
    assert f'href="{url}"' in rows and "地里最多还有 160 斤" in rows and "村东大丘" in rows
    form = client.get(url).content.decode()
    assert "烂在地里" in form and "放坏了</span>" not in form and "昨天" in form and "救助标准 0.30 元/斤" in form

    seen = client.post(url, a_report())
    page = seen.content.decode()
    assert "这样对吗" in page and "60 斤（30 公斤）" in page and "18.00 元" in page and "11 月 2 日" in page
    assert not LossClaim.objects.exists()
    again = client.post(url, a_report(photos=[], kept=hidden(seen, "kept"), again="1")).content.decode()
    assert 'value="60"' in again and "已收到 1 张照片" in again
    sent = client.post(url, a_report(photos=[], kept=hidden(seen, "kept"), sure="1"))

    claim = LossClaim.objects.get()
    assert sent["Location"] == reverse("claim-receipt", args=[claim.pk])
    assert (claim.plot_season, claim.happened_on, claim.figures.get().quantity) == (season, LOST_ON, 30 * KG)
    assert "先算损在地里" in client.get(sent["Location"]).content.decode()
    for page in (reverse("claim-list-mine"), reverse("claim-detail", args=[claim.pk])):
        assert "包菜烂在地里" in client.get(page).content.decode()
    assert "已经报过，正在办" in client.get(reverse("crop-choose")).content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"day": "other"}, "请写是哪一天"), ({"photos": []}, "至少拍一张"), ({"cause": "spoiled"}, "选")],
)
def test_what_is_missing_is_said_before_the_preview(client, now, of_crops, season, xiuying, changes, said):
    login(client, xiuying)

    answer = client.post(reverse("claim-new-crop", args=[season.pk]), a_report(**changes))

    assert said in answer.content.decode() and "这样对吗" not in answer.content.decode()


def test_too_much_is_refused_on_the_form_with_everything_in_it(client, now, of_crops, season, xiuying):
    login(client, xiuying)
    url = reverse("claim-new-crop", args=[season.pk])

    answer = client.post(url, a_report(quantity_0="200", sure="1")).content.decode()

    assert "地里最多还剩 160 斤" in answer and 'value="200"' in answer and "水淹了" in answer


def test_a_cadre_reports_the_crop_of_a_household_found_by_its_number(
    client, now, of_crops, season, cadre_liu, xiuying_household
):
    login(client, cadre_liu)
    url = reverse("claim-new-crop", args=[season.pk])
    assert url not in client.get(reverse("crop-choose")).content.decode()
    found = client.get(reverse("crop-choose"), {"q": xiuying_household.number}).content.decode()
    assert url in found and "黄秀英" in found

    assert client.post(url, a_report(day="today", sure="1")).status_code == 200
    assert client.post(url, a_report(day="today", sure="1", consent="phone")).status_code == 302

    assert LossClaim.objects.get().by_proxy


def test_nobody_reports_the_crop_of_another_household(client, now, of_crops, season, guiying, treasurer_zhou):
    for somebody in (guiying, treasurer_zhou):
        login(client, somebody)
        assert client.get(reverse("claim-new-crop", args=[season.pk])).status_code == 404
        found = client.get(reverse("crop-choose"), {"q": season.household.number}).content.decode()
        assert reverse("claim-new-crop", args=[season.pk]) not in found


def test_a_co_operative_reports_by_a_mandate_and_no_longer(
    client, now, of_crops, season, coop, coop_manager, xiuying_household
):
    url = reverse("claim-new-crop", args=[season.pk])
    login(client, coop_manager)
    assert client.get(url).status_code == 404
    factories.a_member(xiuying_household, coop)
    factories.a_mandate(xiuying_household, coop)

    client.post(url, a_report(day="today", sure="1", consent="phone"))

    claim = LossClaim.objects.get()
    assert client.get(reverse("claim-receipt", args=[claim.pk])).status_code == 200


def test_without_rules_for_crops_the_page_says_what_to_do(client, now, story, season, xiuying):
    login(client, xiuying)

    page = client.get(reverse("claim-new-crop", args=[season.pk])).content.decode()

    assert "没有没收的包菜" in page and "先挂出来再报" in page


def test_every_officer_reads_and_does_a_crop_as_a_lot(client, now, of_crops, season, xiuying, cadre_wu, clerk_ma):
    now.at = TUESDAY
    claim = of_crops.filed(season, kg=50, by=xiuying)
    login(client, cadre_wu)
    page = client.get(reverse("claim-village-check", args=[claim.pk])).content.decode()
    assert "没上过架" in page and "160 斤（80 公斤）" in page
    client.post(
        reverse("claim-village-check", args=[claim.pk]),
        {"quantity": "80", "why": "十公斤还长着", "idem": "1", "looked_at": ["goods"]},
    )
    assert taken(season) == (0, 0, 40)

    visit = of_crops.drawn(LossClaim.objects.get())
    now.at = visit.drawn_at
    for somebody, page in ((visit.first, "visit-record"), (visit.second, "visit-sign"), (visit.first, "visit-list")):
        login(client, somebody)
        keys = [] if page == "visit-list" else [claim.pk]
        assert "包菜" in client.get(reverse(page, args=keys)).content.decode()
    of_crops.found(visit)
    login(client, visit.second)
    client.post(reverse("visit-sign", args=[claim.pk]), {"idem": "2"})
    login(client, clerk_ma)
    assert "没上过架" in client.get(reverse("claim-compute", args=[claim.pk])).content.decode()
    rows = compare(LossClaim.objects.get()).rows
    assert [(row.label, row.found) for row in rows] == [
        ("这一季最多收", "160 斤"), ("挂出", "0 斤"), ("订出去的", "0 斤"), ("没卖掉", "80 斤"),
    ]  # fmt: skip


def test_programs_report_a_crop_by_its_season(client, now, of_crops, season, lot, xiuying, guiying):
    login(client, xiuying)
    data = {"cause": "field", "kg": "30", "happened_on": "2026-11-02"}

    def sent(**more):
        return client.post(
            "/api/v1/claims/", data | more | {"photos": [a_jpeg()]}, headers={"Idempotency-Key": str(more)}
        )

    assert sent().status_code == sent(season=season.pk, listing=lot.pk).status_code == 400
    done = sent(season=season.pk).json()

    assert (done["season"], done["listing"], done["kg"], done["produce"], done["produce_name"]) == (
        season.pk, None, "30", "cabbage", "包菜",
    )  # fmt: skip
    assert sent(season=season.pk, cause="road", kg="90").json()["code"] == "more_than_grows"
    login(client, guiying)
    assert sent(season=season.pk).status_code == 404


@pytest.fixture
def kept(client, now, of_crops, season, xiuying, settings, tmp_path):
    """Send what the phone of the household has kept of its crop; the photo goes first."""
    settings.MEDIA_ROOT, now.at = tmp_path, TUESDAY
    phone, draft, photo = login(client, xiuying), str(uuid.uuid4()), drawn_photo(1)
    digest = hashlib.sha256(photo).hexdigest()

    def send(*, with_photo=True):
        if with_photo:
            to = reverse("crop-report-photo", args=[season.pk, draft, 1, digest])
            lengths = {"Upload-Offset": "0", "Upload-Length": str(len(photo))}
            came = phone.post(to, photo, content_type="application/octet-stream", headers=lengths)
            assert came.json()["to"] == reverse("claim-new-crop", args=[corrected_or(season).pk])
        typed = a_report(photos="", idem="") | {"shown": f"p1 {digest}", "draft": draft, "key": str(uuid.uuid4())}
        return phone.post(reverse("crop-report-written", args=[season.pk]), typed)

    return send


def corrected_or(season):
    return PlotSeason.objects.get(household=season.household, superseded_at=None)


def test_a_phone_keeps_the_page_of_each_own_crop(client, now, of_crops, season, xiuying):
    now.at = TUESDAY
    pages = login(client, xiuying).get(reverse("report-offline")).json()

    assert set(pages) == {"report", "crops", f"crops/{season.pk}/new"}
    assert f"/losses/crops/{season.pk}/new/" in pages["crops"]
    assert reverse("crop-report-written", args=[season.pk]) in pages[f"crops/{season.pk}/new"]
    page = client.get(reverse("claim-new-crop", args=[season.pk])).content.decode()
    assert reverse("crop-report-written", args=[season.pk]) in page


def test_a_report_of_a_crop_that_a_phone_kept_waits_for_its_photo_and_counts(kept, season):
    assert kept(with_photo=False).json()["code"] == "photos_on_the_way"

    number = kept().json()["number"]
    claim = LossClaim.objects.get(number=number)
    assert (claim.plot_season, claim.figures.get().quantity) == (season, 30 * KG)


def test_a_crop_that_was_corrected_meanwhile_is_reported_as_it_stands(kept, season):
    newest = corrected(season)

    number = kept().json()["number"]
    assert LossClaim.objects.get(number=number).plot_season == newest


def test_nobody_sends_a_crop_of_another_household(client, now, of_crops, season, guiying):
    phone = login(client, guiying)
    assert phone.post(reverse("crop-report-written", args=[season.pk]), a_report()).status_code == 404
    to = reverse("crop-report-photo", args=[season.pk, uuid.uuid4(), 1, "0"])
    assert phone.get(to).status_code == 404
