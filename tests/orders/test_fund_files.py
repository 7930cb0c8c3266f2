"""The whole file of many deliveries: asked for, made in the background, told, loaded by who asked, let go of."""

import datetime as dt
import io
import zipfile

import pytest
from django.urls import reverse
from python_calamine import load_workbook

from accounts.models import Message
from kernel import clock
from orders import tasks
from orders.models import FundFile
from orders.pages import dossier, fund_files
from orders.selectors import dossier as selectors
from orders.selectors.fund_files import kept_until
from orders.services import filing
from orders.services.filing import OneIsMade, ask_for_file, let_files_go, make_files
from orders.views import dossier as doors
from records.models import Job
from records.services.files import attach, original_path, sealed_path, write_once
from tests.factories import THURSDAY, login
from tests.orders.steps import MINUTE, a_stored_photo, wish

pytestmark = pytest.mark.django_db
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
NOW = THURSDAY + 10 * MINUTE


@pytest.fixture
def receipt(story, cabbage_of_xiuying, cabbage_of_guiying, receiver_wang, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    receipt = story.signed(wish((cabbage_of_xiuying, 50), (cabbage_of_guiying, 20)))
    photo = a_stored_photo(receiver_wang, THURSDAY)
    write_once(original_path(photo.sha256), b"jpeg")
    attach(receipt.reference, photo, "scale", by=receiver_wang, at=THURSDAY)
    return receipt


@pytest.fixture
def many(monkeypatch):
    """One delivery is more than is shown at once."""
    for place in (selectors, dossier, doors):
        monkeypatch.setattr(place, "MOST_AT_ONCE", 0)


@pytest.fixture
def asked(receipt, story, cashier_yu):
    day = receipt.signed_on
    return ask_for_file(story.fund, first=day, last=day, by=cashier_yu, at=THURSDAY)


def test_whoever_asks_is_told_when_it_is_ready_and_loads_all_of_it(client, many, receipt, story, cashier_yu, now):
    now["at"] = NOW
    page, day = reverse("fund-dossier", args=[story.fund.pk]), f"{receipt.signed_on:%Y-%m-%d}"
    client, days = login(client, cashier_yu), {"first": day, "last": day}
    ask = reverse("fund-file-new", args=[story.fund.pk])
    assert ask in client.get(page, days).content.decode()
    assert client.get(reverse("fund-dossier-zip", args=[story.fund.pk]), days).status_code == 302

    assert client.post(ask, days | {"idem": "1"}).status_code == 302
    assert "排队中" in client.get(page).content.decode()
    assert tasks.make_files() == 1

    assert "总档案做好了" in Message.objects.get(kind="fund_file").body
    row = FundFile.objects.get()
    load = reverse("fund-file-zip", args=[row.pk])
    assert load in client.get(page).content.decode()
    raw = client.get(load).getvalue()
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert receipt.number in archive.read("index.html").decode()
        assert load_workbook(io.BytesIO(archive.read("tables.xlsx"))).sheet_names
        assert len([name for name in archive.namelist() if name.startswith("photos/")]) == 1
    assert receipt.number.encode() not in sealed_path(row.page.sha256).read_bytes()


def test_it_is_for_the_eyes_of_who_asked_alone(client, asked, treasurer_zhou, cashier_yu):
    assert make_files(fund_files.rendered, at=NOW) == 1
    load = reverse("fund-file-zip", args=[asked.pk])

    assert login(client, treasurer_zhou).get(load).status_code == 404
    cashier_yu.person.memberships.update(to_on=THURSDAY.date() - DAY)
    assert login(client, cashier_yu).get(load).status_code == 404


def test_one_is_made_at_a_time_for_a_person_and_nothing_of_days_without_deliveries(asked, story, cashier_yu, client):
    with pytest.raises(OneIsMade):
        ask_for_file(story.fund, first=asked.first_on, last=asked.last_on, by=cashier_yu, at=NOW)
    long_ago, key = {"first": "2020-01-01", "last": "2020-01-31"}, {"Idempotency-Key": "1"}
    address = reverse("api-fund-file-list", args=[story.fund.pk])
    client = login(client, cashier_yu)

    answer = client.post(address, long_ago, content_type="application/json", headers=key)

    assert answer.status_code == 400 and "没有签收的送货" in answer.content.decode()
    assert [row["id"] for row in client.get(address).json()] == [asked.pk]


def test_what_cannot_be_made_is_tried_three_times_then_given_up_and_said(asked):
    def breaks(_row, step):
        step()
        raise ZeroDivisionError

    for hour in range(3):
        with pytest.raises(ZeroDivisionError):
            make_files(breaks, at=NOW + hour * HOUR)
    assert make_files(breaks, at=NOW + 3 * HOUR) == 0
    asked.refresh_from_db()

    assert (asked.tries, asked.made_at is None, asked.stopped_at is not None) == (4, True, True)
    assert Job.objects.get(kind="fund-file").state == Job.State.FAILED
    assert "没有做成" in Message.objects.get(kind="fund_file").body
    assert make_files(breaks, at=NOW + DAY) == 0
    assert FundFile.objects.get().tries == 4


def test_one_whose_maker_went_down_is_taken_up_when_its_lease_is_over(asked):
    def goes_down(_row, _step):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_files(goes_down, at=NOW)
    assert make_files(fund_files.rendered, at=NOW) == 0  # somebody may still be at it
    assert make_files(fund_files.rendered, at=NOW + 10 * MINUTE) == 1


def test_an_old_one_is_taken_from_the_disk_and_stays_on_record(client, asked, cashier_yu, now):
    made = clock.day_start(clock.county_day(NOW)) + 10 * MINUTE
    make_files(fund_files.rendered, at=made)
    over = clock.day_end(kept_until(clock.county_day(made)))
    assert let_files_go(at=over - DAY) == let_files_go(at=over - MINUTE) == 0
    assert let_files_go(at=over) == 1 and let_files_go(at=over) == 0

    row = FundFile.objects.get()
    assert over == clock.day_end(clock.county_day(made) + 14 * DAY)
    assert not sealed_path(row.page.sha256).exists() and not sealed_path(row.tables.sha256).exists()
    now["at"] = NOW + 15 * DAY
    assert login(client, cashier_yu).get(reverse("fund-file-zip", args=[row.pk])).status_code == 404


def test_too_many_deliveries_for_any_file_are_refused_in_words(receipt, story, cashier_yu, monkeypatch):
    monkeypatch.setattr(filing, "MOST_DELIVERIES", 0)
    day = receipt.signed_on

    with pytest.raises(filing.BadValue, match="选短一些"):
        ask_for_file(story.fund, first=day, last=day, by=cashier_yu, at=NOW)
