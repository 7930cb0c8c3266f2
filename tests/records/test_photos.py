"""Photos of every kind of phone come in whole; what is no photo, or a trap, is refused in words and leaves nothing."""

import csv
import io
import random
import struct
import uuid
import zlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, ImageDraw, ImageOps

from kernel.errors import DomainError
from records import photo_worker
from records.models import StoredFile
from records.selectors.photos import photos_like
from records.services import photos
from records.services.files import original_path, public_path, read_original
from records.services.photos import (
    PhotoIncomplete,
    PhotoIsHeic,
    PhotoRefused,
    PhotoTooHeavy,
    PhotoTooLarge,
    derivative,
    photo_url,
    receive_photo,
)
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
DATA = Path(__file__).resolve().parents[3] / "shared/data/07_photos"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the real photos (shared/data/07_photos) are not here")


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def drawn(size=(640, 480), mode="RGB", **how) -> bytes:
    """Return a picture red above and blue below."""
    picture = Image.new(mode, size, "blue" if mode in ("RGB", "RGBA") else 0)
    if mode in ("RGB", "RGBA"):
        ImageDraw.Draw(picture).rectangle((0, 0, size[0], size[1] // 2), fill="red")
    box = io.BytesIO()
    picture.save(box, **{"format": "JPEG", **how})
    return box.getvalue()


def sent(raw: bytes, name="照片(1).JPG", **more):
    return receive_photo(SimpleUploadedFile(name, raw, "image/jpeg"), by=None, at=MONDAY, **more)


def copy_of(file, px) -> Image.Image:
    with Image.open(derivative(file, px)) as copy:
        return copy.convert("RGB")


def exif(**tags) -> Image.Exif:
    made = Image.Exif()
    for tag, value in tags.items():
        made[int(tag.removeprefix("t"), 16)] = value
    return made


def refused(raw: bytes, refusal, name="x.jpg"):
    with pytest.raises(refusal) as caught:
        sent(raw, name)
    assert type(caught.value) is refusal
    assert not StoredFile.objects.exists()
    assert not [path for path in Path(original_path("00")).parents[1].rglob("*") if path.is_file()]


def test_a_photo_is_kept_whole_and_shown_in_four_sizes():
    raw = drawn((3000, 2000), quality=95)

    file = sent(raw)

    assert read_original(file) == raw
    assert (file.kind, file.media_type, file.width, file.height) == ("photo", "image/jpeg", 3000, 2000)
    assert file.sizes == [160, 240, 720, 1280]
    for px in file.sizes:
        for suffix in ("webp", "jpg"):
            with Image.open(public_path(file.sha256, px, suffix)) as copy:
                assert max(copy.size) == px
                assert dict(copy.getexif()) == {} and "icc_profile" not in copy.info


@pytest.mark.parametrize("most", [3_000_000, 36_000, 24_000, 1])
def test_a_copy_has_the_best_quality_that_is_light_enough(most):
    noise = Image.merge("RGB", [Image.effect_noise((320, 240), 60)] * 3)
    light = [quality for quality in photo_worker.QUALITIES if len(saved(noise, quality)) <= most]
    best = next(iter(light), min(photo_worker.QUALITIES))

    assert photo_worker.squeezed(noise, most, format="JPEG") == saved(noise, best)


def saved(picture, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def test_evidence_has_no_public_copy():
    file = sent(drawn(), public=False)

    assert not public_path(file.sha256, 240, "webp").exists()
    assert max(copy_of(file, 240).size) == 240
    with pytest.raises(photos.NoSuchCopy):
        derivative(file, 999)


@pytest.mark.parametrize(("turn", "size"), [(1, (640, 480)), (3, (640, 480)), (6, (480, 640)), (8, (480, 640))])
def test_copies_stand_upright_whatever_way_the_phone_was_held(turn, size):
    """The camera wrote the picture turned and noted how; a browser would show red on top."""
    upright = Image.open(io.BytesIO(drawn(size)))
    back = {1: None, 3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}[turn]
    as_written = upright.transpose(back) if back is not None else upright
    box = io.BytesIO()
    as_written.save(box, "JPEG", exif=exif(t0112=turn))

    file = sent(box.getvalue())

    assert (file.width, file.height) == size
    copy = copy_of(file, 240)
    red, _green, blue = copy.getpixel((copy.width // 2, copy.height // 8))
    assert red > 200 and blue < 80


def test_what_the_camera_wrote_stays_private_and_off_the_copies():
    place = {1: "N", 2: (26.0, 19.0, 30.0), 3: "E", 4: (116.0, 20.0, 15.0)}
    written = exif(t010f="Jolla", t0110="Phone")
    written.get_ifd(0x8769)[0x9003] = "2026:11:01 16:00:56"
    written.get_ifd(0x8825).update(place)

    file = sent(drawn(exif=written))

    assert file.facts["gps"] == "read"
    assert (file.facts["latitude_e6"], file.facts["longitude_e6"]) == (26_325_000, 116_337_500)
    assert (file.facts["taken"], file.facts["make"]) == ("2026-11-01T16:00:56", "Jolla")
    assert b"Jolla" not in public_path(file.sha256, 720, "jpg").read_bytes()


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ({}, "absent"),
        ({1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)}, "impossible"),
        ({1: "N", 2: (91.0, 0.0, 0.0), 3: "E", 4: (116.0, 0.0, 0.0)}, "impossible"),
        ({2: (26.0, 0.0, 0.0), 4: (116.0, 0.0, 0.0)}, "unreadable"),
    ],
)
def test_a_place_that_cannot_be_is_named_so_and_never_a_refusal(place, expected):
    written = exif()
    if place:
        written.get_ifd(0x8825).update(place)

    assert sent(drawn(exif=written)).facts["gps"] == expected


def test_a_camera_clock_in_2099_is_only_a_claim():
    written = exif()
    written.get_ifd(0x8769)[0x9003] = "2099:01:01 00:00:00"

    facts = sent(drawn(exif=written)).facts

    assert (facts["taken"], facts["clock"]) == ("2099-01-01T00:00:00", "impossible")


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        ("2026:11:02 08:59:00", None),
        ("2026:11:03 08:59:00", None),
        ("2026:11:03 09:01:00", "impossible"),
        ("1970:01:01 00:00:00", "impossible"),
        ("0000:00:00 00:00:00", None),
    ],
)
def test_a_camera_clock_beside_itself_is_flagged_and_refuses_nothing(taken, expected):
    written = exif()
    written.get_ifd(0x8769)[0x9003] = taken

    assert sent(drawn(exif=written)).facts.get("clock") == expected


def with_thumbnail(picture: Image.Image, small: Image.Image, kind: str = "JPEG") -> bytes:
    """Return a photo with a small picture in its metadata, as cameras write it; a WebP has no word in front of it."""
    box = io.BytesIO()
    small.save(box, "JPEG")
    thumbnail = box.getvalue()
    # A TIFF head, an empty first folder that leads to a second one with place and length of the picture behind it.
    second = struct.pack("<HHHIIHHIII", 2, 0x0201, 4, 1, 14 + 30, 0x0202, 4, 1, len(thumbnail), 0)
    box = io.BytesIO()
    head = struct.pack("<2sHIHI", b"II", 42, 8, 0, 14)
    picture.save(box, kind, exif={"JPEG": b"Exif\0\0", "WEBP": b""}[kind] + head + second + thumbnail)
    return box.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_a_small_picture_in_the_metadata_that_shows_something_else_is_flagged(kind):
    photo, other = noise(7).convert("RGB"), noise(8)
    banded = Image.new("L", (160, 120))
    banded.paste(noise(7).resize((160, 90)), (0, 15))

    found = [
        sent(with_thumbnail(photo, small, kind)).facts.get("thumbnail")
        for small in (noise(7).resize((160, 120)), other.resize((160, 120)))
    ]
    wide = sent(with_thumbnail(noise(7, (1280, 720)).convert("RGB"), banded, kind)).facts["thumbnail"]

    assert (found, wide) == (["same", "another"], "same")
    assert "thumbnail" not in sent(drawn()).facts


@pytest.mark.parametrize(
    "raw",
    [
        drawn(mode="CMYK"),
        drawn(mode="L"),
        drawn(progressive=True),
        drawn(format="PNG"),
        drawn(mode="RGBA", format="PNG"),
        drawn(mode="I;16", format="PNG"),
        drawn(mode="P", format="PNG"),
        drawn(format="WEBP"),
        drawn(size=(1, 60_000)),
        drawn(format="MPO", save_all=True, append_images=[Image.new("RGB", (640, 480))]),
    ],
    ids=["cmyk", "grey", "progressive", "png", "alpha", "16 bit", "palette", "webp", "a line", "mpo"],
)
def test_every_kind_an_honest_phone_writes_is_taken(raw):
    file = sent(raw)

    assert min(copy_of(file, 240).size) >= 1


def test_the_colours_of_printers_are_not_turned_inside_out():
    picture = Image.new("CMYK", (640, 480), (0, 255, 255, 0))
    box = io.BytesIO()
    picture.save(box, "JPEG")

    red, green, blue = copy_of(sent(box.getvalue()), 240).getpixel((120, 90))

    assert red > 200 and max(green, blue) < 60


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_an_animated_picture_shows_its_first_frame(kind):
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue", "green") * 40]
    box = io.BytesIO()
    frames[0].save(box, kind, save_all=True, append_images=frames[1:], **({"lossless": True} if kind == "WEBP" else {}))

    file = sent(box.getvalue())

    red, _green, blue = copy_of(file, 160).getpixel((32, 32))
    assert red > 200 and blue < 60


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_photo_cut_short_is_asked_for_again(share):
    raw = Image.effect_noise((800, 600), 80).convert("RGB")
    box = io.BytesIO()
    raw.save(box, "JPEG")

    refused(box.getvalue()[: int(len(box.getvalue()) * share)], PhotoIncomplete)


def test_nothing_at_all_is_asked_for_again():
    refused(b"", PhotoIncomplete)


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00",
        b"just words",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"<html><script>alert(1)</script>",
        b"%PDF-1.4",
        b"\x00\x00\x01\x00\x01\x00\x10\x10",
        drawn(format="GIF"),
        drawn(format="TIFF"),
        drawn(format="BMP"),
        drawn(format="ICO"),
    ],
    ids=["byte", "text", "svg", "eps", "html", "pdf", "ico bytes", "gif", "tiff", "bmp", "ico"],
)
def test_what_is_no_photo_is_refused_whatever_it_is_called(raw):
    refused(raw, PhotoRefused)


def test_a_phone_format_that_browsers_cannot_show_is_refused_with_advice():
    refused(b"\x00\x00\x00\x18ftypheic" + b"\x00" * 40, PhotoIsHeic)


def test_more_than_twelve_megabytes_are_not_read():
    refused(b"\xff\xd8\xff" + b"0" * photos.MOST_BYTES, PhotoTooHeavy)


def a_bomb(width: int, height: int) -> bytes:
    """Return a small PNG that says it is huge."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    body = zlib.compress(b"\x00" * ((width // 8 + 2) * height), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_a_small_file_that_unfolds_into_176_million_points_is_not_unfolded():
    bomb = a_bomb(13_300, 13_300)
    assert len(bomb) < 40_000

    refused(bomb, PhotoTooLarge)


def test_what_hangs_on_behind_the_photo_never_reaches_a_copy():
    tail = b"<script>alert('hello')</script>PK\x03\x04evil"

    file = sent(drawn() + tail)

    assert read_original(file).endswith(tail)
    assert tail[:20] not in public_path(file.sha256, 1280, "jpg").read_bytes()


def test_a_slow_or_greedy_photo_is_stopped(monkeypatch, tmp_path):
    endless = tmp_path / "endless.py"
    endless.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(photos, "_WORKER", endless)
    monkeypatch.setattr(photos, "SECONDS", 0.2)

    refused(drawn(), photos.PhotoTooSlow)


def test_the_worker_gives_up_memory_before_it_reads(monkeypatch, tmp_path):
    greedy = tmp_path / "greedy.py"
    code = (
        Path(photos.photo_worker.__file__)
        .read_text()
        .replace("raw = sys.stdin.buffer.read()", "raw = bytearray(600 * 2**20)")
    )
    greedy.write_text(code)
    monkeypatch.setattr(photos, "_WORKER", greedy)

    refused(drawn(), PhotoRefused)


def test_the_public_copy_may_be_kept_for_ever(client):
    file = sent(drawn())

    answer = client.get(photo_url(file, 240))

    assert answer.status_code == 200 and b"".join(answer.streaming_content)
    assert answer["Content-Type"] == "image/webp"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_no_other_file_is_ever_handed_out(client):
    private = sent(drawn(), public=False)
    address = reverse("photo", args=[private.sha256, 240, "webp"])

    assert client.get(address).status_code == 404
    assert client.get(address.replace("-240", "-999")).status_code == 404
    assert client.get(f"/photos/{private.sha256}").status_code == 404
    assert client.get("/photos/../private/x-240.webp").status_code == 404


@needs_data
@pytest.mark.gates
def test_every_real_photo_is_taken_or_refused_in_words():
    with open(DATA / "manifest.csv", encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    refusals = {}
    for row in rows:
        try:
            file = sent((DATA / row["file"]).read_bytes(), row["file"])
        except DomainError as refusal:
            refusals[row["file"]] = type(refusal)
            continue
        if row["orientation"] and not row["file"].startswith("hostile/"):
            assert (str(file.width), str(file.height)) in (
                (row["width"], row["height"]),
                (row["height"], row["width"]),
            )
        if row["lat"] and file.facts["gps"] == "read":
            assert abs(file.facts["latitude_e6"] - float(row["lat"]) * 1e6) < 2
        assert derivative(file, 240).stat().st_size <= 13_000
        assert derivative(file, 720).stat().st_size <= 60_000

    assert len(rows) > 60
    assert refusals == {
        "heic/IMG_5195.HEIC": PhotoIsHeic,
        "heic/samplefilehub.heif": PhotoIsHeic,
        "hostile/crash-2020-10-test.tif": PhotoRefused,
        "hostile/decompression_bomb.gif": PhotoRefused,
        "hostile/broken_data_stream.png": PhotoIncomplete,
        "hostile/png_decompression_dos.png": PhotoRefused,
        "hostile/truncated_image.png": PhotoIncomplete,
        "hostile/truncated_jpeg.jpg": PhotoIncomplete,
    }


def noise(seed: int, size=(1200, 900)) -> Image.Image:
    """Return a picture of soft blotches, like nothing else of another seed."""
    return Image.frombytes("L", (12, 9), random.Random(seed).randbytes(108)).resize(size, Image.Resampling.BICUBIC)


def pressed(picture: Image.Image, quality=85) -> bytes:
    box = io.BytesIO()
    picture.convert("RGB").save(box, "JPEG", quality=quality)
    return box.getvalue()


def test_a_photo_is_known_again_when_it_was_pressed_shrunk_cut_a_little_or_mirrored():
    first = sent(pressed(noise(7)))
    width, height = 1200, 900
    again = {
        "pressed": noise(7),
        "shrunk": noise(7).resize((400, 300)),
        "cut": noise(7).crop((width // 50, height // 50, width - width // 50, height - height // 50)),
        "mirrored": ImageOps.mirror(noise(7)),
    }
    found = {name: sent(pressed(picture, 40)) for name, picture in again.items()}
    stranger = sent(pressed(noise(8)))

    like = dict(photos_like(first))

    assert set(like) == {file.pk for file in found.values()}
    assert max(like.values()) <= 10
    assert photos_like(stranger) == []


def test_a_photo_from_before_prints_were_taken_is_like_none():
    sent(pressed(noise(7)))
    assert photos_like(StoredFile(pk=uuid.uuid4())) == []
