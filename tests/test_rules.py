"""A rule is found from its words, its policy value and its guard: docs/rules.md and `SETTABLE` are true and whole."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from pkgutil import resolve_name

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db.models import CheckConstraint, Model

from records.selectors.policy import SETTABLE

ROOT = Path(__file__).resolve().parent.parent
SHOWS = {"pages", "views", "api", "forms"}
NO_READERS = {"migrations", "models"}  # columns that are called alike
DEFINITIONS = {"records.selectors.policy", "registers.services.policies"}
# What these refuse is of form, not of trade: files, photos and pieces, keys and throttles, what cannot be read.
OF_FORM = {
    "accounts.services.places",
    "accounts.services.register",
    "produce.services.price_files",
    "records.services.ahead",
    "records.services.idempotency",
    "records.services.photos",
    "records.services.pieces",
    "records.services.scans",
    "records.views.notices",
    "selling.services.drafts",
    "selling.services.entering",
    "selling.services.lot_files",
    "selling.services.sheets",
}
# What these guard is of form: what tables share, days in their order, numbers within a document, files and keys.
GUARDS_OF_FORM = re.compile(
    """no_truncate | entered_only | traced | traced_anew | numbered
    | .+_in_order | .+_has_time | .+_ends_after_it_begins | .+_from_before_to | died_after_birth | signed_while_valid
    | .+_from_once | .+_(line|number|entry)_once | .+_position | .+_line_no | instalment_once
    | price_median_lies_between | (attachment|job|idempotency)_once | refused_try_.+ | seal_.+ | rehearsal_.+ | menu_.+
    | listing_once_for_each_row | one_row_a_household""",
    re.VERBOSE,
)
ROW = re.compile(r"^\| (?P<rule>[^|]+) \| (?P<where>`[^|]+) \| (?P<values>[^|]*)\| (?P<guards>[^|]+) \|$", re.MULTILINE)
RULES = (ROOT / "docs/rules.md").read_text(encoding="utf-8")
TABLE = [row.groupdict() for row in ROW.finditer(RULES)]
ROWS = [(row["rule"], re.findall(r"`([^`]+)`", row["where"]), re.findall(r"`([^`]+)`", row["values"])) for row in TABLE]


def _asked(node: ast.AST) -> Iterator[ast.AST]:
    """Give what a piece of code asks for by name: arguments, keys of a dict, a name kept alone for later."""
    for one in ast.walk(node):
        match one:
            case ast.Call(args=args):
                yield from args
            case ast.Subscript(slice=key):
                yield key
            case ast.Assign(value=ast.Constant() as value):
                yield value


def values_read(code: str) -> set[str]:
    """Return the policy values that a piece of code reads."""
    if not any(name in code for name in SETTABLE):
        return set()
    texts = (one for asked in _asked(ast.parse(code)) for one in ast.walk(asked) if isinstance(one, ast.Constant))
    return {str(text.value) for text in texts} & set(SETTABLE)


def readers() -> dict[str, set[str]]:
    """Return the values that each module of the product reads."""
    files = [file.relative_to(ROOT) for room in settings.OUR_APPS for file in (ROOT / room).rglob("*.py")]
    code = [file for file in files if not NO_READERS & set(file.parts)]
    found = {
        ".".join(file.with_suffix("").parts).removesuffix(".__init__"): values_read((ROOT / file).read_text("utf-8"))
        for file in code
    }
    return {module: read for module, read in found.items() if module not in DEFINITIONS}


def test_every_policy_value_names_exactly_the_modules_whose_rule_reads_it():
    named = {(name, module) for name, known in SETTABLE.items() for module in known.rules}
    read = {(name, module) for module, names in readers().items() for name in names}

    assert named - read == set(), "named, and does not read it"
    assert {(name, module) for name, module in read - named if not SHOWS & set(module.split("."))} == set(), "not named"
    assert [name for name, known in SETTABLE.items() if not known.rules] == []


def test_every_function_of_the_rules_is_there_and_every_value_is_read_by_one_of_its_row():
    pairs = {
        (value, place.split(":")[0])
        for _rule, places, values in ROWS
        for place in places
        for value in values_read(textwrap.dedent(inspect.getsource(resolve_name(place)))) & set(values)
    }

    assert pairs == {(name, module) for name, known in SETTABLE.items() for module in known.rules}


def test_a_row_of_the_rules_promises_no_value_that_none_of_its_functions_reads():
    for rule, places, values in ROWS:
        codes = [textwrap.dedent(inspect.getsource(resolve_name(place))) for place in places]
        assert set(values) <= set().union(*map(values_read, codes)), rule


def test_every_value_stands_with_what_holds_and_its_bounds():
    shown = [(row["values"].strip(), names) for row, (*_said, names) in zip(TABLE, ROWS, strict=True) if names]
    figures = {name: f"`{name}` {known.default} ({known.least}–{known.most})" for name, known in SETTABLE.items()}

    assert [values for values, names in shown if values != ", ".join(figures[name] for name in names)] == []


def refuses(code: str) -> bool:
    """Return whether a module defines a refusal of its own, by a class with a code."""
    if "code = " not in code:
        return False
    classes = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.ClassDef))
    return any("code" in _said_by(one) for one in classes)


def _said_by(one: ast.ClassDef) -> set[str]:
    """Return the names to which the body of a class gives a text."""
    given = (line for line in one.body if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant))
    texts = (line for line in given if isinstance(line.value.value, str))
    return {target.id for line in texts for target in line.targets if isinstance(target, ast.Name)}


def test_every_module_that_refuses_something_of_the_trade_is_named_by_a_row():
    files = {
        ".".join(file.relative_to(ROOT).with_suffix("").parts): file.read_text("utf-8")
        for room in settings.OUR_APPS
        for file in (ROOT / room).rglob("*.py")
    }
    refusing = {module for module, code in files.items() if refuses(code)}
    named = {place.split(":")[0] for _rule, places, _values in ROWS for place in places}

    assert refusing - named == OF_FORM


def guards_of(model: type[Model]) -> Iterator[tuple[str, bool]]:
    """Give the guards of a table by name, and whether each sets rows or columns against others, in words of its own."""
    table = model._meta.db_table
    for trigger in getattr(model._meta, "triggers", []):
        yield trigger.name, type(trigger) is pgtrigger.Trigger  # not one of the ready-made ones, as `ReadOnly`
        yield f"{table}.{trigger.name}", False
    for constraint in model._meta.constraints:
        yield constraint.name, not isinstance(constraint, CheckConstraint) or "F(" in str(constraint.condition)
    yield from ((f"{table}({field.column})", False) for field in model._meta.local_fields if field.unique)


def test_a_row_names_guards_that_are_there_three_at_most_or_says_that_there_is_none():
    there = {name for model in apps.get_models() for name, _weighs in guards_of(model)}

    assert len(TABLE) == len(re.findall(r"^\| (?!rule )", RULES, re.MULTILINE))
    assert [row["rule"] for row in TABLE if not re.fullmatch("—|`[^`]+`(, `[^`]+`){0,2}", row["guards"])] == []
    assert {name for row in TABLE for name in re.findall(r"`([^`]+)`", row["guards"])} - there == set()


def test_every_guard_of_the_trade_stands_in_a_row():
    """A rule that the database keeps and no row tells is found by nobody."""
    ours = [model for model in apps.get_models() if model._meta.app_label in settings.OUR_APPS]
    weigh = {name for model in ours for name, weighs in guards_of(model) if weighs}
    named = {name for row in TABLE for name in re.findall(r"`([^`]+)`", row["guards"])}

    assert {name for name in weigh - named if not GUARDS_OF_FORM.fullmatch(name)} == set()
