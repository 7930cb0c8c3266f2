"""Files at rest: bank files lie encrypted and come back byte for byte; photos lie as they came."""

import hashlib

import pytest
from cryptography.exceptions import InvalidTag

from records.services.files import original_path, read_original, sealed_path, store_bytes
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db

RAW = "D|1|P1|6217990000000000017|黄秀英|石城农商银行|72.00\r\n".encode("gb18030")


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def kept(kind, raw=RAW):
    return store_bytes(raw, kind=kind, media_type="text/plain", by=None, at=MONDAY)


@pytest.mark.parametrize("kind", ["bank_file", "bank_return"])
def test_a_bank_file_lies_encrypted_and_comes_back_the_same(kind, tmp_path):
    file = kept(kind)

    assert read_original(file) == RAW
    assert (file.sha256, file.size) == (hashlib.sha256(RAW).hexdigest(), len(RAW))
    on_disk = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(on_disk) == 1
    assert b"6217990000000000017" not in on_disk[0] and "黄秀英".encode("gb18030") not in on_disk[0]


def test_the_same_bank_file_twice_is_kept_once(tmp_path):
    first = kept("bank_return")
    before = sealed_path(first.sha256).read_bytes()

    second = kept("bank_return")

    assert sealed_path(first.sha256).read_bytes() == before
    assert read_original(first) == read_original(second) == RAW


def test_a_bank_file_put_in_the_place_of_another_does_not_open():
    one, other = kept("bank_file"), kept("bank_file", RAW + b"T|1|72.00\r\n")
    sealed_path(one.sha256).write_bytes(sealed_path(other.sha256).read_bytes())

    with pytest.raises(InvalidTag):
        read_original(one)


def test_a_changed_byte_is_noticed():
    file = kept("bank_file")
    path = sealed_path(file.sha256)
    raw = path.read_bytes()
    path.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))

    with pytest.raises(InvalidTag):
        read_original(file)


def test_a_bank_file_is_read_after_the_keys_have_changed(settings):
    file = kept("bank_file")

    settings.FIELD_KEYS = {"newer": "another key of the county, long enough"} | settings.FIELD_KEYS

    assert read_original(file) == RAW
    assert sealed_path(kept("bank_file", b"later").sha256).read_bytes().startswith(b"newer:")


def test_a_photo_lies_as_it_came():
    file = kept("photo")

    assert original_path(file.sha256).read_bytes() == read_original(file) == RAW
