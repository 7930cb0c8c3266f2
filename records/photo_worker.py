"""Open one photo where it can do no harm: a process of its own, with little memory, little time and no files to write.

Started by path, with the photo on its input; imports nothing of the project. Answers one line of JSON and, after it,
the copies: `{"error": code}`, or what was found and how long each copy is.
"""

import bisect
import functools
import hashlib
import io
import itertools
import json
import resource
import struct
import sys
import warnings
from datetime import datetime
from typing import Any

MEMORY = 512 * 2**20
SECONDS = 5
MOST_PIXELS = 50_000_000
FORMATS = ["JPEG", "PNG", "WEBP"]  # portraits of newer phones are MPO, which the reader of JPEG takes
QUALITIES = (80, 72, 64, 56, 48, 40, 30, 20)  # of a copy, from best to lowest
# The sizes of a copy's longer edge, and what each may weigh in WebP and in JPEG.
COPIES = {1280: (200_000, 260_000), 720: (60_000, 90_000), 240: (13_000, 20_000), 160: (6_500, 10_000)}
# What parsing hostile metadata raises; none of it says anything about the picture.
UNREADABLE = (
    SyntaxError, TypeError, ValueError, LookupError, OSError, struct.error, ArithmeticError, AttributeError, EOFError,
)  # fmt: skip


def limit() -> None:
    """Give up memory, time, new processes and files before the first byte is read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Answer for the photo on the input."""
    # Imported before the limits: loading a library maps more than it uses. Only these formats are ever known.
    from PIL import Image, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin  # noqa: F401

    limit()
    raw = sys.stdin.buffer.read()
    sys.stdout.buffer.write(written(raw, Image))


def written(raw: bytes, image: Any) -> bytes:
    """Return the whole answer as it goes out: a line about these bytes, then the copies."""
    try:
        facts, copies = answer(raw, image)
    except MemoryError:
        facts, copies = {"error": "too_large"}, []
    return b"".join([json.dumps(facts).encode(), b"\n", *copies])


def answer(raw: bytes, image: Any) -> tuple[dict[str, Any], list[bytes]]:
    """Return what was found in these bytes and the copies made of it."""
    warnings.simplefilter("error", image.DecompressionBombWarning)
    image.MAX_IMAGE_PIXELS = MOST_PIXELS
    formats = [*FORMATS, "HEIF"] if is_heic(raw) else FORMATS
    if is_heic(raw) and not with_heic():
        return {"error": "heic"}, []
    try:
        photo = image.open(io.BytesIO(raw), formats=formats)
    except (image.DecompressionBombWarning, image.DecompressionBombError):
        return {"error": "too_large"}, []
    except UNREADABLE:
        return {"error": "not_a_photo"}, []
    media_type = "image/jpeg" if photo.format == "MPO" else image.MIME.get(photo.format, "image/jpeg")
    width, height = photo.size
    # JPEG decodes straight to a smaller picture; the stream is still read to its end, so a cut one is noticed.
    photo.draft("RGB", (max(COPIES), max(COPIES)))
    try:
        photo.load()
    except (image.DecompressionBombWarning, image.DecompressionBombError):
        return {"error": "too_large"}, []
    except UNREADABLE:
        return {"error": "incomplete"}, []
    facts = facts_of(photo)
    if is_signed(raw):
        facts["signed"] = "c2pa"
    turn = facts.get("orientation", 1)
    if turn >= 5:
        width, height = height, width
    facts["pixels_sha256"] = hashlib.sha256(photo.tobytes()).hexdigest()
    facts.update(thumbnail_of(photo, image))
    copies = list(copies_of(photo, turn, image))
    found = {
        "media_type": media_type,
        "width": width,
        "height": height,
        "facts": facts,
        "prints": prints_of(copies, image),
        "copies": [[px, suffix, len(data)] for px, suffix, data in copies],
    }
    return found, [data for _px, _suffix, data in copies]


def is_heic(raw: bytes) -> bool:
    """Say whether this is the format of newer phones that browsers cannot show."""
    return raw[4:8] == b"ftyp" and raw[8:12] in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")


def is_signed(raw: bytes) -> bool:
    """Say whether a JPEG carries the manifest of a camera or a program that signs (C2PA); nobody verifies it here."""
    place = 2
    while raw[:2] == b"\xff\xd8" and raw[place : place + 1] == b"\xff" and raw[place + 1 : place + 2] != b"\xda":
        content = raw[place + 4 : place + 2 + int.from_bytes(raw[place + 2 : place + 4], "big")]
        if raw[place + 1] == 0xEB and content[:2] == b"JP" and b"jumb" in content[:32] and b"c2pa" in content[:96]:
            return True
        place += max(4, 4 + len(content))
    return False


def with_heic() -> bool:
    """Bring in the reader of HEIC where the county installed it."""
    try:
        import pillow_heif
    except ImportError:
        return False
    pillow_heif.register_heif_opener()
    return True


def copies_of(photo: Any, turn: int, image: Any) -> Any:
    """Yield the copies, largest first and each made from the one before, upright, without a word of metadata."""
    side = max(COPIES)
    photo.thumbnail((side, side), image.Resampling.LANCZOS)
    plain = flattened(photo, image)
    turned = {
        2: image.Transpose.FLIP_LEFT_RIGHT,
        3: image.Transpose.ROTATE_180,
        4: image.Transpose.FLIP_TOP_BOTTOM,
        5: image.Transpose.TRANSPOSE,
        6: image.Transpose.ROTATE_270,
        7: image.Transpose.TRANSVERSE,
        8: image.Transpose.ROTATE_90,
    }.get(turn)
    upright = plain.transpose(turned) if turned is not None else plain
    for px, (webp, jpeg) in COPIES.items():
        upright.thumbnail((px, px), image.Resampling.LANCZOS)
        yield px, "webp", squeezed(upright, webp, format="WEBP", method=3)
        yield px, "jpg", squeezed(upright, jpeg, format="JPEG", optimize=True, progressive=True)


def prints_of(copies: Any, image: Any) -> Any:
    """Return 64 bits of what the picture looks like, and the same of its mirror image, as signed whole numbers.

    Difference hash: is each of 8 × 8 points brighter than its right neighbour? (Described by N. Krawetz, 2013.)
    """
    smallest = next(data for px, suffix, data in copies if (px, suffix) == (min(COPIES), "webp"))
    grey = image.open(io.BytesIO(smallest), formats=["WEBP"]).convert("L").resize((9, 8), image.Resampling.BILINEAR)
    points = grey.tobytes()
    rows = [points[start : start + 9] for start in range(0, 72, 9)]
    return [bits_of(rows), bits_of([row[::-1] for row in rows])]


def thumbnail_of(photo: Any, image: Any) -> dict[str, Any]:
    """Say whether the small picture in the metadata shows the same; who edits a photo often leaves the old one there.

    Only what tells apart counts: bands that cameras put around it are cut off, and a third of the points may differ.
    """
    try:
        exif = photo.info.get("exif", b"")
        raw = thumbnail_in(exif.removeprefix(b"Exif\0\0"))  # which a JPEG has in front, a WebP or PNG mostly not
        if not raw:
            return {}
        small = image.open(io.BytesIO(raw), formats=["JPEG"])
        if max(small.size) > max(COPIES):
            return {"thumbnail": "unreadable"}
        small = small.convert("L")
        share = min(small.width / photo.width, small.height / photo.height)
        wide, high = round(photo.width * share), round(photo.height * share)
        left, top = (small.width - wide) // 2, (small.height - high) // 2
        inside = small.crop((left, top, left + wide, top + high))
    except (*UNREADABLE, image.DecompressionBombWarning, image.DecompressionBombError):
        return {"thumbnail": "unreadable"}
    apart = (look_of(inside, image) ^ look_of(photo.convert("L"), image)).bit_count()
    return {"thumbnail": "another" if apart > 21 else "same"}


def thumbnail_in(exif: Any) -> bytes:
    """Return the small picture behind the second folder of the metadata; nothing where there is none."""
    if not exif:
        return b""
    order = {b"II": "<", b"MM": ">"}[exif[:2]]
    (first,) = struct.unpack_from(order + "I", exif, 4)
    (count,) = struct.unpack_from(order + "H", exif, first)
    (second,) = struct.unpack_from(order + "I", exif, first + 2 + 12 * count)
    if not second:
        return b""
    (count,) = struct.unpack_from(order + "H", exif, second)
    lines = (struct.unpack_from(order + "HHII", exif, second + 2 + 12 * line) for line in range(count))
    values = {tag: value for tag, _kind, _number, value in lines}
    place, length = values.get(0x0201, 0), values.get(0x0202, 0)
    return exif[place : place + length] if place else b""


def look_of(grey: Any, image: Any) -> int:
    """Return 64 bits of what a grey picture looks like."""
    points = grey.resize((9, 8), image.Resampling.BOX).tobytes()
    return bits_of([points[start : start + 9] for start in range(0, 72, 9)]) % 2**64


def bits_of(rows: Any) -> int:
    """Pack the comparisons of eight rows of nine points."""
    bits = 0
    for row in rows:
        for left, right in itertools.pairwise(row):
            bits = bits << 1 | (left > right)
    return bits - 2**64 if bits >= 2**63 else bits


def flattened(photo: Any, image: Any) -> Any:
    """Return the picture in plain colours on white, without its metadata."""
    if photo.mode.startswith("I") or photo.mode == "F":
        photo = photo.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if photo.mode in ("RGBA", "LA", "PA") or "transparency" in photo.info:
        photo = photo.convert("RGBA")
        white = image.new("RGB", photo.size, "#ffffff")
        white.paste(photo, mask=photo.getchannel("A"))
        return white
    plain = image.new("RGB", photo.size)
    plain.paste(photo.convert("RGB"))
    return plain


def squeezed(picture: Any, most: int, **how: Any) -> Any:
    """Return the copy at the best quality that stays below this weight, else at the lowest.

    Most photos stay below it at the best; of one full of noise half of the qualities that are left go with each try.
    """

    @functools.cache
    def at(quality: int) -> bytes:
        box = io.BytesIO()
        picture.save(box, quality=quality, **how)
        return box.getvalue()

    def is_light(quality: int) -> bool:
        return len(at(quality)) <= most

    best, *lower = QUALITIES
    return at(best if is_light(best) else lower[bisect.bisect_left(lower[:-1], True, key=is_light)])


def facts_of(photo: Any) -> dict[str, Any]:
    """Return what the camera wrote: the way up, when, where, with what. A claim of the phone, never a proof."""
    facts: dict = {}
    try:
        exif = photo.getexif()
        inner, place = exif.get_ifd(0x8769), exif.get_ifd(0x8825)
    except UNREADABLE:
        return {"exif": "unreadable"}
    turn = exif.get(0x0112, 1)
    facts["orientation"] = turn if type(turn) is int and 1 <= turn <= 8 else 1
    taken = moment(inner.get(0x9003)) or moment(exif.get(0x0132))
    if taken:
        facts["taken"] = taken
    written = {"make": exif.get(0x010F), "model": exif.get(0x0110), "software": exif.get(0x0131)}
    for name, text in (written | {"serial": inner.get(0xA431)}).items():
        if isinstance(text, str):
            facts[name] = "".join(c for c in text[:60] if c.isprintable()).strip()
    facts.update(where(place))
    return facts


def moment(text: str) -> str:
    """Return a camera's date as ISO text, or nothing when it is none."""
    if not isinstance(text, str):
        return ""
    try:
        return datetime.strptime(text.strip("\0 ")[:19], "%Y:%m:%d %H:%M:%S").isoformat()
    except ValueError:
        return ""


def where(place: Any) -> dict[str, Any]:
    """Return the place in millionths of a degree, or say that there is none or that it cannot be."""
    if not place or 2 not in place or 4 not in place:
        return {"gps": "absent"}
    try:
        latitude, longitude = degrees(place[2]), degrees(place[4])
        north, east = text_of(place.get(1)), text_of(place.get(3))
    except UNREADABLE:
        return {"gps": "unreadable"}
    if north not in ("N", "S") or east not in ("E", "W"):
        return {"gps": "unreadable"}
    latitude, longitude = (latitude if north == "N" else -latitude), (longitude if east == "E" else -longitude)
    if abs(latitude) > 90_000_000 or abs(longitude) > 180_000_000 or latitude == longitude == 0:
        return {"gps": "impossible"}
    return {"gps": "read", "latitude_e6": latitude, "longitude_e6": longitude}


def text_of(value: Any) -> str:
    """Return the letter of a hemisphere, however it was written."""
    if isinstance(value, bytes):
        value = value.decode("ascii")
    return value.strip("\0 ").upper()


def degrees(parts: Any) -> int:
    """Return degrees, minutes and seconds as whole millionths of a degree."""
    whole, minutes, seconds = (float(part) for part in parts)
    value = whole + minutes / 60 + seconds / 3600
    if not 0 <= value <= 360:
        raise ValueError("not an angle")
    return round(value * 1_000_000)


if __name__ == "__main__":
    main()
