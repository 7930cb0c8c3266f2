"""Sweeps of the outbox: each finds its work in rows and may run twice."""

import structlog
from celery import shared_task
from kombu.exceptions import OperationalError

from accounts.services.messages import send_waiting
from accounts.services.register_files import lapse_unconfirmed
from kernel import clock

log = structlog.get_logger(__name__)


@shared_task(queue="messages")
def send_messages() -> int:
    """Send what waits in the outbox."""
    return send_waiting(at=clock.now())


@shared_task(queue="default")
def lapse_register_files() -> int:
    """End the files of households that nobody confirmed in time."""
    return lapse_unconfirmed(at=clock.now())


def nudge_messages():
    """Ask for a sweep right now; without a broker the next beat does it."""
    try:
        send_messages.apply_async(retry=False)
    except OperationalError:
        log.warning("broker away", task_name="send_messages")
