"""Answers that are files to load, kept nowhere on the way."""

from collections.abc import Iterable

from django.http import StreamingHttpResponse


def as_zip(pieces: Iterable[bytes], name: str) -> StreamingHttpResponse:
    """Answer with an archive of this name, piece by piece as it comes."""
    answer = StreamingHttpResponse(pieces, content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
