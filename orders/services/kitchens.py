"""Say for which canteen of its buyer an order is."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from canteens.models import Canteen, Fund, FundKind
from kernel.errors import DomainError


class NameTheKitchen(DomainError):
    code = "name_the_canteen"

    def __init__(self, names: str) -> None:
        super().__init__(_("Say which canteen the goods are for: %(names)s.") % {"names": names})


class NotItsKitchen(DomainError):
    code = "not_its_canteen"

    def __init__(self, names: str) -> None:
        choose = _("This canteen is not yours on that day. Choose one of these: %(names)s.") % {"names": names}
        leave_out = _("No canteen is named for this money on that day. Leave the canteen out.")
        super().__init__(choose if names else leave_out)


class NoCanteen(DomainError):
    code = "no_canteen"
    message = gettext_lazy(
        "It is written down that you have no canteen: order from your union's fund, or have that changed first."
    )


def refuse_without_canteen(mode: str, fund: Fund) -> None:
    """Refuse food money of a canteen where it is written that there is none."""
    if fund.kind == FundKind.CANTEEN and mode == Canteen.Mode.NONE:
        raise NoCanteen


def kitchen_of_order(kitchens: Mapping[int, str], asked: int | None) -> int | None:
    """Return the canteen an order is for: the one asked for, else the only one; None where there is none to name."""
    own_first = sorted(kitchens.values(), key=lambda name: (" " in name, name))
    names = pgettext("list", ", ").join(own_first)
    if asked is not None:
        if asked not in kitchens:
            raise NotItsKitchen(names)
        return asked
    if len(kitchens) > 1:
        raise NameTheKitchen(names)
    return next(iter(kitchens), None)
