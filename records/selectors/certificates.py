"""The county's certificate for public notices: whether it signs today, and which running notices it has not signed."""

import datetime as dt
import enum
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import pkcs12
from django.conf import settings
from django.db.models import QuerySet

from records.models import NoticeStatus, PublicNotice

LEAST_RSA_BITS = 2048
SIGNED_WITHIN = dt.timedelta(hours=1)  # a notice that hangs unsigned for longer is told of


class State(enum.Enum):
    """What the certificate is good for today."""

    GOOD = "good"
    UNREADABLE = "unreadable"
    WRONG_PHRASE = "wrong phrase"
    UNFIT = "unfit"
    EARLY = "early"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class NoticeCertificate:
    """What may be told of the certificate; neither its key nor its pass phrase."""

    state: State
    subject: str
    issuer: str
    serial: str
    valid_from: dt.datetime
    valid_until: dt.datetime


class UnusableArchive(Exception):
    """The file gives no certificate; its state says why."""

    def __init__(self, state: State) -> None:
        super().__init__(state.value)
        self.state = state


def archive() -> bytes:
    """Return the county's PKCS#12 file, still closed; raises UnusableArchive where it cannot be read."""
    try:
        return Path(settings.NOTICE_CERTIFICATE).read_bytes()
    except OSError:
        raise UnusableArchive(State.UNREADABLE) from None


def certificate_in(raw: bytes, *, at: dt.datetime) -> NoticeCertificate:
    """Open a PKCS#12 file with the county's pass phrase; raises UnusableArchive where that is not possible."""
    try:
        opened = pkcs12.load_pkcs12(raw, settings.NOTICE_CERTIFICATE_PASSPHRASE.encode() or None)
    except (ValueError, TypeError):
        raise UnusableArchive(State.WRONG_PHRASE if _is_whole(raw) else State.UNREADABLE) from None
    except UnsupportedAlgorithm:
        raise UnusableArchive(State.UNFIT) from None
    if opened.cert is None or opened.key is None:
        raise UnusableArchive(State.UNFIT)
    found = opened.cert.certificate
    try:
        fit = _signs(opened.key) and _is_for_signing(found)
        return NoticeCertificate(
            state=_on(found, at) if fit else State.UNFIT,
            subject=found.subject.rfc4514_string()[:500],
            issuer=found.issuer.rfc4514_string()[:500],
            serial=f"{found.serial_number:X}",
            valid_from=found.not_valid_before_utc,
            valid_until=found.not_valid_after_utc,
        )
    except ValueError:
        raise UnusableArchive(State.UNFIT) from None


def unsigned_notices() -> QuerySet[PublicNotice]:
    """Return the notices that hang and are not signed yet, the oldest first."""
    hanging = PublicNotice.objects.filter(status=NoticeStatus.PUBLISHED, signature=None)
    return hanging.order_by("published_at", "pk")


def long_unsigned(*, at: dt.datetime) -> int:
    """Count the notices that hang unsigned although there was time to sign them."""
    return unsigned_notices().filter(published_at__lt=at - SIGNED_WITHIN, ends_at__gt=at).count()


def _is_whole(raw: bytes) -> bool:
    """Return whether these bytes are one whole ASN.1 sequence, as a PKCS#12 file that can be read is."""
    if len(raw) < 2 or raw[0] != 0x30:
        return False
    if raw[1] < 0x80:
        return len(raw) == 2 + raw[1]
    head = 2 + (raw[1] & 0x7F)
    return len(raw) == head + int.from_bytes(raw[2:head], "big")


def _signs(key: object) -> bool:
    """Return whether readers of PDF accept what this key signs."""
    return isinstance(key, EllipticCurvePrivateKey) or (
        isinstance(key, RSAPrivateKey) and key.key_size >= LEAST_RSA_BITS
    )


def _is_for_signing(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment


def _on(certificate: x509.Certificate, at: dt.datetime) -> State:
    if at < certificate.not_valid_before_utc:
        return State.EARLY
    return State.GOOD if at < certificate.not_valid_after_utc else State.EXPIRED
