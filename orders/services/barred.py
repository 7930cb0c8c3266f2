"""A buyer that the bureau forbids to order for a time."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from kernel.dates import day_words
from kernel.errors import DomainError


class MayNotOrder(DomainError):
    code = "may_not_order"

    def __init__(self, to_on: dt.date, reason: str) -> None:
        super().__init__(
            _("No orders are placed up to and with %(day)s: %(reason)s. The bureau decided it; ask there.")
            % {"day": day_words(to_on), "reason": reason}
        )


def refuse_barred(barred: str) -> None:
    """Refuse an order of a buyer that may not order: until when, and why, stand side by side."""
    if barred:
        to_on, _space, reason = barred.partition(" ")
        raise MayNotOrder(dt.date.fromisoformat(to_on), reason)
