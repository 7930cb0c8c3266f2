"""Load the demo county once, and its history in the background, each step in a transaction of its own."""

import datetime as dt

from django.db import connection, transaction

from canteens.services import load_default_tiers
from catalog.services.dictionary import load as load_dictionary
from kernel import clock
from marketplace.demo.county import build_county, find_county
from marketplace.demo.history import fill_month, months_before
from marketplace.demo.market import build_market
from marketplace.demo.relief import build_relief
from records.models import Job
from records.services import jobs

KIND, COUNTY, LOSSES, HISTORY = "demo", "county", "losses", "history"


def load_county(at: dt.datetime) -> bool:
    """Make the county with today's market, whole or not at all; say whether it was made now."""
    with transaction.atomic():
        job = jobs.take(KIND, COUNTY, at=at) if _alone() else None
        if job is None:
            return False
        county = build_county(at)
        load_dictionary()
        load_default_tiers()
        build_market(county, at)
        jobs.finish(job, at=at)
        return True


def load_losses(at: dt.datetime) -> bool:
    """Make losses in every state, whole or not at all; say whether they were made now."""
    with transaction.atomic():
        job = jobs.take(KIND, LOSSES, at=at) if _alone() and is_done(COUNTY) else None
        if job is None:
            return False
        build_relief(find_county(), at)
        jobs.finish(job, at=at)
        return True


def _alone() -> bool:
    """Say whether nobody else makes the demo in another transaction; whoever asks first keeps it until the end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('liujin demo'))")
        return cursor.fetchone()[0]


def is_done(key: str) -> bool:
    """Say whether this part of the demo was made."""
    return Job.objects.filter(kind=KIND, key=key, state=Job.State.DONE).exists()


def fill_history(at: dt.datetime, *, seconds: float = 200) -> Job | None:
    """Fill months of history until the time is up; return the job while something is left to do, else None.

    One worker holds the lease; a month that was begun and not finished is begun anew, since it left nothing behind.
    """
    if not is_done(LOSSES):
        return None
    made_at = Job.objects.filter(kind=KIND, key=COUNTY).values_list("started_at", flat=True).get() or at
    months = months_before(made_at)
    job = jobs.take(KIND, HISTORY, at=at, total=len(months))
    if job is None:
        return None
    county = find_county()
    until = at + dt.timedelta(seconds=seconds)
    for number in range(job.done, len(months)):
        month = months[number]
        share = 600 + 500 * number // len(months)  # the market grows
        with transaction.atomic():
            fill_month(county, month, made_at=made_at, share=share)
            jobs.beat(job, done=number + 1, at=clock.now(), said=f"{month:%Y-%m}")
        if clock.now() > until:
            jobs.give_back(job)
            return job
    jobs.finish(job, at=clock.now())
    return job


def history_progress() -> Job | None:
    """Return the history's job while it is still being filled."""
    return Job.objects.filter(kind=KIND, key=HISTORY).exclude(state=Job.State.DONE).first()
