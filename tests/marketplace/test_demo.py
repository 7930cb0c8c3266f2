"""The demo county: made once through the services, in every state, with books that are clean."""

import datetime as dt
import os
import re
import subprocess
import sys

import pytest
from django.core.management import call_command

from accounts.models import Channel, Household, Place, User
from accounts.selectors import standing
from accounts.services.people import account_of_phone
from canteens.models import PurchasePlan
from catalog.models import Listing
from demo import history, load
from demo.market import lots_nobody_asked_for
from demo.opening import unannounced_days
from demo.people import DEMO_PEOPLE
from kernel import clock
from losses.models import ClaimStatus, LossClaim, Rehearsal, ReliefScheme, Visit
from losses.services import rehearsing
from losses.services.hand_rules import visit_pace
from marketplace.audit import breaches
from orders.models import Complaint, OrderStatus, PurchaseOrder, ReceiptLine, SettlementStatement
from records.models import Job
from records.services import jobs
from records.services.history import seal_history
from registers.models import RegisterChange, RegisterChangeRow
from registers.pages import missing
from registers.pages.changes import row_shown
from registers.pages.desks import desk_of
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def short_history(monkeypatch):
    """Two months of history, a few sales each."""
    monkeypatch.setattr(history, "MONTHS", 2)
    monkeypatch.setattr(history, "LOTS", 8)
    monkeypatch.setattr(history, "ORDERS", 4)


def test_the_county_stands_with_work_for_everybody(short_history, capsys, settings, tmp_path):
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
    plan = PurchasePlan.objects.get()
    assert (plan.status, plan.orders.count() > 0, plan.held_fen > 0) == ("approved", True, True)
    assert (plan.requirement.quotes, plan.quotes.count(), plan.notice.working_days) == (3, 3, 3)
    visits = Visit.objects.filter(first_signed_at__isnull=False)
    assert {visit_pace(visit).colour for visit in visits} == {"green"}
    draft = ReliefScheme.objects.get(status="draft")
    assert rehearsing.run_waiting(at=clock.now()) == 1
    assert Rehearsal.objects.get(scheme=draft).result.losses > 0
    assert missing.findings(clock.now()) == []
    shown = [row_shown(row, desk_of(row.register)) for row in RegisterChangeRow.objects.all()]
    labels = {difference.label for row in shown for difference in row.differences}
    assert [label for label in labels if re.fullmatch("[a-z_]+", label)] == []
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


@pytest.mark.gates
def test_a_history_that_was_cut_short_goes_on_where_it_ended(short_history):
    load.load_county(clock.now())
    load.load_market(clock.now())
    jobs.finish(jobs.take("demo", "losses", at=clock.now()), at=clock.now())

    load.fill_history(clock.now(), seconds=0)
    job = Job.objects.get(kind="demo", key="history")
    assert (job.done, job.state) == (1, Job.State.WAITING)
    load.fill_history(clock.now(), seconds=0)
    load.fill_history(clock.now(), seconds=0)

    job.refresh_from_db()
    assert (job.done, job.total) == (3, 3)
    months = {day.strftime("%Y-%m") for day in PurchaseOrder.objects.values_list("placed_at", flat=True)}
    assert len(months) >= 3


def test_a_real_site_has_no_demo(settings):
    given = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": os.environ["DATABASE_URL"],
        "REDIS_URL": os.environ["REDIS_URL"],
        "SECRET_KEY": "a secret of a real site",
        "FIELD_KEYS": "a:key of a real site",
        "INDEX_KEY": "an index key of a real site",
        "ALLOWED_HOSTS": "market.example",
        "SMS_BACKEND": "console",
    }

    asked = subprocess.run(
        [sys.executable, "manage.py", "load_demo"], cwd=settings.BASE_DIR, env=given, capture_output=True, text=True
    )

    assert asked.returncode != 0
    assert "Unknown command: 'load_demo'" in asked.stderr


def test_every_day_of_the_demos_past_has_its_calendar_whatever_the_package_knows():
    opened_at = dt.datetime(clock.now().year + 40, 3, 5, tzinfo=dt.UTC)

    days = [row["day"] for row in unannounced_days(opened_at)]

    assert days[0] == f"{opened_at.year}-03-06"
    assert len(days) > 1_000


def test_a_demo_order_takes_goods_that_keep_until_it_comes(xiuying, xiuying_household, cabbage):
    at = clock.now()
    lot = factories.a_listing(xiuying_household, cabbage, kg=100, by=xiuying, at=at)
    days = (lot.sell_by - clock.county_day(at)).days

    assert list(lots_nobody_asked_for(at, keeps_days=days)) == [lot]
    assert list(lots_nobody_asked_for(at, keeps_days=days + 1)) == []
