"""The recipes of CONTRIBUTING are true: the places a field of a document lives in are exactly those that name one."""

import re
import subprocess
from pathlib import Path

from records.selectors.policy import SETTABLE
from registers.services.policies import POLICY_NAMES

ROOT = Path(__file__).resolve().parent.parent
RECIPES = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FIELD = "price_reason"


def test_the_list_of_a_field_names_every_place_and_no_other():
    recipe = RECIPES[RECIPES.index("**A field of a document.**") :]
    listed = set(re.findall(r"`([\w/]+\.(?:py|html))`", recipe))

    tracked = subprocess.run(["git", "grep", "-l", "-w", FIELD], cwd=ROOT, capture_output=True, text=True, check=True)

    places = {file for file in tracked.stdout.split() if not file.startswith(("tests/", "bench/", "demo/", "docs/"))}
    assert {file for file in places if "/migrations/" not in file and file != "CONTRIBUTING.md"} == listed


def test_every_file_a_recipe_names_exists():
    named = set(re.findall(r"`([\w/]+\.(?:py|html|md|csv))`", RECIPES))

    assert [file for file in sorted(named) if not (ROOT / file).exists()] == []


def test_every_policy_value_has_what_the_county_calls_it():
    """What stands in `SETTABLE` alone nobody can see or set."""
    assert set(SETTABLE) == {name for name, _words in POLICY_NAMES}
