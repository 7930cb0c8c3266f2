"""Papers as people bring them, photographed or as PDF; a PDF is kept and handed out, never opened here."""

import datetime as dt

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from kernel.errors import BadValue
from records.models import SomeAccount, StoredFile
from records.services.files import store_bytes
from records.services.photos import MOST_BYTES, receive_photo

PDF = "application/pdf"
_HEAD, _END, _END_WITHIN = b"%PDF-", b"%%EOF", 2048


class PdfTooHeavy(BadValue):
    code = "pdf_too_heavy"
    message = _("This PDF is larger than 12 MB. Save it smaller, or photograph the paper.")


class PdfCut(BadValue):
    code = "pdf_cut"
    message = _("This PDF is incomplete. Download it again from the tax office's site, or photograph the paper.")


def receive_scan(upload: UploadedFile, *, by: SomeAccount, at: dt.datetime) -> StoredFile:
    """Keep a scan private: a PDF as it came, anything else as a photo of evidence."""
    head = upload.read(len(_HEAD))
    upload.seek(0)
    if head != _HEAD:
        return receive_photo(upload, by=by, at=at, public=False)
    raw = upload.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise PdfTooHeavy
    if _END not in raw[-_END_WITHIN:]:
        raise PdfCut
    return store_bytes(raw, kind=StoredFile.Kind.PAPER, media_type=PDF, by=by, at=at)
