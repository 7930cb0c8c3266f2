"""Orders that draw on a purchase plan: what they hold, take and give back counts on it, never more than it says."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.selectors import standing
from canteens.services import load_default_tiers, purchase_plans, register_canteen
from canteens.services.drawing import PlanNotApproved, PlanOfOtherDays, PlanOfOtherFund, PlanUsedUp
from canteens.services.purchase_plans import Planned, PlanStillHolds
from kernel.errors import BadValue
from orders.models import Fate, PurchaseOrder
from orders.selectors import union_share
from orders.selectors.baskets import words
from orders.services import amending, approving, asking, baskets, placing, returning
from orders.services.delivering import Loaded
from orders.services.weighing import TooMuch, Weighed
from tests.factories import (
    FRIDAY,
    MONDAY,
    TUESDAY,
    a_fund,
    a_purchase_plan,
    a_user,
    all_goods,
    an_organisation,
    login,
)
from tests.orders.doors import by_page, by_program
from tests.orders.steps import DELIVER_ON, KG, a_stored_photo, purse, wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(fund, chef_chen, chair_tan):
    """100 yuan for a festival, approved."""
    return purchase_plans.approve_plan(a_purchase_plan(fund, by=chef_chen, yuan=100), by=chair_tan, at=MONDAY)


@pytest.fixture
def on_plan(story, plan):
    story.plan = plan
    return story


def drawn(plan) -> tuple[int, int]:
    """Return what a plan's orders hold and have taken, in fen."""
    plan.refresh_from_db()
    return plan.held_fen, plan.accepted_fen


def test_an_order_holds_on_its_plan_what_it_still_waits_for(on_plan, plan, cabbage_of_xiuying):
    order = on_plan.asked(wish((cabbage_of_xiuying, 50)))
    assert (order.purchase_plan, drawn(plan)) == (plan, (80_00, 0))

    [lot] = order.allocations.all()
    less = asking.give_less(lot, 40 * KG, by=lot.listing.made_by, at=TUESDAY)
    assert drawn(plan) == (64_00, 0)
    amending.amend(order, {less.pk: 30 * KG}, why="人少了", by=on_plan.people["chef"], at=TUESDAY)
    assert drawn(plan) == (48_00, 0)
    asking.cancel(order, why="停课", by=on_plan.people["chef"], at=TUESDAY)
    assert drawn(plan) == (0, 0)


def test_a_no_of_the_seller_gives_the_plan_back(on_plan, plan, cabbage_of_xiuying):
    [lot] = on_plan.asked(wish((cabbage_of_xiuying, 50))).allocations.all()

    asking.decline(lot, by=lot.listing.made_by, at=TUESDAY)

    assert drawn(plan) == (0, 0)


def test_what_is_taken_counts_until_it_goes_back(on_plan, plan, xiuying, receiver_wang, cabbage_of_xiuying):
    receipt = on_plan.signed(wish((cabbage_of_xiuying, 40)), weights=[Weighed(40_800)])
    assert drawn(plan) == (0, 65_28)

    photos = [a_stored_photo(receiver_wang, FRIDAY)]
    asked = {"grams": 10 * KG, "reason": "rotten", "words": "菜心发黑", "photos": photos}
    row = returning.ask_return(receipt.lines.get(), **asked, by=receiver_wang, at=FRIDAY)
    returning.agree_to_return(row, fate=Fate.FREE, by=xiuying, at=FRIDAY)

    assert drawn(plan) == (0, 49_28)


def test_a_trip_that_brings_a_part_keeps_the_rest_held(on_plan, plan, cabbage_of_xiuying):
    order = on_plan.confirmed(wish((cabbage_of_xiuying, 50)))
    [lot] = order.allocations.all()
    on_plan.confirmed = lambda *_lines, **_more: order

    on_plan.signed(loaded={lot.pk: Loaded(20 * KG)})

    assert drawn(plan) == (48_00, 32_00)


def test_more_than_a_plan_has_left_is_refused_with_what_would_mend_it(on_plan, plan, fund, cabbage_of_xiuying):
    on_plan.place(wish((cabbage_of_xiuying, 50)))

    with pytest.raises(PlanUsedUp, match=r"20\.00.*20\.80"):
        on_plan.place(wish((cabbage_of_xiuying, 13)))

    assert (drawn(plan), purse(fund)[1]) == ((80_00, 0), 80_00)
    on_plan.plan = None
    assert on_plan.place(wish((cabbage_of_xiuying, 13))).purchase_plan is None


def test_a_little_more_at_the_scale_is_refused_where_the_plan_cannot_cover_it(on_plan, plan, cabbage_of_xiuying):
    with pytest.raises(TooMuch):
        on_plan.weighed(wish((cabbage_of_xiuying, 62.5)), weights=[Weighed(63 * KG)])

    assert drawn(plan) == (100_00, 0)


def test_a_plan_that_waits_or_is_closed_is_drawn_on_by_no_order(story, fund, chef_chen, chair_tan, cabbage_of_xiuying):
    story.plan = a_purchase_plan(fund, by=chef_chen)
    with pytest.raises(PlanNotApproved):
        story.place(wish((cabbage_of_xiuying, 1)))
    purchase_plans.approve_plan(story.plan, by=chair_tan, at=MONDAY)
    story.place(wish((cabbage_of_xiuying, 1)))
    with pytest.raises(PlanStillHolds):
        purchase_plans.close_plan(story.plan, by=chef_chen, at=MONDAY)
    asking.cancel(PurchaseOrder.objects.get(), why="停课", by=chef_chen, at=MONDAY)
    purchase_plans.close_plan(story.plan, by=chef_chen, at=MONDAY)

    with pytest.raises(PlanNotApproved):
        story.place(wish((cabbage_of_xiuying, 1)))


def test_a_plan_covers_its_days_and_its_fund_alone(on_plan, fund, chef_chen, chair_tan, cabbage_of_xiuying):
    eve = DELIVER_ON - dt.timedelta(days=1)
    early = purchase_plans.send_plan(
        fund, Planned("event", "运动会", 1, eve, eve, "4号", goods=all_goods()), by=chef_chen, at=MONDAY
    )
    on_plan.plan = purchase_plans.approve_plan(early, by=chair_tan, at=MONDAY)
    with pytest.raises(PlanOfOtherDays):
        on_plan.place(wish((cabbage_of_xiuying, 1)))
    on_plan.fund = a_fund(on_plan.buyer, "canteen")
    with pytest.raises(PlanOfOtherFund):
        on_plan.place(wish((cabbage_of_xiuying, 1)))


def test_a_large_order_on_a_plan_waits_for_one_person(on_plan, fund, chef_chen, chair_tan, cabbage_of_xiuying):
    load_default_tiers()
    small = on_plan.place(wish((cabbage_of_xiuying, 10)))
    assert (small.needs_approval, small.approval_rule) == (False, "")
    large = a_purchase_plan(fund, by=chef_chen, record="9号", yuan=15_000)
    on_plan.plan = purchase_plans.approve_plan(large, by=chair_tan, at=MONDAY)
    rule = placing.ON_A_PLAN
    type(cabbage_of_xiuying).objects.filter(pk=cabbage_of_xiuying.pk).update(price_fen=20_000)
    cabbage_of_xiuying.refresh_from_db()

    order = on_plan.place(wish((cabbage_of_xiuying, 10)))

    assert (order.needs_approval, order.approval_rule) == (True, rule)
    approving.refuse(order, why="改天", by=chair_tan, at=MONDAY)
    assert drawn(on_plan.plan) == (0, 0)


class TestASumForEachMember:
    """Of a union's money a plan may say at most how much for each member; they are counted at approval."""

    @pytest.fixture
    def capped(self, fund, chef_chen):
        said = Planned("festival", "端午", 100_00, DELIVER_ON, DELIVER_ON, "2号", 2_00, goods=all_goods())
        return purchase_plans.send_plan(fund, said, by=chef_chen, at=MONDAY)

    def test_orders_stay_within_it(self, story, capped, chair_tan, cabbage_of_xiuying):
        eats = {"mode": "own", "heads": 900, "address": "琴江镇"}
        register_canteen(story.buyer, **eats, union_members=20)
        story.plan = purchase_plans.approve_plan(capped, by=chair_tan, at=MONDAY)
        register_canteen(story.buyer, **eats, union_members=90)

        story.place(wish((cabbage_of_xiuying, 25)))
        with pytest.raises(PlanUsedUp):
            story.place(wish((cabbage_of_xiuying, 1)))
        assert (story.plan.members, drawn(capped)) == (20, (40_00, 0))

    def test_nobody_approves_it_while_no_member_is_on_record(self, story, capped, chair_tan):
        with pytest.raises(BadValue):
            purchase_plans.approve_plan(capped, by=chair_tan, at=MONDAY)

    def test_it_is_of_union_funds_alone(self, story, chef_chen):
        said = Planned("festival", "端午", 100_00, DELIVER_ON, DELIVER_ON, "2号", 2_00, goods=all_goods())
        with pytest.raises(BadValue):
            purchase_plans.send_plan(a_fund(story.buyer, "canteen"), said, by=chef_chen, at=MONDAY)


@pytest.mark.parametrize("said", ["in all", "a head"])
@pytest.mark.parametrize(("fen", "status"), [(15_99, 409), (16_00, 201), (16_01, 201)])
def test_an_order_for_the_last_fen_of_a_plan_goes_and_the_next_does_not(
    client, now, story, fund, chef_chen, chair_tan, cabbage_of_xiuying, said, fen, status
):
    """Ten kilos cost 16 yuan; what a program was refused, or what comes after it, is refused on the page too."""
    register_canteen(story.buyer, mode="own", heads=900, union_members=1, address="琴江镇")
    sums = {"in all": {"fen": fen}, "a head": {"per_head_fen": fen}}
    plan = purchase_plans.approve_plan(a_purchase_plan(fund, by=chef_chen, **sums[said]), by=chair_tan, at=MONDAY)
    login(client, chef_chen)

    assert by_program(client, fund, cabbage_of_xiuying, plan=plan.pk).status_code == status
    page = by_page(client, fund, cabbage_of_xiuying, purchase=plan.pk)
    assert page.status_code == 409 and "中秋" in page.context["refusal"]


@pytest.mark.django_db(transaction=True)
def test_placing_on_a_plan_takes_one_statement_more(on_plan, plan, cabbage_of_xiuying):
    by = on_plan.people["chef"]
    standing(by).household_id  # noqa: B018  (the door has read who this is)
    union_share.is_asked(MONDAY.date())  # the process knows

    with CaptureQueriesContext(connection) as asked:
        placing.place_once(
            "k-1",
            buyer=on_plan.buyer,
            fund=on_plan.fund,
            deliver_on=DELIVER_ON,
            lines=[wish((cabbage_of_xiuying, 10))],
            plan=plan,
            by=by,
            at=MONDAY,
        )

    statements = [query["sql"] for query in asked if query["sql"] not in ("BEGIN", "COMMIT")]
    assert len(statements) == 12, statements


class TestPages:
    """The plan is chosen where goods are, and shows what its orders made of it."""

    pytestmark = pytest.mark.usefixtures("now")

    def test_an_order_is_placed_on_the_plan_that_was_chosen(
        self, client, plan, fund, chef_chen, chair_tan, cabbage_of_xiuying, django_assert_max_num_queries
    ):
        login(client, chef_chen)
        want = {"produce": "cabbage", "quantity_0": "50", "quantity_1": "kg", "on": DELIVER_ON, "fund": fund.pk}
        want |= {"produce": cabbage_of_xiuying.produce.code, "purchase": plan.pk, "plan": "fair"}
        assert "中秋" in client.get(reverse("order-new")).content.decode()
        check = client.get(reverse("order-plan"), want)
        assert "还剩 100.00 元" in check.content.decode()

        said = {**want, "shown": check.context["shown"], "idem": "a" * 32}
        assert client.post(reverse("order-plan"), said).status_code == 302

        order = PurchaseOrder.objects.get()
        assert (order.purchase_plan, drawn(plan)) == (plan, (80_00, 0))
        address = reverse("purchase-plan-detail", args=[plan.pk])
        assert address in client.get(reverse("order-detail", args=[order.pk])).content.decode()
        with django_assert_max_num_queries(12):
            page = client.get(address)
        assert [(part.key, part.amount) for part in page.context["drawn"]] == [
            ("used", "0.00"), ("held", "80.00"), ("left", "20.00"),
        ]  # fmt: skip
        assert order.number in page.content.decode()
        assert order.number in client.get(page.context["orders"].url).content.decode()
        assert order.number not in client.get(reverse("order-list"), {"plan": "99号"}).content.decode()
        close = client.post(reverse("purchase-plan-close", args=[plan.pk]), {"idem": "b" * 32}, follow=True)
        assert "还占着 80.00 元" in close.content.decode()

    def test_a_plan_of_another_purse_is_refused_on_the_form(self, client, plan, school, chef_chen, cabbage_of_xiuying):
        other = a_fund(school, "canteen")
        want = {"produce": cabbage_of_xiuying.produce.code, "quantity_0": "5", "quantity_1": "kg", "on": DELIVER_ON}

        page = login(client, chef_chen).get(reverse("order-plan"), {**want, "fund": other.pk, "purchase": plan.pk})

        assert page.status_code == 400 and "用的是另一笔钱" in page.content.decode()

    def test_a_basket_is_ordered_on_a_plan(self, client, plan, fund, school, chef_chen, cabbage_of_xiuying):
        a_fund(school, "canteen")
        word = next(word for word in words() if word.id == cabbage_of_xiuying.produce_id)
        basket = baskets.open_to_change(chef_chen, school, 0)
        baskets.paste(basket, f"{word.local_name} 50公斤")
        basket.typed |= {"on": DELIVER_ON.isoformat(), "purchase": str(plan.pk)}
        basket.save()
        login(client, chef_chen)
        assert "中秋" in client.get(reverse("order-basket")).content.decode()
        check = client.get(reverse("order-basket-check"))
        assert "走采购计划" in check.content.decode()

        said = {"buyer": school.pk, "shown": check.context["shown"], "idem": "a" * 32}
        assert client.post(reverse("order-basket-check"), said).status_code == 302

        assert PurchaseOrder.objects.get().purchase_plan == plan

    def test_programs_name_a_plan_too(self, client, plan, fund, chef_chen, cabbage_of_xiuying):
        lots = [{"listing": cabbage_of_xiuying.pk, "kg": "50", "price": "0.80"}]
        said = {"fund": fund.pk, "plan": plan.pk, "deliver_on": DELIVER_ON.isoformat()}
        said |= {"lines": [{"produce": "cabbage", "lots": lots}]}
        login(client, chef_chen)

        def place(key):
            headers = {"Idempotency-Key": key * 32}
            return client.post(reverse("api-order-list"), said, "application/json", headers=headers)

        assert [place("a").status_code, place("a").status_code, place("b").status_code] == [201, 201, 409]
        assert place("b").json()["code"] == "plan_used_up"
        told = client.get(reverse("api-purchase-plan-detail", args=[plan.pk])).json()
        assert (told["held"], told["accepted"], told["left"]) == ("80.00", "0.00", "20.00")
        assert client.get(reverse("api-order-list")).json()["results"][0]["plan"] == plan.pk
        said["plan"] = plan.pk + 1
        assert place("c").status_code == 404

    def test_nobody_names_the_plan_of_another_buyer(self, client, plan, school, cabbage_of_xiuying):
        other = an_organisation("buyer", "石城县第三中学", school.place, channel="school")
        lots = [{"listing": cabbage_of_xiuying.pk, "kg": "5", "price": "0.80"}]
        said = {"fund": a_fund(other).pk, "plan": plan.pk, "deliver_on": DELIVER_ON.isoformat()}
        said |= {"lines": [{"produce": "cabbage", "lots": lots}]}
        login(client, a_user("汤师傅", "buyer", other))

        headers = {"Idempotency-Key": "a" * 32}
        answer = client.post(reverse("api-order-list"), said, "application/json", headers=headers)

        assert (answer.status_code, drawn(plan)) == (404, (0, 0))
        assert "中秋" not in client.get(reverse("order-new")).content.decode()

    def test_who_orders_and_the_treasurer_find_the_open_plans_at_home(self, client, plan, chef_chen, treasurer_zhou):
        for user in (chef_chen, treasurer_zhou):
            assert "1 个可以下单" in login(client, user).get("/").content.decode()


def test_the_purse_draws_what_the_orders_of_a_plan_ask_for(client, now, on_plan, fund, cabbage_of_xiuying, chair_tan):
    on_plan.place(wish((cabbage_of_xiuying, 1)))
    on_plan.place(wish((cabbage_of_xiuying, 2)))
    asking.cancel(on_plan.place(wish((cabbage_of_xiuying, 2))), why="停课", by=on_plan.people["chef"], at=MONDAY)

    page = login(client, chair_tan).get(reverse("fund-detail", args=[fund.pk]))

    [row] = page.context["year"].rows
    goods = cabbage_of_xiuying.produce
    assert ([(one.name, one.picture) for one in row.pictures], row.goods) == ([(goods.name, goods.picture)], goods.name)
    assert f"img/produce/{goods.picture}.svg" in page.content.decode()
    program = client.get(reverse("api-fund-detail", args=[fund.pk])).json()["year"]["plans"]
    assert [one["name"] for one in program[0]["goods"]] == [goods.name]
    assert program[0]["goods"][0]["picture"].endswith(f"img/produce/{goods.picture}.svg")
