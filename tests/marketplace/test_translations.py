"""Every sentence is found, wherever it is marked, and every room agrees with the others."""

import pytest

from launch import translations
from launch.translations import Contradiction, merged, sentences_in_code, sentences_in_template

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def test_sentences_in_code_are_found():
    source = """
_("One")
gettext_lazy("Two "
             "halves")
ngettext("%(n)s day", "%(n)s days", n)
translation.pgettext("verb", "Order")
_(variable)
other("Not this")
"""
    assert set(sentences_in_code(source)) == {
        (None, "One"),
        (None, "Two halves"),
        (None, "%(n)s day"),
        ("verb", "Order"),
    }


def test_sentences_in_templates_are_found():
    source = """{% load i18n %}{% translate "Don't 50%" %}{% translate 'Order' context 'verb' %}
{% blocktranslate trimmed with n=page.n %}
  {{ n }} jin
  of it
{% endblocktranslate %}
{% blocktranslate count n=n %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}"""

    assert set(sentences_in_template(source)) == {
        (None, "Don't 50%%"),  # Django looks it up with the sign doubled
        ("verb", "Order"),
        (None, "%(n)s jin of it"),
        (None, "%(n)s day"),
    }


def test_two_rooms_may_say_the_same_but_not_differ(tmp_path, monkeypatch):
    monkeypatch.setattr(translations, "ROOMS", ("a", "b"))
    monkeypatch.setattr(translations, "words_of", lambda room: tmp_path / f"{room}.po")
    (tmp_path / "a.po").write_text(f'{HEAD}msgid "Weight"\nmsgstr "重量"\n')
    (tmp_path / "b.po").write_text(f'{HEAD}msgid "Weight"\nmsgstr "重量"\n')

    assert [entry.msgstr for entry in merged()] == ["重量"]

    (tmp_path / "b.po").write_text(f'{HEAD}msgid "Weight"\nmsgstr "斤两"\n')
    with pytest.raises(Contradiction, match="Weight"):
        merged()
