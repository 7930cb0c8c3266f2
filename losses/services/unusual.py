"""What is asked once before a loss is reported: an amount far above what is usually lost."""

from collections.abc import Iterable
from itertools import groupby

from django.utils.translation import gettext as _

from catalog.models import Listing, PlotSeason
from kernel.errors import BadValue
from kernel.present import known
from losses.models import Goods
from losses.selectors.usual import UsualLoss, usual_losses


class UnusualLoss(BadValue):
    """So much is seldom lost at once; whoever reports says whether it is meant."""

    code = "sure_needed"


def usual_of(goods: Goods) -> UsualLoss | None:
    """Return what is usually lost of these goods at once; nothing where too little was reported to tell."""
    if goods.household is None:
        return None
    crops = isinstance(goods, PlotSeason)
    return usual_losses(goods.household, [goods.produce_id], crops=crops).get(goods.produce_id)


def usual_of_lots(lots: Iterable[Listing]) -> dict[int, UsualLoss]:
    """Return the same for lots of one household or few, by the key of the lot: two questions a household."""
    found: dict[int, UsualLoss] = {}
    for household, own in groupby(sorted(lots, key=lambda lot: str(lot.household_id)), key=lambda lot: lot.household):
        own_lots = list(own)
        usual = usual_losses(known(household), [lot.produce_id for lot in own_lots], crops=False)
        found |= {lot.pk: usual[lot.produce_id] for lot in own_lots if lot.produce_id in usual}
    return found


def question(goods: Goods, usual: UsualLoss | None, now: str) -> str:
    """Return the question in words, whatever `now` says was typed; empty where nothing is known to be usual."""
    if usual is None:
        return ""
    if usual.own:
        asked = _("Is it really %(now)s? The most reported at once before was %(usual)s.")
    else:
        asked = _("Is it really %(now)s? Most reports say about %(usual)s.")
    return asked % {"now": now, "usual": goods.in_words(usual.quantity)}


def asked_about(goods: Goods, usual: UsualLoss | None, quantity: int) -> str:
    """Return the question about this amount; nothing unusual, no question."""
    far = usual is not None and quantity > usual.most
    return question(goods, usual, goods.in_words(quantity)) if far else ""


def require_sure(goods: Goods, quantity: int, *, sure: bool) -> None:
    """Refuse an amount far above the usual until somebody says that it is meant."""
    if sure:
        return
    if asked := asked_about(goods, usual_of(goods), quantity):
        raise UnusualLoss(asked)
