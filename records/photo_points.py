"""What of a photo can be found again when it was cut, turned, mirrored, shrunk, brightened or shown on a screen.

Points that stand out, each with its place and 32 bytes of what is around it (ORB); two photos show the same picture
when enough points are alike and one flat turn, stretch and shift carries them all onto each other. Loaded only where
photos are compared: its libraries are too large for a web worker.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

SIDE = 720  # the longer edge on which points are looked for
MOST = 400
ALIKE = 30  # so many points must lie alike
_CLEARER = 0.8  # the nearest point must be so much nearer than the second
_OFF_PX = 5.0
_FLAT = 6  # a row of a screen's bar differs less than this from point to point
_LINE = np.dtype([("place", "<u2", 2), ("around", "u1", 32)])

_TALL = 1.9  # a screen of a phone is so much higher than wide, hardly any photo is
_BAR = 0.03  # of its height

Grey: TypeAlias = Image.Image
cv2.setNumThreads(1)
_orb = cv2.ORB_create(nfeatures=MOST, fastThreshold=10)  # type: ignore[attr-defined]
_nearest = cv2.BFMatcher(cv2.NORM_HAMMING)


@dataclass(frozen=True)
class Points:
    """Places on a picture and what is around each."""

    places: NDArray[np.float32]
    around: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.around)

    def packed(self) -> bytes:
        """Return them as 36 bytes a point."""
        lines = np.zeros(len(self), _LINE)
        lines["place"], lines["around"] = np.rint(self.places), self.around
        return lines.tobytes()


def unpacked(raw: bytes) -> Points:
    """Return points as they were packed."""
    lines = np.frombuffer(raw, _LINE)
    return Points(lines["place"].astype(np.float32), np.ascontiguousarray(lines["around"]))


def opened(picture: Image.Image) -> Grey:
    """Return a picture in grey, without the bars of a screen around it, in the size in which points are looked for."""
    grey = without_bars(picture.convert("L"))
    grey.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    return grey


def points_of(grey: Grey) -> Points:
    """Return the points of a picture that stand out; few or none where it is plain."""
    found, around = _orb.detectAndCompute(np.asarray(grey), None)
    if around is None:
        return Points(np.zeros((0, 2), np.float32), np.zeros((0, 32), np.uint8))
    return Points(np.array([point.pt for point in found], np.float32), around)


def mirrored(grey: Grey) -> Grey:
    """Return a picture as a mirror shows it; the turns of it and of the picture itself are all eight."""
    return ImageOps.mirror(grey)


def alike(one: Points, other: Points) -> int:
    """Return how many points of two pictures lie alike; below thirty it says nothing, and nought is returned."""
    if min(len(one), len(other)) < ALIKE:
        return 0
    pairs = _nearest.knnMatch(one.around, other.around, k=2)
    clear = [first for first, second in pairs if first.distance < _CLEARER * second.distance]
    if len({match.trainIdx for match in clear}) < ALIKE:
        return 0
    there = one.places[[match.queryIdx for match in clear]]
    here = other.places[[match.trainIdx for match in clear]]
    cv2.setRNGSeed(7)  # the same two photos give the same answer for ever
    carried, kept = cv2.findHomography(there, here, cv2.RANSAC, _OFF_PX)
    if carried is None or np.linalg.det(carried[:2, :2]) <= 0:
        return 0
    count = len({match.trainIdx for match, fits in zip(clear, kept.ravel(), strict=True) if fits})
    return count if count >= ALIKE else 0


def without_bars(grey: Grey) -> Grey:
    """Return what a screen shows between its bars; a picture that is plain nearly everywhere stays whole."""
    tones = np.asarray(grey, np.float32)
    top, bottom = _lively(tones.std(axis=1))
    left, right = _lively(tones[top:bottom].std(axis=0))
    if (bottom - top) * (right - left) * 10 < tones.size:
        return grey
    return grey.crop((left, top, right, bottom))


def is_framed(grey: Grey) -> bool:
    """Return whether a tall picture has bars above and below what it shows, as a screenshot of a photo has."""
    tones = np.asarray(grey, np.float32)
    high, wide = tones.shape
    top, bottom = _lively(tones.std(axis=1))
    return high >= _TALL * wide and min(top, high - bottom) > high * _BAR


def _lively(spread: NDArray[Any]) -> tuple[int, int]:
    """Return where the longest run of lines begins and ends that are not of one tone; one line in 100 may be."""
    lines = np.flatnonzero(spread > _FLAT)
    if not len(lines):
        return 0, len(spread)
    cuts = np.flatnonzero(np.diff(lines) > max(1, len(spread) // 100))
    begins, ends = lines[np.r_[0, cuts + 1]], lines[np.r_[cuts, len(lines) - 1]] + 1
    longest = int(np.argmax(ends - begins))
    return int(begins[longest]), int(ends[longest])
