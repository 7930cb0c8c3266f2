"""What is asked once before a loss is reported: an amount far above what is usually lost."""

from collections.abc import Iterable
from itertools import groupby

from django.utils.translation import gettext as _

from catalog.models import PlotSeason
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


def usual_of_own(goods: Iterable[Goods]) -> dict[Goods, UsualLoss]:
    """Return the same for lots and crops of one household or few: two questions a household, of lots and of crops."""
    found: dict[Goods, UsualLoss] = {}
    in_order = sorted(goods, key=lambda one: (str(one.household_id), isinstance(one, PlotSeason)))
    for (household, crops), group in groupby(in_order, key=lambda one: (one.household, isinstance(one, PlotSeason))):
        own = list(group)
        usual = usual_losses(known(household), [one.produce_id for one in own], crops=crops)
        found |= {one: usual[one.produce_id] for one in own if one.produce_id in usual}
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
