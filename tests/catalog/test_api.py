"""The market for programs: the same rules and refusals as the pages; one key acts once; a name is never told."""

import json

import pytest
from django.urls import reverse

from catalog.models import Listing, Movement
from catalog.services import listings
from kernel import clock
from tests.factories import a_listing, login

pytestmark = pytest.mark.django_db


@pytest.fixture
def today(db):
    return clock.county_day(clock.now())


@pytest.fixture
def farmer(client, xiuying):
    return login(client, xiuying)


@pytest.fixture
def asked(cabbage, today):
    return {"produce": "cabbage", "kg": "100", "yuan_per_jin": "0.80", "harvested_on": today.isoformat()}


def send(client, address, body, key="k1"):
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(
        address, body if isinstance(body, str) else json.dumps(body), "application/json", headers=headers
    )


def test_a_list_refuses_what_it_is_not_narrowed_by(client, xiuying, cabbage, now):
    login(client, xiuying)
    lists = {"listings": "produces", f"produce/{cabbage.code}/prices": "x", "sales": "stauts", "returns": "status"}
    for address, mistyped in lists.items():
        assert client.get(f"/api/v1/{address}/", {mistyped: "x"}).status_code == 400, address
        assert client.get(f"/api/v1/{address}/").status_code == 200, address


def test_a_farmer_lists_and_reads_it_back(farmer, asked):
    answer = send(farmer, reverse("api-listing-list"), asked)

    assert answer.status_code == 201
    body = answer.json()
    assert (body["free_kg"], body["yuan_per_kg"], body["listed"], body["status"]) == ("100", "1.60", 100_000, "on_sale")
    assert farmer.get(reverse("api-listing-detail", args=[body["id"]])).json()["number"] == body["number"]
    assert [row["id"] for row in farmer.get(reverse("api-listing-list")).json()["results"]] == [body["id"]]


def test_the_same_key_acts_once_and_another_body_under_it_is_refused(farmer, asked):
    first = send(farmer, reverse("api-listing-list"), asked)
    again = send(farmer, reverse("api-listing-list"), asked)
    other = send(farmer, reverse("api-listing-list"), asked | {"kg": "101"})

    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert Listing.objects.count() == 1


def test_without_a_key_nothing_is_listed(farmer, asked):
    assert send(farmer, reverse("api-listing-list"), asked, key="").status_code == 400
    assert send(farmer, reverse("api-listing-list"), asked, key="k" * 65).status_code == 400
    assert not Listing.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"kg": "NaN"},
        {"kg": "-1"},
        {"kg": "0"},
        {"kg": "1e5"},
        {"kg": "1_000"},
        {"kg": "一百"},
        {"kg": True},
        {"kg": [1]},
        {"kg": {}},
        {"kg": None},
        {"kg": "9" * 30},
        {"kg": "0.0001"},
        {"pieces": 3},
        {"yuan_per_jin": "0"},
        {"yuan_per_jin": "0.001"},
        {"yuan_per_jin": "99999999"},
        {"yuan_per_jin": 1e300},
        {"produce": "durian"},
        {"produce": "x" * 100},
        {"grade": "special"},
        {"harvested_on": "2026-02-30"},
        {"harvested_on": "45000"},
        {"harvested_on": "2099-01-01"},
    ],
)
def test_what_cannot_be_is_a_400_and_nothing_is_listed(farmer, asked, change):
    answer = send(farmer, reverse("api-listing-list"), asked | change)

    assert answer.status_code == 400, answer.json()
    assert answer.json()["message"]
    assert not Listing.objects.exists()


@pytest.mark.parametrize("body", ['{"kg": NaN}', '{"kg": 1, "kg": 2}', "[", '"x"', "[1]"])
def test_what_is_no_proper_json_is_a_400(farmer, cabbage, body):
    assert send(farmer, reverse("api-listing-list"), body).status_code == 400


def test_what_a_client_says_about_owner_and_status_is_not_heard(farmer, asked, guiying_household, xiuying_household):
    send(
        farmer,
        reverse("api-listing-list"),
        asked | {"household": str(guiying_household.pk), "status": "expired", "sold": 5},
    )

    lot = Listing.objects.get()
    assert (lot.household, lot.status, lot.sold) == (xiuying_household, "on_sale", 0)


def test_ducks_are_listed_by_the_head(farmer, duck, asked):
    body = {name: value for name, value in asked.items() if name != "kg"} | {"produce": "duck", "pieces": 12}

    assert send(farmer, reverse("api-listing-list"), body).json()["free_pieces"] == 12
    assert send(farmer, reverse("api-listing-list"), asked | {"produce": "duck"}, key="k2").status_code == 400


def test_price_withdrawal_and_confirmation(farmer, xiuying_household, xiuying, cabbage):
    lot = a_listing(xiuying_household, cabbage, by=xiuying, at=clock.now())

    priced = send(farmer, reverse("api-listing-price", args=[lot.pk]), {"yuan_per_jin": "0.70"}, "a")
    for _twice in range(2):
        taken = send(farmer, reverse("api-listing-withdraw", args=[lot.pk]), {"reason": "eaten", "kg": "40"}, "b")
    confirmed = send(farmer, reverse("api-listing-confirm", args=[lot.pk]), {}, "c")

    assert priced.json()["yuan_per_kg"] == "1.40"
    assert (taken.json()["withdrawn"], taken.json()["free"]) == (40_000, 60_000)
    assert confirmed.status_code == 200
    assert Movement.objects.count() == 1
    too_much = send(farmer, reverse("api-listing-withdraw", args=[lot.pk]), {"reason": "eaten", "kg": "61"}, "d")
    assert (too_much.status_code, too_much.json()["code"]) == (409, "not_enough_produce")


def test_nobody_changes_anybody_elses_goods(client, xiuying_household, xiuying, cabbage, guiying, chef_chen, olga):
    lot = a_listing(xiuying_household, cabbage, by=xiuying, at=clock.now())

    for user in (guiying, chef_chen, olga):
        login(client, user)
        for name, body in (
            ("price", {"yuan_per_jin": "0.10"}),
            ("withdraw", {"reason": "eaten"}),
            ("confirm", {}),
        ):
            assert send(client, reverse(f"api-listing-{name}", args=[lot.pk]), body).status_code == 404
    lot.refresh_from_db()
    assert (lot.price_fen, lot.withdrawn) == (80, 0)


def test_who_has_no_household_lists_nothing(client, olga, asked):
    assert send(login(client, olga), reverse("api-listing-list"), asked).status_code == 403


def test_nothing_is_told_to_who_is_not_signed_in(client, cabbage):
    assert client.get(reverse("api-listing-list")).status_code == 403
    assert client.get(reverse("api-produce-list")).status_code == 403


def test_a_buyer_reads_the_market_and_no_name(client, chef_chen, xiuying_household, xiuying, cabbage):
    lot = a_listing(xiuying_household, cabbage, by=xiuying, at=clock.now())
    login(client, chef_chen)

    page = client.get(reverse("api-listing-list"), {"q": "bc", "price_to": "2"})
    one = client.get(reverse("api-listing-detail", args=[lot.pk]))

    assert [row["id"] for row in page.json()["results"]] == [lot.pk]
    for text in (page.content.decode(), one.content.decode()):
        assert "秀英" not in text and str(xiuying_household.pk) not in text and '"reserved"' not in text


@pytest.mark.parametrize("question", [{"price_to": "1e5"}, {"keeps": "x"}, {"category": "nothing"}])
def test_a_filter_that_cannot_be_read_is_a_400(farmer, cabbage, question):
    assert farmer.get(reverse("api-listing-list"), question).status_code == 400


def test_the_dictionary_has_its_units(farmer, cabbage, duck):
    rows = {row["code"]: row for row in farmer.get(reverse("api-produce-list")).json()}

    assert (rows["duck"]["unit"], rows["duck"]["piece_kg"]) == ("piece", "1.75")
    assert (rows["cabbage"]["unit"], rows["cabbage"]["piece_kg"]) == ("g", None)


def test_an_answer_is_not_made_again_until_something_was_written(client, olga, xiuying, xiuying_household, cabbage):
    a_listing(xiuying_household, cabbage, kg=10, by=xiuying, at=clock.now())
    login(client, olga)

    def asked_again(address="/api/v1/listings/"):
        tag = client.get("/api/v1/listings/")["ETag"]
        return client.get(address, headers={"if-none-match": tag})

    # Another test may write to the same server in between, which is a new tag: once in many is proof.
    answers = [asked_again() for _once in range(40)]
    assert 304 in {answer.status_code for answer in answers}
    assert {answer.content for answer in answers if answer.status_code == 304} == {b""}
    assert asked_again("/api/v1/listings/?q=zzz").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_tag_changes_with_every_price(client, olga, xiuying, xiuying_household, cabbage):
    lot = a_listing(xiuying_household, cabbage, kg=10, by=xiuying, at=clock.now())
    login(client, olga)
    tag = client.get("/api/v1/listings/")["ETag"]

    listings.change_price(lot, price_fen=70, sure=True, by=xiuying, at=clock.now())

    answer = client.get("/api/v1/listings/", headers={"if-none-match": tag})
    assert answer.status_code == 200
    assert [row["yuan_per_kg"] for row in answer.json()["results"]] == ["1.40"]
