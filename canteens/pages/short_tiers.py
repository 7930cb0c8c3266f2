"""Tiers that a buyer has too few people for, in words, with what is to be done."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from accounts.models import Role
from canteens.selectors.short_tiers import ShortTier
from kernel import money
from kernel.present import StrOrPromise
from registers.pages.desks import Overview

MOST_ROWS = 100  # of the county's table; programs read all
COLUMNS: tuple[StrOrPromise, ...] = (
    gettext_lazy("Buyer"),
    gettext_lazy("Kind of fund"),
    gettext_lazy("From how many yuan on"),
    gettext_lazy("How many people must approve"),
    gettext_lazy("Who may approve"),
    gettext_lazy("How many there are besides whoever orders"),
    gettext_lazy("Day it is counted for"),
)


@dataclass(frozen=True, slots=True)
class ShortRow:
    """One tier as the buyer's own people read it."""

    title: str
    sentence: str


def posts_words(row: ShortTier) -> str:
    """Return the posts that a tier asks."""
    return pgettext("list", ", ").join(str(Role(post).label) for post in row.tier.posts)


def short_rows(rows: Iterable[ShortTier]) -> list[ShortRow]:
    """Return what a buyer's people read: which orders cannot be placed, how many people there are and are asked."""
    return [
        ShortRow(_("%(buyer)s: %(tier)s") % {"buyer": row.buyer, "tier": _title(row)}, _sentence(row)) for row in rows
    ]


def short_overview(rows: list[ShortTier]) -> Overview | None:
    """Return the buyers with too few people, each with where its tier is changed; None where there are none."""
    if not rows:
        return None
    title = ngettext(
        "%(n)s tier of a buyer asks more people than the buyer has: its orders are refused",
        "%(n)s tiers of buyers ask more people than the buyer has: their orders are refused",
        len(rows),
    )
    shown = [(list(zip(COLUMNS, _cells(row), strict=True)), _change_url(row)) for row in rows[:MOST_ROWS]]
    return Overview(title % {"n": len(rows)}, COLUMNS, shown, below=_("All tiers"))


def _title(row: ShortTier) -> str:
    fund = row.tier.get_fund_kind_display()
    return _("%(fund)s from %(yuan)s yuan on") % {"fund": fund, "yuan": money.yuan(row.tier.from_fen)}


def _sentence(row: ShortTier) -> str:
    sentence = ngettext(
        "On %(day)s the yes of %(asked)s person in these posts is needed: %(posts)s. Besides whoever orders, "
        "%(have)s hold one; %(lacking)s are missing.",
        "On %(day)s the yes of %(asked)s people in these posts is needed: %(posts)s. Besides whoever orders, "
        "%(have)s hold one; %(lacking)s are missing.",
        row.tier.persons,
    )
    said = {"asked": row.tier.persons, "posts": posts_words(row), "have": row.have, "lacking": row.lacking}
    return sentence % {**said, "day": row.on.isoformat()}


def _cells(row: ShortTier) -> tuple[object, ...]:
    tier = row.tier
    kind, amount = tier.get_fund_kind_display(), money.yuan(tier.from_fen)
    return row.buyer, kind, amount, tier.persons, posts_words(row), row.have, row.on.isoformat()


def _change_url(row: ShortTier) -> str:
    return reverse("register-edit", args=["approval-tiers", row.tier.pk])
