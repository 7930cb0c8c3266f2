"""The sweep of what nobody comes back for."""

from celery import shared_task

from accounts.services.sessions import forget_ended
from marketplace.sessions import SessionStore


@shared_task(queue="default")
def forget_sessions() -> None:
    """Delete sessions that nobody used for as long as one is kept."""
    SessionStore.clear_expired()
    forget_ended()
