"""Load the demo county once, and its history in the background, each step in a transaction of its own."""

import datetime as dt

from django.db import connection, transaction

from catalog.selectors import market
from demo.county import find_county
from demo.history import fill_month, months_before
from demo.market import build_market
from demo.opening import build_county
from demo.progress import COUNTY, HISTORY, KIND, LOSSES, MARKET, is_done
from demo.relief import build_relief
from kernel import clock
from produce.services.dictionary import load as load_dictionary
from records.models import Job
from records.services import jobs


def load_county(at: dt.datetime) -> bool:
    """Make the county's places, people and dictionary, whole or not at all; say whether they were made now."""
    with transaction.atomic():
        job = jobs.take(KIND, COUNTY, at=at) if _alone() else None
        if job is None:
            return False
        build_county(at)
        load_dictionary()
        jobs.finish(job, at=at)
        return True


def load_market(at: dt.datetime) -> bool:
    """Make today's market and its orders, whole or not at all; say whether they were made now."""
    return _load(MARKET, COUNTY, build_market, at)


def load_losses(at: dt.datetime) -> bool:
    """Make losses in every state, whole or not at all; say whether they were made now."""
    return _load(LOSSES, MARKET, build_relief, at)


def _load(key: str, after: str, build, at: dt.datetime) -> bool:
    with transaction.atomic():
        job = jobs.take(KIND, key, at=at) if _alone() and is_done(after) else None
        if job is None:
            return False
        build(find_county(), at)
        jobs.finish(job, at=at)
    market.forget(clock.county_day(at))  # whoever looks in the first minute sees what there is
    return True


def _alone() -> bool:
    """Return whether nobody else makes the demo in another transaction; whoever asks first keeps it until the end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('liujin demo'))")
        return cursor.fetchone()[0]


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
            jobs.beat(job, done=number + 1, at=clock.now(), note=f"{month:%Y-%m}")
        if clock.now() > until:
            jobs.give_back(job)
            return job
    jobs.finish(job, at=clock.now())
    return job
