"""A buyer changes the shares of a kept plan: with a reason that stays, beside what the rule gave."""

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.urls import reverse

from catalog.models import Listing
from catalog.services import listings
from catalog.services.kilos import NotEnoughProduce, NotOnSale
from catalog.services.smallest import TooLittleToHandOver, say_smallest
from kernel.errors import BadValue
from kernel.workflow import IllegalMove
from marketplace.audit import breaches
from orders.models import KeptPlan, PurchaseOrder
from orders.pages.dossier_tables import Eyes, _reshared
from orders.pages.words import reason_for
from orders.selectors import plans
from orders.selectors.dossier import Gathered
from orders.selectors.replay import replay
from orders.selectors.resharing import parts_of, reshared
from orders.selectors.served import served_g
from orders.services import keeping, resharing, sweeping
from records.models import PolicyValue
from tests.factories import MONDAY, a_household, a_listing, a_user, login
from tests.orders.steps import DELIVER_ON, KG, totals

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def lots(changxi, cabbage):
    return [a_listing(a_household(changxi), cabbage, kg=90, at=MONDAY - MINUTE) for _household in range(2)]


@pytest.fixture
def kept(story, cabbage, lots):
    """The fair plan of 100 kg, of two lots that have 180 kg together."""
    want = plans.Want(cabbage, 100 * KG, DELIVER_ON)
    return keeping.keep(story.buyer, want, "fair", by=story.people["chef"], at=MONDAY)


@pytest.fixture
def change(story, kept):
    """Change what the two lots give, in kilograms."""

    def changed(*kilos, plan=None, at=MONDAY + MINUTE, **more):
        numbers = [lot.listing_id for lot in kept.lots.order_by("pk")]
        parts = {number: round(kg * KG) for number, kg in zip(numbers, kilos, strict=True)}
        return resharing.reshare(
            plan or kept, parts, **({"reason": "agreed", "by": story.people["chef"], "at": at} | more)
        )

    return changed


def shares(plan):
    return [lot.quantity // KG for lot in plan.lots.order_by("pk")]


def test_shares_are_changed_under_the_same_clock_and_nothing_is_lost(story, lots, kept, change):
    assert shares(kept) == [50, 50]

    again = change(20, 60)
    last = change(0, 70, plan=again, at=MONDAY + 2 * MINUTE, reason="other", words="周家的菜上回太老")

    kept.refresh_from_db()
    assert (kept.status, last.status, last.until_at, last.since_at) == ("let_go", "kept", kept.until_at, kept.since_at)
    assert (again.made_from, last.made_from) == (kept, kept) and shares(last) == [70]
    assert sum(totals(lot)[1] for lot in lots) == 70 * KG
    assert [(part.planned // KG, part.now // KG) for part in parts_of(last)] == [(50, 0), (50, 70)]
    assert shares(change(50, 50, plan=last, at=MONDAY + 3 * MINUTE)) == [50, 50]
    assert sweeping.end_kept(at=kept.until_at) == 1 and sum(totals(lot)[1] for lot in lots) == 0
    assert breaches() == []


def test_what_was_changed_stays_beside_what_the_rule_gave(story, cabbage, kept, change, auditor):
    again = change(20, 60, words="说好的", at=MONDAY)  # in the very moment in which it was kept
    order = keeping.order_kept(
        change(10, 60, plan=again, at=MONDAY + 2 * MINUTE), story.fund, by=story.people["chef"], at=MONDAY + 3 * MINUTE
    )

    line = order.lines.get()
    answer, said = replay(line), io.StringIO()
    assert (line.plan, line.asked_g) == ("fair", 70 * KG)
    assert answer.same and answer.kept.count(b"|50000|80|") == 2 and answer.edited.count(b"|10000|80|") == 1
    call_command("replay_plan", order.number, stdout=said)
    assert "1 cabbage: same, then its shares were changed by the buyer\nby the rule:\n" in said.getvalue()
    first, last = reshared([order])
    assert [(before // KG, after // KG) for _lot, before, after in first.lots] == [(50, 20), (50, 60)]
    assert [(before // KG, after // KG) for _lot, before, after in last.lots] == [(20, 10)]
    assert (first.plan.by, first.plan.edit_reason, first.plan.edit_words) == (story.people["chef"], "agreed", "说好的")
    assert sorted(served_g(cabbage, at=MONDAY + 4 * MINUTE, days=180).values()) == [10 * KG, 60 * KG]
    assert "手工改过" in reason_for(order.allocations.first())


def test_the_order_and_its_file_show_it_to_the_buyer_and_the_auditor(client, now, story, change, auditor):
    order = keeping.order_kept(change(20, 60), story.fund, by=story.people["chef"], at=MONDAY + 3 * MINUTE)
    address = reverse("order-detail", args=[order.pk])

    for reader in (story.people["chef"], auditor):
        page = login(client, reader).get(address).content.decode()
        assert "手工改了份额（跟卖家说好了）" in page and "50 公斤 → 20 公斤" in page
    found = Gathered(**dict.fromkeys(Gathered.__dataclass_fields__, ()) | {
        "orders": [order], "reshared": reshared([order]),
    })  # fmt: skip
    section = _reshared(found, Eyes(None, story.buyer.pk))
    assert [row[-2:] for row in section.shown] == [["50", "20"], ["50", "60"]]
    assert section.rows[0][3] == "跟卖家说好了"


@pytest.mark.parametrize(
    ("kilos", "more", "refusal"),
    [
        ((50, 50), {}, resharing.NothingChanged),
        ((0, 0), {}, resharing.NothingLeft),
        ((20, 60), {"reason": ""}, resharing.SharesNeedAReason),
        ((20, 60), {"reason": "other", "words": "  "}, resharing.SharesNeedAReason),
        ((-1, 60), {}, BadValue),
        ((50, 900), {}, NotEnoughProduce),
        ((20, 60), {"at": MONDAY + 15 * MINUTE}, keeping.KeptOver),
    ],
)
def test_what_cannot_be_is_refused_and_the_plan_stays(lots, kept, change, kilos, more, refusal):
    with pytest.raises(refusal):
        change(*kilos, **more)

    assert KeptPlan.objects.get() == kept and shares(kept) == [50, 50]
    assert sum(totals(lot)[1] for lot in lots) == 100 * KG


def test_a_lot_whose_rest_was_taken_down_gives_what_is_kept_and_no_more(story, kept, change):
    first = kept.lots.order_by("pk")[0].listing
    listings.withdraw(first, reason="eaten", by=story.people["chef"], at=MONDAY)

    assert parts_of(kept)[0].most == 50 * KG
    with pytest.raises(NotOnSale):
        change(60, 50)
    again = change(40, 60)
    with pytest.raises(NotOnSale):
        change(50, 50, plan=again)
    assert keeping.order_kept(again, story.fund, by=story.people["chef"], at=MONDAY + MINUTE).allocations.count() == 2


def test_nobody_else_changes_it_and_no_other_lot_comes_in(story, kept, change):
    with pytest.raises(IllegalMove):
        change(20, 60, by=a_user("郑师傅", "buyer", story.buyer))
    with pytest.raises(BadValue):
        resharing.reshare(kept, {10**9: 5}, reason="agreed", by=story.people["chef"], at=MONDAY)


def test_what_the_seller_hands_over_at_least_and_what_is_kept_for_one_buyer_hold_here_too(lots, kept, change):
    say_smallest(lots[0], quantity=40 * KG, by=lots[0].made_by, at=MONDAY)
    parts = {lots[0].pk: 20, lots[1].pk: 50}
    kilos = [parts[lot.listing_id] for lot in kept.lots.order_by("pk")]
    with pytest.raises(TooLittleToHandOver):
        change(*kilos)
    PolicyValue.objects.create(
        name="plan_kept_most_g", value=str(110 * KG), from_on=MONDAY.date(), set_by=a_user("甲"),
        confirmed_by=a_user("乙"), confirmed_at=MONDAY,
    )  # fmt: skip
    with pytest.raises(keeping.KeptTooMuch):
        change(55, 56)
    assert shares(change(55, 55)) == [55, 55]


def test_the_page_changes_shares_and_orders_them(client, now, story, kept, lots):
    login(client, story.people["chef"])
    now["at"] = MONDAY + MINUTE
    address = reverse("kept-plan-shares", args=[kept.pk])
    page = client.get(address)
    names = [name for name in page.context["form"].fields if name.startswith("part_")]
    typed = {"idem": page.context["form"]["idem"].value(), names[0]: "0", names[1]: "60"}

    assert client.post(address, typed).status_code == 400
    done = client.post(address, typed | {"reason": "route"}, follow=True)

    check = done.content.decode()
    assert "您改过份额：顺路，一趟拿齐" in check and "60 公斤" in check and "09:15" in check
    typed = {name: done.context[name] for name in ("shown", "idem")} | dict(done.context["hidden"])
    client.post(reverse("order-plan"), typed | {"plan": "fair", "kept": done.context["kept"].number})
    order = PurchaseOrder.objects.get()
    assert order.lines.get().kept_plan.made_from == kept
    assert [row.quantity for row in order.allocations.all()] == [60 * KG]
    assert Listing.objects.filter(reserved=60 * KG).count() == 1


def test_a_program_changes_shares(client, now, story, kept):
    login(client, story.people["chef"])
    first, _second = kept.lots.order_by("pk")
    now["at"] = MONDAY + MINUTE

    def send(key, **body):
        return client.post(
            reverse("api-kept-plan-shares", args=[kept.pk]), body, content_type="application/json",
            headers={"Idempotency-Key": key},
        )  # fmt: skip

    assert send("a", reason="route", lots=[{"listing": first.listing_id}]).status_code == 400
    twice = [{"listing": first.listing_id, "kg": "1"}] * 2
    assert send("b", reason="route", lots=twice).status_code == 400
    answer = send("c", reason="route", lots=[{"listing": first.listing_id, "kg": "0"}])
    assert (answer.status_code, answer.json()["made_from"], answer.json()["edit_reason"]) == (201, kept.pk, "route")
    assert [lot["quantity"] for lot in answer.json()["lots"]] == [50 * KG]
