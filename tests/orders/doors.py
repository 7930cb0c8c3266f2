"""Order the kilos of one lot by the two doors there are, as whoever is signed in; each returns its answer."""

import uuid

from django.urls import reverse

from kernel import money
from tests.orders.steps import DELIVER_ON


def by_program(client, fund, lot, *, kg: str = "10", **more):
    """Order so much of a lot at the price it asks, as a program."""
    price = money.yuan_plain(lot.price_fen)
    lines = [{"produce": lot.produce.code, "lots": [{"listing": lot.pk, "kg": kg, "price": price}]}]
    said = {"fund": fund.pk, "deliver_on": DELIVER_ON.isoformat(), "lines": lines} | more
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    return client.post(reverse("api-order-list"), said, "application/json", headers=headers)


def by_page(client, fund, lot, *, kg: str = "10", **more):
    """Order so much of its produce by the fair plan, as a person who looks at the check page first."""
    want = {"produce": lot.produce.code, "quantity_0": kg, "quantity_1": "kg", "fund": fund.pk, "plan": "fair"}
    want |= {"on": DELIVER_ON.isoformat()} | more
    shown = client.get(reverse("order-plan"), want).context["shown"]
    return client.post(reverse("order-plan"), want | {"shown": shown, "idem": uuid.uuid4().hex})
