"""A phone with a bad net, a server that falls, a page that is killed: it sends as the kept pages' script does."""

import hashlib
import io
import random
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse
from PIL import Image

from tests.losses.steps import LOST_ON

PIECE = 3 * 512  # three for each photo
MOST_TRIES = 60
FAULTS = {"net cut", "answer lost", "server error", "page killed"}


def drawn_photo(serial: int) -> bytes:
    """Return a photo that looks like no other."""
    dice = random.Random(serial)
    picture = Image.new("RGB", (16, 12))
    picture.putdata([tuple(dice.randrange(256) for _channel in range(3)) for _pixel in range(16 * 12)])
    out = io.BytesIO()
    picture.resize((160, 120), Image.Resampling.BICUBIC).save(out, "JPEG", quality=80)
    return out.getvalue()


class NetCut(Exception):
    """Nothing arrived, or nothing came back."""


@dataclass
class Phone:
    """What is kept until the server has it, and sends again whatever got no answer."""

    client: Client
    dice: random.Random
    faults: Counter[str] = field(default_factory=Counter)
    numbers: list[str] = field(default_factory=list)
    photos: dict[str, int] = field(default_factory=dict)

    def post(self, url: str, data: Any, **how: Any) -> Any:
        """Send once: the net may be cut before, the server may fall in the middle, the answer may be lost."""
        fate = self.dice.choices(("arrives", "net cut", "server error", "answer lost"), (5, 2, 1, 2))[0]
        if fate == "net cut":
            self._count(fate)
            raise NetCut
        if fate == "server error":
            # All that the request wrote is gone with its transaction, as when the process is killed.
            with transaction.atomic():
                self.client.post(url, data, **how)
                transaction.set_rollback(True)
            self._count(fate)
            raise NetCut
        answer = self.client.post(url, data, **how)
        if fate == "answer lost":
            self._count(fate)
            raise NetCut
        return answer

    def _count(self, fault: str) -> None:
        self.faults[fault] += 1

    def send_until_heard(self, step: Any) -> Any:
        """Try a step until an answer comes; between two tries the page may be killed and opened again."""
        for _try in range(MOST_TRIES):
            try:
                return step()
            except NetCut:
                if self.dice.random() < 0.3:
                    self._count("page killed")  # what was kept is read from the phone again: nothing else is remembered
        raise AssertionError("no answer ever came")

    def send_photo(self, url: str, photo: bytes) -> None:
        """Send a photo in pieces, each behind what the server says it has."""

        def step() -> bool:
            have = self.client.get(url).json().get("have")
            while have is not None:
                answer = self.post(
                    url, photo[have : have + PIECE], content_type="application/octet-stream",
                    headers={"Upload-Offset": str(have), "Upload-Length": str(len(photo))},
                ).json()  # fmt: skip
                have = answer.get("have")
            return True

        assert self.send_until_heard(step)

    def send_kept(self, url: str, photo_url: Any, typed: dict[str, str], photos: dict[str, bytes]) -> dict[str, Any]:
        """Send photos, then what was typed under one key, until it is answered."""
        for role, photo in photos.items():
            self.send_photo(photo_url(role, hashlib.sha256(photo).hexdigest()), photo)
        shown = ",".join(f"{role} {hashlib.sha256(photo).hexdigest()}" for role, photo in photos.items())
        body = typed | {"key": str(uuid.uuid4()), "shown": shown}
        answer = self.send_until_heard(lambda: self.post(url, body))
        assert answer.status_code == 200, answer.content.decode()
        return answer.json()

    def report(self, lot: Any, *, photos: list[bytes]) -> None:
        """Report half of a lot as lost."""
        draft = str(uuid.uuid4())
        typed = {
            "cause": "unsold", "quantity_0": "60", "quantity_1": "jin", "happened_on": f"{LOST_ON}", "words": "",
            "draft": draft,
        }  # fmt: skip
        answer = self.send_kept(
            reverse("report-written", args=[lot.pk]),
            lambda role, digest: reverse("report-photo", args=[lot.pk, draft, role.removeprefix("p"), digest]),
            typed,
            {f"p{number}": photo for number, photo in enumerate(photos, 1)},
        )
        self.numbers.append(answer["number"])
        self.photos[answer["number"]] = len(photos)

    def visit(self, visit: Any, *, photos: dict[str, bytes], found: str) -> None:
        """Write down a visit as the first verifier."""
        typed = {"found": found, "why": "", "conclusion": "there", "signed": "paper"}
        answer = self.send_kept(
            reverse("visit-written", args=[visit.pk]),
            lambda role, digest: reverse("visit-photo", args=[visit.pk, role, digest]),
            typed,
            photos,
        )
        self.numbers.append(answer["number"])
        self.photos[answer["number"]] = len(photos)
