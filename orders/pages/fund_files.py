"""Whole files of a purse made in the background: how each stands, what it holds, and the archive as it leaves."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kernel.clock import county_day
from kernel.dates import day_words, period_words, time_words
from kernel.present import known
from kernel.shown import Tag
from orders.models import FundFile
from orders.pages.dossier import of_fund
from orders.pages.dossier_files import SUFFIXES, page_of, workbook_of
from orders.pages.words import photo_name
from orders.selectors.dossier import gathered, trips_of_period
from orders.selectors.fund_files import kept_until, steps_done
from orders.services.filing import STEPS, Rendered, Step
from records.models import StoredFile
from records.services.files import read_original


@dataclass(frozen=True, slots=True)
class FundFileRow:
    """One file that was asked for: its days, how it stands, where it is loaded from, until when."""

    about: str
    meta: list[str]
    status: Tag
    url: str  # empty while there is nothing to load


def rendered(row: FundFile, step: Step) -> Rendered:
    """Return a file as whoever asked for it may read it, telling each step."""
    keys = list(trips_of_period(row.fund, row.first_on, row.last_on).values_list("pk", flat=True))
    found = gathered(keys, row.fund)
    step()
    whole = of_fund(row.fund, found, days=(row.first_on, row.last_on), user=row.by, at=row.at)
    page = page_of(whole)
    step()
    workbook = workbook_of(whole)
    step()
    return Rendered(page, workbook, [photo.file_id for photo in whole.photos])


def fund_file_rows(rows: Iterable[FundFile]) -> list[FundFileRow]:
    """Return these files as a list shows them."""
    rows = list(rows)
    done = steps_done(rows)
    return [_row(row, done.get(row.key, 0)) for row in rows]


def status_words(row: FundFile, done: int) -> Tag:
    """Return how a file stands: waiting, so far, ready, not to be made, or let go of."""
    if row.gone_at is not None:
        return Tag("plain", pgettext("file", "let go of"))
    if row.stopped_at is not None:
        return Tag("danger", pgettext("file", "could not be made"))
    if row.made_at is not None:
        return Tag("ok", pgettext("file", "ready"))
    if not row.tries:
        return Tag("info", pgettext("file", "waits its turn"))
    return Tag("info", _("being made, step %(done)s of %(all)s") % {"done": min(done + 1, STEPS), "all": STEPS})


def _row(row: FundFile, done: int) -> FundFileRow:
    count = ngettext("%(n)s delivery", "%(n)s deliveries", row.deliveries) % {"n": row.deliveries}
    meta = [count, _("asked for %(when)s") % {"when": time_words(row.at)}]
    ready = row.made_at is not None and row.gone_at is None
    if ready and row.made_at is not None:
        meta.append(_("kept up to and with %(day)s") % {"day": day_words(kept_until(county_day(row.made_at)))})
    return FundFileRow(
        about=period_words(row.first_on, row.last_on),
        meta=meta,
        status=status_words(row, done),
        url=reverse("fund-file-zip", args=[row.pk]) if ready else "",
    )


def archive_name(row: FundFile) -> str:
    """Return what the archive of a file is called: the key of its fund, and its days."""
    return f"{row.fund_id}-{row.first_on:%Y%m%d}-{row.last_on:%Y%m%d}"


class _Pipe(io.RawIOBase):
    """What a zip writes into, taken out piece by piece; nothing is kept twice."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def writable(self) -> bool:
        """Return that it takes bytes; it cannot be wound back."""
        return True

    def write(self, piece: object) -> int:
        """Keep a piece until it is taken out."""
        raw = bytes(piece)  # type: ignore[call-overload]
        self.pieces.append(raw)
        return len(raw)

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        raw, self.pieces = b"".join(self.pieces), []
        return raw


def archive_in_pieces(row: FundFile, photos: QuerySet[StoredFile]) -> Iterator[bytes]:
    """Return the archive of a made file piece by piece: page, tables, then photo by photo as they lie on disk."""
    by_key = {photo.pk: photo for photo in photos}
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", read_original(known(row.page)))
        archive.writestr("tables.xlsx", read_original(known(row.tables)))
        yield pipe.taken()
        for position, key in enumerate(row.photos, 1):
            photo = by_key[key]
            try:
                raw = read_original(photo)
            except FileNotFoundError:
                continue
            name = photo_name(position, photo.sha256) + SUFFIXES.get(photo.media_type, "")
            archive.writestr(f"photos/{name}", raw, zipfile.ZIP_STORED)
            yield pipe.taken()
    yield pipe.taken()
