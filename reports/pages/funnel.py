"""How far claims came: one strip of stages, one table with the sum first."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel.clock import COUNTY_ZONE
from kernel.money import yuan
from kernel.shown import Tab
from losses.selectors import FunnelRow
from reports.pages.words import tons


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the strip."""

    label: str
    count: int
    amount: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group of claims, or the sum of all."""

    label: str
    cells: list[int | str]
    total: bool


def group_labels() -> Mapping[str, str]:
    """Return what claims may be grouped by, in words."""
    return {"township": _("By township"), "month": _("By month of the report"), "scheme": _("By scheme")}


def group_tabs(chosen: str) -> list[Tab]:
    """Return the groupings, the chosen one marked."""
    here = reverse("funnel")
    return [Tab(f"{here}?by={name}", label, name == chosen) for name, label in group_labels().items()]


def whole_of(rows: list[FunnelRow]) -> FunnelRow:
    """Return the sum of all groups."""
    counted = [column.name for column in fields(FunnelRow) if column.name not in ("key", "label")]
    sums = {name: sum(getattr(row, name) for row in rows) for name in counted}
    return FunnelRow(key="", label=pgettext("report", "In all"), **sums)


def stages(whole: FunnelRow) -> list[Stage]:
    """Return the strip of stages of all claims."""
    return [
        Stage(pgettext("report", "Declared"), whole.declared, yuan(whole.declared_fen)),
        Stage(pgettext("report", "Verified"), whole.verified, yuan(whole.verified_fen)),
        Stage(pgettext("report", "Awarded"), whole.awarded, yuan(whole.awarded_fen)),
        Stage(pgettext("report", "Arrived"), whole.paid, yuan(whole.paid_fen)),
    ]


def group_row(row: FunnelRow, *, total: bool = False) -> GroupRow:
    """Return one row of the table."""
    cells: list[int | str] = [
        row.declared, tons(row.declared_g), yuan(row.declared_fen), row.verified, tons(row.verified_g),
        yuan(row.verified_fen), row.awarded, yuan(row.awarded_fen), row.paid, yuan(row.paid_fen),
    ]  # fmt: skip
    return GroupRow(row.label, cells, total)


def funnel_basis(at: dt.datetime) -> str:
    """Return how the claims were counted, and as of when."""
    return _(
        "Counted: every claim by the day it was reported; declared and verified kilos at the scheme's rate; "
        "arrived means the bank said so and the money did not come back. Cut-off %(at)s."
    ) % {"at": f"{at.astimezone(COUNTY_ZONE):%Y-%m-%d %H:%M}"}
