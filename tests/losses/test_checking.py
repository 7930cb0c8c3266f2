"""Village and township look: each writes its own figure, nobody looks twice, the impossible is blocked."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.services import people
from catalog.services.kilos import KiloMove, move_kilos
from kernel.errors import BadValue
from kernel.workflow import IllegalMove
from losses.models import ClaimFigure, LossClaim
from losses.pages.evidence import photo_groups
from losses.pages.story import figures_table
from losses.services import answering, awarding, checking, claiming, findings, holding
from losses.services.rules import look
from produce.models import ReferencePrice
from records.models import Finding, PolicyValue
from records.services.participation import AlreadyTookPart, HasInterest, NobodyKnown
from tests import factories
from tests.factories import LONG_AGO, MONDAY, TUESDAY, WEDNESDAY, login
from tests.losses.pages import a_jpeg
from tests.losses.steps import HERE, KG, LOOKED_AT, SEEN, a_lot, a_photo, a_scheme

pytestmark = pytest.mark.django_db


def figures(claim):
    rows = ClaimFigure.objects.filter(claim=claim).order_by("pk")
    return [(row.stage, row.quantity, row.why) for row in rows]


def test_each_stage_writes_its_own_figure_and_leaves_the_one_before(story, lot, cadre_wu, township_officer):
    claim = story.filed(lot, kg=100)

    checking.village_check(claim, quantity=80 * KG, why="二十公斤还能卖", seen=SEEN, by=cadre_wu, at=TUESDAY)
    checking.township_check(claim, quantity=80 * KG, seen=SEEN, by=township_officer, at=WEDNESDAY)

    assert figures(claim) == [
        ("declared", 100 * KG, ""),
        ("village", 80 * KG, "二十公斤还能卖"),
        ("township", 80 * KG, ""),
    ]


def test_what_a_check_does_not_find_may_be_sold_at_once(story, lot, cadre_wu):
    claim = story.filed(lot, kg=100)

    checking.village_check(claim, quantity=80 * KG, why="二十公斤还能卖", seen=SEEN, by=cadre_wu, at=TUESDAY)

    lot.refresh_from_db()
    assert (lot.free(), lot.claimed) == (20 * KG, 80 * KG)
    move_kilos([KiloMove(lot.pk, "free", "reserved", 20 * KG, "allocation:1:hold")], by=None, at=TUESDAY)


@pytest.mark.parametrize(
    ("kg", "why", "refusal"),
    [(101, "", holding.MoreThanBefore), (80, "  ", holding.WhyNeeded), (0, "没有", holding.NothingFound)],
)
def test_a_check_finds_no_more_and_says_why_it_finds_less(story, lot, cadre_wu, kg, why, refusal):
    claim = story.filed(lot, kg=100)

    with pytest.raises(refusal):
        checking.village_check(claim, quantity=kg * KG, why=why, seen=SEEN, by=cadre_wu, at=TUESDAY)

    claim.refresh_from_db()
    assert claim.status == "filed"
    assert figures(claim) == [("declared", 100 * KG, "")]


def test_whoever_filed_may_not_check(story, lot, cadre_liu):
    claim = story.filed(lot, by=cadre_liu, consent="phone")

    with pytest.raises(AlreadyTookPart):
        story.cast["cadre"] = cadre_liu
        story.village_checked(claim)

    claim.refresh_from_db()
    assert claim.status == "filed"


def test_the_same_person_under_a_second_account_may_not_check(story, lot, cadre_liu):
    claim = story.filed(lot, by=cadre_liu, consent="phone")
    second_account = factories.a_user("刘建国", person=cadre_liu.person)

    with pytest.raises(AlreadyTookPart):
        checking.village_check(claim, quantity=50 * KG, seen=SEEN, by=second_account, at=TUESDAY)


def test_a_member_of_the_household_may_not_check(story, lot, xiuying_household, committee, changxi):
    son = factories.a_user("黄小军", "cadre", committee, changxi)
    people.add_member(xiuying_household, son.person, from_on=LONG_AGO)
    claim = story.filed(lot)

    with pytest.raises(HasInterest):
        checking.village_check(claim, quantity=50 * KG, seen=SEEN, by=son, at=TUESDAY)


def test_one_person_does_not_check_twice(story, lot, cadre_wu):
    claim = story.village_checked(story.filed(lot))

    with pytest.raises(AlreadyTookPart):
        checking.township_check(claim, quantity=50 * KG, seen=SEEN, by=cadre_wu, at=WEDNESDAY)

    claim.refresh_from_db()
    assert claim.status == "village_checked"


def test_an_account_of_nobody_cannot_check(story, lot):
    claim = story.filed(lot)
    nobody = people.register_account(phone="13700000001", at=MONDAY)

    with pytest.raises(NobodyKnown):
        checking.village_check(claim, quantity=50 * KG, seen=SEEN, by=nobody, at=TUESDAY)


def test_a_double_click_checks_once(story, lot, cadre_wu):
    claim = story.village_checked(story.filed(lot))

    with pytest.raises(IllegalMove):
        checking.village_check(claim, quantity=40 * KG, why="少了", seen=SEEN, by=cadre_wu, at=TUESDAY)

    assert len(figures(claim)) == 2


def test_a_loss_before_the_harvest_is_impossible(story, lot, cadre_wu):
    claim = story.filed(lot, happened_on=dt.date(2026, 10, 30))

    with pytest.raises(findings.NotPossible):
        story.village_checked(claim)

    claim.refresh_from_db()
    assert claim.status == "filed"
    assert Finding.objects.get(document=claim.reference, rule="time_of_loss").colour == "red"


def test_a_photo_of_another_household_s_claim_is_impossible(story, lot, neighbours_lot, guiying, xiuying):
    story.filed(neighbours_lot, photos=[a_photo("one heap of cabbage", by=guiying)])
    claim = story.filed(lot, photos=[a_photo("one heap of cabbage", by=xiuying)])

    with pytest.raises(findings.NotPossible):
        story.village_checked(claim)

    assert Finding.objects.get(document=claim.reference, rule="same_photo").colour == "red"


def test_a_photo_of_the_household_s_own_other_claim_is_looked_at(story, lot, xiuying):
    photo = a_photo("one heap of cabbage", by=xiuying)
    other = story.filed(lot, kg=20, photos=[photo])

    claim = story.filed(lot, kg=20, cause="spoiled", photos=[photo])

    finding = Finding.objects.get(document=claim.reference, rule="same_photo")
    assert (finding.colour, finding.detail) == ("amber", f"同一张照片也在报损 {other.number} 里。")


def test_photos_replaced_in_a_second_round_are_judged_anew(story, lot, neighbours_lot, guiying, xiuying, cadre_wu):
    story.filed(neighbours_lot, photos=[a_photo("one heap of cabbage", by=guiying)])
    claim = story.filed(lot, photos=[a_photo("one heap of cabbage", by=xiuying)])
    answering.send_back(claim, code="photos", reason="照片和别家的一样，请拍自家的。", by=cadre_wu, at=TUESDAY)

    claim = claiming.file_again(
        claim,
        quantity=50 * KG,
        happened_on=dt.date(2026, 11, 2),
        words="",
        photos=[a_photo(by=xiuying)],
        by=xiuying,
        at=TUESDAY,
    )

    assert findings.latest_findings(claim)["same_photo"].colour == "green"
    assert story.village_checked(claim).status == "village_checked"


def test_a_sale_after_the_loss_is_looked_at(story, lot):
    move_kilos([KiloMove(lot.pk, "free", "reserved", 10 * KG, "a:1")], by=None, at=MONDAY)
    move_kilos([KiloMove(lot.pk, "reserved", "sold", 10 * KG, "a:2")], by=None, at=MONDAY)

    claim = story.filed(lot, happened_on=dt.date(2026, 11, 1))

    finding = findings.latest_findings(claim)["already_sold"]
    assert (finding.colour, finding.detail) == ("amber", "出事那天以后又卖了 20 斤（10 公斤）。")


def test_a_harvest_beyond_any_plot_is_looked_at(story, xiuying, xiuying_household, cabbage):
    huge = a_lot(xiuying_household, cabbage, kg=41_000, by=xiuying)

    claim = story.filed(huge, kg=50)

    assert findings.latest_findings(claim)["capacity"].colour == "amber"


def test_a_card_of_another_name_is_looked_at(story, lot, xiuying_household):
    people.set_card(
        household=xiuying_household, number=factories.a_card_number(770_077), holder="刘建国", bank="农行", at=MONDAY
    )

    claim = story.filed(lot)

    assert findings.latest_findings(claim)["card"].colour == "amber"


def test_goods_listed_after_the_loss_are_looked_at(story, xiuying, xiuying_household, cabbage):
    late = a_lot(xiuying_household, cabbage, by=xiuying, at=MONDAY)
    late.harvested_on = dt.date(2026, 10, 1)
    late.save(update_fields=["harvested_on"])

    claim = story.filed(late, happened_on=dt.date(2026, 10, 20))

    assert findings.latest_findings(claim)["time_of_loss"].colour == "amber"


def test_a_loss_said_more_than_thirty_days_ago_is_looked_at(story, xiuying, xiuying_household, cabbage):
    late = a_lot(xiuying_household, cabbage, by=xiuying, at=MONDAY - dt.timedelta(days=33))

    claim = story.filed(late, happened_on=dt.date(2026, 10, 1))

    finding = findings.latest_findings(claim)["time_of_loss"]
    assert (finding.colour, finding.detail) == ("amber", "出事 30 天以后才报。")


@pytest.mark.parametrize(
    ("born", "colour"),
    [
        (dt.date(2023, 5, 1), "amber"),
        (dt.date(2008, 11, 3), "amber"),
        (dt.date(2008, 11, 2), "green"),
        (dt.date(1916, 2, 29), "green"),
        (dt.date(1896, 2, 29), "amber"),
    ],
    ids=str,
)
def test_a_head_who_is_a_child_or_older_than_anybody_is_looked_at(story, lot, xiuying_household, born, colour):
    xiuying_household.head.born_on = born
    xiuying_household.head.save(update_fields=["born_on"])

    claim = story.filed(lot)

    assert findings.latest_findings(claim)["head"].colour == colour


def test_a_report_for_a_household_whose_head_has_died_is_looked_at(story, lot, xiuying_household):
    claim = story.filed(lot)
    head = claim.household.head
    head.died_on = MONDAY.date()

    [seen] = [one for one in look(claim, at=TUESDAY) if one.rule == "head"]
    assert (seen.colour, "户主已于" in seen.detail) == ("amber", True)


def amber_claim(story, lot, xiuying_household):
    people.set_card(
        household=xiuying_household, number=factories.a_card_number(770_077), holder="刘建国", bank="农行", at=MONDAY
    )
    return story.on_county_notice(story.filed(lot))


def test_amber_refuses_nobody_but_stops_the_award_until_it_is_cleared(
    story, lot, xiuying_household, clerk_ma, director_lin
):
    claim = amber_claim(story, lot, xiuying_household)
    with pytest.raises(findings.LookAgain):
        awarding.award(claim, by=director_lin, at=claim.county_notice.ends_at)
    claim.refresh_from_db()
    assert claim.status == "county_notice"

    finding = findings.latest_findings(claim)["card"]
    findings.clear_finding(finding, claim, reason="刘建国是户主的丈夫，有户口本", by=clerk_ma, at=claim.due_at)
    awarding.award(claim, by=director_lin, at=claim.county_notice.ends_at)

    claim.refresh_from_db()
    assert claim.status == "awarded"


def test_amber_is_not_cleared_by_whoever_checked_or_without_a_reason(story, lot, xiuying_household, cadre_wu, clerk_ma):
    claim = amber_claim(story, lot, xiuying_household)
    finding = findings.latest_findings(claim)["card"]

    with pytest.raises(AlreadyTookPart):
        findings.clear_finding(finding, claim, reason="没问题", by=cadre_wu, at=claim.due_at)
    with pytest.raises(BadValue):
        findings.clear_finding(finding, claim, reason=" ", by=clerk_ma, at=claim.due_at)

    finding.refresh_from_db()
    assert finding.cleared_by is None


def test_what_was_cleared_stays_cleared_until_it_looks_different(story, lot, xiuying_household, clerk_ma):
    claim = amber_claim(story, lot, xiuying_household)
    finding = findings.latest_findings(claim)["card"]
    findings.clear_finding(finding, claim, reason="户主的丈夫", by=clerk_ma, at=claim.due_at)

    findings.record_findings(LossClaim.objects.get(pk=claim.pk), at=claim.due_at)
    assert findings.latest_findings(claim)["card"].cleared_by == clerk_ma

    move_kilos([KiloMove(lot.pk, "free", "reserved", 10 * KG, "a:1")], by=None, at=claim.due_at)
    move_kilos([KiloMove(lot.pk, "reserved", "sold", 10 * KG, "a:2")], by=None, at=claim.due_at)
    findings.record_findings(LossClaim.objects.get(pk=claim.pk), at=claim.due_at + dt.timedelta(hours=1))
    latest = findings.latest_findings(claim)["already_sold"]
    assert (latest.colour, latest.cleared_by) == ("amber", None)


def price_colour(claim):
    return next(seen.colour for seen in look(claim, at=WEDNESDAY) if seen.rule == "price")


@pytest.mark.parametrize(("from_on", "colour"), [(MONDAY, "amber"), (TUESDAY, "green")])
def test_a_high_price_is_judged_by_the_rule_of_the_day_of_the_claim(
    story, lot, cabbage, clerk_ma, director_lin, from_on, colour
):
    ReferencePrice.objects.create(produce=cabbage, day=MONDAY.date(), source="县城市场", avg_fen=70)
    PolicyValue.objects.create(
        name="high_price_permille",
        value="1100",
        from_on=from_on.date(),
        set_by=clerk_ma,
        confirmed_by=director_lin,
        confirmed_at=from_on,
    )

    assert price_colour(story.filed(lot)) == colour


@pytest.mark.parametrize(("day", "colour"), [(MONDAY, "amber"), (TUESDAY, "green")])
def test_a_high_price_is_judged_by_the_quote_of_the_day_of_the_claim(story, lot, cabbage, day, colour):
    ReferencePrice.objects.create(
        produce=cabbage, day=MONDAY.date() - dt.timedelta(days=1), source="县城市场", avg_fen=79
    )
    ReferencePrice.objects.create(produce=cabbage, day=day.date(), source="县城市场", avg_fen=40)

    assert price_colour(story.filed(lot)) == colour


@pytest.fixture
def shown(story, finance_bureau, director_lin, cabbage):
    """A story under a scheme that asks each check for a photo."""
    story.scheme = a_scheme(finance_bureau, director_lin, cabbage, check_photos=True)
    return story


def test_where_the_scheme_says_so_each_level_shows_a_photo_and_its_place(shown, lot, cadre_wu, township_officer):
    claim = shown.filed(lot)
    with pytest.raises(checking.CheckPhotoMissing, match="自己拍照"):
        checking.village_check(claim, quantity=50 * KG, seen=SEEN, by=cadre_wu, at=TUESDAY)
    seen = holding.Seen(a_photo(by=cadre_wu), HERE, LOOKED_AT)
    checking.village_check(claim, quantity=50 * KG, seen=seen, by=cadre_wu, at=TUESDAY)
    own = holding.Seen(a_photo(by=township_officer), looked_at=LOOKED_AT)
    checking.township_check(claim, quantity=50 * KG, seen=own, by=township_officer, at=WEDNESDAY)

    village, township = ClaimFigure.objects.filter(claim=claim).order_by("pk")[1:]
    assert (village.photo, village.accuracy_m) == (seen.photo, 8)
    assert (township.photo, township.accuracy_m) == (own.photo, None)
    assert [fact.note.partition("，")[2] for fact in figures_table(claim)] == [
        "", "看了什么：货、和农户谈过，有照片，位置很准，误差 8 米", "看了什么：货、和农户谈过，有照片，位置不清楚",
    ]  # fmt: skip
    assert [group.title for group in photo_groups(claim)] == ["申报的照片", "村里拍的", "乡镇拍的", "现场的照片"]


def test_a_check_shows_no_picture_that_hangs_there_already(shown, lot, cadre_wu, xiuying):
    claim = shown.filed(lot, photos=[a_photo("one heap", by=xiuying)])

    with pytest.raises(checking.NotYourPhoto):
        seen = holding.Seen(a_photo("one heap", by=cadre_wu), looked_at=LOOKED_AT)
        checking.village_check(claim, quantity=50 * KG, seen=seen, by=cadre_wu, at=TUESDAY)
    claim.refresh_from_db()
    assert claim.status == "filed"


def test_a_photo_of_a_check_that_a_neighbour_s_report_showed_is_looked_at(
    shown, lot, neighbours_lot, cadre_wu, guiying
):
    first = shown.filed(neighbours_lot, photos=[a_photo("their heap", by=guiying)])
    claim = shown.filed(lot)
    seen = holding.Seen(a_photo("their heap", by=cadre_wu), looked_at=LOOKED_AT)
    checking.village_check(claim, quantity=50 * KG, seen=seen, by=cadre_wu, at=TUESDAY)

    assert [row.colour for row in look(claim, at=TUESDAY) if row.rule == "check_photo"] == ["amber"]
    assert [row.colour for row in look(first, at=TUESDAY) if row.rule == "check_photo"] == []


def test_after_a_check_comes_the_next_case_of_the_own_hand(
    client, now, shown, lot, neighbours_lot, cadre_wu, xiuying_household, cabbage
):
    filed = shown.filed(a_lot(xiuying_household, cabbage, kg=30, by=cadre_wu), kg=20, by=cadre_wu, consent="phone")
    first, second = shown.filed(lot), shown.filed(neighbours_lot)
    login(client, cadre_wu)
    page = client.get(reverse("claim-village-check", args=[first.pk]))
    assert [item.current for item in page.context["queue"].items] == [True, False]
    assert "轮到我看 2 户" in page.content.decode() and filed.number not in page.content.decode()
    answered = {"quantity": "100", "why": "", "idem": "1", "looked_at": ["goods"]}
    assert "要求每次核实都自己拍照" in client.post(page.request["PATH_INFO"], answered).content.decode()

    answered |= {"latitude_e6": "26327100", "longitude_e6": "116354800", "accuracy_m": "30"}
    to = client.post(page.request["PATH_INFO"], answered | {"photo": a_jpeg("red")})["Location"]
    assert to == reverse("claim-village-check", args=[second.pk])
    assert first.figures.get(stage="village").accuracy_m == 30
    back = {"code": "photos", "reason": "照片看不清楚，请重拍。", "idem": "2"}
    assert client.post(reverse("claim-send-back", args=[second.pk]), back)["Location"].endswith("?view=village")
    assert "最后一户" in client.get(reverse("check-list")).content.decode()


def test_a_check_says_what_it_looked_at_and_later_levels_read_it(client, now, story, lot, cadre_wu, township_officer):
    claim = story.filed(lot)
    with pytest.raises(checking.NothingLookedAt):
        checking.village_check(claim, quantity=50 * KG, seen=holding.Seen(), by=cadre_wu, at=TUESDAY)
    url = reverse("claim-village-check", args=[claim.pk])
    assert not login(client, cadre_wu).get(url).context["form"]["looked_at"].value()
    typed = {"quantity": "100", "why": "", "idem": "a"}
    assert "请勾选看了什么" in client.post(url, typed).text
    client.post(url, typed | {"looked_at": ["papers", "goods"], "idem": "b"})
    assert claim.figures.get(stage="village").looked_at == ["goods", "papers"]
    page = login(client, township_officer).get(reverse("claim-township-check", args=[claim.pk])).text
    assert "看了什么：货、单据" in page
    api = client.get(reverse("api-claim-detail", args=[claim.pk])).json()
    assert [row["looked_at"] for row in api["figures"]] == [[], ["goods", "papers"]]
