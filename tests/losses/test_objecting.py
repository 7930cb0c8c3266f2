"""An objection to a line of relief has an end: answered by its day, settled where it was right, read by everybody."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from accounts.models import Message
from kernel.workdays import UnknownCalendarYear
from losses.models import LossClaim
from losses.pages import cases
from losses.pages import story as told
from losses.selectors.queues import BY_KEY, queue
from losses.services import answering, claiming, noticing, objecting, sweeping
from records.models import Objection
from records.selectors import policy
from records.services import notices
from records.services.participation import AlreadyTookPart
from tests import factories
from tests.factories import THURSDAY, login
from tests.losses.steps import KG, LOST_ON, a_photo
from tests.losses.test_cases import desk

pytestmark = pytest.mark.django_db
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
WHY = {"code": "objection", "reason": "异议查实了：货已经卖了。"}


@pytest.fixture
def objection(story, lot):
    """An objection to the only line of a village's notice."""
    notice = story.on_village_notice(story.filed(lot))
    return notices.object_to(notice.lines.get(), words="早卖了", contact="", at=THURSDAY)


@pytest.fixture
def answered_at(objection):
    return objection.line.notice.ends_at


def upheld(objection, by, at):
    objecting.answer_objection(objection, upheld=True, reason="sold", answer="去问了，卖了", by=by, at=at)


@pytest.fixture
def found_right(objection, answered_at, director_lin):
    """The claim of a line to which an objection was right."""
    upheld(objection, director_lin, answered_at)
    return LossClaim.objects.get()


def waits_in(user, view):
    return list(queue(user, BY_KEY[view]))


def test_one_that_is_right_puts_its_claim_into_the_desk_s_queue(client, now, found_right, director_lin, clerk_ma):
    at = now.at = found_right.village_notice.ends_at
    assert sweeping.move_on(at=at) == 0

    assert waits_in(director_lin, "objected") == [found_right]
    [case] = desk(director_lin, at)[0].cases
    assert (case.title, case.url) == ("黄*英家包菜的异议成立", reverse("claim-review", args=[found_right.pk]))
    own, waits = desk(clerk_ma, at)  # who published it
    assert (own.count, [case.title for case in waits.cases]) == (0, ["异议成立"])
    listed = login(client, director_lin).get(reverse("api-claim-list-waiting"), {"view": "objected"}).json()
    assert [row["number"] for row in listed["results"]] == [found_right.number]
    assert found_right.number in client.get(reverse("check-list"), {"view": "objected"}).content.decode()
    turn = told.next_turn(found_right)
    assert turn.what == "异议成立，决定怎么办"
    assert (
        reverse("claim-review", args=[found_right.pk])
        in client.get(reverse("claim-detail", args=[found_right.pk])).content.decode()
    )


def test_its_page_shows_what_was_said_and_how_to_end_it(client, now, found_right, objection, director_lin, lot):
    now.at = found_right.village_notice.ends_at
    page = login(client, director_lin).get(reverse("claim-review", args=[found_right.pk])).content.decode()
    assert objection.number in page and "异议成立。" in page and reverse("claim-award", args=[found_right.pk]) in page
    assert 'data-shortcut="a"' not in page

    client.post(reverse("claim-refuse", args=[found_right.pk]), WHY | {"idem": "r"})

    found_right.refresh_from_db()
    lot.refresh_from_db()
    assert (found_right.status, found_right.reason_code, lot.claimed) == ("refused", "objection", 0)
    assert Objection.objects.get().settled_at == now.at
    assert waits_in(director_lin, "objected") == []


def test_sent_back_it_goes_through_again_with_what_is_right(story, found_right, director_lin, xiuying, lot):
    at = found_right.village_notice.ends_at
    answering.send_back(found_right, **WHY | {"code": "quantity"}, by=director_lin, at=at)
    anew = claiming.file_again(
        found_right, quantity=20 * KG, happened_on=LOST_ON, words="", photos=[a_photo(by=xiuying)], by=xiuying, at=at
    )
    notice = story.on_village_notice(anew)

    assert noticing.go_on_after_village_notice(anew, at=notice.ends_at).status == "to_visit"
    assert notice.lines.get().quantity_g == 20 * KG


def test_programs_send_it_back(client, now, found_right, director_lin):
    now.at = found_right.village_notice.ends_at
    url = reverse("api-claim-send-back", args=[found_right.pk])

    answer = login(client, director_lin).post(
        url, WHY, content_type="application/json", headers={"Idempotency-Key": uuid.uuid4().hex}
    )

    assert (answer.status_code, answer.json()["status"]) == (200, "sent_back")


def test_whoever_published_it_does_not_end_it(found_right, clerk_ma):
    with pytest.raises(AlreadyTookPart):
        answering.refuse(found_right, **WHY, by=clerk_ma, at=found_right.village_notice.ends_at)


def test_the_desk_is_reminded_by_the_clock_of_a_decision(found_right, answered_at, xiuying_household):
    assert found_right.due_at > answered_at + 4 * DAY
    said = Message.objects.get(household=xiuying_household, kind="claim.objected").body
    assert "异议" in said and found_right.number in said

    assert sweeping.remind(at=found_right.due_at) == 0
    assert sweeping.remind(at=found_right.due_at + MINUTE) == 1
    assert sweeping.remind(at=found_right.due_at + DAY) == 0


def test_in_the_county_s_round_too_and_it_is_no_longer_to_decide(story, lot, director_lin):
    claim = story.on_county_notice(story.filed(lot))
    hung = claim.county_notice
    objection = notices.object_to(hung.lines.get(), words="他家没坏", contact="", at=hung.published_at)
    upheld(objection, director_lin, hung.ends_at)

    assert (waits_in(director_lin, "decide"), waits_in(director_lin, "objected")) == ([], [claim])
    assert answering.refuse(claim, **WHY, by=director_lin, at=hung.ends_at).status == "refused"
    claim.scheme.account.refresh_from_db()
    assert claim.scheme.account.debits_pending_fen == 0


def test_one_found_right_after_its_notice_was_hung_anew_stops_it_all_the_same(
    story, objection, lot, clerk_ma, director_lin
):
    old = objection.line.notice
    noticing.withdraw_notice(old, why="名字印错了一户", by=clerk_ma, at=old.published_at)
    upheld(objection, director_lin, old.published_at)
    new = noticing.publish_village_notice(story.scheme, lot.village, by=clerk_ma, at=old.published_at)
    claim = LossClaim.objects.get()

    with pytest.raises(notices.ObjectionOpen):
        noticing.go_on_after_village_notice(claim, at=new.ends_at)
    assert waits_in(director_lin, "objected") == [claim]


def test_of_a_claim_sent_back_meanwhile_it_says_nothing_more(objection, director_lin, bureau):
    third = factories.a_user("赵股长", "bureau_approver", bureau)
    answering.send_back(LossClaim.objects.get(), **WHY, by=third, at=THURSDAY + DAY)
    upheld(objection, director_lin, THURSDAY + DAY)

    objection.refresh_from_db()
    assert objection.settled_at == THURSDAY + DAY


class TestItsDay:
    """An objection is answered by a working day that everybody concerned knows, and read by all once it is."""

    def test_it_is_due_three_working_days_on_and_the_objector_is_told(self, client, now, story, lot):
        notice = story.on_village_notice(story.filed(lot))
        now.at = THURSDAY
        line = notice.lines.get()
        receipt = client.post(
            reverse("notice-object", args=[notice.number]),
            {"line": line.line_no, "words": "早卖了", "contact": "", "idem": f"{uuid.uuid4()}"},
        ).content.decode()
        told = client.post(
            reverse("api-notice-object", args=[notice.number]), {"line_no": line.line_no, "words": "早卖了"},
            content_type="application/json", headers={"Idempotency-Key": uuid.uuid4().hex},
        ).json()  # fmt: skip

        tuesday = dt.datetime(2026, 11, 10, 16, tzinfo=dt.UTC)  # its last hour; a weekend lies between
        assert {row.due_at for row in Objection.objects.all()} == {tuesday}
        assert "11 月 10 日" in receipt and told["due_at"].startswith("2026-11-11T00:00")
        assert "3 个工作日" in client.get(reverse("notice", args=[notice.number])).content.decode()

    def test_where_the_calendar_ends_it_has_a_day_all_the_same(self, objection, monkeypatch):
        def unknown(*_days):
            raise UnknownCalendarYear(2027)

        monkeypatch.setattr(policy, "add_workdays", unknown)
        again = notices.object_to(objection.line, words="我也觉得", contact="", at=THURSDAY)
        assert again.due_at == dt.datetime(2026, 11, 11, 16, tzinfo=dt.UTC)

    def test_the_desk_is_told_at_once_and_the_head_when_it_is_late(self, objection, director_lin, clerk_ma, bureau):
        head = factories.a_user("罗局长", "head_of_office", bureau)
        desk = {director_lin.phone, clerk_ma.phone}

        def told(kind):
            return {message.phone for message in Message.objects.filter(kind=kind)}

        assert objecting.tell_of_objections(at=THURSDAY) == 1
        assert (told("objection.new"), told("objection.late")) == (desk, set())
        assert objecting.tell_of_objections(at=objection.due_at - MINUTE) == 0
        assert objecting.tell_of_objections(at=objection.due_at) == 1
        assert told("objection.late") == desk | {head.phone}
        assert objecting.tell_of_objections(at=objection.due_at + DAY) == 0

    def test_a_late_one_the_head_may_answer_and_no_other(self, client, now, objection, bureau):
        head = factories.a_user("罗局长", "head_of_office", bureau)
        url = reverse("objection-answer", args=[objection.pk])
        typed = {"verdict": "rejected", "reason": "unfounded", "answer": "查过了", "idem": "a"}
        now.at = objection.due_at - MINUTE
        assert login(client, head).get(url).status_code == 403 and cases.objections(head, now.at).count == 0

        now.at = objection.due_at
        assert url in client.get(reverse("home")).content.decode()
        answer = client.post(url, typed)

        objection.refresh_from_db()
        assert (answer.status_code, objection.status, objection.answered_by) == (302, "rejected", head)
        assert client.get(url).status_code == 200

    def test_what_is_answered_is_told_to_nobody_as_late(self, objection, director_lin):
        upheld(objection, director_lin, THURSDAY)
        assert objecting.tell_of_objections(at=objection.due_at) == 0

    def test_it_stands_on_the_home_of_whoever_may_answer_and_late_in_red(
        self, client, now, objection, director_lin, clerk_ma
    ):
        [case] = cases.objections(director_lin, THURSDAY).cases
        assert case.url == reverse("objection-answer", args=[objection.pk]) and "星期二" in case.due.text
        assert cases.objections(clerk_ma, THURSDAY).count == 0  # who published the notice
        now.at = objection.due_at
        assert cases.objections(director_lin, now.at).cases[0].due.tone == "danger"
        assert "超时了" in login(client, director_lin).get(reverse("objection-list")).content.decode()
        [row] = client.get(reverse("api-objection-list"), {"state": "open"}).json()["results"]
        assert (
            row["late"] is True
            and reverse("objection-answer", args=[objection.pk]) in client.get(reverse("home")).content.decode()
        )

    def test_everybody_reads_what_became_of_it_and_no_word_of_anybody(self, client, now, objection, director_lin):
        notice = objection.line.notice
        now.at = THURSDAY
        login(client, director_lin)
        url = reverse("objection-answer", args=[objection.pk])
        typed = {"verdict": "upheld", "answer": "问了黄秀英，卖了", "idem": "a"}
        assert "选一个和结论相符的原因" in client.post(url, typed | {"reason": "as_shown"}).content.decode()
        client.post(url, typed | {"reason": "sold"})
        client.logout()

        page = client.get(reverse("notice", args=[notice.number])).content.decode()
        [told] = client.get(reverse("api-notice", args=[notice.number])).json()["objections"]

        assert objection.number in page and "货已经卖了" in page and "黄秀英" not in page and "早卖了" not in page
        assert (told["status"], told["reason"], told["answer"]) == ("upheld", "sold", "")
