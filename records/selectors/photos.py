"""Photos that look alike, whatever their bytes: for checks that a person then decides."""

import uuid
from collections.abc import Sequence

from django.db import connection

from records.models import Attachment, PhotoLook, PhotoMatch, PhotoPrint, StoredFile

NEAR_BITS = 10  # of 64: re-pressed, shrunk or slightly cut copies stay below, other pictures hardly ever
_LIKE = """
    SELECT file_id, least(bit_count((bits # %(bits)s)::bit(64)), bit_count((mirrored # %(bits)s)::bit(64))) AS apart
    FROM records_photoprint
    WHERE file_id <> %(file)s
      AND least(bit_count((bits # %(bits)s)::bit(64)), bit_count((mirrored # %(bits)s)::bit(64))) <= %(near)s
    ORDER BY apart, file_id LIMIT 50
"""


def photos_like(file: StoredFile) -> list[tuple[uuid.UUID, int]]:
    """Return the photos that look like this one or its mirror image, with the bits they differ in, nearest first."""
    own = PhotoPrint.objects.filter(file=file).values_list("bits", flat=True).first()
    if own is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_LIKE, {"bits": own, "file": file.pk, "near": NEAR_BITS})
        return cursor.fetchall()


def same_picture(first: StoredFile, second: StoredFile) -> bool:
    """Return whether two photos are the same bytes, or look alike; a surface of one colour looks like nothing."""
    if first.sha256 == second.sha256:
        return True
    seen = {row.file_id: row for row in PhotoPrint.objects.filter(file__in=[first, second])}  # type: ignore[attr-defined]
    one, other = seen.get(first.pk), seen.get(second.pk)
    return one is not None and other is not None and same_bits(one, other)


def same_bits(one: PhotoPrint, other: PhotoPrint) -> bool:
    """Return whether two prints are of one picture; that of a plain surface is of none."""
    if not (one.bits and other.bits):
        return False
    return min(_apart(one.bits, other.bits), _apart(one.mirrored, other.bits)) <= NEAR_BITS


def _apart(one: int, other: int) -> int:
    return ((one ^ other) & (2**64 - 1)).bit_count()


def looks_at(document: str) -> list[PhotoLook]:
    """Return which photos of a document are to be compared or were, in the order they came."""
    looks = PhotoLook.objects.filter(attachment__document=document).select_related("attachment")
    return list(looks.order_by("attachment"))


def matches_of(attachments: Sequence[Attachment]) -> list[PhotoMatch]:
    """Return which earlier photos show the same picture as these, in the order the later ones came."""
    found = PhotoMatch.objects.filter(look__in=[row.pk for row in attachments])
    return list(found.select_related("look__attachment", "other__file").order_by("look", "other"))
