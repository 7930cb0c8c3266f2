"""Notices signed with the county's certificate (PAdES), once each and in the background: see docs/adr/0054."""

import datetime as dt
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog
from django.conf import settings
from django.db import transaction

from kernel.workflow import lock
from records.models import NoticeSignature, NoticeStatus, PublicNotice, StoredFile
from records.selectors import certificates, notices
from records.selectors.certificates import SIGNED_WITHIN, NoticeCertificate, State, UnusableArchive
from records.services.files import store_bytes
from records.services.scans import PDF

MOST_A_RUN = 20  # what is left waits for the next
STAMP_SECONDS = 5  # how long a time-stamp server may take to answer

Sheet = Callable[[notices.NoticePage], bytes]

log = structlog.get_logger(__name__)


class SigningFailed(Exception):
    """The library could not sign; the message is its own."""


class NoTimeStamp(SigningFailed):
    """The time-stamp server is away, or answered with something else."""


def sign_waiting(*, sheet: Sheet, at: dt.datetime) -> int:
    """Sign the sheets of notices that hang unsigned, oldest first; return how many.

    Where the county gave no certificate, or none that signs today, notices hang unsigned.
    """
    if not settings.NOTICE_CERTIFICATE or not certificates.unsigned_notices().exists():
        return 0
    try:
        archive = certificates.archive()
        certificate = certificates.certificate_in(archive, at=at)
    except UnusableArchive:
        return 0
    if certificate.state != State.GOOD:
        return 0
    waiting = certificates.unsigned_notices().filter(ends_at__gt=at)[:MOST_A_RUN]
    return sum(_sign(notice, archive, certificate, sheet, at) for notice in waiting)


def _sign(notice: PublicNotice, archive: bytes, certificate: NoticeCertificate, sheet: Sheet, at: dt.datetime) -> bool:
    """Sign one notice; one that a time-stamp server keeps waiting for an hour is signed without its word."""
    drawn = sheet(notices.page_of(notice, at=at))
    stamped = bool(settings.NOTICE_TIMESTAMP_URL)
    try:
        try:
            signed = signed_pdf(drawn, archive, notice, stamped=stamped)
        except NoTimeStamp:
            if at - notice.published_at < SIGNED_WITHIN:
                return False
            stamped = False
            signed = signed_pdf(drawn, archive, notice, stamped=False)
    except SigningFailed as failed:
        log.warning("notice_not_signed", number=notice.number, why=str(failed))
        return False
    return _keep(notice, signed, certificate, stamped=stamped, at=at)


@transaction.atomic
def _keep(
    notice: PublicNotice, signed: bytes, certificate: NoticeCertificate, *, stamped: bool, at: dt.datetime
) -> bool:
    """Keep the signed sheet, unless the notice was withdrawn or signed meanwhile."""
    notice = lock(notice)
    if notice.status != NoticeStatus.PUBLISHED or NoticeSignature.objects.filter(notice=notice).exists():
        return False
    NoticeSignature.objects.create(
        notice=notice,
        file=store_bytes(signed, kind=StoredFile.Kind.NOTICE, media_type=PDF, by=None, at=at),
        subject=certificate.subject,
        issuer=certificate.issuer,
        serial=certificate.serial,
        valid_until=certificate.valid_until,
        stamped=stamped,
        at=at,
    )
    return True


def signed_pdf(pdf: bytes, archive: bytes, notice: PublicNotice, *, stamped: bool) -> bytes:
    """Return a PDF with the county's signature over all of it, after which nothing may change: PAdES B-B, or B-T."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # here, since it is large, see adr 54
    from pyhanko.sign import fields, signers, timestamps  # here, since only the background signs
    from pyhanko.sign.general import SigningError  # here, since only the background signs

    said = signers.PdfSignatureMetadata(
        field_name="Notice",
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        reason=f"{notice.title} {notice.number}",
        location=notice.place_name,
    )
    server = timestamps.HTTPTimeStamper(settings.NOTICE_TIMESTAMP_URL, timeout=STAMP_SECONDS) if stamped else None
    try:
        signer = signers.SimpleSigner.load_pkcs12_data(
            archive, other_certs=[], passphrase=settings.NOTICE_CERTIFICATE_PASSPHRASE.encode() or None
        )
        with ThreadPoolExecutor(1) as beside:  # the library runs a loop of its own, which a loop in this thread forbids
            writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
            out = beside.submit(signers.sign_pdf, writer, said, signer=signer, timestamper=server).result()
    except timestamps.TimestampRequestError as away:
        raise NoTimeStamp(str(away)) from away
    except SigningError as failed:
        raise SigningFailed(str(failed)) from failed
    return out.getvalue()
