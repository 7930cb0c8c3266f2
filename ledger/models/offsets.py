"""What lessens a payable before it is paid: money its payee owes the same payer for something else."""

import pgtrigger
from django.db import models

from kernel.constraints import within
from kernel.workflow import append_only
from ledger.models.money import Payable
from records.models import MOST_FEN

_NOT_TOUCHED_AT_THE_BANK = """
IF EXISTS (SELECT FROM ledger_payment WHERE payable_id = NEW.payable_id AND status <> 'cancelled') THEN
    RAISE EXCEPTION 'pgtrigger: payable % is being paid, and is not lessened', NEW.payable_id;
END IF;
RETURN NEW;
"""
_NO_MORE_THAN_OWED = """
IF NEW.amount_fen + (SELECT coalesce(sum(amount_fen), 0) FROM ledger_payableoffset WHERE payable_id = NEW.payable_id)
    > (SELECT amount_fen FROM ledger_payable WHERE id = NEW.payable_id)
THEN
    RAISE EXCEPTION 'pgtrigger: payable % is lessened by more than it is', NEW.payable_id;
END IF;
RETURN NEW;
"""


class PayableOffset(models.Model):
    """So much of a payable is not paid, since its payee owes it by another document."""

    HISTORY = True

    payable = models.ForeignKey(Payable, models.PROTECT, related_name="offsets")
    document = models.CharField(max_length=64)  # the statement with the negative rest: `statement:9`
    amount_fen = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            within("amount_fen", 1, MOST_FEN, name="offset_bounded"),
            models.UniqueConstraint(fields=["payable", "document"], name="offset_once"),
        ]
        indexes = [models.Index(fields=["document"], name="offset_by_document")]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="not_touched_at_the_bank",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_NOT_TOUCHED_AT_THE_BANK,
            ),
            pgtrigger.Trigger(
                name="no_more_than_owed", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_NO_MORE_THAN_OWED
            ),
        ]
