"""Scripts of several modules reach the phone as one file, and the sources say which ones."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

from marketplace.joined_scripts import joined

SCRIPTS = Path(settings.BASE_DIR) / "static" / "js"
MODULES = sorted(SCRIPTS.glob("*/*.js"))


@pytest.fixture
def folder(tmp_path):
    """Return a way to write modules; the one to start with is returned."""

    def write(**modules: str) -> Path:
        for name, source in modules.items():
            (tmp_path / f"{name}.js").write_text(source)
        return tmp_path / "start.js"

    return write


def test_what_is_imported_stands_before_what_imports_it_and_once(folder):
    start = folder(
        start="// Begin.\nimport { b } from './b.js'\nimport './c.js'\n\nb()\n",
        b="import { c } from './c.js'\n\n// Of b.\nexport function b() {\n  // Inside.\n  c(1) // said\n}\n",
        c="export const c = number => number\n",
    )

    assert joined(start) == "const c = number => number\n\nfunction b() {\n  c(1) // said\n}\n\nb()\n"


@pytest.mark.parametrize(
    ("source", "refusal"),
    [
        ("import { b as c } from 'elsewhere'\n", "start.js: import { b as c } from 'elsewhere'"),
        ("export default 1\n", "start.js: export default 1"),
        ("export { a }\n", "start.js: export { a }"),
        ("import './start.js'\n", "start.js imports itself through start.js"),
    ],
)
def test_what_cannot_be_joined_faithfully_is_refused(folder, source, refusal):
    with pytest.raises(ValueError, match=re.escape(refusal)):
        joined(folder(start=source))


def test_a_name_that_is_changed_on_the_way_in_is_refused(folder):
    start = folder(start="import { b as c } from './b.js'\n", b="export const b = 1\n")

    with pytest.raises(ValueError, match="b as c"):
        joined(start)


def test_a_module_that_changed_is_joined_anew(settings, tmp_path):
    settings.JOINED_SCRIPTS_ROOT = tmp_path
    finder = finders.get_finder.__wrapped__("marketplace.joined_scripts.JoinedScripts")
    there = Path(finder.find("js/keypad.js"))
    there.write_text("of an earlier release")

    assert Path(finder.find("js/keypad.js")).read_text() == joined(SCRIPTS / "keypad" / "start.js")
    assert list(tmp_path.rglob("*.js")) == [there]


@pytest.mark.parametrize("path", ["js/once.js", "js/draft/store.js", "css/base.css", "js/../../draft.js", "js/draft"])
def test_every_other_file_is_found_as_ever(path):
    finder = finders.get_finder("marketplace.joined_scripts.JoinedScripts")

    assert (finder.find(path), finder.find(path, find_all=True)) == ([], [])


def test_every_module_is_part_of_a_script():
    starts = list(SCRIPTS.glob("*/start.js"))
    imported = {
        (module.parent / name).resolve()
        for module in MODULES
        for name in re.findall(r"from '(\.\.?/[\w./]+\.js)'|import '(\.\.?/[\w./]+\.js)'", module.read_text())
        for name in name
        if name
    }

    assert imported | set(starts) == set(MODULES)


def test_no_function_of_a_script_is_long():
    bodies = [
        (path.name, body[0].split("(")[0], body[0].count("\n"))
        for path in [*MODULES, *SCRIPTS.glob("*.js")]
        for body in re.finditer(r"^(?:export )?(?:async )?function .*?^}", path.read_text(), re.MULTILINE | re.DOTALL)
    ]

    assert len(bodies) > 60
    assert [body for body in bodies if body[2] > 60] == []


def test_a_release_names_the_joined_script_by_its_content(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }

    call_command("collectstatic", interactive=False, verbosity=0)

    assert re.fullmatch(r"/static/js/draft\.[0-9a-f]{12}\.js", staticfiles_storage.url("js/draft.js"))
    [named] = tmp_path.glob("js/draft.*.js")
    assert named.read_text() == joined(SCRIPTS / "draft" / "start.js")
    assert named.with_suffix(".js.gz").is_file()
