"""The smallest order that is worth a cart, as the county has it; refused before anything is held."""

from django.utils.translation import gettext_lazy as _

from kernel import money, weight
from kernel.errors import DomainError


class OrderTooSmall(DomainError):
    code = "order_too_small"

    def __init__(self, least_fen: int, total_fen: int) -> None:
        super().__init__(
            _(
                "An order comes to %(least)s yuan at least, this one to %(total)s. Order for %(more)s yuan more, or "
                "put the goods of two days into one order."
            )
            % {
                "least": money.yuan(least_fen),
                "total": money.yuan(total_fen),
                "more": money.yuan(least_fen - total_fen),
            }
        )


class OrderTooLight(DomainError):
    code = "order_too_light"

    def __init__(self, least_g: int, total_g: int) -> None:
        super().__init__(
            _(
                "An order weighs %(least)s at least, this one %(total)s. Order %(more)s more, or put the goods of two "
                "days into one order."
            )
            % {
                "least": weight.both(least_g),
                "total": weight.both(total_g),
                "more": weight.both(least_g - total_g),
            }
        )


def refuse_too_small(least_fen: int, least_g: int, total_fen: int, total_g: int) -> None:
    """Refuse an order below the county's least sum or weight, saying what is missing."""
    if total_fen < least_fen:
        raise OrderTooSmall(least_fen, total_fen)
    if total_g < least_g:
        raise OrderTooLight(least_g, total_g)
