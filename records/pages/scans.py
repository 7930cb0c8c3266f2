"""Scans of papers, handed to whoever has passed the door of their document."""

import io

from django.http import FileResponse

from records.models import StoredFile
from records.pages.photos import private_photo
from records.services.files import read_original
from records.services.scans import PDF


def private_scan(file: StoredFile, *, name: str, small: bool = False) -> FileResponse:
    """Hand out a photo made smaller, or a PDF to be saved: no browser opens it in the name of the site."""
    if file.media_type != PDF:
        return private_photo(file, small=small)
    answer = FileResponse(io.BytesIO(read_original(file)), content_type=PDF, as_attachment=True, filename=f"{name}.pdf")
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
