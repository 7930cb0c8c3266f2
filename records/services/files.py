"""Bytes as they came: kept once under their sha256, private, with one row that says who brought them when."""

import datetime as dt
import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from kernel.sealing import seal_bytes, unseal_bytes
from records.models import Attachment, PhotoPoints, PhotoPrint, SomeAccount, StoredFile

UNUSED_DAYS = 7  # how long a photo waits for its document, as long as a phone keeps a sale that waits
SWEPT_DAYS = 30  # how many days a sweep looks back, should nights be missed

# What names people beside their cards lies encrypted on disk. Photos do not: their smaller copies are made from them.
SEALED_KINDS = frozenset({StoredFile.Kind.BANK_FILE, StoredFile.Kind.BANK_RETURN, StoredFile.Kind.FUND_FILE})


@dataclass(frozen=True)
class _Written:
    """What one request has written to disk for one file, and the rows that the same bytes had before."""

    digest: str
    rows_before: frozenset[UUID]
    paths: list[Path]


_written: ContextVar[list[_Written] | None] = ContextVar("written", default=None)


@contextmanager
def leaving_nothing_refused() -> Iterator[None]:
    """Take from the disk, at the end of a request, what it wrote for rows that were refused or undone."""
    written: list[_Written] = []
    token = _written.set(written)
    try:
        yield
    finally:
        _written.reset(token)
        for one in written:
            _forget_unkept(one)


@transaction.atomic
def _forget_unkept(written: _Written) -> None:
    _hold(written.digest)
    if not StoredFile.objects.filter(sha256=written.digest).exclude(pk__in=written.rows_before).exists():
        for path in written.paths:
            path.unlink(missing_ok=True)


def _hold(digest: str) -> None:
    """Let nobody else keep or forget these bytes until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [digest])


@transaction.atomic
def store_bytes(
    raw: bytes,
    *,
    kind: str,
    media_type: str,
    by: SomeAccount,
    at: dt.datetime,
    facts: dict[str, Any] | None = None,
    size_px: tuple[int, int] | None = None,
    sizes: Sequence[int] = (),
    copies: Mapping[Path, bytes] = MappingProxyType({}),
) -> StoredFile:
    """Keep these bytes and return their row; the same bytes are kept once on disk, those of a bank file encrypted.

    Files are complete on disk before the row exists: a row never points at a file that was cut short. What they were
    called is not kept: a name may be somebody's number.
    """
    digest = hashlib.sha256(raw).hexdigest()
    _hold(digest)
    rows_before = frozenset(StoredFile.objects.filter(sha256=digest).values_list("pk", flat=True))
    sealed = kind in SEALED_KINDS
    path = sealed_path(digest) if sealed else original_path(digest)
    contents = {path: seal_bytes(raw, bound_to=_place(digest)) if sealed else raw, **copies}
    fresh = [path for path in contents if not path.exists()]
    request = _written.get()
    if request is not None:
        request.append(_Written(digest, rows_before, fresh))
    for path in fresh:
        write_once(path, contents[path])
    width, height = size_px or (None, None)
    return StoredFile.objects.create(
        kind=kind,
        sha256=digest,
        size=len(raw),
        media_type=media_type,
        facts=facts or {},
        width=width,
        height=height,
        sizes=list(sizes),
        by=by,
        at=at,
    )


def original_path(digest: str) -> Path:
    """Return where the private original of this hash lies."""
    return Path(settings.MEDIA_ROOT) / "private" / digest[:2] / digest


def sealed_path(digest: str) -> Path:
    """Return where the encrypted original lies whose plain bytes have this hash."""
    return original_path(digest).with_suffix(".sealed")


def public_path(digest: str, px: int, suffix: str) -> Path:
    """Return where the public copy of this size lies; its name gives nothing away but the hash."""
    return Path(settings.MEDIA_ROOT) / "public" / digest[:2] / f"{digest}-{px}.{suffix}"


def private_copy_path(digest: str, px: int) -> Path:
    """Return where the copy of this size of a private photo lies."""
    return original_path(digest).with_name(f"{digest}-{px}.webp")


def write_once(path: Path, raw: bytes) -> None:
    """Write a file whole or not at all; one that is there already stays."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    os.replace(name, path)


def read_original(file: StoredFile) -> bytes:
    """Return the original bytes, opened if they lie encrypted."""
    if file.kind in SEALED_KINDS:
        return unseal_bytes(sealed_path(file.sha256).read_bytes(), bound_to=_place(file.sha256))
    return original_path(file.sha256).read_bytes()


def _place(digest: str) -> str:
    return f"records_storedfile:{digest}"


def attach(document: str, file: StoredFile, role: str, *, by: SomeAccount, at: dt.datetime) -> Attachment:
    """Show a file with a document, in a role; a second time changes nothing."""
    attachment, _created = Attachment.objects.get_or_create(
        document=document, file=file, role=role, defaults={"by": by, "at": at}
    )
    return attachment


def attach_all(
    document: str, files: Sequence[StoredFile], role: str, *, by: SomeAccount, at: dt.datetime
) -> list[Attachment]:
    """Show files with a document as `attach` does, in two statements, and return them in the order they were shown."""
    rows = [Attachment(document=document, file=file, role=role, by=by, at=at) for file in files]
    Attachment.objects.bulk_create(rows, ignore_conflicts=True)
    shown = Attachment.objects.filter(document=document, role=role, file__in=files)
    return list(shown.select_related("file").order_by("pk"))


def forget_unused(*, at: dt.datetime) -> int:
    """Take from the disk photos that no document has taken up in a week; their rows stay. Return how many."""
    days = (at - dt.timedelta(days=UNUSED_DAYS + SWEPT_DAYS), at - dt.timedelta(days=UNUSED_DAYS))
    unused = StoredFile.objects.filter(kind=StoredFile.Kind.PHOTO, at__range=days).exclude(_is_used())
    gone = 0
    for digest in unused.values_list("sha256", flat=True).distinct():
        gone += _forget_bytes(digest)
    return gone


@transaction.atomic
def _forget_bytes(digest: str) -> bool:
    _hold(digest)
    if not original_path(digest).exists() or StoredFile.objects.filter(_is_used(), sha256=digest).exists():
        return False
    for folder in (original_path(digest).parent, public_path(digest, 0, "").parent):
        for path in folder.glob(f"{digest}*"):
            path.unlink(missing_ok=True)
    return True


def forget_sealed(file: StoredFile) -> None:
    """Take a sealed file from the disk; its row stays. The same bytes of another kind lie unsealed elsewhere."""
    _hold(file.sha256)
    if not StoredFile.objects.filter(sha256=file.sha256, kind__in=SEALED_KINDS - {file.kind}).exists():
        sealed_path(file.sha256).unlink(missing_ok=True)


def _is_used() -> Any:
    """Return the filter "some document points at this file"."""
    used: Any = Q()
    for link in StoredFile._meta.related_objects:
        if link.related_model not in (PhotoPrint, PhotoPoints):
            rows = link.related_model._base_manager.filter(**{link.field.name: OuterRef("pk")})
            used |= Exists(rows)
    return used
