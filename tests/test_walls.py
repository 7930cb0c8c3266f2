"""The walls between rooms: each import contract bites, and what no linter sees is counted and may only shrink."""

import ast
import re
import shutil
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.urls import get_resolver

from launch.translations import PAGES_OF, ROOMS

ROOT = Path(__file__).resolve().parent.parent
CODE = [file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py")) if "migrations" not in file.parts]


@cache
def trees() -> list[tuple[str, ast.Module]]:
    """Return the room and the code of every file."""
    return [(file.relative_to(ROOT).parts[0], ast.parse(file.read_text())) for file in CODE]


# What one room asks of a room above it by a name alone. Shorten it; never add a line.
ADDRESSES_ABOVE: dict[str, int] = {
    "ledger → losses": 2,
}
# Look-ups that walk through the tables of two other rooms: a change of the second is felt in the first.
WALKS: dict[str, int] = {"orders": 5, "reports": 2}
MODELS_BY_NAME: dict[str, int] = {"kernel": 1}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A copy of the rooms in which an import may be written on purpose."""
    copy = tmp_path_factory.mktemp("house")
    for room in (*ROOMS, "launch"):
        shutil.copytree(
            ROOT / room, copy / room, ignore=shutil.ignore_patterns("__pycache__", "migrations", "locale", "management")
        )
    shutil.copy(ROOT / ".importlinter", copy)
    return copy


def linted(house: Path) -> str:
    linter = Path(sys.executable).parent / "lint-imports"
    checked = subprocess.run([linter, "--cache-dir", ".read"], cwd=house, capture_output=True, text=True)
    return " ".join(checked.stdout.split()) if checked.returncode else ""


def test_the_copy_of_the_house_is_clean(house):
    assert linted(house) == ""


FORBIDDEN = [
    ("catalog/services/stale.py", "catalog.pages.lots", "Rules know no page"),
    ("catalog/services/stale.py", "produce.forms", "Verbs take values, never a form"),
    ("catalog/services/stale.py", "produce.filters", "Verbs take values, never a form"),
    ("catalog/selectors/market.py", "produce.filters", "Questions and tables know no verb"),
    ("catalog/filters.py", "catalog.pages.lots", "Rules know no page"),
    ("produce/filters.py", "rest_framework", "Only doors know the web"),
    ("reports/filters.py", "reports.pages.words", "Rules know no page"),
    ("losses/services/rules.py", "losses.pages.words", "Rules know no page"),
    ("orders/services/asking.py", "catalog.pages.steps", "Rules know no page"),
    ("catalog/pages/lots.py", "rest_framework", "Only doors know the web"),
    ("catalog/selectors/market.py", "catalog.services.kilos", "Questions and tables know no verb"),
    ("orders/services/asking.py", "selling.api", "A room knows the rooms below it"),
    ("orders/views/buying.py", "catalog.views.market", "Views and endpoints are reached by addresses"),
    ("orders/services/asking.py", "ledger.models", "Only the ledger touches its tables"),
    ("marketplace/frame.py", "demo.people", "A room knows the rooms below it"),
    ("records/services/files.py", "accounts.models", "A room knows the rooms below it"),
    ("launch/run.py", "kernel.clock", "What starts the site is plain Python"),
    ("kernel/clock.py", "launch.services", "No room imports what starts the site"),
]


@pytest.fixture(scope="module")
def caught(house):
    """What the linter says of all forbidden imports at once, by the contract that each breaks."""
    sources = {file: (house / file).read_text() for file, _module, _contract in FORBIDDEN}
    for file, module, _contract in FORBIDDEN:
        with (house / file).open("a") as code:
            code.write(f"\nimport {module}\n")

    report = linted(house).split("Broken contracts")[1]

    for file, source in sources.items():
        (house / file).write_text(source)
    _before, *parts = re.split(r"(?:^| )([A-Z][^-]*?) -{3,} ", report)  # each name is underlined
    return dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.parametrize(("file", "module", "contract"), FORBIDDEN)
def test_a_forbidden_import_is_caught(caught, file, module, contract):
    importer = file.removesuffix(".py").replace("/", ".")
    (chains,) = (chains for name, chains in caught.items() if name.startswith(contract))
    assert f"{importer} -> {module}" in chains


def test_a_file_of_no_floor_is_caught(house):
    stray = house / "orders" / "odds_and_ends.py"
    stray.write_text('"""Of no floor."""\n')

    found = linted(house)

    stray.unlink()
    assert "odds_and_ends" in found


# --- What no linter sees --------------------------------------------------------------------------


@cache
def rooms_of_addresses() -> dict[str, str]:
    """Return which room each address belongs to."""

    def walk(patterns):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns)
            else:
                yield pattern.name, pattern.callback.__module__.split(".")[0]

    return dict(walk(get_resolver().url_patterns))


def addresses_in_code(tree: ast.AST):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            yield from [node.args[0].value] * (name in {"reverse", "redirect", "reverse_lazy"})


def above(room: str, other: str | None) -> bool:
    return other in ROOMS and ROOMS.index(other) > ROOMS.index(room)


def test_no_room_builds_an_address_of_a_room_above_it():
    names = rooms_of_addresses()
    asked: Counter[str] = Counter()
    for room, code in trees():
        others = [names.get(name) for name in addresses_in_code(code)]
        asked.update(f"{room} → {other}" for other in others if above(room, other))
    for file in sorted((ROOT / "templates").glob("*/*.html")):
        room = PAGES_OF.get(file.parent.name, file.parent.name)
        others = [names.get(name) for name in re.findall(r"{% url '([\w-]+)'", file.read_text().replace('"', "'"))]
        asked.update(f"{room} → {other}" for other in others if room in ROOMS and above(room, other))

    assert dict(asked) == ADDRESSES_ABOVE


@cache
def walked(path: str) -> set[str]:
    """Return the rooms whose tables a look-up walks through, from whichever table of ours it begins at."""
    shortest: set[str] = set()
    for model in apps.get_models():
        rooms = rooms_on(model, path.split("__"))
        shortest = rooms if rooms and (not shortest or len(rooms) < len(shortest)) else shortest
    return shortest


def rooms_on(model, steps: list[str]) -> set[str]:
    rooms = {model._meta.app_label}
    for step in steps:
        try:
            field = model._meta.get_field(step)
        except FieldDoesNotExist:
            return set()
        if field.related_model is None:
            break
        model = field.related_model
        rooms.add(model._meta.app_label)
    return rooms & set(ROOMS)


def lookups(tree: ast.AST):
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg and "__" in node.arg:
            yield node.arg
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"-?\w+__\w+", node.value):
            yield node.value.lstrip("-")


def test_walks_through_two_other_rooms_only_grow_fewer():
    found: Counter[str] = Counter()
    for room, code in trees():
        trade = [walked(path) for path in lookups(code)]
        found.update(room for rooms in trade if len(rooms - {"accounts"}) > 2)

    assert dict(found) == WALKS


def test_models_asked_for_by_name_only_grow_fewer():
    found: Counter[str] = Counter()
    for room, code in trees():
        calls = [node for node in ast.walk(code) if isinstance(node, ast.Call)]
        named = [node for node in calls if getattr(node.func, "attr", getattr(node.func, "id", "")) == "get_model"]
        found.update([room] * len(named))

    assert dict(found) == MODELS_BY_NAME


def test_no_county_is_named_outside_the_demo():
    """A county's name, code and offices are rows of its own: the next county opens with the same files."""
    mine = [ROOT / name for name in (*ROOMS, "launch", "templates", "static") if name != "demo"]
    read = {".py", ".html", ".po", ".js", ".css"}
    texts = {file: file.read_text() for folder in mine for file in folder.rglob("*") if file.suffix in read}

    assert len(texts) > 300
    assert [file for file, text in texts.items() if re.search("石城|Shicheng|360735", text, re.IGNORECASE)] == []
