"""What was said of a sale, and where one says it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from kernel.shown import Fact
from orders.models import Rating, ReceiptLine, Side
from orders.pages.complaints import lot_words
from orders.selectors.ratings import Praise


@dataclass(frozen=True, slots=True)
class ToRate:
    """A lot of which somebody says how it went: all well by one tap, or on a page; `idem` is the key of the tap."""

    goods: str
    url: str
    idem: str


def to_rate(lines: Iterable[ReceiptLine], user: User, key: Callable[[], str]) -> list[ToRate]:
    """Return where it is said how these lots went, each tap under a key of its own."""
    return [ToRate(lot_words(line, user), rate_url(line), key()) for line in lines]


def rate_url(line: ReceiptLine) -> str:
    """Return where it is said how a lot went."""
    return reverse("receipt-line-rate", args=[line.receipt_id, line.pk])


def said(row: Rating) -> list[Fact]:
    """Return what one side said, question by question, with its words."""
    asked: list[tuple[str, bool | None]] = (
        [
            (pgettext("rating", "On time"), row.timely),
            (pgettext("rating", "As described"), row.as_described),
            (pgettext("rating", "Weight right"), row.right_weight),
        ]
        if row.side == Side.BUYER
        else [
            (pgettext("rating", "Money on time"), row.timely),
            (pgettext("rating", "Weighed fairly"), row.right_weight),
        ]
    )
    facts = [Fact(label, _("yes") if answer else _("no")) for label, answer in asked]
    return [*facts, Fact(_("In words"), row.words)] if row.words else facts


def praise_facts(told: Praise, side: Side) -> list[Fact]:
    """Return what the other side said of a party, as counts of all that was said; nothing where nobody spoke."""
    if not told.said:
        return []
    of = pgettext("scorecard", "of %(n)s") % {"n": told.said}
    if side == Side.BUYER:  # a buyer speaks of goods
        return [
            Fact(_("Buyers say: on time"), str(told.timely), of),
            Fact(_("Buyers say: as described"), str(told.as_described), of),
            Fact(_("Buyers say: weight right"), str(told.right_weight), of),
        ]
    return [
        Fact(_("Farmers say: weighed fairly"), str(told.right_weight), of),
        Fact(_("Farmers say: money on time"), str(told.timely), of),
    ]
