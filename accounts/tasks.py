"""Sweeps of the outbox: each finds its work in rows and may run twice."""

from collections.abc import Callable

from celery import current_app, shared_task
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from accounts.services import acts, grievances
from accounts.services.messages import send_waiting
from accounts.services.register_files import lapse_unconfirmed
from kernel import clock
from kernel.spare_cache import LeftAlone

broker_left_alone = LeftAlone("broker")


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


def nudge_messages() -> None:
    """Ask for a sweep of the outbox right now; without a broker the next beat does it."""
    _ask(lambda: send_messages.apply_async(retry=False))


def nudge(sweep: str) -> None:
    """Ask for a sweep of this name right now; without a broker the next beat does it."""
    _ask(lambda: current_app.send_task(sweep, queue="default", retry=False))


def _ask(send: Callable[[], object]) -> None:
    if broker_left_alone:
        return
    try:
        send()
    except (OperationalError, RedisError) as error:
        broker_left_alone.begin(error)
