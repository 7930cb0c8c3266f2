"""Text that somebody brings as bytes: its encoding is decided over the whole file, by evidence, or refused by line.

A short file in GB18030 is often well-formed UTF-8 by accident, so what decodes first proves nothing: the reading counts
in which people's signs stand, and in which more of the words appear that are known to be in the file.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from operator import itemgetter

from django.utils.translation import gettext_lazy as _

from kernel.errors import BadValue

UTF8, GB18030 = "utf-8", "gb18030"
_MARKS = (
    (b"\xef\xbb\xbf", UTF8),
    (b"\x84\x31\x95\x33", GB18030),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_END_OF_FILE = b"\x1a"  # what programs of the DOS age, banks' among them, write behind the last line
_LEAST_USUAL = 60  # of a hundred signs beyond ASCII, as many are usual ones in every text people write here
MOST_WORDS = 60  # so many known words are looked for
_ENOUGH = 12  # signs beyond ASCII: of fewer no share is a proof
_CLEAR = 20  # by so much one reading must be more usual than the other
_USUAL_SIGNS = frozenset("·—…‘’“”×÷°¥㎏•ⅠⅡⅢⅩ")
UNREADABLE = _("The file is neither .xlsx nor readable text. Save it as .xlsx, or as CSV in UTF-8.")
TWO_READINGS = _("The characters of this file can be read in two ways. Save it as .xlsx, or as CSV in UTF-8.")


@dataclass(frozen=True)
class Reading:
    """One way to read the file: in which encoding, what it then says, how much of it is what people write."""

    encoding: str
    text: str
    usual: int


def decode(raw: bytes, known: Collection[str] | Callable[[], Collection[str]] = (), *, agreed: str = "") -> str:
    """Return the text of a file; refuse what is no text, and what two encodings read equally well.

    `known` are words that may stand in it, headings or names, or what fetches them: they are asked for only where two
    readings differ. `agreed` is the encoding that was agreed on: it is taken where nothing else speaks for one.
    """
    raw = raw.rstrip(_END_OF_FILE + b"\0") if raw[:2] not in (b"\xff\xfe", b"\xfe\xff") else raw
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _strictly(raw[len(mark) :], encoding).removesuffix("\x1a")
    text = _decided(raw, known, agreed)
    if "\x00" in text:
        raise BadValue(UNREADABLE)
    return text


def _decided(raw: bytes, known: Collection[str] | Callable[[], Collection[str]], agreed: str) -> str:
    readings = [reading for encoding in (UTF8, GB18030) if (reading := _reading(raw, encoding)) is not None]
    if not readings:
        raise _broken(raw)
    if len(readings) == 2 and readings[0].text == readings[1].text:
        return readings[0].text
    words = list(known() if callable(known) else known)[:MOST_WORDS]
    if len(readings) == 1:
        return _sensible(readings[0], words)
    weighed = [(_count(reading.text, words), reading.usual, reading) for reading in readings]
    (less_known, less_usual, _worse), (more_known, more_usual, better) = sorted(weighed, key=itemgetter(0, 1))
    if more_known > less_known or more_usual >= less_usual + _CLEAR:
        return better.text
    if agreed:
        return next(reading.text for reading in readings if reading.encoding == agreed)
    raise BadValue(TWO_READINGS)


def _count(text: str, words: Collection[str]) -> int:
    return sum(word in text for word in words)


def _sensible(reading: Reading, words: Collection[str]) -> str:
    """Return the only reading there is, unless it is a page of signs that nobody writes: Big5 read as GB18030."""
    beyond = sum(sign > "\x7f" for sign in reading.text)
    strange = reading.encoding == GB18030 and beyond >= _ENOUGH and reading.usual < _LEAST_USUAL
    if strange and not _count(reading.text, words):
        raise BadValue(UNREADABLE)
    return reading.text


def _reading(raw: bytes, encoding: str) -> Reading | None:
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return None
    beyond = [sign for sign in text if sign > "\x7f"]
    usual = 100 * sum(map(_is_usual, beyond)) // len(beyond) if beyond else 100
    return Reading(encoding, text, usual)


def _is_usual(sign: str) -> bool:
    """Say whether people here write this sign: a character of GB 2312, its signs, a full-width form, a rare name's."""
    code = ord(sign)
    if sign in _USUAL_SIGNS or 0x3000 <= code <= 0x303F or 0xFF00 <= code <= 0xFFEF:
        return True
    if not 0x3400 <= code <= 0x9FFF:
        return False
    try:
        sign.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _strictly(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as damage:
        raise _damaged(raw[: damage.start].decode(encoding, "replace").count("\n") + 1) from damage


def _broken(raw: bytes) -> BadValue:
    """Return why bytes are no text: one damaged sign in a line, or nothing readable at all."""
    best = max((raw.decode(encoding, "replace") for encoding in (UTF8, GB18030)), key=_share_usual)
    if "\x00" in best or _share_usual(best) < _LEAST_USUAL:
        return BadValue(UNREADABLE)
    return _damaged(best[: best.index("\ufffd")].count("\n") + 1)


def _share_usual(text: str) -> int:
    beyond = [sign for sign in text if sign > "\x7f"]
    return 100 * sum(map(_is_usual, beyond)) // len(beyond) if beyond else 0


def _damaged(line: int) -> BadValue:
    return BadValue(
        _("Line %(line)s holds a damaged character. Open the file where it was made and save it again as .xlsx.")
        % {"line": line}
    )
