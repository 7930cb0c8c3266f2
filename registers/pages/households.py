"""The desk of the register of households."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Cause, Household, HouseholdTier, Tier
from accounts.selectors import Standing
from kernel import clock
from kernel.masking import mask_name, mask_phone
from registers import filters, forms
from registers.pages.desks import Column, Desk


def _rows(_who: Standing) -> QuerySet[Household]:
    now = Prefetch("tiers", HouseholdTier.objects.filter(to_on=None), to_attr="tiers_now")
    return Household.objects.select_related("village__parent").prefetch_related(now)


def _tier(row: Any) -> HouseholdTier | None:
    return row.tiers_now[0] if row.tiers_now else None


def _tier_word(row: Any) -> object:
    tier = _tier(row)
    return Tier(tier.tier).label if tier else Tier.ORDINARY.label


def _cause_word(row: Any) -> object:
    tier = _tier(row)
    return Cause(tier.cause).label if tier and tier.cause else ""


def _since(row: Any) -> str:
    tier = _tier(row)
    return tier.from_on.isoformat() if tier else ""


def _now(row: Any) -> Mapping[str, Any]:
    """Return what a household is now, to begin its change with; another kind begins today unless it is said."""
    tier = _tier(row)
    today: dt.date = clock.county_day(clock.now())
    return {
        "household": row.pk,
        "tier": tier.tier if tier else Tier.ORDINARY,
        "cause": tier.cause if tier else "",
        "from_on": today,
        "village": f"{row.village.township.name}{row.village.short_name}",
        "phone": row.phone,
        "people": row.people,
    }


HOUSEHOLDS = Desk(
    key="households",
    personal=True,
    name=_("Households"),
    about=_("Every household with its kind, from which day on it counts so, its village and its phone."),
    add=_("Propose a household"),
    form=forms.HouseholdForm,
    change_form=forms.HouseholdChangeForm,
    rows=_rows,
    order=("number",),
    columns=(
        Column("number", _("Household number"), lambda row: row.number),
        Column("name", _("Household head"), lambda row: mask_name(row.head_name)),
        Column("village", _("Village"), lambda row: row.village.short_name),
        Column("tier", _("Kind of household"), _tier_word),
        Column("from_on", pgettext_lazy("register", "From"), _since),
        Column("cause", _("Cause"), _cause_word),
        Column("people", _("People"), lambda row: row.people),
        Column("phone", _("Phone"), lambda row: mask_phone(row.phone) if row.phone else ""),
    ),
    narrowed=filters.HouseholdFilter,
    content_of=_now,
    file_page="household-import",
)

DESKS = (HOUSEHOLDS,)
