"""Two cashiers tick the same statements at the same moment: one of them gets them."""

import pytest
from django.db import connection

from kernel.errors import DomainError
from ledger.models import Payment, PayoutBatch
from ledger.services import payouts
from ledger.services.payments import AlreadyBeingPaid
from ledger.services.payouts import WaitingChanged
from orders.models import SettlementStatement
from orders.services import runs
from tests.factories import FRIDAY, a_user
from tests.orders.steps import wish
from tests.races.crowd import Meeting, patiently, side_by_side

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def both(story, fund, school, cashier_yu, cabbage_of_xiuying, cabbage_of_guiying):
    """The acts of two cashiers over the same two statements, and what they were refused with."""
    story.signed(wish((cabbage_of_xiuying, 40)))
    story.signed(wish((cabbage_of_guiying, 20)))
    keys = list(SettlementStatement.objects.values_list("pk", flat=True))
    refused = []

    def act(by):
        def make():
            try:
                patiently(lambda: runs.make_run(fund, statements=keys, by=by, at=FRIDAY))
            except DomainError as refusal:
                refused.append(type(refusal))
            finally:
                connection.close()

        return make

    return [act(cashier_yu), act(a_user("钟出纳", "cashier", school))], refused


def test_of_two_runs_over_the_same_statements_one_gets_them(both):
    acts, refused = both

    side_by_side(*acts)

    assert refused == [WaitingChanged]
    assert (PayoutBatch.objects.count(), Payment.objects.count()) == (1, 2)


def test_control_without_the_lock_on_the_payer_the_database_alone_keeps_the_second_out(both, monkeypatch):
    acts, refused = both
    both_have_read = Meeting()
    begin = payouts.begin_batch

    def unlocked(*args, **more):
        both_have_read.first_time()
        return begin(*args, **more)

    monkeypatch.setattr(payouts, "lock_payer", lambda payer: None)
    monkeypatch.setattr(payouts, "begin_batch", unlocked)

    side_by_side(*acts)

    assert refused == [AlreadyBeingPaid]
    assert (PayoutBatch.objects.count(), Payment.objects.count()) == (1, 2)
