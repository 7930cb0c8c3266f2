"""Two sweeps of the outbox at once: each text leaves once, and neither waits for the other's row."""

import threading

import pytest
from django.db import connection, transaction

from accounts.models import Message
from accounts.services.messages import _take_one, write_message
from tests.factories import MONDAY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.mark.guard("line two sweeps of the outbox skip each other's rows")
def test_a_second_sweep_takes_the_next_text_while_the_first_holds_one():
    first, second = (
        write_message(phone="13900000000", kind="hand", body=body, at=MONDAY) for body in ("一句话", "又一句")
    )
    taken = []

    def sweep():
        taken.append(_take_one(MONDAY))
        connection.close()

    with transaction.atomic():
        held = _take_one(MONDAY)
        thread = threading.Thread(target=sweep)
        thread.start()
        thread.join()

    assert {held.pk, *(message.pk for message in taken)} == {first.pk, second.pk}
    assert Message.objects.filter(tries=1).count() == 2
