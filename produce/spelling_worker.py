"""Spell Chinese words in pinyin: a process of its own, since the tables of it fill 55 MiB and are needed once a year.

Started by path, with a JSON list of words on its input; imports nothing of the project. Answers one line of JSON: the
pinyin of each word and its initials.
"""

import json
import sys


def spell(words: list[str]) -> list[tuple[str, str]]:
    """Return the pinyin and the initials of each word."""
    from pypinyin import Style, lazy_pinyin  # here, since whoever imports this file should not read the tables

    return [("".join(lazy_pinyin(word)), "".join(lazy_pinyin(word, style=Style.FIRST_LETTER))) for word in words]


if __name__ == "__main__":
    print(json.dumps(spell(json.load(sys.stdin))))
