"""Recall: the sale ends for good, everybody who ordered the lot is told once, and nothing more of it leaves."""

import threading
import time

import pytest
from django.db import connection, transaction
from django.urls import reverse

from accounts.models import Message
from catalog.services import listings, papers
from catalog.services.kilos import LotRecalled
from catalog.services.listings import ReasonNeeded
from catalog.services.recalls import AlreadyRecalled
from kernel import clock
from orders.models import Allocation, PurchaseOrder
from orders.selectors.recalls import orders_reached
from orders.services import asking, delivering, receiving
from orders.services.delivering import Loaded, RecalledOnCart
from orders.services.recalling import recall_lot
from records.models import Event
from tests.factories import FRIDAY, THURSDAY, TUESDAY, WEDNESDAY, a_listing, login
from tests.orders.steps import totals, wish

pytestmark = pytest.mark.django_db


def told(kind):
    return Message.objects.filter(kind=kind)


def test_everybody_who_ordered_the_lot_is_told_once_whether_it_has_arrived_or_not(
    story, cabbage_of_xiuying, cabbage_of_guiying, inspector_he, xiuying_household
):
    received = story.signed(wish((cabbage_of_xiuying, 20))).delivery.order
    held = story.asked(wish((cabbage_of_xiuying, 30), (cabbage_of_guiying, 10)))
    other = story.asked(wish((cabbage_of_guiying, 10)))
    called_off = asking.cancel(story.asked(wish((cabbage_of_xiuying, 10))), why="不要了", by=held.requester, at=TUESDAY)

    reached = recall_lot(cabbage_of_xiuying, reason="农残超标", by=inspector_he, at=FRIDAY)

    assert {order.pk for order in reached} == {received.pk, held.pk}
    assert set(told("order.recalled").values_list("document", flat=True)) == {received.reference, held.reference}
    assert not {other.reference, called_off.reference} & set(told("order.recalled").values_list("document", flat=True))
    assert all("农残超标" in message.body and "包菜" in message.body for message in told("order.recalled"))
    assert told("recalled").get().household == xiuying_household
    cabbage_of_xiuying.refresh_from_db()
    assert (cabbage_of_xiuying.status, cabbage_of_xiuying.recalled_at) == ("stopped", FRIDAY)
    event = Event.objects.get(kind="listing_recalled")
    assert event.document == cabbage_of_xiuying.reference
    assert event.data == {"reason": "农残超标", "orders": sorted([received.pk, held.pk])}


def test_a_recall_moves_no_kilos(story, cabbage_of_xiuying, inspector_he):
    story.asked(wish((cabbage_of_xiuying, 30)))
    before = totals(cabbage_of_xiuying)

    recall_lot(cabbage_of_xiuying, reason="农残超标", by=inspector_he, at=TUESDAY)

    assert totals(cabbage_of_xiuying) == before


def test_a_second_recall_and_one_without_a_reason_are_refused_and_tell_nobody(cabbage_of_xiuying, inspector_he):
    with pytest.raises(ReasonNeeded):
        recall_lot(cabbage_of_xiuying, reason="  ", by=inspector_he, at=TUESDAY)
    assert not Message.objects.exists()
    recall_lot(cabbage_of_xiuying, reason="农残超标", by=inspector_he, at=TUESDAY)
    with pytest.raises(AlreadyRecalled):
        recall_lot(cabbage_of_xiuying, reason="农残超标", by=inspector_he, at=WEDNESDAY)

    assert told("recalled").count() == 1
    cabbage_of_xiuying.refresh_from_db()
    assert cabbage_of_xiuying.recalled_at == TUESDAY


def test_a_recalled_lot_is_never_sold_again(story, cabbage_of_xiuying, cabbage_of_guiying, xiuying, inspector_he):
    listings.stop_sale(cabbage_of_guiying, reason="抽检", by=inspector_he, at=TUESDAY)
    for lot in (cabbage_of_xiuying, cabbage_of_guiying):
        recall_lot(lot, reason="农残超标", by=inspector_he, at=TUESDAY)
        with pytest.raises(LotRecalled):
            listings.resume_sale(lot, by=inspector_he, at=WEDNESDAY)
        with pytest.raises(LotRecalled):
            listings.confirm_still_there(lot, by=xiuying, at=WEDNESDAY)
        with pytest.raises(LotRecalled):
            story.place(wish((lot, 10)))
        with pytest.raises(papers.LotIsStopped):
            papers.issue_commitment(lot, basis=papers.CONTROL, by=xiuying, at=WEDNESDAY)
        lot.refresh_from_db()
        assert (lot.status, lot.recalled_at) == ("stopped", TUESDAY)
    assert not PurchaseOrder.objects.exists()


def test_an_expired_lot_is_recalled_without_coming_back(cabbage_of_xiuying, xiuying, inspector_he):
    cabbage_of_xiuying.move_to("expired", by=None, at=TUESDAY)

    recall_lot(cabbage_of_xiuying, reason="农残超标", by=inspector_he, at=WEDNESDAY)

    with pytest.raises(LotRecalled):
        listings.confirm_still_there(cabbage_of_xiuying, by=xiuying, at=WEDNESDAY)
    cabbage_of_xiuying.refresh_from_db()
    assert (cabbage_of_xiuying.status, cabbage_of_xiuying.recalled_at) == ("expired", WEDNESDAY)


def test_a_recalled_lot_is_not_promised_any_more(story, cabbage_of_xiuying, xiuying, inspector_he):
    [lot] = story.asked(wish((cabbage_of_xiuying, 30))).allocations.all()
    recall_lot(cabbage_of_xiuying, reason="农残超标", by=inspector_he, at=TUESDAY)

    with pytest.raises(LotRecalled):
        asking.confirm(lot, by=xiuying, at=TUESDAY)
    asking.decline(lot, by=xiuying, at=TUESDAY)

    assert totals(cabbage_of_xiuying)[1] == 0


def test_a_recalled_lot_does_not_leave_and_the_rest_of_the_order_does(
    story, haulier, cabbage_of_xiuying, cabbage_of_guiying, inspector_he
):
    order = story.confirmed(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 60)))
    recall_lot(cabbage_of_xiuying, reason="农残超标", by=inspector_he, at=TUESDAY)
    mine, hers = order.allocations.order_by("pk")

    loaded = {row.pk: Loaded(row.weight_g) for row in (mine, hers)}
    with pytest.raises(RecalledOnCart) as refusal:
        delivering.ship(order, loaded, by=haulier, at=WEDNESDAY)
    order.refresh_from_db()
    assert order.status == "confirmed" and cabbage_of_xiuying.number in str(refusal.value)

    delivery = delivering.ship(order, {hers.pk: loaded[hers.pk]}, by=haulier, at=WEDNESDAY)
    assert list(delivery.lines.values_list("allocation_id", flat=True)) == [hers.pk]


def test_silence_accepts_nothing_recalled_that_is_on_its_way(story, cabbage_of_xiuying, inspector_he):
    delivery = story.shipped(wish((cabbage_of_xiuying, 40)))
    recall_lot(cabbage_of_xiuying, reason="农残超标", by=inspector_he, at=THURSDAY)

    assert receiving.accept_by_silence(delivery, at=delivery.accept_by_at) is None

    assert not delivery.receipts.exists()


# The page


@pytest.fixture
def address(cabbage_of_xiuying):
    return reverse("listing-recall", args=[cabbage_of_xiuying.pk])


@pytest.mark.parametrize("who", ["inspector_he", "director_lin", "township_officer"])
def test_whoever_may_stop_a_sale_sees_which_orders_it_reached_and_recalls_it_once(
    who, request, client, story, address, cabbage_of_xiuying, xiuying_household
):
    login(client, request.getfixturevalue(who))
    order = story.asked(wish((cabbage_of_xiuying, 30)))
    said = {"idem": "k1", "why": "农残超标"}

    seen = client.get(address).content.decode()
    first, again = client.post(address, said), client.post(address, said)
    other = client.post(address, said | {"idem": "k2"})

    assert order.number in seen and order.buyer.name in seen and xiuying_household.head_name not in seen
    assert (first.status_code, again.status_code, other.status_code) == (302, 302, 409)
    assert told("order.recalled").count() == told("recalled").count() == 1
    assert "resume" not in client.get(reverse("listing-detail", args=[cabbage_of_xiuying.pk])).content.decode()
    client.post(reverse("listing-resume", args=[cabbage_of_xiuying.pk]))
    cabbage_of_xiuying.refresh_from_db()
    assert cabbage_of_xiuying.status == "stopped"


@pytest.mark.parametrize(("who", "status"), [("xiuying", 403), ("chef_chen", 403), ("cadre_liu", 403), ("olga", 403)])
def test_nobody_else_recalls_a_lot(who, status, request, client, address, cabbage_of_xiuying):
    login(client, request.getfixturevalue(who))

    assert client.get(address).status_code == client.post(address, {"idem": "k", "why": "x"}).status_code == status
    cabbage_of_xiuying.refresh_from_db()
    assert cabbage_of_xiuying.recalled_at is None


def test_a_recall_without_a_reason_keeps_the_page(client, address, inspector_he, cabbage_of_xiuying):
    assert login(client, inspector_he).post(address, {"idem": "k", "why": " "}).status_code == 400
    assert client.get("/market/99999999999999999999999999/recall/").status_code == 404
    cabbage_of_xiuying.refresh_from_db()
    assert cabbage_of_xiuying.recalled_at is None


def test_order_cart_and_scale_say_recalled(
    client,
    story,
    address,
    cabbage_of_xiuying,
    cabbage_of_guiying,
    inspector_he,
    chef_chen,
    haulier,
    receiver_wang,
    xiuying,
):
    order = story.confirmed(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 60)))
    on_the_way = story.shipped(wish((cabbage_of_xiuying, 20))).order
    recall_lot(cabbage_of_xiuying, reason="农残超标", by=inspector_he, at=WEDNESDAY)
    mine = order.allocations.get(listing=cabbage_of_xiuying)

    page = login(client, chef_chen).get(reverse("order-detail", args=[order.pk])).content.decode()
    assert page.count("已召回") == 1
    client.logout()
    cart = login(client, haulier).get(reverse("delivery-ship", args=[order.pk])).content.decode()
    assert "已召回" in cart and f'name="kg_{mine.pk}"' not in cart
    assert "有货被召回" in client.get(reverse("delivery-list")).content.decode()
    client.logout()
    scale = login(client, receiver_wang).get(reverse("delivery-accept", args=[on_the_way.pk])).content.decode()
    assert "已召回" in scale
    client.logout()
    assert "已召回" in login(client, xiuying).get(reverse("sale-detail", args=[mine.pk])).content.decode()
    goods = client.get(reverse("my-listing", args=[cabbage_of_xiuying.pk])).content.decode()
    assert "已召回" in goods


def test_the_page_of_a_square_code_warns_of_a_recalled_lot(client, xiuying_household, cabbage, xiuying, inspector_he):
    at = clock.now()
    lot = a_listing(xiuying_household, cabbage, by=xiuying, at=at)
    paper = papers.issue_commitment(lot, basis=papers.CONTROL, by=xiuying, at=at)

    recall_lot(lot, reason="农残超标", by=inspector_he, at=at)

    assert "panel danger" in client.get(reverse("paper-check", args=[paper.code])).content.decode()


# At the same moment


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
    placed = threading.Event()

    def ordering():
        with transaction.atomic():
            story.place(wish((cabbage_of_xiuying, 30)))
            placed.set()
            time.sleep(0.5)  # the order is not committed yet: its lot is still locked
        connection.close()

    racer = threading.Thread(target=ordering)
    racer.start()
    placed.wait(timeout=30)
    too_early = orders_reached(cabbage_of_xiuying)
    reached = recall_lot(cabbage_of_xiuying, reason="农残超标", by=inspector_he, at=TUESDAY)
    racer.join()

    assert (len(too_early), len(reached)) == (0, 1)
