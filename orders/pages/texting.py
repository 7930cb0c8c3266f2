"""Texts that could not be acted on, in words: what was written, whom to call, what still waits for an answer."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import InboundMessage
from kernel.dates import time_words
from kernel.masking import mask_name
from kernel.present import name_of
from kernel.shown import Link, Tag
from orders.models import Allocation
from orders.pages.words import is_counted, quantity_of

TONES = {
    InboundMessage.State.UNREADABLE: "warn",
    InboundMessage.State.REFUSED: "warn",
    InboundMessage.State.STRANGER: "plain",
}


@dataclass(frozen=True, slots=True)
class TextRow:
    """One text on which somebody calls."""

    who: str
    village: str
    phone: str
    when: str
    wrote: str
    status: Tag
    asks: list[Link]  # what the household has not answered yet


def text_rows(texts: list[InboundMessage], asks: dict[UUID | None, list[Allocation]]) -> list[TextRow]:
    """Return the texts of a page, each with what its household is still asked."""
    return [_row(text, asks.get(text.household_id, [])) for text in texts]  # type: ignore[attr-defined]


def _row(text: InboundMessage, asks: list[Allocation]) -> TextRow:
    household = text.household
    return TextRow(
        who=mask_name(household.head_name) if household is not None else _("Unknown phone"),
        village=household.village.short_name if household is not None else "",
        phone=text.phone,
        when=time_words(text.received_at),
        wrote=text.body or pgettext("a text", "nothing"),
        status=Tag(TONES[InboundMessage.State(text.state)], str(InboundMessage.State(text.state).label)),
        asks=[Link(reverse("sale-detail", args=[lot.pk]), ask_words(lot)) for lot in asks],
    )


def texted_words(lot: Allocation) -> str:
    """Return when a lot of `sales_seen_by` was answered by a text, empty where it was not."""
    at: dt.datetime | None = lot.texted_at  # type: ignore[attr-defined]
    return _("Answered by a text, %(when)s") % {"when": time_words(at)} if at is not None else ""


def ask_words(lot: Allocation) -> str:
    """Return what a household is asked, in one line."""
    size = lot.quantity if is_counted(lot.listing) else lot.weight_g
    return f"{name_of(lot.listing.produce)} {quantity_of(lot.listing, size)}"
