"""What keeps the county's certificate from signing public notices, told where the county reads what it lacks."""

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kernel.clock import county_day
from records.selectors import certificates
from records.selectors.certificates import NoticeCertificate, State, UnusableArchive
from registers.pages.missing import Finding

DAYS_BEFORE = 30  # the end of a certificate is told of: a new one takes weeks
WHY = {
    State.UNREADABLE: gettext_lazy(
        "Public notices hang unsigned: the file of the certificate is not there or cannot be read. Whoever runs the "
        "machine looks at NOTICE_CERTIFICATE."
    ),
    State.WRONG_PHRASE: gettext_lazy(
        "Public notices hang unsigned: the pass phrase does not open the certificate. Whoever runs the machine "
        "corrects NOTICE_CERTIFICATE_PASSPHRASE."
    ),
    State.UNFIT: gettext_lazy(
        "Public notices hang unsigned: the file holds no key that can sign them. Ask the certification office for a "
        "certificate for signing, with an RSA or EC key."
    ),
    State.EARLY: gettext_lazy("Public notices hang unsigned until %(day)s: the certificate is not valid before."),
    State.EXPIRED: gettext_lazy(
        "Public notices hang unsigned: the certificate has ended on %(day)s. Ask the certification office "
        "for a new one."
    ),
}


def failing(at: dt.datetime) -> Iterator[Finding]:
    """Find why notices are not signed, or soon will not be; where the county gave no certificate nothing is amiss."""
    if not settings.NOTICE_CERTIFICATE:
        return
    try:
        certificate = certificates.certificate_in(certificates.archive(), at=at)
    except UnusableArchive as unusable:
        yield _finding(str(WHY[unusable.state]))
        return
    if certificate.state != State.GOOD:
        day = certificate.valid_from if certificate.state == State.EARLY else certificate.valid_until
        yield _finding(WHY[certificate.state] % {"day": _day(day)})
        return
    yield from _of_a_good_one(certificate, at)


def _of_a_good_one(certificate: NoticeCertificate, at: dt.datetime) -> Iterator[Finding]:
    if certificate.valid_until - at < dt.timedelta(days=DAYS_BEFORE):
        sentence = _("The certificate that signs public notices ends on %(day)s. Ask for a new one now.")
        yield _finding(sentence % {"day": _day(certificate.valid_until)})
    unsigned = certificates.long_unsigned(at=at)
    if unsigned:
        sentence = ngettext(
            "%(n)s public notice has hung unsigned for more than an hour, although the certificate is in order. "
            "Whoever runs the machine looks into the log of the background.",
            "%(n)s public notices have hung unsigned for more than an hour, although the certificate is in order. "
            "Whoever runs the machine looks into the log of the background.",
            unsigned,
        )
        yield _finding(sentence % {"n": unsigned})


def _finding(sentence: str) -> Finding:
    return Finding(sentence, "")  # no register mends it


def _day(at: dt.datetime) -> str:
    return date_format(county_day(at), "DATE_FORMAT")
