"""The market: for everybody, without a household's name, narrowed as asked, in few queries at any page."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Listing
from catalog.services import kilos, listings
from kernel import clock
from kernel.numbers import Kind, number_of
from produce.models import Produce, ReferencePrice
from tests.factories import a_household, a_listing, login

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def today(now):
    return clock.county_day(now)


def fresh(household, produce, now, days=0, **more):
    lot = a_listing(household, produce, at=now, **more)
    Listing.objects.filter(pk=lot.pk).update(sell_by=lot.sell_by + dt.timedelta(days=days))
    return lot


def names(answer):
    return [row.name for row in answer.context["rows"]]


def test_anybody_sees_the_board_and_nobody_a_name(client, xiuying_household, cabbage, now):
    fresh(xiuying_household, cabbage, now)

    answer = client.get(reverse("market"))

    text = answer.content.decode()
    assert answer.status_code == 200
    assert names(answer) == ["包菜"]
    assert "屏山镇长溪村" in text and "秀英" not in text and xiuying_household.phone not in text
    assert answer.context["rows"][0].take_url == "" and answer.context["rows"][0].seller_kind == ""


def test_what_spoils_first_comes_first_and_what_is_gone_is_gone(client, xiuying_household, cabbage, xiuying, now):
    later = fresh(xiuying_household, cabbage, now, days=5)
    soon = fresh(xiuying_household, cabbage, now)
    spoiled = fresh(xiuying_household, cabbage, now, days=-11)
    promised = fresh(xiuying_household, cabbage, now)
    taken_down = fresh(xiuying_household, cabbage, now)
    kilos.move_kilos([kilos.KiloMove(promised.pk, "free", "reserved", 100_000, "a:1")], by=xiuying, at=now)
    listings.withdraw(taken_down, reason="eaten", by=xiuying, at=now)

    answer = client.get(reverse("market"))

    shown = [row.url for row in answer.context["rows"]]
    assert shown == [reverse("listing-detail", args=[soon.pk]), reverse("listing-detail", args=[later.pk])]
    assert reverse("listing-detail", args=[spoiled.pk]) not in shown


def test_a_price_is_shown_for_a_kilogram_beside_what_the_county_pays(client, xiuying_household, cabbage, now, today):
    ReferencePrice.objects.create(produce=cabbage, day=today, source="县城市场", avg_fen=100)
    fresh(xiuying_household, cabbage, now, price_fen=90)

    row = client.get(reverse("market")).context["rows"][0]

    assert (row.price, row.reference, row.reference_high) == ("1.80", "2.00", False)
    assert "10" in row.reference_note


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ({"category": "poultry"}, ["土鸭"]),
        ({"category": ["poultry", "vegetable"]}, ["包菜", "土鸭"]),
        ({"q": "卷心菜"}, ["包菜"]),
        ({"q": "bc"}, ["包菜"]),
        ({"q": "长溪"}, ["包菜", "土鸭"]),
        ({"q": "榴莲"}, []),
        ({"seller": "cooperative"}, []),
        ({"seller": "household"}, ["包菜", "土鸭"]),
        ({"township": "360735102000"}, ["包菜", "土鸭"]),
        ({"keeps": "7"}, []),
        ({"keeps": "30"}, ["包菜", "土鸭"]),
        ({"price_to": "2"}, ["包菜"]),
        ({"price_from": "2"}, ["土鸭"]),
        ({"price_from": "1.60", "price_to": "1.60"}, ["包菜"]),
        ({"produce": "duck"}, ["土鸭"]),
        ({"track": "certified"}, []),
    ],
)
def test_the_board_is_narrowed(client, xiuying_household, cabbage, duck, now, question, found):
    fresh(xiuying_household, cabbage, now)
    fresh(xiuying_household, duck, now, kg=12, price_fen=1700)

    answer = client.get(reverse("market"), question)

    assert answer.status_code == 200
    assert names(answer) == found


@pytest.mark.parametrize(
    "question",
    [
        {"category": "' OR 1=1"},
        {"township": "1"},
        {"price_to": "1e5"},
        {"price_to": "NaN"},
        {"price_from": "-1"},
        {"keeps": "99999999999"},
        {"q": "x" * 41},
    ],
)
def test_a_question_that_cannot_be_read_is_said_so(client, xiuying_household, cabbage, now, question):
    fresh(xiuying_household, cabbage, now)

    answer = client.get(reverse("market"), question)

    assert answer.status_code == 400
    assert names(answer) == ["包菜"]


@pytest.mark.parametrize("door", ["market", "market-map"])
def test_prices_upside_down_are_no_market_without_goods(client, olga, xiuying_household, cabbage, now, door):
    fresh(xiuying_household, cabbage, now)

    answer = client.get(reverse(door), {"price_from": "10", "price_to": "5"})

    assert answer.status_code == 400 and "最高价比最低价还低" in answer.content.decode()
    assert client.get(reverse(door), {"price_from": "5", "price_to": "5"}).status_code == 200
    program = login(client, olga).get(reverse("api-listing-list"), {"price_from": "10", "price_to": "5"})
    assert (program.status_code, list(program.json()["fields"])) == (400, ["price_to"])


@pytest.mark.parametrize(
    "cursor", ["x", "WyJhIiwgIm5vIGRheSIsIDFd", "WyJhIiwgNSwgNV0", "A" * 500, "WyJhIiwgIjIwMjYtMTMtNDAiLCAxXQ"]
)
def test_a_cursor_made_by_hand_is_the_first_page(client, xiuying_household, cabbage, now, cursor):
    fresh(xiuying_household, cabbage, now)

    assert names(client.get(reverse("market"), {"cursor": cursor})) == ["包菜"]


@pytest.fixture
def full_board(changxi, cabbage, now):
    """Fifty lots of ten households."""
    for _house in range(10):
        household = a_household(changxi)
        for days in range(5):
            fresh(household, cabbage, now, days=days, kg=10)


def test_pages_follow_each_other_without_a_gap(client, full_board):
    seen, address = [], reverse("market")
    while address:
        answer = client.get(address)
        seen += [row.url for row in answer.context["rows"]]
        address = answer.context["pages"].next_url

    assert len(seen) == len(set(seen)) == 50


def test_the_way_back_shows_the_same_pages(client, full_board):
    there, address = [], reverse("market")
    while address:
        answer = client.get(address)
        there.append([row.url for row in answer.context["rows"]])
        address, last = answer.context["pages"].next_url, answer
    back, answer = [], last
    while answer:
        back.append([row.url for row in answer.context["rows"]])
        address = answer.context["pages"].previous_url
        answer = client.get(address) if address else None

    assert [len(page) for page in there] == [20, 20, 10]
    assert back == there[::-1]


def test_any_page_costs_at_most_five_queries(client, full_board, chef_chen, today, cabbage):
    ReferencePrice.objects.create(produce=cabbage, day=today, source="县城市场", avg_fen=100)
    login(client, chef_chen)
    first = client.get(reverse("market"))
    pages = [
        reverse("market"),
        first.context["pages"].next_url,
        client.get(first.context["pages"].next_url).context["pages"].next_url,
        reverse("market") + "?q=bc&category=vegetable&township=360735102000&price_to=9&keeps=30",
        reverse("market") + "?q=" + "长溪",
    ]

    for address in pages:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = client.get(address)
        assert answer.context["rows"]
        assert len(asked) <= 5, [query["sql"][:120] for query in asked]


def test_goods_new_to_the_dictionary_are_named_at_once_without_a_query_each(
    client, xiuying_household, cabbage, now, request
):
    fresh(xiuying_household, cabbage, now)
    assert names(client.get(reverse("market"))) == ["包菜"]
    duck = request.getfixturevalue("duck")
    for days in range(1, 6):
        fresh(xiuying_household, duck, now, days=days, kg=10)

    with CaptureQueriesContext(connection) as asked:
        shown = names(client.get(reverse("market")))

    assert shown == ["包菜"] + [duck.name] * 5
    by_name = [query["sql"] for query in asked if 'FROM "produce_produce"' in query["sql"]]
    assert len(by_name) == 1, by_name


def test_a_buyer_sees_whom_an_order_helps_and_where_to_take_it(
    client, xiuying_household, guiying_household, cabbage, chef_chen, now
):
    fresh(xiuying_household, cabbage, now)
    fresh(guiying_household, cabbage, now)

    rows = login(client, chef_chen).get(reverse("market")).context["rows"]

    assert [bool(row.seller_kind) for row in rows] == [True, False]


def test_one_lot_is_shown_to_everybody_while_it_is_on_sale(client, xiuying_household, cabbage, xiuying, now, olga):
    lot = fresh(xiuying_household, cabbage, now)
    address = reverse("listing-detail", args=[lot.pk])

    answer = client.get(address)
    assert answer.status_code == 200
    assert "1.60" in answer.content.decode() and "秀英" not in answer.content.decode()

    listings.withdraw(lot, reason="eaten", by=xiuying, at=now)
    assert client.get(address).status_code == 404
    assert login(client, olga).get(address).status_code == 404
    assert login(client, xiuying).get(address).status_code == 200
    assert client.get("/market/99999999999999999999999999/").status_code == 404


def test_the_dictionary_shows_what_may_not_be_sold_and_why(client, cabbage):
    Produce.objects.filter(pk=cabbage.pk).update(forbidden=True, forbidden_reason="只能由烟草公司收购。")

    assert "只能由烟草公司收购" in client.get(reverse("produce-list")).content.decode()
    assert client.get(reverse("produce-list"), {"q": "没有这个"}).status_code == 200


def test_a_lot_is_found_by_the_number_that_was_said(client, xiuying_household, cabbage, now):
    lot = fresh(xiuying_household, cabbage, now)

    for typed in (lot.number, lot.number.lower().replace("-", " ")):
        assert client.get(reverse("market"), {"q": typed})["Location"] == reverse("listing-detail", args=[lot.pk])


def test_a_slip_in_a_number_is_said_and_a_number_that_nobody_has_opens_nothing(client, xiuying_household, cabbage, now):
    lot = fresh(xiuying_household, cabbage, now)
    wrong = lot.number[:-1] + str((int(lot.number[-1]) + 1) % 10)
    nobodys = number_of(Kind.LOT, clock.county_day(now), lot.pk + 1)

    assert "这个编号少了一位或错了一位" in client.get(reverse("market"), {"q": wrong}).content.decode()
    assert "集市上没有这个编号的货" in client.get(reverse("market"), {"q": nobodys}).content.decode()


def test_a_number_opens_no_lot_that_its_reader_may_not_see(
    client, xiuying_household, cabbage, cadre_liu, director_lin, now
):
    lot = fresh(xiuying_household, cabbage, now)
    listings.stop_sale(lot, reason="查", by=director_lin, at=now)

    assert "集市上没有这个编号的货" in client.get(reverse("market"), {"q": lot.number}).content.decode()
    login(client, cadre_liu)
    assert client.get(reverse("market"), {"q": lot.number})["Location"] == reverse("listing-detail", args=[lot.pk])


def test_a_number_typed_over_the_map_leads_where_the_list_would(client, xiuying_household, cabbage, now):
    lot = fresh(xiuying_household, cabbage, now)

    answer = client.get(reverse("market-map"), {"q": lot.number}, follow=True)

    assert answer.request["PATH_INFO"] == reverse("listing-detail", args=[lot.pk])
