"""Goods worth a look, with what stands out about each."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from catalog.pages.lots import compared, grade_of, place_of, seller_of
from catalog.selectors.market import Usual
from catalog.selectors.watch import Odd, Watched
from kernel import money
from kernel.present import StrOrPromise, name_of
from records.forms import new_key

WORDS = {
    Odd.HIGH: pgettext_lazy("market", "High price"),
    Odd.LOW: pgettext_lazy("market", "Far below the usual price"),
    Odd.SAME_PHOTO: gettext_lazy("Same photo as another seller"),
    Odd.MORE_THAN_LAND: gettext_lazy("More than its land gives"),
}


@dataclass(frozen=True, slots=True)
class WatchedRow:
    """One lot that stands out: its price, what is usual beside it, and why it is here."""

    url: str
    name: str
    meta: list[str]
    price: str
    beside: str
    reason: str
    why: list[StrOrPromise]
    looked_url: str
    idem: str


def row(watched: Watched, usual: Usual) -> WatchedRow:
    """Return one lot that stands out."""
    lot = watched.listing
    price = compared(lot, usual)
    beside = pgettext("watch", "usually %(price)s, %(note)s") % {"price": price.reference, "note": price.note}
    return WatchedRow(
        url=reverse("listing-detail", args=[lot.pk]),
        name=f"{name_of(lot.produce)} {grade_of(lot.grade)}".strip(),
        meta=[lot.in_words(lot.listed), place_of(lot), seller_of(lot), lot.number],
        price=_("%(price)s yuan/kg") % {"price": money.price_per_kg(lot.price_fen, lot.price_unit_g)},
        beside=beside if price.reference else "",
        reason=lot.price_reason,
        why=[WORDS[odd] for odd in watched.why],
        looked_url=reverse("listing-looked-at", args=[lot.pk]),
        idem=new_key(),
    )
