"""The words every report is made of: months, tons, limits, how the figures were counted."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel.clock import COUNTY_ZONE
from kernel.shown import Fact
from reports.selectors.sales import Limits, Sales


def tons(weight_g: int) -> str:
    """Return grams as tons with two decimals, rounded half up."""
    hundredths = (2 * weight_g + 10_000) // 20_000
    return f"{hundredths // 100:,}.{hundredths % 100:02d}"


def period(limits: Limits) -> str:
    """Return the months of a report in words."""
    if limits.first == limits.last:
        return _("%(year)s-%(month)s") % {"year": limits.last[:4], "month": int(limits.last[5:])}
    return _("%(first)s to %(last)s") % {"first": limits.first, "last": limits.last}


def basis(sales: Sales) -> str:
    """Return how the figures were counted, and as of when."""
    cut_off = f"{sales.cut_off.astimezone(COUNTY_ZONE):%Y-%m-%d %H:%M}"
    return _(
        "Counted: goods weighed, accepted and signed for by two people, on the day of the second signature, at the "
        "settled amount; a household counts once in each figure, by the tier it held on that day. Cut-off %(at)s."
    ) % {"at": cut_off}


def limit_facts(limits: Limits, names: Mapping[str, Mapping[str, str]]) -> list[Fact]:
    """Return what a report is limited to beside its months; `names` names every code."""
    labels = {
        "channel": _("Buyer channel"),
        "township": _("Township"),
        "produce": pgettext("report", "Produce"),
    }
    codes = {name: str(getattr(limits, name)) for name in labels}
    return [Fact(labels[name], names[name].get(code, code)) for name, code in codes.items() if code]


def with_limits(page: str, limits: Limits, **changes: str) -> str:
    """Return the address of a report under the same limits, but for these changes."""
    query = {name: value for name, value in asdict(replace(limits, **changes)).items() if value}
    return f"{reverse(page)}?{urlencode(query)}"
