"""The sheet of a public notice, signed with the county's certificate where it gave one."""

import datetime as dt
import hashlib

import pytest
from django.core.management import call_command
from django.urls import reverse
from pyhanko.sign import timestamps
from pyhanko.sign.timestamps import TimestampRequestError

from records.models import NoticeSignature, NoticeStatus
from records.services.files import read_original
from records.tasks import sign_notices
from registers.pages.certificate import failing
from tests.county_certificate import (
    PHRASE,
    STAMPS,
    YEAR,
    a_certificate,
    a_time_stamper,
    archived,
    as_read_by_others,
)
from tests.factories import MONDAY, a_county_notice

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def give(settings, tmp_path):
    """Give the site a PKCS#12 file and its pass phrase."""

    def given(raw: bytes, phrase: str = PHRASE):
        file = tmp_path / "county.p12"
        file.write_bytes(raw)
        settings.NOTICE_CERTIFICATE, settings.NOTICE_CERTIFICATE_PASSPHRASE = str(file), phrase

    return given


@pytest.fixture
def certificate(give):
    made = a_certificate()
    give(archived(made))
    return made


@pytest.fixture
def notice(now, clerk_ma, pingshan):
    return a_county_notice(pingshan, by=clerk_ma, at=MONDAY)


def said(at=MONDAY):
    return [finding.sentence for finding in failing(at)]


def page_of(client, notice) -> str:
    return client.get(reverse("notice", args=[notice.number])).content.decode()


def test_the_sheet_is_signed_once_and_proves_what_hangs(certificate, notice):
    assert [sign_notices(), sign_notices()] == [1, 0]

    kept = NoticeSignature.objects.get()
    pdf = read_original(kept.file)
    signature, status = as_read_by_others(pdf, certificate)
    assert status.bottom_line and status.intact and status.coverage.name == "ENTIRE_FILE"
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.sig_object["/Location"] == "屏山镇" and notice.number in signature.sig_object["/Reason"]
    assert (kept.serial, kept.stamped, kept.valid_until) == ("5AFE01", False, certificate.not_valid_after_utc)
    assert "石城县农业农村局" in kept.subject
    assert PHRASE.encode() not in pdf


def test_one_changed_byte_and_the_signature_fails(certificate, notice):
    sign_notices()
    pdf = bytearray(read_original(NoticeSignature.objects.get().file))
    pdf[len(pdf) // 8] ^= 1  # in the sheet, before its signature

    _signature, status = as_read_by_others(bytes(pdf), certificate)

    assert not status.intact and not status.bottom_line


def test_everybody_reads_who_signed_and_saves_the_file(client, certificate, notice):
    sign_notices()

    page = page_of(client, notice)
    told = client.get(reverse("api-notice", args=[notice.number])).json()["signature"]
    files = [client.get(reverse(name, args=[notice.number])) for name in ("notice-signed", "api-notice-signed")]

    assert all(words in page for words in ("这份公示有电子签章", "5AFE01", "石城县农业农村局", "福昕"))
    assert (told["serial"], told["time_stamped"]) == ("5AFE01", False)
    for file in files:
        raw = b"".join(file.streaming_content)
        assert (file.status_code, file["Content-Type"]) == (200, "application/pdf")
        assert hashlib.sha256(raw).hexdigest() == told["sha256"]


def test_without_a_certificate_nothing_is_signed_and_nothing_is_said(client, notice):
    assert sign_notices() == 0

    assert "签章" not in page_of(client, notice)
    assert client.get(reverse("api-notice", args=[notice.number])).json()["signature"] is None
    for name in ("notice-signed", "api-notice-signed"):
        assert client.get(reverse(name, args=[notice.number])).status_code == 404
    assert said() == []


def test_the_file_goes_with_the_lines(client, certificate, now, notice, clerk_ma):
    sign_notices()
    now.at = notice.ends_at + 31 * DAY
    assert client.get(reverse("notice-signed", args=[notice.number])).status_code == 404
    assert "签章" not in page_of(client, notice)

    now.at = MONDAY
    notice.move_to(NoticeStatus.WITHDRAWN, by=clerk_ma, at=MONDAY, note="名字印错了")
    assert client.get(reverse("notice-signed", args=[notice.number])).status_code == 404


def test_a_withdrawn_notice_is_not_signed_any_more(certificate, notice, clerk_ma):
    notice.move_to(NoticeStatus.WITHDRAWN, by=clerk_ma, at=MONDAY, note="名字印错了")

    assert sign_notices() == 0


WHOLE = archived(a_certificate())
UNUSABLE = {
    "expired": (archived(a_certificate(until=MONDAY - DAY)), PHRASE, "到期"),
    "early": (archived(a_certificate(since=MONDAY + DAY)), PHRASE, "到那天才生效"),
    "phrase": (WHOLE, "another", "口令打不开证书"),
    "cut": (WHOLE[:-9], PHRASE, "读不出来"),
    "nonsense": (b"no certificate", PHRASE, "读不出来"),
    "empty": (b"", PHRASE, "读不出来"),
    "for another use": (archived(a_certificate(signs=False)), PHRASE, "没有能用来签章的密钥"),
    "short key": (archived(a_certificate(bits=1024), bits=1024), PHRASE, "没有能用来签章的密钥"),
}


@pytest.mark.parametrize("why", UNUSABLE)
def test_a_certificate_that_does_not_sign_is_named_and_notices_hang_unsigned(why, give, notice, client):
    raw, phrase, words = UNUSABLE[why]
    give(raw, phrase)

    assert sign_notices() == 0

    (sentence,) = said()
    assert words in sentence and "公示" in sentence and phrase not in sentence
    assert "签章" not in page_of(client, notice)


def test_a_certificate_that_is_not_there_is_named(settings, notice):
    settings.NOTICE_CERTIFICATE = "/nowhere/county.p12"

    assert sign_notices() == 0
    assert "NOTICE_CERTIFICATE" in said()[0]


def test_the_end_of_a_certificate_is_told_of_a_month_before(give):
    until = MONDAY + YEAR
    give(archived(a_certificate(until=until)))

    assert said(until - 31 * DAY) == []
    (sentence,) = said(until - 29 * DAY)
    assert "现在就申请新证书" in sentence and str(until.year) in sentence


def test_whoever_reads_what_is_missing_is_told(give, client, capsys, county, bureau):
    give(archived(a_certificate(until=MONDAY - DAY)))

    with pytest.raises(SystemExit):
        call_command("check_county")

    assert "换新证书" in capsys.readouterr().out


def test_a_time_stamp_stands_in_the_signature(settings, monkeypatch, certificate, notice, client):
    settings.NOTICE_TIMESTAMP_URL = "https://stamps.example"
    monkeypatch.setattr(timestamps, "HTTPTimeStamper", lambda url, timeout: a_time_stamper())

    assert sign_notices() == 1

    kept = NoticeSignature.objects.get()
    _signature, status = as_read_by_others(read_original(kept.file), certificate, a_certificate(purpose=STAMPS))
    assert kept.stamped and status.bottom_line and status.timestamp_validity.intact
    assert "时间经时间戳服务确认" in page_of(client, notice)


def test_a_time_stamp_server_that_is_away_is_waited_for_an_hour(settings, monkeypatch, certificate, now, notice):
    class Away:
        async def async_dummy_response(self, _algorithm):
            raise TimestampRequestError("away")

    settings.NOTICE_TIMESTAMP_URL = "https://stamps.example"
    monkeypatch.setattr(timestamps, "HTTPTimeStamper", lambda url, timeout: Away())
    assert sign_notices() == 0 and said() == []

    now.at = MONDAY + 2 * HOUR
    assert "有 1 份公示" in said(now.at)[0]
    assert sign_notices() == 1
    assert not NoticeSignature.objects.get().stamped and said(now.at) == []
