"""What is handed over at least stands in a file of lots and on a batch, and becomes the figure of each lot."""

import re

import pytest
from django.urls import reverse

from catalog.models import Listing
from selling.models import EntrySheet
from selling.services import sheets
from tests.factories import MONDAY, login
from tests.selling.test_lot_files import HEAD, a_row, as_csv, listed, names, seen  # noqa: F401 names is a fixture
from tests.selling.test_sheets import TODAY, a_sheet

pytestmark = pytest.mark.django_db
WITH = [*HEAD, "起送数量"]


def least(*rows):
    return as_csv(*[[*a_row(**changes), text] for changes, text in rows], head=WITH)


def test_a_file_says_in_the_unit_of_the_amount_what_is_handed_over_at_least(cabbage, names, cadre_liu):  # noqa: F811
    raw = least(({}, "50"), ({"户主姓名": "温桂英", "单位": "公斤"}, ""))

    assert [ready.lot.smallest for ready in seen(raw, names).ready] == [25_000, 0]
    listed(raw, names, cadre_liu)

    assert list(Listing.objects.order_by("household__number").values_list("smallest", flat=True).distinct()) in (
        [25_000, 0], [0, 25_000],
    )  # fmt: skip


@pytest.mark.parametrize("text", ["201", "一筐", "-1"])
def test_more_than_there_is_and_what_is_no_number_are_named_by_their_cell(cabbage, names, text):  # noqa: F811
    [fault] = seen(least(({}, text)), names).faults

    assert (fault.cell, fault.column) == ("I2", "起送数量")


def test_each_household_of_a_batch_hands_over_that_much_or_all_it_has(
    changxi, cabbage, cadre_liu, xiuying_household, guiying_household
):
    batch = a_sheet(changxi, cabbage, cadre_liu, smallest=25_000)
    sheets.save_rows(batch, {xiuying_household: "200", guiying_household: "30"}, at=MONDAY)

    sheets.list_sheet(batch, by=cadre_liu, at=MONDAY)

    found = dict(Listing.objects.values_list("household", "smallest"))
    assert found == {xiuying_household.pk: 25_000, guiying_household.pk: 15_000}
    with pytest.raises(sheets.BadSmallest):
        a_sheet(changxi, cabbage, cadre_liu, smallest=-1)


def test_the_page_of_a_batch_asks_for_it_shows_it_and_changes_it(client, now, changxi, cabbage, cadre_liu):
    login(client, cadre_liu)
    new = f"{reverse('sheet-new')}?produce=cabbage"
    page = client.get(new).content.decode()
    key = re.search(r'name="idem" value="([^"]*)"', page)[1]
    typed = {"idem": key, "harvested_on": TODAY.isoformat(), "village": changxi.code, "price": "0.80"}
    client.post(new, typed | {"consent": "phone", "smallest": "50"})

    batch = EntrySheet.objects.get()
    assert batch.smallest == 25_000
    assert "至少 50 斤 起送" in client.get(reverse("sheet", args=[batch.pk])).content.decode()
    heading = reverse("sheet-heading", args=[batch.pk])
    assert 'value="50"' in client.get(heading).content.decode()
    client.post(heading, typed | {"consent": "phone", "smallest": ""})

    batch.refresh_from_db()
    assert batch.smallest == 0


def test_a_program_begins_a_batch_with_it(client, now, changxi, cabbage, cadre_liu):
    login(client, cadre_liu)
    body = {
        "produce": "cabbage", "village": changxi.code, "harvested_on": TODAY.isoformat(), "yuan_per_jin": "0.80",
        "consent": "phone",
    }  # fmt: skip

    def begin(key, **more):
        headers = {"Idempotency-Key": key}
        return client.post(reverse("api-sheet-list"), body | more, content_type="application/json", headers=headers)

    assert begin("a", smallest_kg="25").json()["smallest"] == 25_000
    assert begin("b", smallest_pieces=3).status_code == 400
