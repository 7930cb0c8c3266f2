"""The demo's own sweep, added to the beat table: what it still lacks after its county, a stretch at a time."""

import structlog
from celery import shared_task
from django.utils import translation

from demo.load import fill_history, load_losses, load_market
from kernel import clock
from marketplace.celery import app

FILL, EVERY_SECONDS = "demo.tasks.fill_demo", 10
log = structlog.get_logger(__name__)


@shared_task(queue="reports", soft_time_limit=800, time_limit=860)  # a month of it is one piece on a slow machine
def fill_demo() -> None:
    """Make the demo's market and losses, then go on with its two years of sales where the last stretch ended."""
    with translation.override("zh-hans"):
        load_market(clock.now())
        load_losses(clock.now())
        job = fill_history(clock.now())
    if job is not None:
        job.refresh_from_db()
        log.warning("demo history", months_done=job.done, months=job.total)


app.conf.beat_schedule[FILL] = {"task": FILL, "schedule": float(EVERY_SECONDS), "options": {"expires": EVERY_SECONDS}}
