"""Sweeps of the outbox: each finds its work in rows and may run twice."""

from celery import shared_task

from accounts.services import acts, grievances
from accounts.services.messages import send_waiting
from accounts.services.register_files import lapse_unconfirmed
from kernel import clock


@shared_task(queue="messages")
def send_messages() -> int:
    """Send what waits in the outbox."""
    return send_waiting(at=clock.now())


@shared_task(queue="default")
def lapse_register_files() -> int:
    """End the files of households that nobody confirmed in time."""
    return lapse_unconfirmed(at=clock.now())


@shared_task(queue="default")
def tell_again_of_disputes() -> int:
    """Tell the officers again of what households dispute and nobody answered."""
    return acts.tell_again(at=clock.now())


@shared_task(queue="default")
def move_grievances_on() -> int:
    """Hand late grievances to the head, and end what nobody answered."""
    return grievances.sweep(at=clock.now())
