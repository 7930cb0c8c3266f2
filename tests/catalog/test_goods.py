"""One's own goods: every kilo's fate, another price, still there, taken back, 「不是我」; a stranger sees nothing."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Message
from catalog.models import Listing, Movement
from catalog.services import kilos, listings, stale
from kernel import clock
from tests.factories import a_listing, login
from tests.guards.rows import past_triggers

pytestmark = pytest.mark.django_db
STEPS = (
    "my-listing",
    "listing-price",
    "listing-confirm",
    "listing-harvest",
    "listing-withdraw",
    "listing-receipt",
    "listing-dispute",
)


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def lot(xiuying_household, xiuying, cabbage, now):
    return a_listing(xiuying_household, cabbage, kg=600, by=xiuying, at=now)


@pytest.fixture
def farmer(client, xiuying):
    return login(client, xiuying)


def moved(lot, source, target, quantity, number):
    kilos.move_kilos(
        [kilos.KiloMove(lot.pk, source, target, quantity, f"t:{number}")], by=lot.made_by, at=lot.listed_at
    )


def test_every_kilo_is_accounted_for(farmer, lot):
    for number, (source, target, kg) in enumerate(
        [("free", "reserved", 460), ("reserved", "sold", 380), ("free", "claimed", 50), ("free", "withdrawn", 10)]
    ):
        moved(lot, source, target, kg * 1000, number)

    page = farmer.get(reverse("my-listing", args=[lot.pk]))

    fates = {fate.key: (fate.jin, fate.kg) for fate in page.context["fates"]}
    assert fates == {
        "paid": ("760", "380"),  # nothing is owed to this household, so nothing waits for its money
        "booked": ("160", "80"),
        "loss": ("100", "50"),
        "own": ("20", "10"),
        "sale": ("160", "80"),
    }
    assert sum(fate.share for fate in page.context["fates"]) == 1000
    assert page.context["balanced"] and page.context["total"] == "1,200"
    assert len(page.context["steps"]) == 5


def test_sold_goods_wait_for_their_money_while_anything_is_owed(farmer, lot):
    from ledger.services import transfers

    moved(lot, "free", "reserved", 100_000, 1)
    moved(lot, "reserved", "sold", 100_000, 2)
    source = transfers.open_account("test:fund", "source", guarded=False)
    transfers.transfer(
        reference="t", debit_id=source.pk, credit_id=lot.payee_account_id, amount_fen=160_00, at=lot.listed_at
    )

    page = farmer.get(reverse("my-listing", args=[lot.pk]))

    assert [fate.key for fate in page.context["fates"]] == ["owed", "sale"]


def test_my_goods_are_listed_newest_first_in_few_queries(
    farmer, lot, xiuying_household, cabbage, now, django_assert_max_num_queries
):
    for _more in range(24):
        a_listing(xiuying_household, cabbage, kg=10, by=lot.made_by, at=now)
    farmer.get(reverse("my-listings"))

    with django_assert_max_num_queries(7):  # two of them: whose goods, and whether it is away
        page = farmer.get(reverse("my-listings"))

    assert len(page.context["listings"]) == 20
    rest = farmer.get(reverse("my-listings") + page.context["pages"].next_url)
    assert len(rest.context["listings"]) == 5


def test_another_price(farmer, lot):
    address = reverse("listing-price", args=[lot.pk])
    idem = farmer.get(address).context["form"]["idem"].value()

    done = farmer.post(address, {"price": "0.70", "idem": idem})
    again = farmer.post(address, {"price": "0.70", "idem": idem})

    lot.refresh_from_db()
    assert done.url == again.url == reverse("my-listing", args=[lot.pk])
    assert lot.price_fen == 70 and lot.prices.count() == 2


def test_a_price_that_cannot_be_read_stays_in_the_field(farmer, lot):
    answer = farmer.post(reverse("listing-price", args=[lot.pk]), {"price": "七毛左右", "idem": "k"})

    assert answer.status_code == 400 and "七毛左右" in answer.content.decode()
    assert lot.prices.count() == 1


def test_the_same_key_for_another_price_is_refused(farmer, lot):
    address = reverse("listing-price", args=[lot.pk])
    farmer.post(address, {"price": "0.70", "idem": "k"})

    answer = farmer.post(address, {"price": "0.60", "idem": "k"})

    lot.refresh_from_db()
    assert answer.status_code == 400 and lot.price_fen == 70


def pressed(client, acts: list[dict], name: str, **more):
    """Press the one-tap button that leads to the address of this name, with what stands in its form."""
    act = next(act for act in acts if act.url.endswith(f"/{name}/"))
    return client.post(act.url, act.fields | more)


def test_ten_cents_less_and_still_there_are_one_tap_in_the_list(farmer, lot, now):
    Listing.objects.filter(pk=lot.pk).update(asked_at=now)
    row = farmer.get(reverse("my-listings")).context["listings"][0]

    cheaper = pressed(farmer, row.quick, "price", **{"from": "list"})
    again = pressed(farmer, row.quick, "price", **{"from": "list"})
    still = pressed(farmer, row.quick, "confirm", **{"from": "list"})

    assert cheaper.url == again.url == still.url == reverse("my-listings")
    lot.refresh_from_db()
    assert (lot.price_fen, lot.asked_at, lot.prices.count()) == (70, None, 2)


def test_below_ten_cents_there_is_no_ten_cents_less(farmer, xiuying_household, xiuying, cabbage, now):
    a_listing(xiuying_household, cabbage, kg=10, price_fen=10, by=xiuying, at=now)

    row = farmer.get(reverse("my-listings")).context["listings"][0]

    assert [act.url.rstrip("/").rsplit("/", 1)[-1] for act in row.quick] == ["confirm"]


def test_what_it_cost_stands_there_from_the_second_price_on(farmer, lot):
    address = reverse("my-listing", args=[lot.pk])
    page = farmer.get(address)
    assert page.context["prices"] == []

    pressed(farmer, page.context["actions"], "price")

    prices = farmer.get(address).context["prices"]
    assert [price.value for price in prices] == ["0.70 元一斤", "0.80 元一斤"]


def test_at_most_four_acts_stand_beside_each_other(farmer, lot):
    page = farmer.get(reverse("my-listing", args=[lot.pk]))

    first, more = page.context["actions"], page.context["more_actions"]
    assert [act.label for act in first] == ["还在", "降到 0.70 元", "货坏了", "收回一些"]
    assert len({act.label for act in first + more}) == len(first + more) > 4


def test_a_forecast_is_harvested_with_one_tap(farmer, xiuying_household, xiuying, cabbage, now):
    today = clock.county_day(now)
    week = (today + dt.timedelta(3), today + dt.timedelta(5))
    lot = a_listing(xiuying_household, cabbage, kg=100, by=xiuying, at=now, expected=week)
    row = farmer.get(reverse("my-listings")).context["listings"][0]
    assert row.status.text == "还没收，先报上"

    pressed(farmer, row.quick, "harvest", **{"from": "list"})
    twice = pressed(farmer, row.quick, "harvest", **{"from": "list"})

    lot.refresh_from_db()
    assert (lot.harvested_on, lot.sell_by) == (today, today + dt.timedelta(cabbage.shelf_days))
    assert twice.url == reverse("my-listings")
    assert "harvest" not in str(farmer.get(reverse("my-listings")).context["listings"][0].quick)


@pytest.mark.parametrize("day", ["2099-01-01", "2001-01-01", "2026-02-30", ""])
def test_a_day_on_which_nothing_was_harvested_is_asked_again(farmer, xiuying_household, xiuying, cabbage, now, day):
    today = clock.county_day(now)
    lot = a_listing(xiuying_household, cabbage, kg=100, by=xiuying, at=now, expected=(today, today))

    answer = farmer.post(reverse("listing-harvest", args=[lot.pk]), {"idem": "h", "on": day})

    assert answer.status_code == 400 and "on" in answer.context["form"].errors
    lot.refresh_from_db()
    assert lot.harvested_on is None


def test_what_is_harvested_is_not_harvested_again(farmer, lot):
    answer = farmer.post(reverse("listing-harvest", args=[lot.pk]), {"idem": "h", "on": lot.harvested_on.isoformat()})

    assert answer.status_code == 400
    assert answer.context["form"].non_field_errors()


def test_still_there_brings_it_back(farmer, lot, now):
    import datetime as dt

    stale.expire_stale(at=now + dt.timedelta(days=7))
    page = farmer.get(reverse("my-listing", args=[lot.pk]))
    assert page.context["actions"][0].url == reverse("listing-confirm", args=[lot.pk])

    farmer.post(reverse("listing-confirm", args=[lot.pk]), {"idem": "k"})

    lot.refresh_from_db()
    assert lot.status == "on_sale"


def test_part_is_taken_back_once(farmer, lot):
    address = reverse("listing-withdraw", args=[lot.pk])

    for _twice in range(2):
        farmer.post(address, {"reason": "eaten", "quantity": "40", "idem": "k"})

    lot.refresh_from_db()
    assert (lot.withdrawn, lot.status) == (20_000, "on_sale")


@pytest.mark.parametrize("typed", ["5000", "-1", "0", "NaN", "1e3"])
def test_more_than_there_is_is_not_taken_back(farmer, lot, typed):
    answer = farmer.post(
        reverse("listing-withdraw", args=[lot.pk]), {"reason": "eaten", "quantity": typed, "idem": "k"}
    )

    assert answer.status_code == 400 and typed in answer.content.decode()
    assert not Movement.objects.exists()


def test_without_a_reason_nothing_is_taken_back(farmer, lot):
    answer = farmer.post(reverse("listing-withdraw", args=[lot.pk]), {"quantity": "40", "idem": "k"})

    assert answer.status_code == 400
    assert not Movement.objects.exists()


def test_not_me(client, xiuying, cadre_liu, xiuying_household, cabbage, bureau, now):
    lot = a_listing(xiuying_household, cabbage, by=cadre_liu, consent="phone", at=now)
    login(client, xiuying)
    page = client.get(reverse("my-listing", args=[lot.pk]))
    assert page.context["dispute"].url == reverse("listing-dispute", args=[lot.pk])

    client.post(page.context["dispute"].url, {"idem": "k"})

    lot.refresh_from_db()
    assert lot.status == "withdrawn"
    assert Message.objects.filter(kind="listing_disputed").count() == 1


def test_only_the_household_says_not_me(client, cadre_liu, xiuying_household, cabbage, now):
    lot = a_listing(xiuying_household, cabbage, by=cadre_liu, consent="phone", at=now)
    login(client, cadre_liu)

    assert client.post(reverse("listing-dispute", args=[lot.pk]), {"idem": "k"}).status_code == 403
    lot.refresh_from_db()
    assert lot.status == "on_sale"


def test_nobody_elses_goods_exist(client, lot, guiying, chef_chen, olga, coop_manager, township_officer):
    for user in (guiying, chef_chen, olga, coop_manager, township_officer):
        login(client, user)
        for name in STEPS:
            address = reverse(name, args=[lot.pk])
            assert client.get(address).status_code == 404, (user, name)
            assert client.post(address, {"idem": "k", "price": "0.10", "reason": "eaten"}).status_code in (404, 405)
    lot.refresh_from_db()
    assert (lot.status, lot.price_fen, lot.withdrawn) == ("on_sale", 80, 0)


def test_the_cadre_of_the_village_may_help(client, lot, cadre_wu):
    login(client, cadre_wu)

    assert client.get(reverse("my-listing", args=[lot.pk])).status_code == 200
    client.post(reverse("listing-price", args=[lot.pk]), {"price": "0.70", "idem": "k"})

    assert Message.objects.get().kind == "price_changed_for_you"


def test_whoever_checks_goods_may_stop_a_sale_and_only_they(client, lot, inspector_he, cadre_liu, chef_chen):
    address = reverse("listing-stop", args=[lot.pk])
    for user in (cadre_liu, chef_chen):
        login(client, user)
        assert client.post(address, {"reason": "农残抽检"}).status_code == 403

    login(client, inspector_he)
    assert "农残" not in client.get(reverse("listing-detail", args=[lot.pk])).content.decode()
    for _tap in range(2):
        assert client.post(address, {"reason": "农残抽检", "idem": "a" * 32}).status_code == 302
    assert Listing.objects.get().status == "stopped"
    assert Message.objects.filter(kind="sale_stopped").count() == 1
    client.post(reverse("listing-resume", args=[lot.pk]), {"idem": "b" * 32})
    assert Listing.objects.get().status == "on_sale"


def test_animals_are_told_by_the_head(farmer, xiuying_household, duck, xiuying, now):
    lot = a_listing(xiuying_household, duck, kg=12, price_fen=1700, by=xiuying, at=now)
    listings.withdraw(lot, reason="eaten", quantity=2, by=xiuying, at=now)

    page = farmer.get(reverse("my-listing", args=[lot.pk]))

    assert page.context["balanced"]
    assert page.context["goods"].title.startswith("土鸭 12")
    assert [fate.kg for fate in page.context["fates"]] == ["3.5", "17.5"]


@pytest.mark.parametrize("name", STEPS)
def test_a_number_no_database_can_hold_is_not_found(farmer, cabbage, name):
    assert farmer.get(reverse(name, args=[10**29])).status_code == 404


def test_what_spoils_soon_stands_first_and_what_was_taken_down_apart(client, xiuying, xiuying_household, cabbage, now):
    keeps = [a_listing(xiuying_household, cabbage, kg=kg, by=xiuying, at=now) for kg in (11, 22, 33)]
    with past_triggers():
        Listing.objects.filter(pk=keeps[0].pk).update(sell_by=clock.county_day(clock.now()))
    listings.withdraw(keeps[1], reason="eaten", by=xiuying, at=clock.now())
    login(client, xiuying)

    everything = client.get(reverse("my-listings")).context["listings"]
    down = client.get(reverse("my-listings") + "?view=down").context["listings"]

    assert [row.url for row in everything] == [reverse("my-listing", args=[keeps[n].pk]) for n in (0, 2)]
    assert [row.url for row in down] == [reverse("my-listing", args=[keeps[1].pk])]


def test_a_view_that_is_none_is_said_so(client, xiuying, xiuying_household, cabbage, now):
    a_listing(xiuying_household, cabbage, kg=11, by=xiuying, at=now)
    login(client, xiuying)

    answer = client.get(reverse("my-listings"), {"view": "bogus"})

    assert answer.status_code == 400 and len(answer.context["listings"]) == 1
    assert "有的条件看不懂，先把全部列出来。" in answer.content.decode()
    assert client.get(reverse("my-listings"), {"view": "open"}).status_code == 200
