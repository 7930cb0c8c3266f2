"""What is asked once before a lot goes on sale: an amount or a price far from the usual."""

import datetime as dt

from django.utils.translation import gettext as _

from accounts.models import Household
from catalog.selectors.goods import FAR_ABOVE, usual_quantity
from kernel import weight
from kernel.weight import Quantity
from produce.models import Produce, StockUnit
from produce.services.pricing import UnusualPrice, check_price


def questions(
    household: Household | None, produce: Produce, quantity: Quantity, price_fen: int, *, on: dt.date
) -> list[str]:
    """Return each question in words; nothing unusual, no question. The price is for 500 g."""
    open_questions = []
    usual = usual_quantity(household, produce) if household is not None else None
    counted = produce.stock_unit == StockUnit.PIECE
    now = quantity.pieces if counted else quantity.grams
    if usual and now and now > FAR_ABOVE * usual:
        words = (lambda n: weight.heads(n, produce.count_word)) if counted else weight.both
        open_questions.append(
            _("Is it really %(now)s? At other times it was %(usual)s at most.")
            % {"now": words(now), "usual": words(usual)}
        )
    try:
        # With a reason the upper bound is silent here: it is asked for beside its own field.
        check_price(produce, price_fen, 500, reason="-", sure=False, on=on)
    except UnusualPrice as unusual:
        open_questions.append(str(unusual))
    return open_questions
