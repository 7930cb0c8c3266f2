"""The seller's side in words: who asks for one's goods, where each part stands, what it is worth."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel import money, weight
from kernel.dates import day_words, deadline_words
from kernel.present import known, name_of
from kernel.shown import Fact, Tag
from orders.models import Allocation
from orders.pages.words import is_counted, quantity_of, recalled_tag
from orders.selectors.orders import seller_name
from orders.selectors.recalls import is_recalled
from orders.selectors.sales import Stage, step_of

TONES = {
    Stage.ASKED: "warn",
    Stage.CONFIRMED: "info",
    Stage.SHIPPED: "info",
    Stage.NOT_STATED: "info",
    Stage.OWED: "info",
    Stage.PAID: "ok",
    Stage.GIVEN_BACK: "plain",
    Stage.NOT_TAKEN: "plain",
    Stage.SENT_BACK: "plain",
}


@dataclass(frozen=True, slots=True)
class SaleRow:
    """One part of one's goods that a buyer asked for, as the list shows it."""

    url: str
    title: str
    picture: str
    buyer: str
    seller: str
    amount: str
    until: str
    status: Tag


def stage_words(stage: Stage) -> str:
    """Return where a part of a lot stands, in the seller's words."""
    return {
        Stage.ASKED: _("Waiting for your answer"),
        Stage.GIVEN_BACK: _("Given back"),
        Stage.CONFIRMED: _("To be brought"),
        Stage.SHIPPED: _("On the way"),
        Stage.NOT_TAKEN: _("Not taken"),
        Stage.SENT_BACK: pgettext("stage of goods", "Sent back"),
        Stage.NOT_STATED: _("Weighed; the statement is being written"),
        Stage.OWED: _("Money on its way"),
        Stage.PAID: _("Paid"),
    }[stage]


def sale_row(lot: Allocation, own_household: UUID | None, at: dt.datetime) -> SaleRow:
    """Return one ask of the list; the seller is named where it is not the reader's own household."""
    step = step_of(lot)
    own = own_household is not None and lot.listing.household_id == own_household
    return SaleRow(
        url=reverse("sale-detail", args=[lot.pk]),
        title=f"{name_of(lot.listing.produce)} {quantity_of(lot.listing, _size(lot))}",
        picture=lot.listing.produce.picture,
        buyer=lot.order.buyer.name,
        seller="" if own else seller_name(lot.listing),
        amount=money.yuan(step.amount_fen),
        until=deadline_words(known(lot.order.answer_by_at), at) if step.stage == Stage.ASKED else "",
        status=Tag(TONES[step.stage], stage_words(step.stage)),
    )


def sale_facts(lot: Allocation, *, names_seller: bool) -> list[Fact]:
    """Return who asks for how much at which price by when; whose goods they are where somebody else answers."""
    order = lot.order
    price = money.price_per_jin(lot.price_fen, lot.price_unit_g)
    facts = [
        Fact(_("Who buys"), order.buyer.name),
        Fact(pgettext("order", "How much"), quantity_of(lot.listing, _size(lot))),
        Fact(_("Price"), _("%(yuan)s yuan a jin") % {"yuan": price}),
        Fact(_("To be brought on"), day_words(order.deliver_on)),
        Fact(_("Order"), order.number),
    ]
    return [Fact(_("Whose goods"), seller_name(lot.listing)), *facts] if names_seller else facts


def sale_tag(lot: Allocation) -> Tag:
    """Return how one ask stands; a recall stands over everything else."""
    if is_recalled(lot):
        return recalled_tag()
    stage = step_of(lot).stage
    return Tag(TONES[stage], stage_words(stage))


def sale_title(lot: Allocation) -> str:
    """Return goods and amount in the seller's own unit: 包菜 200 斤."""
    amount = (
        quantity_of(lot.listing, lot.quantity)
        if is_counted(lot.listing)
        else _("%(jin)s jin") % {"jin": weight.with_commas(weight.jin(lot.weight_g))}
    )
    return f"{name_of(lot.listing.produce)} {amount}"


def other_weight(lot: Allocation) -> str:
    """Return the kilograms beside the jin, nothing for goods sold by the head."""
    return "" if is_counted(lot.listing) else _("%(kg)s kg") % {"kg": weight.with_commas(weight.kg(lot.weight_g))}


def usual_unit(lot: Allocation) -> str:
    """Return the unit in which a seller says how much there is."""
    return "piece" if is_counted(lot.listing) else "jin"


def _size(lot: Allocation) -> int:
    return lot.quantity if is_counted(lot.listing) else lot.weight_g
