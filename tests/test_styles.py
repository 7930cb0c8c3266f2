"""The style sheets hold what every page is held to, whatever page somebody adds: lines far enough apart to be read."""

import re
from pathlib import Path

STYLES = Path(__file__).parent.parent / "static" / "css"
SCREEN = ["base.css", "basket.css", "desk.css", "driving.css", "print.css", "sheet.css"]
LEAST = 1.5  # interface.md, point 5
# What stands on one line by its nature: an amount, a number being typed, a key, the county's name.
ONE_LINE = {
    ".money",
    ".brand b",
    '.amount input[type="text"]',
    '.stepper input[type="text"]',
    ".stepper button",
    ".key",
    ".goods .cost",
    "kbd",
    ".card.case .sum b",
}


def heights(sheet: str) -> list[tuple[str, float]]:
    """Return every line height that a style sheet says for screens, beside the selector it is said for."""
    text = re.sub(r"/\*.*?\*/", "", (STYLES / sheet).read_text(encoding="utf-8"), flags=re.S)
    text = re.sub(r"@media print \{.*?\n\}", "", text, flags=re.S)  # paper
    rules = re.findall(r"([^{};]+)\{([^{}]*)\}", text)
    said = r"(?:^|[\s;])(?:line-height|--line-height):\s*([\d.]+)"
    return [(selector.strip(), float(height)) for selector, body in rules for height in re.findall(said, body)]


def test_no_line_stands_closer_than_one_and_a_half_letters():
    found = [row for sheet in SCREEN for row in heights(sheet)]

    assert len(found) > 40
    assert [(selector, height) for selector, height in found if height < LEAST and selector not in ONE_LINE] == []


def test_what_may_stand_closer_is_there_and_does_so():
    closer = {selector for sheet in SCREEN for selector, height in heights(sheet) if height < LEAST}

    assert closer == ONE_LINE
