"""The week's menu: what a kitchen cooks, readable by everybody, corrected by a later turn."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from canteens.models import Menu, MenuPart
from canteens.selectors.menus import menu_of
from canteens.services import register_canteen
from canteens.services.menus import Cooked, Dish, MayNotCook, Part, publish_menu, read_dishes
from catalog.models import NotServed
from kernel.errors import BadValue
from tests.factories import MONDAY, login

pytestmark = pytest.mark.django_db
WEEK = MONDAY.date()
EGGS = Cooked(1_200, (Dish("青椒炒蛋", (Part("青椒", 40), Part("鸡蛋", 50))),))


@pytest.fixture
def kitchen(school):
    register_canteen(school, mode="own", heads=1_200, union_members=80, address="琴江镇")
    return school


class TestReading:
    """What is typed, one dish a line."""

    @pytest.mark.parametrize(
        "typed",
        [
            "青椒炒蛋：青椒 40，鸡蛋 50",
            "青椒炒蛋: 青椒40克、鸡蛋50g",
            " 青椒炒蛋 ：青椒４０克；鸡蛋５０Ｇ ",
            "青椒炒蛋:青椒 40 克,鸡蛋 50 克,",
        ],
    )
    def test_one_dish_in_every_spelling(self, typed):
        assert read_dishes(typed) == EGGS.dishes

    def test_a_dish_of_one_thing_is_called_after_it(self):
        assert read_dishes("米饭 150\n\n蒸红薯：红薯 150") == (
            Dish("米饭", (Part("米饭", 150),)),
            Dish("蒸红薯", (Part("红薯", 150),)),
        )

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ("青椒炒蛋", "第 1 行"),
            ("米饭 150\n青椒炒蛋：", "第 2 行"),
            ("米饭 150\n：青椒 40", "第 2 行"),
            ("青椒炒蛋：青椒", "第 1 行"),
            ("青椒 40，鸡蛋 50", "第 1 行"),
            ("汤：水 0", "1 到 2000 克"),
            ("汤：水 2001", "1 到 2000 克"),
            ("汤：" + "，".join("水 1" for _part in range(13)), "最多放 12 样"),
            ("字" * 31 + "：水 1", "最多 30 个字"),
            ("\n".join("米饭 1" for _dish in range(21)), "最多写 20 个菜"),
        ],
    )
    def test_what_cannot_be_read_names_its_line(self, typed, words):
        with pytest.raises(BadValue, match=words):
            read_dishes(typed)

    def test_the_ends_of_what_fits(self):
        assert len(read_dishes("\n".join("米饭 2000" for _dish in range(20)))) == 20
        assert len(read_dishes("汤：" + "，".join("水 1" for _part in range(12)))[0].parts) == 12


class TestPublishing:
    """Who cooks says so; the latest turn counts."""

    def test_goods_of_the_dictionary_are_known_by_it(self, kitchen, chef_chen, cabbage):
        cooked = Cooked(1_200, (Dish("手撕包菜", (Part("包菜", 120), Part("盐", 2))),))

        publish_menu(kitchen, WEEK, {0: cooked, 4: cooked}, by=chef_chen, at=MONDAY)

        assert set(MenuPart.objects.values_list("name", "produce_id")) == {("包菜", cabbage.pk), ("盐", None)}
        assert [row.day for row in menu_of(kitchen, WEEK).days.all()] == [WEEK, WEEK + dt.timedelta(days=4)]

    def test_published_anew_the_later_one_counts_and_the_first_stays(self, kitchen, chef_chen):
        publish_menu(kitchen, WEEK, {0: EGGS}, by=chef_chen, at=MONDAY)
        rice = Cooked(900, (Dish("米饭", (Part("米饭", 150),)),))
        publish_menu(kitchen, WEEK, {1: rice}, by=chef_chen, at=MONDAY)

        stands = menu_of(kitchen, WEEK)
        assert (stands.turn, stands.days.get().heads) == (2, 900) and Menu.objects.count() == 2

    @pytest.mark.parametrize(("away", "refused"), [(-7, True), (0, False), (56, False), (63, True), (1, True)])
    def test_weeks_that_are_over_or_far_away_are_refused(self, kitchen, chef_chen, away, refused):
        days = [publish_refused(kitchen, WEEK + dt.timedelta(days=away), chef_chen)]

        assert days == [refused]

    def test_what_may_not_be_served_is_refused_on_its_days(self, kitchen, chef_chen, cabbage, clerk_ma, director_lin):
        NotServed.objects.create(
            channel=kitchen.channel, produce=cabbage, why="生食有毒", document="教体〔2026〕1号",
            from_on=WEEK + dt.timedelta(days=2), by=clerk_ma, confirmed_by=director_lin, at=MONDAY,
        )  # fmt: skip
        cooked = Cooked(1_200, (Dish("手撕包菜", (Part("包菜", 120),)),))

        publish_menu(kitchen, WEEK, {1: cooked}, by=chef_chen, at=MONDAY)
        with pytest.raises(MayNotCook, match="包菜"):
            publish_menu(kitchen, WEEK, {2: cooked}, by=chef_chen, at=MONDAY)

        assert Menu.objects.count() == 1

    def test_the_database_knows_a_monday(self, kitchen, chef_chen):
        with pytest.raises(IntegrityError, match="menu_begins_on_monday"), transaction.atomic():
            Menu.objects.create(
                organisation=kitchen, monday=WEEK + dt.timedelta(days=1), turn=1, by=chef_chen, at=MONDAY
            )


def publish_refused(kitchen, monday, by) -> bool:
    """Return whether this week is refused."""
    try:
        publish_menu(kitchen, monday, {0: EGGS}, by=by, at=MONDAY)
    except BadValue:
        return True
    return False


class TestDoors:
    """Everybody reads it; the kitchen writes it."""

    def test_parents_read_it_without_signing_in(self, client, kitchen, chef_chen, now, django_assert_max_num_queries):
        publish_menu(kitchen, WEEK, {0: EGGS}, by=chef_chen, at=MONDAY)

        with django_assert_max_num_queries(10):
            page = client.get(reverse("menu", args=[kitchen.pk])).content.decode()

        assert "青椒炒蛋" in page and "青椒 40 克" in page and "1200 人" in page
        assert kitchen.name in client.get(reverse("menu-list")).content.decode()
        assert client.get(reverse("menu", args=[kitchen.pk]), {"week": "2026-02-31"}).status_code == 200
        assert "没有公布" in client.get(reverse("menu", args=[kitchen.pk]), {"week": "2020-01-06"}).content.decode()

    def test_the_kitchen_begins_with_what_it_cooked_the_week_before(self, client, kitchen, chef_chen, now):
        publish_menu(kitchen, WEEK, {0: EGGS}, by=chef_chen, at=MONDAY)
        page = login(client, chef_chen).get(reverse("menu-new")).content.decode()

        assert "青椒炒蛋：青椒 40，鸡蛋 50" in page and 'value="1200"' in page

    def test_it_is_published_once_by_the_page(self, client, kitchen, chef_chen, now):
        typed = {
            "monday": WEEK.isoformat(),
            "heads_0": "1200",
            "dishes_0": "青椒炒蛋：青椒 40，鸡蛋 50",
            "idem": "a" * 32,
        }
        url = reverse("menu-new")
        login(client, chef_chen)
        wrong = client.post(url, typed | {"dishes_1": "汤", "heads_2": "", "dishes_2": "米饭 150"})
        assert wrong.status_code == 400
        page = wrong.content.decode()
        assert "第 1 行" in page and "写上那天做多少人的饭" in page and "青椒炒蛋：青椒 40，鸡蛋 50" in page

        for _tap in range(2):
            assert client.post(url, typed).status_code == 302

        assert Menu.objects.count() == 1

    def test_programs_publish_and_read_it(self, client, kitchen, chef_chen, now):
        part = {"name": "青椒", "grams": 40}
        day = {"day": WEEK.isoformat(), "heads": 1_200, "dishes": [{"name": "青椒炒蛋", "parts": [part]}]}
        asked = {"kitchen": kitchen.pk, "monday": WEEK.isoformat(), "days": [day]}
        one, key = reverse("api-menu", args=[kitchen.pk]), {"HTTP_IDEMPOTENCY_KEY": "a" * 32}
        assert client.get(one).json() == {"kitchen": kitchen.pk, "monday": WEEK.isoformat(), "turn": 0, "days": []}
        login(client, chef_chen)
        for _try in range(2):
            answer = client.post(reverse("api-menu-new"), asked, content_type="application/json", **key)
            assert answer.status_code == 201 and answer.json()["turn"] == 1
        twice = asked | {"days": [day, day]}
        refused = client.post(
            reverse("api-menu-new"), twice, content_type="application/json", HTTP_IDEMPOTENCY_KEY="b" * 32
        )
        assert refused.status_code == 400
        client.logout()
        assert client.get(one).json()["days"] == [day]

    def test_only_whoever_orders_for_a_kitchen_writes(self, client, kitchen, treasurer_zhou, school):
        assert login(client, treasurer_zhou).get(reverse("menu-new")).status_code == 403
