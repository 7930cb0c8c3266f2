"""What a buyer's late payment brings about: no new order until the sellers are paid."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from kernel import money
from kernel.errors import DomainError
from orders.selectors.judging import Overdue


class OwesSellers(DomainError):
    code = "owes_sellers"

    def __init__(self, overdue: Overdue, today: dt.date) -> None:
        super().__init__(
            _(
                "Statement %(number)s of %(amount)s yuan should have been paid %(days)s days ago, so nothing new can "
                "be ordered. Have the cashier pay it and the second person confirm it; then order again."
            )
            % {
                "number": overdue.number,
                "amount": money.yuan(overdue.owed_fen),
                "days": (today - overdue.due_on).days,
            }
        )


def refuse_late(overdue: Overdue | None, today: dt.date) -> None:
    """Refuse an order of a buyer that owes a seller past the day: which statement, how much, since when."""
    if overdue is not None:
        raise OwesSellers(overdue, today)
