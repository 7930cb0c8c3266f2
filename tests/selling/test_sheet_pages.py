"""The pages of a batch: one journey of thirty households by a cadre; what others may not do, and what it weighs."""

import datetime as dt
import gzip
import re
import uuid

import pytest
from django.core.cache import cache

from catalog.models import Listing
from selling.models import EntryRow, EntrySheet
from selling.services import sheets
from tests.factories import MONDAY, a_household, a_listing, a_mandate, a_user, login
from tests.guards.rows import force
from tests.selling.test_sheets import SURNAMES

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 2)


@pytest.fixture(autouse=True)
def _today(now):
    """Everything here happens on Monday."""


@pytest.fixture
def thirty(changxi):
    return [a_household(changxi, name=f"{surname}大山", card=False) for surname in SURNAMES]


@pytest.fixture
def sheet(changxi, cabbage, cadre_liu):
    return sheets.begin_sheet(
        uuid.uuid4(), village=changxi, produce=cabbage, harvested_on=TODAY, price_fen=80, consent="phone",
        by=cadre_liu, at=MONDAY,
    )  # fmt: skip


def heading(**changes):
    form = {"idem": uuid.uuid4().hex, "harvested_on": "2026-11-02", "village": "360735102208", "price": "0.80"}
    return form | {"consent": "visit"} | changes


def hidden(page: str, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


def test_thirty_households_from_a_chat_are_on_sale_in_one_journey_and_again_doubles_nothing(
    client, cadre_liu, thirty, cabbage
):
    login(client, cadre_liu)
    assert "/sheets/" in client.get("/sell/for/").content.decode()
    assert "?produce=cabbage" in client.get("/sheets/new/").content.decode()
    form = heading()
    begun = client.post("/sheets/new/?produce=cabbage", form)
    page = begun.url
    assert client.post("/sheets/new/?produce=cabbage", form).url == page, "the same form again is the same sheet"
    names = [one.head_name for one in thirty]
    text = "#接龙\n" + "\n".join(f"{n}. {name} {100 + n}斤" for n, name in enumerate(names, 1)) + "\n李思 90\n合计 9999"

    back = client.post(page, {"lines": text, "act": "paste"})

    shown = back.content.decode()
    assert "李思 90" in shown and "填好了 30 行" in shown and "合计 9999" in shown
    key = next(one.pk for one in thirty if one.head_name == "李大山")
    client.post(page, {"act": "choose", "text-0": "李思 90", "for-0": "out", "amount-0": "90"})
    assert "已填 30 户，3,465 斤" in client.get(page).content.decode()
    check = client.get(f"{page}check/").content.decode()
    assert "挂出 30 户" in check
    form = {"act": "list", "idem": hidden(check, "idem")}
    result = client.post(f"{page}check/", form, follow=True)
    assert client.post(f"{page}check/", form).url == result.redirect_chain[-1][0]

    words = result.content.decode()
    assert "30 户挂上去了" in words
    assert all(number in words for number in Listing.objects.values_list("number", flat=True))
    client.post(page, {"lines": text, "act": "paste"})
    client.post(f"{page}check/", {"act": "list", "idem": "another"})
    assert Listing.objects.count() == 30
    assert EntryRow.objects.get(household=key).typed == "102斤"
    assert Listing.objects.get(household=key).listed == 102 * 500


def test_after_pasting_the_count_is_of_what_is_filled_in_not_of_the_last_press(client, cadre_liu, sheet, thirty):
    login(client, cadre_liu)
    page = f"/sheets/{sheet.pk}/"
    seventeen = "\n".join(f"{one.head_name} 100" for one in thirty[:17])
    first = client.post(page, {"lines": f"{seventeen}\n李思 90", "act": "paste"}).content.decode()
    assert "填好了 17 行" in first and "李思 90" in first

    left_out = client.post(page, {"act": "choose", "text-0": "李思 90", "for-0": "out", "amount-0": "90"}, follow=True)
    assert panel(left_out) == "已填 17 户，1,700 斤"
    answer = {"act": "choose", "text-0": "李思 90", "for-0": str(thirty[17].pk), "amount-0": "90"}
    assert panel(client.post(page, answer, follow=True)) == "已填 18 户，1,790 斤"
    again = client.post(page, {"lines": seventeen, "act": "paste"}, follow=True)
    assert panel(again) == "有 17 行早就这样填着，没变。"
    more = client.post(page, {"lines": f"{seventeen}\n{thirty[18].head_name} 10", "act": "paste"}, follow=True)
    assert panel(more) == "填好了 1 行。有 17 行早就这样填着，没变。"


def panel(answer) -> str:
    return re.search(r'<li class="panel ok">([^<]*)</li>', answer.content.decode())[1]


def test_a_journey_by_fields_works_without_script(client, cadre_liu, sheet, xiuying_household, guiying_household):
    login(client, cadre_liu)
    page = f"/sheets/{sheet.pk}/"
    rows = {f"a-{xiuying_household.pk}": "两百", f"a-{guiying_household.pk}": "1,000"}

    assert client.post(page, {**rows, "act": "check"}).url == f"{page}check/"

    check = client.get(f"{page}check/").content.decode()
    assert "1 户要看一下" in check and "挂出 1 户" in check
    client.post(f"{page}check/", {"change": str(guiying_household.pk), f"a-{guiying_household.pk}": "1000"})
    assert "挂出 2 户" in client.get(f"{page}check/").content.decode()
    client.post(f"{page}check/", {"leave": str(xiuying_household.pk)})
    client.post(f"{page}check/", {"act": "list", "idem": "1"})
    lot = Listing.objects.get()
    assert (lot.household, lot.listed) == (guiying_household, 500_000)


def test_an_unusual_row_is_answered_on_the_check_page(client, cadre_liu, sheet, xiuying, xiuying_household, cabbage):
    a_listing(xiuying_household, cabbage, kg=10, by=xiuying, at=MONDAY)
    login(client, cadre_liu)
    client.post(f"/sheets/{sheet.pk}/", {f"a-{xiuying_household.pk}": "200"})
    check = client.get(f"/sheets/{sheet.pk}/check/").content.decode()
    assert "今天已经挂过" in check and "真的是" in check and 'value="list"' not in check

    client.post(f"/sheets/{sheet.pk}/check/", {"sure": str(xiuying_household.pk)})
    client.post(f"/sheets/{sheet.pk}/check/", {"act": "list", "idem": "1"})

    assert Listing.objects.count() == 2


def test_one_row_is_kept_as_it_is_typed_and_said_back(client, cadre_liu, sheet, xiuying_household):
    login(client, cadre_liu)
    address = f"/sheets/{sheet.pk}/row/"

    answer = client.post(address, {"household": str(xiuying_household.pk), "amount": "２００"}).json()
    assert answer == {"said": "= 100 公斤", "bad": False, "filled": "已填 1 户，200 斤"}
    answer = client.post(address, {"household": str(xiuying_household.pk), "amount": "100公斤"}).json()
    assert answer["said"] == "= 200 斤"
    answer = client.post(address, {"household": str(xiuying_household.pk), "amount": "好多"}).json()
    assert answer["bad"] and EntryRow.objects.get().typed == "好多"
    answer = client.post(address, {"household": str(xiuying_household.pk), "amount": ""}).json()
    assert answer["filled"] == "已填 0 户，0 斤"


def test_what_stands_wrong_in_the_heading_is_said_beside_its_field(client, cadre_liu, cabbage, changxi):
    login(client, cadre_liu)

    for wrong in (
        {"harvested_on": "2026-02-30"},
        {"harvested_on": "2026-11-03"},
        {"price": "NaN"},
        {"price": "0"},
        {"consent": ""},
        {"village": "360735104203"},
    ):
        assert client.post("/sheets/new/?produce=cabbage", heading(**wrong)).status_code == 400, wrong
    assert not EntrySheet.objects.exists()


def test_households_of_another_village_are_no_rows_of_ones_sheet(
    client, cadre_liu, sheet, other_village, xiuying_household
):
    stranger = a_household(other_village, name="远大山")
    login(client, cadre_liu)

    client.post(f"/sheets/{sheet.pk}/", {f"a-{stranger.pk}": "100", f"a-{xiuying_household.pk}": "50"})

    assert client.post(f"/sheets/{sheet.pk}/row/", {"household": str(stranger.pk), "amount": "1"}).status_code == 404
    assert client.post(f"/sheets/{sheet.pk}/row/", {"household": "x", "amount": "1"}).status_code == 400
    client.post(f"/sheets/{sheet.pk}/", {"lines": "远大山 100", "act": "paste"})
    client.post(
        f"/sheets/{sheet.pk}/",
        {"act": "choose", "text-0": "远大山 100", "for-0": str(stranger.pk), "amount-0": "100"},
    )
    assert EntryRow.objects.get().household == xiuying_household


def test_a_sheet_belongs_to_its_writer_while_the_post_lasts(
    client, sheet, cadre_liu, cadre_wu, other_village, committee, xiuying, olga
):
    far = a_user("远支书", "cadre", committee, other_village)
    for who, status in ((cadre_wu, 404), (far, 404), (xiuying, 404), (olga, 404), (cadre_liu, 200)):
        login(client, who)
        for page in ("", "check/", "result/", "print/"):
            assert client.get(f"/sheets/{sheet.pk}/{page}").status_code == status, (who, page)
    assert login(client, xiuying).get("/sheets/new/").status_code == 403
    force(cadre_liu.person.memberships.get(), area=other_village)
    assert login(client, cadre_liu).get(f"/sheets/{sheet.pk}/").status_code == 404
    assert login(client, cadre_liu).post(f"/sheets/{sheet.pk}/check/", {"act": "list", "idem": "1"}).status_code == 404


def test_a_manager_lists_for_members_and_the_paper_names_the_co_operative(
    client, coop_manager, coop, xiuying_household, guiying_household, cabbage
):
    a_mandate(xiuying_household, coop)
    login(client, coop_manager)
    assert 'name="consent"' not in client.get("/sheets/new/?produce=cabbage").content.decode()
    page = client.post("/sheets/new/?produce=cabbage", heading(consent="")).url
    assert guiying_household.number not in client.get(page).content.decode()
    client.post(page, {f"a-{xiuying_household.pk}": "200", f"a-{guiying_household.pk}": "300"})
    client.post(f"{page}check/", {"act": "list", "idem": "1"})
    lot = Listing.objects.get()
    assert (lot.household, lot.agent, lot.by_proxy) == (xiuying_household, coop, True)

    paper = client.get(f"{page}print/").content.decode()

    for words in (
        "收购单",
        "长溪果蔬专业合作社",
        "赖社长",
        "黄秀英",
        "200",
        "100",
        "0.80",
        "160.00",
        "签字（手印）",
        "屏山镇",
    ):
        assert words in paper, words


def test_animals_are_counted(client, cadre_liu, duck, xiuying_household):
    login(client, cadre_liu)
    page = client.post("/sheets/new/?produce=duck", heading(price="15")).url

    client.post(page, {f"a-{xiuying_household.pk}": "12只"})
    client.post(f"{page}check/", {"act": "list", "idem": "1"})

    assert Listing.objects.get().listed == 12
    assert client.get(f"{page}print/").status_code == 200


def test_a_sheet_of_thirty_costs_ten_queries_and_little_on_the_wire(
    client, cadre_liu, sheet, thirty, cabbage, django_assert_max_num_queries
):
    for one in thirty:
        a_listing(one, cabbage, kg=50, by=cadre_liu, consent="phone", at=MONDAY - dt.timedelta(days=3))
    sheets.save_rows(sheet, dict.fromkeys(thirty, "100"), at=MONDAY)
    login(client, cadre_liu)
    client.get("/me/")  # the help line is kept for all pages

    for page in ("", "check/", "result/", "print/"):
        with django_assert_max_num_queries(10):
            answer = client.get(f"/sheets/{sheet.pk}/{page}")
        assert len(gzip.compress(answer.content)) < 15_000, page
        assert len(answer.content) < 60_000, page
    assert "上次 100 斤，10 月 30 日" in client.get(f"/sheets/{sheet.pk}/").content.decode()
    cache.clear()


def test_no_address_of_a_sheet_names_anybody(client, cadre_liu, sheet, xiuying_household):
    login(client, cadre_liu)
    client.post(f"/sheets/{sheet.pk}/", {f"a-{xiuying_household.pk}": "100"})

    for page in ("", "check/", "result/"):
        links = re.findall(r'(?:href|action)="([^"]*)"', client.get(f"/sheets/{sheet.pk}/{page}").content.decode())
        assert not [link for link in links if str(xiuying_household.pk) in link or "黄" in link]


# --- For programs -----------------------------------------------------------------------------------


def test_programs_fill_and_list_a_batch_once_a_key(client, cadre_liu, xiuying_household, guiying_household, cabbage):
    login(client, cadre_liu)

    def send(address, form, key):
        return client.post(f"/api/v1/sheets/{address}", form, "application/json", headers={"Idempotency-Key": key})

    form = {
        "produce": "cabbage", "village": "360735102208", "harvested_on": "2026-11-02", "yuan_per_jin": "0.80",
        "consent": "visit",
    }  # fmt: skip
    made = [send("", form, "a") for _again in range(2)]
    assert [answer.status_code for answer in made] == [201, 201] and EntrySheet.objects.count() == 1
    sheet = made[0].json()["id"]
    assert [row["id"] for row in client.get("/api/v1/sheets/").json()["results"]] == [sheet]
    rows = [
        {"household": str(xiuying_household.pk), "amount": "200"},
        {"household": str(guiying_household.pk), "amount": "?"},
    ]
    filled = send(f"{sheet}/rows/", {"rows": rows}, "b").json()
    assert sorted(bool(row["unreadable"]) for row in filled["rows"]) == [False, True]

    for _again in range(2):
        listed = send(f"{sheet}/on-sale/", {}, "c")

    lot = Listing.objects.get()
    assert [row["listing"] for row in listed.json()["rows"] if row["listing"]] == [lot.pk]
    assert client.post(f"/api/v1/sheets/{sheet}/on-sale/", {}, "application/json").status_code == 400
    foreign = send(f"{sheet}/rows/", {"rows": [{"household": str(uuid.uuid4()), "amount": "1"}]}, "d")
    assert foreign.status_code == 400
    twice = send(f"{sheet}/rows/", {"rows": rows[:1] * 2}, "e")
    assert twice.status_code == 400
