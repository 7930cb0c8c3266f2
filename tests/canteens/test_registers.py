"""The registers of canteens and funds, by their two hands."""

import datetime as dt
import io
import uuid

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import reverse

from canteens import services
from canteens.models import Canteen, Fund
from canteens.selectors.sizes import heads_on
from canteens.selectors.unions import members_on
from canteens.services import confirm_budget, propose_budget
from canteens.services.purses import BudgetNotFree
from kernel.entering import SETTING
from kernel.errors import BadValue
from orders.forms.naming import fund_name
from records.services.participation import AlreadyTookPart
from registers.models import RegisterChange
from registers.services import changes
from tests import factories
from tests.factories import MONDAY, login
from tests.guards.rows import as_owner, refused_by
from tests.orders.steps import Story, wish

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def canteen(**values):
    content = {"organisation": "石城县第一中学", "mode": "own", "heads": 800, "union_members": 96}
    return content | {"address": "琴江镇西华路1号", "is_budget_unit": True} | values


def purse(**values):
    return {"organisation": "石城县第一中学", "kind": "union", "fiscal_year": MONDAY.year} | values


def propose(register, content, *, by, at=MONDAY):
    return changes.propose(register, [content], document_number="石中发〔2026〕7号", by=by, at=at)


def facts(change):
    return {name: (old, new) for name, old, new in change.rows.get().facts}


# --- Canteens -------------------------------------------------------------------------------------


def test_a_canteen_is_written_down_by_two_hands_and_corrected_by_two(school, relief_clerk, director_lin):
    first = propose("canteens", canteen(), by=relief_clerk)
    assert not Canteen.objects.exists()
    changes.confirm(first, by=director_lin, at=MONDAY)

    content = {name: value for name, value in canteen(union_members=90).items() if name != "organisation"}
    second = propose("canteens", content | {"canteen": school.canteen.pk}, by=relief_clerk)
    assert facts(second)["union_members"] == ("96", "90")
    changes.confirm(second, by=director_lin, at=MONDAY)

    school.canteen.refresh_from_db()
    assert (school.canteen.union_members, school.canteen.heads) == (90, 800)


def test_how_many_eat_is_kept_by_date(client, school, relief_clerk, director_lin, chef_chen, now):
    changes.confirm(propose("canteens", canteen(), by=relief_clerk), by=director_lin, at=MONDAY)
    later, since = MONDAY + 7 * DAY, MONDAY.date() + 3 * DAY
    asked = {name: value for name, value in canteen(heads=700, union_members=90).items() if name != "organisation"}
    asked |= {"canteen": school.canteen.pk, "from_on": since.isoformat()}
    refused = (
        {"from_on": (later.date() + DAY).isoformat()},
        {"from_on": (MONDAY.date() - DAY).isoformat()},
        {"heads": 800, "union_members": 96},
    )
    for wrong in refused:
        with pytest.raises(BadValue):
            propose("canteens", asked | wrong, by=relief_clerk, at=later)
    changes.confirm(propose("canteens", asked, by=relief_clerk, at=later), by=director_lin, at=later)

    school.refresh_from_db()
    days = [MONDAY.date() - DAY, *(since + n * DAY for n in (-1, 0, 1))]
    assert [heads_on(school, day) for day in days] == [700, 800, 700, 700]  # what nobody knows is as it is now
    assert [members_on(school.pk, day) for day in days] == [90, 96, 90, 90]
    login(client, relief_clerk)
    listed = client.get(reverse("register", args=["canteens"])).content.decode()
    [row] = client.get(reverse("api-register", args=["canteens"])).json()["results"]
    assert "就餐 800 人" in listed and row["cells"]["from_on"] == since.isoformat()
    assert "会员 96 人" in row["cells"]["earlier"] and MONDAY.date().isoformat() in row["cells"]["earlier"]
    page = login(client, chef_chen).get(reverse("menu-new"), {"week": MONDAY.date().isoformat()})
    assert page.context["form"].initial["heads_0"] == 800


def test_nobody_writes_down_a_canteen_alone_or_from_another_seat(school, director_lin, chef_chen):
    with pytest.raises(changes.NotYours):
        propose("canteens", canteen(), by=chef_chen)
    change = propose("canteens", canteen(), by=director_lin)
    with pytest.raises(AlreadyTookPart):
        changes.confirm(change, by=director_lin, at=MONDAY)
    assert not Canteen.objects.exists()


def test_only_buyers_have_canteens_and_purses(coop, relief_clerk, treasurer_zhou):
    for register, content, by in (("canteens", canteen(), relief_clerk), ("funds", purse(), treasurer_zhou)):
        for name in (coop.name, "没有的单位"):
            with pytest.raises(BadValue) as refused:
                propose(register, content | {"organisation": name}, by=by)
            assert name in str(refused.value)


def ask(client, page, /, *keys, **typed):
    return client.post(reverse(page, args=keys), {"idem": uuid.uuid4().hex} | typed)


def a_file(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("食堂.xlsx", out.getvalue())


def test_canteens_come_by_a_file_which_names_every_faulty_cell(client, school, relief_clerk, director_lin, now):
    head = ["采购单位", "就餐方式", "就餐人数", "工会会员人数", "收货地址", "是预算单位吗"]
    row = ["石城县第一中学", "自办食堂", "800", "96", "琴江镇西华路1号", "是"]
    login(client, relief_clerk)
    wrong = a_file(head, [*row[:2], "-8", *row[3:5], "也许"])
    refused = ask(client, "register-rows", "canteens", file=wrong, document_number="7号")
    assert refused.status_code == 400
    assert all(cell in refused.content.decode() for cell in ("C2", "F2"))

    ask(client, "register-rows", "canteens", file=a_file(head, row), document_number="7号")
    change = RegisterChange.objects.get()
    login(client, director_lin)
    page = client.get(reverse("register-change", args=[change.pk])).content.decode()
    assert "自办食堂" in page and "工会会员人数" in page
    ask(client, "register-change-confirm", change.pk)

    assert (Canteen.objects.get().union_members, Canteen.objects.get().is_budget_unit) == (96, True)
    edit = client.get(reverse("register-edit", args=["canteens", Canteen.objects.get().pk])).content.decode()
    assert "琴江镇西华路1号" in edit


# --- Funds ----------------------------------------------------------------------------------------


def test_the_treasurer_proposes_a_purse_and_the_chair_opens_it(client, school, treasurer_zhou, chair_tan, now):
    login(client, treasurer_zhou)
    listed = client.get(reverse("fund-list")).content.decode()
    assert reverse("register-new", args=["funds"]) in listed
    assert "石城县第一中学" in client.get(reverse("register-new", args=["funds"]), purse()).content.decode()
    ask(client, "register-new", "funds", **purse())
    change = RegisterChange.objects.get()
    assert ask(client, "register-change-confirm", change.pk).status_code == 403
    assert not Fund.objects.exists()

    login(client, chair_tan)
    assert f"{MONDAY.year}年工会经费" in client.get("/").content.decode()
    ask(client, "register-change-confirm", change.pk)

    fund = Fund.objects.get()
    assert (fund.organisation, fund.kind, fund.fiscal_year) == (school, "union", MONDAY.year)
    assert fund.account.available_fen() == 0
    assert "工会经费" in client.get(reverse("register", args=["funds"])).content.decode()


def test_each_kind_of_purse_has_its_own_two_hands(school, treasurer_zhou, chair_tan, cashier_yu, hospital):
    checker = factories.a_user("何复核", "payment_checker", school)
    for content in (purse(kind="canteen"), purse(organisation="石城县人民医院")):
        with pytest.raises(changes.NotYours):
            propose("funds", content, by=treasurer_zhou)
    with pytest.raises(changes.NotYours):
        propose("funds", purse(), by=cashier_yu)

    change = propose("funds", purse(kind="canteen"), by=cashier_yu)
    assert change.confirmed_in == [f"payment_checker@{school.pk}"]
    changes.confirm(change, by=checker, at=MONDAY)

    assert Fund.objects.get().kind == "canteen"


GIVEN = "石城商会〔2026〕捐字3号"


def test_a_donation_is_opened_by_cashier_and_checker_and_names_its_donors_paper(client, school, cashier_yu, second_qiu):
    for wrong in ({}, {"donor_document": " "}, {"donor_document": GIVEN, "kind": "own"}):
        with pytest.raises(BadValue):
            propose("funds", purse(kind="donation") | wrong, by=cashier_yu)
    login(client, cashier_yu)
    typed = {"organisation": school.name, "kind": "donation", "fiscal_year": MONDAY.year, "donor_document": GIVEN}
    new = reverse("register-new", args=["funds"])
    assert client.post(new, typed | {"donor_document": "", "idem": "a" * 32}).status_code == 400
    assert client.post(new, typed | {"idem": "b" * 32}).status_code == 302
    changes.confirm(RegisterChange.objects.get(), by=second_qiu, at=MONDAY)

    fund = Fund.objects.get()
    confirm_budget(propose_budget(fund, 500_00, GIVEN, by=cashier_yu, at=MONDAY), by=second_qiu, at=MONDAY)
    assert (fund.kind, fund.donor_document, fund.label) == ("donation", GIVEN, "捐赠")
    page = client.get(reverse("fund-detail", args=[fund.pk])).content.decode()
    assert "捐赠" in page and GIVEN in page
    assert GIVEN in client.get(reverse("register", args=["funds"])).content.decode()
    told = client.get(reverse("api-fund-detail", args=[fund.pk])).json()
    assert (told["kind"], told["donor_document"], told["left"]) == ("donation", GIVEN, "500.00")


def test_what_is_left_of_a_donation_goes_into_the_donation_of_the_next_year(school, cashier_yu, second_qiu):
    purses = [
        services.open_fund(school, "donation", year, donor_document=GIVEN, at=MONDAY)
        for year in (MONDAY.year, MONDAY.year + 1)
    ]
    confirm_budget(propose_budget(purses[0], 500_00, GIVEN, by=cashier_yu, at=MONDAY), by=second_qiu, at=MONDAY)
    content = {"organisation": school.name, "kind": "donation", "fiscal_year": MONDAY.year, "amount": 500_00}

    changes.confirm(propose("carry-over", content, by=cashier_yu, at=NEXT), by=second_qiu, at=NEXT)

    assert [left(fund) for fund in purses] == [0, 500_00]


def test_a_purse_is_opened_once(school, treasurer_zhou, chair_tan):
    changes.confirm(propose("funds", purse(), by=treasurer_zhou), by=chair_tan, at=MONDAY)
    with pytest.raises(changes.NothingChanges):
        propose("funds", purse(), by=treasurer_zhou)


@pytest.mark.parametrize(
    ("month", "day", "ahead", "opens"),
    [(9, 30, 1, False), (10, 1, 1, True), (10, 1, 2, False), (10, 1, -1, False), (9, 30, 0, True)],
)
def test_next_years_purse_is_opened_from_october_on(school, treasurer_zhou, month, day, ahead, opens):
    at = dt.datetime(MONDAY.year, month, day, 9, tzinfo=factories.SHANGHAI)
    content = purse(fiscal_year=MONDAY.year + ahead)
    assert (faults(content, at=at) == []) == opens


def faults(content, *, at):
    return changes.refusals_of("funds", [content], at=at)


@pytest.fixture
def checker_he(school):
    return factories.a_user("何复核", "payment_checker", school)


def opened(name, *, by, then):
    change = propose("funds", purse(kind="canteen", name=name), by=by)
    changes.confirm(change, by=then, at=MONDAY)
    return Fund.objects.get(name=name, fiscal_year=MONDAY.year)


def test_purses_of_one_kind_are_told_apart_by_name_wherever_they_are_shown(
    client, school, cashier_yu, checker_he, chef_chen, now
):
    one, two = (opened(name, by=cashier_yu, then=checker_he) for name in ("一食堂", "二食堂"))
    assert one.account_id != two.account_id

    listed = login(client, cashier_yu).get(reverse("fund-list")).content.decode()
    assert "食堂伙食费 一食堂" in listed and "食堂伙食费 二食堂" in listed
    assert "食堂伙食费 一食堂" in client.get(reverse("fund-detail", args=[one.pk])).content.decode()
    rows = client.get(reverse("api-fund-list")).json()["results"]
    assert {row["name"] for row in rows} == {"一食堂", "二食堂"}
    planned = login(client, chef_chen).get(reverse("purchase-plan-new")).content.decode()
    assert f"食堂伙食费 二食堂 {MONDAY.year}" in planned and fund_name(two) == f"食堂伙食费 二食堂 {MONDAY.year}"


@pytest.mark.parametrize("typed", ["一食堂", " 一 食堂", "一\u3000食堂 ", "一食\u200b堂"])
def test_the_same_name_typed_otherwise_is_the_same_purse(school, cashier_yu, checker_he, typed):
    opened("一食堂", by=cashier_yu, then=checker_he)
    with pytest.raises(changes.NothingChanges):
        propose("funds", purse(kind="canteen", name=typed), by=cashier_yu)
    other = opened("二食堂", by=cashier_yu, then=checker_he)
    with pytest.raises(BadValue, match="已经有“食堂伙食费 一食堂”"):
        propose("funds", {"fund": other.pk, "name": typed}, by=cashier_yu)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"kind": "canteen", "name": "  "}, "只有空格"),
        ({"kind": "canteen", "name": "\u3000\u200b"}, "只有空格"),
        ({"kind": "canteen", "name": "食" * 21}, "20"),
        ({"kind": "union", "name": "一食堂"}, "工会"),
    ],
)
def test_a_name_that_tells_nothing_apart_is_refused_in_words(school, cashier_yu, asked, why):
    with pytest.raises(BadValue, match=why):
        propose("funds", purse(**asked), by=cashier_yu)


def test_a_name_of_blanks_typed_on_the_page_is_refused_there(client, school, cashier_yu, now):
    page = ask(login(client, cashier_yu), "register-new", "funds", **purse(kind="canteen", name="\u3000 "))
    assert page.status_code >= 400 and "只有空格" in page.content.decode()
    assert not RegisterChange.objects.exists()


def test_a_purse_is_renamed_by_its_two_hands_in_every_year_and_its_old_name_is_free(
    client, school, cashier_yu, checker_he, now
):
    this = opened("一食堂", by=cashier_yu, then=checker_he)
    services.open_fund(school, "canteen", MONDAY.year + 1, name="一食堂", at=MONDAY)
    edit = reverse("register-edit", args=["funds", this.pk])
    assert "一食堂" in login(client, cashier_yu).get(edit).content.decode()
    client.post(edit, {"idem": "r" * 32, "fund": this.pk, "name": "教工食堂"})
    change = RegisterChange.objects.get(status="proposed")
    assert facts(change) == {"name": ("一食堂", "教工食堂")}
    ask(login(client, checker_he), "register-change-confirm", change.pk)

    assert set(Fund.objects.values_list("name", flat=True)) == {"教工食堂"}
    again = opened("一食堂", by=cashier_yu, then=checker_he)
    assert again.account_id != this.account_id


def test_nobody_renames_a_purse_beside_its_register(school):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, '', true)", [SETTING])
        with refused_by("canteens_fund.entered_only"), as_owner():
            cursor.execute("UPDATE canteens_fund SET name = 'A' WHERE false")
        transaction.set_rollback(True)


# --- Carry-over -----------------------------------------------------------------------------------

NEXT = MONDAY.replace(year=MONDAY.year + 1, month=1, day=5)


@pytest.fixture
def two_purses(school, treasurer_zhou, chair_tan):
    """The union's purse of this year with 1,000 yuan, and an empty one of the next."""
    old = factories.a_fund(school, yuan=1_000, year=MONDAY.year, by=treasurer_zhou)
    return old, factories.a_fund(school, yuan=0, year=NEXT.year, by=treasurer_zhou)


def carried(**values):
    row = {"organisation": "石城县第一中学", "kind": "union", "fiscal_year": MONDAY.year, "amount": 1_000_00}
    return row | values


def left(fund):
    fund.account.refresh_from_db()
    return fund.account.available_fen()


def test_what_is_left_goes_into_the_next_year_by_two_hands_and_what_is_held_stays(
    client, two_purses, school, treasurer_zhou, chair_tan, chef_chen, xiuying, xiuying_household, cabbage, now
):
    old, new = two_purses
    lot = factories.a_listing(xiuying_household, cabbage, kg=100, price_fen=80, by=xiuying)
    Story(school, old, {"chef": chef_chen}).place(wish((lot, 40)))
    now.at = NEXT
    with pytest.raises(BudgetNotFree, match=r"936\.00"):
        propose("carry-over", carried(), by=treasurer_zhou, at=NEXT)

    login(client, treasurer_zhou)
    typed = {"organisation": school.name, "kind": "union", "fiscal_year": MONDAY.year, "amount": "936"}
    sent = client.post(
        reverse("register-new", args=["carry-over"]), typed | {"idem": "k" * 32, "document_number": "结转1号"}
    )
    change = RegisterChange.objects.get()
    assert sent.status_code == 302 and facts(change) == {
        "left_before": ("936.00", "0.00"),
        "left_after": ("0.00", "936.00"),
    }
    assert "64.00" in changes.notes_of(change, at=NEXT)[0]
    with pytest.raises(AlreadyTookPart):
        changes.confirm(change, by=treasurer_zhou, at=NEXT)
    login(client, chair_tan)
    page = client.get(reverse("register-change", args=[change.pk])).content.decode()
    assert "上年度还剩（元）" in page and "下年度还剩（元）" in page and "left_" not in page
    client.post(reverse("register-change-confirm", args=[change.pk]), {"idem": "c" * 32})

    assert (left(old), left(new)) == (0, 936_00)
    old.account.refresh_from_db()
    assert old.account.debits_pending_fen == 64_00
    for fund, sum_ in ((old, "936.00 元"), (new, "936.00 元")):
        page = login(client, treasurer_zhou).get(f"/funds/{fund.pk}/").content.decode()
        assert sum_ in page and "结转1号" in page


def test_what_cannot_be_carried_over_is_refused(two_purses, treasurer_zhou):
    with pytest.raises(BadValue, match="还没有过完"):
        propose("carry-over", carried(), by=treasurer_zhou, at=MONDAY)
    with pytest.raises(BadValue, match=str(MONDAY.year - 2)):
        propose("carry-over", carried(fiscal_year=MONDAY.year - 2), by=treasurer_zhou, at=NEXT)


def test_what_was_ordered_or_taken_meanwhile_stops_a_carry_over(two_purses, treasurer_zhou, chair_tan):
    old, _new = two_purses
    change = propose("carry-over", carried(amount=900_00), by=treasurer_zhou, at=NEXT)
    budget = propose_budget(old, -200_00, "收回1号", by=treasurer_zhou, at=NEXT)
    confirm_budget(budget, by=chair_tan, at=NEXT)

    with pytest.raises((BudgetNotFree, changes.ChangedSince)):
        changes.confirm(change, by=chair_tan, at=NEXT)
    assert left(old) == 800_00


def test_programs_carry_over_too(client, two_purses, school, treasurer_zhou, chair_tan, now):
    now.at = NEXT
    login(client, treasurer_zhou)
    row = {"organisation": school.name, "kind": "union", "fiscal_year": str(MONDAY.year), "amount": "1000"}
    sent = client.post(
        reverse("api-register-propose", args=["carry-over"]),
        {"document_number": "结转2号", "rows": [row]},
        content_type="application/json",
        HTTP_IDEMPOTENCY_KEY="k" * 20,
    )
    assert sent.status_code == 201
    login(client, chair_tan)
    client.post(reverse("api-register-change-confirm", args=[sent.json()["id"]]), HTTP_IDEMPOTENCY_KEY="c" * 20)

    assert [left(fund) for fund in two_purses] == [0, 1_000_00]


def test_a_named_purse_is_carried_over_into_the_one_of_its_name(school, cashier_yu, checker_he):
    funds = [
        services.open_fund(school, "canteen", year, name=name, at=MONDAY)
        for name in ("一食堂", "二食堂")
        for year in (MONDAY.year, NEXT.year)
    ]
    confirm_budget(propose_budget(funds[2], 500_00, "石中7号", by=cashier_yu, at=MONDAY), by=checker_he, at=MONDAY)
    content = carried(kind="canteen", name="二 食堂", amount=500_00)
    changes.confirm(propose("carry-over", content, by=cashier_yu, at=NEXT), by=checker_he, at=NEXT)

    assert [left(fund) for fund in funds] == [0, 0, 0, 500_00]
