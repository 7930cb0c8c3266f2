"""A pay run: chosen statements of one fund leave in one bank file, made by one person and confirmed by a second.

The machinery is that of relief batches: one living payment a payable, a file of the same bytes for ever, the bank's
answer by totals and then line by line. Hands fall, set by set, on every order the statements are about.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from canteens.models import Fund
from kernel import clock
from kernel.errors import BadValue, DomainError
from kernel.present import known
from ledger.services import payouts
from ledger.services.payouts import WaitingChanged
from orders.selectors.runs import waiting_statements, without_needed_invoice
from records.services.participation import NobodyKnown

MOST = 5_000


class NothingChosen(BadValue):
    code = "nothing_chosen"
    message = _("No statement is chosen. Tick those that are to be paid.")


class TooMany(DomainError):
    code = "too_many_statements"

    def __init__(self) -> None:
        super().__init__(_("At most %(most)s statements fit into one run. Make two of them.") % {"most": MOST})


class InvoiceMissing(DomainError):
    code = "invoice_missing"
    message = _("Some of these statements have no matched invoice, and the county pays none without. Untick them.")


@transaction.atomic
def make_run(fund: Fund, *, statements: Sequence[int], seen_fen: int | None = None, by: User, at: dt.datetime) -> Any:
    """Put these unpaid statements of a fund into one run, all of them or none; a second person confirms it.

    Of two runs over the same statements the first has them: the second finds that what waits has changed.
    """
    if by.person is None:
        raise NobodyKnown
    chosen = set(statements)
    if not chosen:
        raise NothingChosen
    if len(chosen) > MOST:
        raise TooMany
    payouts.lock_payer(fund.organisation)
    rows = list(waiting_statements(fund).filter(pk__in=chosen))
    if len(rows) != len(chosen):
        raise WaitingChanged
    if without_needed_invoice(rows, clock.county_day(at)):
        raise InvoiceMissing
    payables = [known(row.payable) for row in rows]
    return payouts.begin_batch(fund.organisation, payables, by=by, at=at, seen_fen=seen_fen)
