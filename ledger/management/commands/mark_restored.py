"""Mark that a backup was restored: what was prepared or sent is frozen until two people compared it with the bank."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from kernel import clock
from ledger.services.restoring import mark_restored
from records.services.history import note_restore


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Mark the restore and say what is frozen and what went further after the backup."""
        restore = mark_restored(by=None, at=clock.now())
        note_restore(settings.HISTORY_HEAD_JOURNAL, at=restore.marked_at)
        self.stdout.write(f"Restore {restore.number} is marked.")
        for frozen in restore.frozen.select_related("batch").order_by("batch_id"):
            self.stdout.write(f"Frozen: {frozen.batch.number}, {frozen.batch.status}")
        for line in restore.lost:
            self.stdout.write(f"Went further after the backup: {line['batch']}, {line['lines']} lines")
