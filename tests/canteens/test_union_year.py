"""The year of a union on the page of its purse: plans, what was drawn and is left, a head, and what the rule leaves."""

import pytest
from django.urls import reverse

from canteens.models import UnionRule
from canteens.pages import union_year
from canteens.services import purchase_plans, register_canteen, signed_lists
from canteens.services.signed_lists import Answer
from ledger.models import Transfer
from tests.factories import MONDAY, TUESDAY, a_fund, a_purchase_plan, login
from tests.guards.rows import count_rows_of, force
from tests.orders.steps import a_stored_photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


@pytest.fixture
def fund(school, county, treasurer_zhou, chef_chen, chair_tan):
    """A purse of three members: two festivals of 300 and 120 yuan a head approved, one sent, one of the two ordered."""
    register_canteen(school, mode="own", heads=900, union_members=3, address="琴江镇")
    UnionRule.objects.create(
        place=county, document="赣工发〔2026〕3号", year_fen=600_00, counts_unplanned=True, from_on=MONDAY.date()
    )
    fund = a_fund(school, by=treasurer_zhou)
    spring, boats, _moon = (
        a_purchase_plan(fund, by=chef_chen, record=f"{number}号", occasion=name, fen=each * 3, per_head_fen=each)
        for number, (name, each) in enumerate({"春节": 300_00, "端午": 120_00, "中秋": 80_00}.items())
    )
    for plan in (spring, boats):
        purchase_plans.approve_plan(plan, by=chair_tan, at=MONDAY)
    force(spring, accepted_fen=600_00, held_fen=99_00)
    hands = {"by": treasurer_zhou, "at": TUESDAY}
    row = signed_lists.open_list(spring, "大米", "王小明\n李大海\n陈桂英", **hands)
    photo = signed_lists.add_photo(row, a_stored_photo(treasurer_zhou, TUESDAY), **hands).pk
    signed_lists.answer_lines(row, Answer("got", (1, 2), photo=photo), **hands)
    return fund


def test_one_page_says_the_year_in_twelve_statements(client, fund, chair_tan, django_assert_max_num_queries):
    Transfer.objects.bulk_create(
        Transfer(
            reference=f"allocation:{number}:hold", kind=Transfer.Kind.PENDING, debit_id=fund.account_id,
            credit_id=fund.bank_account_id, amount_fen=1, at=MONDAY,
        )
        for number in range(1_000, 11_000)
    )  # fmt: skip
    count_rows_of("ledger_transfer")
    login(client, chair_tan)

    with django_assert_max_num_queries(12):
        page = client.get(reverse("fund-detail", args=[fund.pk]))

    year, words = page.context["year"], page.content.decode()
    assert [(row.occasion, row.each, row.most, row.drawn, row.left, row.signed) for row in year.rows] == [
        ("春节", "300.00", "900.00", "699.00", "201.00", "2 人签了，还差 1 人"),
        ("端午", "120.00", "360.00", "0.00", "360.00", ""),
        ("中秋", "80.00", "240.00", "", "", ""),
    ]
    assert (year.each, year.most, year.drawn, year.left) == ("420.00", "1,260.00", "699.00", "561.00")
    assert "今年给 3 个会员，一人最多发 420.00 元，分 2 回" in words
    assert "已安排 420.00 元，最多 600.00 元，还剩 180.00 元" in words and "赣工发〔2026〕3号" in words
    assert [(part.key, part.amount) for part in year.ceiling] == [("used", "1,260.00"), ("left", "540.00")]
    assert all(row.url in words for row in year.rows)


def test_who_has_not_signed_is_named_masked_to_the_unions_people_alone(client, fund, chair_tan, chef_chen):
    page = login(client, chair_tan).get(reverse("fund-detail", args=[fund.pk]))
    [part], first = page.context["year"].missing, page.context["year"].rows[0]
    words = page.content.decode()
    assert (part.title, part.names, part.more) == ("春节还差 1 个人签", ["陈*英"], "")
    assert (first.goods, first.missing_url) == ("大米", f"#{part.key}") and f'id="{part.key}"' in words
    assert "陈桂英" not in words

    other = login(client, chef_chen).get(reverse("fund-detail", args=[fund.pk]))
    assert other.context["year"].missing == [] and "2 人签了，还差 1 人" in other.content.decode()
    assert "陈*英" not in other.content.decode()


def test_a_long_list_names_the_first_and_counts_the_others(client, fund, treasurer_zhou, monkeypatch):
    monkeypatch.setattr(union_year, "MOST_MISSING", 2)
    plan = fund.purchase_plans.get(occasion="端午")
    signed_lists.open_list(plan, "粽子", "王甲明\n王乙明\n王丙明", by=treasurer_zhou, at=TUESDAY)

    page = login(client, treasurer_zhou).get(reverse("fund-detail", args=[fund.pk]))

    last = page.context["year"].missing[-1]
    assert (last.title, last.names, last.more) == ("端午还差 3 个人签", ["王*明", "王*明"], "还有 1 人")


def test_a_program_reads_the_same_year(client, fund, chair_tan):
    year = login(client, chair_tan).get(reverse("api-fund-detail", args=[fund.pk])).json()["year"]

    assert [(row["occasion"], row["given"], row["signed"], row["missing"]) for row in year.pop("plans")] == [
        ("春节", "大米", 2, 1), ("端午", "", None, 0), ("中秋", "", None, 0),
    ]  # fmt: skip
    assert year == {
        "members": 3, "rule": "赣工发〔2026〕3号", "planned": "1260.00", "unplanned": "0.00", "most": "1800.00",
        "apart": "0.00", "most_apart": None, "most_festival": None, "allowed": [],
    }  # fmt: skip


def test_a_purse_of_other_money_has_no_such_year(client, school, treasurer_zhou, chef_chen):
    other = a_fund(school, "canteen", by=treasurer_zhou)
    login(client, chef_chen)

    assert client.get(reverse("fund-detail", args=[other.pk])).context["year"] is None
    assert client.get(reverse("api-fund-detail", args=[other.pk])).json()["year"] is None
