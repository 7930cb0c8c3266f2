"""How much of some goods, read in their own unit: grams of what is weighed, heads of what is counted."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import BadValue
from produce.models import StockUnit


class CountThem(BadValue):
    code = "count_them"
    message = _("These are sold by the head. Write how many.")


class WeighThem(BadValue):
    code = "weigh_them"
    message = _("These are sold by weight. Write how many jin or kilograms.")


def in_stock_unit(stock_unit: str, *, grams: int | None = None, pieces: int | None = None) -> int:
    """Return a quantity in the unit of its goods; refuse a weight of what is counted, and a count of what is weighed.

    Counted goods may bring their weight along. Zero is a quantity; whoever needs more than nothing asks for it.
    """
    if stock_unit == StockUnit.PIECE:
        if pieces is None:
            raise CountThem
        return pieces
    if grams is None or pieces is not None:
        raise WeighThem
    return grams
