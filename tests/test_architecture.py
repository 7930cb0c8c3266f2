"""The house keeps its own rules: who writes a status, which way imports point, how large a file may grow."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver

from launch import translations

ROOT = Path(__file__).resolve().parent.parent
ROOMS = (*translations.ROOMS, "launch")
FILES = [file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py")) if "migrations" not in file.parts]
WORKFLOW = ROOT / "kernel" / "workflow.py"
# A program of its own that reads photos under limits: which libraries it loads, and when, is its point.
PHOTO_WORKER = ROOT / "records" / "photo_worker.py"


@cache
def tree_of(file: Path) -> ast.AST:
    return ast.parse(file.read_text())


def status_writes(tree: ast.AST):
    """Yield the lines that write a status past `move_to`: `x.status = …` and `.update(status=…)`."""
    for node in ast.walk(tree):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
        )
        for target in targets:
            names = target.elts if isinstance(target, ast.Tuple) else [target]
            for name in names:
                if isinstance(name, ast.Attribute) and name.attr == "status":
                    yield node.lineno
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "update":
            yield from (node.lineno for keyword in node.keywords if keyword.arg == "status")


def relative(file: Path) -> str:
    return str(file.relative_to(ROOT))


def test_only_the_workflow_writes_a_status():
    found = {relative(file): list(status_writes(tree_of(file))) for file in FILES if file != WORKFLOW}

    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize("source", ["order.status = 'paid'", "a.status, b = 1, 2", "rows.update(status='paid')"])
def test_a_status_written_elsewhere_is_caught(source):
    assert list(status_writes(ast.parse(source))) == [1]


def test_imports_point_the_right_way():
    linter = Path(sys.executable).parent / "lint-imports"

    checked = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True)

    assert checked.returncode == 0, checked.stdout[-3000:]


def says_why(file: Path, line: int) -> bool:
    """Return whether an import inside a function gives its reason in the same line: `# here, since …`."""
    return "# here, since" in file.read_text().splitlines()[line - 1]


def test_nothing_is_imported_inside_a_function_without_a_reason():
    found = [
        f"{relative(file)}:{inner.lineno}"
        for file in FILES
        if file != PHOTO_WORKER
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom) and not says_why(file, inner.lineno)
    ]

    assert found == []


def test_nobody_takes_the_hour_by_a_name_of_its_own():
    """A test sets `clock.now`; a module that was loaded meanwhile would keep that hour for good."""
    taken = re.compile(r"^from kernel\.clock import .*\bnow\b", re.MULTILINE)

    assert [relative(file) for file in FILES if taken.search(file.read_text())] == []


def test_no_file_outgrows_its_reader():
    long = {relative(file): lines for file in FILES if (lines := len(file.read_text().splitlines())) > 500}

    assert long == {}


def test_no_room_without_a_trade():
    odd = [relative(file) for file in FILES if file.stem in {"utils", "helpers", "common", "misc"}]

    assert odd == []


def test_nobody_swallows_every_exception():
    found = [
        f"{relative(file)}:{node.lineno}"
        for file in FILES
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.ExceptHandler) and (node.type is None or getattr(node.type, "id", "") == "Exception")
    ]

    assert found == []


@pytest.mark.django_db
def test_every_model_change_has_its_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_address_has_a_name():
    def walk(patterns, front=""):
        for pattern in patterns:
            here = front + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, here)
            elif isinstance(pattern, URLPattern) and not pattern.name:
                yield here

    assert list(walk(get_resolver().url_patterns)) == []
