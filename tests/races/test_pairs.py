"""Two people over one document at the same moment; each pair has a control that takes a lock away.

The controls of those pairs that are raced elsewhere too stand there: `test_orders`, `test_trips`, and, in
`tests/orders/`, `test_recall_race` and `test_runs_race`.
"""

import pytest

from kernel.workflow import change
from marketplace.audit import breaches
from orders.models import Allocation, GoodsReturn, PurchaseOrder
from orders.services import amending, asking, correcting, delivering, invoicing, receiving, reoffering, returning
from tests.factories import a_user
from tests.orders.steps import KG
from tests.races import pairs
from tests.races.crowd import Meeting

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 1  # `make gates` goes fifty


@pytest.fixture
def ground(story, school, changxi, cabbage, inspector_he, cashier_yu):
    third, second = a_user("钱保管", "receiver", school), a_user("钟出纳", "cashier", school)
    return pairs.Ground(story, changxi, cabbage, inspector_he, third, (cashier_yu, second))


@pytest.mark.parametrize("once", pairs.PAIRS)
def test_two_at_once_count_as_one_after_the_other(once, ground):
    for _round in range(ROUNDS):
        once(ground)

    assert breaches() == []


def looking_together(monkeypatch, room, name):
    """Let both sessions have looked before either goes on."""
    meeting, look = Meeting(), getattr(room, name)

    def looked(*args, **more):
        found = look(*args, **more)
        meeting.first_time()
        return found

    monkeypatch.setattr(room, name, looked)


def read_without_lock(keys):
    """Read orders without their lock."""
    return list(PurchaseOrder.objects.filter(pk__in=set(keys)).select_related("buyer", "requester", "fund"))


def test_control_without_the_lock_more_goes_back_than_came(ground, monkeypatch):
    line, acts = pairs.returns(ground)
    monkeypatch.setattr(delivering, "lock_orders", read_without_lock)
    looking_together(monkeypatch, returning, "attach")

    assert pairs.together(*acts) == {"done": 2}

    asked = GoodsReturn.objects.filter(receipt_line=line).values_list("asked_g", flat=True)
    assert sum(asked) > line.accepted_g


def test_control_without_the_lock_the_database_keeps_the_second_correction_out(ground, monkeypatch):
    _line, acts = pairs.corrections(ground)
    monkeypatch.setattr(delivering, "lock_orders", read_without_lock)
    looking_together(monkeypatch, correcting, "corrected_of")

    assert pairs.together(*acts) == {"done": 1, "refused by the database": 1}


def test_control_without_the_lock_neither_invoice_is_found_to_be_the_second(ground, monkeypatch):
    statement = ground.statement()
    monkeypatch.setattr(invoicing, "lock_orders", read_without_lock)
    looking_together(monkeypatch, invoicing, "differences")

    assert pairs.together(*pairs.invoices(ground, statement, ("1", "2"))) == {"done": 2}

    assert pairs.said_to_have_one(statement) == [0, 0]


def test_control_without_the_locks_the_database_keeps_a_lot_from_being_given_back_twice(ground, monkeypatch):
    _lot, acts = pairs.declining_and_amending(ground)
    meeting, move_kilos = Meeting(), asking.kilos.move_kilos

    def read(allocation):
        row = Allocation.objects.select_related("order", "listing__produce").get(pk=allocation.pk)
        return row.order, row

    def move(moves, **how):  # both have looked what is held, which is what either gives back, before one of them writes
        meeting.first_time()
        return move_kilos(moves, **how)

    monkeypatch.setattr(asking, "_open", read)
    monkeypatch.setattr(amending, "lock", lambda row: type(row).objects.get(pk=row.pk))
    monkeypatch.setattr(asking.kilos, "move_kilos", move)

    assert pairs.together(*acts) == {"done": 1, "refused by the database": 1}


def test_control_without_the_lock_what_a_seller_declines_meanwhile_is_forgotten(ground, monkeypatch):
    order, [look_again, decline] = pairs.reoffering_and_declining(ground)
    shortages = reoffering.shortages

    def looked(row):
        found = shortages(row)
        assert pairs.together(decline) == {"done": 1}
        return found

    monkeypatch.setattr(reoffering, "lock", lambda row: type(row).objects.get(pk=row.pk))
    monkeypatch.setattr(reoffering, "change", lambda row, _values: row)  # a change locks the row too
    monkeypatch.setattr(reoffering, "shortages", looked)
    monkeypatch.setattr(reoffering, "move_on", lambda row, **_more: change(row, {"look_again": False}))

    look_again()

    order.refresh_from_db()
    [asked] = order.allocations.filter(status="held")
    assert (asked.quantity, order.look_again) == (20 * KG, False)  # 30 kg are missing, and nobody asks for them


def test_control_without_the_lock_the_database_keeps_the_second_signature_out(ground, monkeypatch):
    _receipt, acts = pairs.signings(ground)
    monkeypatch.setattr(delivering, "lock_orders", read_without_lock)
    looking_together(monkeypatch, receiving, "take_hand")

    assert pairs.together(*acts) == {"done": 1, "illegal_move": 1}
