"""Chinese for every sentence: each room's hand-written .po becomes the catalogue that Django reads beside it.

python -m launch.translations           build <room>/locale/zh_Hans/LC_MESSAGES/django.mo
python -m launch.translations --check   list the sentences in code and templates that have no Chinese yet
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
# From the ground up; a sentence that several rooms use stands in the lowest of them.
ROOMS = (
    "kernel",
    "records",
    "accounts",
    "registers",
    "ledger",
    "produce",
    "catalog",
    "canteens",
    "orders",
    "losses",
    "selling",
    "reports",
    "marketplace",
    "demo",
)
PAGES_OF = {"account": "accounts", "mfa": "accounts"}  # folders of templates named by a library

# Which argument of each function is the context, and which the sentence.
MARKS: dict[str, tuple[int | None, int]] = {
    "_": (None, 0),
    "gettext": (None, 0),
    "gettext_lazy": (None, 0),
    "gettext_noop": (None, 0),
    "ngettext": (None, 0),
    "ngettext_lazy": (None, 0),
    "pgettext": (0, 1),
    "pgettext_lazy": (0, 1),
    "npgettext": (0, 1),
    "npgettext_lazy": (0, 1),
}
LITERAL = r"""(?:u?'(?:\\.|[^'\\])*'|u?"(?:\\.|[^"\\])*")"""
CALL = re.compile(rf"\b(_|n?p?gettext)\(\s*({LITERAL}(?:\s*,\s*{LITERAL})*)")

Sentence = tuple[str | None, str]  # context, msgid


class Contradiction(Exception):
    """Two rooms translate one sentence in two ways."""


def words_of(room: str) -> Path:
    """Return where a room's Chinese is written."""
    return ROOT / room / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


def merged() -> polib.POFile:
    """Return all rooms' words as one catalogue; refuse two translations of one sentence."""
    catalogue = polib.POFile()
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": "zh_Hans",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    seen: dict[Sentence, tuple[object, str]] = {}
    for room in ROOMS:
        for entry in polib.pofile(str(words_of(room)), check_for_duplicates=False):
            if entry.obsolete or not entry.msgid:
                continue
            chinese = entry.msgstr or entry.msgstr_plural
            key = (entry.msgctxt, entry.msgid)
            if key in seen and seen[key][0] != chinese:
                raise Contradiction(f"{room} and {seen[key][1]} translate “{entry.msgid}” differently.")
            if key not in seen:
                catalogue.append(entry)
                seen[key] = (chinese, room)
    return catalogue


def build() -> int:
    """Write the catalogue that Django reads in each room; return how many sentences they hold."""
    sentences = len(merged())
    for room in ROOMS:
        half = words_of(room).with_suffix(".half")
        polib.pofile(str(words_of(room))).save_as_mofile(str(half))
        half.replace(words_of(room).with_suffix(".mo"))  # a running site never reads half a file
    return sentences


def missing() -> list[str]:
    """Return `file: sentence` for each sentence in code or templates without Chinese."""
    translated = {(entry.msgctxt, entry.msgid) for entry in merged() if entry.translated()}
    return sorted(
        f"{file.relative_to(ROOT)}: {msgid if context is None else f'[{context}] {msgid}'}"
        for file, sentences in _all_sentences()
        for context, msgid in set(sentences)
        if (context, msgid) not in translated
    )


def homes() -> dict[Sentence, str]:
    """Return for each sentence in code or templates the lowest room that uses it."""
    lowest: dict[Sentence, str] = {}
    for file, sentences in _all_sentences():
        room = _room_of(file)
        for sentence in sentences:
            lowest_room = lowest.get(sentence, room)
            lowest[sentence] = min(lowest_room, room, key=ROOMS.index)
    return lowest


def _room_of(file: Path) -> str:
    folder, *inside = file.relative_to(ROOT).parts
    if folder != "templates":
        return folder
    room = PAGES_OF.get(inside[0], inside[0])
    return room if room in ROOMS else "marketplace"


def _all_sentences() -> Iterator[tuple[Path, list[Sentence]]]:
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in file.parts:
                yield file, list(sentences_in_code(file.read_text()))
    for folder in [ROOT / "templates", *(ROOT / room / "templates" for room in ROOMS)]:
        for file in sorted(folder.rglob("*")):
            if file.suffix in {".html", ".txt"}:
                yield file, list(sentences_in_template(file.read_text()))


def sentences_in_code(source: str) -> Iterator[Sentence]:
    """Yield what is marked for translation in Python."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in MARKS:
            yield from _sentence(name, [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args])


def sentences_in_template(source: str) -> Iterator[Sentence]:
    """Yield what is marked for translation in a template."""
    for name, literals in CALL.findall(templatize(source)):
        yield from _sentence(name, [ast.literal_eval(literal) for literal in re.findall(LITERAL, literals)])


def _sentence(name: str, arguments: list) -> Iterator[Sentence]:
    context, sentence = MARKS[name]
    if len(arguments) > sentence and isinstance(arguments[sentence], str):
        yield (None if context is None else arguments[context]), arguments[sentence]


def main() -> int:
    """Build the catalogues, or list what they lack."""
    try:
        if "--check" in sys.argv[1:]:
            lacking = missing()
            print("\n".join(lacking) or "Every sentence has its Chinese.")
            return 1 if lacking else 0
        build()
    except Contradiction as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
