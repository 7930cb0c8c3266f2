"""Bank cards: copied by one clerk, compared by another, used after three days, the owner told."""

import datetime as dt

import pytest

from accounts.models import BankCard, Message
from accounts.selectors import live_card_of
from accounts.services.people import CardTaken
from kernel.errors import BadValue
from ledger.services.payables import live_card
from registers.models import RegisterChangeRow
from registers.selectors import changes_seen_by
from registers.services import changes
from registers.services.cards import CardWaits
from tests import factories
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
NEW = factories.a_card_number(880_001)


@pytest.fixture
def second_clerk(relief_clerk):
    return factories.a_user("肖干事", "relief_clerk", relief_clerk.person.memberships.get().organisation)


def card(household, **values):
    content = {
        "owner": household.number,
        "holder": household.head_name,
        "number": NEW,
        "bank": "石城农商银行",
        "lost": False,
    }
    return content | values


def propose(by, content, at=MONDAY):
    return changes.propose("cards", [content], document_number="换卡单 12", by=by, at=at)


def test_the_old_card_serves_until_the_new_one_does(xiuying_household, relief_clerk, second_clerk):
    old = live_card_of(xiuying_household, MONDAY)
    change = propose(relief_clerk, card(xiuying_household))

    changes.confirm(change, by=second_clerk, at=MONDAY)

    used = [live_card(household=xiuying_household, at=MONDAY + days).number for days in (0 * DAY, 3 * DAY)]
    assert used == [old.number, NEW]
    assert "11 月 5 日" in Message.objects.filter(kind="card.changed").get().body
    assert NEW[-4:] in Message.objects.filter(kind="card.changed").get().body


def test_a_lost_card_is_replaced_at_once(xiuying_household, relief_clerk, second_clerk):
    changes.confirm(propose(relief_clerk, card(xiuying_household, lost=True)), by=second_clerk, at=MONDAY)

    assert live_card_of(xiuying_household, MONDAY).number == NEW


def test_the_first_card_of_a_household_is_used_at_once(changxi, relief_clerk, second_clerk):
    household = factories.a_household(changxi, name="谢春生", card=False)
    changes.confirm(propose(relief_clerk, card(household)), by=second_clerk, at=MONDAY)

    assert live_card_of(household, MONDAY).number == NEW


def test_a_card_of_another_household_is_refused(xiuying_household, guiying_household, relief_clerk):
    theirs = live_card_of(guiying_household, MONDAY).number

    with pytest.raises(CardTaken):
        propose(relief_clerk, card(xiuying_household, number=theirs))


def test_while_a_new_card_waits_no_other_is_proposed(xiuying_household, relief_clerk, second_clerk):
    changes.confirm(propose(relief_clerk, card(xiuying_household)), by=second_clerk, at=MONDAY)

    with pytest.raises(CardWaits):
        propose(relief_clerk, card(xiuying_household, number=factories.a_card_number(880_002)), at=MONDAY + DAY)


def test_what_does_not_fit_is_said_to_both(xiuying_household, relief_clerk):
    wrong_digit = f"{NEW[:-1]}{(int(NEW[-1]) + 1) % 10}"
    change = propose(relief_clerk, card(xiuying_household, holder="黄大山", number=wrong_digit))

    notes = changes.notes_of(change, at=MONDAY)
    assert any("校验位" in note for note in notes) and any("户主" in note for note in notes)


def test_a_credit_card_is_said_to_both(xiuying_household, relief_clerk):
    change = propose(relief_clerk, card(xiuying_household, number="4111 1111 1111 1111"))

    assert any("信用卡" in note for note in changes.notes_of(change, at=MONDAY))


def test_no_card_and_no_name_is_shown(xiuying_household, relief_clerk):
    propose(relief_clerk, card(xiuying_household))

    row = RegisterChangeRow.objects.get()
    shown = str([row.title, row.subject, row.facts, row.content_sealed])
    assert NEW not in shown and "黄秀英" not in shown


def test_whose_card_it_is_must_be_known(relief_clerk):
    with pytest.raises(BadValue):
        changes.propose(
            "cards",
            [{"owner": "R999", "holder": "黄秀英", "number": NEW, "bank": "银行", "lost": False}],
            document_number="1",
            by=relief_clerk,
            at=MONDAY,
        )
    assert not BankCard.objects.filter(to_at__isnull=False).exists()


def test_a_file_of_cards_of_many_households_is_shown_to_offices_alone(
    xiuying_household, guiying_household, relief_clerk, xiuying
):
    rows = [
        card(household, number=factories.a_card_number(700 + n))
        for n, household in enumerate((xiuying_household, guiying_household))
    ]

    change = changes.propose("cards", rows, document_number="1号", by=relief_clerk, at=MONDAY)

    assert change.size == 2
    assert change not in changes_seen_by(xiuying) and change in changes_seen_by(relief_clerk)


def test_a_household_is_known_by_the_id_number_of_its_head_too(xiuying_household, relief_clerk, second_clerk):
    named = card(xiuying_household, owner=xiuying_household.head.id_number)

    changes.confirm(propose(relief_clerk, named), by=second_clerk, at=MONDAY)

    assert live_card(household=xiuying_household, at=MONDAY + 3 * DAY).number == NEW
    with pytest.raises(BadValue):
        propose(relief_clerk, card(xiuying_household, owner="110101198001010010"))


def test_a_wrong_card_number_is_the_cell_of_the_number(xiuying_household, relief_clerk):
    with pytest.raises(BadValue) as refusal:
        propose(relief_clerk, card(xiuying_household, number="6217"))

    assert refusal.value.about == "6217"
