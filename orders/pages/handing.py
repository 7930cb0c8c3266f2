"""Hand-overs at the pick-up as the haulier, the seller's side and the buyer read them."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from accounts.selectors import spoken_time, standing
from kernel import weight
from kernel.dates import day_words
from kernel.present import known, name_of
from kernel.shown import Fact, Tag
from orders.models import Allocation, HandOver
from orders.pages.words import counted
from orders.selectors.handing import CarriedLot, hauls_for, photos_at_pick_up
from orders.selectors.orders import seller_shown
from orders.services.telling import quantity_handed


@dataclass(frozen=True, slots=True)
class HandOverRow:
    """One hand-over in a list: its goods, how much, to whom, and what the seller's side says."""

    url: str
    title: str
    who: str
    when: str
    status: Tag


def hand_over_row(row: HandOver) -> HandOverRow:
    """Return one hand-over of a list."""
    listing = row.allocation.listing
    return HandOverRow(
        url=reverse("hand-over-detail", args=[row.pk]),
        title=f"{name_of(listing.produce)} {quantity_handed(listing, row.weight_g, row.pieces)}",
        who=f"{row.carrier.name} {known(row.taken_by.person).name}",
        when=spoken_time(row.at),
        status=hand_over_tag(row),
    )


def hand_over_tag(row: HandOver) -> Tag:
    """Return how a hand-over stands: given back over all else, then what the seller's side says."""
    if hasattr(row, "end"):
        return Tag("plain", pgettext("hand-over", "Given back"))
    if not hasattr(row, "answer"):
        return Tag("info", pgettext("hand-over", "The seller has not answered"))
    if row.answer.agrees:
        return Tag("ok", pgettext("hand-over", "The seller says it is right"))
    return Tag("warn", pgettext("hand-over", "The seller says it is not right"))


def hand_over_facts(row: HandOver, user: User) -> list[Fact]:
    """Return all that stands on a hand-over."""
    lot, name = row.allocation, known(row.taken_by.person).name
    giver = str(HandOver.Giver(row.giver).label)
    facts = [
        Fact(_("Handed over"), quantity_handed(lot.listing, row.weight_g, row.pieces), difference(lot, row.weight_g)),
        Fact(_("Seller"), seller_shown(lot.listing, user, lot.order.buyer_id), lot.listing.village.short_name),
        Fact(_("Who buys"), lot.order.buyer.name, lot.order.number),
        Fact(_("Taken by"), name, row.carrier.name),
        Fact(_("Given by"), row.giver_name or giver, giver if row.giver_name else ""),
        Fact(pgettext("hand-over", "When"), spoken_time(row.at), row.place),
    ]
    if hasattr(row, "answer"):
        said = row.answer.note or _("The weight is right")
        facts.append(Fact(_("The seller's side says"), said, spoken_time(row.answer.at)))
    if hasattr(row, "end"):
        why = _("written by the haulier") if row.end.by_id else _("it did not leave in time")
        facts.append(
            Fact(
                pgettext("hand-over", "Given back"),
                quantity_handed(lot.listing, row.end.back_g, row.end.back_pieces),
                why,
            )
        )
    return facts


def photos_of(row: HandOver) -> list[dict[str, str]]:
    """Return the photos of the scale at the pick-up, each with whose phone took it."""
    photos = []
    for photo in photos_at_pick_up(row):
        url = reverse("hand-over-photo", args=[row.pk, photo.file_id])
        taken = _("Photo of the haulier") if photo.by_id == row.taken_by_id else _("Photo of the seller's side")
        photos.append({"url": f"{url}?px=240", "full_url": url, "caption": taken})
    return photos


def difference(lot: Allocation, grams: int) -> str:
    """Return how a weight differs from what was promised, as a sentence; nothing where it does not."""
    less = lot.weight_g - grams
    if less == 0:
        return ""
    sentence = _("%(quantity)s less than promised; what was weighed counts")
    if less < 0:
        sentence = _("%(quantity)s more than promised; what was weighed counts")
    return sentence % {"quantity": weight.both(abs(less))}


def lot_facts(lot: Allocation, carried: CarriedLot, user: User) -> list[Fact]:
    """Return what a haulier has to know of a lot before it takes it."""
    village = lot.listing.village
    taken = [
        f"{part.name} {quantity_handed(lot.listing, part.handed_g, part.handed_pieces)}"
        for part in carried.rows
        if part.handed_g
    ]
    facts = [
        Fact(
            _("Seller"),
            seller_shown(lot.listing, user, lot.order.buyer_id),
            f"{known(village.parent).short_name}{village.short_name}",
        ),
        Fact(_("Who buys"), lot.order.buyer.name, day_words(lot.order.deliver_on)),
        Fact(
            pgettext("stage of goods", "Promised"),
            counted(lot.quantity, word=lot.listing.count_word, grams=lot.weight_g),
            lot.listing.number,
        ),
    ]
    if taken:
        facts.append(Fact(_("Handed over so far"), "、".join(taken)))
    return facts


def carriers_of(user: User) -> list[tuple[int, str]]:
    """Return the organisations this person drives for, with their names."""
    own = hauls_for(user)
    names = {post.organisation_id: post.organisation_name for post in standing(user).posts}
    return [(key, names[key]) for key in sorted(own)]
