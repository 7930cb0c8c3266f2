"""The second look at photos, in the background: each is compared once with those that came before it, one at a time.

What is asked for waits in rows, so a run that fell is made up for by the next; a photo that cannot be opened is looked
at, too, and says so.
"""

import datetime as dt
import time
from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import Q
from PIL import Image, UnidentifiedImageError

from kernel import clock
from records import photo_points
from records.models import Attachment, PhotoLook, PhotoMatch, PhotoPoints, PhotoPrint, StoredFile
from records.photo_points import Grey, Points
from records.selectors.photos import photos_like, same_bits
from records.selectors.policy import policy
from records.services.photos import NoSuchCopy, derivative

PX = 1280
SETTLED = dt.timedelta(seconds=5)  # by then whoever took an earlier number has written it
MOST_SECONDS = 20  # of one run; what is left waits for the next
_ONE_AT_A_TIME = "SELECT pg_try_advisory_xact_lock(hashtextextended('second look', 2))"


def look_at_waiting(*, at: dt.datetime, seconds: float = MOST_SECONDS) -> int:
    """Compare the photos that wait, oldest first, while there is time; return how many."""
    until, seen = time.monotonic() + seconds, 0
    while time.monotonic() < until and _look_at_next(at):
        seen += 1
    return seen


@transaction.atomic
def _look_at_next(at: dt.datetime) -> bool:
    """Compare the oldest photo that waits; not while another process does."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME)
        if not cursor.fetchone()[0]:
            return False
    waiting = PhotoLook.objects.filter(looked_at=None, attachment__at__lte=at - SETTLED)
    look = waiting.select_related("attachment__file", "attachment__by").order_by("attachment").first()
    if look is None:
        return False
    copy = _open(look.attachment.file)
    found = dict.fromkeys(_of_one_print(look.attachment), 0)
    if copy is not None:
        grey, tied = photo_points.opened(copy), _tied(look, at)
        look.opened, look.framed = True, photo_points.is_framed(copy)
        look.compared = len(tied)
        found |= _of_one_picture(look.attachment.file, grey, tied)
    look.looked_at = at
    look.save(update_fields=["looked_at", "compared", "opened", "framed"])
    PhotoMatch.objects.bulk_create(
        PhotoMatch(look=look, other_id=other, points=points) for other, points in sorted(found.items())
    )
    return True


def _open(file: StoredFile) -> Grey | None:
    """Return the largest copy made of a photo, in grey; none where the disk has lost it."""
    try:
        with Image.open(derivative(file, PX), formats=["WEBP"]) as copy:
            return copy.convert("L")
    except (NoSuchCopy, OSError, UnidentifiedImageError, ValueError):
        return None


def _tied(look: PhotoLook, at: dt.datetime) -> list[tuple[int, bytes]]:
    """Return the newest photos before this one that have a tie to it, with their points.

    Of the same household, the same village and produce, or sent by the same person within a season.
    """
    day = clock.county_day(at)
    tied = Q(ties__overlap=look.ties)
    if look.attachment.by is not None and look.attachment.by.person_id:
        since = look.attachment.at - dt.timedelta(days=policy("season_days", day))
        tied |= Q(attachment__by__person=look.attachment.by.person_id, attachment__at__gte=since)
    before = PhotoLook.objects.filter(tied, pk__lt=look.pk, opened=True).order_by("-pk")
    rows = before.values_list("pk", "attachment__file__points__points")[: policy("photos_compared", day)]
    return [(pk, bytes(points)) for pk, points in rows if points]


def _of_one_picture(file: StoredFile, grey: Grey, tied: Iterable[tuple[int, bytes]]) -> dict[int, int]:
    """Keep a photo's points, and return the photos that show the same picture, straight or in a mirror."""
    straight = photo_points.points_of(grey)
    turned = photo_points.points_of(photo_points.mirrored(grey))
    PhotoPoints.objects.get_or_create(file=file, defaults={"points": straight.packed()})
    found = {}
    for other, packed in tied:
        points = _most_alike((straight, turned), photo_points.unpacked(packed))
        if points:
            found[other] = points
    return found


def _most_alike(ways: tuple[Points, Points], other: Points) -> int:
    return next((points for way in ways if (points := photo_points.alike(way, other))), 0)


def _of_one_print(attachment: Attachment) -> list[int]:
    """Return the photos of documents before this one whose print is the same or nearly so, wherever they hang."""
    own = PhotoPrint.objects.filter(file=attachment.file).first()
    if own is None or not own.bits:
        return []
    like = [file for file, _apart in photos_like(attachment.file)]
    hanging = Attachment.objects.filter(file__in=[*like, attachment.file], pk__lt=attachment.pk)
    rows = hanging.filter(file__print__isnull=False).select_related("file__print").order_by("-pk")[:50]
    return [row.pk for row in rows if same_bits(own, row.file.print)]
