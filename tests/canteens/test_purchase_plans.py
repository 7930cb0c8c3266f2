"""A purchase plan: sent by one person, decided by another, taken back or closed; a record names it alone."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from canteens.models import PurchasePlan
from canteens.services import purchase_plans
from canteens.services.purchase_plans import Planned
from kernel.errors import BadValue
from kernel.workflow import IllegalMove
from ledger.models import Account
from records.services.participation import AlreadyTookPart
from tests.factories import MONDAY, TUESDAY, a_fund, a_purchase_plan, a_user, all_goods, an_organisation, login

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

DAY = MONDAY.date()


@pytest.fixture
def fund(school, treasurer_zhou, vegetables):
    return a_fund(school, by=treasurer_zhou)


@pytest.fixture
def plan(fund, chef_chen):
    return a_purchase_plan(fund, by=chef_chen)


def typed(fund, **other) -> dict:
    said = {
        "fund": str(fund.pk),
        "kind": "festival",
        "occasion": "中秋",
        "total": "3000",
        "from_on": DAY.isoformat(),
        "to_on": (DAY + dt.timedelta(days=20)).isoformat(),
        "committee_record": "石中工纪〔2026〕12号",
        "goods": "蔬菜",
    }
    return said | other


def test_another_person_approves_and_the_fund_holds_nothing(plan, chair_tan):
    purchase_plans.approve_plan(plan, by=chair_tan, at=TUESDAY)

    plan.refresh_from_db()
    assert (plan.status, plan.decided_by, plan.decided_at) == ("approved", chair_tan, TUESDAY)
    assert Account.objects.get(pk=plan.fund.account_id).debits_pending_fen == 0


@pytest.mark.parametrize("decide", [purchase_plans.approve_plan, purchase_plans.refuse_plan])
def test_nobody_decides_the_own_plan_whatever_the_account(plan, chef_chen, decide):
    words = {purchase_plans.refuse_plan: {"why": "金额不对"}}.get(decide, {})
    second = a_user("陈师傅", "union_chair", plan.organisation, person=chef_chen.person)
    for account in (chef_chen, second):
        with pytest.raises(AlreadyTookPart):
            decide(plan, by=account, at=TUESDAY, **words)

    assert PurchasePlan.objects.get().status == "sent"


def test_a_record_names_one_plan_until_that_is_refused(plan, fund, chef_chen, chair_tan):
    with pytest.raises(purchase_plans.RecordUsed, match="中秋"):
        a_purchase_plan(fund, by=chef_chen)

    purchase_plans.refuse_plan(plan, why="金额不对", by=chair_tan, at=TUESDAY)
    assert a_purchase_plan(fund, by=chef_chen).committee_record == plan.committee_record


def test_a_plan_taken_back_frees_its_record_and_is_decided_no_more(plan, fund, chef_chen, chair_tan):
    purchase_plans.withdraw_plan(plan, by=chef_chen, at=TUESDAY)

    with pytest.raises(IllegalMove):
        purchase_plans.approve_plan(plan, by=chair_tan, at=TUESDAY)
    a_purchase_plan(fund, by=chef_chen)


def test_only_an_approved_plan_is_closed_and_once(plan, chef_chen, chair_tan):
    with pytest.raises(IllegalMove):
        purchase_plans.close_plan(plan, by=chef_chen, at=TUESDAY)
    purchase_plans.approve_plan(plan, by=chair_tan, at=TUESDAY)
    purchase_plans.close_plan(plan, by=chef_chen, at=TUESDAY)
    with pytest.raises(IllegalMove):
        purchase_plans.close_plan(plan, by=chef_chen, at=TUESDAY)


@pytest.mark.parametrize(
    "other",
    [
        {"occasion": "  "},
        {"committee_record": " "},
        {"goods": ()},
        {"total_fen": 0},
        {"to_on": DAY - dt.timedelta(days=1)},
        {"from_on": DAY - dt.timedelta(days=9), "to_on": DAY - dt.timedelta(days=1)},
        {"to_on": DAY.replace(year=DAY.year + 1)},
    ],
)
def test_what_makes_no_plan_is_refused_in_words(fund, chef_chen, other):
    said = {
        "kind": "event",
        "occasion": "运动会",
        "total_fen": 1,
        "from_on": DAY,
        "to_on": DAY,
        "committee_record": "3号",
        "goods": all_goods(),
    }
    with pytest.raises(BadValue):
        purchase_plans.send_plan(fund, Planned(**said | other), by=chef_chen, at=MONDAY)


def test_page_by_page_from_the_canteen_to_the_chair(client, fund, chef_chen, chair_tan):
    login(client, chef_chen)
    new = reverse("purchase-plan-new")
    assert "会议记录编号" in client.get(new).content.decode()
    for _tap in range(2):
        assert client.post(new, typed(fund, idem="a" * 32)).status_code == 302
    plan = PurchasePlan.objects.get()
    page, approve = (reverse(f"purchase-plan-{name}", args=[plan.pk]) for name in ("detail", "approve"))
    assert approve not in client.get(page).content.decode()
    assert client.post(approve, {"idem": "b" * 32}).status_code == 403

    assert "审批采购计划“中秋”" in login(client, chair_tan).get("/").content.decode()
    assert approve in client.get(page).content.decode()
    assert client.post(approve, {"idem": "c" * 32}).status_code == 302
    assert "已同意" in client.get(page).content.decode()

    close = reverse("purchase-plan-close", args=[plan.pk])
    assert close in login(client, chef_chen).get(page).content.decode()
    assert client.post(close, {"idem": "d" * 32}).status_code == 302
    assert close not in client.get(page).content.decode()


def test_who_sent_it_reads_why_it_was_refused(client, plan, chef_chen, chair_tan):
    refuse = reverse("purchase-plan-refuse", args=[plan.pk])
    assert login(client, chair_tan).post(refuse, {"idem": "a" * 32, "why": "金额不对"}).status_code == 302

    page = reverse("purchase-plan-detail", args=[plan.pk])
    assert "没同意：金额不对" in login(client, chef_chen).get(page).content.decode()


def test_a_record_already_used_is_told_on_the_form(client, plan, fund, chef_chen):
    answer = login(client, chef_chen).post(reverse("purchase-plan-new"), typed(fund, idem="a" * 32))

    assert answer.status_code == 409 and "已经用在采购计划“中秋”上了" in answer.content.decode()


def test_another_buyer_sees_nothing_of_it(client, plan, school):
    other = a_user("汤师傅", "buyer", an_organisation("buyer", "石城县第三中学", school.place, channel="school"))
    login(client, other)

    assert client.get(reverse("purchase-plan-detail", args=[plan.pk])).status_code == 404
    assert "中秋" not in client.get(reverse("purchase-plan-list")).content.decode()


def test_list_and_api_are_narrowed_alike(client, plan, fund, chef_chen, django_assert_max_num_queries):
    a_purchase_plan(fund, by=chef_chen, record="13号")
    purchase_plans.withdraw_plan(plan, by=chef_chen, at=TUESDAY)
    login(client, chef_chen)
    for status, rows in (("withdrawn", 1), ("approved", 0)):
        asked = {"status": status}
        with django_assert_max_num_queries(12):
            page = client.get(reverse("purchase-plan-list"), asked).content.decode()
        assert page.count("最多 3,000.00 元") == rows
        assert len(client.get(reverse("api-purchase-plan-list"), asked).json()["results"]) == rows
    assert client.get(reverse("api-purchase-plan-list"), {"strange": "1"}).status_code == 400


def test_programs_send_and_decide_as_people_do(client, fund, chef_chen, chair_tan):
    def post(name, said=None, *args):
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        return client.post(
            reverse(f"api-purchase-plan-{name}", args=args), said or {}, "application/json", headers=headers
        )

    login(client, chef_chen)
    sent = post("list", typed(fund, total="3000.00", goods=[{"category": "vegetable"}]))
    assert (sent.status_code, sent.json()["total"], sent.json()["status"]) == (201, "3000.00", "sent")
    number = sent.json()["id"]
    assert post("approve", None, number).status_code == 403
    login(client, chair_tan)
    assert post("refuse", {"why": ""}, number).status_code == 400
    assert post("approve", None, number).json()["status"] == "approved"
    login(client, chef_chen)
    assert post("withdraw", None, number).status_code == 409
    assert post("close", None, number).json()["status"] == "closed"
