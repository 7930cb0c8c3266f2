"""Parts of a batch: a heading that changes until something is on sale, a photo for each row, lines from programs."""

import datetime as dt
import subprocess
import sys
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from catalog.models import Listing
from produce import spelling
from records.models import IdempotencyKey
from selling.models import EntryRow
from selling.selectors.name_matching import Names
from selling.services import pasting, sheets
from tests.factories import MONDAY, a_household, login
from tests.selling.test_selling import a_photo

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 2)


@pytest.fixture(autouse=True)
def _today(now):
    """Everything here happens on Monday."""


@pytest.fixture
def sheet(changxi, cabbage, cadre_liu):
    return sheets.begin_sheet(
        uuid.uuid4(), village=changxi, produce=cabbage, harvested_on=TODAY, price_fen=80, consent="phone",
        by=cadre_liu, at=MONDAY,
    )  # fmt: skip


@pytest.fixture
def cadre(client, cadre_liu):
    return login(client, cadre_liu)


def heading(**changes):
    form = {"idem": uuid.uuid4().hex, "harvested_on": "2026-11-01", "village": "360735102208", "price": "0.95"}
    return form | {"consent": "visit"} | changes


def on_sale(sheet, household, by):
    sheets.save_rows(sheet, {household: "200"}, at=MONDAY)
    sheets.list_sheet(sheet, by=by, at=MONDAY)
    return Listing.objects.get(household=household)


def photo_page(sheet, household):
    return reverse("sheet-photo", args=[sheet.pk, sheets.row_of(sheet, household, at=MONDAY).pk])


# The heading


def test_the_heading_changes_for_every_row_and_what_was_typed_stays(cadre, sheet, xiuying_household, cadre_liu):
    sheets.save_rows(sheet, {xiuying_household: "200"}, at=MONDAY)
    sheets.say_sure(sheet, xiuying_household.pk)
    page = reverse("sheet-heading", args=[sheet.pk])
    assert page in cadre.get(reverse("sheet", args=[sheet.pk])).content.decode()
    assert 'value="0.80"' in cadre.get(page).content.decode()

    assert cadre.post(page, heading()).status_code == 302

    sheet.refresh_from_db()
    assert (sheet.harvested_on, sheet.price_fen, sheet.consent) == (dt.date(2026, 11, 1), 95, "visit")
    row = EntryRow.objects.get(sheet=sheet)
    assert (row.typed, row.sure) == ("200", False)
    assert on_sale(sheet, xiuying_household, cadre_liu).price_fen == 95


def test_the_goods_change_too(cadre, sheet, duck, xiuying_household):
    sheets.save_rows(sheet, {xiuying_household: "20"}, at=MONDAY)
    page = reverse("sheet-heading", args=[sheet.pk])

    chooser = cadre.get(cadre.get(page).context["other_goods_url"])
    assert '<input type="hidden" name="goods" value="1">' in chooser.content.decode()
    assert f"?produce={duck.code}" in cadre.get(page, {"goods": "1", "q": "鸭"}).content.decode()
    assert f"?produce={duck.code}" in cadre.get(page + chooser.context["all_url"]).content.decode()
    assert cadre.post(f"{page}?produce={duck.code}", heading(price="18")).status_code == 302

    sheet.refresh_from_db()
    (row,) = sheets.states_of(sheet, at=MONDAY)
    assert (sheet.produce, row.stock, row.row.unit) == (duck, 20, "piece")


def test_once_something_is_on_sale_the_heading_stays(cadre, sheet, xiuying_household, cadre_liu):
    on_sale(sheet, xiuying_household, cadre_liu)
    page = reverse("sheet-heading", args=[sheet.pk])

    assert page not in cadre.get(reverse("sheet", args=[sheet.pk])).content.decode()
    assert cadre.post(page, heading()).status_code == 302
    with pytest.raises(sheets.SheetIsOnSale):
        sheets.change_heading(
            sheet, village=sheet.village, produce=sheet.produce, harvested_on=TODAY, price_fen=90, consent="visit",
            at=MONDAY,
        )  # fmt: skip

    sheet.refresh_from_db()
    assert (sheet.price_fen, sheet.harvested_on) == (80, TODAY)


def test_a_heading_no_lot_could_have_is_said_beside_its_field_and_changes_nothing(cadre, sheet):
    answer = cadre.post(reverse("sheet-heading", args=[sheet.pk]), heading(harvested_on="2026-12-01"))

    assert answer.status_code == 400 and "id_harvested_on_error" in answer.content.decode()
    sheet.refresh_from_db()
    assert sheet.harvested_on == TODAY


@pytest.mark.parametrize("pressed", [{"act": "check"}, {"act": "save"}, {"photo": "row"}])
def test_pasted_lines_are_taken_in_whatever_is_pressed(cadre, sheet, xiuying_household, pressed):
    address = reverse("sheet", args=[sheet.pk])
    form = {"photo": str(xiuying_household.pk)} if "photo" in pressed else pressed

    answer = cadre.post(address, {"lines": f"{xiuying_household.head_name} 200", **form}, follow=True)

    assert answer.status_code == 200
    assert EntryRow.objects.get(sheet=sheet, household=xiuying_household).typed == "200"


# A photo for each row


def test_a_photo_of_a_row_becomes_the_picture_of_its_lot(cadre, sheet, xiuying_household, cadre_liu):
    asked = cadre.post(
        reverse("sheet", args=[sheet.pk]), {f"a-{xiuying_household.pk}": "80", "photo": xiuying_household.pk}
    )
    page = photo_page(sheet, xiuying_household)
    assert asked.url == page and EntryRow.objects.get(sheet=sheet).typed == "80"
    assert 'enctype="multipart/form-data"' in cadre.get(page).content.decode()
    form = {"idem": uuid.uuid4().hex, "photo": a_photo()}

    assert cadre.post(page, form).status_code == 302
    sheets.save_rows(sheet, {xiuying_household: ""}, at=MONDAY)
    lot = on_sale(sheet, xiuying_household, cadre_liu)

    photo = EntryRow.objects.get(sheet=sheet).photo
    assert photo is not None and lot.cover == photo
    assert photo.sha256 in cadre.get(page).content.decode()
    assert photo.sha256 in cadre.get(reverse("sheet", args=[sheet.pk])).content.decode()


def test_a_photo_that_comes_after_the_sale_is_the_lots_if_it_has_none(cadre, sheet, xiuying_household, cadre_liu):
    lot = on_sale(sheet, xiuying_household, cadre_liu)
    page = photo_page(sheet, xiuying_household)

    cadre.post(page, {"idem": uuid.uuid4().hex, "photo": a_photo()})
    first = EntryRow.objects.get(sheet=sheet).photo
    cadre.post(page, {"idem": uuid.uuid4().hex, "photo": a_photo(colour="red")})

    lot.refresh_from_db()
    assert lot.cover == first and EntryRow.objects.get(sheet=sheet).photo != first


def test_what_is_no_photo_is_refused_on_its_page(cadre, sheet, xiuying_household, other_village):
    page = photo_page(sheet, xiuying_household)
    stranger = a_household(other_village, name="别村人", card=False)
    answer = cadre.post(page, {"idem": "k", "photo": SimpleUploadedFile("a.jpg", b"no photo")})

    assert answer.status_code == 400 and "id_photo_error" in answer.content.decode()
    assert cadre.get(photo_page(sheet, stranger)).status_code == 404
    cadre.post(reverse("sheet", args=[sheet.pk]), {"photo": stranger.pk})
    assert EntryRow.objects.filter(photo=None).count() == EntryRow.objects.count() == 2


# Pasted by programs


def test_programs_paste_lines_once_a_key(cadre, sheet, xiuying_household, guiying_household):
    address = reverse("api-sheet-paste", args=[sheet.pk])
    form = {"lines": "黄秀英 200\n温贵英 50\n李思 90"}

    def post(key, form=form):
        headers = {"Idempotency-Key": key} if key else {}
        return cadre.post(address, form, content_type="application/json", headers=headers)

    assert post("").status_code == post("k0", {"lines": ""}).status_code == 400
    first, again, other = post("k1"), post("k1"), post("k2")

    assert first.status_code == 200 and first.json() == again.json()
    done = first.json()
    assert (done["filled"], done["same"], done["listed"]) == (2, 0, 0)
    assert done["by_sound"] == [{"written": "温贵英", "household": str(guiying_household.pk)}]
    assert [(line["line"], line["text"], line["candidates"]) for line in done["open"]] == [(3, "李思 90", [])]
    assert (other.json()["filled"], other.json()["same"]) == (0, 2)
    assert "黄秀英" not in "".join(str(row.__dict__) for row in IdempotencyKey.objects.all())


# Names by sound


def test_a_chat_of_thirty_asks_the_other_process_once_and_for_characters_only(
    monkeypatch, sheet, changxi, xiuying_household, guiying_household
):
    asked = []

    def spell(words):
        asked.append(words)
        return [(f"s{ord(word)}", "s") for word in words]

    monkeypatch.setattr(spelling, "_sounds", {})
    monkeypatch.setattr(spelling, "spell_apart", spell)
    names = Names([xiuying_household, guiying_household])

    pasting.look(sheet, "黄秀英 200\n温桂英 100", names=names)
    assert asked == []  # both are written as the register has them
    pasting.look(sheet, "\n".join(f"{name}大 20" for name in "王李张刘陈杨"), names=names)
    pasting.look(sheet, "李大 30", names=names)

    assert len(asked) == 1 and all(len(word) == 1 for word in asked[0])


def test_without_the_other_process_only_the_written_name_counts(monkeypatch, sheet, xiuying_household):
    def trouble(_words):
        raise subprocess.TimeoutExpired("spelling", 20)

    monkeypatch.setattr(spelling, "_sounds", {})
    monkeypatch.setattr(spelling, "spell_apart", trouble)

    done = pasting.look(sheet, "黄秀英 200\n黄秀瑛 100", names=Names([xiuying_household]))

    assert list(done.typed.values()) == ["200"] and len(done.open) == 1


def test_no_tables_of_pinyin_come_into_this_process():
    script = "import sys; from produce.spelling import sounds; print(sounds('黄秀英'), 'pypinyin' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.split("}")[1].strip() == "False" and "huang" in done.stdout
