"""The steps of one sale: what it is, how much, for whom, and the receipt of what is on sale."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Household, Organisation
from catalog.models import Listing
from catalog.pages.lots import (
    amount,
    day_of,
    harvest_of,
    in_kg,
    jin_with_comma,
    keeps,
    place_of,
    price_line,
)
from kernel import money, weight
from kernel.present import StrOrPromise, in_english, known, name_of
from kernel.shown import Action, Fact
from kernel.weight import Quantity
from produce.models import Produce, ProduceCategory
from produce.selectors import dictionary
from records.forms import new_key
from records.services.photos import photo_url
from selling.models import ListingDraft

CHIPS_JIN = ("100", "200", "500", "1000")
CHIPS_HEAD = ("5", "10", "20", "50")


@dataclass(frozen=True, slots=True)
class WordGroup:
    """Goods to choose from, under a title where they have one."""

    title: str
    words: list[dictionary.Word]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The goods chosen, with their photo; `said` is their name in the sum where it is written another way."""

    name: str
    picture: str
    photo_url: str
    name_in_sum: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit to choose."""

    value: str
    word: StrOrPromise


@dataclass(frozen=True, slots=True)
class AmountChip:
    """An amount to tap."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Sum:
    """Amount and money in words."""

    weight: str
    money: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is on sale now, and what happens next."""

    title: str
    number: str
    picture: str
    photo_url: str
    facts: list[Fact]
    steps: list[str]


@dataclass(frozen=True, slots=True)
class Owner:
    """A co-operative for which goods are listed; `idem` is the key of the draft that a tap begins."""

    owner: str
    name: str
    idem: str


@dataclass(frozen=True, slots=True)
class HouseholdOwner(Owner):
    """A household for which goods are listed."""

    number: str
    village: str
    pause_url: str


def by_kind() -> list[WordGroup]:
    """Return the whole dictionary, kind by kind."""
    names = dict(
        ProduceCategory.objects.order_by("position").values_list("code", "name_en" if in_english() else "name_zh")
    )
    words = dictionary.words()
    return [WordGroup(title, [word for word in words if word.category == code]) for code, title in names.items()]


def chosen(produce: Produce, draft: ListingDraft) -> Chosen:
    """Return the goods chosen for a draft."""
    return Chosen(name_of(produce), produce.picture, photo_url(draft.photo, 160))


def units(codes: Iterable[str]) -> list[Unit]:
    """Return the units that an amount may be typed in."""
    return [Unit(code, weight.UNIT_NAMES[code]) for code in codes]


def amount_chips(count_word: str) -> list[AmountChip]:
    """Return amounts to tap, heads where goods are counted by a word."""
    if count_word:
        return [AmountChip(head, weight.heads(int(head), count_word)) for head in CHIPS_HEAD]
    return [AmountChip(jin, _("%(jin)s jin") % {"jin": jin}) for jin in CHIPS_JIN]


def echo_and_sum(quantity: Quantity, unit: str, fen: int, count_word: str) -> tuple[str, Sum]:
    """Return how a typed amount was understood, and amount and money in words."""
    grams = quantity.grams or 0
    jin, kilograms = _("%(jin)s jin") % {"jin": jin_with_comma(grams)}, in_kg(grams)
    yuan = _("%(yuan)s yuan") % {"yuan": money.yuan(fen).removesuffix(".00")}
    if unit == "piece":
        return _("about %(jin)s") % {"jin": jin}, Sum(weight.heads(known(quantity.pieces), count_word), yuan)
    if unit == "kg":
        return f"= {jin}", Sum(kilograms, yuan)
    return f"= {kilograms}", Sum(jin, yuan)


def receipt_of(lot: Listing, today: dt.date, *, own: bool) -> Receipt:
    """Return the receipt of a lot put on sale; who listed it for a household is told that it knows."""
    steps = [
        _("Buyers see it now, under “%(place)s”, without your name.") % {"place": place_of(lot)},
        _("When somebody orders it, you get a text message."),
        _("If nothing happens for some days, we ask whether it is still there."),
    ]
    if not own and lot.household_id:
        steps.insert(0, _("The household has been told by text message and may take it down."))
    return Receipt(
        title=_("It is on sale") if lot.harvested_on else _("It is announced"),
        number=lot.number,
        picture=lot.produce.picture,
        photo_url=photo_url(lot.cover),
        facts=[
            Fact(_("Goods"), f"{name_of(lot.produce)} {amount(lot, lot.listed)}", _other_weight(lot)),
            Fact(pgettext("goods", "Price"), price_line(lot)),
            Fact(_("Keeps"), keeps(lot, today)) if lot.harvested_on else harvest_of(lot),
            Fact(_("Where it lies"), place_of(lot)),
            Fact(pgettext("goods", "Put on sale"), day_of(lot.listed_at)),
        ],
        steps=steps,
    )


def receipt_actions(lot: Listing) -> list[Action]:
    """Return where one goes on from a receipt."""
    return [
        Action(f"{reverse('sell')}?again={lot.pk}", _("The same again"), icon="refresh"),
        Action(reverse("my-listings"), _("My goods"), main=True),
    ]


def _other_weight(lot: Listing) -> str:
    """Return what the farmer's own words left out: kilograms, or the weight of what is counted."""
    grams = lot.grams(lot.listed)
    return weight.both(grams) if lot.piece_g else in_kg(grams)


def cooperative_owner(cooperative: Organisation) -> Owner:
    """Return a co-operative for which goods are listed."""
    return Owner(f"cooperative:{cooperative.pk}", cooperative.name, new_key())


def household_owner(household: Household) -> HouseholdOwner:
    """Return a household for which goods are listed."""
    return HouseholdOwner(
        owner=f"household:{household.pk}",
        name=household.head_name,
        idem=new_key(),
        number=household.number,
        village=household.village.short_name,
        pause_url=reverse("pause-for", args=[household.pk]),
    )
