"""Looking for goods: by any of their names, by letters, by place; what spoils first comes first, in few queries."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.filters import MarketFilter
from catalog.models import Listing
from catalog.selectors import market, search
from kernel import clock
from produce.models import Grade, Produce
from produce.selectors.dictionary import tiers
from produce.services.dictionary import load
from tests.conftest import standing
from tests.factories import a_household, a_listing, login

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def county_dictionary(django_db_setup, django_db_blocker):
    with standing(django_db_blocker, load):
        yield


@pytest.fixture
def now():
    return clock.now()


def produce(name):
    return Produce.objects.get(name=name)


def on_sale(household, name, now, *, keeps=10, **more):
    lot = a_listing(household, produce(name), at=now, **more)
    Listing.objects.filter(pk=lot.pk).update(sell_by=clock.county_day(now) + dt.timedelta(days=keeps))
    return lot


def shown(client, **question):
    answer = client.get(reverse("market"), question)
    assert answer.status_code == 200
    return [row.name for row in answer.context["rows"]]


@pytest.fixture
def stall(xiuying_household):
    now = clock.now()
    for number, name in enumerate(["通心白莲", "鲜莲子", "包菜", "白萝卜", "胡萝卜", "红薯", "红薯粉"]):
        on_sale(xiuying_household, name, now, keeps=3 + number)


@pytest.mark.parametrize(
    "asked",
    [
        "白莲",
        "莲子",
        "通心白莲",
        "bailian",
        "BaiLian",
        "bai lian",
        "ｂａｉｌｉａｎ",
        "bl",
        "BL",
        "ＢＬ",
        " ｂｌ ",
        "txbl",
    ],
)
def test_white_lotus_is_found_however_it_is_asked_for(client, stall, asked):
    assert shown(client, q=asked) == ["通心白莲"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("莲", ["鲜莲子", "通心白莲"]),
        ("bai", ["通心白莲", "白萝卜"]),
        ("b", ["通心白莲", "包菜", "白萝卜"]),
        ("baic", ["包菜"]),
        ("萝卜", ["白萝卜"]),
        ("hong", ["红薯", "红薯粉"]),
    ],
)
def test_parts_find_what_they_begin(client, stall, asked, found):
    assert set(found) <= {word.name for tier in tiers(asked) for word in tier} | set(shown(client, q=asked))


def test_what_is_called_exactly_so_is_listed_and_the_rest_is_offered(client, stall):
    answer = client.get(reverse("market"), {"q": "萝卜"})

    assert [row.name for row in answer.context["rows"]] == ["白萝卜"]
    assert [other.label for other in answer.context["meant"]] == ["胡萝卜"]
    assert shown(client, produce="carrot") == ["胡萝卜"]


def test_the_best_comes_first_among_many():
    ranked = [[word.name for word in tier] for tier in tiers("bl")]

    assert "通心白莲" in ranked[0]
    assert [word.name for word in tiers("红薯")[0]] == ["红薯"]


def test_where_the_exact_one_is_not_on_sale_the_next_best_is_listed(client, xiuying_household, now):
    on_sale(xiuying_household, "红薯粉", now)

    assert shown(client, q="红薯") == ["红薯粉"]


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("bao\u2009cai", "包菜"), ("bao'cai", "包菜"), ("bao’cai", "包菜"), ("bāocài", "包菜"),
        ("ＢＡＯＣＡＩ", "包菜"),
        ("包\u200b菜", "包菜"), ("lüdou", "绿豆"), ("lvdou", "绿豆"), ("lǜ dòu", "绿豆"), ("綠豆", "绿豆"),
        ("紅薯粉", "红薯粉"), ("胡蘿蔔", "胡萝卜"),
    ],
    ids=ascii,
)  # fmt: skip
def test_goods_are_found_however_a_keyboard_writes_them(asked, name):
    assert name in [word.name for word in tiers(asked)[0]]


def test_a_village_or_township_is_found_by_a_part_of_its_name(client, stall, other_village, now):
    far = a_household(other_village)
    on_sale(far, "包菜", now)

    assert len(shown(client, q="长溪")) == 7
    assert shown(client, q=other_village.name[:2]) == ["包菜"]
    assert shown(client, q=f"{other_village.name[:2]} 包菜") == ["包菜"]
    assert shown(client, q=f"{other_village.name[:2]} 白莲") == []
    assert shown(client, q=f"{other_village.name[:2]}包菜") == ["包菜"]
    assert shown(client, q=f"便宜 {other_village.name[:2]} 包菜") == ["包菜"]


@pytest.mark.parametrize("asked", ["新鲜包菜", "包菜 50斤", "50公斤 包菜", "包菜"])
def test_how_much_and_how_good_are_no_place(client, stall, asked):
    assert shown(client, q=asked) == ["包菜"]


def test_the_same_question_on_another_day_and_from_another_place_is_answered_anew(xiuying_household, cabbage, now):
    today = clock.county_day(now)
    for keeps in range(1, 46):
        on_sale(xiuying_household, "包菜", now, keeps=keeps, kg=10)
    counted = market.board(now)

    def keeping(question, day, cursor=""):
        page = search.page_of(question, board=counted, day=day, cursor=cursor)
        return [(lot.sell_by - today).days for lot in page.rows], page

    for more in ({}, {"produce": (produce("包菜").pk,)}, {"townships": ("360735102000",)}, {"price_from": 100}):
        question = search.Question(**more)
        first, page = keeping(question, today)
        second, _page = keeping(question, today, page.next)
        later, _page = keeping(question, today + dt.timedelta(days=30))
        soon, _page = keeping(replace(question, until=today + dt.timedelta(days=5)), today)
        sooner, _page = keeping(replace(question, until=today + dt.timedelta(days=2)), today)

        assert (first, second) == (list(range(1, 21)), list(range(21, 41)))
        assert later == list(range(30, 46))
        assert (soon, sooner) == ([1, 2, 3, 4, 5], [1, 2])


@pytest.mark.parametrize("asked", ["%", "_", "%%", "__", "100%", "'", '"', "\\", "' OR 1=1 --", "村", "没有这个", "🌱"])
def test_signs_of_databases_find_nothing_and_break_nothing(client, stall, asked):
    assert shown(client, q=asked) == []


@pytest.mark.parametrize("asked", ["0", "²", "\u202e", "9" * 30])
@pytest.mark.parametrize("beside", [{}, {"category": "vegetable", "papers": "conformity"}, {"keeps": "7"}])
def test_a_sign_that_names_no_place_finds_nothing_beside_any_filter(client, stall, asked, beside):
    assert client.get(reverse("market"), {"q": asked} | beside).status_code == 200


@pytest.mark.parametrize("asked", ["\x00", "白\x00莲", "x" * 10_240])
def test_what_cannot_be_searched_for_is_said(client, stall, asked):
    answer = client.get(reverse("market"), {"q": asked})

    assert answer.status_code == 400
    assert len(answer.content) < 60_000
    assert login(client, _anybody()).get("/api/v1/listings/", {"q": asked}).status_code == 400


def _anybody():
    from tests.factories import a_user

    return a_user("某人")


@pytest.mark.parametrize("field", ["category", "township", "grade", "track", "seller", "keeps", "produce"])
def test_a_zero_byte_in_any_question_is_no_fault_of_ours(client, stall, field):
    assert client.get(reverse("market"), {field: "\x00"}).status_code == 400


def test_a_grade_is_asked_for_whatever_the_goods(client, xiuying_household, now):
    first = Grade.objects.get(produce__code="lotus_dried", code="first")
    on_sale(xiuying_household, "通心白莲", now, grade=first)
    on_sale(xiuying_household, "通心白莲", now)
    on_sale(xiuying_household, "包菜", now, grade=Grade.objects.get(produce__code="cabbage", code="first"))

    answer = client.get(reverse("market"), {"grade": "first"})

    assert [row.name for row in answer.context["rows"]] == ["通心白莲", "包菜"]
    facet = next(f for f in answer.context["facets"] if f.options and f.options[0].name == "grade")
    assert [(option.value, option.count, option.checked) for option in facet.options] == [("first", 2, True)]
    assert shown(client, grade="first", q="白莲") == ["通心白莲"]


def test_what_was_asked_for_stays_chosen_on_the_page(client, stall):
    answer = client.get(reverse("market"), {"keeps": "7", "price_to": "9", "q": "莲"})

    days = next(f for f in answer.context["facets"] if f.one_of)
    assert [option.value for option in days.options if option.checked] == ["7"]
    assert 'value="莲"' in answer.content.decode()


@pytest.fixture
def forty_lots(xiuying_household, guiying_household):
    now = clock.now()
    for number in range(20):
        on_sale(xiuying_household, "包菜", now, keeps=2 + number, price_fen=80 if number != 19 else 90, kg=10)
        on_sale(guiying_household, "白萝卜", now, keeps=2 + number, price_fen=60, kg=10)


@pytest.fixture
def crowd(monkeypatch, forty_lots):
    """Forty lots of two goods, of which a page may look at six of each."""
    monkeypatch.setattr(search, "REACH", 12)
    monkeypatch.setattr(search, "LEAST_REACH", 6)


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ({"price_from": "1.75", "q": "包菜"}, 1),
        ({"price_from": "1.75"}, 1),
        ({"price_from": "1.50", "category": "vegetable"}, 20),
        ({"track": "self_grown"}, 0),  # nobody recognised them as anything
        ({"q": "长溪", "seller": "household"}, 40),
    ],
)
def test_a_crowded_board_is_read_in_parts_and_nothing_is_lost(client, crowd, question, number):
    seen, pages, answer = [], 0, client.get(reverse("market"), question)
    while True:
        seen += [row.url for row in answer.context["rows"]]
        pages += 1
        if not answer.context["pages"].next_url:
            break
        assert answer.context["rows"] or "还有" in answer.content.decode() or answer.context["pages"].further
        answer = client.get(answer.context["pages"].next_url)

    assert len(seen) == len(set(seen)) == number
    assert 2 <= pages <= 9

    back = answer
    while back.context["pages"].previous_url and pages:
        back = client.get(back.context["pages"].previous_url)
        pages -= 1
    assert {row.url for row in back.context["rows"]} <= set(seen)


QUESTIONS = [
    {"q": "白莲"},
    {"q": "莲"},
    {"q": "bl", "category": "lotus", "township": "360735102000", "price_to": "999", "keeps": "30", "grade": "first"},
    {"q": "长溪"},
    {"q": "长溪 包菜"},
    {"price_from": "900"},
    {"category": ["lotus", "vegetable"], "seller": ["household"]},
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_any_search_costs_a_buyer_at_most_five_queries(client, stall, crowd, chef_chen, question):
    login(client, chef_chen)
    client.get(reverse("market"), question)

    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("market"), question)

    assert len(asked) <= 5, [query["sql"][:120] for query in asked]


ASKED = {
    "category": lambda: "vegetable",
    "township": lambda: "360735102000",
    "track": lambda: "certified",
    "seller": lambda: "cooperative",
    "grade": lambda: Grade.objects.first().code,
    "papers": lambda: "conformity",
    "keeps": lambda: "3",
    "price_from": lambda: "1",
    "price_to": lambda: "2",
    "produce": lambda: Produce.objects.get(name="包菜").code,
    "village": lambda: "360735102208",
    "q": lambda: "屏山包菜",
}


@pytest.mark.parametrize("name", sorted(MarketFilter.base_filters))
def test_every_filter_of_the_market_narrows_the_question(name, xiuying_household, now):
    on_sale(xiuying_household, "包菜", now)
    counted, today = market.board(now), clock.county_day(now)

    asked = MarketFilter(QueryDict(f"{name}={ASKED[name]()}"), board=counted, day=today)

    assert asked.is_valid(), asked.errors
    assert asked.question() != MarketFilter(QueryDict(), board=counted, day=today).question()
