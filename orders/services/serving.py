"""Goods that a buyer may not serve."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class MayNotServe(DomainError):
    code = "may_not_serve"

    def __init__(self, said: str) -> None:
        produce, _space, why = said.partition(" ")
        super().__init__(
            _("%(produce)s may not be served here: %(why)s. Take it out of the order, then send it again.")
            % {"produce": produce, "why": why}
        )


def refuse_unserved(said: str) -> None:
    """Refuse goods that this buyer's channel may not serve: their name and why stand side by side."""
    if said:
        raise MayNotServe(said)
