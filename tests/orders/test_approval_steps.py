"""An order waits for as many different people as its tier asks; none of them placed it, one no ends it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Message
from accounts.selectors import standing
from canteens.models import ApprovalTier
from orders.models import ApprovalStep, PurchaseOrder
from orders.services import approving, placing, steps
from tests import factories
from tests.factories import MONDAY, a_fund, a_listing, a_user, login
from tests.orders.steps import DELIVER_ON, KG, purse, totals, wish

pytestmark = pytest.mark.django_db
POSTS = ["buying_approver", "union_chair"]


@pytest.fixture
def lot(xiuying, xiuying_household, cabbage):
    return a_listing(xiuying_household, cabbage, kg=8000, by=xiuying)


def two_people_of(posts):
    """Ask two people of these posts about own money from 3,200 yuan on."""
    return ApprovalTier.objects.create(
        fund_kind="own", from_fen=3_200_00, rule="两人同意", persons=2, posts=posts, from_on="2026-01-01"
    )


@pytest.fixture
def own_money(story, now):
    story.fund = a_fund(story.buyer, "own", yuan=20_000)
    return story.fund


@pytest.fixture
def tier(own_money):
    return two_people_of(POSTS)


@pytest.fixture
def canteen_only(own_money):
    return two_people_of(["buying_approver"])


@pytest.fixture
def order(tier, story, lot, approver_peng, chair_tan):
    return story.place(wish((lot, 2000)))


@pytest.mark.parametrize(("kg", "persons"), [(1999, 0), (2000, 2), (2001, 2)], ids=["below", "at", "above"])
def test_from_its_sum_on_a_tier_copies_its_steps_onto_the_order(
    story, tier, lot, approver_peng, chair_tan, kg, persons
):
    order = story.place(wish((lot, kg)))

    assert (order.approval_persons, order.needs_approval) == (persons, bool(persons))
    assert [(step.number, step.posts, step.hours) for step in order.steps.order_by("number")] == [
        (number, POSTS, 24) for number in range(1, persons + 1)
    ]


def test_the_last_yes_asks_the_sellers_and_the_first_does_not(order, approver_peng, chair_tan, chef_chen):
    assert approving.approve(order, by=approver_peng, at=MONDAY).status == "awaiting"
    assert Message.objects.get(kind="order.approved_by_one").phone == chef_chen.phone

    assert approving.approve(order, by=chair_tan, at=MONDAY).status == "asking"

    said = ApprovalStep.objects.order_by("number").values_list("person", "approved")
    assert list(said) == [(approver_peng.person_id, True), (chair_tan.person_id, True)]


def test_a_person_counts_once_whatever_the_account_or_post(order, school, approver_peng, chair_tan):
    factories.people.appoint(approver_peng.person, school, "union_chair", area=school.place, from_on=factories.LONG_AGO)
    second = a_user("彭主任", person=approver_peng.person)
    approving.approve(order, by=approver_peng, at=MONDAY)

    for account in (second, approver_peng):
        with pytest.raises(steps.NotAsked):
            approving.approve(order, by=account, at=MONDAY)

    order.refresh_from_db()
    assert order.status == "awaiting" and order.steps.filter(answered_at=None).count() == 1


def test_one_no_ends_it_after_a_yes(order, story, lot, approver_peng, chair_tan):
    approving.approve(order, by=approver_peng, at=MONDAY)

    approving.refuse(order, why="价贵了", by=chair_tan, at=MONDAY)

    order.refresh_from_db()
    assert order.status == "cancelled" and totals(lot) == (8000 * KG, 0, 0)
    assert list(order.steps.order_by("number").values_list("approved", flat=True)) == [True, False]


def test_whoever_holds_none_of_the_posts_is_not_asked(order, treasurer_zhou):
    with pytest.raises(steps.NotAsked):
        approving.approve(order, by=treasurer_zhou, at=MONDAY)


@pytest.mark.parametrize(("others", "placed"), [(1, 0), (2, 1), (3, 1)], ids=["below", "at", "above"])
def test_a_step_nobody_can_take_is_named_before_anything_is_held(
    client, story, canteen_only, lot, school, chef_chen, others, placed
):
    for name in ("甲主任", "乙主任", "丙主任")[:others]:
        a_user(name, "buying_approver", school)
    factories.people.appoint(chef_chen.person, school, "buying_approver", area=school.place, from_on=factories.LONG_AGO)
    login(client, chef_chen)
    one = {"listing": lot.pk, "kg": "2000", "price": "0.80"}
    body = {"fund": story.fund.pk, "deliver_on": "2026-11-05", "lines": [{"produce": lot.produce.code, "lots": [one]}]}

    answer = client.post(reverse("api-order-list"), body, "application/json", headers={"Idempotency-Key": "k"})

    said = {0: (409, "too_few_approvers"), 1: (201, None)}[placed]
    assert (answer.status_code, answer.json().get("code")) == said
    assert PurchaseOrder.objects.count() == placed
    assert totals(lot)[1] == placed * 2000 * KG and purse(story.fund)[1] == placed * 3_200_00


@pytest.mark.guard("line an order is sent where enough people may approve it")
def test_the_refusal_says_which_posts_are_to_be_filled(story, canteen_only, lot, approver_peng):
    with pytest.raises(steps.TooFewApprovers) as refused:
        story.place(wish((lot, 2000)))

    assert all(word in str(refused.value) for word in ("食堂审批人", "另外 2 人", "只有 1 人"))


def test_a_tier_that_changes_leaves_steps_as_they_were_copied(order, tier, story, lot):
    ApprovalTier.objects.filter(pk=tier.pk).update(to_on=MONDAY.date())

    assert order.steps.count() == 2
    assert not story.place(wish((lot, 10))).needs_approval


@pytest.mark.django_db(transaction=True)
def test_an_order_that_reaches_a_tier_asks_seven_statements_more_however_many_are_asked(
    story, tier, lot, school, approver_peng, chair_tan
):
    """19: 12 as any order, and seven for its tier, its people, steps, deputies and messages, however many these are."""
    by = story.people["chef"]

    def statements(key: str) -> list[str]:
        standing(by).household_id  # noqa: B018  (the door has read who this is)
        with CaptureQueriesContext(connection) as asked:
            placing.place_once(
                key, buyer=story.buyer, fund=story.fund, deliver_on=DELIVER_ON, lines=[wish((lot, 2000))], by=by,
                at=MONDAY,
            )  # fmt: skip
        return [query["sql"] for query in asked if query["sql"] not in ("BEGIN", "COMMIT")]

    statements("k-0")  # the process knows its rules
    few = statements("k-1")
    for name in ("甲主任", "乙主任", "丙主任"):
        a_user(name, "buying_approver", school)

    assert (len(statements("k-2")), len(few)) == (19, 19), few


class TestWhoIsWaitedFor:
    """Whoever sees an order reads for whom it waits, since when, and who has answered."""

    def test_its_page_its_list_and_the_homes_name_them(self, client, order, approver_peng, chair_tan, chef_chen):
        approving.approve(order, by=approver_peng, at=MONDAY)
        waits = "在等谭主席（工会主席）"

        for who in (chef_chen, approver_peng, chair_tan):
            login(client, who)
            page = client.get(reverse("order-detail", args=[order.pk])).content.decode()
            assert waits in page and "11 月 2 日 09:00起" in page and "彭主任" in page and "同意" in page
            assert waits in client.get(reverse("order-list")).content.decode()
        for who in (chef_chen, approver_peng):
            login(client, who)
            assert waits in client.get(reverse("home")).content.decode()

    def test_its_page_says_how_many_agreed_who_is_asked_next_and_when_it_ends(
        self, client, order, approver_peng, chair_tan
    ):
        approving.approve(order, by=approver_peng, at=MONDAY)
        login(client, chair_tan)

        page = client.get(reverse("order-detail", args=[order.pk])).content.decode()

        assert "要 2 人同意，已有 1 人。" in page and "明天上午 9 点前没人答，再问别人。" in page
        assert "星期四上午 9 点前还没答，订单作废，钱和货全放回，告诉所有人。" in page
        assert "前前" not in page and 'href="#decide"' in page
        decides, lots, refuses = (page.index(words) for words in ('id="decide"', "这张订单的货", 'data-shortcut="r"'))
        assert decides < lots < refuses  # a thumb reaches the act without passing every lot

    def test_of_one_yes_nothing_is_counted_and_of_the_last_askers_only_the_end_is_said(
        self, client, story, own_money, lot, approver_peng, chair_tan, now
    ):
        ApprovalTier.objects.create(
            fund_kind="own", from_fen=0, rule="一人同意", posts=POSTS, from_on="2026-01-01", hours=72
        )
        order = story.place(wish((lot, 10)))
        login(client, chair_tan)

        page = client.get(reverse("order-detail", args=[order.pk])).content.decode()

        assert "订单作废，钱和货全放回" in page and "人同意，已有" not in page and "再问别人。" not in page

    def test_a_program_reads_the_steps_in_list_and_order(self, client, order, approver_peng, chair_tan):
        approving.approve(order, by=approver_peng, at=MONDAY)
        login(client, chair_tan)

        one = client.get(reverse("api-order-detail", args=[order.pk])).json()
        [row] = client.get(reverse("api-order-list")).json()["results"]

        first, second = one["steps"]
        assert (first["answered_by"], first["approved"], first["waits_for"]) == ("彭主任", True, [])
        assert second["answered_by"] is None and "谭主席" in second["waits_for"] and "彭主任" not in second["waits_for"]
        assert row["steps"] == one["steps"]

    def test_the_list_asks_no_more_for_many_orders(
        self, client, story, order, lot, chair_tan, django_assert_num_queries
    ):
        login(client, chair_tan)
        client.get(reverse("order-list"))
        with CaptureQueriesContext(connection) as one:
            client.get(reverse("order-list"))
        for _more in range(2):
            story.place(wish((lot, 2000)))
        assert ApprovalStep.objects.count() == 6

        with django_assert_num_queries(len(one)):
            client.get(reverse("order-list"))


@pytest.mark.parametrize(("second", "lacks"), [((), True), (("second",), False)], ids=["below", "at"])
def test_the_check_page_names_a_step_nobody_can_take_before_the_order_is_sent(
    client, story, canteen_only, lot, school, approver_peng, chef_chen, second, lacks
):
    for name in second:
        a_user(name, "buying_approver", school)
    login(client, chef_chen)
    want = {"produce": "cabbage", "quantity_0": "2000", "quantity_1": "kg", "on": "2026-11-05", "plan": "cheapest"}

    page = client.get(reverse("order-plan"), want | {"fund": story.fund.pk}).content.decode()

    assert ("这张订单要另外 2 人同意" in page) is lacks
    assert not PurchaseOrder.objects.exists()


def test_the_check_of_a_basket_names_it_too(client, story, canteen_only, lot, approver_peng, chef_chen):
    login(client, chef_chen)
    address = reverse("order-basket")
    page = client.get(address).content.decode()
    version = page.partition('name="version" value="')[2].partition('"')[0]
    typed = {"do": "add", "version": version, "on": "2026-11-05", "name": "包菜 2000公斤"}
    client.post(address, typed)

    page = client.get(reverse("order-basket-check")).content.decode()

    assert "这张订单要另外 2 人同意" in page
