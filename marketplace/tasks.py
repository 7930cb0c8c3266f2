"""The roof's own sweeps: what the demo still lacks after its county, a stretch at a time."""

import structlog
from celery import shared_task
from django.conf import settings
from django.utils import translation

from kernel import clock
from marketplace.demo.load import fill_history, load_losses, load_market

log = structlog.get_logger(__name__)


@shared_task(queue="reports")
def fill_demo():
    """Make the demo's market and losses, then go on with its two years of sales where the last stretch ended."""
    if not settings.DEMO:
        return
    with translation.override("zh-hans"):
        load_market(clock.now())
        load_losses(clock.now())
        job = fill_history(clock.now())
    if job is not None:
        job.refresh_from_db()
        log.warning("demo history", months_done=job.done, months=job.total)
