"""What is ordered of a class of goods in a year stands beside the procurement limit, and its people hear of it."""

from contextlib import nullcontext

import pytest
from django.urls import reverse

from accounts.models import Message
from canteens.services import purchase_plans
from orders.selectors.classes import class_sums
from orders.selectors.judging import Judged
from orders.services import placing
from orders.services.limit_wall import AboveLimit, refuse_above_limit
from orders.services.limiting import tell_of_limits
from orders.services.replacing import place_anew
from records.models import PolicyValue
from tests import factories
from tests.factories import MONDAY, login
from tests.orders.doors import by_page, by_program
from tests.orders.steps import take, wish

pytestmark = pytest.mark.django_db
DAY = MONDAY.date()


@pytest.fixture
def limit(finance_maker, finance_checker):
    def set_to(yuan: int) -> None:
        PolicyValue.objects.create(
            name="procurement_limit_yuan", value=str(yuan), from_on=DAY, document="赣财购〔2026〕5号",
            set_by=finance_maker, confirmed_by=finance_checker, confirmed_at=MONDAY,
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


@pytest.mark.parametrize(("more_fen", "goes"), [(15_99, True), (16_00, True), (16_01, False)])
def test_the_last_fen_of_a_class_goes_and_the_next_does_not(cabbage, more_fen, goes):
    judged = Judged(0, None, None, "", 24, 0, 0, of_year={"vegetable": 174_00}, limit_fen=190_00)
    outcome = nullcontext() if goes else pytest.raises(AboveLimit)
    with outcome:
        refuse_above_limit(judged, {"vegetable": more_fen}, None, DAY)


@pytest.mark.parametrize("kind", ["canteen", "union"])
def test_what_would_pass_the_limit_is_refused_from_any_purse(story, order, limit, school, cabbage_of_xiuying, kind):
    """174 yuan stand, 16 come."""
    limit(189)
    story.fund = factories.a_fund(school, kind)
    with pytest.raises(AboveLimit, match=r"赣财购〔2026〕5号.*174\.00.*16\.00.*15\.00.*项目"):
        story.place(wish((cabbage_of_xiuying, 10)))
    assert sums() == [("vegetable", 174_00)]


@pytest.mark.parametrize(("yuan", "status"), [(189, 409), (190, 201), (191, 201)])
def test_up_to_the_limit_it_is_ordered_by_page_and_by_program(
    client, now, story, order, limit, cabbage_of_xiuying, chef_chen, yuan, status
):
    limit(yuan)
    login(client, chef_chen)
    assert by_program(client, story.fund, cabbage_of_xiuying).status_code == status
    page = by_page(client, story.fund, cabbage_of_xiuying)
    assert page.status_code == 409 and "赣财购〔2026〕5号" in page.context["refusal"]


@pytest.mark.guard("line a class of goods stays within the limit of its year")
def test_above_it_goes_by_an_approved_project_and_by_no_other_plan(
    story, order, limit, cabbage_of_xiuying, chef_chen, chair_tan
):
    limit(174)
    season, project = (
        factories.a_purchase_plan(story.fund, by=chef_chen, kind=kind, record=kind, yuan=100)
        for kind in ("season", "project")
    )
    story.plan = purchase_plans.approve_plan(season, by=chair_tan, at=MONDAY)
    with pytest.raises(AboveLimit):
        story.place(wish((cabbage_of_xiuying, 10)))
    story.plan = purchase_plans.approve_plan(project, by=chair_tan, at=MONDAY)
    assert story.place(wish((cabbage_of_xiuying, 10)))


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

    fund = order.fund_id
    for name in ("fund-detail", "fund-entries"):
        assert f'href="{reverse("class-list")}"' in client.get(reverse(name, args=[fund])).content.decode()
    assert client.get(reverse("api-fund-detail", args=[fund])).json()["classes"] == reverse("api-class-list")

    login(client, xiuying)
    assert client.get(reverse("api-class-list")).json() == []
    assert "174.00" not in client.get(reverse("class-list")).content.decode()
