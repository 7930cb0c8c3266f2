"""A batch that had left for the bank and that a restored backup does not have is brought back from its own file.

Its references were derived from its payables, so that the file itself says whom it pays. A second person compares it
with the bank like every frozen batch; until then it moves nothing, and its payables are not paid a second time.
"""

import datetime as dt
import hashlib
import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from kernel import encodings
from kernel.errors import BadValue, DomainError
from kernel.money import yuan_plain
from kernel.workflow import lock
from ledger.models import FrozenBatch, Payable, PayoutBatch, Restore
from ledger.selectors import MAKES, waiting_payables
from ledger.services import journal, restoring
from ledger.services.payments import next_references, prepare_payments
from ledger.services.payouts import SEPARATOR, keep_file
from ledger.services.returns import MOST_BYTES
from records.services.participation import take_part_in_all


class AwardsLost(DomainError):
    code = "awards_lost"
    message = _(
        "Some lines of this file pay awards that are not here, or are paid already: they are younger than the backup. "
        "Award them again first, then hand in the file."
    )


@transaction.atomic
def bring_back(restore: Restore, raw: bytes, *, by: User, at: dt.datetime) -> FrozenBatch:
    """Make a lost batch again from the file that was given to the bank, frozen, as found at the bank by one person."""
    line = line_of(restore, raw)
    payer = Organisation.objects.select_for_update(no_key=True).get(pk=line["payer"])
    payables = _payables_of(payer, raw, line["restore"])
    if (len(payables), sum(payable.amount_fen for payable in payables)) != (line["lines"], line["fen"]):
        raise AwardsLost
    take_part_in_all([payable.document for payable in payables], MAKES, by=by, at=at)
    batch = PayoutBatch(
        number=line["batch"],
        payer=payer,
        maker=by,
        lines=line["lines"],
        total_fen=line["fen"],
        prepared_at=at,
    ).begin(by=by, at=at)
    batch.file = keep_file(batch, raw, by=by, at=at)
    batch.save(update_fields=["file"])
    prepare_payments(payables, batch=batch, by=by, at=at, restore=line["restore"])
    journal.write_after_commit(batch)
    frozen = FrozenBatch(restore=restore, batch=batch).begin(by=by, at=at)
    return restoring.propose_found(frozen, found=FrozenBatch.Found.AT_BANK, by=by, at=at)


def line_of(restore: Restore, raw: bytes) -> dict[str, Any]:
    """Return what is known of the lost batch whose file this is to the byte, or refuse the file."""
    lock(restore)
    digest = hashlib.sha256(raw).hexdigest()
    known = [line for line in restoring.lost_batches(restore) if line["sha256"] == digest]
    if len(raw) > MOST_BYTES or not known:
        raise BadValue(
            _(
                "This is not, to the byte, the file of a batch that is missing here. Take it from the computer or the "
                "stick it was given to the bank on; do not open and save it."
            )
        )
    return known[0]


def _payables_of(payer: Organisation, raw: bytes, restore: int) -> list[Payable]:
    """Return the waiting payables that the lines of a file name, in their order."""
    waiting = {payable.pk: payable for payable in waiting_payables(payer)}
    named: dict[str, uuid.UUID] = {
        reference: pk for pk, reference in next_references(list(waiting.values()), restore).items()
    }
    rows = [row.split(SEPARATOR) for row in raw.decode(encodings.GB18030).split("\r\n")]
    lines = [row for row in rows if row[0] == "D"]
    if any(row[2] not in named for row in lines):
        raise AwardsLost
    payables = [waiting[named[row[2]]] for row in lines]
    if any(row[-1] != yuan_plain(p.amount_fen) for row, p in zip(lines, payables, strict=True)):
        raise AwardsLost
    return payables
