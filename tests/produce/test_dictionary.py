"""The county's dictionary: complete, loaded twice without a trace, found by name, other name, pinyin and initials."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from produce import dictionary
from produce.models import Grade, Produce, ProduceCategory
from produce.selectors.dictionary import ids_by_name, matches
from produce.services.dictionary import load

pytestmark = pytest.mark.django_db


@pytest.fixture
def county_dictionary():
    return load()


def found(text):
    return [word.code for word in matches(text)]


def test_the_county_grows_what_the_plan_names(county_dictionary):
    names = set(Produce.objects.values_list("name", flat=True))

    assert len(names) >= 45
    assert {"通心白莲", "鲜莲子", "莲蓬", "莲芯", "藕粉", "莲藕", "包菜", "脐橙", "土鸭", "鸡蛋", "茶树菇"} <= names
    assert {"茶油", "蜂蜜", "红薯", "红薯粉", "大米", "笋干", "草鱼", "黄豆"} <= names


def test_loading_twice_changes_nothing(county_dictionary):
    before = list(Produce.objects.order_by("pk").values()), Grade.objects.count(), ProduceCategory.objects.count()

    again = load()

    assert again.new == 0
    assert (list(Produce.objects.order_by("pk").values()), Grade.objects.count(), ProduceCategory.objects.count()) == (
        before
    )


def test_the_dictionary_takes_over_what_was_there(cabbage, duck):
    call_command("load_dictionary", verbosity=0)

    cabbage.refresh_from_db()
    assert Produce.objects.filter(name="包菜").count() == 1
    assert cabbage.season == [11, 12, 1, 2, 3, 4]


def test_tobacco_is_there_and_forbidden_with_its_reason(county_dictionary):
    tobacco = Produce.objects.get(name="烟叶")

    assert tobacco.forbidden and "专卖" in tobacco.forbidden_reason
    assert list(Produce.objects.filter(forbidden=True)) == [tobacco]


def test_animals_are_counted_with_a_usual_weight_and_a_quarantine_paper(county_dictionary):
    counted = Produce.objects.filter(stock_unit="piece")

    assert {"土鸡", "土鸭", "番鸭"} <= set(counted.values_list("name", flat=True))
    assert all(produce.piece_g and "quarantine" in produce.papers for produce in counted)
    assert dict(counted.values_list("code", "count_word")) == {
        "duck": "animal", "muscovy_duck": "animal", "chicken": "animal", "goose": "animal", "pig": "head",
    }  # fmt: skip


def test_every_entry_has_a_picture_a_season_and_its_names_once():
    pictures = {file.stem for file in Path(settings.BASE_DIR, "static/img/produce").glob("*.svg")}
    codes = [entry.code for entry in dictionary.ENTRIES]
    names = [name for entry in dictionary.ENTRIES for name in (entry.name, *entry.aliases)]

    assert {entry.picture for entry in dictionary.ENTRIES} <= pictures
    assert len(set(codes)) == len(codes)
    assert sorted({name for name in names if names.count(name) > 1}) == []
    assert all(entry.season and set(entry.season) <= set(range(1, 13)) for entry in dictionary.ENTRIES)
    assert all(1 <= entry.room <= entry.cold for entry in dictionary.ENTRIES)


# Entries that nobody tells apart by sight, each with its reason; none is known.
SAME_LOOKING: dict[frozenset[str], str] = {}
MOST_PICTURE_BYTES = 1500


def test_no_two_entries_share_a_picture():
    shown: dict[bytes, set[str]] = {}
    for entry in dictionary.ENTRIES:
        drawing = Path(settings.BASE_DIR, "static/img/produce", f"{entry.picture}.svg").read_bytes()
        assert len(drawing) <= MOST_PICTURE_BYTES, entry.code
        shown.setdefault(drawing, set()).add(entry.code)

    assert [codes for codes in shown.values() if len(codes) > 1 and frozenset(codes) not in SAME_LOOKING] == []


@pytest.mark.parametrize("asked", ["包菜", "卷心菜", "圆白菜", "baocai", "bc", "ＢＣ", " 包菜 ", "屏山包菜", "Cabbage"])
def test_cabbage_is_found_however_it_is_asked_for(county_dictionary, asked):
    assert found(asked)[0] == "cabbage" or "cabbage" in found(asked)[:3]


def test_the_exact_name_comes_before_what_merely_contains_it(county_dictionary):
    assert found("红薯")[:1] == ["sweet_potato"]
    assert {"sweet_potato_starch", "sweet_potato_dried"} <= set(found("红薯"))


@pytest.mark.parametrize("asked", ["", "   ", "%", "_", "'; drop table", "\u200b", "9" * 5000, "没有这个"])
def test_nothing_is_found_for_what_is_no_produce(county_dictionary, asked):
    assert found(asked) == []


def test_a_name_of_a_price_list_leads_to_its_entry(county_dictionary):
    ids = ids_by_name()

    assert ids["甘蓝洋白菜"] == Produce.objects.get(code="cabbage").pk
    assert ids["番茄"] == Produce.objects.get(code="tomato").pk
    assert "榴莲" not in ids
