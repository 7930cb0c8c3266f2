"""Sales below the county's reference as pages show them: at what goods went, and what they were worth that day."""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from catalog.models import Movement
from kernel import money
from kernel.dates import day_words
from kernel.present import known, name_of
from kernel.shown import Fact
from losses.models import LossClaim, SchemeRate
from losses.pages.claims import LotRow
from losses.pages.told import told_facts
from losses.relief import REFERENCE_UNIT_G
from losses.selectors.rates import rate_words
from losses.selectors.sales import day_of
from losses.services.told import Told


def sale_row(sale: Movement, own_household: UUID | None) -> LotRow:
    """Return a sale to choose, with its two prices; whose it was stands there where it is not one's own."""
    lot = sale.listing
    household = known(lot.household)
    others = [] if household.pk == own_household else [household.head_name, lot.village.short_name]
    return LotRow(
        url=reverse("claim-new-sold-low", args=[sale.pk]),
        title=name_of(lot.produce),
        meta=[
            _("%(quantity)s sold on %(day)s")
            % {"quantity": lot.in_words(sale.quantity), "day": day_words(day_of(sale))},
            _("at %(price)s yuan/jin, worth %(quote)s yuan/jin") % {"price": _price(sale), "quote": _worth(sale.worth)},  # type: ignore[attr-defined]  # asked beside it
            lot.number,
            *others,
        ],
        picture=lot.produce.picture,
        reported=sale.reported,  # type: ignore[attr-defined]  # asked beside the sale
    )


def sale_facts(sale: Movement, rate: SchemeRate) -> list[Fact]:
    """Return what the system knows of a sale, and what its loss is relieved with."""
    lot = sale.listing
    worth, left = sale.worth, sale.left  # type: ignore[attr-defined]  # asked beside the sale
    return [*_facts(sale, worth, rate), Fact(_("Can be reported"), lot.in_words(left))]


def preview_facts(sale: Movement, rate: SchemeRate, quantity: int, words: str, told: Told) -> list[Fact]:
    """Return what would be reported of a sale, as it will stand."""
    lot = sale.listing
    facts = [
        Fact(pgettext("loss", "Goods"), name_of(lot.produce)),
        Fact(_("How much"), lot.in_words(quantity)),
        *_facts(sale, sale.worth, rate),  # type: ignore[attr-defined]  # asked beside the sale
        *told_facts(told),
    ]
    return [*facts, Fact(_("Your words"), words)] if words else facts


def facts_of_claim(claim: LossClaim) -> list[Fact]:
    """Return the sale a claim is of, as it was reported; empty for every other loss."""
    return _facts(claim.sale, known(claim.reference_fen), claim.rate) if claim.sale is not None else []


def _facts(sale: Movement, worth: int, rate: SchemeRate) -> list[Fact]:
    return [
        Fact(_("Sold and weighed"), sale.listing.in_words(sale.quantity), day_words(day_of(sale))),
        Fact(pgettext("loss", "Sold at"), _("%(n)s yuan/jin") % {"n": _price(sale)}),
        Fact(_("Reference price of that day"), _("%(n)s yuan/jin") % {"n": _worth(worth)}),
        Fact(
            pgettext("loss", "Relief"),
            _("%(rate)s, at most what it fetched too little") % {"rate": rate_words(rate)},
        ),
    ]


def _price(sale: Movement) -> str:
    return money.price_per_jin(known(sale.price_fen), known(sale.price_unit_g))


def _worth(fen: int) -> str:
    return money.price_per_jin(fen, REFERENCE_UNIT_G)
