"""What a plan of each size must have: set by two hands, asked of each plan, a fen below, at and above; its quotes."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from canteens.models import PlanQuote, PlanRequirement, PurchasePlan
from canteens.selectors.plan_requirements import requirement_of
from canteens.services import plan_quotes, purchase_plans
from canteens.services.plan_requirements import PlanLacks
from kernel.errors import BadValue
from kernel.workflow import IllegalMove
from records.models import StoredFile
from records.services.participation import AlreadyTookPart
from registers.models import RegisterChange
from registers.services import changes
from tests.factories import MONDAY, TUESDAY, a_fund, a_plan_requirement, a_purchase_plan, login
from tests.orders.test_shown_again import a_photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
DAY, TODAY = dt.timedelta(days=1), MONDAY.date()
DOCUMENT = "石财购〔2026〕7号"
FROM_FEN = 10_000_00


@pytest.fixture
def fund(school, treasurer_zhou):
    return a_fund(school, by=treasurer_zhou, yuan=100_000)


@pytest.fixture
def asks_quotes(county):
    return a_plan_requirement(county, quotes=3)


def a_quote_photo(by, at, number):
    """Return the row of a photo of its own whose bytes no test looks at."""
    return StoredFile.objects.create(
        kind="photo", sha256=f"{number:064d}", size=1, media_type="image/jpeg", by=by, at=at
    )


def quoted(plan, by, *suppliers, at=MONDAY):
    for number, supplier in enumerate(suppliers):
        photo = a_quote_photo(by, at, number)
        plan_quotes.add_quote(plan, supplier, 9_000_00 + number, photo, by=by, at=at)


class TestSize:
    @pytest.mark.parametrize(("fen", "asked"), [(FROM_FEN - 1, False), (FROM_FEN, True), (FROM_FEN + 1, True)])
    def test_the_amount_decides_to_the_fen_by_page_and_program(
        self, client, fund, asks_quotes, chef_chen, chair_tan, fen, asked
    ):
        plans = [
            a_purchase_plan(fund, by=chef_chen, fen=fen, record=record, occasion=occasion)
            for record, occasion in (("1号", "中秋"), ("2号", "端午"))
        ]
        login(client, chair_tan)
        assert (DOCUMENT in client.get(reverse("purchase-plan-detail", args=[plans[0].pk])).content.decode()) == asked
        page = client.post(reverse("purchase-plan-approve", args=[plans[0].pk]), {"idem": "a" * 32}, follow=True)
        told = client.post(
            reverse("api-purchase-plan-approve", args=[plans[1].pk]), headers={"Idempotency-Key": uuid.uuid4().hex}
        )

        assert (f"按{DOCUMENT}，10,000.00 元以上的计划要有 3 家报价：还要补 3 家。" in page.content.decode()) == asked
        assert (told.status_code, told.json().get("code")) == {True: (409, "plan_lacks"), False: (200, None)}[asked]
        said = set(PurchasePlan.objects.values_list("status", flat=True))
        assert said == ({"sent"} if asked else {"approved"})

    def test_other_money_and_other_days_are_asked_nothing(self, fund, asks_quotes, school, treasurer_zhou):
        assert requirement_of(fund, FROM_FEN, TODAY) == asks_quotes
        assert requirement_of(fund, FROM_FEN, asks_quotes.from_on - DAY) is None
        assert requirement_of(a_fund(school, "canteen", by=treasurer_zhou), FROM_FEN, TODAY) is None

    def test_the_nearest_place_and_the_largest_amount_hold_alone(self, county, fund, asks_quotes):
        larger = a_plan_requirement(county, from_fen=150_000_00, needs_project=True)

        assert requirement_of(fund, 150_000_00 - 1, TODAY) == asks_quotes
        assert requirement_of(fund, 150_000_00, TODAY) == larger

    def test_a_plan_keeps_the_rule_of_the_day_on_which_it_was_sent(self, county, fund, chef_chen, chair_tan):
        plan = a_purchase_plan(fund, by=chef_chen, fen=FROM_FEN)
        a_plan_requirement(county, quotes=3)

        assert purchase_plans.approve_plan(plan, by=chair_tan, at=TUESDAY).status == "approved"


class TestProject:
    @pytest.mark.parametrize("project", ["", "  "])
    def test_a_project_is_asked_for_as_the_plan_is_sent(self, fund, county, chef_chen, project):
        a_plan_requirement(county, needs_project=True)
        with pytest.raises(BadValue, match=DOCUMENT):
            a_purchase_plan(fund, by=chef_chen, fen=FROM_FEN, project_number=project)

    def test_with_its_number_it_is_approved(self, fund, county, chef_chen, chair_tan):
        a_plan_requirement(county, needs_project=True)
        plan = a_purchase_plan(fund, by=chef_chen, fen=FROM_FEN, project_number="石发改〔2026〕4号")

        assert purchase_plans.approve_plan(plan, by=chair_tan, at=TUESDAY).status == "approved"


class TestQuotes:
    @pytest.mark.parametrize("suppliers", [["甲店", "乙店"], ["甲店", "乙店", "甲店"], []])
    def test_fewer_suppliers_than_asked_are_refused_with_the_document(
        self, fund, asks_quotes, chef_chen, chair_tan, suppliers
    ):
        plan = a_purchase_plan(fund, by=chef_chen, fen=FROM_FEN)
        quoted(plan, chef_chen, *suppliers)

        with pytest.raises(PlanLacks, match=f"{DOCUMENT}.*3"):
            purchase_plans.approve_plan(plan, by=chair_tan, at=TUESDAY)

    @pytest.mark.parametrize("suppliers", [["甲店", "乙店", "丙店"], ["甲店", "乙店", "丙店", "丁店"]])
    def test_as_many_as_asked_or_more_are_enough(self, fund, asks_quotes, chef_chen, chair_tan, suppliers):
        plan = a_purchase_plan(fund, by=chef_chen, fen=FROM_FEN)
        quoted(plan, chef_chen, *suppliers)

        assert purchase_plans.approve_plan(plan, by=chair_tan, at=TUESDAY).status == "approved"

    def test_what_is_no_quote_is_refused_in_words(self, fund, chef_chen, chair_tan):
        plan, photo = a_purchase_plan(fund, by=chef_chen), a_quote_photo(chef_chen, MONDAY, 1)
        for supplier, fen in ((" ", 1), ("甲店", 0)):
            with pytest.raises(BadValue):
                plan_quotes.add_quote(plan, supplier, fen, photo, by=chef_chen, at=MONDAY)
        plan_quotes.add_quote(plan, "甲店", 1, photo, by=chef_chen, at=MONDAY)
        with pytest.raises(BadValue):
            plan_quotes.add_quote(plan, "乙店", 1, photo, by=chef_chen, at=MONDAY)
        purchase_plans.approve_plan(plan, by=chair_tan, at=TUESDAY)
        with pytest.raises(IllegalMove):
            plan_quotes.add_quote(plan, "丙店", 1, a_quote_photo(chef_chen, TUESDAY, 2), by=chef_chen, at=TUESDAY)

    def test_whoever_brings_a_quote_does_not_approve(self, fund, chef_chen, chair_tan):
        plan = a_purchase_plan(fund, by=chef_chen)
        quoted(plan, chair_tan, "甲店")

        with pytest.raises(AlreadyTookPart):
            purchase_plans.approve_plan(plan, by=chair_tan, at=TUESDAY)

    def test_page_by_page_and_by_program(self, client, fund, asks_quotes, chef_chen, chair_tan):
        plan = a_purchase_plan(fund, by=chef_chen, fen=FROM_FEN)
        page, door = (reverse(f"purchase-plan-{name}", args=[plan.pk]) for name in ("detail", "quote"))
        login(client, chef_chen)
        assert door in client.get(page).content.decode()
        wrong = client.post(door, {"idem": "a" * 32, "supplier": "甲店", "amount": "九千"})
        assert wrong.status_code == 400 and "甲店" in wrong.content.decode()
        for _tap in range(2):
            said = {"idem": "b" * 32, "supplier": "甲店", "amount": "9000", "photo": a_photo("quote.jpg")}
            assert client.post(door, said).status_code == 302
        address = reverse("api-purchase-plan-quote", args=[plan.pk])
        sent = client.post(
            address,
            {"supplier": "乙店", "amount": "9100.00", "photo": a_photo("other.jpg")},
            headers={"Idempotency-Key": uuid.uuid4().hex},
        )

        assert sent.status_code == 400 and "另一家的报价单" in sent.content.decode()
        login(client, chair_tan)
        shown = client.get(page).content.decode()
        photo = reverse("purchase-plan-quote-photo", args=[plan.pk, PlanQuote.objects.get().photo.file_id])
        assert "甲店：9,000.00 元" in shown and photo in shown and "还要补 2 家" in shown
        assert client.get(photo, {"px": "240"}).status_code == 200
        assert client.post(door, {"idem": "c" * 32}).status_code == 403
        assert [row["supplier"] for row in client.get(address).json()["results"]] == ["甲店"]
        assert DOCUMENT in client.get(reverse("api-purchase-plan-detail", args=[plan.pk])).json()["lacking"][0]


class TestRegister:
    def content(self, county, **values):
        said = {"place": county.code, "fund_kind": "union", "amount": FROM_FEN, "notice_days": 5, "quotes": 3}
        return said | {"needs_project": False, "from_on": (TODAY + 3 * DAY).isoformat()} | values

    def propose(self, content, *, by):
        return changes.propose("plan-requirements", [content], document_number=DOCUMENT, by=by, at=MONDAY)

    def test_a_row_holds_from_its_day_on_by_two_hands_and_the_next_ends_it(
        self, county, fund, director_lin, finance_checker
    ):
        change = self.propose(self.content(county), by=director_lin)
        with pytest.raises(AlreadyTookPart):
            changes.confirm(change, by=director_lin, at=MONDAY)
        changes.confirm(change, by=finance_checker, at=MONDAY)
        assert requirement_of(fund, FROM_FEN, TODAY + 2 * DAY) is None
        row = requirement_of(fund, FROM_FEN, TODAY + 3 * DAY)
        assert (row.document, row.notice_days, row.quotes, row.needs_project) == (DOCUMENT, 5, 3, False)

        later = self.content(county, quotes=0, from_on=(TODAY + 9 * DAY).isoformat())
        changes.confirm(self.propose(later, by=director_lin), by=finance_checker, at=MONDAY)
        assert requirement_of(fund, FROM_FEN, TODAY + 8 * DAY).quotes == 3
        last = PlanRequirement.objects.get(to_on=None)
        assert requirement_of(fund, FROM_FEN, TODAY + 9 * DAY) == last
        ending = {"requirement": last.pk, "to_on": (TODAY + 20 * DAY).isoformat()}
        changes.confirm(self.propose(ending, by=director_lin), by=finance_checker, at=MONDAY)
        assert requirement_of(fund, FROM_FEN, TODAY + 20 * DAY) is None

    def test_what_is_no_rule_is_refused_in_words(self, county, asks_quotes, director_lin):
        for wrong in (
            self.content(county, notice_days=None, quotes=None),
            self.content(county, from_on=TODAY.isoformat()),
            self.content(county, from_on=(asks_quotes.from_on).isoformat()),
            self.content(county, place="没有这个地方"),
            {"requirement": asks_quotes.pk, "to_on": TODAY.isoformat()},
        ):
            with pytest.raises(BadValue):
                self.propose(wrong, by=director_lin)

    def test_buyers_set_no_rule(self, county, chef_chen):
        with pytest.raises(changes.NotYours):
            self.propose(self.content(county), by=chef_chen)

    def test_pages_and_programs_set_and_list_it(self, client, county, director_lin, finance_checker):
        login(client, director_lin)
        typed = {"idem": uuid.uuid4().hex, "document_number": DOCUMENT, "place": county.name, "fund_kind": "union"}
        typed |= {"amount": "10000", "notice_days": "5", "quotes": "3", "needs_project": "no"}
        typed["from_on"] = (TODAY + DAY).isoformat()
        new = reverse("register-new", args=["plan-requirements"])
        for wrong in ({"amount": "-1"}, {"notice_days": "31"}, {"quotes": "10"}, {"needs_project": ""}):
            assert client.post(new, typed | wrong).status_code == 400
        client.post(new, typed)
        change = RegisterChange.objects.get()
        confirm = reverse("register-change-confirm", args=[change.pk])
        login(client, finance_checker).post(confirm, {"idem": uuid.uuid4().hex})

        page = client.get(reverse("register", args=["plan-requirements"]), {"q": "石财购"}).content.decode()
        assert DOCUMENT in page and "10,000.00" in page
        assert len(client.get(reverse("api-register", args=["plan-requirements"])).json()["results"]) == 1
