"""The map of bad input is true: every row the issue names is there, and every test it names exists."""

import re
from pathlib import Path

TESTS = Path(__file__).parent
MAP = (TESTS.parent / "docs" / "bad-input.md").read_text(encoding="utf-8")


def test_every_row_has_its_line_and_a_test():
    rows = re.findall(r"^\| B(\d+) \|.*::test_", MAP, re.M)

    assert [int(row) for row in rows] == [*range(1, 81)]


def test_every_test_of_the_map_exists():
    named = set(re.findall(r"`([\w/]+\.py)::(test_\w+)`", MAP))
    sources = {file: (TESTS / file).read_text(encoding="utf-8") for file, _name in named}

    assert [f"{file}::{name}" for file, name in sorted(named) if f"def {name}(" not in sources[file]] == []
