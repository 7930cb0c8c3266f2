"""Two sweeps of the texts that came in, at once: each text is acted on by one of them."""

import threading

import pytest
from django.db import connection, transaction

from accounts.models import InboundMessage
from accounts.services.inbound import take_in, take_waiting
from tests.factories import MONDAY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def test_a_second_sweep_takes_the_next_text_while_the_first_holds_one():
    for key in ("a", "b"):
        take_in(gateway_id=key, phone="13700000000", body="1", at=MONDAY)
    taken = []

    def sweep():
        taken.append(take_waiting(MONDAY))
        connection.close()

    with transaction.atomic():
        held = take_waiting(MONDAY)
        thread = threading.Thread(target=sweep)
        thread.start()
        thread.join()

    assert {held.gateway_id, *(text.gateway_id for text in taken)} == {"a", "b"}
    assert InboundMessage.objects.filter(tries=1).count() == 2


def test_a_text_brought_twice_at_the_same_instant_is_kept_once():
    new = []
    start = threading.Barrier(2)

    def bring():
        start.wait()
        new.append(take_in(gateway_id="same", phone="13700000000", body="1", at=MONDAY))
        connection.close()

    threads = [threading.Thread(target=bring) for _time in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(new) == [False, True]
    assert InboundMessage.objects.count() == 1
