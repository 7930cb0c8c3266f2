"""Pinyin without its tables: they fill 50 MiB, so a process of its own reads them and this one keeps what it said.

Characters are asked for, never names: what is kept here is a part of the dictionary, about nobody.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path

import structlog

from produce import spelling_worker

log = structlog.get_logger(__name__)

SECONDS = 20
MOST_KEPT = 30_000  # more characters than any register uses; some 4 MiB
_WORKER = Path(spelling_worker.__file__).resolve()
_sounds: dict[str, str] = {}
_one_at_a_time = threading.Lock()


def spell_apart(words: list[str]) -> list[tuple[str, str]]:
    """Return the pinyin and the initials of each word, read by a process of its own."""
    done = subprocess.run(
        [sys.executable, "-I", str(_WORKER)],
        input=json.dumps(words),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    return [(full, initials) for full, initials in json.loads(done.stdout)]


def sounds(characters: Iterable[str]) -> dict[str, str]:
    """Return how each Chinese character is said, without tones; one that nobody can read is missing.

    Asked once for each character while this process lives. When the other process cannot be had, what is known
    already is all there is: whoever compares sounds then finds fewer, and nothing fails.
    """
    wanted = {character for character in characters if "\u3400" <= character <= "\u9fff" or character >= "\U00020000"}
    with _one_at_a_time:
        unknown = sorted(wanted - _sounds.keys())
        if unknown and len(_sounds) + len(unknown) <= MOST_KEPT:
            try:
                _sounds.update(
                    (character, full.lower())
                    for character, (full, _initials) in zip(unknown, spell_apart(unknown), strict=True)
                )
            except (OSError, ValueError, subprocess.SubprocessError) as trouble:
                log.warning("pinyin could not be read", characters=len(unknown), trouble=type(trouble).__name__)
    return {character: _sounds[character] for character in wanted if character in _sounds}
