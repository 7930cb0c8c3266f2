"""Reserved shares: who reports, what is declared and corrected, and who is excepted, each by its two hands."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from canteens.models import ShareDeclaration, ShareException, ShareUnit
from canteens.selectors.shares import declared_until, shares_of
from canteens.services import register_canteen
from canteens.services.shares import due_fen
from kernel.entering import entering
from kernel.errors import BadValue
from records.services.participation import AlreadyTookPart
from registers.models import RegisterChange
from registers.services import changes
from tests import factories
from tests.factories import MONDAY, login

pytestmark = pytest.mark.django_db
YEAR = MONDAY.year
SCHOOL, HOSPITAL = "石城县第一中学", "石城县人民医院"


def share(**values):
    return {"organisation": SCHOOL, "year": YEAR, "total": 920_000_00, "union": 0, "ratio": 10_00} | values


def unit(**values):
    content = {"organisation": SCHOOL, "superior": "", "reported_by": "", "run_by": ""}
    return content | {"from_on": f"{YEAR}-01-01"} | values


def decided(register, content, by, then):
    change = changes.propose(register, [content], document_number="石中〔2026〕7号", by=by, at=MONDAY)
    return changes.confirm(change, by=then, at=MONDAY)


def test_a_share_is_declared_by_two_hands_of_the_buyer_and_corrected_by_a_new_turn(cashier_yu, second_qiu, chef_chen):
    with pytest.raises(changes.NotYours):
        changes.propose("shares", [share()], document_number="7号", by=chef_chen, at=MONDAY)
    change = changes.propose("shares", [share()], document_number="7号", by=cashier_yu, at=MONDAY)
    with pytest.raises(AlreadyTookPart):
        changes.confirm(change, by=cashier_yu, at=MONDAY)
    changes.confirm(change, by=second_qiu, at=MONDAY)
    first = ShareDeclaration.objects.get()
    with pytest.raises(BadValue) as twice:
        changes.propose("shares", [share()], document_number="8号", by=cashier_yu, at=MONDAY)
    assert "改" in str(twice.value)

    decided(
        "shares", {"share": first.pk, "total": 900_000_01, "union": 5_000_00, "ratio": 12_50}, cashier_yu, second_qiu
    )

    latest = shares_of(YEAR).get()
    assert (latest.turn, latest.total_fen, latest.ratio_permille) == (2, 900_000_01, 125)
    assert due_fen(latest.total_fen, latest.ratio_permille) == 112_500_01  # a fen begun is bought whole
    first.refresh_from_db()
    assert (first.turn, first.total_fen) == (1, 920_000_00)


@pytest.mark.parametrize(
    ("wrong", "word"),
    [({"ratio": 9_90}, "10%"), ({"ratio": 10_05}, "12.5%"), ({"total": 0}, "花"), ({"year": 2024}, "")],
)
def test_what_is_below_the_least_or_of_another_year_is_refused(cashier_yu, wrong, word):
    with pytest.raises(BadValue) as refused:
        changes.propose("shares", [share(**wrong)], document_number="7号", by=cashier_yu, at=MONDAY)
    assert word in str(refused.value)


def test_the_least_ratio_is_that_of_the_year(cashier_yu, director_lin, clerk_ma):
    content = {"name": "share_least_permille", "value": 150, "from_on": f"{YEAR + 1}-01-01"}
    decided("policies", content, director_lin, clerk_ma)

    changes.propose("shares", [share()], document_number="7号", by=cashier_yu, at=MONDAY)
    with pytest.raises(BadValue):
        changes.propose("shares", [share(year=YEAR + 1)], document_number="8号", by=cashier_yu, at=MONDAY)


def test_without_a_canteen_only_the_unions_buying_is_declared(school, cashier_yu, second_qiu, relief_clerk):
    with entering("registerchange:0"):
        register_canteen(school, mode="none", heads=0, union_members=96, address="西华路1号")
    with pytest.raises(BadValue):
        changes.propose("shares", [share()], document_number="7号", by=cashier_yu, at=MONDAY)
    decided("shares", share(total=0, union=30_000_00), cashier_yu, second_qiu)
    assert shares_of(YEAR).get().union_fen == 30_000_00


def test_a_shared_canteen_is_reported_once(school, hospital, relief_clerk, director_lin, cashier_yu):
    decided("share-units", unit(reported_by=HOSPITAL), relief_clerk, director_lin)

    with pytest.raises(BadValue) as refused:
        changes.propose("shares", [share()], document_number="7号", by=cashier_yu, at=MONDAY)
    assert HOSPITAL in str(refused.value)
    for chained in (unit(organisation=HOSPITAL, reported_by=SCHOOL), unit(reported_by=SCHOOL), unit()):
        with pytest.raises(BadValue):
            changes.propose("share-units", [chained], document_number="8号", by=relief_clerk, at=MONDAY)


def test_who_reports_changes_from_a_day_on(school, hospital, relief_clerk, director_lin):
    decided("share-units", unit(reported_by=HOSPITAL), relief_clerk, director_lin)
    decided("share-units", unit(run_by="绿源餐饮", from_on=f"{YEAR}-07-01"), relief_clerk, director_lin)

    first, second = ShareUnit.objects.order_by("from_on")
    assert (first.reported_by, first.to_on) == (hospital, dt.date(YEAR, 7, 1))
    assert (second.reported_by, second.run_by, second.to_on) == (None, "绿源餐饮", None)


def test_finance_grants_an_exception_and_the_latest_counts(school, cashier_yu, finance_maker, finance_checker):
    asked = {"organisation": SCHOOL, "year": YEAR, "ratio": 5_00, "why": "寄宿部停办"}
    decided("share-exceptions", asked, cashier_yu, finance_checker)
    decided("share-exceptions", asked | {"ratio": 0}, finance_maker, finance_checker)

    assert list(ShareException.objects.order_by("turn").values_list("turn", "ratio_permille")) == [(1, 50), (2, 0)]


def test_the_day_of_declaration_is_a_rule(db):
    assert declared_until(YEAR) == dt.date(YEAR, 2, 20)


def test_the_page_declares_and_the_file_says_the_same(client, school, cashier_yu, second_qiu, auditor, now):
    login(client, cashier_yu)
    new = client.get(reverse("register-new", args=["shares"])).content.decode()
    assert SCHOOL in new and f'value="{YEAR}"' in new
    typed = {"organisation": SCHOOL, "year": YEAR, "total": "920000", "union": "", "ratio": "10%"}
    typed |= {"document_number": "7号", "idem": uuid.uuid4().hex}
    assert client.post(reverse("register-new", args=["shares"]), typed).status_code == 302
    changes.confirm(RegisterChange.objects.get(), by=second_qiu, at=MONDAY)

    row = ShareDeclaration.objects.get()
    edit = client.get(reverse("register-edit", args=["shares", row.pk])).content.decode()
    assert 'value="920000.00"' in edit and 'value="10"' in edit
    login(client, auditor)
    rows = client.get(reverse("api-register", args=["shares"])).json()["results"]
    assert "92,000.00" in str(rows[0])


def test_others_see_no_declaration_of_a_buyer(client, school, hospital, cashier_yu, second_qiu, now):
    decided("shares", share(), cashier_yu, second_qiu)
    login(client, factories.a_user("外院出纳", "cashier", hospital))
    assert "920,000" not in client.get(reverse("register", args=["shares"])).content.decode()
