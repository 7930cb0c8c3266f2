"""The public copies of listing photos."""

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from records.services.photos import MEDIA_TYPES, public_copy

YEAR_SECONDS = 365 * 24 * 3600


@require_safe
@login_not_required
def photo(request: HttpRequest, digest: str, px: str, suffix: str) -> FileResponse:
    """Hand out one copy; its name says its content, so it may be kept for ever."""
    path = public_copy(digest, int(px), suffix)
    if path is None:
        raise Http404
    answer = FileResponse(path.open("rb"), content_type=MEDIA_TYPES[suffix])
    answer["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
