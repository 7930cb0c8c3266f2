"""Workbooks as people send them."""

import io
from collections.abc import Callable, Iterable, Sequence

import openpyxl


def a_workbook(rows: Iterable[Sequence], *, change: Callable[[openpyxl.Workbook], object] | None = None) -> bytes:
    """Return the bytes of a workbook with these rows on its first sheet, changed as asked."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change is not None:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
