"""Prove that history says what was written, down to who, when and why; else name the first broken row and exit 1."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from records.selectors.history import Wall, first_break, newest_seal


def lines_of(journal: Path) -> Iterator[str]:
    """Yield the heads that were noted outside the database."""
    if journal.exists():
        with journal.open() as lines:
            yield from filter(str.strip, lines)


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Look at every row that tells something, every trace, every seal and every noted head."""
        journal = settings.HISTORY_HEAD_JOURNAL
        wall = Wall(role=settings.APP_ROLE, by_the_clock=settings.HISTORY_BY_THE_CLOCK)
        broken = first_break(wall, lines_of(journal))
        if broken is not None:
            self.stdout.write(self.style.ERROR(f"BROKEN: {broken.table} {broken.row_id} {broken.what}."))
            sys.exit(1)
        head = newest_seal()
        sealed = f"{head.total} traces sealed, head {head.digest[:16]}" if head else "nothing sealed yet"
        self.stdout.write(f"History holds: {sealed}.")
        if not journal.exists():
            self.stdout.write(f"No head was noted outside the database yet ({journal}).")
