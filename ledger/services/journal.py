"""What left for the bank is also written outside the database, after the commit: so that a restored backup shows.

One line a step in a small file of the kept data folder: number, count, sum, status and the number of the last
restore; nobody's name or card.
"""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from ledger.models import BatchStatus, PayoutBatch, Restore

LAST_LINES = 500  # how far back is compared: a backup is hours old, not months


def write_after_commit(batch: PayoutBatch) -> None:
    """Write how a batch stands into the journal, once what is done now is committed."""
    line = {
        "batch": batch.number,
        "payer": str(batch.payer_id),
        "status": str(batch.status),
        "lines": batch.lines,
        "fen": batch.total_fen,
        "sha256": batch.file.sha256 if batch.file is not None else "",
        "restore": last_restore(),
    }
    transaction.on_commit(lambda: _append(line))


def write_restore(restore: Restore) -> None:
    """Write down that a restore was marked, once it is committed."""
    line = {"restore": restore.number}
    transaction.on_commit(lambda: _append(line))


def last_restore() -> int:
    """Return the number of the last restore that the database knows, 0 before the first."""
    return Restore.objects.order_by("-number").values_list("number", flat=True).first() or 0


def last_restore_written() -> int:
    """Return the highest number of a restore that the journal knows."""
    return max((int(line.get("restore", 0)) for line in _lines()), default=0)


def missing_steps() -> list[dict[str, Any]]:
    """Return the batches that the journal knows to have gone further than the database says: it was restored."""
    written: dict[str, dict[str, Any]] = {}
    accounted = set()
    for restore in Restore.objects.all():
        accounted |= {line["batch"] for line in restore.lost}
    for line in _lines():
        if "batch" in line and line["batch"] not in accounted:
            written[line["batch"]] = line
    stands = dict(PayoutBatch.objects.filter(number__in=written).values_list("number", "status"))
    return [
        line
        for number, line in written.items()
        if number not in stands or (line["status"] == BatchStatus.SENT and stands[number] == BatchStatus.PREPARED)
    ]


def is_behind() -> bool:
    """Return whether the database is older than the journal: a restore that nobody has marked yet."""
    return last_restore_written() > last_restore() or bool(missing_steps())


def _path() -> Path:
    return Path(settings.PAYOUT_JOURNAL)


def _append(line: dict[str, Any]) -> None:
    _path().parent.mkdir(parents=True, exist_ok=True)
    with _path().open("a", encoding="utf-8") as out:
        out.write(json.dumps(line) + "\n")


def _lines() -> list[dict[str, Any]]:
    """Return the last lines of the journal; one that was cut by a power cut says nothing."""
    if not _path().exists():
        return []
    found = []
    for text in _path().read_text(encoding="utf-8").splitlines()[-LAST_LINES:]:
        try:
            found.append(json.loads(text))
        except ValueError:
            continue
    return found
