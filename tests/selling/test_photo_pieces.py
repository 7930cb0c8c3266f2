"""A photo in pieces over a weak net: it goes on where it broke off, counts when it is whole, and is nobody else's."""

import datetime as dt
import fcntl
import hashlib
import io
import os
import threading
import uuid
from itertools import pairwise

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from PIL import Image

from catalog import tasks
from catalog.models import Listing
from kernel import clock
from marketplace.celery import app
from records.models import Attachment, StoredFile
from records.services import pieces
from records.services.photos import MOST_BYTES, PhotosBusy
from selling.models import ListingDraft
from selling.services import drafts
from tests.factories import login

pytestmark = pytest.mark.django_db
FILLED = {"quantity_0": "200", "quantity_1": "jin", "price": "0.80"}


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def farmer(client, xiuying):
    return login(client, xiuying)


@pytest.fixture(scope="module")
def photo() -> bytes:
    box = io.BytesIO()
    Image.effect_noise((640, 480), 60).convert("RGB").save(box, "JPEG", quality=80)
    return box.getvalue()


def sha(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def address(draft, digest: str) -> str:
    return reverse("sell-photo", args=[draft, digest])


def send(client, there: str, part: bytes, *, offset, total, **more):
    headers = {"Upload-Offset": str(offset), "Upload-Length": str(total)} | more
    return client.post(there, part, content_type="application/octet-stream", headers=headers)


def lying(media) -> list:
    return [path for path in media.rglob("*.part") if path.is_file()]


def test_a_photo_in_three_pieces_is_one_photo_and_leaves_no_pieces(farmer, photo, own_media, xiuying):
    draft, there = uuid.uuid4(), None
    there = address(draft, sha(photo))
    cut = (0, 10_000, 20_000, len(photo))

    asked = farmer.get(there).json()
    answers = [
        send(farmer, there, photo[start:end], offset=start, total=len(photo), **{"Camera-Sha256": "a" * 64})
        for start, end in pairwise(cut)
    ]

    assert asked == {"have": 0}
    assert [one.json() for one in answers] == [
        {"have": 10_000},
        {"have": 20_000},
        {"to": reverse("sell-produce", args=[draft])},
    ]
    kept = StoredFile.objects.get()
    assert (kept.sha256, kept.size, kept.by, kept.facts["camera_sha256"]) == (sha(photo), len(photo), xiuying, "a" * 64)
    assert ListingDraft.objects.get().photo == kept
    assert lying(own_media) == []


def test_a_cut_upload_goes_on_where_the_server_says(farmer, photo):
    there = address(uuid.uuid4(), sha(photo))
    send(farmer, there, photo[:7_000], offset=0, total=len(photo))  # 7,000 arrived, the answer did not

    again = send(farmer, there, photo[:7_000], offset=0, total=len(photo))
    asked = farmer.get(there).json()
    done = send(farmer, there, photo[7_000:], offset=asked["have"], total=len(photo))

    assert (again.status_code, again.json()["have"], asked) == (409, 7_000, {"have": 7_000})
    assert done.status_code == 200 and StoredFile.objects.get().sha256 == sha(photo)


def test_what_a_broken_connection_brought_is_not_sent_again(farmer, photo, rf, xiuying):
    there = address(uuid.uuid4(), sha(photo))

    class Broken(io.BytesIO):
        def read(self, size=-1):
            if self.tell() >= 5_000:
                raise OSError("connection reset")
            return super().read(min(size, 5_000 - self.tell()))

    farmer.generic(
        "POST", there, b"", content_type="application/octet-stream",
        headers={"Upload-Offset": "0", "Upload-Length": str(len(photo)), "Content-Length": str(len(photo))},
        **{"wsgi.input": Broken(photo)},
    )  # fmt: skip

    assert farmer.get(there).json() == {"have": 5_000}


def test_a_photo_the_draft_has_is_not_asked_for_again(farmer, photo):
    draft = uuid.uuid4()
    there = address(draft, sha(photo))
    upload = SimpleUploadedFile("x.jpg", photo, "image/jpeg")
    farmer.post(reverse("sell-draft", args=[draft]), {"photo": upload})

    known = farmer.get(there).json()
    sent = send(farmer, there, photo[:100], offset=0, total=len(photo)).json()

    assert known == sent == {"to": reverse("sell-produce", args=[draft])}
    assert StoredFile.objects.count() == 1


def test_a_photo_that_arrives_after_the_sale_is_the_lots_picture(farmer, photo, cabbage):
    draft = uuid.uuid4()
    farmer.post(reverse("sell-produce", args=[draft]), {"produce": "cabbage"})
    farmer.post(reverse("sell-quantity", args=[draft]), FILLED)

    send(farmer, address(draft, sha(photo)), photo, offset=0, total=len(photo))

    assert Listing.objects.get().cover == StoredFile.objects.get() == Attachment.objects.get().file


def test_pieces_of_another_photo_are_refused_in_words_and_forgotten(farmer, photo, own_media):
    there = address(uuid.uuid4(), "b" * 64)

    answer = send(farmer, there, photo, offset=0, total=len(photo))

    assert answer.status_code == 409  # the phone has the right one still, and begins anew
    assert answer.json() == {"code": "pieces_differ", "message": "传到的不是这张照片。再传一次。"}
    assert not StoredFile.objects.exists() and lying(own_media) == []
    assert ListingDraft.objects.get().photo is None


def test_what_is_no_photo_is_refused_when_it_is_whole(farmer, own_media):
    raw = b"%!PS" * 500

    answer = send(farmer, address(uuid.uuid4(), sha(raw)), raw, offset=0, total=len(raw))

    assert answer.status_code == 400 and answer.json()["code"] == "photo_refused"
    assert not StoredFile.objects.exists() and lying(own_media) == []


def test_a_whole_photo_waits_where_it_is_while_others_are_read(farmer, photo, monkeypatch):
    there = address(uuid.uuid4(), sha(photo))

    def busy(*args, **kwargs):
        raise PhotosBusy

    with monkeypatch.context() as patched:
        patched.setattr(drafts, "receive_photo", busy)
        answer = send(farmer, there, photo, offset=0, total=len(photo))
    assert answer.status_code == 503
    assert farmer.get(there).json() == {"have": len(photo)}

    done = send(farmer, there, b"", offset=len(photo), total=len(photo))

    assert done.status_code == 200 and StoredFile.objects.count() == 1


@pytest.mark.parametrize(
    ("offset", "total", "code"),
    [
        ("-1", "1000", "bad_piece"),
        ("9" * 9, "1000", "bad_piece"),
        ("9" * 40, "1000", "bad_piece"),
        ("٣", "1000", "bad_piece"),
        ("", "1000", "bad_piece"),
        ("1e3", "1000", "bad_piece"),
        ("0", "", "bad_piece"),
        ("0", "0", "bad_piece"),
        ("0", "-5", "bad_piece"),
        ("0", "99", "bad_piece"),  # one byte more than was said
        ("950", "1000", "bad_piece"),
        ("0", str(MOST_BYTES + 1), "photo_too_heavy"),
        ("0", "9" * 9, "photo_too_heavy"),
        ("500", "1000", "piece_does_not_fit"),
    ],
)
def test_a_piece_that_cannot_be_is_refused_in_words_and_nothing_is_kept(farmer, own_media, offset, total, code):
    there = address(uuid.uuid4(), "c" * 64)

    answer = send(farmer, there, b"x" * 100, offset=offset, total=total)

    assert answer.status_code == (409 if code == "piece_does_not_fit" else 400)
    assert answer.json()["code"] == code and answer.json()["message"]
    assert sum(path.stat().st_size for path in lying(own_media)) == 0


@pytest.mark.parametrize("digest", ["A" * 64, "a" * 63, "a" * 65, "x", "0" * 200])
def test_a_print_that_is_none_is_refused(farmer, own_media, digest):
    there = address(uuid.uuid4(), digest)

    assert farmer.get(there).status_code == 400
    assert send(farmer, there, b"x", offset=0, total=1).status_code == 400
    assert lying(own_media) == []


def test_pieces_lie_in_the_private_folder_under_no_name_that_leads_out(farmer, photo, own_media, xiuying):
    draft = uuid.uuid4()
    send(farmer, address(draft, sha(photo)), photo[:10], offset=0, total=len(photo))

    [path] = lying(own_media)
    assert path == own_media / "private" / "pieces" / str(xiuying.pk) / f"{draft.hex}.{sha(photo)}.part"
    for place in ("../x", "..", "a/b", "", "a" * 41):
        with pytest.raises(pieces.BadPiece):
            pieces.add_piece(place, "a" * 64, b"x", offset=0, total=1, by=xiuying)


def test_another_persons_draft_takes_no_piece_and_tells_nothing(client, photo, xiuying, guiying, own_media):
    draft = uuid.uuid4()
    there = address(draft, sha(photo))
    send(login(client, xiuying), there, photo[:10], offset=0, total=len(photo))

    stranger = login(Client(), guiying)

    assert stranger.get(there).status_code == 404
    assert send(stranger, there, photo[10:], offset=10, total=len(photo)).status_code == 404
    assert [path.stat().st_size for path in lying(own_media)] == [10]


def test_who_has_no_household_begins_no_photo(client, olga, chef_chen, photo, own_media):
    there = address(uuid.uuid4(), sha(photo))
    assert send(client, there, photo, offset=0, total=len(photo)).status_code == 302  # to the way in
    for user in (olga, chef_chen):
        login(client, user)
        assert client.get(there).status_code == 403
        assert send(client, there, photo, offset=0, total=len(photo)).status_code == 403
    assert lying(own_media) == [] and not ListingDraft.objects.exists()


def test_a_piece_needs_the_forms_token(xiuying, photo, own_media):
    browser = login(Client(enforce_csrf_checks=True), xiuying)

    assert send(browser, address(uuid.uuid4(), sha(photo)), photo, offset=0, total=len(photo)).status_code == 403
    assert lying(own_media) == []


def test_twenty_photos_may_be_under_way_and_the_oldest_makes_room_for_one_more(farmer, own_media):
    begun = [address(uuid.uuid4(), f"{number:064x}") for number in range(pieces.MOST_UNFINISHED)]
    for there in begun:
        send(farmer, there, b"x", offset=0, total=2)
    oldest = next(path for path in lying(own_media) if path.name.endswith(f"{7:064x}.part"))
    os.utime(oldest, (1_000, 1_000))

    one_more = send(farmer, address(uuid.uuid4(), "f" * 64), b"x", offset=0, total=2)
    going_on = send(farmer, begun[3], b"y", offset=1, total=3)
    dropped = send(farmer, begun[7], b"y", offset=1, total=2)

    assert one_more.json() == {"have": 1} and going_on.json() == {"have": 2}
    assert (dropped.status_code, dropped.json()["have"]) == (409, 0)  # the phone begins it anew
    assert len(lying(own_media)) == pieces.MOST_UNFINISHED and oldest not in lying(own_media)


def test_another_photo_for_the_same_goods_drops_the_one_under_way(farmer, own_media):
    draft, elsewhere = uuid.uuid4(), address(uuid.uuid4(), "a" * 64)
    for there in (elsewhere, address(draft, "b" * 64), address(draft, "c" * 64)):
        send(farmer, there, b"x", offset=0, total=2)

    assert {path.name.split(".")[1] for path in lying(own_media)} == {"a" * 64, "c" * 64}
    assert farmer.get(elsewhere).json() == {"have": 1}


def test_pieces_nobody_went_on_with_are_swept_away_after_three_days(farmer, photo, own_media):
    old, young = address(uuid.uuid4(), sha(photo)), address(uuid.uuid4(), sha(photo))
    for there in (old, young):
        send(farmer, there, photo[:10], offset=0, total=len(photo))
    left = next(path for path in lying(own_media) if path.name.startswith(uuid.UUID(old.split("/")[3]).hex))
    days = clock.now() - dt.timedelta(days=3, minutes=1)
    os.utime(left, (days.timestamp(), days.timestamp()))

    assert tasks.sweep_pieces() == 1

    assert farmer.get(old).json() == {"have": 0} and farmer.get(young).json() == {"have": 10}
    assert "catalog.tasks.sweep_pieces" in app.conf.beat_schedule


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_the_same_piece_twice_at_once_is_there_once(xiuying, photo, own_media, monkeypatch):
    all_open, have, flock = threading.Barrier(4, timeout=10), [], fcntl.flock

    def lock_when_all_have_opened(*args):
        all_open.wait()
        flock(*args)

    def add():
        try:
            have.append(pieces.add_piece("a", sha(photo), photo[:9_000], offset=0, total=len(photo), by=xiuying))
        except pieces.PieceDoesNotFit as refusal:
            have.append(refusal.have)
        connection.close()

    monkeypatch.setattr(pieces.fcntl, "flock", lock_when_all_have_opened)
    threads = [threading.Thread(target=add) for _one in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert have == [9_000] * 4
    assert pieces.held("a", sha(photo), by=xiuying) == 9_000
