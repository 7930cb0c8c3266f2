"""What time alone brings about; every sweep may run twice."""

import datetime as dt

import pytest

from accounts.models import Message
from losses.services import answering, sweeping
from records.models import NoticeStatus
from records.services import notices
from tests.factories import MONDAY, THURSDAY, TUESDAY

pytestmark = pytest.mark.django_db


def test_claims_go_on_when_their_village_notice_has_ended(story, lot, neighbours_lot):
    first, second = story.filed(lot), story.filed(neighbours_lot)
    notice = story.on_village_notice(first, second)
    notices.object_to(notice.lines.get(document=second.reference), words="早卖了", contact="", at=THURSDAY)

    assert sweeping.move_on(at=notice.ends_at - dt.timedelta(seconds=1)) == 0
    assert sweeping.move_on(at=notice.ends_at) == 1
    assert sweeping.move_on(at=notice.ends_at) == 0

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("to_visit", "village_notice")


def test_ended_notices_are_closed_once(story, lot):
    notice = story.on_village_notice(story.filed(lot))

    assert sweeping.close_notices(at=notice.ends_at - dt.timedelta(seconds=1)) == 0
    assert sweeping.close_notices(at=notice.ends_at) == 1
    assert sweeping.close_notices(at=notice.ends_at) == 0

    notice.refresh_from_db()
    assert notice.status == NoticeStatus.CLOSED


def test_whoever_is_late_is_reminded_once_a_deadline(story, lot, cadre_liu, cadre_wu):
    claim = story.filed(lot)

    assert sweeping.remind(at=claim.due_at) == 0
    assert sweeping.remind(at=TUESDAY + dt.timedelta(hours=1)) == 1
    assert sweeping.remind(at=TUESDAY + dt.timedelta(hours=2)) == 0

    late = Message.objects.filter(kind="claim.late")
    assert {message.phone for message in late} == {cadre_liu.phone, cadre_wu.phone}
    assert late[0].body == f"报损 {claim.number}（长溪村，包菜）已超时，等你办理。"


def test_the_household_is_reminded_of_what_it_was_asked(story, lot, cadre_wu, xiuying_household):
    claim = story.filed(lot)
    answering.send_back(claim, code="photos", reason="请再拍一张近的。", by=cadre_wu, at=TUESDAY)

    sweeping.remind(at=TUESDAY + dt.timedelta(days=10))

    message = Message.objects.get(kind="claim.late", household=xiuying_household)
    assert message.body == f"报损 {claim.number}（包菜）还等你补：请再拍一张近的。"


def test_the_one_drawn_is_reminded_of_a_late_visit_and_the_desk_is_told(story, lot, clerk_ma, director_lin):
    visit = story.drawn(story.filed(lot))

    sweeping.remind(at=visit.drawn_at + dt.timedelta(days=9))

    told = {message.phone: message.body for message in Message.objects.filter(kind="claim.late")}
    assert set(told) == {visit.first.phone, clerk_ma.phone, director_lin.phone}
    assert "另抽" in told[clerk_ma.phone] and "另抽" not in told[visit.first.phone]


def test_a_claim_that_is_over_is_left_alone(story, lot, xiuying):
    answering.withdraw(story.filed(lot), by=xiuying, at=MONDAY)

    assert sweeping.remind(at=MONDAY + dt.timedelta(days=99)) == 0
