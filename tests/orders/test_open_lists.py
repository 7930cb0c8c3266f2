"""Whatever is still open stands on a page of its list, what is due first in front, however much of it there is."""

import datetime as dt
import html
import re

import pytest
from django.urls import reverse

from orders.models import Allocation, Complaint, DeliveryLine, GoodsReturn, OrderLine, PurchaseOrder, ReceiptLine
from orders.services import complaining, returning
from tests.factories import THURSDAY, login
from tests.guards.rows import force, past_triggers, twin
from tests.orders.steps import KG, a_stored_photo, wish

pytestmark = pytest.mark.django_db
FRIDAY = THURSDAY + dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)
MORE = 54  # than the one that all are like


def more_lots_like(lot):
    """Write more lots like one, each of an order of its own that is to be answered a minute sooner than the last."""
    order, line = lot.order, lot.line
    sooner = [order.answer_by_at - (n + 1) * MINUTE for n in range(MORE)]
    with past_triggers():
        orders = PurchaseOrder.objects.bulk_create(twin(order, answer_by_at=at) for at in sooner)
        lines = OrderLine.objects.bulk_create(twin(line, order=one.pk, position=1) for one in orders)
        return Allocation.objects.bulk_create(twin(lot, order=line.order_id, line=line.pk) for line in lines)


@pytest.fixture
def signed(story, cabbage_of_xiuying, now):
    """Lines of signed receipts: one that was weighed, and more like it."""
    now["at"] = FRIDAY
    line = story.signed(wish((cabbage_of_xiuying, 50))).lines.select_related("receipt__delivery", "allocation").get()
    lots, sent, receipt = more_lots_like(line.allocation), line.delivery_line, line.receipt_id
    with past_triggers():
        brought = DeliveryLine.objects.bulk_create(
            twin(sent, delivery=sent.delivery_id, allocation=lot.pk) for lot in lots
        )
        more = [twin(line, receipt=receipt, allocation=one.allocation_id, delivery_line=one.pk) for one in brought]
        return line, ReceiptLine.objects.bulk_create(more)


def walked(client, name, asked=""):
    """Return the first page of a list, the next one of what is open in it, and where that lies."""
    first = client.get(reverse(name) + asked).content.decode()
    [further] = re.findall(r'href="(\?waiting=[^"]+)"', first)
    further = html.unescape(further)
    return first, client.get(reverse(name) + further).content.decode(), further


def test_sales(client, story, cabbage_of_xiuying, xiuying, now):
    last = story.asked(wish((cabbage_of_xiuying, 10))).allocations.get()
    lots = [reverse("sale-detail", args=[lot.pk]) for lot in (last, *more_lots_like(last))]
    login(client, xiuying)

    first, second, _further = walked(client, "sale-list")

    assert [url for url in reversed(lots) if f'"{url}"' in first] == lots[:4:-1]
    assert [url for url in lots if f'"{url}"' in second] == lots[:5]


def test_goods_sent_back(client, signed, receiver_wang):
    line, lines = signed
    photos = [a_stored_photo(receiver_wang, FRIDAY)]
    asked = returning.ask_return(
        line, grams=KG, reason="rotten", words="坏了", photos=photos, by=receiver_wang, at=FRIDAY
    )
    with past_triggers():
        rows = GoodsReturn.objects.bulk_create(twin(asked, receipt_line=line.pk) for line in lines)
    for n, row in enumerate(rows):
        force(row, answer_by_at=asked.answer_by_at - (n + 1) * MINUTE)
    decided_first = rows[0]
    force(decided_first, status="contested", decide_by_at=asked.answer_by_at - MORE * 2 * MINUTE)
    login(client, receiver_wang)
    urls = [reverse("return-detail", args=[row.pk]) for row in (asked, *rows)]

    first, second, _further = walked(client, "return-list")

    assert [url for url in urls if f'"{url}"' in first] == [urls[1], *urls[6:]]
    assert [url for url in urls if f'"{url}"' in second] == [urls[0], *urls[2:6]]


def test_complaints_also_when_the_list_is_narrowed(client, signed, receiver_wang):
    line, lines = signed
    raised = complaining.complain(
        line, side="buyer", about="quality", grams=KG, words="烂了", by=receiver_wang, at=FRIDAY
    )
    with past_triggers():
        rows = Complaint.objects.bulk_create(
            twin(raised, receipt_line=line.pk, until_at=raised.until_at - (n + 1) * MINUTE)
            for n, line in enumerate(lines)
        )
    login(client, receiver_wang)
    urls = [reverse("complaint-detail", args=[row.pk]) for row in (raised, *rows)]

    first, second, further = walked(client, "complaint-list", "?side=buyer")

    assert [url for url in urls if f'"{url}"' in first] == urls[5:]
    assert [url for url in urls if f'"{url}"' in second] == urls[:5]
    assert "side=buyer" in further
