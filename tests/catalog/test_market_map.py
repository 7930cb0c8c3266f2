"""The market as a map: the same question as the board's, by villages; a table says what the picture shows."""

import gzip
import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.models import Place
from accounts.services.places import set_point
from catalog.map_drawing import Spot, draw
from catalog.selectors import market, market_map
from catalog.selectors.search import Question
from catalog.services import listings
from kernel import clock, near
from tests.factories import MONDAY, a_household, a_listing

pytestmark = pytest.mark.django_db
PAGE = "/market/map/"


@pytest.fixture(autouse=True)
def _today(now):
    cache.clear()
    near.forget_all()


@pytest.fixture
def goods(xiuying, xiuying_household, guiying, guiying_household, other_village, cabbage, duck, changxi, inspector_he):
    """Cabbage of two households and ducks in Changxi, cabbage in the other village, which has no point."""
    set_point(changxi, latitude_e6=26_350_000, longitude_e6=116_350_000, radius_m=900, by=inspector_he, at=MONDAY)
    far = a_household(other_village, name="赖春生")
    return [
        a_listing(xiuying_household, cabbage, kg=100, by=xiuying),
        a_listing(guiying_household, cabbage, kg=80, by=guiying),
        a_listing(xiuying_household, duck, kg=30, price_fen=1800, by=xiuying),
        a_listing(far, cabbage, kg=55, by=xiuying, consent="phone"),
    ]


def shown(client, query=""):
    answer = client.get(PAGE + query)
    assert answer.status_code == 200
    return answer.content.decode()


def rows_of(page) -> dict:
    """Return lots and kilograms by village as the table says them."""
    cell = '<td class="num">([^<]*)</td>'
    found = re.findall(rf'<th scope="row"><a class="tap" href="[^"]*">([^<]*)</a>(?s:.*?){cell}\s*{cell}', page)
    return {village: (lots, kg) for village, lots, kg in found}


def test_anybody_sees_how_much_lies_in_each_village(client, goods, changxi, other_village):
    page = shown(client)

    assert goods[2].grams(goods[2].listed) == 52_500  # 30 ducks of usually 1.75 kg
    assert rows_of(page) == {changxi.short_name: ("3", "232.5"), other_village.short_name: ("1", "55")}
    assert f"<title>{changxi.parent.name}{changxi.short_name} 3 批 232.5 公斤</title>" in page
    assert page.count("位置不详") == 1 and other_village.short_name not in page.split("</svg>")[0].split("<svg")[1]
    assert "黄" not in page and "<script" not in page.split("<main")[1].split("</main")[0]


def test_it_answers_the_question_of_the_board(client, goods, changxi, other_village):
    assert rows_of(shown(client, "?q=包菜")) == {
        changxi.short_name: ("2", "180"),
        other_village.short_name: ("1", "55"),
    }
    assert rows_of(shown(client, "?price_from=20")).keys() == {changxi.short_name}
    assert rows_of(shown(client, f"?township={changxi.parent_id}&keeps=3&price_to=0.01")) == {}
    assert "先过期" not in shown(client)
    listings.withdraw(goods[1], reason="eaten", by=goods[1].made_by, at=MONDAY)
    cache.clear()
    assert rows_of(shown(client, "?q=包菜"))[changxi.short_name] == ("1", "100")


def test_list_and_map_lead_to_each_other_with_the_same_question(client, goods, changxi):
    board = client.get("/market/?q=包菜&keeps=30").content.decode()
    link = re.search(r'href="(/market/map/\?[^"]*)"', board)[1].replace("&amp;", "&")
    page = client.get(link).content.decode()

    assert 'href="/market/?q=%E5%8C%85%E8%8F%9C&amp;keeps=30"' in page
    narrowed = re.search(r'href="(/market/\?[^"]*village=' + changxi.pk + ')"', page)[1].replace("&amp;", "&")
    listed = client.get(narrowed).content.decode()
    assert [str(lot.pk) for lot in goods if f"/market/{lot.pk}/" in listed] == [str(lot.pk) for lot in goods[:2]]
    assert f"只看{changxi.short_name}" in listed


def test_what_cannot_be_read_shows_all_and_says_so(client, goods):
    for query in ("?price_from=abc", "?village=../..", "?township=1"):
        answer = client.get(PAGE + query)
        assert answer.status_code == 400 and len(rows_of(answer.content.decode())) == 2


def test_without_goods_and_without_points_there_is_no_picture(client, changxi):
    page = shown(client)

    assert "<svg role=" not in page and "<table" not in page


def test_it_costs_four_queries_at_most_and_none_within_the_minute(client, goods, django_assert_max_num_queries):
    market.board(clock.now())
    market.usual(clock.county_day(clock.now()))
    with django_assert_max_num_queries(4):
        client.get(PAGE)
    with django_assert_max_num_queries(0):
        client.get(PAGE)


def test_a_county_full_of_villages_stays_small(client, goods, pingshan, monkeypatch):
    villages = [
        Place(
            code=f"3607359{n:05d}", level="village", parent=pingshan, name=f"第{n:03d}村委会",
            latitude_e6=26_000_000 + n * 3_000, longitude_e6=116_200_000 + n % 17 * 20_000,
        )
        for n in range(150)
    ]  # fmt: skip
    Place.objects.bulk_create(villages)
    lying = {one.code: market_map.Lying(1234, 98_765_432) for one in villages}
    monkeypatch.setattr(market_map, "_count", lambda *_args: market_map.Counted(MONDAY, lying))

    answer = client.get(PAGE)

    assert len(answer.content) <= 60 * 1024 and len(gzip.compress(answer.content)) <= 12 * 1024
    assert answer.content.decode().split("county-map")[1].split("</svg>")[0].count("<circle") == 151


def test_on_a_crowded_board_only_what_spoils_first_is_sifted(client, goods, monkeypatch):
    monkeypatch.setattr(market_map, "REACH", 2)

    assert "先过期" in shown(client, "?price_from=0.1")
    asked = Question(price_from=10)
    counted = market_map.counts(asked, board=market.board(clock.now()), at=MONDAY, day=clock.county_day(MONDAY))
    assert sum(lying.lots for lying in counted.by_village.values()) == 2


def test_the_picture_keeps_directions_and_surfaces():
    north = Spot("甲", "上乡", 26_400_000, 116_300_000, 400_000, "")
    south = Spot("乙", "下镇", 26_000_000, 116_500_000, 100_000, "")

    picture = draw([north, south])

    first, second = picture.circles
    assert first.r > second.r and (second.r - 6) * 2 == pytest.approx(first.r - 6, abs=1)
    assert float(first.x[:-1]) < float(second.x[:-1]) and float(first.y[:-1]) < float(second.y[:-1])
    assert [name.text for name in picture.names] == ["上乡", "下镇"]
    assert draw([]) is None and len(draw([north]).circles) == 1


def test_the_map_has_a_name(client):
    assert reverse("market-map") == PAGE


def test_the_whole_board_again_begins_at_its_beginning(client, goods, changxi):
    village = f"{reverse('market')}?village={changxi.code}&category=vegetable"

    again = client.get(f"{village}&cursor=x&filters=1").context["within"].url

    assert again == f"{reverse('market')}?category=vegetable"
