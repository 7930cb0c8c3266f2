"""What a union's chair may allow beyond a rule of its money: a fen below, at and above, until its last day."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from accounts.selectors import standing
from canteens.models import UnionAllowance
from canteens.pages.union_allowances import door_of_refusal
from canteens.selectors.unions import union_year
from canteens.services import purchase_plans, register_canteen
from canteens.services.ceilings import FestivalAboveRule, YearAboveRule, count_unplanned
from kernel.errors import BadValue
from records.services.participation import AlreadyTookPart
from registers.models import RegisterChange
from registers.services import changes
from tests.factories import MONDAY, TUESDAY, a_fund, a_purchase_plan, a_union_rule, a_user, an_organisation, login

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
DAY, TODAY = dt.timedelta(days=1), MONDAY.date()
MEMBERS = 46
DOCUMENT, PAPER = "赣工发〔2026〕3号", "石总工批〔2026〕8号"


@pytest.fixture
def fund(school, treasurer_zhou):
    register_canteen(school, mode="own", heads=900, union_members=MEMBERS, address="琴江镇")
    return a_fund(school, by=treasurer_zhou, yuan=100_000)


@pytest.fixture
def rule(county):
    """300 yuan on a festival, 1,000 in a year, 200 more outside the ordinary ceiling, for each member."""
    return a_union_rule(county, document=DOCUMENT, festival_fen=300_00, year_fen=1_000_00, apart_fen=200_00)


def asked(fund, **values):
    said = {"organisation": fund.organisation.name, "fiscal_year": fund.fiscal_year, "lifts": "festival"}
    return said | {"more": 20_00, "until_on": TODAY.isoformat(), "why": "慰问援鄂医护"} | values


@pytest.fixture
def allow(fund, treasurer_zhou, chair_tan):
    """Let the treasurer ask and the chair allow."""

    def act(**values):
        change = changes.propose(
            "union-allowances", [asked(fund, **values)], document_number=PAPER, by=treasurer_zhou, at=MONDAY
        )
        return changes.confirm(change, by=chair_tan, at=MONDAY)

    return act


class TestPlans:
    @pytest.mark.parametrize("each", [319_99, 320_00])
    def test_a_festival_within_rule_and_allowance_is_approved(self, fund, rule, allow, chef_chen, chair_tan, each):
        allow()
        plan = a_purchase_plan(fund, by=chef_chen, fen=each * MEMBERS, per_head_fen=each)

        assert purchase_plans.approve_plan(plan, by=chair_tan, at=MONDAY).status == "approved"

    def test_a_fen_above_both_is_refused_with_both_numbers_and_who_may_allow_it(self, fund, rule, allow, chef_chen):
        allow()

        with pytest.raises(FestivalAboveRule, match=rf"{DOCUMENT}.*{PAPER}.*320\.00.*320\.01.*工会经费特批.*工会主席"):
            a_purchase_plan(fund, by=chef_chen, fen=1_00, per_head_fen=320_01)

    def test_after_its_last_day_the_rule_holds_alone(self, fund, rule, allow, chef_chen, chair_tan):
        allow()
        plan = a_purchase_plan(fund, by=chef_chen, fen=1_00, per_head_fen=300_01)

        with pytest.raises(FestivalAboveRule, match=r"300\.00"):
            purchase_plans.approve_plan(plan, by=chair_tan, at=TUESDAY)

    def test_with_nothing_it_is_taken_back(self, fund, rule, allow, chef_chen):
        allow()
        allow(more=0)

        with pytest.raises(FestivalAboveRule):
            a_purchase_plan(fund, by=chef_chen, fen=1_00, per_head_fen=300_01)

    def test_the_next_rule_knows_none_of_it(self, fund, county, allow, chef_chen):
        first = a_union_rule(county, festival_fen=300_00, from_on=TODAY - 60 * DAY)
        allow(until_on=(TODAY + 9 * DAY).isoformat())
        type(first).objects.filter(pk=first.pk).update(to_on=TODAY)
        a_union_rule(county, festival_fen=300_00, from_on=TODAY)

        with pytest.raises(FestivalAboveRule):
            a_purchase_plan(fund, by=chef_chen, fen=1_00, per_head_fen=300_01)

    @pytest.mark.parametrize(("lifts", "apart", "each"), [("year", False, 1_000_01), ("apart", True, 200_01)])
    def test_a_year_is_allowed_to_the_fen(self, fund, rule, allow, chef_chen, treasurer_zhou, lifts, apart, each):
        allow(lifts=lifts, more=1)
        most = {"kind": "event", "apart": apart}

        with pytest.raises(YearAboveRule, match=PAPER) as refused:
            a_purchase_plan(fund, by=chef_chen, fen=each * MEMBERS + 1, **most)
        door = door_of_refusal(refused.value.code, standing(treasurer_zhou))
        assert door.url.endswith(f"?lifts={lifts}") and door_of_refusal(refused.value.code, standing(chef_chen)) is None
        assert a_purchase_plan(fund, by=chef_chen, fen=each * MEMBERS, **most).status == "sent"


@pytest.mark.parametrize(("more", "room"), [(99, -1), (1_00, 0), (1_01, 1)])
def test_orders_on_no_plan_know_the_allowance(fund, rule, allow, more, room):
    allow(lifts="year", more=more)
    most = 1_001_00 * MEMBERS + room * MEMBERS

    with pytest.raises(YearAboveRule):
        count_unplanned(fund.pk, most + 1, TODAY)
    with pytest.raises(YearAboveRule):
        count_unplanned(fund.pk, most, TODAY + DAY)
    count_unplanned(fund.pk, most, TODAY)
    assert union_year(fund, TODAY).unplanned_fen == most


class TestHands:
    def propose(self, fund, by, **values):
        return changes.propose("union-allowances", [asked(fund, **values)], document_number=PAPER, by=by, at=MONDAY)

    def test_who_asks_does_not_allow_and_only_the_treasurer_asks(
        self, fund, rule, treasurer_zhou, chair_tan, chef_chen
    ):
        change = self.propose(fund, treasurer_zhou)
        with pytest.raises(AlreadyTookPart):
            changes.confirm(change, by=treasurer_zhou, at=MONDAY)
        for by in (chair_tan, chef_chen):
            with pytest.raises(changes.NotYours):
                self.propose(fund, by, lifts="year")

        changes.refuse(change, why="等年终再说", by=chair_tan, at=MONDAY)
        assert not UnionAllowance.objects.exists()

    def test_what_cannot_be_allowed_is_said_in_words(self, fund, rule, treasurer_zhou):
        for wrong in (
            {"lifts": "least"},
            {"lifts": "plan"},
            {"more": 0},
            {"why": "　"},
            {"until_on": (TODAY - DAY).isoformat()},
            {"until_on": f"{fund.fiscal_year + 1}-01-01"},
            {"fiscal_year": fund.fiscal_year - 1},
        ):
            with pytest.raises(BadValue):
                self.propose(fund, treasurer_zhou, **wrong)

    def test_pages_and_programs_ask_and_list_it(self, client, fund, rule, treasurer_zhou, chair_tan, county, cabbage):
        sums = {"fund": fund.pk, "kind": "festival", "occasion": "中秋", "total": "1", "per_head": "300.01"}
        sums |= {"from_on": TODAY.isoformat(), "to_on": TODAY.isoformat(), "committee_record": "1号"}
        sums |= {"goods": "包菜 500公斤", "idem": "a" * 32}
        refused = login(client, treasurer_zhou).post(reverse("purchase-plan-new"), sums).content.decode()
        door = f"{reverse('register-new', args=['union-allowances'])}?lifts=festival"
        assert f'href="{door}"' in refused
        assert client.get(door).context["form"]["lifts"].value() == "festival"

        typed = asked(fund, more="20") | {"idem": uuid.uuid4().hex, "document_number": PAPER}
        for wrong in ({"more": "-1"}, {"lifts": "cash"}, {"until_on": "昨天"}, {"why": ""}):
            assert client.post(door, typed | wrong).status_code == 400
        client.post(door, typed)
        change = RegisterChange.objects.get()
        login(client, chair_tan).post(reverse("register-change-confirm", args=[change.pk]), {"idem": "c" * 32})

        page = client.get(reverse("register", args=["union-allowances"]), {"lifts": "festival"}).content.decode()
        assert PAPER in page and "20.00" in page and "慰问援鄂医护" in page
        plan = a_purchase_plan(fund, by=treasurer_zhou, fen=1_00, per_head_fen=320_00)
        shown = client.get(reverse("purchase-plan-detail", args=[plan.pk])).content.decode()
        assert f'href="{reverse("register", args=["union-allowances"])}"' in shown and PAPER in shown
        year = client.get(reverse("api-fund-detail", args=[fund.pk])).json()["year"]
        assert (year["most_festival"], year["allowed"][0]["document"]) == ("320.00", PAPER)
        assert PAPER in client.get(reverse("fund-detail", args=[fund.pk])).content.decode()
        [row] = client.get(reverse("api-register", args=["union-allowances"])).json()["results"]
        assert (row["cells"]["more"], row["cells"]["until_on"]) == ("20.00", TODAY.isoformat())
        other = an_organisation("buyer", "石城县第二中学", county, channel="school")
        login(client, a_user("陶会计", "union_treasurer", other))
        assert not client.get(reverse("api-register", args=["union-allowances"])).json()["results"]
