"""The lots of a chosen plan are kept for its buyer for a quarter of an hour: kilos alone, and never for ever."""

import contextlib
import datetime as dt
import html
import random
import re

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Listing
from catalog.services import listings, recalls
from catalog.services.kilos import LotRecalled, NotEnoughProduce, NotOnSale
from kernel.errors import DomainError
from kernel.workflow import IllegalMove
from ledger.models import Transfer
from marketplace.audit import breaches
from orders.models import Allocation, KeptPlan, PurchaseOrder
from orders.selectors import plans, union_share
from orders.selectors.replay import replay
from orders.selectors.served import served_g
from orders.services import keeping, placing, sweeping
from records.models import PolicyValue
from tests.factories import MONDAY, a_fund, a_household, a_listing, a_user, login
from tests.orders.steps import DELIVER_ON, KG, purse, totals, wish

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
END = MONDAY + 15 * MINUTE


@pytest.fixture
def lots(cabbage_of_xiuying, cabbage_of_guiying):
    return [cabbage_of_xiuying, cabbage_of_guiying]


@pytest.fixture
def want(cabbage, lots):
    return plans.Want(cabbage, 150 * KG, DELIVER_ON)


@pytest.fixture
def keep(story, want):
    """Keep the fair plan for the cook, at a moment."""

    def kept(at=MONDAY, *, by=None, want=want, kind="fair", shown=None):
        return keeping.keep(story.buyer, want, kind, shown=shown, by=by or story.people["chef"], at=at)

    return kept


@pytest.fixture
def set_policy():
    """Let the county decide a value."""

    def decided(name, value):
        day = MONDAY - dt.timedelta(days=1)
        PolicyValue.objects.create(
            name=name, value=str(value), from_on=day.date(), set_by=a_user("甲"), confirmed_by=a_user("乙"),
            confirmed_at=day,
        )  # fmt: skip

    return decided


def taken(lots):
    return [totals(lot)[1] for lot in lots]


def test_the_kilos_of_a_plan_are_kept_and_no_money(story, lots, keep):
    kept = keep()

    assert (kept.status, kept.until_at) == ("kept", END)
    assert sum(taken(lots)) == 150 * KG
    assert purse(story.fund)[1] == 0 and not Transfer.objects.filter(kind="pending").exists()
    with pytest.raises(NotEnoughProduce):
        story.place(wish((lots[0], 60)))


def test_what_is_kept_is_ordered_at_the_shown_prices_and_ends_in_the_same_stroke(story, lots, want, keep):
    kept = keep()
    before = taken(lots)
    shown = plans.plan_kept(kept, at=END - MINUTE).print

    order = keeping.order_kept(kept, story.fund, shown=shown, by=story.people["chef"], at=END - MINUTE)

    kept.refresh_from_db()
    order.refresh_from_db()
    assert (kept.status, kept.order_line.order, kept.ended_at) == ("ordered", order, END - MINUTE)
    assert (order.status, taken(lots)) == ("asking", before)
    [line] = order.lines.all()
    assert (line.plan, line.asked_g) == ("fair", 150 * KG)
    assert [row.why for row in line.allocations.order_by("pk")] == [lot.why for lot in kept.lots.order_by("pk")]
    assert sweeping.end_kept(at=END + MINUTE) == 0 and taken(lots) == before


def test_the_sweep_gives_back_what_nobody_ordered_in_time(story, lots, keep):
    kept = keep()

    assert sweeping.end_kept(at=END - MINUTE) == 0
    assert sweeping.end_kept(at=END) == 1
    kept.refresh_from_db()
    assert (kept.status, taken(lots)) == ("over", [0, 0])
    assert sweeping.end_kept(at=END + MINUTE) == 0


def test_once_its_time_is_over_it_is_not_ordered_though_nobody_swept(story, keep):
    kept = keep()

    with pytest.raises(keeping.KeptOver):
        keeping.order_kept(kept, story.fund, by=story.people["chef"], at=END)
    assert not PurchaseOrder.objects.exists()


def test_its_time_is_made_longer_once(story, keep):
    kept, chef = keep(), story.people["chef"]

    kept = keeping.extend(kept, by=chef, at=END - MINUTE)

    assert kept.until_at == END + 15 * MINUTE
    with pytest.raises(keeping.KeptTwice):
        keeping.extend(kept, by=chef, at=END)
    with pytest.raises(keeping.KeptOver):
        keeping.extend(keep(END + 20 * MINUTE), by=chef, at=END + 40 * MINUTE)


def test_another_plan_of_the_same_goods_is_not_kept_on_and_on(lots, keep):
    keep()
    later = keep(END - MINUTE, kind="cheapest")
    last = keep(END + 13 * MINUTE)

    assert (later.until_at, last.until_at) == (END + 14 * MINUTE, END + 15 * MINUTE)
    assert list(KeptPlan.objects.order_by("pk").values_list("status", flat=True)) == ["let_go", "let_go", "kept"]
    assert sum(taken(lots)) == 150 * KG


def test_the_buyer_lets_go_and_nobody_else_does(story, lots, approver_peng, keep):
    kept, other = keep(), a_user("郑师傅", "buyer", story.buyer)

    for act in (keeping.let_go, keeping.extend):
        with pytest.raises(IllegalMove):
            act(kept, by=other, at=MONDAY)
    keeping.let_go(kept, by=story.people["chef"], at=MONDAY + MINUTE)

    assert taken(lots) == [0, 0]
    with pytest.raises(IllegalMove):
        keeping.let_go(kept, by=story.people["chef"], at=MONDAY + MINUTE)


def test_own_goods_kept_are_free_for_the_buyer_and_for_nobody_else(story, want, lots, hospital, keep):
    kept = keep()

    mine = plans.plans_for(want, buyer=story.buyer, at=MONDAY, own=[kept])[0]
    others = plans.plans_for(want, buyer=hospital, at=MONDAY)[0]

    assert (mine.split.filled, others.split.filled) == (150 * KG, 30 * KG)


def test_what_is_only_kept_is_not_promised_yet(story, cabbage, keep):
    keep()

    assert set(served_g(cabbage, at=MONDAY, days=180).values()) == {0}


def test_a_changed_price_is_refused_with_the_new_one(story, xiuying, lots, keep):
    kept, chef = keep(), story.people["chef"]
    shown = plans.plan_kept(kept, at=MONDAY).print
    listings.change_price(lots[0], price_fen=95, by=xiuying, at=MONDAY + MINUTE)

    with pytest.raises(placing.PriceChanged) as refusal:
        keeping.order_kept(kept, story.fund, by=chef, at=MONDAY + MINUTE)
    assert "1.90" in str(refusal.value)
    with pytest.raises(keeping.PlanChanged):
        keeping.order_kept(kept, story.fund, shown=shown, by=chef, at=MONDAY + MINUTE)
    now = plans.plan_kept(kept, at=MONDAY + MINUTE).print
    assert keeping.order_kept(kept, story.fund, shown=now, by=chef, at=MONDAY + MINUTE).held_fen == 265_00


def test_what_is_kept_is_ordered_though_its_seller_took_the_rest_down(story, xiuying, lots, keep):
    kept, chef = keep(), story.people["chef"]
    shown = plans.plan_kept(kept, at=MONDAY).print
    listings.withdraw(lots[1], reason="eaten", by=xiuying, at=MONDAY + MINUTE)

    now = plans.plan_kept(kept, at=MONDAY + MINUTE)
    order = keeping.order_kept(kept, story.fund, shown=shown, by=chef, at=MONDAY + MINUTE)

    assert now.print == shown
    assert sum(row.quantity for row in order.allocations.all()) == 150 * KG == now.weight_g


def test_a_recalled_lot_is_not_ordered_though_it_is_kept(story, xiuying, lots, keep):
    kept, chef = keep(), story.people["chef"]
    listings.withdraw(lots[1], reason="eaten", by=xiuying, at=MONDAY)
    recalls.mark_recalled(lots[1], reason="农药残留", by=xiuying, at=MONDAY)

    assert plans.plan_kept(kept, at=MONDAY).weight_g < 150 * KG
    with pytest.raises(LotRecalled):
        keeping.order_kept(kept, story.fund, by=chef, at=MONDAY)


def test_a_stopped_lot_is_not_ordered_though_it_is_kept(story, xiuying, lots, keep):
    kept, chef = keep(), story.people["chef"]
    shown = plans.plan_kept(kept, at=MONDAY).print
    Listing.objects.get(pk=lots[0].pk).move_to("stopped", by=xiuying, at=MONDAY)

    with pytest.raises(NotOnSale):
        keeping.order_kept(kept, story.fund, by=chef, at=MONDAY)
    with pytest.raises(keeping.PlanChanged):
        keeping.order_kept(kept, story.fund, shown=shown, by=chef, at=MONDAY)


def test_no_more_is_kept_for_one_buyer_than_the_county_set(story, set_policy, changxi, cabbage, want, keep):
    a_listing(a_household(changxi), cabbage, kg=500)
    set_policy("plan_kept_most_g", 200 * KG)
    other = a_user("郑师傅", "buyer", story.buyer)

    keep()
    keep(want=plans.Want(cabbage, 200 * KG, DELIVER_ON))
    with pytest.raises(keeping.KeptTooMuch):
        keep(by=other, want=plans.Want(cabbage, 1 * KG, DELIVER_ON))
    with pytest.raises(keeping.KeptTooMuch):
        keep(want=plans.Want(cabbage, 201 * KG, DELIVER_ON))


def test_another_plan_than_the_one_shown_is_not_kept(keep):
    with pytest.raises(keeping.PlanChanged):
        keep(shown="of another day")
    assert not KeptPlan.objects.exists()


def test_an_order_of_more_than_is_kept_takes_what_is_kept_with_it(story, cabbage, lots, set_policy, keep):
    keep()
    set_policy("plan_kept_most_g", 150 * KG)
    chef, more = story.people["chef"], plans.Want(cabbage, 170 * KG, DELIVER_ON)
    plan = plans.plan_of("fair", more, buyer=story.buyer, at=MONDAY, own=[KeptPlan.objects.get()])

    order = keeping.order_now(story.buyer, story.fund, more, "fair", shown=plan.print, by=chef, at=MONDAY + MINUTE)

    assert sum(taken(lots)) == 170 * KG == sum(row.quantity for row in order.allocations.all())
    assert list(KeptPlan.objects.order_by("pk").values_list("status", flat=True)) == ["let_go", "ordered"]
    assert replay(order.lines.get()).same


def test_an_auditor_works_out_a_plan_that_was_kept_while_others_kept_and_ordered(
    story, hospital, cabbage, changxi, lots, want, keep
):
    stranger = a_user("何采购", "buyer", hospital)
    small = plans.Want(cabbage, 20 * KG, DELIVER_ON)
    keeping.keep(hospital, small, "cheapest", by=stranger, at=MONDAY - MINUTE)
    keep()
    kept = keep(MONDAY + MINUTE, kind="cheapest")
    a_listing(a_household(changxi), cabbage, kg=90, price_fen=60, at=MONDAY + 2 * MINUTE)
    sweeping.end_kept(at=END - MINUTE)

    order = keeping.order_kept(kept, story.fund, by=story.people["chef"], at=END - MINUTE)

    answer = replay(order.lines.get())
    assert answer.kept and answer.same


@pytest.mark.parametrize("households", [2, 12])
def test_what_an_order_of_a_kept_plan_asks_the_database_does_not_grow_with_its_lots(
    story, changxi, cabbage, households, keep
):
    story.fund = a_fund(story.buyer, "canteen")
    for _household in range(households):
        a_listing(a_household(changxi), cabbage, kg=100)
    kept = keep(want=plans.Want(cabbage, 100 * households * KG, DELIVER_ON), kind="fair")

    wishes = [keeping.wish_of(plans.plan_kept(kept, at=MONDAY), kept)]
    union_share.is_asked(MONDAY.date())  # the process knows
    with CaptureQueriesContext(connection) as asked:
        placing.place(
            buyer=story.buyer, fund=story.fund, deliver_on=DELIVER_ON, lines=wishes, by=story.people["chef"],
            at=MONDAY,
        )  # fmt: skip

    statements = [query["sql"] for query in asked.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) == 12, statements
    assert Listing.objects.filter(reserved__gt=0).count() == kept.lots.count()


def page_of(client, fund, **changes):
    typed = {"produce": "cabbage", "quantity_0": "150", "quantity_1": "kg", "on": DELIVER_ON.isoformat()}
    return typed | {"fund": str(fund.pk), "plan": "fair"} | changes


def sent(client, page, fund, do, **changes):
    """Press the button that does this, with what its form holds."""
    form = re.search(rf"<form(?:(?!</form>).)*?value=\"{do}\"", page.content.decode(), re.S)[0] if do else ""
    typed = dict(re.findall(r'name="(shown|idem|kept|plan)" value="([^"]*)"', form or page.content.decode()))
    return client.post(reverse("order-plan"), page_of(client, fund, **typed, **changes) | {"do": do}, follow=True)


def test_the_page_keeps_a_plan_until_its_hour_once_longer_and_lets_it_go(client, now, story, lots):
    login(client, story.people["chef"])
    plans_page = client.get(reverse("order-plan"), page_of(client, story.fund, plan=""))

    page = sent(client, plans_page, story.fund, "keep")
    assert "给您留到 <b>09:15</b>" in page.content.decode() and 'value="longer"' in page.content.decode()
    listed = client.get(reverse("order-list")).content.decode()
    [back] = re.findall(r'href="([^"]*plan=fair)"', listed)
    assert "给您留到 <b>09:15</b>" in client.get(html.unescape(back)).content.decode()
    now["at"] = MONDAY + 10 * MINUTE
    page = sent(client, page, story.fund, "longer")
    assert "给您留到 <b>09:30</b>" in page.content.decode() and 'value="longer"' not in page.content.decode()
    page = sent(client, page, story.fund, "let_go")

    assert page.status_code == 200 and taken(lots) == [0, 0]
    assert "plan=fair" not in client.get(reverse("order-list")).content.decode()
    assert KeptPlan.objects.get().status == "let_go"


def test_the_page_orders_what_is_kept_and_says_when_its_time_is_over(client, now, story, lots):
    login(client, story.people["chef"])
    page = client.get(reverse("order-plan"), page_of(client, story.fund))
    assert "没有给您留" in page.content.decode()
    page = sent(client, page, story.fund, "keep")
    now["at"] = END

    late = sent(client, page, story.fund, "")
    assert late.status_code == 409 and "时间已过" in late.content.decode() and not PurchaseOrder.objects.exists()
    page = sent(client, late, story.fund, "keep")
    ordered = sent(client, page, story.fund, "")

    order = PurchaseOrder.objects.get()
    assert ordered.redirect_chain[-1][0] == reverse("order-detail", args=[order.pk])
    assert order.lines.get().kept_plan.status == "ordered" and sum(taken(lots)) == 150 * KG


def test_what_is_too_much_to_keep_is_ordered_without_keeping(client, now, story, lots, set_policy):
    set_policy("plan_kept_most_g", 100 * KG)
    login(client, story.people["chef"])
    plans_page = client.get(reverse("order-plan"), page_of(client, story.fund, plan=""))

    page = sent(client, plans_page, story.fund, "keep")
    assert "最多" in page.content.decode() and 'name="kept"' not in page.content.decode()
    sent(client, page, story.fund, "")

    assert PurchaseOrder.objects.get().held_fen == 235_00


def test_a_program_keeps_a_plan_puts_its_end_off_and_orders_it(client, now, story, cabbage, lots, xiuying):
    login(client, story.people["chef"])
    keys = iter("abcdefghij")

    def send(name, *args, **body):
        headers = {"Idempotency-Key": next(keys)}
        return client.post(reverse(name, args=args), body, content_type="application/json", headers=headers)

    body = {"fund": story.fund.pk, "produce": "cabbage", "kg": "150", "deliver_on": DELIVER_ON, "plan": "fair"}
    first = send("api-kept-plan-list", **body)
    assert first.status_code == 201 and sum(lot["quantity"] for lot in first.json()["lots"]) == 150 * KG
    assert send("api-kept-plan-let-go", first.json()["id"]).json()["status"] == "let_go"
    kept = send("api-kept-plan-list", **body).json()["id"]
    assert send("api-kept-plan-extend", kept).json()["extended"] is True
    assert send("api-kept-plan-extend", kept).json()["code"] == "kept_twice"
    assert [row["id"] for row in client.get(reverse("api-kept-plan-list")).json()["results"]] == [kept]
    placed = send("api-kept-plan-order", kept, fund=story.fund.pk)

    assert (placed.status_code, placed.json()["held"]) == (201, "235.00")
    assert client.get(reverse("api-kept-plan", args=[kept])).json()["order"] == placed.json()["id"]
    assert client.get(reverse("api-kept-plan-list")).json()["results"] == []
    login(client, xiuying)
    assert client.get(reverse("api-kept-plan-list")).status_code == 403
    assert client.get(reverse("api-kept-plan", args=[kept])).status_code == 403


@pytest.mark.parametrize("seed", range(3))
def test_whatever_people_do_every_plan_ends_and_gives_back_all_it_kept(story, cabbage, lots, seed):
    draw, at = random.Random(seed), MONDAY
    people = [story.people["chef"], a_user("郑师傅", "buyer", story.buyer)]

    def keep(by):
        want = plans.Want(cabbage, draw.randint(5, 60) * KG, DELIVER_ON)
        keeping.keep(story.buyer, want, draw.choice(["fair", "cheapest", "fewest"]), by=by, at=at)

    def running(by):
        return KeptPlan.objects.filter(by=by).latest("pk")

    acts = [
        keep,
        keep,
        lambda by: keeping.extend(running(by), by=by, at=at),
        lambda by: keeping.let_go(running(by), by=by, at=at),
        lambda by: keeping.order_kept(running(by), story.fund, by=by, at=at),
        lambda _by: sweeping.end_kept(at=at),
    ]
    for _step in range(40):
        at += draw.choice([MINUTE, 4 * MINUTE, 16 * MINUTE])
        with contextlib.suppress(DomainError, KeptPlan.DoesNotExist):
            draw.choice(acts)(draw.choice(people))
    sweeping.end_kept(at=at + 31 * MINUTE)

    ends = set(KeptPlan.objects.values_list("status", flat=True))
    assert ends >= {"ordered", "over"} and "kept" not in ends
    assert sum(taken(lots)) == Allocation.objects.aggregate(held=Sum("quantity"))["held"]
    assert breaches() == []
