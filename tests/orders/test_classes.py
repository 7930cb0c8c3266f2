"""What is ordered of a class of goods in a year stands beside the procurement limit, and its people hear of it."""

import pytest
from django.urls import reverse

from accounts.models import Message
from orders.selectors.classes import class_sums
from orders.services import placing
from orders.services.limiting import tell_of_limits
from orders.services.replacing import place_anew
from records.models import PolicyValue
from tests import factories
from tests.factories import MONDAY, login
from tests.orders.steps import take, wish

pytestmark = pytest.mark.django_db
DAY = MONDAY.date()


@pytest.fixture
def limit(finance_maker, finance_checker):
    def set_to(yuan: int) -> None:
        PolicyValue.objects.create(
            name="procurement_limit_yuan", value=str(yuan), from_on=DAY, set_by=finance_maker,
            confirmed_by=finance_checker, confirmed_at=MONDAY,
        )  # fmt: skip

    return set_to


@pytest.fixture
def order(story, cabbage_of_xiuying, cabbage_of_guiying):
    """174 yuan of vegetables."""
    return story.place(wish((cabbage_of_xiuying, 90), (cabbage_of_guiying, 20)))


def sums() -> list[tuple[str, int]]:
    return [(row.category_id, row.fen) for row in class_sums(DAY)]


def test_all_funds_of_a_buyer_count_together_and_what_was_given_back_no_more(story, order, school, ducks, chef_chen):
    canteen = factories.a_fund(school, "canteen")
    story.place(placing.Wish(ducks.produce_id, (take(ducks, pieces=6),)))
    assert sums() == [("poultry", 378_00), ("vegetable", 174_00)]

    place_anew(order, canteen, why="应由食堂经费支付", by=chef_chen, at=MONDAY)

    assert sums() == [("poultry", 378_00), ("vegetable", 174_00)]


@pytest.mark.parametrize(("permille", "near"), [(580, True), (581, False), (579, True)])
def test_it_is_near_from_its_share_of_the_limit_on(order, limit, finance_maker, finance_checker, permille, near):
    PolicyValue.objects.create(
        name="procurement_told_permille", value=str(permille), from_on=DAY, set_by=finance_maker,
        confirmed_by=finance_checker, confirmed_at=MONDAY,
    )  # fmt: skip
    limit(300)

    assert [row.near for row in class_sums(DAY)] == [near]


@pytest.mark.parametrize(("yuan", "told"), [(173, ["order.above_limit"]), (174, ["order.near_limit"]), (218, [])])
def test_its_people_hear_of_it_once(order, limit, chef_chen, yuan, told):
    limit(yuan)

    assert [tell_of_limits(at=MONDAY) for _sweep in range(2)] == [len(told), 0]
    assert (
        list(Message.objects.filter(kind__in=["order.above_limit", "order.near_limit"]).values_list("kind", flat=True))
        == told
    )


def test_two_sweeps_at_once_tell_it_once(order, limit, monkeypatch):
    limit(174)
    near = class_sums(DAY)
    assert tell_of_limits(at=MONDAY) == 1
    monkeypatch.setattr("orders.services.limiting._already", lambda year: set())

    assert near and tell_of_limits(at=MONDAY) == 0


def test_by_page_and_by_program(client, order, limit, chef_chen, receiver_wang, xiuying, django_assert_max_num_queries):
    limit(200)
    login(client, chef_chen)
    with django_assert_max_num_queries(12):
        page = client.get(reverse("class-list")).content.decode()
    assert "174.00" in page and "200.00" in page and "26.00" in page and "快用完了" in page
    (one,) = client.get(reverse("api-class-list")).json()
    assert (one["category"], one["ordered"], one["limit"], one["above"]) == ("vegetable", "174.00", "200.00", False)

    login(client, xiuying)
    assert client.get(reverse("api-class-list")).json() == []
    assert "174.00" not in client.get(reverse("class-list")).content.decode()
