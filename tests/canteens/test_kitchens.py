"""Canteens by name: several of one buyer, one that others share between two days, none where only the union buys."""

import datetime as dt

import pytest

from canteens.models import Kitchen, KitchenShare
from canteens.selectors.kitchens import kitchens_on
from canteens.services import register_canteen
from kernel.entering import entering
from kernel.errors import BadValue
from registers.services import changes
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
SCHOOL, HOSPITAL = "石城县第一中学", "石城县人民医院"
TODAY, DAY = MONDAY.date(), dt.timedelta(days=1)
FROM, UNTIL = TODAY + 10 * DAY, TODAY + 20 * DAY


def kitchen(**values):
    content = {"organisation": SCHOOL, "name": "一食堂", "address": "西华路1号", "run_by": ""}
    return content | {"from_on": TODAY.isoformat()} | values


def share(**values):
    content = {"organisation": HOSPITAL, "kitchen_of": SCHOOL, "name": "一食堂"}
    return content | {"from_on": FROM.isoformat()} | values


@pytest.fixture
def decided(relief_clerk, director_lin):
    def decide(register, content):
        change = changes.propose(register, [content], document_number="7号", by=relief_clerk, at=MONDAY)
        return changes.confirm(change, by=director_lin, at=MONDAY)

    return decide


@pytest.fixture
def shared(school, hospital, decided):
    """The school's first canteen, from which the hospital eats for ten days, written with blanks and full width."""
    decided("kitchens", kitchen(name="一 食堂", run_by="绿源餐饮"))
    decided("kitchen-shares", share(name="一\u3000食堂"))
    decided("kitchen-shares", {"share": KitchenShare.objects.get().pk, "to_on": UNTIL.isoformat()})
    return Kitchen.objects.get()


@pytest.mark.parametrize(
    ("day", "is_shared"),
    [(FROM - DAY, False), (FROM, True), (FROM + DAY, True), (UNTIL - DAY, True), (UNTIL, False), (UNTIL + DAY, False)],
)
def test_a_canteen_is_shared_from_its_day_until_the_day_before_its_end(shared, school, hospital, day, is_shared):
    assert list(kitchens_on([school.pk], day)) == [shared]
    assert list(kitchens_on([hospital.pk], day)) == [shared] * is_shared
    assert (shared.name, shared.run_by, shared.label_for(school.pk)) == ("一食堂", "绿源餐饮", "一食堂")
    assert shared.label_for(hospital.pk) == "石城县第一中学 一食堂"


@pytest.mark.parametrize(("day", "stands"), [(-DAY, False), (0 * DAY, True), (4 * DAY, True), (5 * DAY, False)])
def test_a_canteen_stands_from_its_day_until_the_day_before_its_end(school, decided, day, stands):
    decided("kitchens", kitchen())
    decided(
        "kitchens",
        {"kitchen": Kitchen.objects.get().pk, "address": "东门1号", "to_on": (TODAY + 5 * DAY).isoformat()},
    )

    assert Kitchen.objects.get().address == "东门1号"
    assert kitchens_on([school.pk], TODAY + day).exists() is stands


def test_another_of_a_name_comes_after_the_end_of_the_first(school, decided):
    decided("kitchens", kitchen())
    decided("kitchens", kitchen(name="二食堂"))
    with pytest.raises(BadValue, match="一食堂"):
        decided("kitchens", kitchen(name="一食 堂"))
    first = Kitchen.objects.get(name="一食堂")
    decided("kitchens", {"kitchen": first.pk, "address": first.address, "to_on": FROM.isoformat()})
    decided("kitchens", kitchen(run_by="绿源餐饮", from_on=FROM.isoformat()))

    runs = Kitchen.objects.filter(name="一食堂").order_by("from_on").values_list("run_by", "to_on")
    assert list(runs) == [("", FROM), ("绿源餐饮", None)]


@pytest.mark.parametrize(
    ("register", "content", "word"),
    [
        ("kitchens", kitchen(name=" "), "叫什么"),
        ("kitchens", kitchen(name="食" * 21), "20"),
        ("kitchens", kitchen(name="二食堂", address=" "), "送货地址"),
        ("kitchens", kitchen(organisation="屏山镇供销社"), "屏山镇供销社"),
        ("kitchen-shares", share(name="三食堂"), "三食堂"),
        ("kitchen-shares", share(organisation=SCHOOL), "自己"),
        ("kitchen-shares", share(from_on=(TODAY - DAY).isoformat()), "开办"),
        ("kitchen-shares", share(from_on=(UNTIL - DAY).isoformat()), "先停用"),
    ],
)
def test_what_cannot_stand_is_refused_in_words(shared, relief_clerk, register, content, word):
    with pytest.raises(BadValue) as refused:
        changes.propose(register, [content], document_number="8号", by=relief_clerk, at=MONDAY)
    assert word in str(refused.value)


def test_an_end_is_said_once_and_comes_after_the_beginning(school, hospital, shared, decided):
    with pytest.raises(BadValue, match="已经"):
        decided("kitchen-shares", {"share": KitchenShare.objects.get().pk, "to_on": UNTIL.isoformat()})
    with pytest.raises(BadValue, match="以后"):
        decided("kitchens", {"kitchen": shared.pk, "address": "东门1号", "to_on": TODAY.isoformat()})
    decided("kitchen-shares", share(from_on=UNTIL.isoformat()))
    later = KitchenShare.objects.get(to_on=None)
    with pytest.raises(BadValue, match="以后"):
        decided("kitchen-shares", {"share": later.pk, "to_on": UNTIL.isoformat()})


def test_who_has_no_canteen_gets_none(school, relief_clerk):
    with entering("registerchange:0"):
        register_canteen(school, mode="none", heads=0, union_members=96, address="西华路1号")
    with pytest.raises(BadValue, match="就餐方式"):
        changes.propose("kitchens", [kitchen()], document_number="7号", by=relief_clerk, at=MONDAY)
