"""What is uploaded leaves no name behind, and nothing at all where it is refused."""

import datetime as dt
import hashlib
import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from PIL import Image

from ledger.models import BankReturn
from losses.models import LossClaim
from records.models import Attachment, StoredFile
from records.services.files import forget_unused, leaving_nothing_refused, original_path, public_path
from records.services.photos import receive_photo
from tests.factories import FRIDAY, MONDAY, login
from tests.ledger.conftest import relief as relief  # (two households that wait for money)
from tests.ledger.steps import answer_line, return_file, sent
from tests.losses.conftest import *  # noqa: F403  (a scheme and a lot)
from tests.test_canary import SECRETS, secrets_in_tables

pytestmark = pytest.mark.django_db

NAMED = f"{SECRETS['ID number']}.jpg"
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture(autouse=True)
def monday(now):
    return now


def a_photo(colour="green", name=NAMED) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def no_photo() -> SimpleUploadedFile:
    return SimpleUploadedFile(NAMED, b"%!PS hello", "image/jpeg")


def lying(media) -> list:
    return [path for path in media.rglob("*") if path.is_file()]


def slip(lot, **changes):
    typed = {"kind": "test", "office": "检测站", "number": "7", "issued_on": MONDAY.date().isoformat()}
    return typed | {"passed": "yes", "idem": "a", "photo": a_photo()} | changes


def claim(lot, **changes):
    typed = {"listing": str(lot.pk), "cause": "unsold", "kg": "50", "happened_on": MONDAY.date().isoformat()}
    return typed | {"photos": [a_photo()]} | changes


def file_claim(client, lot, **changes):
    return client.post("/api/v1/claims/", claim(lot, **changes), headers={"Idempotency-Key": uuid.uuid4().hex})


def test_what_a_file_was_called_is_kept_nowhere(client, scheme, lot, xiuying, own_media):
    login(client, xiuying)

    assert client.post(reverse("sell-draft", args=[uuid.uuid4()]), {"photo": a_photo("red")}).status_code == 302
    assert client.post(reverse("paper-slip", args=[lot.pk]), slip(lot)).status_code == 302
    assert file_claim(client, lot, photos=[a_photo("blue")]).status_code == 201

    assert StoredFile.objects.count() == 3
    assert secrets_in_tables() == set()
    assert not [path for path in lying(own_media) if SECRETS["ID number"] in path.name]


def test_the_name_of_a_bank_answer_is_kept_nowhere(client, relief, finance_bureau, finance_maker, finance_checker):
    batch = sent(finance_bureau, finance_maker, finance_checker)
    raw = return_file(batch, [answer_line(payment) for payment in batch.payments.order_by("line_no")])
    login(client, finance_checker)

    answer = client.post(reverse("batch-return", args=[batch.pk]), {"file": SimpleUploadedFile(NAMED, raw)})

    assert answer.status_code == 302 and BankReturn.objects.exists()
    assert secrets_in_tables() == set()


@pytest.mark.parametrize(
    "send",
    [
        lambda client, lot: file_claim(client, lot, kg="5000"),
        lambda client, lot: file_claim(client, lot, photos=[a_photo(), no_photo()]),
        lambda client, lot: client.post(reverse("paper-slip", args=[lot.pk]), slip(lot, passed="")),
        lambda client, lot: client.post(reverse("paper-slip", args=[lot.pk]), slip(lot, photo=no_photo())),
        lambda client, lot: client.post(reverse("sell-draft", args=[uuid.uuid4()]), {"photo": no_photo()}),
    ],
    ids=["a claim over more than there is", "one photo of two", "a slip that failed", "no slip", "no photo of goods"],
)
def test_a_refused_upload_leaves_nothing_on_the_disk(client, scheme, lot, xiuying, own_media, send):
    login(client, xiuying)
    before = lying(own_media)

    answer = send(client, lot)

    assert answer.status_code in (302, 400, 409)
    assert lying(own_media) == before
    assert not StoredFile.objects.exists()


def test_pieces_of_what_is_no_photo_leave_nothing_on_the_disk(client, xiuying, own_media):
    raw = b"%!PS hello"
    there = reverse("sell-photo", args=[uuid.uuid4(), hashlib.sha256(raw).hexdigest()])
    headers = {"Upload-Offset": "0", "Upload-Length": str(len(raw))}
    login(client, xiuying)

    answer = client.post(there, raw, content_type="application/octet-stream", headers=headers)

    assert answer.status_code == 400 and lying(own_media) == []


def test_a_refused_bank_answer_leaves_nothing_on_the_disk(
    client, relief, finance_bureau, finance_maker, finance_checker, own_media
):
    batch = sent(finance_bureau, finance_maker, finance_checker)
    raw = return_file(batch, [answer_line(batch.payments.first())], total_fen=1)
    login(client, finance_checker)
    before = lying(own_media)

    answer = client.post(reverse("batch-return", args=[batch.pk]), {"file": SimpleUploadedFile("r.txt", raw)})

    assert answer.status_code == 400 and lying(own_media) == before


def test_what_another_has_brought_before_outlives_a_refusal(client, scheme, lot, xiuying, guiying):
    photo = receive_photo(a_photo(), by=guiying, at=FRIDAY, public=False)
    login(client, xiuying)

    file_claim(client, lot, kg="5000")

    assert original_path(photo.sha256).exists()


def test_private_evidence_gets_no_public_copy_by_a_refusal(xiuying):
    photo = receive_photo(a_photo(), by=xiuying, at=FRIDAY, public=False)

    with pytest.raises(ZeroDivisionError), leaving_nothing_refused(), transaction.atomic():
        receive_photo(a_photo(), by=xiuying, at=FRIDAY)
        1 / 0  # noqa: B018

    assert original_path(photo.sha256).exists()
    assert not public_path(photo.sha256, 240, "webp").exists()


def test_a_photo_whose_document_never_came_is_forgotten_after_a_week(client, scheme, lot, xiuying, own_media, now):
    login(client, xiuying)
    page = reverse("claim-new", args=[lot.pk])
    client.post(page, {"photos": [a_photo()], "quantity_0": "x", "idem": "k"})
    assert file_claim(client, lot, photos=[a_photo("blue")]).status_code == 201
    waiting = StoredFile.objects.exclude(attachments__in=Attachment.objects.all()).get()
    used = LossClaim.objects.get()

    assert forget_unused(at=now.at + 6 * DAY) == 0
    assert original_path(waiting.sha256).exists()
    assert forget_unused(at=now.at + 8 * DAY) == 1

    assert not original_path(waiting.sha256).exists()
    kept = Attachment.objects.filter(document=used.reference).get().file
    assert {kept.sha256 in path.name for path in lying(own_media)} == {True}
    assert forget_unused(at=now.at + 9 * DAY) == 0
