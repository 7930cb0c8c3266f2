"""Many orders at once on one purchase plan: they draw what it says and not a fen more; the control lacks the guard."""

import contextlib
import datetime as dt
import threading
from collections import Counter

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.urls import reverse

from accounts.models import Message
from accounts.services import two_hands
from canteens.models import PlanGoods, PurchasePlan
from canteens.services import drawing, purchase_plans, undecided
from canteens.services.plan_goods import Goods
from kernel.workflow import IllegalMove
from ledger.models import Account
from orders.models import PurchaseOrder
from orders.services import placing
from records.models import Move
from tests.factories import MONDAY, a_fund, a_household, a_kitchen, a_listing, a_purchase_plan, a_user, login
from tests.guards.rows import force
from tests.orders.steps import DELIVER_ON, KG, purse, totals, wish
from tests.races.crowd import Meeting, rush, side_by_side

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ORDER_FEN = 16_00  # what ten kilos of cabbage cost
CANTEENS = ("一食堂", "二食堂", "三食堂")
DAY = dt.timedelta(days=1)


@pytest.fixture
def lots(changxi, cabbage):
    """Three lots of 200 kg, of three households."""
    return [a_listing(a_household(changxi), cabbage, kg=200) for _household in range(3)]


@pytest.fixture
def approver(school):
    return a_user("洪副校长", "buying_approver", school)


def planned(story, approver, orders: int, **more):
    """Return an approved plan of the purse that covers so many orders of ten kilos, and all but a fen of one more."""
    plan = a_purchase_plan(story.fund, by=story.people["chef"], fen=(orders + 1) * ORDER_FEN - 1, **more)
    return purchase_plans.approve_plan(plan, by=approver, at=MONDAY)


def ten_kilos_of(story, plan, lots, canteens=((None, None),)):
    def act(number):
        canteen, cook = canteens[number % len(canteens)]
        placing.place_once(
            f"key-{number}",
            buyer=story.buyer,
            fund=story.fund,
            deliver_on=DELIVER_ON,
            lines=[wish((lots[number % len(lots)], 10))],
            plan=plan,
            kitchen=canteen and canteen.pk,
            by=cook or story.people["chef"],
            at=MONDAY,
        )

    return act


def test_two_orders_never_both_take_the_last_of_a_plan(story, approver, lots):
    story.fund = a_fund(story.buyer, "canteen", yuan=100)
    plan = planned(story, approver, 1)
    act = ten_kilos_of(story, plan, lots)

    assert side_by_side(lambda: act(0), lambda: act(1)) == {"done": 1, "refused in words": 1}

    plan.refresh_from_db()
    assert (plan.held_fen, purse(story.fund)[1]) == (ORDER_FEN, ORDER_FEN)


def unasked(plan_id, drawn, *, held_fen=0, accepted_fen=0):
    """Count what is drawn and ask nothing, as a service that forgot to."""
    PurchasePlan.objects.filter(pk=plan_id).update(held_fen=F("held_fen") + held_fen)
    goods = PlanGoods.objects.filter(plan=plan_id)
    goods.update(held_g=F("held_g") + sum(one.held_g for one in drawn))
    return [goods.get().pk for _line in drawn]


def test_control_a_plan_that_is_not_asked_meets_the_databases_own_check(story, approver, lots, monkeypatch):
    story.fund = a_fund(story.buyer, "canteen", yuan=100)
    plan = planned(story, approver, 1)

    monkeypatch.setattr(drawing, "draw", unasked)
    act = ten_kilos_of(story, plan, lots)

    assert side_by_side(lambda: act(0), lambda: act(1)) == {"done": 1, "refused by the database": 1}

    plan.refresh_from_db()
    assert plan.held_fen == ORDER_FEN


@pytest.fixture
def one_more(story, approver, lots):
    """Two orders of ten kilos each, on a plan with money for both and goods for one of them and all but a gram."""
    story.fund = a_fund(story.buyer, "canteen", yuan=100)
    goods = (Goods(produce_id=lots[0].produce_id, quantity_g=20 * KG - 1),)
    plan = planned(story, approver, 2, goods=goods)
    act = ten_kilos_of(story, plan, lots)
    return plan, (lambda: act(0)), (lambda: act(1))


def test_two_orders_never_both_take_the_last_grams_of_a_plan(story, one_more):
    plan, first, second = one_more

    assert side_by_side(first, second) == {"done": 1, "refused in words": 1}

    plan.refresh_from_db()
    assert (plan.named_goods.get().held_g, plan.held_fen, purse(story.fund)[1]) == (10 * KG, ORDER_FEN, ORDER_FEN)


def test_control_goods_that_are_not_asked_meet_the_databases_own_check(one_more, monkeypatch):
    plan, first, second = one_more
    monkeypatch.setattr(drawing, "draw", unasked)

    assert side_by_side(first, second) == {"done": 1, "refused by the database": 1}

    assert plan.named_goods.get().held_g == 10 * KG


def test_an_order_and_the_end_of_its_plan_never_both_happen(story, approver, lots):
    story.fund = a_fund(story.buyer, "canteen", yuan=100)
    plan = planned(story, approver, 3)
    act = ten_kilos_of(story, plan, lots)

    def close():
        purchase_plans.close_plan(plan, by=story.people["chef"], at=MONDAY)

    met = side_by_side(lambda: act(0), close)

    plan.refresh_from_db()
    assert met == {"done": 1, "refused in words": 1}
    assert (plan.status, plan.held_fen) in {("closed", 0), ("approved", ORDER_FEN)}


@pytest.fixture
def late(story, approver):
    """A plan whose last hours are over, undecided."""
    plan = a_purchase_plan(a_fund(story.buyer, "canteen", yuan=100), by=story.people["chef"], at=MONDAY - 6 * DAY)
    force(plan, shown_at=MONDAY - 3 * DAY, due_at=MONDAY)
    return plan


def decided_and_ended(plan, approver):
    """Return what decides a plan, done or found ended, and what ends it, done or found decided."""

    def decide():
        with contextlib.suppress(IllegalMove):
            purchase_plans.approve_plan(plan, by=approver, at=MONDAY)

    return decide, lambda: undecided.end_undecided(plan, at=MONDAY)


def outcomes(plan) -> list[str]:
    return list(Move.objects.filter(document=plan.reference).exclude(after="sent").values_list("after", flat=True))


def test_a_plan_is_decided_or_it_ends_and_never_both(late, approver):
    assert side_by_side(*decided_and_ended(late, approver)) == {"done": 2}

    plan = PurchasePlan.objects.get()
    assert outcomes(plan) in (["approved"], ["ended"])
    assert [plan.status] == outcomes(plan)
    told = Message.objects.filter(kind="plan.not_decided").exists()
    assert told is (plan.status == "ended")


def test_control_where_nobody_locks_the_plan_its_edges_refuse_the_second(late, approver, monkeypatch):
    meeting = Meeting()

    def unlocked(row):
        found = type(row)._base_manager.get(pk=row.pk)
        meeting.first_time()
        return found

    for module in (purchase_plans, undecided):
        monkeypatch.setattr(module, "lock", unlocked)
    monkeypatch.setattr(two_hands, "lock", lambda row: row)  # as it was read before the other wrote

    assert side_by_side(*decided_and_ended(late, approver)) == {"done": 1, "database error": 1}

    assert outcomes(late) in (["approved"], ["ended"])


def deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


@pytest.fixture
def canteens(story):
    """Three canteens of the buyer, each with a person of its own who orders for it."""
    cooks = [story.people["chef"], *(a_user(name, "buyer", story.buyer) for name in ("温师傅", "柯师傅"))]
    return [(a_kitchen(story.buyer, name), cook) for name, cook in zip(CANTEENS, cooks, strict=True)]


@pytest.fixture
def sixty(story, approver, lots, canteens, now):
    """Sixty equal orders by three canteens at once, as programs send them; the fund covers 40, the plan 23."""
    story.fund = a_fund(story.buyer, "canteen", yuan=40 * 16)
    plan = planned(story, approver, 23)
    cookies = [login(Client(), cook).cookies for _canteen, cook in canteens]
    said = {"fund": story.fund.pk, "plan": plan.pk, "deliver_on": DELIVER_ON.isoformat()}
    asked = [
        said
        | {"canteen": canteen.pk}
        | {"lines": [{"produce": lot.produce.code, "lots": [{"listing": lot.pk, "kg": "10", "price": "0.80"}]}]}
        for (canteen, _cook), lot in zip(canteens, lots, strict=True)
    ]
    told: Counter[tuple[int, str, bool]] = Counter()
    lock = threading.Lock()

    def order(number):
        client = Client(raise_request_exception=False)
        client.cookies = cookies[number % len(CANTEENS)]
        answer = client.post(
            reverse("api-order-list"),
            asked[number % len(CANTEENS)],
            "application/json",
            headers={"Idempotency-Key": f"{number:032d}"},
        )
        named = f"“中秋”（会议记录 {plan.committee_record}）" in answer.content.decode()
        with lock:
            told[answer.status_code, answer.json().get("code", ""), named] += 1

    def let_loose():
        assert rush(order, range(60)) == {"done": 60}
        plan.refresh_from_db()
        return plan, told

    return let_loose


def test_of_sixty_equal_orders_of_three_canteens_a_plan_for_23_takes_23_and_names_itself(
    client, story, lots, canteens, sixty
):
    before = deadlocks()

    plan, told = sixty()

    assert told == {(201, "", False): 23, (409, "plan_used_up", True): 37}
    assert (plan.held_fen, plan.left_fen()) == (23 * ORDER_FEN, ORDER_FEN - 1)
    assert Account.objects.get(pk=story.fund.account_id).debits_pending_fen == 23 * ORDER_FEN
    placed = PurchaseOrder.objects.filter(purchase_plan=plan).values_list("kitchen__name", flat=True)
    assert (len(placed), set(placed)) == (23, set(CANTEENS))
    assert sum(totals(lot)[1] for lot in lots) == 23 * 10 * KG
    assert deadlocks() == before

    [(canteen, cook), *_others], lot = canteens, lots[0]
    want = {"produce": lot.produce.code, "quantity_0": "10", "quantity_1": "kg", "on": DELIVER_ON, "plan": "fair"}
    want |= {"fund": story.fund.pk, "purchase": plan.pk, "kitchen": canteen.pk}
    check = login(client, cook).get(reverse("order-plan"), want)
    refused = client.post(reverse("order-plan"), want | {"shown": check.context["shown"], "idem": "a" * 32})
    assert refused.status_code == 409
    assert f"“中秋”（会议记录 {plan.committee_record}）还剩 15.99 元" in refused.content.decode()


def test_control_without_its_check_orders_take_what_the_fund_has(story, approver, lots, canteens, monkeypatch, without):
    story.fund = a_fund(story.buyer, "canteen", yuan=10 * 16)
    plan = planned(story, approver, 6)
    monkeypatch.setattr(drawing, "draw", unasked)
    without("canteens_purchaseplan", "plan_drawn_within_total")

    assert rush(ten_kilos_of(story, plan, lots, canteens), range(15)) == {"done": 10, "refused in words": 5}

    plan.refresh_from_db()
    assert plan.held_fen == 10 * ORDER_FEN > plan.total_fen
