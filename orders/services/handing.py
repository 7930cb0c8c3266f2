"""Hand goods over at the pick-up: the haulier signs for what it takes, the seller's side says whether that is right."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import standing
from accounts.services.acts import note_act
from accounts.services.messages import Word, tell_all
from catalog.models import Listing
from catalog.services.kilos import lock_listings
from kernel.errors import BadValue, DomainError
from kernel.present import StrOrPromise, known
from kernel.workflow import IllegalMove
from orders.models import MOVING, Allocation, AllocationStatus, HandOver, HandOverAnswer, HandOverEnd
from orders.selectors.handing import CarriedPart, carried_of, hauls_for
from orders.selectors.orders import seller_name
from orders.services.delivering import RecalledOnCart, Tolerance, TooLateToSend, lock_orders, tolerance_at
from orders.services.hands import SHIP, take_hand
from orders.services.telling import quantity_handed, to_seller
from records.models import StoredFile
from records.services.files import attach

SCALE = "scale"  # the role of a photo of the scale at the pick-up

HANDED = _(
    "%(who)s (%(carrier)s) took your %(produce)s for %(buyer)s: %(quantity)s (order %(number)s). If that is not "
    "right, say so on the page of this hand-over."
)
AGREED = _("%(seller)s says that %(quantity)s of %(produce)s is right (order %(number)s).")
CONTESTED = _("%(seller)s says that %(quantity)s of %(produce)s is not right: %(why)s (order %(number)s).")
BACK = _("%(carrier)s gave your %(produce)s back: %(quantity)s (order %(number)s).")
NEVER_LEFT = _("%(quantity)s of your %(produce)s did not leave in time and count as given back (order %(number)s).")
GIVE_IT_BACK = _(
    "%(quantity)s of %(produce)s did not leave in time and count as given back to %(seller)s (order %(number)s). Bring "
    "them back."
)


class NoHaulier(DomainError):
    code = "no_haulier"
    message = _(
        "You do not drive for this organisation today. Choose the one you drive for, or ask its head for the post."
    )


class MoreThanPromised(DomainError):
    code = "more_than_promised"

    def __init__(self, lot: Listing, grams: int, pieces: int | None) -> None:
        super().__init__(
            _("%(produce)s: %(quantity)s at most may still be handed over; more was not promised.")
            % {"produce": lot.produce.name, "quantity": quantity_handed(lot, grams, pieces)}
        )


class AnsweredAlready(DomainError):
    code = "hand_over_answered"
    message = _("The seller's side has answered this hand-over already. Open it again to see what it said.")


class OwnWeight(DomainError):
    code = "own_weight"
    message = _("You wrote this weight yourself. Somebody else of the seller's side says whether it is right.")


class LeftAlready(DomainError):
    code = "left_already"
    message = _("Some of it is on a trip already, so it cannot be given back as a whole. What is left ends by itself.")


@dataclass(frozen=True, slots=True)
class Given:
    """What the seller's side gives at the pick-up, and who it is."""

    grams: int
    pieces: int | None = None
    giver: str = HandOver.Giver.SELLER
    giver_name: str = ""
    place: str = ""


@transaction.atomic
def hand_over(
    lot: Allocation, given: Given, *, carrier: int, photo: StoredFile | None = None, by: User, at: dt.datetime
) -> HandOver:
    """Write down what a haulier took of a lot; whoever enters it signs for it, with a photo if there is one.

    The lot is locked, so that a recall of this moment comes before or after.
    """
    if carrier not in hauls_for(by):
        raise NoHaulier
    [order] = lock_orders([lot.order_id])
    lot = Allocation.objects.select_related(
        "listing__produce", "listing__household", "listing__cooperative", "order__buyer"
    ).get(pk=lot.pk)
    [listing] = lock_listings([lot.listing_id]).values()
    if listing.recalled_at is not None:
        raise RecalledOnCart(listing)
    if order.status not in MOVING or lot.status != AllocationStatus.CONFIRMED:
        raise IllegalMove
    if at >= known(order.dispatch_by_at):
        raise TooLateToSend(order)
    _require_promised(lot, given, tolerance_at(at))
    take_hand(order, SHIP, by=by, at=at)
    row = HandOver.objects.create(
        allocation=lot,
        carrier_id=carrier,
        weight_g=given.grams,
        pieces=given.pieces,
        giver=given.giver,
        giver_name=given.giver_name.strip()[:40],
        place=given.place.strip()[:60],
        taken_by=by,
        at=at,
    )
    if photo is not None:
        attach(row.reference, photo, SCALE, by=by, at=at)
    household = listing.household
    if household is not None and household.pk not in standing(by).households:
        note_act(household, row.reference, "order", by=by, at=at)
    words = {"who": known(by.person).name, "carrier": row.carrier.name}
    tell_all([to_seller(lot, "handed", HANDED, quantity=lambda: _quantity(row), **words)], at=at)
    return row


@transaction.atomic
def answer(
    row: HandOver, *, agrees: bool, note: str = "", photo: StoredFile | None = None, by: User, at: dt.datetime
) -> HandOverAnswer:
    """Say for the seller whether a hand-over is right; that it is not says why, and the haulier is told.

    The seller's own photo of the scale stays beside the haulier's.
    """
    note = note.strip()[:200]
    if not agrees and not note:
        raise BadValue(_("Write what is not right: the weight you saw, or what you did not give."))
    if row.taken_by.person_id == by.person_id:
        raise OwnWeight
    try:
        with transaction.atomic():
            said = HandOverAnswer.objects.create(hand_over=row, agrees=agrees, note=note, by=by, at=at)
    except IntegrityError as twice:
        if "hand_over_id" not in str(twice):
            raise
        raise AnsweredAlready from None
    if photo is not None:
        attach(row.reference, photo, SCALE, by=by, at=at)
    household = row.allocation.listing.household
    if household is not None and household.pk not in standing(by).households:
        note_act(household, f"handover-answer:{said.pk}", "order", by=by, at=at)
    tell_all(
        [_to_haulier(row, "handed_answer", AGREED if agrees else CONTESTED, lambda: _quantity(row), why=note)], at=at
    )
    return said


@transaction.atomic
def show(row: HandOver, photo: StoredFile, *, by: User, at: dt.datetime) -> None:
    """Keep a photo of the scale at the pick-up, of either side; when it came stands with it."""
    attach(row.reference, photo, SCALE, by=by, at=at)


@transaction.atomic
def give_back(row: HandOver, *, by: User, at: dt.datetime) -> HandOverEnd:
    """Give a hand-over back as a whole: it was written wrong, or the goods stay. What has left stays on its trip."""
    if row.carrier_id not in hauls_for(by):
        raise NoHaulier
    part = _locked_part(row)
    if part.handed_g - row.weight_g < part.shipped_g or part.handed_pieces - (row.pieces or 0) < part.shipped_pieces:
        raise LeftAlready
    return _end(row, row.weight_g, row.pieces, by=by, at=at)


@transaction.atomic
def end_unsent(row: HandOver, *, at: dt.datetime) -> HandOverEnd | None:
    """End a hand-over whose time to leave is over: what is still on the haulier's hands counts as given back."""
    part = _locked_part(row)
    if at < known(row.allocation.order.dispatch_by_at) or not part.rest_g:
        return None
    pieces = None if row.pieces is None else min(row.pieces, part.rest_pieces)
    return _end(row, min(row.weight_g, part.rest_g), pieces, by=None, at=at)


def _require_promised(lot: Allocation, given: Given, tolerance: Tolerance) -> None:
    """Refuse weights and counts that do not fit the lot, and more than was promised of it over all hauliers."""
    name, counted = lot.listing.produce.name, lot.listing.piece_g is not None
    if given.grams <= 0:
        raise BadValue(_("Write what %(produce)s weighs.") % {"produce": name})
    if counted and not given.pieces:
        raise BadValue(_("%(produce)s: count the animals.") % {"produce": name})
    if not counted and given.pieces is not None:
        raise BadValue(_("Only animals are counted. Write the weight."))
    carried = carried_of([lot])[lot.pk]
    left_g = max(0, tolerance.most_g(lot) - carried.claimed_g)
    left = max(0, lot.quantity - carried.claimed_pieces) if counted else None
    if given.grams > left_g or (left is not None and known(given.pieces) > left):
        raise MoreThanPromised(lot.listing, left_g, left)


def _locked_part(row: HandOver) -> CarriedPart:
    """Lock the order of a hand-over that has not ended, and return what its haulier has of the lot."""
    lock_orders([row.allocation.order_id])
    if HandOverEnd.objects.filter(hand_over=row).exists():
        raise IllegalMove
    return carried_of([row.allocation])[row.allocation_id].of(row.carrier_id)


def _end(row: HandOver, grams: int, pieces: int | None, *, by: User | None, at: dt.datetime) -> HandOverEnd:
    end = HandOverEnd.objects.create(hand_over=row, back_g=grams, back_pieces=pieces, by=by, at=at)
    lot = row.allocation

    def quantity() -> str:
        return quantity_handed(lot.listing, grams, pieces)

    words = [to_seller(lot, "handed_back", BACK if by else NEVER_LEFT, quantity=quantity, carrier=row.carrier.name)]
    if by is None:
        words.append(_to_haulier(row, "handed_back", GIVE_IT_BACK, quantity))
    tell_all(words, at=at)
    return end


def _to_haulier(row: HandOver, kind: str, sentence: StrOrPromise, quantity: Callable[[], str], **more: object) -> Word:
    """Return one sentence for whoever took a hand-over."""
    lot = row.allocation
    values = {
        "seller": seller_name(lot.listing),
        "produce": lot.listing.produce.name,
        "number": lot.order.number,
        "quantity": quantity,
    }
    return Word(sentence, values | more, None, f"haul.{kind}", row.reference, row.taken_by.phone)


def _quantity(row: HandOver) -> str:
    return quantity_handed(row.allocation.listing, row.weight_g, row.pieces)
