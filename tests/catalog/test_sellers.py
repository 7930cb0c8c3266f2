"""What is known of sellers: recognitions that overlap nothing, seasons no land can exceed, and who grows what when."""

import datetime as dt

import pytest
from django.db import connection
from django.urls import reverse

from catalog.models import PlotSeason, Recognition, Track
from catalog.selectors import market
from catalog.selectors.match import who_grows
from catalog.services import plots, recognitions
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


def declare(household, produce, **values):
    values = {"area_cmu": 250, "harvest_from": TODAY + 9 * DAY, "harvest_to": TODAY + 30 * DAY} | values
    return plots.declare_season(
        household=household, produce=produce, **values, by=household.members.get().person.users.first(), at=MONDAY
    )


@pytest.fixture
def of_5_t_a_mu(cabbage):
    cabbage.yield_g_per_mu = 5_000_000
    cabbage.save()
    return cabbage


def test_a_season_without_a_quantity_is_reckoned_from_the_land(xiuying_household, xiuying, of_5_t_a_mu):
    assert declare(xiuying_household, of_5_t_a_mu).capacity_g == 12_500_000
    assert declare(xiuying_household, of_5_t_a_mu, area_cmu=1).capacity_g == 50_000
    assert PlotSeason.objects.count() == 1  # the later word for the same first day


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"area_cmu": 0}, plots.BadArea),
        ({"area_cmu": 100_001}, plots.BadArea),
        ({"harvest_to": TODAY}, plots.BadSeason),
        ({"harvest_to": TODAY + 400 * DAY}, plots.BadSeason),
        ({"capacity_g": 12_500_001}, plots.TooMuchForTheLand),
        ({"capacity_g": 0}, plots.TooMuchForTheLand),
    ],
)
def test_what_no_land_gives_is_refused(xiuying_household, xiuying, of_5_t_a_mu, values, refusal):
    with pytest.raises(refusal):
        declare(xiuying_household, of_5_t_a_mu, **values)
    assert not PlotSeason.objects.exists()


def test_who_grows_this_here_then(
    xiuying_household, xiuying, guiying_household, guiying, of_5_t_a_mu, duck, other_village
):
    declare(xiuying_household, of_5_t_a_mu)
    declare(guiying_household, of_5_t_a_mu, harvest_from=TODAY + 31 * DAY, harvest_to=TODAY + 60 * DAY)
    a_listing(xiuying_household, of_5_t_a_mu, kg=80, by=xiuying)

    def who(first, last, area=""):
        found = who_grows(of_5_t_a_mu, TODAY + first * DAY, TODAY + last * DAY, area=area)
        return [(grower.household_id, grower.capacity_g, grower.on_sale_g) for grower in found]

    mine, other = (xiuying_household.pk, 12_500_000, 80_000), (guiying_household.pk, 12_500_000, 0)
    assert who(5, 20) == [mine]
    assert who(5, 40) == [mine, other]
    assert who(61, 90) == []
    assert who(5, 20, area=other_village.code) == []
    assert who(5, 20, area=xiuying_household.village_id[:9]) == [mine]
    assert who_grows(duck, TODAY, TODAY + 60 * DAY) == []


def test_who_grows_is_answered_by_the_index_of_seasons(changxi, xiuying, cabbage, duck):
    many = [a_household(changxi) for _household in range(3)]
    PlotSeason.objects.bulk_create(
        PlotSeason(
            household=many[n % 3], produce=cabbage if n == 0 else duck, village=changxi, area_cmu=100, capacity_g=1000,
            harvest_from=TODAY + n * DAY, harvest_to=TODAY + (n + 5) * DAY, by=xiuying, at=MONDAY,
        )
        for n in range(3000)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalog_plotseason")
        cursor.execute(
            "EXPLAIN SELECT household_id FROM catalog_plotseason WHERE produce_id = %s AND harvest_to >= %s "
            "AND harvest_from <= %s AND village_id BETWEEN %s AND %s",
            [cabbage.pk, TODAY, TODAY + 9 * DAY, "360735000000", "360735999999"],
        )
        plan = " ".join(row[0] for row in cursor.fetchall())
    assert "plot_season_who_grows" in plan


def test_a_farmer_writes_a_season_down_on_the_page_and_sees_it(client, xiuying, xiuying_household, of_5_t_a_mu, now):
    farmer = login(client, xiuying)
    address = reverse("plot-list")
    form = {
        "produce": of_5_t_a_mu.pk, "area": "2.5", "harvest_from": (TODAY + DAY).isoformat(),
        "harvest_to": (TODAY + 20 * DAY).isoformat(), "capacity": "", "idem": "k1",
    }  # fmt: skip
    assert farmer.post(address, form).status_code == 302
    assert "2.5 亩" in farmer.get(address).content.decode()
    too_much = farmer.post(address, form | {"capacity": "30000", "idem": "k2"})
    assert too_much.status_code == 400
    assert "收不了这么多" in too_much.content.decode() and 'value="30000"' in too_much.content.decode()


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
