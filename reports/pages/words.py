"""The words every report is made of: months, tons, limits, how the figures were counted."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel.clock import COUNTY_ZONE
from kernel.money import yuan
from kernel.shown import Fact
from reports.selectors.sales import Limits, Sales


@dataclass(frozen=True, slots=True)
class Chip:
    """One limit of a report; `url` shows the report without it, empty where it stays."""

    text: str
    url: str


def tons(weight_g: int) -> str:
    """Return grams as tons with two decimals, rounded half up."""
    hundredths = (2 * abs(weight_g) + 10_000) // 20_000
    return f"{'-' if weight_g < 0 else ''}{hundredths // 100:,}.{hundredths % 100:02d}"


def period(limits: Limits) -> str:
    """Return the months of a report in words."""
    if limits.first == limits.last:
        return _("%(year)s-%(month)s") % {"year": limits.last[:4], "month": int(limits.last[5:])}
    return _("%(first)s to %(last)s") % {"first": limits.first, "last": limits.last}


def scope(limits: Limits, names: Mapping[str, Mapping[str, str]]) -> str:
    """Return what a report is about: its months, and what else it is limited to: 2026 年 10 月，小松镇、包菜."""
    named = [str(fact.value) for fact in limit_facts(limits, names)]
    if not named:
        return period(limits)
    return _("%(period)s, %(limits)s") % {"period": period(limits), "limits": pgettext("list", ", ").join(named)}


def basis(sales: Sales, limits: Limits) -> str:
    """Return how the figures of these months were counted, and as of when."""
    cut_off = f"{sales.cut_off.astimezone(COUNTY_ZONE):%Y-%m-%d %H:%M}"
    counted = _(
        "Counted: goods weighed, accepted and signed for by two people, on the day of the second signature, at the "
        "settled amount; a household counts once in each figure, by the tier it held on that day. Cut-off %(at)s."
    ) % {"at": cut_off}
    months = sales.by("month").items()
    earlier = sum(figure.earlier_fen for month, figure in months if limits.first <= month <= limits.last)
    if not earlier:
        return counted
    paid = _("Of it %(yuan)s yuan were ordered in the year before and are paid from its funds.")
    return f"{counted} {paid % {'yuan': yuan(earlier)}}"


def limit_facts(limits: Limits, names: Mapping[str, Mapping[str, str]]) -> list[Fact]:
    """Return what a report is limited to beside its months; `names` names every code."""
    labels = {
        "channel": _("Buyer channel"),
        "township": _("Township"),
        "produce": pgettext("report", "Produce"),
    }
    return [Fact(labels[name], said) for name in labels if (said := _said(limits, names, name))]


def limit_chips(limits: Limits, names: Mapping[str, Mapping[str, str]]) -> list[Chip]:
    """Return each limit as a chip that takes it away, months first; the own townships of a reader stay."""
    chips = [Chip(period(limits), "")]
    for name in ("channel", "township", "produce"):
        said = _said(limits, names, name)
        if said:
            stays = not getattr(limits, name) or (name == "township" and len(limits.towns) == 1)
            chips.append(Chip(said, "" if stays else with_limits("sales", limits, **{name: ""})))
    return chips


def _said(limits: Limits, names: Mapping[str, Mapping[str, str]], name: str) -> str:
    """Return one limit in words, empty where there is none; the own townships of a reader are one."""
    code = str(getattr(limits, name))
    codes = [code] if code else limits.towns if name == "township" else ()
    return pgettext("list", ", ").join(names[name].get(code, code) for code in codes)


def with_limits(page: str, limits: Limits, **changes: str) -> str:
    """Return the address of a report under the same limits, but for these changes."""
    asked = asdict(replace(limits, **changes, towns=()))  # whose townships they are, each door knows by itself
    query = {name: value for name, value in asked.items() if value}
    return f"{reverse(page)}?{urlencode(query)}"
