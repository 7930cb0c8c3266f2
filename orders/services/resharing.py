"""Change what each lot of a kept plan gives: by its buyer, with a reason that stays; the rule's own answer stays too.

The plan as the rule made it ends, and another one that names it goes on under the same clock, a line of a basket too.
Locks as in `keeping`.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import standing
from catalog.models import MOST_G, Movement
from catalog.services import kilos
from catalog.services.smallest import require_enough
from kernel import clock
from kernel.errors import BadValue, DomainError
from kernel.workflow import lock
from orders.models import EditReason, KeptLot, KeptPlan
from orders.selectors.keeping import kept_g
from orders.selectors.reasons import EDITED, read, written
from orders.selectors.resharing import as_the_rule_made_it
from orders.services import keeping, placing
from orders.services.placing import Take, Wish
from records.selectors.policy import policy

SAME = (
    "buyer", "by", "of_basket", "number", "produce", "grade", "asked", "deliver_on",
    "ceiling_fen_per_kg", "parcel_g", "listing", "plan", "seed", "since_at", "until_at", "extended",
)  # fmt: skip


class SharesNeedAReason(DomainError):
    code = "shares_need_a_reason"
    message = _("Say why you change the shares; for “Something else”, write it in words.")


class NothingChanged(DomainError):
    code = "nothing_changed"
    message = _("All shares are as before. Change what a lot gives, or go back.")


class NothingLeft(DomainError):
    code = "nothing_left"
    message = _("No lot gives anything any more. Leave something of one lot, or let the goods go.")


@transaction.atomic
def reshare(
    kept: KeptPlan, parts: Mapping[int, int], *, reason: str, words: str = "", by: User, at: dt.datetime
) -> KeptPlan:
    """Keep so much of each lot named, in its stock unit, and of the others what was kept; return the plan that goes on.

    Nothing of a lot is one answer; together it may be more or less than before, within what is free and the county lets
    a buyer keep. Only lots that the rule chose can be named.
    """
    words = words.strip()[:200]
    if reason not in EditReason.values or (reason == EditReason.OTHER and not words):
        raise SharesNeedAReason
    keeping.lock_buyer(kept.buyer)
    kept = lock(kept)
    keeping.require_running(kept, by, at)
    first, freed = as_the_rule_made_it(kept), list(kept.lots.all())
    planned = {lot.listing_id: lot for lot in first.lots.order_by("pk")}
    before = {lot.listing_id: lot.quantity for lot in freed}
    after = _wanted(parts, planned, before)
    listings = kilos.lock_listings(planned)
    _require_room(kept, {listings[number].pk: listings[number].grams(part) for number, part in after.items()}, at)
    who, wish = standing(by), Wish(kept.produce_id, (), ceiling_fen_per_kg=kept.ceiling_fen_per_kg)
    for number, part in after.items():
        listing = listings[number]
        take = Take(number, part, listing.price_fen, listing.price_unit_g)
        placing.require_as_shown(wish, take, listing, kept.deliver_on, who)
        if part != before.get(number):  # what stays as it was kept was enough then
            require_enough(listing, part, before.get(number, 0))
    keeping.end([kept], by=by, at=at)
    again = KeptPlan(
        **{name: getattr(kept, name) for name in SAME}, at=at, made_from=first, edit_reason=reason, edit_words=words
    ).begin(by=by, at=at)
    lots = KeptLot.objects.bulk_create(
        KeptLot(
            kept=again,
            listing_id=number,
            quantity=part,
            price_fen=listings[number].price_fen,
            price_unit_g=listings[number].price_unit_g,
            why=_why(planned[number], part),
        )
        for number, part in after.items()
    )
    side = Movement.Side
    moves = [
        kilos.KiloMove(lot.listing_id, side.FREE, side.RESERVED, lot.quantity, f"{lot.reference}:hold") for lot in lots
    ]
    kilos.move_kilos([*placing.given_back(freed), *moves], by=by, at=at, listings=listings, fresh=True)
    for number, part in after.items():
        kilos.require_on_sale(listings[number], clock.county_day(at), reserved=part <= before.get(number, 0))
    return again


def _wanted(parts: Mapping[int, int], planned: Mapping[int, KeptLot], before: Mapping[int, int]) -> dict[int, int]:
    """Return what each lot gives from now on; of those that give nothing there is no word."""
    if parts.keys() - planned.keys():
        raise BadValue(_("One of these lots does not belong to this plan. Look at the plan again."))
    if any(not 0 <= part <= MOST_G for part in parts.values()):
        raise BadValue(_("Write how much each lot gives, 0 for nothing."))
    after = {number: parts.get(number, before.get(number, 0)) for number in planned}
    after = {number: part for number, part in after.items() if part}
    if not after:
        raise NothingLeft
    if after == before:
        raise NothingChanged
    return after


def _require_room(kept: KeptPlan, grams: Mapping[int, int], at: dt.datetime) -> None:
    """Refuse more than the county lets a buyer keep."""
    most_g = policy("plan_kept_most_g", clock.county_day(at))
    if kept_g(kept.buyer, [kept]) + sum(grams.values()) > most_g:
        raise keeping.KeptTooMuch(most_g)


def _why(planned: KeptLot, part: int) -> str:
    """Return the figures of the rule; those of a share that was changed say so."""
    why = read(planned.why)
    if why is None or part == planned.quantity:
        return planned.why
    return written(replace(why, kind=EDITED))[:200]
