"""An approver on leave, his deputy ill: the first order is answered by another approver, the second one ends; whoever
had to know is told, and the order's page says all along for whom it waits, since when and until when."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Message
from canteens.models import ApprovalTier
from marketplace.audit import breaches
from orders.models import PurchaseOrder
from orders.services import sweeping
from tests import factories
from tests.factories import MONDAY
from tests.journeys.browsing import Page, Person
from tests.orders.conftest import fund, now, story  # noqa: F401
from tests.orders.doors import by_page
from tests.orders.steps import KG, purse, totals

pytestmark = pytest.mark.django_db
HOUR, DAY, SECOND = dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta(seconds=1)


@pytest.fixture
def own_money(school, cashier_yu):
    """Own money, of which every order needs the yes of the canteen's approver within twelve hours."""
    ApprovalTier.objects.create(
        fund_kind="own", from_fen=0, rule="审批人同意", posts=["buying_approver"], hours=12, from_on="2026-01-01"
    )
    return factories.a_fund(school, "own", by=cashier_yu, yuan=5_000)


@pytest.fixture
def lot(changxi, cabbage):
    return factories.a_listing(factories.a_household(changxi), cabbage, kg=100)


def test_orders_of_an_approver_on_leave_whose_deputy_is_ill(
    now,  # noqa: F811
    own_money,
    lot,
    chef_chen,
    approver_peng,
    receiver_wang,
    chair_tan,
):
    approver, deputy, chair, chef = map(Person, (approver_peng, receiver_wang, chair_tan, chef_chen))
    goes_on_leave(approver, receiver_wang)

    first = ordered(chef, own_money, lot)
    assert opened(chef, first).says(approver_peng.person.name, receiver_wang.person.name)
    assert said(first) == {approver_peng.phone: ["waits"], receiver_wang.phone: ["waits"]}
    assert may_approve(deputy, first) and not may_approve(chair, first)  # the deputy is ill, and silent
    handed_on(now, first)
    assert said(first)[chef_chen.phone] == ["shown_on"] and said(first)[chair_tan.phone] == ["still_waits"]
    assert opened(chef, first).says(chair_tan.person.name)
    chair.open(reverse("home"))
    chair.follow(f"/orders/{first.pk}/")
    chair.press(f"orders/{first.pk}/approve")
    first.refresh_from_db()
    assert first.status == "asking" and opened(chef, first).says(chair_tan.person.name)

    second = ordered(chef, own_money, lot)
    placed_at = now["at"]
    handed_on(now, second)
    now["at"] = placed_at + 72 * HOUR - SECOND
    assert sweeping.end_unapproved(at=now["at"]) == 0
    now["at"] += SECOND
    assert sweeping.end_unapproved(at=now["at"]) == 1
    everybody = (approver_peng, receiver_wang, chair_tan, chef_chen)
    assert all("not_approved" in said(second)[user.phone] for user in everybody)
    assert opened(chef, second).says("取消")
    assert (totals(lot), purse(own_money)[:2]) == ((90 * KG, 10 * KG, 0), (0, 16_00))
    assert breaches() == []


def goes_on_leave(approver: Person, deputy) -> None:
    """Name who answers for him during the week, on his own page."""
    page = approver.open(reverse("deputy-list"))
    [form] = [form for form in page.forms if "deputy" in form.fields]
    offered = page.answer.context["form"].fields["deputy"].choices
    [key] = [key for key, label in offered if deputy.person.name in label]
    assert form.method == "post"
    days = {"from_on": MONDAY.date().isoformat(), "last_on": (MONDAY + 6 * DAY).date().isoformat()}
    assert approver.press("deputy", deputy=key, **days).says(deputy.person.name)


def ordered(chef: Person, fund, lot) -> PurchaseOrder:  # noqa: F811
    """Order ten kilos on the pages; nobody but the approvers is asked yet."""
    assert by_page(chef.client, fund, lot).status_code == 302
    return PurchaseOrder.objects.latest("pk")


def opened(person: Person, order: PurchaseOrder) -> Page:
    """Open the order's page."""
    return person.open(reverse("order-detail", args=[order.pk]))


def may_approve(person: Person, order: PurchaseOrder) -> bool:
    """Return whether the order's page asks this person."""
    return any(form.action.endswith(f"/orders/{order.pk}/approve/") for form in opened(person, order).forms)


def said(order: PurchaseOrder) -> dict[str, list[str]]:
    """Return what was told of an order to whom, in its order."""
    told: dict[str, list[str]] = {}
    for message in Message.objects.filter(document=order.reference).order_by("created_at"):
        told.setdefault(message.phone, []).append(message.kind.removeprefix("order."))
    return told


def handed_on(now, order: PurchaseOrder) -> None:  # noqa: F811
    """Let the twelve hours pass: a second before nothing happens, then the other approvers are asked, once."""
    due = order.steps.get().due_at
    assert sweeping.show_unapproved(at=due - SECOND) == 0
    assert sweeping.show_unapproved(at=due) == 1
    assert sweeping.show_unapproved(at=due) == 0
    now["at"] = due + HOUR
