"""A recall beside whoever orders, signs or stays silent at the same moment: a kilo is accepted before, or refused."""

import threading

import pytest
from django.db import connection, transaction

from accounts.models import Message
from catalog.services.kilos import LotRecalled
from kernel.workflow import IllegalMove
from marketplace.audit import breaches
from orders.models import Allocation, PurchaseOrder
from orders.selectors.recalls import orders_reached
from orders.services import recalling, receiving
from orders.services.recalling import recall_lot
from tests.factories import THURSDAY, TUESDAY
from tests.orders.steps import totals, wish


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("which", range(6))
def test_an_order_of_the_same_moment_is_reached_or_refused(which, story, cabbage_of_xiuying, inspector_he):
    start, met = threading.Barrier(2), {}

    def ordering():
        start.wait(timeout=30)
        try:
            met["order"] = story.place(wish((cabbage_of_xiuying, 30)))
        except LotRecalled:
            met["order"] = None
        finally:
            connection.close()

    racer = threading.Thread(target=ordering)
    racer.start()
    start.wait(timeout=30)
    reached = recall_lot(cabbage_of_xiuying, reason="农残超标", by=inspector_he, at=TUESDAY)
    racer.join()

    placed = [met["order"].pk] if met["order"] is not None else []
    assert [order.pk for order in reached] == placed
    assert list(Allocation.objects.values_list("order_id", flat=True)) == placed


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_whoever_reads_the_orders_before_the_lot_is_locked_misses_one(story, cabbage_of_xiuying, inspector_he):
    placed, looked = threading.Event(), threading.Event()

    def ordering():
        with transaction.atomic():
            story.place(wish((cabbage_of_xiuying, 30)))
            placed.set()
            looked.wait(timeout=30)  # the order is not committed yet: its lot is still locked
        connection.close()

    racer = threading.Thread(target=ordering)
    racer.start()
    placed.wait(timeout=30)
    too_early = orders_reached(cabbage_of_xiuying)
    looked.set()
    reached = recall_lot(cabbage_of_xiuying, reason="农残超标", by=inspector_he, at=TUESDAY)
    racer.join()

    assert (len(too_early), len(reached)) == (0, 1)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("which", range(6))
def test_a_signature_of_the_same_moment_comes_before_or_is_refused(
    which, story, cabbage_of_xiuying, inspector_he, receiver_sun
):
    receipt, start, met = story.weighed(wish((cabbage_of_xiuying, 40))), threading.Barrier(2), {}

    def signing():
        start.wait(timeout=30)
        try:
            receiving.sign(receipt, by=receiver_sun, at=THURSDAY)
            met["signed"] = True
        except IllegalMove:
            met["signed"] = False
        finally:
            connection.close()

    racer = threading.Thread(target=signing)
    racer.start()
    start.wait(timeout=30)
    recall_lot(cabbage_of_xiuying, reason="农残超标", by=inspector_he, at=THURSDAY)
    racer.join()

    receipt.refresh_from_db()
    assert (receipt.status, totals(cabbage_of_xiuying)) == (
        ("signed", (60_000, 0, 40_000)) if met["signed"] else ("void", (60_000, 40_000, 0))
    )
    assert ("不要食用" if met["signed"] else "不能收") in Message.objects.get(kind="order.recalled").body
    assert breaches() == []


def silence_beside_a_recall(monkeypatch, delivery, lot, inspector, *, patience):
    """Let silence accept a delivery and hold its breath, all checks done, until the recall has gone through."""
    checked, recalled = threading.Event(), threading.Event()
    move = receiving._move_kilos

    def held(lines, **more):
        checked.set()
        recalled.wait(timeout=patience)
        move(lines, **more)

    monkeypatch.setattr(receiving, "_move_kilos", held)

    def accepting():
        receiving.accept_by_silence(delivery, at=delivery.arrival.accept_by_at)
        connection.close()

    racer = threading.Thread(target=accepting)
    racer.start()
    checked.wait(timeout=30)
    recall_lot(lot, reason="农残超标", by=inspector, at=THURSDAY)
    recalled.set()
    racer.join()
    return Message.objects.get(kind="order.recalled").body, totals(lot)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_recall_waits_for_a_delivery_that_is_being_accepted(monkeypatch, story, cabbage_of_xiuying, inspector_he):
    delivery = story.arrived(wish((cabbage_of_xiuying, 40)))

    body, held = silence_beside_a_recall(monkeypatch, delivery, cabbage_of_xiuying, inspector_he, patience=1)

    assert "不要食用" in body and held == (60_000, 0, 40_000)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_orders_lock_a_kilo_is_called_back_and_accepted(
    monkeypatch, story, cabbage_of_xiuying, inspector_he
):
    delivery = story.arrived(wish((cabbage_of_xiuying, 40)))
    monkeypatch.setattr(
        recalling,
        "lock_open_orders",
        lambda lot: {order.pk: order for order in PurchaseOrder.objects.filter(allocations__listing=lot)},
    )

    body, held = silence_beside_a_recall(monkeypatch, delivery, cabbage_of_xiuying, inspector_he, patience=30)

    assert "不能收" in body and held == (60_000, 0, 40_000)  # told that none of it is paid for, and it is sold


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_an_order_placed_between_the_two_locks_is_released_with_the_others(
    monkeypatch, story, cabbage_of_xiuying, inspector_he
):
    first = story.asked(wish((cabbage_of_xiuying, 10)))
    lock, late = recalling.lock_open_orders, []

    def locked_too_early(lot):
        found = lock(lot)
        if not late:
            racer = threading.Thread(target=place_late)
            racer.start()
            racer.join()
        return found

    def place_late():
        late.append(story.asked(wish((cabbage_of_xiuying, 30))))
        connection.close()

    monkeypatch.setattr(recalling, "lock_open_orders", locked_too_early)

    reached = recall_lot(cabbage_of_xiuying, reason="农残超标", by=inspector_he, at=TUESDAY)

    assert {order.pk for order in reached} == {first.pk, late[0].pk}
    assert totals(cabbage_of_xiuying) == (100_000, 0, 0)
    assert breaches() == []
