"""Pages leave without the indentation their templates are read by, and show the same."""

import re

import pytest
from django.template import engines
from django.test import Client

from marketplace.lean_templates import lean


def test_indentation_goes_and_one_white_space_stays_one():
    assert lean("<p>\n  <a>one</a>\n    <a>two</a>\n</p>\n") == "<p>\n<a>one</a>\n<a>two</a>\n</p>\n"


def test_a_line_of_control_tags_alone_leaves_nothing_behind():
    text = "<b>a</b>\n  {% if x %}\n    <b>b</b>\n  {% endif %}{% if y %}\n  <b>c</b>\n  {% endif %}\n"

    assert lean(text) == "<b>a</b>\n{% if x %}<b>b</b>\n{% endif %}{% if y %}<b>c</b>\n{% endif %}"


@pytest.mark.parametrize(
    "text",
    [
        "<textarea\n  name=x>  two\n  lines </textarea>",
        "<pre>  a\n    b</pre>",
        "<script>\n  let a = `\n  b`\n</script>",
        "{% blocktranslate %}one\n  two{% endblocktranslate %}",
        "{% block here %}{% endblock %}\n{% include 'parts/row.html' %}\n",
    ],
)
def test_where_white_space_is_meant_it_stays(text):
    assert lean(f"<p>\n  {text}</p>") == f"<p>\n{text}</p>"


def test_a_trimmed_sentence_may_lose_its_indentation():
    assert lean("{% blocktranslate trimmed %}\n  one\n{% endblocktranslate %}").count("  ") == 0


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/market/", "/produce/", "/notices/"])
def test_no_line_of_a_page_is_indented(address, cabbage):
    page = Client().get(address).content.decode()

    assert "</html>" in page
    assert re.findall(r"^[ \t]+<.*$", re.sub(r"<textarea.*?</textarea>", "", page, flags=re.DOTALL), re.MULTILINE) == []


def test_texts_that_are_no_pages_are_left_alone(tmp_path):
    loader = engines["django"].engine.template_loaders[0].loaders[0]
    loader.dirs = [tmp_path]
    for name in ("page.html", "letter.txt"):
        (tmp_path / name).write_text("a\n  b")

    try:
        assert [
            loader.get_contents(next(iter(loader.get_template_sources(name)))) for name in ("page.html", "letter.txt")
        ] == [
            "a\nb",
            "a\n  b",
        ]
    finally:
        loader.dirs = None
