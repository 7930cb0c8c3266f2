"""A photo taken at the scale that a phone sends behind the page, piece by piece, before it sends what was weighed."""

import datetime as dt
import hashlib

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel.errors import DomainError
from orders.models import Delivery
from orders.services.receiving import show
from records.models import Attachment
from records.services import pieces
from records.services.idempotency import once
from records.services.photos import PhotosBusy, receive_photo


class PhotosOnTheWay(DomainError):
    code = "photos_on_the_way"
    message = _("Not all photos have arrived yet. They go first, then what was weighed.")


def place_of(trip: Delivery, role: str) -> str:
    """Return where the pieces of a photo of this role lie until it is whole."""
    return hashlib.sha256(f"{trip.reference} {role}".encode()).hexdigest()[:32]


def has_come(trip: Delivery, role: str, digest: str) -> bool:
    """Return whether these very bytes are kept as a photo of this role of the trip."""
    return Attachment.objects.filter(document=trip.reference, role=role, file__sha256=digest).exists()


def require_come(trip: Delivery, digests: dict[str, str]) -> None:
    """Refuse to go on while one of these photos, by role, is still on the phone."""
    come = set(Attachment.objects.filter(document=trip.reference).values_list("role", "file__sha256"))
    if set(digests.items()) - come:
        raise PhotosOnTheWay


def take_pieces(trip: Delivery, role: str, digest: str, *, camera_sha256: str = "", by: User, at: dt.datetime) -> None:
    """Keep the photo whose pieces have all arrived, once; pieces that are no photo are dropped."""
    place = place_of(trip, role)
    try:
        raw = pieces.whole(place, digest, by=by)
    except pieces.PiecesDiffer:
        if has_come(trip, role, digest):
            return
        raise

    def act() -> dict:
        upload = SimpleUploadedFile("photo", raw)
        photo = receive_photo(upload, by=by, at=at, camera_sha256=camera_sha256, public=False)
        show(trip, role, photo, by=by, at=at)
        return {}

    try:
        once(by, f"{place[:16]}-{digest[:40]}", digest, act)
    except PhotosBusy:
        raise  # they are tried again as they lie
    except DomainError:
        pieces.drop(place, digest, by=by)
        raise
    pieces.drop(place, digest, by=by)
