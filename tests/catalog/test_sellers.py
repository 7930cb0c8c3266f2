"""What sellers are recognised for: by the township, on a document, without overlaps."""

import datetime as dt

import pytest
from django.urls import reverse

from catalog.models import Recognition, Track
from catalog.selectors import market
from catalog.services import recognitions
from kernel.clock import county_day
from tests.factories import MONDAY, a_household, a_listing, login

pytestmark = pytest.mark.django_db
TODAY = county_day(MONDAY)
DAY = dt.timedelta(days=1)


def recognise(household, officer, **values):
    values = {"produce": None, "track": Track.SELF_GROWN, "document": "平山〔2026〕3号", "from_on": TODAY} | values
    return recognitions.recognise(household=household, **values, by=officer, at=MONDAY)


def test_one_seller_is_not_recognised_twice_for_the_same_days(
    xiuying_household, guiying_household, cabbage, township_officer
):
    first = recognise(xiuying_household, township_officer, to_on=TODAY + 30 * DAY)
    for overlap in ({}, {"from_on": TODAY - DAY, "to_on": TODAY}, {"from_on": TODAY + 30 * DAY}):
        with pytest.raises(recognitions.AlreadyRecognised):
            recognise(xiuying_household, township_officer, **overlap)
    recognise(xiuying_household, township_officer, from_on=TODAY + 31 * DAY)
    recognise(xiuying_household, township_officer, produce=cabbage, track=Track.CERTIFIED)
    recognise(guiying_household, township_officer)
    assert Recognition.objects.filter(household=xiuying_household).count() == 3
    assert first.to_on == TODAY + 30 * DAY


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"document": "  "}, recognitions.BadRecognition),
        ({"document": "号" * 81}, recognitions.BadRecognition),
        ({"to_on": TODAY - DAY}, recognitions.BadRecognition),
        ({"track": "organic"}, recognitions.BadRecognition),
        ({"track": Track.CERTIFIED}, recognitions.CertificateNeedsProduce),
    ],
)
def test_a_recognition_that_says_too_little_is_refused(xiuying_household, township_officer, values, refusal):
    with pytest.raises(refusal):
        recognise(xiuying_household, township_officer, **values)
    assert not Recognition.objects.exists()


def test_an_ended_recognition_no_longer_stands_but_its_lots_keep_it(
    xiuying_household, xiuying, township_officer, cabbage
):
    recognition = recognise(xiuying_household, township_officer, from_on=TODAY - 9 * DAY)
    before = a_listing(xiuying_household, cabbage, kg=10, by=xiuying)
    recognitions.end_recognition(recognition, by=township_officer, at=MONDAY)
    after = a_listing(xiuying_household, cabbage, kg=10, by=xiuying)
    assert (before.recognition, after.recognition) == (recognition, None)
    with pytest.raises(recognitions.AlreadyEnded):
        recognitions.end_recognition(recognition, by=township_officer, at=MONDAY)


def test_an_officer_recognises_by_number_only_in_the_own_township(
    client, township_officer, xiuying_household, other_village, cabbage, now
):
    far = a_household(other_village)
    officer = login(client, township_officer)
    form = {"track": "certified", "produce": cabbage.pk, "document": "3号", "from_on": TODAY.isoformat(), "to_on": ""}
    address = reverse("recognition-list")
    assert officer.post(address, form | {"seller": xiuying_household.number, "idem": "a"}).status_code == 302
    assert Recognition.objects.get().household == xiuying_household
    page = officer.get(address).content.decode()
    assert xiuying_household.head_name not in page and "认定产品" in page
    if not far.village_id.startswith(xiuying_household.village_id[:9]):
        refused = officer.post(address, form | {"seller": far.number, "idem": "b"})
        assert refused.status_code == 400 and far.number in refused.content.decode()
    end = reverse("recognition-end", args=[Recognition.objects.get().pk])
    assert officer.post(end, {"idem": "c"}).status_code == 302
    assert Recognition.objects.get().to_on == TODAY


def test_a_seller_whom_nobody_recognised_has_no_track_anywhere(
    client, now, xiuying_household, xiuying, chef_chen, cabbage
):
    lot = a_listing(xiuying_household, cabbage, by=xiuying)
    market.forget(TODAY)

    assert (lot.track, lot.recognition) == ("", None)
    assert not any(code for name, code in market.board(MONDAY).counts if name == "track")
    for address in (reverse("listing-detail", args=[lot.pk]), reverse("market")):
        assert "农户自产" not in client.get(address).content.decode()
    login(client, xiuying)
    assert client.get(reverse("api-listing-detail", args=[lot.pk])).json()["track"] == ""


def test_a_recognised_one_has_its_track(client, now, xiuying_household, xiuying, township_officer, cabbage):
    recognise(xiuying_household, township_officer)

    lot = a_listing(xiuying_household, cabbage, by=xiuying)

    assert lot.track == Track.SELF_GROWN
    assert "农户自产" in client.get(reverse("listing-detail", args=[lot.pk])).content.decode()
