"""Photos of evidence, handed to whoever has passed the door of their document."""

from django.http import FileResponse, Http404

from records.models import StoredFile
from records.services.photos import MEDIA_TYPES, SIZES, NoSuchCopy, derivative

SMALL_PX = 240


def private_photo(file: StoredFile, *, small: bool) -> FileResponse:
    """Hand a photo of evidence, stripped and made smaller, to somebody whose door has been passed."""
    try:
        path = derivative(file, SMALL_PX if small else max(SIZES))
    except NoSuchCopy:
        raise Http404 from None
    answer = FileResponse(path.open("rb"), content_type=MEDIA_TYPES["webp"])
    answer["Cache-Control"] = "private, max-age=3600"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
