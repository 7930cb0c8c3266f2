"""Whole files made in the background: asked for, made a step at a time, told, let go of after some days."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.services.messages import Word, tell_all
from canteens.models import Fund
from kernel.clock import county_day
from kernel.dates import day_words, period_words
from kernel.errors import BadValue, DomainError
from kernel.present import known
from orders.models import FundFile
from orders.selectors.dossier import trips_of_period
from orders.selectors.fund_files import JOB, kept_until
from records.models import Job, StoredFile
from records.services import jobs
from records.services.files import forget_sealed, store_bytes

STEPS, TRIES = 3, 3
MOST_DELIVERIES = 2000
HTML, WORKBOOK = "text/html", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_READY = gettext_lazy(
    "The whole file of %(fund)s, %(days)s, is ready. Load it under “Statements” up to and with %(until)s."
)
_STOPPED = gettext_lazy(
    "The whole file of %(fund)s, %(days)s, could not be made. Ask for fewer days, or call the help line."
)


class OneIsMade(DomainError):
    code = "fund_file_one_at_a_time"
    message = gettext_lazy("A file of this purse is being made for you already. Ask again when it is ready.")


@dataclass(frozen=True)
class Rendered:
    """A file as its reader may read it."""

    page: str
    workbook: bytes
    photos: Sequence[UUID]


# What makes the page and the tables of a file; it calls `Step` after each of them.
Step = Callable[[], None]
Render = Callable[[FundFile, Step], Rendered]


@transaction.atomic
def ask_for_file(fund: Fund, *, first: dt.date, last: dt.date, by: User, at: dt.datetime) -> FundFile:
    """Ask for the file of these days; it is made in the background for whoever asks."""
    count = trips_of_period(fund, first, last).count()
    if not count:
        raise BadValue(_("No delivery of these days was signed for. Choose other days."))
    if count > MOST_DELIVERIES:
        raise BadValue(_("These days have more than %(n)s deliveries. Choose fewer days.") % {"n": MOST_DELIVERIES})
    try:
        with transaction.atomic():
            return FundFile.objects.create(fund=fund, first_on=first, last_on=last, by=by, at=at, deliveries=count)
    except IntegrityError as twice:
        if "fund_file_one_at_a_time" in str(twice):
            raise OneIsMade from None
        raise


def make_files(render: Render, *, at: dt.datetime) -> int:
    """Make the files that wait, the oldest first; return how many were made.

    One that fails, or whose maker goes down, is taken up again when its lease is over, some times; then it is given up.
    """
    waiting = FundFile.objects.filter(made_at=None, stopped_at=None).select_related("fund__organisation", "by__person")
    return sum(_make(row, render, at=at) for row in waiting.order_by("at", "pk"))


def _make(row: FundFile, render: Render, *, at: dt.datetime) -> bool:
    job = jobs.take(JOB, row.key, at=at, total=STEPS)
    if job is None:
        return False
    FundFile.objects.filter(pk=row.pk).update(tries=F("tries") + 1)
    row.refresh_from_db(fields=["tries", "made_at"])
    if row.tries > TRIES:
        _give_up(row, job, at=at)
        return False
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        jobs.beat(job, done=done, at=at)

    _keep(row, render(row, step), at=at)
    jobs.finish(job, at=at)
    return True


@transaction.atomic
def _keep(row: FundFile, made: Rendered, *, at: dt.datetime) -> None:
    kind = StoredFile.Kind.FUND_FILE
    row.page = store_bytes(made.page.encode(), kind=kind, media_type=HTML, by=row.by, at=at)
    row.tables = store_bytes(made.workbook, kind=kind, media_type=WORKBOOK, by=row.by, at=at)
    row.photos, row.made_at = list(made.photos), at
    row.save(update_fields=["page", "tables", "photos", "made_at"])
    _tell(row, _READY, at=at)


@transaction.atomic
def _give_up(row: FundFile, job: Job, *, at: dt.datetime) -> None:
    jobs.finish(job, at=at, state=Job.State.FAILED)
    FundFile.objects.filter(pk=row.pk).update(stopped_at=at)
    _tell(row, _STOPPED, at=at)


def let_files_go(*, at: dt.datetime) -> int:
    """Take files from the disk whose last day, which was told, is over; what was asked for by whom stays on record."""
    made = FundFile.objects.filter(made_at__isnull=False, gone_at=None).select_related("page", "tables")
    return sum(_let_go(row, at=at) for row in made if kept_until(county_day(known(row.made_at))) < county_day(at))


@transaction.atomic
def _let_go(row: FundFile, *, at: dt.datetime) -> bool:
    if not FundFile.objects.filter(pk=row.pk, gone_at=None).update(gone_at=at):
        return False
    for file in (row.page, row.tables):
        if file is not None:
            forget_sealed(file)
    return True


def _tell(row: FundFile, sentence: object, *, at: dt.datetime) -> None:
    values = {
        "fund": f"{row.fund.organisation.name} {row.fund.fiscal_year}",
        "days": period_words(row.first_on, row.last_on),
        "until": day_words(kept_until(county_day(at))),
    }
    tell_all([Word(sentence, values, None, "fund_file", f"fund_file:{row.pk}", row.by.phone)], at=at)  # type: ignore[arg-type]
