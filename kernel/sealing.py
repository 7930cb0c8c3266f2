"""Personal data at rest: AES-256-GCM bound to its row, and an HMAC to look it up by.

A sealed value reads `<key id>:<base64 of nonce + ciphertext>`. The row's table, key and column are bound in
as associated data, so a ciphertext copied to another row does not open there.
"""

import base64
import functools
import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db.models import Model


@functools.cache
def _cipher(key: str) -> AESGCM:
    return AESGCM(hashlib.sha256(key.encode()).digest())


def seal(plain: str, *, bound_to: str) -> str:
    """Encrypt text under the newest key, bound to the place that will hold it; empty stays empty."""
    if not plain:
        return ""
    key_id, body = _encrypt(plain.encode(), bound_to)
    return f"{key_id}:{base64.b64encode(body).decode()}"


def unseal(sealed: str, *, bound_to: str) -> str:
    """Decrypt what `seal` made for the same place; raises InvalidTag for any other."""
    if not sealed:
        return ""
    key_id, _, body = sealed.partition(":")
    return _decrypt(key_id, base64.b64decode(body), bound_to).decode()


def seal_bytes(plain: bytes, *, bound_to: str) -> bytes:
    """Encrypt a file's bytes as `seal` does text; reads `<key id>:<nonce + ciphertext>`."""
    key_id, body = _encrypt(plain, bound_to)
    return f"{key_id}:".encode() + body


def unseal_bytes(sealed: bytes, *, bound_to: str) -> bytes:
    """Decrypt what `seal_bytes` made for the same place; raises InvalidTag for any other."""
    key_id, _, body = sealed.partition(b":")
    return _decrypt(key_id.decode(), body, bound_to)


def _encrypt(plain: bytes, bound_to: str) -> tuple[str, bytes]:
    key_id, key = next(iter(settings.FIELD_KEYS.items()))
    nonce = os.urandom(12)
    return key_id, nonce + _cipher(key).encrypt(nonce, plain, bound_to.encode())


def _decrypt(key_id: str, body: bytes, bound_to: str) -> bytes:
    return _cipher(settings.FIELD_KEYS[key_id]).decrypt(body[:12], body[12:], bound_to.encode())


def blind_index(kind: str, normalised: str) -> str:
    """Return the HMAC by which an equal value of this kind is found; one-way, under its own key."""
    message = f"{kind}:{normalised}".encode()
    return hmac.new(settings.INDEX_KEY.encode(), message, hashlib.sha256).hexdigest()


class sealed(property):
    """A readable and writable attribute whose column `<name>_sealed` holds only ciphertext.

    The row's primary key must be known before the value is set, so such models have UUID keys made in Python. Where an
    equal value must be found, `index` names the column of its HMAC, written along: with `index="phone"` it is
    `phone_index`, empty for an empty value.
    """

    def __init__(self, column: str, index: str = ""):
        self.column = column

        def read(row: Model) -> str:
            return unseal(getattr(row, column), bound_to=place_of(row, column))

        def write(row: Model, plain: str) -> None:
            setattr(row, column, seal(plain, bound_to=place_of(row, column)))
            if index:
                setattr(row, f"{index}_index", blind_index(index, plain) if plain else "")

        super().__init__(read, write)


def place_of(row: Model, column: str) -> str:
    """Name the one cell a ciphertext belongs to."""
    return f"{row._meta.db_table}:{row.pk}:{column}"
