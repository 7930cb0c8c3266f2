"""The demo county: made once through the services, in every state, with books that are clean."""

import datetime as dt
import re

import pytest
from django.core.management import call_command

from accounts.models import Channel, Household, Place, User
from accounts.selectors import standing
from accounts.services.people import account_of_phone
from canteens.models import PurchasePlan
from catalog.models import Listing
from demo import history
from demo.people import DEMO_PEOPLE
from kernel import clock
from losses.models import ClaimStatus, LossClaim, Rehearsal, ReliefScheme, Visit
from losses.services import rehearsing
from losses.services.hand_rules import visit_pace
from marketplace.audit import breaches
from orders.models import Complaint, Delivery, OrderStatus, PurchaseOrder, ReceiptLine, SettlementStatement
from records.models import Move
from records.services.history import seal_history
from registers.models import RegisterChange, RegisterChangeRow
from registers.pages import missing
from registers.pages.changes import row_shown
from registers.pages.desks import desk_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def short_history(monkeypatch):
    """Two months of history, a few sales each."""
    monkeypatch.setattr(history, "MONTHS", 2)
    monkeypatch.setattr(history, "LOTS", 8)
    monkeypatch.setattr(history, "ORDERS", 4)


def test_the_county_stands_with_work_for_everybody(county, short_history, capsys, settings, tmp_path):
    settings.HISTORY_HEAD_JOURNAL = tmp_path / "heads"
    call_command("load_demo", history=True)
    before = (Household.objects.count(), Listing.objects.count(), PurchaseOrder.objects.count())

    call_command("load_demo", history=True)

    assert (Household.objects.count(), Listing.objects.count(), PurchaseOrder.objects.count()) == before
    assert before[0] == 200
    assert Place.objects.filter(level="township").count() == 11
    assert Channel.objects.count() == 6
    assert Complaint.objects.get().status == "raised"
    assert ReceiptLine.objects.exclude(grade="").get().grade == "second"
    assert Listing.objects.get(smallest__gt=0).smallest == 25_000
    filled = {"posts", "organisations", "canteens", "cards", "funds", "members", "merges", "kin"}
    filled |= {"kitchens", "kitchen-shares"}
    assert set(RegisterChange.objects.values_list("register", flat=True).distinct()) >= filled
    assert set(PurchaseOrder.objects.values_list("status", flat=True)) >= {
        OrderStatus.AWAITING,
        OrderStatus.ASKING,
        OrderStatus.UNDER_WAY,
        OrderStatus.CLOSED,
    }
    assert set(LossClaim.objects.values_list("status", flat=True)) >= set(ClaimStatus) - {ClaimStatus.WITHDRAWN}
    oldest = SettlementStatement.objects.order_by("at").first().at
    assert clock.now() - oldest > dt.timedelta(days=31)
    waits = PurchaseOrder.objects.get(status=OrderStatus.AWAITING)
    assert list(waits.steps.order_by("number").values_list("approved", flat=True)) == [True, None]
    plan = PurchasePlan.objects.get()
    assert (plan.status, plan.orders.count() > 0, plan.held_fen > 0) == ("approved", True, True)
    assert (plan.requirement.quotes, plan.quotes.count(), plan.notice.working_days) == (3, 3, 3)
    meant = PurchaseOrder.objects.exclude(kitchen=None).values_list("buyer__name", "kitchen__name", "fund__kind")
    assert set(meant) == {
        ("石城县第二中学", "学生食堂", "canteen"),
        ("石城县第二中学", "教工食堂", "canteen"),
        ("石城县机关服务中心", "机关食堂", "canteen"),
        ("琴江镇人民政府食堂", "机关食堂", "canteen"),
    }
    visits = Visit.objects.filter(first_signed_at__isnull=False)
    assert {visit_pace(visit).colour for visit in visits} == {"green"}
    draft = ReliefScheme.objects.get(status="draft")
    assert rehearsing.run_waiting(at=clock.now()) == 1
    assert Rehearsal.objects.get(scheme=draft).result.losses > 0
    assert missing.findings(clock.now()) == []
    shown = [row_shown(row, desk_of(row.register)) for row in RegisterChangeRow.objects.all()]
    labels = {difference.label for row in shown for difference in row.differences}
    assert [label for label in labels if re.fullmatch("[a-z_]+", label)] == []
    assert not Move.objects.filter(at__gt=clock.now()).exists()
    assert not Delivery.objects.filter(shipped_at__gt=clock.now()).exists()
    assert breaches() == []
    assert seal_history() > 1000
    call_command("verify_history")
    printed = capsys.readouterr().out
    assert "History holds: " in printed
    assert "13800000001" in printed and "246810" in printed
    for person in DEMO_PEOPLE:
        user = account_of_phone(person.phone)
        assert not person.post or standing(user).has(person.post)
    assert all(user.phone not in user.phone_sealed for user in User.objects.all()[:20])
