"""Photos that look alike, whatever their bytes: for checks that a person then decides."""

import uuid

from django.db import connection

from records.models import PhotoPrint, StoredFile

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
    if one is None or other is None or not (one.bits and other.bits):
        return False
    return min(_apart(one.bits, other.bits), _apart(one.mirrored, other.bits)) <= NEAR_BITS


def _apart(one: int, other: int) -> int:
    return ((one ^ other) & (2**64 - 1)).bit_count()
