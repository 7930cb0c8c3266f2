"""Reporting a loss: only one's own goods, only once, and its kilos leave the market until it is decided."""

import datetime as dt

import pytest
from django.db import IntegrityError
from django.urls import reverse

from accounts.models import Consent, HouseholdTier, Message
from accounts.services import people
from catalog.models import Movement
from catalog.services.kilos import KiloMove, NotEnoughProduce, move_kilos
from kernel.errors import BadValue
from kernel.numbers import Kind, number_of
from kernel.workflow import IllegalMove
from losses.models import ClaimFigure, LossClaim
from losses.services import answering, claiming, reporting, schemes
from marketplace.audit import breaches
from records.models import Attachment, Finding, Move, Participation
from records.services.participation import AlreadyTookPart
from tests import factories
from tests.factories import FRIDAY, LONG_AGO, MONDAY, THURSDAY, TUESDAY, WEDNESDAY, login
from tests.guards.rows import force
from tests.losses.pages import a_jpeg
from tests.losses.steps import KG, a_lot, a_photo, a_scheme

pytestmark = pytest.mark.django_db


def left_on(lot):
    lot.refresh_from_db()
    return lot.free(), lot.claimed, lot.written_off


def held_by(scheme):
    scheme.account.refresh_from_db()
    return scheme.account.debits_pending_fen


def said_to(household):
    return [message.body for message in Message.objects.filter(household=household).order_by("created_at")]


def test_claimed_kilos_leave_the_market(story, lot):
    claim = story.filed(lot, kg=60)

    assert left_on(lot) == (40 * KG, 60 * KG, 0)
    assert (claim.number, claim.status) == (number_of(Kind.CLAIM, MONDAY.date(), claim.pk), "filed")
    assert claim.due_at == MONDAY + dt.timedelta(hours=24)
    with pytest.raises(NotEnoughProduce):
        move_kilos([KiloMove(lot.pk, "free", "reserved", 50 * KG, "allocation:1:hold")], by=None, at=TUESDAY)
    assert left_on(lot) == (40 * KG, 60 * KG, 0)


def test_what_is_sold_cannot_be_claimed(story, lot):
    move_kilos([KiloMove(lot.pk, "free", "reserved", 70 * KG, "allocation:1:hold")], by=None, at=MONDAY)
    move_kilos([KiloMove(lot.pk, "reserved", "sold", 70 * KG, "allocation:1:sold")], by=None, at=MONDAY)

    with pytest.raises(NotEnoughProduce):
        story.filed(lot, kg=31)

    assert not LossClaim.objects.exists()
    assert left_on(lot) == (30 * KG, 0, 0)


def test_pieces_are_claimed_in_pieces_and_weighed_by_the_usual_weight(story, xiuying, xiuying_household, duck):
    ducks = a_lot(xiuying_household, duck, kg=30, by=xiuying)

    claim = story.filed(ducks, quantity=18)

    figure = claim.figures.get()
    assert (figure.quantity, figure.quantity_g) == (18, 31_500)


def test_the_household_is_told_in_plain_chinese(story, lot, xiuying_household):
    claim = story.filed(lot, kg=50)

    assert said_to(xiuying_household) == [
        f"收到了：包菜坏了 100 斤（50 公斤），编号 {claim.number}。村里 11 月 3 日（周二）上午 9 点前来看。"
    ]


def test_members_and_filer_are_put_down_as_participants(story, lot, xiuying_household, cadre_liu):
    son = factories.a_person("黄小军")
    people.add_member(xiuying_household, son, from_on=LONG_AGO)

    claim = story.filed(lot, by=cadre_liu, consent="phone")

    stages = dict(Participation.objects.filter(document=claim.reference).values_list("person_key", "stage"))
    assert stages == {
        xiuying_household.head.key: "household",
        son.key: "household",
        cadre_liu.person.key: "filer",
    }


def test_a_cadre_reports_for_a_household_only_with_its_consent(story, lot, cadre_liu, xiuying_household):
    with pytest.raises(claiming.ConsentNeeded):
        story.filed(lot, by=cadre_liu)
    assert not LossClaim.objects.exists()

    claim = story.filed(lot, by=cadre_liu, consent="visit")

    assert claim.by_proxy
    consent = Consent.objects.get(document=claim.reference)
    assert (consent.household_id, consent.how) == (xiuying_household.pk, "visit")
    assert "村干部替你家报了" in said_to(xiuying_household)[0]


@pytest.mark.parametrize(("day", "newer"), [("2026-11-01", False), ("2026-11-02", True)])
def test_a_loss_falls_under_the_rules_of_its_day_not_of_the_day_it_is_reported(
    client, now, scheme, lot, xiuying, finance_bureau, director_lin, cabbage, day, newer
):
    begins_today = a_scheme(finance_bureau, director_lin, cabbage, window_from=MONDAY.date(), rate_fen=200)
    login(client, xiuying)
    said = {"listing": lot.pk, "cause": "spoiled", "happened_on": day, "kg": "30", "photos": [a_jpeg()]}

    program = client.post("/api/v1/claims/", said, headers={"Idempotency-Key": "k1"})

    assert program.status_code == 201
    assert LossClaim.objects.get().scheme == (begins_today if newer else scheme)


def test_a_loss_of_the_last_day_of_a_scheme_is_reported_the_day_after(client, now, lot, xiuying, scheme):
    force(scheme, window_to=MONDAY.date() - dt.timedelta(days=1))
    login(client, xiuying)
    assert client.get(reverse("claim-new", args=[lot.pk])).context["form"]
    said = {"listing": lot.pk, "cause": "spoiled", "happened_on": "2026-11-01", "kg": "30", "photos": [a_jpeg()]}

    program = client.post("/api/v1/claims/", said, headers={"Idempotency-Key": "k1"})

    assert (program.status_code, LossClaim.objects.get().scheme) == (201, scheme)


def test_what_was_sent_back_to_a_cadre_who_left_another_of_the_village_goes_on_with(
    client, story, lot, now, cadre_liu, cadre_wu, committee, changxi
):
    claim = story.filed(lot, by=cadre_liu, consent="visit")
    after = factories.a_user("刘接任", "cadre", committee, area=changxi)
    withdraw = reverse("claim-withdraw", args=[claim.pk])
    assert login(client, after).post(withdraw, {"idem": "a" * 32}).status_code == 403
    answering.send_back(claim, code="photos", reason="照片看不清，请再拍一张。", by=cadre_wu, at=TUESDAY)
    cadre_liu.person.memberships.update(to_on=TUESDAY.date())
    now.at = WEDNESDAY

    assert client.get(reverse("claim-complete", args=[claim.pk])).status_code == 200
    assert client.post(withdraw, {"idem": "b" * 32}).status_code == 302

    lot.refresh_from_db()
    assert (LossClaim.objects.get().status, lot.claimed) == ("withdrawn", 0)


def test_an_unknown_way_of_consent_is_refused_and_nothing_is_kept(story, lot, cadre_liu):
    with pytest.raises(BadValue):
        story.filed(lot, by=cadre_liu, consent="telepathy")

    assert not LossClaim.objects.exists()
    assert left_on(lot) == (100 * KG, 0, 0)


def test_goods_of_a_co_operative_are_no_household_s_loss(story, lot, coop, xiuying, cabbage):
    theirs = a_lot(lot.household, cabbage, by=xiuying)
    theirs.household, theirs.cooperative = None, coop

    with pytest.raises(claiming.NotOwnGoods):
        story.filed(theirs, by=xiuying)


def test_another_collision_is_not_called_reported(story, lot, neighbours_lot):
    first, second = story.filed(lot, kg=20), story.filed(neighbours_lot, kg=20)
    force(first, number=number_of(Kind.CLAIM, MONDAY.date(), second.pk + 1))

    with pytest.raises(IntegrityError, match="number"):
        story.filed(lot, kg=20, cause="road")

    assert left_on(lot) == (80 * KG, 20 * KG, 0)


def test_one_open_report_for_a_lot_and_a_cause(story, lot):
    story.filed(lot, kg=20)

    with pytest.raises(claiming.AlreadyReported):
        story.filed(lot, kg=20)
    assert left_on(lot) == (80 * KG, 20 * KG, 0)

    story.filed(lot, kg=20, cause="spoiled")
    assert left_on(lot) == (60 * KG, 40 * KG, 0)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"happened_on": dt.date(2026, 11, 3)}, BadValue),
        ({"happened_on": dt.date(2025, 12, 31)}, claiming.OutsideWindow),
        ({"kg": 9}, claiming.TooLittle),
        ({"quantity": -5}, BadValue),
        ({"cause": "hail"}, BadValue),
    ],
)
def test_what_the_rules_do_not_cover_is_refused_and_nothing_changes(story, lot, changes, refusal):
    with pytest.raises(refusal):
        story.filed(lot, **changes)

    assert not LossClaim.objects.exists()
    assert not Movement.objects.exists()
    assert not Message.objects.exists()


def test_a_report_needs_a_photo(scheme, lot, xiuying):
    with pytest.raises(BadValue):
        reporting.file_claim(
            scheme=scheme,
            goods=lot,
            cause="unsold",
            quantity=50 * KG,
            happened_on=dt.date(2026, 11, 2),
            words="",
            photos=[],
            by=xiuying,
            at=MONDAY,
        )
    assert not LossClaim.objects.exists()


def test_a_tier_outside_the_rules_is_refused(story, finance_bureau, director_lin, cabbage, guiying, guiying_household):
    story.scheme = a_scheme(finance_bureau, director_lin, cabbage, tiers=["lifted", "unstable"])
    ordinary = a_lot(guiying_household, cabbage, by=guiying)

    with pytest.raises(claiming.NotThisTier):
        story.filed(ordinary)


def test_a_produce_without_a_rate_is_refused(story, finance_bureau, director_lin, duck, lot):
    story.scheme = a_scheme(finance_bureau, director_lin, duck)

    with pytest.raises(claiming.NoRate):
        story.filed(lot)


def test_nobody_claims_under_a_closed_scheme(story, scheme, lot, director_lin):
    schemes.close_scheme(scheme, by=director_lin, at=MONDAY)

    with pytest.raises(schemes.NotPublished):
        story.filed(lot)


def test_numbers_count_up(story, lot, neighbours_lot, xiuying, xiuying_household, cabbage):
    first = story.filed(lot)
    second = story.filed(neighbours_lot)
    third = story.filed(a_lot(xiuying_household, cabbage, by=xiuying), at=TUESDAY)

    assert [c.number[:8] for c in (first, second, third)] == ["BS261102", "BS261102", "BS261103"]
    assert [c.number[9:-2] for c in (first, second, third)] == [f"{first.pk + more:04d}" for more in range(3)]


def test_taking_a_report_back_frees_its_kilos(story, lot, xiuying, xiuying_household):
    claim = story.filed(lot, kg=60)

    answering.withdraw(claim, by=xiuying, at=TUESDAY)

    assert left_on(lot) == (100 * KG, 0, 0)
    assert said_to(xiuying_household)[-1] == f"报损 {claim.number} 撤回了，包菜 120 斤（60 公斤）可以接着卖。"
    with pytest.raises(IllegalMove):
        answering.withdraw(claim, by=xiuying, at=TUESDAY)
    assert left_on(lot) == (100 * KG, 0, 0)


def test_a_report_on_notice_can_no_longer_be_taken_back(story, lot, xiuying):
    claim = story.filed(lot)
    story.on_village_notice(claim)

    with pytest.raises(IllegalMove):
        answering.withdraw(claim, by=xiuying, at=FRIDAY)


def test_a_refusal_returns_the_kilos_and_says_why(story, lot, cadre_wu, xiuying_household):
    claim = story.filed(lot, kg=60)

    answering.refuse(claim, code="photos", reason="照片看不清，明天白天再拍一张。", by=cadre_wu, at=TUESDAY)

    claim.refresh_from_db()
    assert (claim.status, claim.reason_code) == ("refused", "photos")
    assert left_on(lot) == (100 * KG, 0, 0)
    assert said_to(xiuying_household)[-1] == (
        f"报损 {claim.number}（包菜）没通过，因为：照片看不清，明天白天再拍一张。 还好的货可以接着卖。"
    )


def test_a_refusal_needs_a_known_reason_and_a_sentence(story, lot, cadre_wu):
    claim = story.filed(lot)

    for code, reason in (("photos", "  "), ("because", "照片看不清，请再拍。")):
        with pytest.raises(BadValue):
            answering.refuse(claim, code=code, reason=reason, by=cadre_wu, at=TUESDAY)

    claim.refresh_from_db()
    assert claim.status == "filed"
    assert lot.claimed == 0 and left_on(lot) == (50 * KG, 50 * KG, 0)


def test_nobody_refuses_what_they_filed_themselves(story, lot, cadre_liu):
    claim = story.filed(lot, by=cadre_liu, consent="phone")

    with pytest.raises(AlreadyTookPart):
        answering.refuse(claim, code="photos", reason="照片看不清，请再拍。", by=cadre_liu, at=TUESDAY)


def test_a_refused_lot_can_be_reported_again(story, lot, cadre_wu):
    claim = story.filed(lot, kg=60)
    answering.refuse(claim, code="photos", reason="照片看不清，请再拍。", by=cadre_wu, at=TUESDAY)

    again = story.filed(lot, kg=70)

    assert again.pk != claim.pk
    assert left_on(lot) == (30 * KG, 70 * KG, 0)


def test_sent_back_and_filed_again_is_a_second_round_that_keeps_the_first(story, lot, cadre_wu, xiuying):
    claim = story.filed(lot, kg=60)
    answering.send_back(claim, code="quantity", reason="数量再数一遍，多拍一张照片。", by=cadre_wu, at=TUESDAY)
    assert left_on(lot) == (40 * KG, 60 * KG, 0)

    photo = a_photo(by=xiuying)
    claim = claiming.file_again(
        claim,
        quantity=45 * KG,
        happened_on=dt.date(2026, 11, 2),
        words="重新称过",
        photos=[photo],
        by=xiuying,
        at=THURSDAY,
    )

    assert (claim.status, claim.round) == ("filed", 2)
    assert left_on(lot) == (55 * KG, 45 * KG, 0)
    figures = ClaimFigure.objects.filter(claim=claim).order_by("pk").values_list("stage", "round", "quantity")
    assert list(figures) == [("declared", 1, 60 * KG), ("declared", 2, 45 * KG)]
    roles = Attachment.objects.filter(document=claim.reference).order_by("pk").values_list("role", flat=True)
    assert list(roles) == ["claim", "claim:2"]
    assert list(Move.objects.filter(document=claim.reference).order_by("pk").values_list("after", flat=True)) == [
        "filed",
        "sent_back",
        "filed",
    ]


def test_another_day_of_the_loss_asks_again_what_kind_of_household_it_was(
    story, lot, cadre_wu, xiuying, xiuying_household, finance_bureau, director_lin, cabbage
):
    story.scheme = a_scheme(finance_bureau, director_lin, cabbage, tiers=["lifted", "unstable"])
    force(HouseholdTier.objects.get(household=xiuying_household), from_on=dt.date(2026, 11, 2))
    claim = story.filed(lot, kg=60)
    answering.send_back(claim, code="quantity", reason="哪一天坏的，请写清楚。", by=cadre_wu, at=TUESDAY)

    again = {"quantity": 60 * KG, "words": "", "photos": [a_photo(by=xiuying)], "by": xiuying, "at": THURSDAY}
    with pytest.raises(claiming.NotThisTier):
        claiming.file_again(claim, happened_on=dt.date(2026, 11, 1), **again)
    assert claiming.file_again(claim, happened_on=dt.date(2026, 11, 2), **again).round == 2


def test_what_was_said_in_each_round_stays_and_is_read(client, story, lot, cadre_wu, xiuying):
    claim = story.filed(lot, kg=60, words="下雨路断了")
    for words, kg in (("重新称过", 45), ("又称过", 40)):
        answering.send_back(claim, code="quantity", reason=f"请写清楚：{kg}", by=cadre_wu, at=TUESDAY)
        claim = claiming.file_again(
            claim, quantity=kg * KG, happened_on=dt.date(2026, 11, 1), words=words, photos=[a_photo(by=xiuying)],
            by=xiuying, at=TUESDAY,
        )  # fmt: skip

    login(client, xiuying)
    page = client.get(reverse("claim-detail", args=[claim.pk])).content.decode()
    told = client.get(reverse("api-claim-detail", args=[claim.pk])).json()

    assert "下雨路断了" in page and "重新称过" in page and "11 月 2 日" in page and "120 斤" in page
    assert page.index("第 2 次") < page.index("退回的原因：请写清楚：40") < page.index("第 1 次")
    assert [(row["round"], row["words"], row["happened_on"]) for row in told["earlier_rounds"]] == [
        (1, "下雨路断了", "2026-11-02"),
        (2, "重新称过", "2026-11-01"),
    ]
    assert [row.words for row in claim.rounds.order_by("round")] == ["下雨路断了", "重新称过", "又称过"]


def test_a_second_round_walks_the_whole_way_again(story, lot, xiuying, director_lin, scheme):
    claim = story.on_county_notice(story.filed(lot, kg=60))
    assert held_by(scheme) == 96_00

    answering.send_back(claim, code="photos", reason="现场照片看不清，请再拍一张。", by=director_lin, at=claim.due_at)
    assert held_by(scheme) == 0

    claim = claiming.file_again(
        LossClaim.objects.get(pk=claim.pk),
        quantity=50 * KG,
        happened_on=dt.date(2026, 11, 2),
        words="",
        photos=[a_photo(by=xiuying)],
        by=xiuying,
        at=claim.due_at,
    )
    claim = story.awarded(claim)

    assert claim.award.amount_fen == 80_00
    assert left_on(lot) == (50 * KG, 0, 50 * KG)
    assert (held_by(scheme), scheme.account.debits_posted_fen) == (0, 80_00)
    assert breaches() == []


def test_published_rules_take_no_new_rate(scheme, director_lin, cabbage):
    with pytest.raises(schemes.SchemeIsPublished):
        schemes.add_rate(scheme, produce=cabbage, rate_fen=500, by=director_lin, at=MONDAY)

    assert scheme.rates.count() == 2


def test_a_scheme_without_money_is_not_published(finance_bureau, director_lin, cabbage):
    scheme = schemes.draft_scheme(
        code="EMPTY",
        name="空",
        legal_basis="空",
        window_from=dt.date(2026, 1, 1),
        window_to=dt.date(2026, 12, 31),
        tiers=["lifted"],
        household_cap_fen=100,
        min_loss_g=1,
        village_days=5,
        county_days=5,
        payer=finance_bureau,
        by=director_lin,
        at=MONDAY,
    )
    schemes.add_rate(scheme, produce=cabbage, rate_fen=160, by=director_lin, at=MONDAY)

    with pytest.raises(schemes.NotReadyToPublish):
        schemes.publish_scheme(scheme, by=director_lin, at=MONDAY)

    assert scheme.status == "draft"


def test_one_paper_puts_its_money_in_once(scheme, director_lin):
    for _turn in range(2):
        schemes.add_money(scheme, amount_fen=5_000_00, document="石财农〔2026〕9号", by=director_lin, at=MONDAY)

    scheme.account.refresh_from_db()
    assert scheme.account.credits_posted_fen == 10_000_000 + 5_000_00


def test_findings_are_written_when_a_claim_is_filed(story, lot):
    claim = story.filed(lot)

    found = dict(Finding.objects.filter(document=claim.reference).values_list("rule", "colour"))
    assert found == dict.fromkeys(
        [
            "capacity",
            "copied_report",
            "just_below",
            "largest",
            "photo_far",
            "already_sold",
            "quantity",
            "same_photo",
            "time_of_loss",
            "recalled",
            "notice",
            "card",
            "relieved_before",
            "relieved_elsewhere",
            "told_elsewhere",
            "price",
            "head",
            "entered_before",
            "filed_in_bulk",
            "photos_compared",
            "photo_again",
            "photo_moment",
            "photo_old",
            "photo_twice",
            "photo_made",
            "neighbours",
            "photo_place",
            "split",
            "village_harvest",
        ],
        "green",
    )
