"""Public notices: frozen lists with a stored end; objections stop one line, answered by somebody else."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from kernel.errors import BadValue
from kernel.workdays import UnknownCalendarYear
from kernel.workflow import IllegalMove
from records.models import NoticeLine, NoticeStatus, Objection, PublicNotice
from records.services import notices
from records.services.participation import AlreadyTookPart, take_part
from tests import factories
from tests.factories import FRIDAY, MONDAY, TUESDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def notice(clerk_ma, changxi):
    return notices.publish(
        round=PublicNotice.Round.COUNTY,
        title="屏山镇农产品滞销损失救助核定公示",
        basis="石城县农产品滞销损失救助办法（2026 版）",
        place=changxi,
        lines=[
            notices.Line("claim:1", "黄*英", "长溪村", "包菜 100 斤（50 公斤）", 50_000, 80_00),
            notices.Line("claim:2", "温*英", "长溪村", "包菜 200 斤（100 公斤）", 100_000, 160_00),
        ],
        working_days=5,
        by=clerk_ma,
        at=MONDAY,
    )


def test_the_end_is_counted_in_working_days_and_stored(notice):
    assert (notice.starts_on, notice.ends_on) == (dt.date(2026, 11, 2), dt.date(2026, 11, 9))
    assert notice.ends_at == dt.datetime(2026, 11, 9, 16, tzinfo=dt.UTC)


def test_line_numbers_say_nothing_about_the_claims(notice):
    numbers = set(notice.lines.values_list("line_no", flat=True))

    assert len(numbers) == 2
    assert numbers.isdisjoint({1, 2})


def test_a_long_list_has_numbers_for_everybody(clerk_ma, changxi):
    lines = [notices.Line(f"claim:{n}", "黄*英", "长溪村", "包菜", 1000) for n in range(1, 10_001)]

    notice = notices.publish(
        round="village", title="长", basis="办法", place=changxi, lines=lines, working_days=1, by=clerk_ma, at=MONDAY
    )

    assert notice.lines.values("line_no").distinct().count() == 10_000


def test_a_published_list_is_frozen(notice):
    for change in (
        lambda: PublicNotice.objects.filter(pk=notice.pk).update(ends_at=MONDAY),
        lambda: NoticeLine.objects.filter(notice=notice).update(amount_fen=1),
        lambda: NoticeLine.objects.filter(notice=notice).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_an_empty_list_is_not_published(clerk_ma, changxi):
    with pytest.raises(notices.EmptyNotice):
        notices.publish(
            round="village", title="空", basis="办法", place=changxi, lines=[], working_days=5, by=clerk_ma, at=MONDAY
        )


def test_a_period_into_an_unknown_year_is_not_published(clerk_ma, changxi):
    with pytest.raises(UnknownCalendarYear):
        notices.publish(
            round="village",
            title="岁末",
            basis="办法",
            place=changxi,
            lines=[notices.Line("claim:1", "黄*英", "长溪村", "包菜", 1000)],
            working_days=5,
            by=clerk_ma,
            at=dt.datetime(2026, 12, 29, 2, tzinfo=dt.UTC),
        )

    assert not PublicNotice.objects.exists()


def test_an_objection_needs_no_name_and_gets_a_number(notice):
    objection = notices.object_to(notice.lines.get(document="claim:1"), words="他家早卖了", contact="", at=TUESDAY)

    assert objection.number.startswith("YY261103-")
    assert (objection.status, objection.words, objection.contact) == ("open", "他家早卖了", "")
    assert "他家早卖了" not in objection.words_sealed


def test_an_objection_says_something(notice):
    with pytest.raises(BadValue):
        notices.object_to(notice.lines.first(), words="  \n", contact="", at=TUESDAY)

    assert not Objection.objects.exists()


def test_after_the_end_it_is_too_late_to_object(notice):
    with pytest.raises(notices.NoticeEnded):
        notices.object_to(notice.lines.first(), words="他家早卖了", contact="", at=notice.ends_at)


def test_only_the_line_objected_to_is_stopped(notice, director_lin):
    objection = notices.object_to(notice.lines.get(document="claim:1"), words="早卖了", contact="", at=TUESDAY)

    with pytest.raises(notices.ObjectionOpen):
        notices.require_ended(notice, "claim:1", at=notice.ends_at)
    notices.require_ended(notice, "claim:2", at=notice.ends_at)

    notices.answer_objection(objection, upheld=False, answer="看过了，货还在", by=director_lin, at=FRIDAY)
    notices.require_ended(notice, "claim:1", at=notice.ends_at)


def test_an_upheld_objection_stops_its_line_for_good(notice, director_lin):
    objection = notices.object_to(notice.lines.get(document="claim:1"), words="早卖了", contact="", at=TUESDAY)
    notices.answer_objection(objection, upheld=True, answer="属实", by=director_lin, at=FRIDAY)

    with pytest.raises(notices.ObjectionOpen):
        notices.require_ended(notice, "claim:1", at=notice.ends_at)


def test_the_publisher_does_not_answer_not_even_under_another_account(notice, clerk_ma):
    objection = notices.object_to(notice.lines.get(document="claim:1"), words="早卖了", contact="", at=TUESDAY)
    second_account = factories.a_user("马股长", person=clerk_ma.person)

    for somebody in (clerk_ma, second_account):
        with pytest.raises(notices.PublisherMayNotAnswer):
            notices.answer_objection(objection, upheld=False, answer="没问题", by=somebody, at=FRIDAY)

    objection.refresh_from_db()
    assert (objection.status, objection.answer) == ("open", "")


def test_whoever_had_a_hand_in_the_claim_does_not_answer(notice, director_lin):
    take_part("claim:1", "visit", by=director_lin, at=MONDAY)
    objection = notices.object_to(notice.lines.get(document="claim:1"), words="早卖了", contact="", at=TUESDAY)

    with pytest.raises(AlreadyTookPart):
        notices.answer_objection(objection, upheld=False, answer="没问题", by=director_lin, at=FRIDAY)


def test_an_objection_is_answered_once_and_in_words(notice, director_lin):
    objection = notices.object_to(notice.lines.get(document="claim:1"), words="早卖了", contact="", at=TUESDAY)
    with pytest.raises(BadValue):
        notices.answer_objection(objection, upheld=False, answer=" ", by=director_lin, at=FRIDAY)

    notices.answer_objection(objection, upheld=False, answer="看过了", by=director_lin, at=FRIDAY)

    with pytest.raises(IllegalMove):
        notices.answer_objection(objection, upheld=True, answer="改主意", by=director_lin, at=FRIDAY)


def test_a_withdrawn_notice_lets_nothing_go_on(notice, clerk_ma):
    notice.move_to(NoticeStatus.WITHDRAWN, by=clerk_ma, at=TUESDAY)

    with pytest.raises(notices.NoticeWithdrawn):
        notices.require_ended(notice, "claim:2", at=notice.ends_at)
    with pytest.raises(notices.NoticeEnded):
        notices.object_to(notice.lines.first(), words="早卖了", contact="", at=TUESDAY)
