"""Whole files made in the background: whose they are, how far each is."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.models import Somebody
from orders.models import FundFile
from orders.selectors.dossier import reads_dossiers
from records.models import Job, StoredFile
from records.selectors.policy import policy

JOB = "fund-file"
MOST_SHOWN = 20


def fund_files_of(user: Somebody) -> QuerySet[FundFile]:
    """Return the files that this person asked for, the newest first: what each shows is for their eyes alone."""
    return FundFile.objects.filter(by_id=user.pk).select_related("fund__organisation", "page", "tables").order_by("-pk")


def still_reads(user: Somebody, row: FundFile) -> bool:
    """Return whether this person may still read the files of this buyer."""
    return reads_dossiers(user, row.fund.organisation_id)


def steps_done(rows: Iterable[FundFile]) -> dict[str, int]:
    """Return how many steps of each file that is being made are done, by its key."""
    keys = [row.key for row in rows if row.made_at is None and row.stopped_at is None]
    return dict(Job.objects.filter(kind=JOB, key__in=keys).values_list("key", "done")) if keys else {}


def kept_until(made_on: dt.date) -> dt.date:
    """Return the last day on which a file made on this day is kept."""
    return made_on + dt.timedelta(days=policy("fund_file_days", made_on))


def photos_of(row: FundFile) -> QuerySet[StoredFile]:
    """Return the photos of a file."""
    return StoredFile.objects.filter(pk__in=row.photos)
