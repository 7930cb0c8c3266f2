"""Every sentence has its Chinese, one Chinese, and farmers meet no word of offices and machines."""

import re
from functools import cache

import polib
import pytest

from launch.translations import ROOMS, homes, merged, missing, words_of

# Words a farmer should never meet (interface.md): the plain word stands behind each.
BANNED = ["提交", "操作", "异常", "非法", "参数", "认证失败", "审核驳回", "网络错误"]
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|\{[a-z_]*\}")


@cache
def home_of_each():
    """Return the lowest room that uses each sentence, read once for all rooms."""
    return homes()


def test_no_sentence_is_without_its_chinese():
    assert missing() == []


def test_each_sentence_keeps_its_placeholders():
    wrong = [
        entry.msgid
        for entry in merged()
        if not entry.msgid_plural and set(PLACEHOLDER.findall(entry.msgid)) != set(PLACEHOLDER.findall(entry.msgstr))
    ]

    assert wrong == []


@pytest.mark.parametrize("room", ROOMS)
def test_nobody_meets_a_word_of_offices(room):
    entries = polib.pofile(str(words_of(room)))

    office_words = [(entry.msgid, word) for entry in entries for word in BANNED if word in entry.msgstr]

    assert office_words == []


@pytest.mark.parametrize("room", ROOMS)
def test_each_sentence_stands_in_the_lowest_room_that_uses_it(room):
    home = home_of_each()
    entries = [(entry.msgctxt, entry.msgid) for entry in polib.pofile(str(words_of(room))) if not entry.comment]

    assert [(sentence, home.get(sentence)) for sentence in entries if home.get(sentence) != room] == []
