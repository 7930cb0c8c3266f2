"""Bytes as they came: kept once under their sha256, private, with one row that says who brought them when."""

import datetime as dt
import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from kernel.sealing import seal_bytes, unseal_bytes
from records.models import Attachment, SomeAccount, StoredFile

# What names people beside their cards lies encrypted on disk. Photos do not: their smaller copies are made from them.
SEALED_KINDS = frozenset({StoredFile.Kind.BANK_FILE, StoredFile.Kind.BANK_RETURN})


def store_bytes(
    raw: bytes,
    *,
    kind: str,
    media_type: str,
    display_name: str,
    by: SomeAccount,
    at: dt.datetime,
    facts: dict[str, Any] | None = None,
    size_px: tuple[int, int] | None = None,
    sizes: Sequence[int] = (),
) -> StoredFile:
    """Keep these bytes and return their row; the same bytes are kept once on disk, those of a bank file encrypted.

    The file is complete on disk before the row exists: a row never points at a file that was cut short.
    """
    digest = hashlib.sha256(raw).hexdigest()
    if kind in SEALED_KINDS:
        write_once(sealed_path(digest), seal_bytes(raw, bound_to=_place(digest)))
    else:
        write_once(original_path(digest), raw)
    width, height = size_px or (None, None)
    return StoredFile.objects.create(
        kind=kind,
        sha256=digest,
        size=len(raw),
        media_type=media_type,
        display_name=display_name[:120],
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
