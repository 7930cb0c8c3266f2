"""Recall: the sale ends for good, everybody who ordered the lot is told once, and nothing more of it leaves."""

import pytest
from django.urls import reverse

from accounts.models import Message
from catalog.selectors.papers import valid_papers
from catalog.services import listings, papers
from catalog.services.kilos import LotRecalled
from catalog.services.listings import ReasonNeeded
from catalog.services.recalls import AlreadyRecalled
from kernel import clock
from kernel.errors import BadValue
from kernel.workflow import IllegalMove
from marketplace.audit import breaches
from orders.models import PurchaseOrder
from orders.selectors.orders import lots_to_ship, orders_to_send_by
from orders.services import asking, delivering, receiving, weighing
from orders.services.delivering import Loaded, RecalledOnCart
from orders.services.placing import Wish
from orders.services.recalling import recall_lot
from orders.services.weighing import Weighed
from records.models import Event
from tests.factories import FRIDAY, THURSDAY, TUESDAY, WEDNESDAY, a_listing, login
from tests.orders.steps import owed_to, purse, take, totals, wish
from tests.trips import order_of, trip_of

pytestmark = pytest.mark.django_db


def told(kind):
    return Message.objects.filter(kind=kind)


def test_everybody_who_ordered_the_lot_is_told_once_whether_it_has_arrived_or_not(
    story, cabbage_of_xiuying, cabbage_of_guiying, inspector_he, xiuying_household
):
    received = order_of(story.signed(wish((cabbage_of_xiuying, 20))).delivery)
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


def test_what_has_not_left_is_off_its_orders_at_once_with_its_money(
    story, fund, cabbage_of_xiuying, cabbage_of_guiying, inspector_he
):
    """Three orders: one placed, one asked of two sellers, one confirmed; 40 kg of the neighbour stay as they are."""
    placed = story.place(wish((cabbage_of_xiuying, 10)))
    asked = story.asked(wish((cabbage_of_xiuying, 20), (cabbage_of_guiying, 15)))
    confirmed = story.confirmed(wish((cabbage_of_xiuying, 30), (cabbage_of_guiying, 25)))

    recall_lot(cabbage_of_xiuying, reason="农残超标", by=inspector_he, at=TUESDAY)

    assert totals(cabbage_of_xiuying) == (100_000, 0, 0)
    assert totals(cabbage_of_guiying) == (40_000, 40_000, 0)
    assert owed_to(cabbage_of_xiuying) == (0, 0)
    assert purse(fund)[:2] == (0, 40 * 150)
    statuses = [type(order).objects.get(pk=order.pk).status for order in (placed, asked, confirmed)]
    assert statuses == ["cancelled", "asking", "under_way"]
    assert breaches() == []
    sent = [message.body for message in told("order.recalled")]
    assert len(sent) == 3 and all("退回额度" in body for body in sent)
    assert told("order.nobody").get().document == placed.reference
    assert all(order.number in told("recalled").get().body for order in (placed, asked, confirmed))


def test_an_order_that_gave_the_lot_back_before_its_recall_has_nothing_to_do_with_it(
    story, xiuying, guiying, cabbage_of_xiuying, cabbage_of_guiying, inspector_he, haulier
):
    order = story.asked(wish((cabbage_of_xiuying, 20)), wish((cabbage_of_guiying, 15)))
    asking.decline(order.allocations.get(listing=cabbage_of_xiuying), by=xiuying, at=TUESDAY)
    asking.confirm(order.allocations.get(listing=cabbage_of_guiying), by=guiying, at=TUESDAY)
    called_off = story.confirmed(wish((cabbage_of_xiuying, 30), (cabbage_of_guiying, 10)))

    recall_lot(cabbage_of_xiuying, reason="农残超标", by=inspector_he, at=TUESDAY)

    rows = {row.pk: row.recalled for row in orders_to_send_by(haulier)}
    assert (rows[order.pk], rows[called_off.pk]) == (False, True)
    assert [lot.listing for lot in lots_to_ship(called_off, haulier)] == [cabbage_of_xiuying, cabbage_of_guiying]
    assert cabbage_of_xiuying not in [lot.listing for lot in lots_to_ship(order, haulier)]
    assert not told("order.recalled").filter(document=order.reference).exists()


def test_an_order_whose_only_open_answer_is_recalled_goes_ahead_with_the_rest(
    story, xiuying, guiying, cabbage_of_xiuying, cabbage_of_guiying, inspector_he
):
    order = story.asked(wish((cabbage_of_xiuying, 20), (cabbage_of_guiying, 15)))
    asking.confirm(order.allocations.get(listing=cabbage_of_guiying), by=guiying, at=TUESDAY)

    recall_lot(cabbage_of_xiuying, reason="农残超标", by=inspector_he, at=TUESDAY)

    order.refresh_from_db()
    assert order.status == "under_way"
    with pytest.raises(IllegalMove):
        asking.confirm(order.allocations.get(listing=cabbage_of_xiuying), by=xiuying, at=TUESDAY)


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


def test_a_recalled_lot_does_not_leave_and_the_rest_of_the_order_does(
    story, haulier, cabbage_of_xiuying, cabbage_of_guiying, inspector_he
):
    order = story.confirmed(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 60)))
    recall_lot(cabbage_of_xiuying, reason="农残超标", by=inspector_he, at=TUESDAY)
    mine, hers = order.allocations.order_by("pk")

    loaded = {row.pk: Loaded(row.weight_g) for row in (mine, hers)}
    with pytest.raises(RecalledOnCart) as refusal:
        delivering.ship([order], loaded, by=haulier, at=WEDNESDAY)
    order.refresh_from_db()
    assert order.status == "under_way" and cabbage_of_xiuying.number in str(refusal.value)

    delivery = delivering.ship([order], {hers.pk: loaded[hers.pk]}, by=haulier, at=WEDNESDAY)
    assert list(delivery.lines.values_list("allocation_id", flat=True)) == [hers.pk]


def test_silence_takes_the_rest_of_a_delivery_in_and_sends_what_is_recalled_back_whole(
    story, fund, cabbage_of_xiuying, cabbage_of_guiying, inspector_he
):
    delivery = story.arrived(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 10)))
    recall_lot(cabbage_of_xiuying, reason="农残超标", by=inspector_he, at=THURSDAY)
    assert totals(cabbage_of_xiuying) == (60_000, 40_000, 0)  # on its way: the scale says what becomes of it

    receipt = receiving.accept_by_silence(delivery, at=delivery.arrival.accept_by_at)

    line = receipt.lines.get(allocation__listing=cabbage_of_xiuying)
    assert (line.net_g, line.accepted_g, line.refused_g, line.reason) == (40_000, 0, 40_000, "recalled")
    assert (totals(cabbage_of_xiuying), totals(cabbage_of_guiying)[2]) == ((100_000, 0, 0), 10_000)
    assert (owed_to(cabbage_of_xiuying), purse(fund)[:2]) == ((0, 0), (1500, 0))
    assert breaches() == []


# At the scale


def test_the_scale_takes_nothing_recalled_in_and_sends_all_of_it_back(
    story, fund, cabbage_of_xiuying, cabbage_of_guiying, inspector_he, receiver_wang, receiver_sun
):
    delivery = story.shipped(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 10)))
    mine, hers = order_of(delivery).allocations.order_by("pk")
    recall_lot(cabbage_of_xiuying, reason="农残超标", by=inspector_he, at=WEDNESDAY)
    rest = {hers.pk: Weighed(10_000)}

    for some in (Weighed(40_000), Weighed(40_000, refused_g=39_999, reason="rotten")):
        with pytest.raises(weighing.RecalledAtScale) as refusal:
            receiving.weigh(delivery, rest | {mine.pk: some}, by=receiver_wang, at=THURSDAY)
        assert cabbage_of_xiuying.number in str(refusal.value) and not delivery.receipts.exists()
    whole = Weighed(40_000, refused_g=40_000, reason="recalled")
    with pytest.raises(BadValue):
        receiving.weigh(delivery, {hers.pk: whole, mine.pk: whole}, by=receiver_wang, at=THURSDAY)
    receipt = receiving.weigh(delivery, rest | {mine.pk: whole}, by=receiver_wang, at=THURSDAY)
    receiving.sign(receipt, by=receiver_sun, at=THURSDAY)

    assert totals(cabbage_of_xiuying) == (100_000, 0, 0)
    assert (owed_to(cabbage_of_xiuying), purse(fund)[:2]) == ((0, 0), (1500, 0))
    order_of(delivery).refresh_from_db()
    assert order_of(delivery).status == "closed"
    assert "已召回" in told("sale.accepted").get(household=cabbage_of_xiuying.household).body
    assert breaches() == []


def test_a_weighing_of_one_signature_that_took_it_in_is_struck_out(
    story, cabbage_of_xiuying, inspector_he, receiver_sun
):
    receipt = story.weighed(wish((cabbage_of_xiuying, 40)))

    recall_lot(cabbage_of_xiuying, reason="农残超标", by=inspector_he, at=THURSDAY)

    receipt.refresh_from_db()
    assert receipt.status == "void"
    with pytest.raises(IllegalMove):
        receiving.sign(receipt, by=receiver_sun, at=THURSDAY)
    assert totals(cabbage_of_xiuying) == (60_000, 40_000, 0)
    assert "重新过秤" in told("order.recalled").get().body


def test_the_page_of_the_scale_refuses_the_line_and_sends_it_back_whatever_is_typed(
    client, story, cabbage_of_xiuying, cabbage_of_guiying, inspector_he, receiver_wang, ducks
):
    order = order_of(story.shipped(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 10))))
    mine, hers = order.allocations.order_by("pk")
    page = reverse("delivery-accept", args=[trip_of(order).pk])
    login(client, receiver_wang)
    client.post(page, {"line": mine.pk, "gross": "40"})  # typed before the recall: it counts no longer
    recall_lot(cabbage_of_xiuying, reason="农残超标", by=inspector_he, at=WEDNESDAY)

    shown = client.get(f"{page}?line={mine.pk}").content.decode()
    recalled = shown[shown.index('id="scale-form"') :].partition("</form>")[0]
    assert "农残超标" in recalled and 'name="refused"' not in recalled and 'name="exact"' not in recalled
    client.post(page, {"line": hers.pk, "gross": "10"})
    assert not trip_of(order).receipts.exists()
    answer = client.post(page, {"line": mine.pk, "gross": "41", "tare": "1", "refused": "0", "exact": mine.pk})

    assert answer.status_code == 302
    line = trip_of(order).receipts.get().lines.get(allocation=mine)
    assert (line.net_g, line.accepted_g, line.refused_g, line.reason) == (40_000, 0, 40_000, "recalled")


def test_a_recalled_lot_that_did_not_arrive_is_weighed_in_with_nothing(
    client, story, inspector_he, receiver_wang, ducks
):
    order = order_of(story.shipped(Wish(ducks.produce_id, (take(ducks, pieces=10),))))
    recall_lot(ducks, reason="禽病", by=inspector_he, at=WEDNESDAY)
    [row] = order.allocations.all()

    login(client, receiver_wang).post(
        reverse("delivery-accept", args=[trip_of(order).pk]), {"line": row.pk, "gross": ""}
    )

    line = trip_of(order).receipts.get().lines.get()
    assert (line.gross_g, line.accepted_g, line.accepted_pieces, line.reason) == (0, 0, 0, "")


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
    form = {"idem": "k1", "why": "农残超标"}

    seen = client.get(address).content.decode()
    first, again = client.post(address, form), client.post(address, form)
    other = client.post(address, form | {"idem": "k2"})

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
    on_the_way = order_of(story.shipped(wish((cabbage_of_xiuying, 20))))
    recall_lot(cabbage_of_xiuying, reason="农残超标", by=inspector_he, at=WEDNESDAY)
    mine = order.allocations.get(listing=cabbage_of_xiuying)

    page = login(client, chef_chen).get(reverse("order-detail", args=[order.pk])).content.decode()
    assert page.count("已召回") == 1
    client.logout()
    cart = login(client, haulier).get(reverse("delivery-ship", args=[order.pk])).content.decode()
    assert "已召回" in cart and f'name="kg_{mine.pk}"' not in cart and "60" in cart
    assert "有货被召回" in client.get(reverse("delivery-list")).content.decode()
    client.logout()
    scale = login(client, receiver_wang).get(reverse("delivery-accept", args=[trip_of(on_the_way).pk])).content.decode()
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

    page = client.get(reverse("paper-check", args=[paper.code])).content.decode()
    assert "panel danger" in page and "停止销售" in page and "已召回" in page
    login(client, xiuying)
    mine = client.get(reverse("lot-papers", args=[lot.pk])).content.decode()
    assert "已停止销售" in mine and reverse("paper-print", args=[lot.pk, paper.pk]) not in mine
    assert client.get(reverse("paper-print", args=[lot.pk, paper.pk])).status_code == 302
    assert client.get(f"/api/v1/listings/{lot.pk}/papers/").json()["results"][0]["status"] == "withdrawn"
    lot.refresh_from_db()
    assert valid_papers(lot, clock.county_day(at)) == []


# For programs


def test_the_bureau_recalls_by_program_once(client, story, cabbage_of_xiuying, inspector_he):
    order = story.asked(wish((cabbage_of_xiuying, 30)))
    address = f"/api/v1/listings/{cabbage_of_xiuying.pk}/recall/"
    login(client, inspector_he)

    def ask(key, why="农残超标"):
        headers = {"Idempotency-Key": key} if key else {}
        return client.post(address, {"why": why}, content_type="application/json", headers=headers)

    assert ask("").status_code == ask("k0", "").status_code == 400
    first, again, other = ask("k1"), ask("k1"), ask("k2")

    assert (first.status_code, again.status_code, other.status_code) == (200, 200, 409)
    assert first.json() == again.json()
    assert first.json()["orders"] == [
        {"order": order.number, "buyer": order.buyer.name, "kg": "30", "status": "released"}
    ]
    assert other.json()["code"] == "already_recalled"


def test_the_scale_of_programs_refuses_a_recalled_lot(client, story, cabbage_of_xiuying, inspector_he, receiver_wang):
    delivery = story.shipped(wish((cabbage_of_xiuying, 40)))
    [row] = order_of(delivery).allocations.all()
    recall_lot(cabbage_of_xiuying, reason="农残超标", by=inspector_he, at=WEDNESDAY)
    form = {"lots": [{"lot": row.pk, "gross": "40"}]}

    answer = login(client, receiver_wang).post(
        f"/api/v1/deliveries/{delivery.pk}/weigh/",
        form,
        content_type="application/json",
        headers={"Idempotency-Key": "w"},
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "recalled_at_scale")
    assert not delivery.receipts.exists()
