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
