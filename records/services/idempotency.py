"""One key, one effect: the key's row commits together with what it stood for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from kernel.errors import BadValue, DomainError
from kernel.transactions import whole
from records.models import IdempotencyKey, SomeAccount


class KeyReused(DomainError):
    code = "key_reused"
    message = _("This form was already sent with other content. Open the page again and check what was kept.")


@dataclass(frozen=True)
class Answer:
    """What the first request with this key led to."""

    data: dict[str, Any]


def claim_key(user: SomeAccount, key: str, request_print: str) -> Answer | None:
    """Take the key for this request, or return the answer it had; must run inside the effect's transaction.

    A second request with the same key waits here until the first has committed or rolled back.
    """
    if not key or len(key) > 64:
        raise BadValue(_("The form has lost its number. Open the page again; what you typed is still in the fields."))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO records_idempotencykey (user_id, key, fingerprint, at) VALUES (%s, %s, %s, clock_timestamp())
            ON CONFLICT (user_id, key) DO NOTHING RETURNING id
            """,
            [_owner(user), key, request_print],
        )
        if cursor.fetchone():
            return None
    held = IdempotencyKey.objects.get(user_id=_owner(user), key=key)
    if held.fingerprint != request_print:
        raise KeyReused
    return Answer(held.answer or {})


def keep_answer(user: SomeAccount, key: str, data: dict[str, Any]) -> None:
    """Store what the key led to, in the same transaction."""
    IdempotencyKey.objects.filter(user_id=_owner(user), key=key).update(answer=data)


@whole
def once(user: SomeAccount, key: str, request_print: str, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do `act` once under this key and return what it led to; the same key again returns the same, doing nothing.

    The answer is a small dict of JSON values, usually the address to go to. The key, the effect and the answer commit
    together; a refusal inside `act` leaves the key free.
    """
    repeat = claim_key(user, key, request_print)
    if repeat is not None:
        return repeat.data
    data = act()
    keep_answer(user, key, data)
    return data


def _owner(user: SomeAccount) -> Any:
    """Return whose key it is: a person's id, or nobody's."""
    return None if user is None else user.pk
