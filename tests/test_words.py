"""Every sentence has its Chinese, one Chinese, and farmers meet no word of offices and machines."""

import re

import polib
import pytest

from launch.translations import PARTS, merged, missing

# Words a farmer should never meet (interface.md): the plain word stands behind each.
BANNED = ["提交", "操作", "异常", "非法", "参数", "认证失败", "审核驳回", "网络错误"]
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|\{[a-z_]*\}")


def test_no_sentence_is_without_its_chinese():
    assert missing() == []


def test_each_sentence_keeps_its_placeholders():
    wrong = [
        entry.msgid
        for entry in merged()
        if not entry.msgid_plural and set(PLACEHOLDER.findall(entry.msgid)) != set(PLACEHOLDER.findall(entry.msgstr))
    ]

    assert wrong == []


@pytest.mark.parametrize("part", ["catalog.po", "look.po"])
def test_farmers_meet_no_word_of_offices(part):
    entries = [e for e in polib.pofile(str(PARTS / part)) if not e.obsolete]

    found = [(entry.msgid, word) for entry in entries for word in BANNED if word in entry.msgstr]

    assert found == []
