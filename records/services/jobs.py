"""Long work with a share done, a heartbeat and a lease."""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from records.models import Job

LEASE = dt.timedelta(minutes=2)


def take(kind: str, key: str, *, at: dt.datetime, total: int = 0) -> Job | None:
    """Take the job for one worker, or return None when it is done or another worker holds a living lease."""
    with transaction.atomic():
        Job.objects.get_or_create(kind=kind, key=key)
        free = Q(state=Job.State.WAITING) | Q(state__in=[Job.State.RUNNING, Job.State.FAILED], lease_until__lt=at)
        job = Job.objects.select_for_update(skip_locked=True).filter(free, kind=kind, key=key).first()
        if job is None:
            return None
        job.state, job.lease_until = Job.State.RUNNING, at + LEASE
        job.started_at, job.total = job.started_at or at, total or job.total
        job.save()
        return job


def count(job: Job, *, total: int) -> None:
    """Say how much there is to do, once that is known."""
    Job.objects.filter(pk=job.pk).update(total=total, done=0)


def beat(job: Job, *, done: int, at: dt.datetime, note: str = "") -> None:
    """Say how far the job is and keep its lease alive."""
    Job.objects.filter(pk=job.pk).update(done=done, note=note, lease_until=at + LEASE)


def give_back(job: Job) -> None:
    """Lay the job down unfinished: whoever comes next takes it up at once."""
    Job.objects.filter(pk=job.pk).update(state=Job.State.WAITING, lease_until=None)


def finish(job: Job, *, at: dt.datetime, state: str = Job.State.DONE, note: str = "") -> None:
    """Close the job, done or stopped with a reason."""
    Job.objects.filter(pk=job.pk).update(state=state, ended_at=at, note=note, lease_until=at)
