"""A certificate as a county would be given one, made for one test run, and what a reader of PDF finds in a file."""

import datetime as dt
import io
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from asn1crypto import keys
from asn1crypto import x509 as as_read
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from tests.factories import MONDAY

PHRASE = "口令 of a made-up county"
YEAR = dt.timedelta(days=365)
MAIL, STAMPS = x509.ExtendedKeyUsageOID.EMAIL_PROTECTION, x509.ExtendedKeyUsageOID.TIME_STAMPING
NAMES = {MAIL: "石城县农业农村局", STAMPS: "时间戳"}


@cache
def key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def a_certificate(*, since=MONDAY - YEAR, until=MONDAY + 50 * YEAR, signs=True, purpose=MAIL, bits=2048):
    """Make a certificate that signs for itself."""
    usage = x509.KeyUsage(signs, signs, not signs, False, False, False, False, False, False)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAMES[purpose])])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key(bits).public_key())
        .serial_number(0x5AFE01)
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
        .sign(key(bits), hashes.SHA256())
    )


def archived(certificate, *, phrase=PHRASE, bits=2048) -> bytes:
    """Close a certificate and its key into a PKCS#12 file."""
    lock = serialization.BestAvailableEncryption(phrase.encode())
    return pkcs12.serialize_key_and_certificates(b"notices", key(bits), certificate, None, lock)


def as_asn1(certificate) -> as_read.Certificate:
    return as_read.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def a_time_stamper() -> DummyTimeStamper:
    """Make a time-stamp server that answers within this process."""
    private = key(2048).private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return DummyTimeStamper(as_asn1(a_certificate(purpose=STAMPS)), keys.PrivateKeyInfo.load(private))


def as_read_by_others(pdf: bytes, *trusted):
    """Return what pyHanko's own validation says of the one signature of a file."""
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    context = ValidationContext(trust_roots=[as_asn1(certificate) for certificate in trusted])
    with ThreadPoolExecutor(1) as beside:  # it runs a loop of its own, and browser tests leave one in this thread
        return signature, beside.submit(
            validate_pdf_signature, signature, context, ts_validation_context=context
        ).result()
