"""A purse: opened once, filled on the strength of a document, divided into spent, held and left."""

import pytest

from canteens import selectors, services
from canteens.models import BudgetChange, Fund
from kernel.errors import BadValue
from ledger.models import Transfer
from ledger.services import transfers
from tests.factories import MONDAY, TUESDAY, a_fund

pytestmark = pytest.mark.django_db


def test_a_purse_is_opened_once_for_a_buyer_kind_and_year(school):
    first = services.open_fund(school, "union", 2026, at=MONDAY)
    second = services.open_fund(school, "union", 2026, at=TUESDAY)

    assert first == second
    assert services.open_fund(school, "canteen", 2026, at=MONDAY) != first
    assert Fund.objects.count() == 2


def test_a_budget_is_the_sum_of_what_was_put_in(school, treasurer_zhou):
    fund = a_fund(school, yuan=0)

    services.add_budget(fund, 30_000_00, "石中工〔2026〕1号", by=treasurer_zhou, at=MONDAY)
    services.add_budget(fund, 6_000_00, "石中工〔2026〕9号", by=treasurer_zhou, at=TUESDAY)

    fund.refresh_from_db()
    assert selectors.figures(fund) == selectors.FundFigures(
        budget_fen=36_000_00, spent_fen=0, held_fen=0, left_fen=36_000_00
    )
    assert [change.document_number for change in selectors.budget_changes(fund)] == [
        "石中工〔2026〕9号",
        "石中工〔2026〕1号",
    ]


def test_figures_tell_spent_from_held_from_left(school, xiuying_household):
    fund = a_fund(school, yuan=100)
    payee = transfers.open_account("payee:test", "payable", guarded=False)
    transfers.hold([transfers.Hold("a:hold", fund.account_id, payee.pk, 40_00)], at=MONDAY)
    transfers.hold([transfers.Hold("b:hold", fund.account_id, payee.pk, 25_00)], at=MONDAY)
    transfers.resolve([transfers.Resolution("a:post", "a:hold", 30_00)], at=TUESDAY)

    fund.account.refresh_from_db()

    assert selectors.figures(fund) == selectors.FundFigures(
        budget_fen=100_00, spent_fen=30_00, held_fen=25_00, left_fen=45_00
    )


@pytest.mark.parametrize(("amount_fen", "document"), [(0, "石中工〔2026〕1号"), (-1, "石中工〔2026〕1号"), (100, "  ")])
def test_no_money_without_an_amount_and_a_document(school, treasurer_zhou, amount_fen, document):
    fund = a_fund(school, yuan=0)

    with pytest.raises(BadValue):
        services.add_budget(fund, amount_fen, document, by=treasurer_zhou, at=MONDAY)

    assert not BudgetChange.objects.exists()
    assert not Transfer.objects.exists()


def test_a_co_operative_has_no_purse(coop):
    with pytest.raises(BadValue):
        services.open_fund(coop, "union", 2026, at=MONDAY)


def test_loading_the_tiers_again_changes_nothing(db):
    assert services.load_default_tiers() == 5
    assert services.load_default_tiers() == 0


def test_a_canteen_says_where_goods_are_brought(school):
    services.register_canteen(school, mode="own", heads=800, union_members=96, address="琴江镇西华路 1 号")
    canteen = services.register_canteen(school, mode="own", heads=820, union_members=96, address="琴江镇西华路 2 号")

    assert (school.canteen.pk, canteen.address) == (canteen.pk, "琴江镇西华路 2 号")
