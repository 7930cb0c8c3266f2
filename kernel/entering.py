"""Who writes into a register says in the transaction by which document; the database refuses every other writer."""

from collections.abc import Iterator
from contextlib import contextmanager

import pgtrigger
from django.db import connection, transaction

SETTING = "liujin.entering"


@contextmanager
def entering(document: str) -> Iterator[None]:
    """Let what follows write into registers in the name of a document, such as `registerchange:…`; then no more."""
    with transaction.atomic():
        before = _set(document)
        yield
        _set(before)


def _set(document: str) -> str:
    """Name the document in this transaction; return which one was named before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true), set_config(%s, %s, true)", [SETTING, SETTING, document])
        return cursor.fetchone()[0] or ""


def entered_only(operation: pgtrigger.Operation = pgtrigger.Insert) -> pgtrigger.Trigger:
    """Return the trigger of a register: rows are written in the name of a document, or not at all."""
    return pgtrigger.Trigger(
        name="entered_only",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=operation,
        func=f"""
IF coalesce(current_setting('{SETTING}', true), '') = '' THEN
    RAISE EXCEPTION 'pgtrigger: % is a register: rows come in by its two hands', TG_TABLE_NAME;
END IF;
RETURN NULL;
""",
    )
