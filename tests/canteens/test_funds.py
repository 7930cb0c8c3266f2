"""A purse: opened once, filled on the strength of a document, divided into spent, held and left."""

import pytest
from django.db.models import Sum

from canteens import selectors, services
from canteens.models import BudgetChange, Fund
from kernel.errors import BadValue
from kernel.workflow import IllegalMove
from ledger.models import Account, Transfer
from ledger.services import transfers
from marketplace.audit import breaches
from records.models import Move
from records.services.participation import AlreadyTookPart
from registers.services import changes
from tests.factories import MONDAY, TUESDAY, a_fund, a_user

pytestmark = pytest.mark.django_db


def test_a_purse_is_opened_once_for_a_buyer_kind_and_year(school):
    first = services.open_fund(school, "union", 2026, at=MONDAY)
    second = services.open_fund(school, "union", 2026, at=TUESDAY)

    assert first == second
    assert services.open_fund(school, "canteen", 2026, at=MONDAY) != first
    assert Fund.objects.count() == 2


def test_who_has_no_canteen_opens_no_purse_for_its_food(school, cashier_yu):
    services.register_canteen(school, mode="none", heads=0, union_members=96, address="西华路1号")
    with pytest.raises(BadValue, match="没有食堂"):
        services.open_fund(school, "canteen", MONDAY.year, at=MONDAY)
    asked = {"organisation": school.name, "kind": "canteen", "fiscal_year": MONDAY.year}
    with pytest.raises(BadValue, match="没有食堂"):
        changes.propose("funds", [asked], document_number="", by=cashier_yu, at=MONDAY)

    assert services.open_fund(school, "union", MONDAY.year, at=MONDAY)


@pytest.fixture
def proposed(school, treasurer_zhou):
    """6,000 yuan that wait for the chair."""
    return services.propose_budget(a_fund(school, yuan=0), 6_000_00, "石中工〔2026〕9号", by=treasurer_zhou, at=MONDAY)


def left(change):
    return Account.objects.get(pk=change.fund.account_id).available_fen()


def test_a_budget_is_the_sum_of_what_two_people_put_in(school, treasurer_zhou, chair_tan):
    fund = a_fund(school, yuan=0)

    for fen, number, at in ((30_000_00, "石中工〔2026〕1号", MONDAY), (6_000_00, "石中工〔2026〕9号", TUESDAY)):
        change = services.propose_budget(fund, fen, number, by=treasurer_zhou, at=at)
        services.confirm_budget(change, by=chair_tan, at=at)

    fund.refresh_from_db()
    assert selectors.figures(fund) == selectors.FundFigures(
        budget_fen=36_000_00, spent_fen=0, held_fen=0, left_fen=36_000_00
    )
    assert [change.document_number for change in selectors.budget_changes(fund)] == [
        "石中工〔2026〕9号",
        "石中工〔2026〕1号",
    ]


@pytest.fixture
def half_used(school, xiuying_household):
    """100 yuan, of which 25 are held, 30 are spent and 45 are free."""
    fund = a_fund(school, yuan=100)
    payee = transfers.open_account("payee:test", "payable", guarded=False)
    transfers.hold([transfers.Hold("a:hold", fund.account_id, payee.pk, 40_00)], at=MONDAY)
    transfers.hold([transfers.Hold("b:hold", fund.account_id, payee.pk, 25_00)], at=MONDAY)
    transfers.resolve([transfers.Resolution("a:post", "a:hold", 30_00)], at=TUESDAY)
    return fund


def test_figures_tell_spent_from_held_from_left(half_used):
    half_used.account.refresh_from_db()
    half_used.source_account.refresh_from_db()

    assert selectors.figures(half_used) == selectors.FundFigures(
        budget_fen=100_00, spent_fen=30_00, held_fen=25_00, left_fen=45_00
    )


def test_a_budget_taken_out_is_less_budget_and_not_spent(half_used, treasurer_zhou, chair_tan):
    change = services.propose_budget(half_used, -20_00, "石中工〔2026〕9号", by=treasurer_zhou, at=MONDAY)
    assert left(change) == 45_00
    services.confirm_budget(change, by=chair_tan, at=TUESDAY)

    stand = selectors.figures(Fund.objects.get(pk=half_used.pk))
    assert stand == selectors.FundFigures(budget_fen=80_00, spent_fen=30_00, held_fen=25_00, left_fen=25_00)
    assert half_used.budget_changes.aggregate(fen=Sum("amount_fen")) == {"fen": 80_00}
    assert breaches() == []


def test_no_budget_below_what_is_held_and_spent(half_used, treasurer_zhou, chair_tan):
    with pytest.raises(services.BudgetNotFree) as refused:
        services.propose_budget(half_used, -45_01, "石中工〔2026〕9号", by=treasurer_zhou, at=MONDAY)
    assert "45.00" in str(refused.value)
    assert not half_used.budget_changes.filter(status="proposed").exists()
    change = services.propose_budget(half_used, -45_00, "石中工〔2026〕9号", by=treasurer_zhou, at=MONDAY)
    payee = Account.objects.get(code="payee:test")
    transfers.hold([transfers.Hold("c:hold", half_used.account_id, payee.pk, 1)], at=TUESDAY)

    with pytest.raises(services.BudgetNotFree) as refused:
        services.confirm_budget(change, by=chair_tan, at=TUESDAY)

    assert "44.99" in str(refused.value)
    change.refresh_from_db()
    assert (change.status, left(change)) == ("proposed", 44_99)


@pytest.mark.parametrize(("amount_fen", "document"), [(0, "石中工〔2026〕1号"), (100, "  ")])
def test_no_money_without_an_amount_and_a_document(school, treasurer_zhou, amount_fen, document):
    fund = a_fund(school, yuan=0)

    with pytest.raises(BadValue):
        services.propose_budget(fund, amount_fen, document, by=treasurer_zhou, at=MONDAY)

    assert not BudgetChange.objects.exists()
    assert not Transfer.objects.exists()


def test_nothing_is_in_the_purse_before_the_second_person(proposed, chair_tan):
    assert left(proposed) == 0

    services.confirm_budget(proposed, by=chair_tan, at=TUESDAY)

    assert left(proposed) == 6_000_00


def test_nobody_confirms_the_own_proposal_whatever_the_account(proposed, treasurer_zhou):
    for account in (treasurer_zhou, a_user("周会计", person=treasurer_zhou.person)):
        with pytest.raises(AlreadyTookPart):
            services.confirm_budget(proposed, by=account, at=TUESDAY)

    assert left(proposed) == 0


def test_it_is_decided_once(proposed, chair_tan, second_qiu):
    services.confirm_budget(proposed, by=chair_tan, at=TUESDAY)

    for again in (
        lambda: services.confirm_budget(proposed, by=second_qiu, at=TUESDAY),
        lambda: services.refuse_budget(proposed, why="文号不对", by=second_qiu, at=TUESDAY),
    ):
        with pytest.raises(IllegalMove):
            again()
    assert left(proposed) == 6_000_00


def test_what_is_refused_says_why_and_enters_nothing(proposed, chair_tan):
    with pytest.raises(BadValue):
        services.refuse_budget(proposed, why=" ", by=chair_tan, at=TUESDAY)
    services.refuse_budget(proposed, why="文号不对", by=chair_tan, at=TUESDAY)

    assert left(proposed) == 0
    assert Move.objects.get(document=proposed.reference, after="refused").note == "文号不对"


def test_a_co_operative_has_no_purse(coop):
    with pytest.raises(BadValue):
        services.open_fund(coop, "union", 2026, at=MONDAY)


def test_loading_the_tiers_again_changes_nothing(db):
    assert services.load_default_tiers() == 6
    assert services.load_default_tiers() == 0


def test_a_canteen_says_where_goods_are_brought(school):
    services.register_canteen(school, mode="own", heads=800, union_members=96, address="琴江镇西华路 1 号")
    canteen = services.register_canteen(school, mode="own", heads=820, union_members=96, address="琴江镇西华路 2 号")

    assert (school.canteen.pk, canteen.address) == (canteen.pk, "琴江镇西华路 2 号")
