"""Photos as people send them: opened in a limited process, kept whole and private, shown as copies without metadata."""

import datetime as dt
import hashlib
import json
import re
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kernel.clock import COUNTY_ZONE
from kernel.errors import BadValue, DomainError
from records import photo_worker
from records.models import PhotoPrint, SomeAccount, StoredFile
from records.services.files import private_copy_path, public_path, store_bytes

MOST_BYTES = 12 * 2**20
SECONDS = 60  # by the clock, for a machine that stands still; a photo is refused by the worker's five of computing
SIZES = tuple(sorted(photo_worker.COPIES))
MEDIA_TYPES = {"webp": "image/webp", "jpg": "image/jpeg"}
_EARLIEST = "2000-01-01"  # no phone with a camera is older
_CLOCK_SLIP = dt.timedelta(days=1)
_MOMENT = re.compile(r"[0-9]{12,13}")  # from 1973 to 2286
_SHA256 = re.compile(r"[0-9a-f]{64}")
_WORKER = Path(photo_worker.__file__).resolve()
# Each process may use half a gigabyte: at most two at once beside one web worker.
_places = threading.BoundedSemaphore(2)
_WAIT_SECONDS = 15


class PhotoRefused(BadValue):
    code = "photo_refused"
    message = _("This is not a photo. Take one with the camera, or choose a picture (JPEG, PNG or WebP).")


class PhotoTooHeavy(PhotoRefused):
    code = "photo_too_heavy"
    message = _("This photo is larger than 12 MB. Take it again with a smaller size set on the phone.")


class PhotoTooLarge(PhotoRefused):
    code = "photo_too_large"
    message = _("This photo has more than 50 million points. Take it again with a smaller size set on the phone.")


class PhotoIncomplete(PhotoRefused):
    code = "photo_incomplete"
    message = _("The photo is incomplete. Take it again.")


class PhotoIsHeic(PhotoRefused):
    code = "photo_heic"
    message = _("This photo is in the phone's own format (HEIC). Set the camera to “most compatible”, or take it here.")


class PhotoTooSlow(PhotoRefused):
    code = "photo_too_slow"
    message = _("This photo takes too long to open. Take another one.")


class PhotosBusy(DomainError):
    code = "photos_busy"
    message = _("Many photos are coming in at once. Wait a few seconds, then send it again.")


class NoSuchCopy(DomainError):
    code = "no_such_copy"
    message = _("There is no copy of this photo in that size.")


_REFUSALS = {
    "too_large": PhotoTooLarge,
    "not_a_photo": PhotoRefused,
    "incomplete": PhotoIncomplete,
    "heic": PhotoIsHeic,
}


@dataclass(frozen=True)
class Opened:
    """What the limited process found: the picture's measures, the camera's claims, and copies by size and suffix."""

    media_type: str
    size_px: tuple[int, int]
    facts: dict
    prints: tuple[int, int]
    copies: dict[tuple[int, str], bytes]


def receive_photo(
    upload: UploadedFile,
    *,
    by: SomeAccount,
    at: dt.datetime,
    public: bool = True,
    camera_sha256: str = "",
    phone_ms: str = "",
) -> StoredFile:
    """Keep a photo: the original private, its copies public (listings) or private as well (evidence).

    Everything is on disk before the row exists; a refused photo leaves neither. What it was called is kept nowhere.
    `camera_sha256` is the phone's word about the file before it was shrunk, `phone_ms` about when it wrote it, in
    milliseconds since 1970: private facts, believed by nobody.
    """
    raw = _read(upload)
    opened = open_safely(raw)
    if not _EARLIEST <= opened.facts.get("taken", _EARLIEST) <= (at + _CLOCK_SLIP).astimezone(COUNTY_ZONE).isoformat():
        opened.facts["clock"] = "impossible"  # still only a claim: when a photo was taken decides nothing
    if _SHA256.fullmatch(camera_sha256):
        opened.facts["camera_sha256"] = camera_sha256
    if _MOMENT.fullmatch(phone_ms):
        opened.facts["phone"] = dt.datetime.fromtimestamp(int(phone_ms) // 1000, dt.UTC).isoformat()
    suffixes = ("webp", "jpg") if public else ("webp",)
    digest = hashlib.sha256(raw).hexdigest()
    copies = {
        public_path(digest, px, suffix) if public else private_copy_path(digest, px): data
        for (px, suffix), data in opened.copies.items()
        if suffix in suffixes
    }
    file = store_bytes(
        raw,
        kind=StoredFile.Kind.PHOTO,
        media_type=opened.media_type,
        facts=opened.facts,
        size_px=opened.size_px,
        sizes=SIZES,
        copies=copies,
        by=by,
        at=at,
    )
    bits, mirrored = opened.prints
    PhotoPrint.objects.get_or_create(file=file, defaults={"bits": bits, "mirrored": mirrored})
    return file


def open_safely(raw: bytes) -> Opened:
    """Open untrusted bytes in a process with little memory and little time, or refuse them in words."""
    head, _newline, rest = answer_of_worker(raw).partition(b"\n")
    content = json.loads(head)
    if "error" in content:
        raise _REFUSALS[content["error"]]
    copies, start = {}, 0
    for px, suffix, length in content["copies"]:
        copies[px, suffix] = rest[start : start + length]
        start += length
    prints = tuple(content["prints"])
    return Opened(content["media_type"], (content["width"], content["height"]), content["facts"], prints, copies)


def answer_of_worker(raw: bytes) -> bytes:
    """Return what the limited process writes about these bytes: one line, then the copies; it may fall over them."""
    if not _places.acquire(timeout=_WAIT_SECONDS):
        raise PhotosBusy
    try:
        ran = subprocess.run(
            [sys.executable, "-I", str(_WORKER)],
            input=raw,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            env={},
            cwd="/",
        )
    except subprocess.TimeoutExpired:
        raise PhotoTooSlow from None
    finally:
        _places.release()
    if ran.returncode or ran.stdout[:1] in (b"", b"\n"):
        raise PhotoTooSlow if ran.returncode < 0 else PhotoRefused
    return ran.stdout


def derivative(file: StoredFile, px: int) -> Path:
    """Return the WebP copy of this size, wherever it lies; whoever shows it has checked who asks."""
    if px not in SIZES:
        raise NoSuchCopy
    for path in (private_copy_path(file.sha256, px), public_path(file.sha256, px, "webp")):
        if path.exists():
            return path
    raise NoSuchCopy


def public_copy(digest: str, px: int, suffix: str) -> Path | None:
    """Return the public copy of a photo, or None where there is none."""
    if px not in SIZES or suffix not in MEDIA_TYPES:
        return None
    path = public_path(digest, px, suffix)
    return path if path.exists() else None


def photo_url(file: StoredFile | None, px: int = 240) -> str:
    """Return the address of a listing photo's public copy; empty without a photo."""
    if file is None:
        return ""
    return reverse("photo", args=[file.sha256, px, "webp"])


def _read(upload: UploadedFile) -> bytes:
    if upload.size is not None and upload.size > MOST_BYTES:
        raise PhotoTooHeavy
    raw = upload.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise PhotoTooHeavy
    if not raw:
        raise PhotoIncomplete
    return raw
