"""What buyers see of a lot beside its price: how far it is, papers it has and lacks, who recognised the seller."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.services.places import set_point
from catalog.models import Paper
from catalog.services import papers
from catalog.services.recognitions import recognise
from kernel import clock
from tests.factories import a_household, a_listing, a_season, login

pytestmark = pytest.mark.django_db
COUNTY_TOWN, VILLAGE = (26_314_000, 116_354_000), (26_213_000, 116_400_000)  # 12 km apart


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def today(now):
    return clock.county_day(now)


@pytest.fixture
def lot(xiuying_household, cabbage, now):
    return a_listing(xiuying_household, cabbage, at=now)


@pytest.fixture
def points(county, changxi, inspector_he, now):
    for place, (latitude, longitude) in ((county, COUNTY_TOWN), (changxi, VILLAGE)):
        set_point(place, latitude_e6=latitude, longitude_e6=longitude, radius_m=2000, by=inspector_he, at=now)


def commit(lot):
    return papers.issue_commitment(lot, basis=papers.CONTROL, by=lot.made_by, at=clock.now())


def slip(lot, kind, issued_on):
    """Hang a slip on a lot without its photo."""
    return Paper(
        number=f"{lot.pk}-{kind}-{issued_on}", code=f"{issued_on:%m%d}{kind[:4]}{lot.pk}", listing=lot, kind=kind,
        issued_on=issued_on, by=lot.made_by, at=clock.now(),
    ).begin(by=lot.made_by, at=clock.now())  # fmt: skip


def row(client):
    return client.get(reverse("market")).context["rows"][0]


def tags(client):
    return [tag.text for tag in row(client).tags]


def page(client, lot):
    answer = client.get(reverse("listing-detail", args=[lot.pk]))
    assert answer.status_code == 200
    return answer


def fact(client, lot, label):
    return [fact.value for fact in page(client, lot).context["facts"] if fact.label == label]


# Distance


def test_a_buyer_reads_how_far_the_village_is_on_card_and_page(client, lot, points, chef_chen):
    login(client, chef_chen)

    assert row(client).distance == "约 12 公里"
    assert "约 12 公里" in client.get(reverse("market")).content.decode()
    assert fact(client, lot, "有多远") == ["约 12 公里"]


def test_nobody_else_reads_a_distance(client, lot, points, xiuying):
    assert row(client).distance == ""
    assert fact(login(client, xiuying), lot, "有多远") == []


def test_an_unknown_point_stays_unknown_even_where_the_township_has_one(
    client, lot, county, pingshan, inspector_he, chef_chen, now
):
    for place in (county, pingshan):
        set_point(
            place, latitude_e6=COUNTY_TOWN[0], longitude_e6=COUNTY_TOWN[1], radius_m=2000, by=inspector_he, at=now
        )
    login(client, chef_chen)

    assert row(client).distance == ""
    assert fact(client, lot, "有多远") == ["不知道"]


def test_a_point_set_later_is_shown_at_once(client, lot, points, changxi, inspector_he, chef_chen, now):
    login(client, chef_chen)
    assert row(client).distance == "约 12 公里"

    set_point(changxi, latitude_e6=26_310_000, longitude_e6=116_354_000, radius_m=500, by=inspector_he, at=now)

    assert row(client).distance == "不到 1 公里"


# Papers


def test_a_card_says_which_papers_a_lot_has_as_soon_as_it_has_them_and_no_longer(client, lot, today, cadre_liu):
    assert tags(client) == []

    paper = commit(lot)
    assert tags(client) == ["合格证"]
    slip(lot, "test", today)
    assert tags(client) == ["合格证", "检测单"]
    papers.cancel_paper(paper, by=cadre_liu, at=clock.now())

    assert tags(client) == ["检测单"]


def test_a_test_slip_grows_old_and_two_of_a_kind_are_one_tag(client, lot, today):
    slip(lot, "test", today - dt.timedelta(days=8))
    assert tags(client) == []
    slip(lot, "test", today - dt.timedelta(days=7))
    slip(lot, "test", today)

    assert tags(client) == ["检测单"]
    assert len(page(client, lot).context["papers"].rows) == 1


def test_what_is_missing_depends_on_who_buys(client, xiuying_household, duck, lot, chef_chen, now, today):
    duck.papers = ["quarantine"]
    duck.save(update_fields=["papers"])
    ducks = a_listing(xiuying_household, duck, kg=10, price_fen=1700, at=now)

    assert page(client, ducks).context["papers"].missing == ""  # who does not buy asks for nothing
    login(client, chef_chen)
    assert "还缺：检疫证" in page(client, ducks).content.decode()
    assert "还缺：检测单" in page(client, lot).content.decode()  # a school asks for a test slip of vegetables
    slip(ducks, "quarantine", today)
    slip(lot, "test", today)

    assert page(client, ducks).context["papers"].missing == page(client, lot).context["papers"].missing == ""


def test_only_a_buyer_is_led_to_the_page_that_shows_a_masked_name(client, lot, chef_chen, olga):
    check = reverse("paper-check", args=[commit(lot).code])

    assert check not in page(client, lot).content.decode()
    assert check not in page(login(client, olga), lot).content.decode()
    client.logout()
    assert check in page(login(client, chef_chen), lot).content.decode()


def test_the_board_is_narrowed_to_what_has_a_certificate(client, xiuying_household, cabbage, lot, now, cadre_liu):
    other = a_listing(xiuying_household, cabbage, at=now)
    paper = commit(lot)

    def shown(**question):
        answer = client.get(reverse("market"), question)
        return {row.url for row in answer.context["rows"]}

    address = reverse("listing-detail", args=[lot.pk])
    assert len(shown()) == 2
    assert shown(papers="conformity") == {address}
    assert shown(papers="conformity", q="包菜") == {address}
    assert client.get(reverse("market"), {"papers": "x"}).status_code == 400
    papers.cancel_paper(paper, by=cadre_liu, at=clock.now())
    assert shown(papers="conformity") == set() and other.pk


# Who recognised the seller


def test_the_page_of_a_lot_says_by_which_document_its_seller_is_recognised(
    client, coop, coop_manager, cabbage, township_officer, now, today, lot
):
    assert fact(client, lot, "认定") == []
    recognise(
        cooperative=coop, produce=cabbage, track="certified", document="屏府认〔2026〕12号", from_on=today,
        by=township_officer, at=now,
    )  # fmt: skip
    certified = a_listing(None, cabbage, cooperative=coop, by=coop_manager, at=now)

    shown = page(client, certified).content.decode()
    mine = login(client, coop_manager).get(reverse("my-listing", args=[certified.pk])).content.decode()

    assert fact(client, certified, "认定") == ["认定产品"]
    assert "屏山镇，文号 屏府认〔2026〕12号" in shown and "陈乡长" not in shown
    assert "认定产品" in mine


# Cost


def test_board_and_lot_cost_a_buyer_few_queries_with_papers_and_points(
    client, points, changxi, cabbage, chef_chen, now, today
):
    lots = [a_listing(a_household(changxi), cabbage, at=now) for _house in range(25)]
    for one in lots[:10]:
        commit(one)
        slip(one, "test", today)
    login(client, chef_chen)
    second = client.get(reverse("market")).context["pages"].next_url

    for address in (reverse("market"), second, reverse("market") + "?papers=conformity&q=包菜"):
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        assert len(asked) <= 5, [query["sql"][:120] for query in asked]
    with CaptureQueriesContext(connection) as asked:
        page(client, lots[0])
    assert len(asked) <= 15, [query["sql"][:120] for query in asked]


# For programs


def growers(client, **asked):
    return client.get(
        reverse("api-grower-list"), {"produce": "cabbage", "from": "2026-11-01", "to": "2026-12-31"} | asked
    )


def declared(household, produce, by, *, area_cmu=100):
    return a_season(
        household, produce, area_cmu=area_cmu, harvest_from=dt.date(2026, 11, 10), harvest_to=dt.date(2026, 12, 10),
        by=by,
    )  # fmt: skip


def test_an_officer_asks_who_grows_this_then_and_reads_numbers_of_households_of_the_own_area_only(
    client, xiuying_household, guiying_household, other_village, cabbage, cadre_liu, township_officer, inspector_he
):
    declared(xiuying_household, cabbage, cadre_liu, area_cmu=150)
    declared(guiying_household, cabbage, cadre_liu)
    far = a_household(other_village)
    declared(far, cabbage, cadre_liu)

    answer = growers(login(client, township_officer))

    assert answer.json()["results"] == [
        {"household": h.number, "village": "360735102208", "capacity_kg": kg, "on_sale_kg": "0"}
        for h, kg in ((xiuying_household, "6000"), (guiying_household, "4000"))
    ]
    assert growers(client, **{"from": "2026-12-11"}).json()["results"] == []
    assert growers(client, area="360735104").status_code == 403
    client.logout()
    login(client, inspector_he)
    assert len(growers(client).json()["results"]) == 3
    assert [row["household"] for row in growers(client, area="360735104").json()["results"]] == [far.number]


@pytest.mark.parametrize(
    "asked",
    [
        {"produce": "nothing"},
        {"from": ""},
        {"to": "2026-13-01"},
        {"to": "2026-10-01"},
        {"to": "2028-01-01"},
        {"area": "36'"},
    ],
)
def test_a_question_about_growers_that_cannot_be_read_is_refused(client, cabbage, inspector_he, asked):
    assert growers(login(client, inspector_he), **asked).status_code in (400, 404)


@pytest.mark.parametrize("who", ["xiuying", "chef_chen", "cadre_liu", "olga"])
def test_nobody_else_asks_who_grows_what(client, cabbage, who, request):
    assert growers(login(client, request.getfixturevalue(who))).status_code == 403


def test_a_household_reads_its_own_seasons_with_what_they_count(
    client, xiuying, xiuying_household, guiying, cabbage, cadre_liu
):
    season = declared(xiuying_household, cabbage, cadre_liu, area_cmu=150)
    a_listing(xiuying_household, cabbage, kg=80, at=clock.now())

    [mine] = login(client, xiuying).get(reverse("api-plot-list")).json()["results"]

    assert mine == {
        "id": season.pk, "produce": "cabbage", "village": "360735102208", "parcel": "村东大丘", "area_mu": "1.50",
        "capacity_kg": "6000", "capacity_reason": "yield", "contracted_kg": "0", "listed_kg": "80", "claimed_kg": "0",
        "harvest_from": "2026-11-10", "harvest_to": "2026-12-10",
    }  # fmt: skip
    client.logout()
    assert login(client, guiying).get(reverse("api-plot-list")).json() == {"results": []}


def test_papers_of_a_lot_are_told_and_where_they_are_checked_to_who_has_to_do_with_it(
    client, lot, olga, chef_chen, xiuying, inspector_he
):
    paper = commit(lot)
    address, check = reverse("api-listing-papers", args=[lot.pk]), reverse("paper-check", args=[paper.code])

    found = []
    for who in (olga, chef_chen, xiuying, inspector_he):
        login(client, who)
        [row] = client.get(address).json()["results"]
        assert (row["number"], row["kind"], row["status"]) == (paper.number, "conformity", "valid")
        found.append(row["check_url"].endswith(check))
        client.logout()

    assert found == [False, True, True, True]
    assert login(client, olga).get(reverse("api-listing-papers", args=[lot.pk + 1])).status_code == 404
