"""The two public rounds: masked, frozen, counted in working days, stopped line by line."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from accounts.models import Message
from kernel.errors import BadValue
from kernel.workdays import UnknownCalendarYear
from losses.models import LossClaim
from losses.services import answering, awarding, checking, claiming, noticing, reporting, schemes, sweeping, visiting
from records.models import CalendarDay, NoticeLine, PublicNotice
from records.services import notices
from tests import factories
from tests.factories import THURSDAY, TUESDAY, WEDNESDAY, login
from tests.losses.pages import a_jpeg
from tests.losses.steps import KG, LOST_ON, SEEN, Story, a_lot, a_photo, a_scheme

pytestmark = pytest.mark.django_db


def shanghai(year, month, day, hour=9):
    return dt.datetime(year, month, day, hour - 8, tzinfo=dt.UTC)


def ready_for_notice(story, lot, at):
    """Return a claim that the township has just checked at this instant."""
    claim = reporting.file_claim(
        scheme=story.scheme,
        goods=lot,
        cause="unsold",
        quantity=50 * KG,
        happened_on=at.date(),
        words="",
        photos=[a_photo(by=lot.made_by, at=at)],
        by=lot.made_by,
        at=at,
    )
    checking.village_check(claim, quantity=50 * KG, seen=SEEN, by=story.cast["cadre"], at=at)
    return checking.township_check(claim, quantity=50 * KG, seen=SEEN, by=story.cast["township"], at=at)


def test_the_village_sees_masked_names_and_quantities_without_amounts(story, lot, neighbours_lot):
    first, second = story.filed(lot, kg=50), story.filed(neighbours_lot, kg=100)

    notice = story.on_village_notice(first, second)

    lines = NoticeLine.objects.filter(notice=notice).order_by("quantity_g")
    assert [(row.masked_name, row.village_name, row.goods, row.quantity_g, row.amount_fen) for row in lines] == [
        ("黄*英", "长溪村", "包菜 100 斤（50 公斤）", 50 * KG, None),
        ("温*英", "长溪村", "包菜 200 斤（100 公斤）", 100 * KG, None),
    ]
    assert notice.title == "长溪村农产品滞销损失核实数量公示"
    assert {claim.status for claim in LossClaim.objects.all()} == {"village_notice"}


def test_the_county_sees_amounts_that_are_already_held(story, lot, scheme):
    claim = story.on_county_notice(story.filed(lot, kg=50))

    line = NoticeLine.objects.get(notice=claim.county_notice)
    assert (line.quantity_g, line.amount_fen) == (50 * KG, 80_00)
    scheme.account.refresh_from_db()
    assert scheme.account.debits_pending_fen == 80_00


def test_five_working_days_skip_the_weekend(story, lot):
    notice = story.on_village_notice(story.filed(lot))

    assert (notice.starts_on, notice.ends_on) == (dt.date(2026, 11, 5), dt.date(2026, 11, 12))
    assert notice.ends_at == dt.datetime(2026, 11, 12, 16, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("published", "last_day"),
    [
        # 国庆 2026: 1 to 7 October are free, Saturday 10 October is a working day.
        (shanghai(2026, 9, 29), dt.date(2026, 10, 12)),
        # 春节 2026: 15 to 23 February are free, Saturdays 14 and 28 February are working days.
        (shanghai(2026, 2, 12), dt.date(2026, 2, 26)),
    ],
)
def test_holidays_do_not_count_and_make_up_days_do(
    cast, finance_bureau, director_lin, xiuying, lot, published, last_day
):
    scheme = a_scheme(finance_bureau, director_lin, lot.produce)
    story = Story(cast, scheme)
    old = a_lot(lot.household, lot.produce, by=xiuying, at=published)
    ready_for_notice(story, old, published)

    notice = noticing.publish_village_notice(scheme, old.village, by=cast["desk"], at=published)

    assert notice.ends_on == last_day


def test_a_county_day_off_moves_the_end(story, lot):
    CalendarDay.objects.create(day=dt.date(2026, 11, 6), is_workday=False, document="石府办〔2026〕1号")

    notice = story.on_village_notice(story.filed(lot))

    assert notice.ends_on == dt.date(2026, 11, 13)


def test_a_year_without_calendar_publishes_nothing(cast, finance_bureau, director_lin, xiuying, lot):
    scheme = a_scheme(finance_bureau, director_lin, lot.produce, window_to=dt.date(2027, 12, 31))
    story = Story(cast, scheme)
    at = shanghai(2026, 12, 28)
    claim = ready_for_notice(story, a_lot(lot.household, lot.produce, by=xiuying, at=at), at)
    messages = Message.objects.count()

    with pytest.raises(UnknownCalendarYear):
        noticing.publish_village_notice(scheme, lot.village, by=cast["desk"], at=at)

    claim.refresh_from_db()
    assert claim.status == "township_checked"
    assert not PublicNotice.objects.exists()
    assert Message.objects.count() == messages


def test_nothing_waiting_publishes_nothing(story, lot, clerk_ma, changxi):
    story.filed(lot)

    with pytest.raises(noticing.NothingToPublish):
        noticing.publish_village_notice(story.scheme, changxi, by=clerk_ma, at=WEDNESDAY)


def test_a_claim_waits_for_the_last_working_day(story, lot):
    claim = story.filed(lot)
    notice = story.on_village_notice(claim)

    with pytest.raises(notices.NoticeStillRuns):
        noticing.go_on_after_village_notice(claim, at=notice.ends_at - dt.timedelta(seconds=1))
    claim.refresh_from_db()
    assert claim.status == "village_notice"

    assert noticing.go_on_after_village_notice(claim, at=notice.ends_at).status == "to_visit"


def test_an_objection_stops_its_own_line_only(story, lot, neighbours_lot, director_lin):
    first, second = story.filed(lot), story.filed(neighbours_lot)
    notice = story.on_village_notice(first, second)
    line = notice.lines.get(document=first.reference)
    objection = notices.object_to(line, words="他家的包菜早就卖了", contact="", at=THURSDAY)

    with pytest.raises(notices.ObjectionOpen):
        noticing.go_on_after_village_notice(first, at=notice.ends_at)
    assert noticing.go_on_after_village_notice(second, at=notice.ends_at).status == "to_visit"

    notices.answer_objection(objection, upheld=False, answer="看过了，货还在", by=director_lin, at=notice.ends_at)
    assert noticing.go_on_after_village_notice(first, at=notice.ends_at).status == "to_visit"


def test_an_upheld_objection_stops_the_award_for_good(story, lot, director_lin, cast, bureau):
    claim = story.on_county_notice(story.filed(lot))
    line = claim.county_notice.lines.get()
    objection = notices.object_to(line, words="他家没坏", contact="", at=claim.county_notice.published_at)
    notices.answer_objection(objection, upheld=True, answer="查实了", by=director_lin, at=claim.due_at)

    with pytest.raises(notices.ObjectionOpen):
        awarding.award(claim, by=director_lin, at=claim.county_notice.ends_at)

    claim.refresh_from_db()
    assert claim.status == "county_notice"


def test_a_scheme_that_closes_while_claims_hang_lets_them_go_on_to_their_award(
    story, lot, neighbours_lot, guiying, director_lin
):
    hanging = story.filed(lot)
    notice = story.on_village_notice(hanging)
    schemes.close_scheme(story.scheme, by=director_lin, at=notice.published_at)

    with pytest.raises(schemes.NotPublished):
        story.filed(neighbours_lot, by=guiying)
    visit = visiting.draw(
        noticing.go_on_after_village_notice(hanging, at=notice.ends_at), by=story.cast["desk"], at=notice.ends_at
    )
    visiting.sign_visit(story.found(visit), by=visit.second, at=notice.ends_at)
    awarding.compute(hanging, by=story.cast["desk"], at=notice.ends_at)
    county = noticing.publish_county_notice(story.scheme, lot.village.parent, by=story.cast["desk"], at=notice.ends_at)

    assert awarding.award(hanging, by=director_lin, at=county.ends_at).amount_fen == 80_00


def test_nor_does_it_close_the_way_back_of_a_claim_that_is_sent_back_from_the_notice(story, lot, director_lin, xiuying):
    claim = story.on_county_notice(story.filed(lot))
    at = claim.county_notice.published_at
    schemes.close_scheme(story.scheme, by=director_lin, at=at)
    answering.send_back(claim, code="quantity", reason="数量再数一遍。", by=director_lin, at=at)

    anew = claiming.file_again(
        claim, quantity=20 * KG, happened_on=LOST_ON, words="", photos=[a_photo(by=xiuying)], by=xiuying, at=at
    )
    assert (anew.status, anew.round) == ("filed", 2)


def test_the_household_is_told_until_when_it_hangs(story, lot, xiuying_household):
    claim = story.filed(lot)
    notice = story.on_village_notice(claim)

    body = Message.objects.filter(household=xiuying_household, kind="claim.village_notice").get().body
    assert body == f"报损 {claim.number} 在村里公示了，公示号 {notice.number}，到 11 月 12 日。"


def test_publishing_twice_publishes_once(story, lot, clerk_ma, changxi):
    story.on_village_notice(story.filed(lot))

    with pytest.raises(noticing.NothingToPublish):
        noticing.publish_village_notice(story.scheme, changxi, by=clerk_ma, at=TUESDAY)

    assert PublicNotice.objects.count() == 1


class TestWithdrawing:
    """A notice that is wrong leaves the wall at once; its claims wait for another one."""

    @pytest.mark.parametrize(
        ("step", "field", "before"),
        [
            ("on_village_notice", "village_notice", "township_checked"),
            ("on_county_notice", "county_notice", "computed"),
        ],
    )
    def test_its_claims_wait_for_a_new_one_and_hold_what_they_held(self, story, lot, clerk_ma, step, field, before):
        claim = story.filed(lot, kg=50)
        getattr(story, step)(claim)
        claim.refresh_from_db()
        notice, account = getattr(claim, field), claim.scheme.account
        account.refresh_from_db()
        held_fen = account.debits_pending_fen

        withdrawn = noticing.withdraw_notice(notice, why="名字印错了一户", by=clerk_ma, at=notice.published_at)

        claim.refresh_from_db()
        account.refresh_from_db()
        assert (claim.status, getattr(claim, field), withdrawn.status) == (before, None, "withdrawn")
        assert account.debits_pending_fen == held_fen
        body = Message.objects.get(kind="claim.notice_withdrawn").body
        assert notice.number in body and "名字印错了一户" in body
        publish = getattr(noticing, f"publish_{field}")
        place = {"village_notice": lot.village, "county_notice": lot.village.parent}[field]
        assert publish(claim.scheme, place, by=clerk_ma, at=notice.published_at).lines.get().document == claim.reference

    def test_everybody_reads_why_and_no_name(self, client, story, lot, clerk_ma, now):
        notice = story.on_village_notice(story.filed(lot))
        noticing.withdraw_notice(notice, why="名字印错了一户", by=clerk_ma, at=notice.published_at)

        page = client.get(reverse("notice", args=[notice.number])).content.decode()
        told = client.get(reverse("api-notice", args=[notice.number])).json()

        assert "名字印错了一户" in page and "黄*英" not in page
        assert (told["withdrawn"], told["lines"], told["status"]) == ("名字印错了一户", [], "withdrawn")
        assert notice.number not in client.get(reverse("notice-list")).content.decode()
        assert client.get(reverse("notice-object", args=[notice.number])).status_code == 404

    def test_an_open_objection_stops_its_claim_under_the_new_notice_too(
        self, story, lot, clerk_ma, director_lin, bureau
    ):
        claim = story.on_county_notice(story.filed(lot))
        old = claim.county_notice
        objection = notices.object_to(old.lines.get(), words="货还在", contact="", at=old.published_at)
        noticing.withdraw_notice(old, why="金额印错了一户", by=clerk_ma, at=old.published_at)
        new = noticing.publish_county_notice(claim.scheme, lot.village.parent, by=clerk_ma, at=old.published_at)
        claim.refresh_from_db()

        with pytest.raises(notices.ObjectionOpen):
            awarding.award(claim, by=director_lin, at=new.ends_at)
        third = factories.a_user("赵股长", "bureau_approver", bureau)
        notices.answer_objection(objection, upheld=False, answer="看过了", by=third, at=new.ends_at)
        assert awarding.award(claim, by=director_lin, at=new.ends_at).amount_fen > 0

    def test_an_open_objection_stops_the_village_round_too(self, story, lot, clerk_ma):
        claim = story.filed(lot)
        old = story.on_village_notice(claim)
        notices.object_to(old.lines.get(), words="货还在", contact="", at=old.published_at)
        noticing.withdraw_notice(old, why="名字印错了一户", by=clerk_ma, at=old.published_at)
        new = noticing.publish_village_notice(claim.scheme, lot.village, by=clerk_ma, at=old.published_at)

        assert sweeping.move_on(at=new.ends_at) == 0

    def test_one_that_has_ended_stays_and_words_are_needed(self, story, lot, clerk_ma):
        notice = story.on_village_notice(story.filed(lot))

        with pytest.raises(notices.NoticeEnded):
            noticing.withdraw_notice(notice, why="名字印错了一户", by=clerk_ma, at=notice.ends_at)
        with pytest.raises(BadValue):
            noticing.withdraw_notice(notice, why=" 错 ", by=clerk_ma, at=notice.published_at)


def test_programs_publish_answer_and_withdraw(client, story, lot, clerk_ma, director_lin, now):
    def call(user, name, *args, **body):
        answer = login(client, user).post(
            reverse(f"api-{name}", args=args), body, content_type="application/json",
            headers={"Idempotency-Key": uuid.uuid4().hex},
        )  # fmt: skip
        assert answer.status_code in (200, 201), answer.content.decode()
        return answer.json()

    claim = story.township_checked(story.filed(lot))
    now.at = THURSDAY
    waiting = login(client, clerk_ma).get(reverse("api-claim-list-waiting"), {"view": "publish"}).json()["results"]
    assert [row["number"] for row in waiting] == [claim.number]

    notice = call(clerk_ma, "notice-publish-village", claim.scheme_id, lot.village_id)
    call(clerk_ma, "notice-withdraw", notice["number"], why="名字印错了一户")
    again = call(clerk_ma, "notice-publish-village", claim.scheme_id, lot.village_id)
    line = PublicNotice.objects.get(number=again["number"]).lines.get()
    notices.object_to(line, words="货还在", contact="", at=THURSDAY)
    [objection] = login(client, director_lin).get(reverse("api-objection-list"), {"state": "open"}).json()["results"]
    answered = call(
        director_lin, "objection-answer", objection["id"], upheld=False, reason="other", answer="去看过了，没有货"
    )
    assert (answered["status"], answered["notice"]) == ("rejected", again["number"])

    sweeping.move_on(at=line.notice.ends_at)
    now.at = line.notice.ends_at
    call(clerk_ma, "visit-draw", claim.pk)
    claim.refresh_from_db()
    visit = story.found(claim.visits.get())
    visiting.sign_visit(visit, by=visit.second, at=now.at)
    assert call(clerk_ma, "claim-compute", claim.pk)["status"] == "computed"
    rules = login(client, clerk_ma).get(reverse("api-claim-findings", args=[claim.pk])).json()
    assert {row["colour"] for row in rules} <= {"green", "amber", "grey"}
    assert call(clerk_ma, "notice-publish-county", claim.scheme_id, lot.village.parent_id)["households"] == 1


def test_programs_complete_and_take_back(client, story, lot, xiuying, cadre_wu, now):
    def call(name, **body):
        answer = login(client, xiuying).post(
            reverse(f"api-{name}", args=[claim.pk]), body, headers={"Idempotency-Key": uuid.uuid4().hex}
        )
        assert answer.status_code == 200, answer.content.decode()
        return answer.json()

    claim = story.filed(lot)
    answering.send_back(claim, code="photos", reason="请拍一张近的。", by=cadre_wu, at=TUESDAY)
    now.at = TUESDAY

    anew = call("claim-complete", kg="40", happened_on=f"{claim.happened_on}", words="", photos=[a_jpeg()])
    assert (anew["status"], anew["round"]) == ("filed", 2)
    assert call("claim-withdraw")["status"] == "withdrawn"
