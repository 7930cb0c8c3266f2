"""The year's sums of each class of goods in words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel import money
from kernel.present import in_english
from kernel.shown import Tag
from orders.selectors.classes import ClassSum


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One class of goods of one buyer, beside its limit; sums in yuan."""

    buyer: str
    goods: str
    ordered: str
    limit: str
    left: str
    status: Tag


def class_row(row: ClassSum) -> ClassRow:
    """Return one class of goods beside the limit."""
    left_fen = max(0, row.limit_fen - row.fen)
    return ClassRow(
        buyer=row.buyer,
        goods=row.name_en if in_english() else row.name,
        ordered=money.yuan(row.fen),
        limit=money.yuan(row.limit_fen),
        left=money.yuan(left_fen),
        status=_status(row),
    )


def _status(row: ClassSum) -> Tag:
    if row.above:
        return Tag("danger", _("Above the limit: only by a project"))
    if row.near:
        return Tag("warn", pgettext("limit", "Nearly used up"))
    return Tag("ok", pgettext("limit", "Within the limit"))
