"""The demo county: made once through the services, in every state, with books that are clean."""

import datetime as dt
import os
import subprocess
import sys

import pytest

from demo import history, load
from demo.market import lots_nobody_asked_for
from demo.opening import unannounced_days
from kernel import clock
from orders.models import PurchaseOrder
from records.models import Job
from records.services import jobs
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def short_history(monkeypatch):
    """Two months of history, a few sales each."""
    monkeypatch.setattr(history, "MONTHS", 2)
    monkeypatch.setattr(history, "LOTS", 8)
    monkeypatch.setattr(history, "ORDERS", 4)


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
    months = {clock.county_day(at).replace(day=1) for at in PurchaseOrder.objects.values_list("placed_at", flat=True)}
    last = (clock.county_day(clock.now()).replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    assert {last, (last - dt.timedelta(days=1)).replace(day=1)} <= months  # of this one only once a day of it is over


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
