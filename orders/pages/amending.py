"""What a buyer may still take back of an order, lot by lot."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.forms import BoundField
from django.utils.translation import gettext as _

from accounts.models import User
from kernel import weight
from kernel.present import name_of
from kernel.shown import Tag
from orders.forms import AmendForm
from orders.models import Allocation, AllocationStatus
from orders.selectors.orders import seller_shown
from orders.services.telling import quantity_words


@dataclass(frozen=True, slots=True)
class AmendRow:
    """One lot, what was ordered of it, whether its seller said yes, and the field for what is still wanted."""

    title: str
    seller: str
    ordered: str
    status: Tag
    unit: str
    field: BoundField


def amend_rows(lots: Sequence[Allocation], form: AmendForm, user: User) -> list[AmendRow]:
    """Return the lots of which less may be wanted."""
    return [
        AmendRow(
            title=name_of(lot.listing.produce),
            seller=seller_shown(lot.listing, user, lot.order.buyer_id),
            ordered=quantity_words(lot),
            status=_answered(lot),
            unit=_("kg") if lot.listing.piece_g is None else str(weight.COUNT_WORDS[lot.listing.count_word]),
            field=form[f"lot_{lot.pk}"],
        )
        for lot in lots
    ]


def _answered(lot: Allocation) -> Tag:
    if lot.status == AllocationStatus.HELD:
        return Tag("warn", _("Waiting for the seller"))
    return Tag("ok", _("Seller said yes"))
