"""A report without a net: what a phone keeps, and that what it sends counts once, however it arrives."""

import datetime as dt
import hashlib
import random
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from losses.models import LossClaim
from losses.services import findings
from records.models import Attachment
from tests.factories import MONDAY, login
from tests.losses.steps import KG, LOST_ON
from tests.losses.under_faults import reports_hold, visits_hold
from tests.losses.unreliable import drawn_photo

pytestmark = pytest.mark.django_db
PACK = reverse("report-offline")
VISITS_ON = dt.datetime(2026, 11, 16, 1, tzinfo=dt.UTC)  # the village notice of the 5th has ended


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def farmer(client, xiuying, scheme, now):
    return login(client, xiuying)


def a_report(photos, draft=None, **typed):
    """Return what a phone sends of a report, with the photos that it names."""
    shown = ",".join(f"p{n} {hashlib.sha256(photo).hexdigest()}" for n, photo in enumerate(photos, 1))
    return {
        "cause": "unsold", "quantity_0": "60", "quantity_1": "jin", "happened_on": f"{LOST_ON}", "words": "路断了",
        "shown": shown, "draft": draft or str(uuid.uuid4()), "key": str(uuid.uuid4()),
        "phone_at": str(int(MONDAY.timestamp() * 1000)),
    } | typed  # fmt: skip


def send_photo(client, lot, draft, which, photo):
    digest = hashlib.sha256(photo).hexdigest()
    return client.post(
        reverse("report-photo", args=[lot.pk, draft, which, digest]), photo, content_type="application/octet-stream",
        headers={"Upload-Offset": "0", "Upload-Length": str(len(photo))},
    )  # fmt: skip


def send(client, lot, report):
    return client.post(reverse("report-written", args=[lot.pk]), report)


def test_a_phone_keeps_the_page_of_each_own_lot_and_names_nobody(farmer, lot, neighbours_lot, xiuying):
    kept = farmer.get(PACK).json()

    assert set(kept) == {"report", "crops", f"new/{lot.pk}"}
    assert f"/losses/new/{lot.pk}/" in kept["report"] and str(lot.pk) in kept[f"new/{lot.pk}"]
    assert not [page for page in kept.values() if xiuying.person.name in page.split("<main", 1)[0]]


def test_photos_go_first_and_the_report_counts_once_under_its_key(farmer, lot):
    photo, draft = drawn_photo(1), str(uuid.uuid4())
    report = a_report([photo], draft, elsewhere="insured")

    early = send(farmer, lot, report)
    assert (early.status_code, early.json()["code"]) == (409, "photos_on_the_way")
    assert send_photo(farmer, lot, draft, 1, photo).json()["to"]
    answers = [send(farmer, lot, report).json() for _turn in range(2)]

    claim = LossClaim.objects.get()
    assert claim.rounds.get().elsewhere == "insured"
    assert answers[0] == answers[1] == {
        "number": claim.number, "to": reverse("claim-receipt", args=[claim.pk]),
    }  # fmt: skip
    assert (claim.figures.get().quantity, claim.written_at) == (30 * KG, MONDAY)
    assert Attachment.objects.filter(document=claim.reference).count() == 1


def test_a_photo_of_somebody_else_under_the_same_draft_is_nobodys(farmer, lot, scheme, cadre_liu):
    photo, draft = drawn_photo(2), str(uuid.uuid4())
    assert send_photo(login(Client(), cadre_liu), lot, draft, 1, photo).status_code == 200

    answer = send(farmer, lot, a_report([photo], draft))

    assert answer.status_code == 400 and not LossClaim.objects.exists()


@pytest.mark.parametrize(
    ("typed", "words"),
    [({"quantity_0": "很多"}, ""), ({"happened_on": ""}, ""), ({"cause": ""}, ""), ({"key": "1"}, "重新打开")],
)
def test_what_cannot_be_read_is_said_and_nothing_is_written(farmer, lot, typed, words):
    photo, draft = drawn_photo(3), str(uuid.uuid4())
    send_photo(farmer, lot, draft, 1, photo)

    answer = send(farmer, lot, a_report([photo], draft, **typed))

    assert answer.status_code == 400 and words in answer.json()["message"] and not LossClaim.objects.exists()


@pytest.mark.parametrize(
    ("waited", "colour"),
    [(dt.timedelta(days=7), "green"), (dt.timedelta(days=7, seconds=1), "amber"), (-dt.timedelta(seconds=1), "amber")],
)
def test_what_waited_for_a_net_is_as_early_as_it_was_written(farmer, lot, now, waited, colour):
    photo, draft = drawn_photo(4), str(uuid.uuid4())
    now.at = MONDAY + dt.timedelta(days=8)
    send_photo(farmer, lot, draft, 1, photo)
    written = now.at - waited

    send(farmer, lot, a_report([photo], draft, phone_at=str(int(written.timestamp() * 1000))))

    assert findings.latest_findings(LossClaim.objects.get())["notice"].colour == colour


def test_reports_under_faults_are_neither_lost_nor_twice(scheme, changxi, cabbage, opened_here):
    reports_hold(changxi, cabbage, random.Random(5), 10)


def test_visits_under_faults_are_neither_lost_nor_twice(story, changxi, cabbage, now, opened_here):
    now.at = VISITS_ON
    visits_hold(story, changxi, cabbage, random.Random(6), 6)
