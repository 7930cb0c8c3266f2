"""One page for a co-operative: its members' lots, answers, deliveries and amounts; its own production apart."""

import pytest
from django.urls import reverse

from tests import factories
from tests.factories import TUESDAY, a_listing, login
from tests.orders.steps import wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def members(coop, xiuying_household, guiying_household):
    for household in (xiuying_household, guiying_household):
        factories.a_member(household, coop)
        factories.a_mandate(household, coop)
    return [xiuying_household, guiying_household]


@pytest.fixture
def lots(members, cabbage, coop_manager):
    return [a_listing(household, cabbage, kg=100, by=coop_manager) for household in members]


def read(client, **asked):
    answer = client.get(reverse("coop"), asked)
    assert answer.status_code == 200, answer.content[:200]
    return answer.content.decode()


def test_members_lots_answers_deliveries_and_amounts_stand_on_one_page(
    client, story, lots, members, coop_manager, cabbage_of_coop, now
):
    now["at"] = TUESDAY
    waiting = story.asked(wish((lots[0], 20))).allocations.get()
    promised = story.confirmed(wish((lots[1], 10)))
    login(client, coop_manager)

    page = read(client)

    assert all(household.number in page for household in members)
    assert reverse("sale-detail", args=[waiting.pk]) in page
    assert reverse("delivery-ship", args=[promised.pk]) in page
    assert "48.00" in page  # 30 kg at 0.80 yuan a jin
    assert cabbage_of_coop.number not in page
    own = read(client, own="1")
    assert cabbage_of_coop.number in own and not any(lot.number in own for lot in lots)


def test_what_was_paid_and_is_still_due_is_told_by_lot(client, story, lots, coop_manager, now):
    story.signed(wish((lots[0], 20)))
    login(client, coop_manager)

    rows = client.get(reverse("api-coop-lots")).json()["results"]

    assert {row["id"]: (row["ordered_fen"], row["stated_fen"], row["paid_fen"]) for row in rows} == {
        lots[0].pk: (32_00, 32_00, 0),
        lots[1].pk: (0, 0, 0),
    }
    assert lots[0].number in read(client, state="unpaid") and lots[1].number not in read(client, state="unpaid")


def test_the_list_is_narrowed_alike_on_the_page_and_for_programs(client, story, lots, members, coop_manager, now):
    now["at"] = TUESDAY
    story.asked(wish((lots[0], 20)))
    login(client, coop_manager)
    for asked, kept in (
        ({"household": members[1].number}, lots[1]),
        ({"state": "waiting"}, lots[0]),
        ({"status": "withdrawn"}, None),
    ):
        found = [row["id"] for row in client.get(reverse("api-coop-lots"), asked).json()["results"]]
        assert found == [lot.pk for lot in [kept] if lot], asked
        page = read(client, **asked)
        assert [lot.pk for lot in lots if reverse("listing-detail", args=[lot.pk]) in page] == found


def test_the_page_costs_the_same_however_many_members_there_are(
    client, coop, coop_manager, changxi, cabbage, django_assert_max_num_queries, now
):
    for _serial in range(25):
        household = factories.a_household(changxi)
        factories.a_mandate(household, coop)
        a_listing(household, cabbage, by=coop_manager)
    login(client, coop_manager)

    with django_assert_max_num_queries(12):
        page = read(client)

    assert page.count("<tr>") == 21 and "cursor=" in page


def test_nobody_else_has_such_a_page(client, lots, cadre_liu, xiuying, chef_chen, other_village, now):
    far = factories.an_organisation("cooperative", "湖坑合作社", other_village)
    stranger = factories.a_user("曾社长", "coop_manager", far, other_village)
    for who in (cadre_liu, xiuying, chef_chen):
        login(client, who)
        assert {client.get(reverse(name)).status_code for name in ("coop", "api-coop-lots")} == {403}
    login(client, stranger)
    assert not any(lot.number in read(client) for lot in lots)
