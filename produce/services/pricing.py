"""Is this price meant? Both ways: far above what the county pays needs a reason, far below is asked about once."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from kernel import money, weight
from kernel.errors import BadValue
from produce.models import MOST_PRICE_FEN, Produce
from produce.selectors.prices import reference_price
from records.selectors.policy import policy


class BadPrice(BadValue):
    code = "bad_price"
    message = _("Write a price between 0.01 and 100000 yuan.")


class PriceReasonNeeded(BadValue):
    code = "price_reason_needed"

    def __init__(self, price: str, usual: str, *, slip: bool = False) -> None:
        sentence = (
            _(
                "You ask %(asked)s yuan for one jin; the county pays %(usual)s now. Is it the price of a kilogram? "
                "If it is right, write why yours is worth more."
            )
            if slip
            else _("You ask %(asked)s yuan for one jin; the county pays %(usual)s now. Write why yours is worth more.")
        )
        super().__init__(sentence % {"asked": price, "usual": usual})


class UnusualPrice(BadValue):
    code = "sure_needed"

    def __init__(self, price: str, usual: str) -> None:
        super().__init__(
            _(
                "Is it really %(asked)s yuan for one jin? The county pays %(usual)s now. Did jin and kilograms get "
                "mixed up?"
            )
            % {"asked": price, "usual": usual}
        )


def check_price(produce: Produce, price_fen: int, price_unit_g: int, *, reason: str, sure: bool, on: dt.date) -> None:
    """Refuse what nobody can mean; ask why above ⟨high_price_permille⟩ of the reference, and once if it is meant."""
    if not (1 <= price_fen <= MOST_PRICE_FEN and 1 <= price_unit_g <= weight.MOST_G):
        raise BadPrice
    usual = reference_price(produce, on)
    if usual is None:
        return
    # Compared per 500 g without division: price × 500 / unit against the reference in thousandths.
    per_mille, usual_mille = price_fen * 500 * 1000, usual * price_unit_g
    slip = weight.looks_like_unit_slip(price_fen * 500, usual * price_unit_g)
    words = money.price_per_jin(price_fen, price_unit_g), money.price_per_jin(usual, 500)
    if per_mille > usual_mille * policy("high_price_permille", on):
        if not reason.strip():
            raise PriceReasonNeeded(*words, slip=slip)
    elif not sure and (slip or per_mille < usual_mille * policy("low_price_permille", on)):
        raise UnusualPrice(*words)
