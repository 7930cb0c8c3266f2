"""The shares of a plan changed by hand: what may be changed, and what was, as it stands on the order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.forms import BoundField
from django.utils.translation import gettext as _

from accounts.models import Somebody
from accounts.selectors import spoken_time
from catalog.models import Listing
from kernel import masking, weight
from kernel.shown import Moment
from orders.forms.resharing import ReshareForm
from orders.models import EditReason, PurchaseOrder
from orders.pages.words import counted
from orders.selectors.orders import people_masked, seller_name, seller_shown
from orders.selectors.resharing import Part, Reshared, reshared


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One lot: who, what the rule gave, what there is at most, what it hands over at least, and its field."""

    seller: str
    place: str
    planned: str
    most: str
    least: str
    unit: str
    field: BoundField


def share_rows(parts: Sequence[Part], form: ReshareForm) -> list[ShareRow]:
    """Return the lots of a plan; a household's name is masked until it has said yes."""
    return [_row(part, form) for part in parts]


def reshared_steps(order: PurchaseOrder, user: Somebody) -> list[Moment]:
    """Return each change of shares before ordering as a step of the order, the latest first."""
    found = reshared([order])
    hidden = people_masked(order, user) if found else ()
    return [_step(change, order, user, hidden) for change in reversed(found)]


def _row(part: Part, form: ReshareForm) -> ShareRow:
    lot, name = part.listing, seller_name(part.listing)
    return ShareRow(
        seller=masking.mask_name(name) if lot.household_id else name,
        place=lot.village.short_name,
        planned=_quantity(lot, part.planned),
        most=_quantity(lot, part.most),
        least=_quantity(lot, lot.smallest) if lot.smallest else "",
        unit=_("kg") if lot.piece_g is None else str(weight.COUNT_WORDS[lot.count_word]),
        field=form[f"part_{lot.pk}"],
    )


def _step(change: Reshared, order: PurchaseOrder, user: Somebody, hidden: Collection[UUID]) -> Moment:
    plan, person = change.plan, change.plan.by.person
    name = person.name if person is not None else ""
    lots = "；".join(
        _("%(seller)s: %(before)s → %(after)s")
        % {
            "seller": seller_shown(lot, user, order.buyer_id),
            "before": _quantity(lot, before),
            "after": _quantity(lot, after),
        }
        for lot, before, after in change.lots
    )
    why = "：".join(filter(None, [str(EditReason(plan.edit_reason).label), plan.edit_words]))
    return Moment(
        when=spoken_time(plan.at),
        who=masking.mask_name(name) if person is not None and person.pk in hidden else name,
        what=_("Shares changed by hand (%(why)s). %(lots)s") % {"why": why, "lots": lots},
        tone="warn",
    )


def _quantity(lot: Listing, quantity: int) -> str:
    return counted(quantity, word=lot.count_word, grams=lot.grams(quantity))
