"""Templates are read by people: short lines, and one element a line where a browser begins a new line anyway."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONGEST = 140
# Around these white space does not show.
BLOCKS = (
    "html|head|body|main|header|footer|nav|section|article|aside|div|p|h[1-6]|ul|ol|li|dl|dt|dd|table|caption|thead|tbody"
    "|tfoot|tr|th|td|form|fieldset|legend|details|summary|figure|figcaption|option|link|meta|script"
)
OPENED = re.compile(rf"<(?:{BLOCKS})(?![\w-])", re.IGNORECASE)
COMMENT = re.compile(r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}|<!--.*?-->", re.DOTALL)
# Only one of the branches is drawn: `{% if url %}<li>{% else %}<p>{% endif %}` opens one element.
BRANCH = re.compile(r"\{% (?:else|elif|empty)\b.*?%\}")


def faults_of(text: str) -> list[str]:
    """Return the lines that are too long, then those that open several blocks."""
    markup = COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)
    long = [f"line {n}: {len(line)} characters" for n, line in enumerate(text.split("\n"), 1) if len(line) > LONGEST]
    blocks = [
        (n, max(len(OPENED.findall(branch)) for branch in BRANCH.split(line)))
        for n, line in enumerate(markup.split("\n"), 1)
    ]
    return long + [f"line {n}: {opened} blocks" for n, opened in blocks if opened > 1]


def test_every_template_is_laid_out_for_people():
    templates = sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())

    faults = {str(path.relative_to(ROOT)): faults_of(path.read_text()) for path in templates}

    assert len(templates) > 100
    assert {path: lines for path, lines in faults.items() if lines} == {}


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("x" * 141, ["line 1: 141 characters"]),
        ("<p>\n" + "字" * 141 + "\n</p>", ["line 2: 141 characters"]),
        ("{% comment %}\n" + "x" * 141 + "\n{% endcomment %}", ["line 2: 141 characters"]),
        ("<div><p>", ["line 1: 2 blocks"]),
        ("<ul>\n  <li></li><li></li>\n</ul>", ["line 2: 2 blocks"]),
        ("{% if one %}<p></p><p></p>{% else %}<p></p>{% endif %}", ["line 1: 2 blocks"]),
        ("<{% if one %}div{% endif %}><TR><td\n  class='a'>", ["line 1: 2 blocks"]),
        ("{# two\nlines #}\n<td></td><td></td>", ["line 3: 2 blocks"]),
    ],
)
def test_a_line_that_nobody_can_read_is_found(text, faults):
    assert faults_of(text) == faults


@pytest.mark.parametrize(
    "text",
    [
        "字" * 140,
        "<ul>\n  <li><a href='#'><b>a</b><span>b</span></a></li>\n</ul>",
        "<p>a<br>b <progress></progress><path d='M0'/><time>c</time></p>",
        "{% if url %}<a href='#'><li>{% elif more %}<p>{% else %}<div>{% endif %}",
        "{% comment %}A <p> stands in a <div>.{% endcomment %}",
        "{# <p><p> #}<p><!-- <p>\n<p><p> -->",
    ],
)
def test_a_line_that_reads_well_is_let_through(text):
    assert faults_of(text) == []


INCLUDE = re.compile(r'\{% include "([^"]+)"([^%]*)%\}')


def test_a_part_with_a_form_of_its_own_is_given_the_token():
    texts = {
        str(path.relative_to(ROOT / "templates")): path.read_text() for path in (ROOT / "templates").rglob("*.html")
    }
    with_forms = {name for name, text in texts.items() if "{% csrf_token %}" in text}
    while (
        more := {name for name, text in texts.items() if with_forms & {part for part, _ in INCLUDE.findall(text)}}
        - with_forms
    ):
        with_forms |= more

    # `only` cuts a part off from everything that it is not given: its form would be refused.
    assert [
        (name, part)
        for name, text in texts.items()
        for part, arguments in INCLUDE.findall(text)
        if part in with_forms and " only " in arguments and "csrf_token=csrf_token" not in arguments
    ] == []
