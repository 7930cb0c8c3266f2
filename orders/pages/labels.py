"""Labels for the sacks of one lot of an order: what is in it, whose, how much, for whom."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from kernel import weight
from kernel.masking import mask_name
from kernel.present import name_of
from orders.models import Allocation
from orders.pages.words import is_counted, quantity_of
from orders.selectors.orders import seller_name


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on one sack."""

    count: str
    number: str  # of the lot
    title: str
    seller: str  # a household's name is masked: the label is seen by everybody
    quantity: str
    buyer: str


def labels_of(lot: Allocation, sack_g: int) -> list[Label]:
    """Return a label for each sack, the last with what is left; animals have one together."""
    listing = lot.listing
    each_g = lot.weight_g if is_counted(listing) else listing.pack_g or sack_g
    sacks = -(-lot.weight_g // each_g)
    seller = seller_name(listing)
    return [
        Label(
            count=_("sack %(n)s of %(all)s") % {"n": n + 1, "all": sacks},
            number=f"{listing.number}，{lot.order.number}",
            title=name_of(listing.produce),
            seller=mask_name(seller) if listing.household_id is not None else seller,
            quantity=quantity_of(listing, lot.quantity)
            if is_counted(listing)
            else weight.both(min(each_g, lot.weight_g - n * each_g)),
            buyer=lot.order.buyer.name,
        )
        for n in range(sacks)
    ]
