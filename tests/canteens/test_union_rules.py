"""Rules of union money: set by two hands, and kept by plans, one fen below, at and above."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from canteens.models import UnionRule
from canteens.selectors.unions import union_rule_on
from canteens.services import purchase_plans, register_canteen
from canteens.services.ceilings import FestivalAboveRule, YearAboveRule
from kernel.errors import BadValue
from records.services.participation import AlreadyTookPart
from registers.models import RegisterChange
from registers.services import changes
from tests.factories import MONDAY, TUESDAY, a_fund, a_purchase_plan, a_union_rule, login

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
DAY, TODAY = dt.timedelta(days=1), MONDAY.date()
MEMBERS = 46
DOCUMENT = "赣工发〔2026〕3号"


@pytest.fixture
def fund(school, treasurer_zhou, vegetables):
    register_canteen(school, mode="own", heads=900, union_members=MEMBERS, address="琴江镇")
    return a_fund(school, by=treasurer_zhou, yuan=100_000)


@pytest.fixture
def rule(county):
    """300 yuan on a festival, 1,000 in a year, 200 more outside the ordinary ceiling, for each member."""
    return a_union_rule(county, festival_fen=300_00, year_fen=1_000_00, apart_fen=200_00)


def sent(fund, chef, *, fen, record="1号", **more):
    return a_purchase_plan(fund, by=chef, record=record, fen=fen, **more)


def approved(fund, chef, chair, **more):
    return purchase_plans.approve_plan(sent(fund, chef, **more), by=chair, at=TUESDAY)


class TestPlans:
    @pytest.mark.parametrize(("kind", "each"), [("festival", 299_99), ("festival", 300_00), ("event", 300_00)])
    def test_a_festival_within_the_rule_is_approved(self, fund, rule, chef_chen, chair_tan, kind, each):
        plan = approved(fund, chef_chen, chair_tan, fen=each * MEMBERS, per_head_fen=each, kind=kind)

        assert (plan.status, plan.members) == ("approved", MEMBERS)

    @pytest.mark.parametrize(
        "kind",
        [
            pytest.param("festival", marks=pytest.mark.guard("line an occasion comes to no more than the rule")),
            "event", "season", "project",
        ],
    )  # fmt: skip
    def test_a_sum_a_head_a_fen_above_is_refused_whatever_the_kind(self, fund, rule, chef_chen, kind):
        with pytest.raises(FestivalAboveRule, match=rf"{DOCUMENT}.*300\.00.*300\.01.*300\.00"):
            sent(fund, chef_chen, fen=13_800_00, per_head_fen=300_01, kind=kind)

    def test_outside_the_ordinary_ceiling_no_occasion_is_capped(self, fund, rule, chef_chen):
        assert sent(fund, chef_chen, fen=9_200_00, per_head_fen=300_01, kind="event", apart=True).status == "sent"

    def test_a_festival_without_a_sum_a_head_is_asked_for_it(self, fund, rule, chef_chen):
        with pytest.raises(BadValue, match=DOCUMENT):
            sent(fund, chef_chen, fen=1_00)

    @pytest.mark.parametrize("each", [99_99, 100_00])
    def test_two_plans_of_one_festival_count_together(self, fund, rule, chef_chen, chair_tan, each):
        approved(fund, chef_chen, chair_tan, fen=200_00 * MEMBERS, per_head_fen=200_00)

        approved(fund, chef_chen, chair_tan, fen=each * MEMBERS, per_head_fen=each, record="2号", kind="event")
        with pytest.raises(FestivalAboveRule, match=r"200\.00|300\.00"):
            sent(fund, chef_chen, fen=1_00, per_head_fen=100_01 - each + 1, record="3号")

    @pytest.mark.parametrize("fen", [1_000_00 * MEMBERS - 1, 1_000_00 * MEMBERS])
    def test_a_year_within_the_rule_is_approved(self, fund, rule, chef_chen, chair_tan, fen):
        assert approved(fund, chef_chen, chair_tan, fen=fen, kind="event").status == "approved"

    @pytest.mark.guard("line plans of a year come to no more than the rule")
    def test_a_year_a_fen_above_is_refused_with_the_rules_number(self, fund, rule, chef_chen, chair_tan):
        approved(fund, chef_chen, chair_tan, fen=1_000_00 * MEMBERS - 100, kind="event")

        with pytest.raises(YearAboveRule, match=rf"{DOCUMENT}.*46,000\.00.*45,999\.00.*1\.01.*1\.00"):
            sent(fund, chef_chen, fen=101, kind="event", record="2号")
        assert sent(fund, chef_chen, fen=100, kind="event", record="2号").status == "sent"

    def test_what_was_sent_before_is_judged_again_when_approved(self, fund, rule, chef_chen, chair_tan):
        first = sent(fund, chef_chen, fen=23_000_01, kind="event")
        second = sent(fund, chef_chen, fen=23_000_01, kind="event", record="2号")
        purchase_plans.approve_plan(first, by=chair_tan, at=TUESDAY)

        with pytest.raises(YearAboveRule):
            purchase_plans.approve_plan(second, by=chair_tan, at=TUESDAY)

    def test_a_closed_plan_counts_with_what_was_taken(self, fund, rule, chef_chen, chair_tan):
        plan = approved(fund, chef_chen, chair_tan, fen=1_000_00 * MEMBERS, kind="event")
        purchase_plans.close_plan(plan, by=chef_chen, at=TUESDAY)

        assert approved(fund, chef_chen, chair_tan, fen=1_000_00 * MEMBERS, kind="event", record="2号")

    @pytest.mark.parametrize("fen", [200_00 * MEMBERS - 1, 200_00 * MEMBERS])
    def test_what_is_outside_the_ordinary_ceiling_counts_apart(self, fund, rule, chef_chen, chair_tan, fen):
        approved(fund, chef_chen, chair_tan, fen=1_000_00 * MEMBERS, kind="event")

        approved(fund, chef_chen, chair_tan, fen=fen, record="2号", apart=True)
        with pytest.raises(YearAboveRule, match=rf"{DOCUMENT}.*9,200\.00"):
            sent(fund, chef_chen, fen=200_00 * MEMBERS - fen + 1, record="3号", apart=True)

    def test_nothing_is_outside_where_no_rule_lets_it(self, fund, county, chef_chen):
        a_union_rule(county, year_fen=1_000_00)
        with pytest.raises(BadValue):
            sent(fund, chef_chen, fen=1_00, apart=True)

    def test_other_money_has_no_ordinary_ceiling(self, school, treasurer_zhou, chef_chen):
        meals = a_fund(school, "canteen", by=treasurer_zhou)
        with pytest.raises(BadValue):
            sent(meals, chef_chen, fen=1_00, apart=True)

    def test_the_plans_page_says_the_rule_and_the_year(self, client, fund, rule, chef_chen, chair_tan):
        plan = approved(fund, chef_chen, chair_tan, fen=300_00 * MEMBERS, per_head_fen=300_00)

        page = login(client, chef_chen).get(reverse("purchase-plan-detail", args=[plan.pk])).content.decode()

        assert DOCUMENT in page and "46,000.00 元中已计划或下单 13,800.00 元，46 位会员" in page

    def test_page_and_program_are_refused_alike(self, client, fund, rule, chef_chen):
        said = {
            "fund": str(fund.pk),
            "kind": "festival",
            "occasion": "中秋",
            "total": "13800",
            "per_head": "300.01",
            "from_on": TODAY.isoformat(),
            "to_on": TODAY.isoformat(),
            "committee_record": "1号",
            "goods": "蔬菜",
        }
        login(client, chef_chen)
        page = client.post(reverse("purchase-plan-new"), said | {"idem": "a" * 32})
        said |= {"goods": [{"category": "vegetable"}]}
        told = client.post(
            reverse("api-purchase-plan-list"), said, "application/json", headers={"Idempotency-Key": uuid.uuid4().hex}
        )

        assert page.status_code == told.status_code == 409
        assert DOCUMENT in page.content.decode() and told.json()["code"] == "festival_above_rule"


class TestRegister:
    def propose(self, content, *, by, at=MONDAY):
        return changes.propose("union-rules", [content], document_number=DOCUMENT, by=by, at=at)

    def content(self, county, **values):
        said = {"place": county.code, "year": 1_000_00, "festival": 300_00, "apart": None, "counts_unplanned": True}
        return said | {"from_on": (TODAY + 3 * DAY).isoformat()} | values

    def test_a_rule_holds_from_its_day_on_by_two_hands(self, county, director_lin, finance_checker):
        change = self.propose(self.content(county), by=director_lin)
        with pytest.raises(AlreadyTookPart):
            changes.confirm(change, by=director_lin, at=MONDAY)

        changes.confirm(change, by=finance_checker, at=MONDAY)

        assert union_rule_on(county.code, TODAY + 2 * DAY) is None
        assert union_rule_on(county.code, TODAY + 3 * DAY).document == DOCUMENT

    def test_the_next_rule_ends_the_one_before_and_one_may_end(self, county, rule, director_lin, finance_checker):
        changes.confirm(self.propose(self.content(county), by=director_lin), by=finance_checker, at=MONDAY)
        rule.refresh_from_db()
        assert rule.to_on == TODAY + 3 * DAY

        last = UnionRule.objects.get(to_on=None)
        ending = {"rule": last.pk, "to_on": (TODAY + 9 * DAY).isoformat()}
        changes.confirm(self.propose(ending, by=director_lin), by=finance_checker, at=MONDAY)
        assert union_rule_on(county.code, TODAY + 8 * DAY) == last
        assert union_rule_on(county.code, TODAY + 9 * DAY) is None
        with pytest.raises(BadValue):
            self.propose(ending, by=director_lin)

    def test_what_is_no_rule_is_refused_in_words(self, county, rule, director_lin):
        for wrong in (
            self.content(county, year=None, festival=None),
            self.content(county, from_on=TODAY.isoformat()),
            self.content(county, from_on=(TODAY - 31 * DAY).isoformat()),
            self.content(county, place="没有这个地方"),
            {"rule": rule.pk, "to_on": TODAY.isoformat()},
        ):
            with pytest.raises(BadValue):
                self.propose(wrong, by=director_lin)

    def test_buyers_set_no_rule(self, county, chef_chen):
        with pytest.raises(changes.NotYours):
            self.propose(self.content(county), by=chef_chen)

    def test_the_rule_of_the_nearest_place_holds_alone(self, county, rule, changxi):
        nearer = a_union_rule(changxi.township, document="屏工〔2026〕1号", year_fen=500_00)

        assert union_rule_on(changxi.code, TODAY) == nearer
        assert union_rule_on(county.code, TODAY) == rule

    def test_pages_and_programs_set_and_list_it(self, client, county, director_lin, finance_checker):
        login(client, director_lin)
        typed = {"idem": uuid.uuid4().hex, "document_number": DOCUMENT, "place": county.name, "year": "1000"}
        typed |= {
            "festival": "300",
            "least": "62.5%",
            "plan_from": "5000",
            "counts_unplanned": "yes",
            "from_on": (TODAY + DAY).isoformat(),
        }
        for wrong in (
            {"year": "-1"},
            {"festival": "NaN"},
            {"least": "100.01"},
            {"plan_from": "0"},
            {"counts_unplanned": ""},
            {"from_on": "昨天"},
        ):
            assert client.post(reverse("register-new", args=["union-rules"]), typed | wrong).status_code == 400
        client.post(reverse("register-new", args=["union-rules"]), typed)
        change = RegisterChange.objects.get()
        login(client, finance_checker).post(
            reverse("register-change-confirm", args=[change.pk]), {"idem": uuid.uuid4().hex}
        )

        holds = union_rule_on(county.code, TODAY + DAY)
        assert (holds.festival_fen, holds.least_bp, holds.plan_from_fen) == (300_00, 62_50, 5_000_00)
        page = client.get(reverse("register", args=["union-rules"]), {"q": "赣工发"}).content.decode()
        assert DOCUMENT in page and "1,000.00" in page and "62.5%" in page and "5,000.00" in page
        listed = client.get(reverse("api-register", args=["union-rules"])).json()
        assert len(listed["results"]) == 1
