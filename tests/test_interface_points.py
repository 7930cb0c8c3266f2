"""The list of the forty points is true to what it names: each point has its row, each test and picture exists."""

import re
from pathlib import Path

TESTS = Path(__file__).parent
DOCS = TESTS.parent / "docs"
POINTS = (DOCS / "interface-points.md").read_text(encoding="utf-8")


def test_every_point_has_its_row():
    assert [int(row) for row in re.findall(r"^\| (\d+) \|", POINTS, re.M)] == [*range(1, 41)]


def test_every_test_and_picture_of_the_list_exists():
    tests = set(re.findall(r"`([\w/]+\.py)::(test_\w+)`", POINTS))
    missing = [name for file, name in sorted(tests) if f"def {name}(" not in (TESTS / file).read_text(encoding="utf-8")]
    pictures = set(re.findall(r"`([\w-]+\.png)`", POINTS))

    assert missing == []
    assert pictures - {file.name for file in (DOCS / "screens").iterdir()} == set()
