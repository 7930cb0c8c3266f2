"""Photos that a phone sends ahead, piece by piece behind the page, before what they belong to is written.

Each hangs on its document in its role as soon as it is whole; what was typed names the photos it goes with by their
sha256, and waits until they have come.
"""

import datetime as dt
import hashlib
from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError
from records.models import Attachment, SomeAccount, StoredFile
from records.services import pieces
from records.services.idempotency import once
from records.services.photos import PhotosBusy, receive_photo

Hang = Callable[[StoredFile, dt.datetime], object]  # shows a photo with its document, or refuses it


class PhotosOnTheWay(DomainError):
    code = "photos_on_the_way"
    message = _("Not all photos have arrived yet. They go first, then what was typed.")


def place_of(document: str, role: str) -> str:
    """Return where the pieces of a photo of this role lie until it is whole."""
    return hashlib.sha256(f"{document} {role}".encode()).hexdigest()[:32]


def has_come(document: str, role: str, digest: str) -> bool:
    """Return whether these very bytes are kept as a photo of this role of the document."""
    return Attachment.objects.filter(document=document, role=role, file__sha256=digest).exists()


def require_come(document: str, digests: dict[str, str]) -> None:
    """Refuse to go on while one of these photos, by role, is still on the phone."""
    come = set(Attachment.objects.filter(document=document).values_list("role", "file__sha256"))
    if set(digests.items()) - come:
        raise PhotosOnTheWay


def take_pieces(
    document: str,
    role: str,
    digest: str,
    hang: Hang,
    *,
    camera_sha256: str = "",
    phone_ms: str = "",
    by: SomeAccount,
    at: dt.datetime,
) -> None:
    """Keep the photo whose pieces have all arrived, once; pieces that are no photo, or are refused, are dropped."""
    place = place_of(document, role)
    try:
        raw = pieces.whole(place, digest, by=by)
    except pieces.PiecesDiffer:
        if has_come(document, role, digest):
            return
        raise

    def act() -> dict:
        upload = SimpleUploadedFile("photo", raw)
        told = {"camera_sha256": camera_sha256, "phone_ms": phone_ms}
        photo = receive_photo(upload, by=by, at=at, **told, public=False)
        hang(photo, at)
        return {}

    try:
        once(by, f"{place[:16]}-{digest[:40]}", digest, act)
    except PhotosBusy:
        raise  # they are tried again as they lie
    except DomainError:
        pieces.drop(place, digest, by=by)
        raise
    pieces.drop(place, digest, by=by)


def shown_of(text: str) -> dict[str, str]:
    """Read which photos a phone has sent or still sends, by role: it names each as role and sha256."""
    return dict(one.rsplit(" ", 1) for one in text.split(",") if " " in one)
