"""A register changes by two hands: what is proposed, confirmed, refused, taken back or forgotten."""

import datetime as dt

import pytest

from accounts.models import Channel, Message
from catalog.models import Paper
from catalog.selectors.papers import missing_papers
from kernel.entering import entering
from kernel.workflow import IllegalMove
from records.models import Move
from records.services.participation import AlreadyTookPart
from registers.models import RegisterChange, RegisterChangeRow
from registers.services import changes
from tests import factories
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def channel(**values):
    content = {"code": "temple", "name_zh": "寺院", "name_en": "Temples", "position": 40, "runs_canteen": True}
    return content | values


def propose(by, *contents, at=MONDAY, **more):
    return changes.propose(
        "channels", contents or [channel()], document_number="石府办〔2026〕7号", by=by, at=at, **more
    )


@pytest.fixture
def proposed(relief_clerk, director_lin):
    return propose(relief_clerk)


def texts_to(user):
    return [message.body for message in Message.objects.order_by("created_at") if message.phone == user.phone]


def test_what_one_proposes_stands_in_the_register_once_another_confirmed_it(proposed, director_lin, relief_clerk):
    assert not Channel.objects.filter(pk="temple").exists()

    changes.confirm(proposed, by=director_lin, at=MONDAY + DAY)

    made = Channel.objects.get(pk="temple")
    assert (made.name_zh, made.position, made.runs_canteen) == ("寺院", 40, True)
    assert "“寺院”等您确认" in texts_to(director_lin)[0]
    assert texts_to(relief_clerk) == ["“寺院”已经确认，现在生效。"]
    assert [move.after for move in Move.objects.filter(document=proposed.reference)] == ["proposed", "confirmed"]


def test_nobody_confirms_the_own_proposal_not_even_with_a_second_account(director_lin, clerk_ma, bureau):
    proposed = propose(director_lin)
    second_account = factories.a_user("林局长", person=director_lin.person)

    for account in (director_lin, second_account):
        with pytest.raises(AlreadyTookPart):
            changes.confirm(proposed, by=account, at=MONDAY)
    changes.confirm(proposed, by=clerk_ma, at=MONDAY)


def test_whoever_has_no_such_seat_proposes_nothing(chef_chen):
    with pytest.raises(changes.NotYours):
        propose(chef_chen)
    assert not RegisterChange.objects.exists()


def test_a_refusal_says_why_and_changes_nothing(proposed, director_lin, relief_clerk):
    with pytest.raises(changes.BadValue):
        changes.refuse(proposed, why="  ", by=director_lin, at=MONDAY)
    changes.refuse(proposed, why="文件里没有寺院", by=director_lin, at=MONDAY)

    assert not Channel.objects.filter(pk="temple").exists()
    assert "文件里没有寺院" in texts_to(relief_clerk)[0]
    with pytest.raises(IllegalMove):
        changes.refuse(proposed, why="再来", by=director_lin, at=MONDAY)


def test_two_people_who_propose_the_same_are_told_of_each_other(proposed, director_lin, clerk_ma):
    with pytest.raises(changes.WaitsAlready):
        propose(director_lin, channel(name_zh="庙宇"))

    changes.withdraw(proposed, by=proposed.by, at=MONDAY)
    changes.confirm(propose(director_lin, channel(name_zh="庙宇")), by=clerk_ma, at=MONDAY)

    assert Channel.objects.get(pk="temple").name_zh == "庙宇"


def test_whoever_was_asked_to_confirm_hears_that_it_was_taken_back(proposed, director_lin):
    changes.withdraw(proposed, by=proposed.by, at=MONDAY)

    assert "收回" in texts_to(director_lin)[-1]
    assert not any("收回" in text for text in texts_to(proposed.by))


def test_only_its_own_person_takes_a_proposal_back(proposed, director_lin):
    with pytest.raises(changes.NotYours):
        changes.withdraw(proposed, by=director_lin, at=MONDAY)


def test_a_register_that_moved_on_refuses_the_old_proposal(relief_clerk, director_lin):
    factories.an_organisation(
        "buyer", "石城县第一中学", factories.a_place("360735000000", "county", "石城县"), channel="school"
    )
    school = Channel.objects.get(pk="school")
    content = {"code": "school", "name_zh": "中小学", "name_en": school.name_en, "position": school.position}
    proposed = propose(relief_clerk, content)
    with entering("elsewhere"):
        Channel.objects.filter(pk="school").update(name_zh="各级学校")

    assert changes.notes_of(proposed, at=MONDAY) == [str(changes.ChangedSince.message)]
    with pytest.raises(changes.ChangedSince):
        changes.confirm(proposed, by=director_lin, at=MONDAY)
    proposed.refresh_from_db()
    assert (proposed.status, Channel.objects.get(pk="school").name_zh) == ("proposed", "各级学校")


def test_what_stands_there_already_is_nothing_to_confirm(proposed, director_lin, relief_clerk):
    changes.confirm(proposed, by=director_lin, at=MONDAY)

    with pytest.raises(changes.NothingChanges):
        propose(relief_clerk)


def test_a_proposal_nobody_confirms_ends_and_both_sides_are_told(proposed, director_lin, relief_clerk):
    assert changes.lapse_unconfirmed(at=proposed.confirm_by_at - dt.timedelta(seconds=1)) == 0
    with pytest.raises(changes.TooLate):
        changes.confirm(proposed, by=director_lin, at=proposed.confirm_by_at)

    assert [changes.lapse_unconfirmed(at=proposed.confirm_by_at) for _twice in range(2)] == [1, 0]

    proposed.refresh_from_db()
    assert (proposed.status, proposed.decided_by) == ("lapsed", None)
    assert all("到期没人确认" in texts_to(user)[-1] for user in (director_lin, relief_clerk))
    propose(relief_clerk)  # and may be proposed again


def test_rows_come_in_together_or_not_at_all(relief_clerk, director_lin):
    with pytest.raises(changes.RowRefused) as refused:
        propose(relief_clerk, channel(), channel(code="1"), places=["A2", "A3"])
    assert str(refused.value).startswith("A3：")
    [(number, twice)] = changes.refusals_of("channels", [channel(), channel()], at=MONDAY)
    assert (number, str(twice)) == (1, "文件里有两行写的是同一项。")

    both = propose(relief_clerk, channel(), channel(code="barracks", name_zh="军营", position=41))
    changes.confirm(both, by=director_lin, at=MONDAY)

    assert both.size == 2
    assert Channel.objects.filter(pk__in=["temple", "barracks"]).count() == 2


def test_without_its_document_nothing_is_proposed(relief_clerk):
    with pytest.raises(changes.BadValue):
        changes.propose("channels", [channel()], document_number="  ", by=relief_clerk, at=MONDAY)


def test_what_was_asked_for_is_sealed(proposed):
    row = RegisterChangeRow.objects.get()

    assert "寺院" in row.content and "寺院" not in row.content_sealed


def test_a_channel_that_begins_to_ask_for_test_slips_is_known_to_the_market(
    proposed, relief_clerk, director_lin, xiuying_household, cabbage, django_capture_on_commit_callbacks
):
    changes.confirm(proposed, by=director_lin, at=MONDAY)
    lot = factories.a_listing(xiuying_household, cabbage)
    missing = missing_papers(lot, [], MONDAY.date())
    assert Paper.Kind.TEST not in missing.of("temple")

    with django_capture_on_commit_callbacks(execute=True):
        change = propose(relief_clerk, channel(asks_test=True))
        changes.confirm(change, by=director_lin, at=MONDAY)

    assert Paper.Kind.TEST in missing.of("temple")
    assert Channel.objects.get(pk="temple").runs_canteen
