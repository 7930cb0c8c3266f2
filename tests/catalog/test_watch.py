"""Goods worth a look: what stands out after it is on sale, shown to whoever may stop a sale, until somebody looked."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Listing, PlotSeason
from kernel import clock
from produce.models import ReferencePrice
from records.models import Event, StoredFile
from tests.factories import a_household, a_listing, login
from tests.guards.rows import force

pytestmark = pytest.mark.django_db
WATCH = "/market/look/"


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def usual(cabbage, now):
    """Cabbage fetches 0.80 yuan a jin."""
    ReferencePrice.objects.create(produce=cabbage, day=clock.county_day(now), source="县城市场", avg_fen=80)


def shown(client) -> dict[str, list[str]]:
    """Return what is shown: the lot's number and why."""
    return {row.meta[-1]: [str(why) for why in row.why] for row in client.get(WATCH).context["rows"]}


def with_photo(lot, sha256):
    photo = StoredFile.objects.create(
        kind="photo", sha256=sha256, size=1, media_type="image/jpeg", sizes=[240], by=lot.made_by, at=lot.listed_at
    )
    Listing.objects.filter(pk=lot.pk).update(cover=photo)
    return lot


def test_a_price_far_above_or_below_the_usual_is_shown_and_a_usual_one_is_not(
    client, director_lin, changxi, cabbage, usual, now
):
    dear = a_listing(a_household(changxi), cabbage, price_fen=120, at=now, price_reason="有机")
    cheap = a_listing(a_household(changxi), cabbage, price_fen=30, at=now, sure=True)
    a_listing(a_household(changxi), cabbage, price_fen=80, at=now)

    assert shown(login(client, director_lin)) == {dear.number: ["价格偏高"], cheap.number: ["远低于行情"]}


def test_one_photo_for_the_goods_of_two_sellers_is_shown_and_of_one_seller_twice_is_not(
    client, director_lin, changxi, cabbage, now
):
    one, other, third = a_household(changxi), a_household(changxi), a_household(changxi)
    copied = [with_photo(a_listing(home, cabbage, at=now), "a" * 64) for home in (one, other)]
    for _time in range(2):
        with_photo(a_listing(third, cabbage, at=now), "b" * 64)

    assert shown(login(client, director_lin)) == {lot.number: ["照片与别家相同"] for lot in copied}


@pytest.mark.parametrize(("ends_ago", "stands_out"), [(1, True), (61, False)])
def test_more_than_the_land_gives_is_shown(client, olga, director_lin, changxi, cabbage, now, ends_ago, stands_out):
    home, today = a_household(changxi), clock.county_day(now)
    PlotSeason.objects.create(
        household=home, produce=cabbage, village=changxi, parcel="村东大丘", area_cmu=100, capacity_g=150_000,
        capacity_reason="yield", by=olga, confirmed_by=director_lin, at=now,
        harvest_from=today - dt.timedelta(days=90), harvest_to=today - dt.timedelta(days=ends_ago),
    )  # fmt: skip
    a_listing(home, cabbage, kg=100, at=now)
    a_listing(a_household(changxi), cabbage, kg=900, at=now)
    assert shown(login(client, director_lin)) == {}

    a_listing(home, cabbage, kg=51, at=now)

    assert list(shown(client).values()) == [["多于登记地块的产量"]] * (2 if stands_out else 0)


def test_what_somebody_looked_at_comes_up_no_more_and_stays_on_sale(client, inspector_he, changxi, cabbage, usual, now):
    lot = a_listing(a_household(changxi), cabbage, price_fen=30, at=now, sure=True)
    login(client, inspector_he)
    row = client.get(WATCH).context["rows"][0]

    for _twice in range(2):
        answer = client.post(row.looked_url, {"idem": row.idem}, follow=True)

    assert answer.context["rows"] == []
    assert Event.objects.filter(kind="listing_looked_at", document=lot.reference, by=inspector_he).count() == 1
    lot.refresh_from_db()
    assert lot.status == "on_sale"


def test_what_was_listed_more_than_a_week_ago_or_lies_elsewhere_is_not_shown(
    client, township_officer, changxi, other_village, cabbage, usual, now
):
    old = a_listing(a_household(changxi), cabbage, price_fen=30, at=now, sure=True)
    force(old, listed_at=now - dt.timedelta(days=8))
    elsewhere = a_listing(a_household(other_village), cabbage, price_fen=30, at=now, sure=True)

    found = shown(login(client, township_officer))

    assert old.number not in found
    assert (elsewhere.number in found) == (other_village.parent_id == changxi.parent_id)


def test_a_farmer_has_no_such_page_and_cannot_say_that_nothing_is_wrong(client, xiuying, changxi, cabbage, usual, now):
    lot = a_listing(a_household(changxi), cabbage, price_fen=30, at=now, sure=True)
    login(client, xiuying)

    assert client.get(WATCH).status_code == 403
    assert client.post(reverse("listing-looked-at", args=[lot.pk]), {"idem": "a" * 32}).status_code == 403
    assert not Event.objects.filter(kind="listing_looked_at").exists()


def test_the_page_costs_few_queries_whatever_stands_out(client, director_lin, changxi, cabbage, usual, now):
    login(client, director_lin)
    for _lot in range(15):
        a_listing(a_household(changxi), cabbage, price_fen=30, at=now, sure=True)
    client.get(WATCH)

    with CaptureQueriesContext(connection) as asked:
        assert len(client.get(WATCH).context["rows"]) == 15

    assert len(asked) <= 9, [query["sql"][:100] for query in asked]
