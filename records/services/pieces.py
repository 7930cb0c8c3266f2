"""A file that arrives in pieces: what came before the net broke is kept, private, until all is there and is right.

Pieces of one person lie in a folder of their own, under the place they are for and the file's sha256. Nothing here
counts as received: whoever asked for the file takes it whole, checked, and drops the pieces when it is kept.
"""

import datetime as dt
import fcntl
import hashlib
import os
import re
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kernel.errors import BadValue, DomainError
from records.models import SomeAccount
from records.services.photos import MOST_BYTES, PhotoTooHeavy

KEEP_DAYS = 3
MOST_UNFINISHED = 20  # files of one person under way at once; the oldest makes room for one more
_NAME = re.compile(r"[0-9a-f-]{1,40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class PieceDoesNotFit(DomainError):
    """The piece does not follow what is here; `have` says where to go on."""

    code = "piece_does_not_fit"
    message = _("This piece does not follow what has arrived. It goes on from there.")

    def __init__(self, have: int) -> None:
        super().__init__()
        self.have = have


class BadPiece(BadValue):
    code = "bad_piece"
    message = _("This piece of the photo cannot be read. Send the photo again.")


class PiecesDiffer(BadValue):
    code = "pieces_differ"
    message = _("What arrived is not the photo that was sent. Send it again.")


def held(place: str, digest: str, *, by: SomeAccount) -> int:
    """Return how many bytes of this file have arrived for this place."""
    try:
        return _path(place, digest, by).stat().st_size
    except FileNotFoundError:
        return 0


def add_piece(place: str, digest: str, data: bytes, *, offset: int, total: int, by: SomeAccount) -> int:
    """Add a piece behind what has arrived and return how much that is now; one that does not fit changes nothing.

    The first piece of a file drops whatever else was under way to its place.
    """
    if total > MOST_BYTES:
        raise PhotoTooHeavy
    if not 0 <= offset <= total or total == 0 or len(data) > total - offset:
        raise BadPiece
    path = _path(place, digest, by)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        if offset:
            raise PieceDoesNotFit(0)
        _make_room(path, place)
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # the same piece may come twice at once; the second finds it does not fit
        have = file.seek(0, os.SEEK_END)  # where the end lay at opening is old by now
        if have != offset:
            raise PieceDoesNotFit(have)
        file.write(data)
        return file.tell()


def whole(place: str, digest: str, *, by: SomeAccount) -> bytes:
    """Return the file once all of it is there; pieces that make up another file are dropped and refused."""
    path = _path(place, digest, by)
    raw = path.read_bytes() if path.exists() else b""
    if hashlib.sha256(raw).hexdigest() != digest:
        path.unlink(missing_ok=True)
        raise PiecesDiffer
    return raw


def drop(place: str, digest: str, *, by: SomeAccount) -> None:
    """Forget the pieces: the file is kept elsewhere, or is refused."""
    _path(place, digest, by).unlink(missing_ok=True)


def sweep(*, at: dt.datetime) -> int:
    """Forget what nobody went on sending for some days; return how many files that were."""
    before = (at - dt.timedelta(days=KEEP_DAYS)).timestamp()
    gone = 0
    for path in _root().glob("*/*.part"):
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _make_room(path: Path, place: str) -> None:
    """Drop what a new file replaces, and of many that this person has left unfinished the oldest."""
    others = sorted((unfinished for unfinished in path.parent.glob("*.part") if unfinished != path), key=_touched)
    replaced = [unfinished for unfinished in others if unfinished.name.startswith(f"{place}.")]
    left = [unfinished for unfinished in others if unfinished not in replaced]
    for unfinished in replaced + left[: max(0, len(left) + 1 - MOST_UNFINISHED)]:
        unfinished.unlink(missing_ok=True)


def _touched(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # it arrived, or was dropped, while one looked
        return 0.0


def _root() -> Path:
    return Path(settings.MEDIA_ROOT) / "private" / "pieces"


def _path(place: str, digest: str, by: SomeAccount) -> Path:
    """Return where the pieces lie; names that could lead elsewhere are none."""
    if not _NAME.fullmatch(place) or not _SHA256.fullmatch(digest):
        raise BadPiece
    return _root() / str(by.pk) / f"{place}.{digest}.part"
