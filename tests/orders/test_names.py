"""Who reads a seller's name: both sides of an order in full, the auditor and the county's finance masked."""

import pytest
from django.urls import reverse

from orders.models import SettlementStatement
from tests.factories import login
from tests.orders.steps import wish
from tests.trips import order_of

pytestmark = pytest.mark.django_db

FULL, MASKED = "黄秀英", "黄*英"


@pytest.fixture
def pages(story, cabbage_of_xiuying):
    """Return every page and answer about one settled order that says whose the goods are, by the people it is for."""
    receipt = story.signed(wish((cabbage_of_xiuying, 40)))
    order, statement = order_of(receipt.delivery), SettlementStatement.objects.get()
    of_order = [
        reverse("order-detail", args=[order.pk]),
        reverse("receipt-detail", args=[receipt.pk]),
        reverse("api-order-detail", args=[order.pk]),
    ]
    of_statement = [
        reverse("statement-list"),
        reverse("statement-detail", args=[statement.pk]),
        reverse("api-statement-list"),
        reverse("api-statement-detail", args=[statement.pk]),
    ]
    return {"order": of_order, "statement": of_statement}


@pytest.mark.parametrize(
    ("who", "which"),
    [("auditor", "order"), ("auditor", "statement"), ("finance_maker", "statement"), ("finance_checker", "statement")],
)
def test_who_is_on_neither_side_reads_a_masked_name(client, request, pages, who, which):
    login(client, request.getfixturevalue(who))

    read = [client.get(page).content.decode() for page in pages[which]]

    assert [MASKED in page for page in read] == [True] * len(read)
    assert not [page for page in read if FULL in page]


@pytest.mark.parametrize(
    ("who", "which"),
    [("chef_chen", "order"), ("receiver_wang", "order"), ("treasurer_zhou", "statement"), ("chair_tan", "statement")],
)
def test_who_works_for_the_buyer_reads_whom_it_buys_from_and_pays(client, request, pages, who, which):
    login(client, request.getfixturevalue(who))

    read = [client.get(page).content.decode() for page in pages[which]]

    assert [FULL in page for page in read] == [True] * len(read)


def test_who_weighs_sees_no_statement(client, receiver_wang, pages):
    login(client, receiver_wang)
    listed, one, api_listed, api_one = pages["statement"]

    assert client.get(one).status_code == client.get(api_one).status_code == 404
    assert FULL not in client.get(listed).content.decode()
    assert client.get(api_listed).json()["results"] == []
    assert one not in client.get(pages["order"][0]).content.decode()
