"""Sales figures put into words, charts and the official form; nothing is computed here that the figures do not say."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel.clock import COUNTY_ZONE
from kernel.money import wan_yuan, yuan
from kernel.weight import kg
from losses.selectors import FunnelRow
from reports.selectors.sales import Figure, Limits, Sales, names, shifted

CHART_MONTHS = 6


def tons(weight_g: int) -> str:
    """Write grams as tons with two decimals, rounded half up."""
    hundredths = (2 * weight_g + 10_000) // 20_000
    return f"{hundredths // 100:,}.{hundredths % 100:02d}"


def chart_limits(limits: Limits) -> Limits:
    """Return limits wide enough for the chart of months around one month's report."""
    if limits.first != limits.last:
        return limits
    return Limits(shifted(limits.last, 1 - CHART_MONTHS), limits.last, limits.channel, limits.township, limits.produce)


def report_page(sales: Sales, limits: Limits, known: dict) -> dict:
    """Return the context of the report's page for one month or a range of months; `known` names every code."""
    fixed = {"month": limits.last} if limits.first == limits.last else {}
    total = sales.at(**fixed)
    before = sales.at(month=shifted(limits.last, -1)) if fixed else None
    title = _("Sales report %(period)s") % {"period": period(limits)}
    return {
        "crumb": {"url": reverse("home"), "label": _("Home")},
        "report": {
            "title": title,
            "short": _("Sales report"),
            "meta": [_("Shicheng County"), _("Figures in units of 10,000 yuan and tons")],
            "sentence": sentence(sales, limits, total, before, known),
        },
        "exports": [
            {"url": with_limits("sales-form", limits), "label": _("Official form"), "icon": "print"},
            {"url": with_limits("sales-xlsx", limits), "label": _("Spreadsheet"), "icon": "report"},
        ],
        "figures": figures(total, before, limits),
        "months": months_chart(sales, limits),
        "channels": bars(_("Who bought"), sales.by("channel", **fixed), known["channel"], total, limits, "channel"),
        "towns": bars(
            _("Where it came from"),
            sales.by("township", **fixed),
            known["township"],
            total,
            limits,
            "township",
            falling=falling_towns(sales, limits),
        ),
        "filters": filters(limits, known),
        "basis": basis(sales),
    }


def sentence(sales: Sales, limits: Limits, total: Figure, before: Figure | None, known: dict) -> str:
    """Say the report in one sentence, as the first thing on the page."""
    if not total.amount_fen:
        return _("Nothing was settled in %(period)s.") % {"period": period(limits)}
    said = format_html(
        _("In {} {} tons were sold for {} times 10,000 yuan, serving {} households{}."),
        period(limits),
        format_html("<b>{}</b>", tons(total.weight_g)),
        format_html("<b>{}</b>", wan_yuan(total.amount_fen)),
        format_html("<b>{}</b>", total.households),
        change_words(total, before),
    )
    falling = [known["township"].get(code, code) for code in sorted(falling_towns(sales, limits))]
    if falling:
        words = _(" {} has fallen two months in a row.")
        said = format_html("{}{}", said, format_html(words, pgettext("list", ", ").join(falling)))
    return said


def change_words(total: Figure, before: Figure | None) -> str:
    """Say how the amount changed against the month before; empty when there is nothing to compare with."""
    if before is None or not before.amount_fen:
        return ""
    permille = (total.amount_fen - before.amount_fen) * 1000 // before.amount_fen
    share = f"{abs(permille) // 10}.{abs(permille) % 10}%"
    words = (
        _(", %(share)s more than the month before") if permille >= 0 else _(", %(share)s less than the month before")
    )
    return words % {"share": share}


def figures(total: Figure, before: Figure | None, limits: Limits) -> list[dict]:
    """Return the four numbers, each linked to the rows behind it."""
    rows = with_limits("sales-rows", limits)
    share = total.poor_fen * 1000 // total.amount_fen if total.amount_fen else 0
    return [
        {
            "label": pgettext("report", "Sold"),
            "value": tons(total.weight_g),
            "unit": pgettext("report", "tons"),
            "url": rows,
            "note": _("month before %(tons)s") % {"tons": tons(before.weight_g)} if before else "",
        },
        {
            "label": pgettext("report", "Sales"),
            "value": wan_yuan(total.amount_fen),
            "unit": _("10,000 yuan"),
            "url": rows,
            "note": _("exactly %(yuan)s yuan") % {"yuan": yuan(total.amount_fen)},
        },
        {
            "label": _("Of it to poor households"),
            "value": f"{share // 10}.{share % 10}",
            "unit": "%",
            "url": rows,
            "note": _("%(wan)s times 10,000 yuan") % {"wan": wan_yuan(total.poor_fen)},
        },
        {
            "label": _("Households served"),
            "value": f"{total.households:,}",
            "unit": pgettext("report", "households"),
            "url": rows,
            "note": _("%(count)s of them lifted out of poverty or monitored") % {"count": total.poor_households},
        },
    ]


def months_chart(sales: Sales, limits: Limits) -> dict:
    """Return the chart of months with its table twin."""
    months = sales.limits.months()
    found = {month: sales.at(month=month) for month in months}
    most = max((figure.amount_fen for figure in found.values()), default=0)
    return {
        "title": _("Month by month"),
        "note": _("10,000 yuan, %(first)s to %(last)s") % {"first": months[0], "last": months[-1]},
        "items": [
            {
                "label": pgettext("report month", "%(number)s") % {"number": int(month[5:])},
                "value_text": wan_yuan(figure.amount_fen),
                "share": _share(figure.amount_fen, most),
                "tone": "now" if month == limits.last else "past",
            }
            for month, figure in list(found.items())[-12:]
        ],
        "head": [
            pgettext("report", "Month"),
            pgettext("report", "Tons"),
            _("10,000 yuan"),
            pgettext("report", "households"),
        ],
        "rows": [
            {
                "label": month,
                "cells": _cells(figure),
                "now": month == limits.last,
                "url": with_limits("sales-rows", _only(limits, first=month, last=month)),
            }
            for month, figure in found.items()
        ],
    }


def bars(
    title: str,
    found: dict[str, Any],
    labels: dict[str, str],
    total: Figure,
    limits: Limits,
    name: str,
    falling: Iterable[str] = (),
) -> dict:
    """Return a chart of lying bars, the longest first, with its table twin that begins with the sum."""
    ordered = sorted(found.items(), key=lambda item: (-item[1].amount_fen, item[0]))
    most = ordered[0][1].amount_fen if ordered else 0
    return {
        "title": title,
        "note": _("10,000 yuan, %(period)s") % {"period": period(limits)},
        "items": [
            {
                "label": labels.get(code, code),
                "value_text": wan_yuan(figure.amount_fen),
                "share": _share(figure.amount_fen, most),
                "tone": "fall" if code in falling else "now",
            }
            for code, figure in ordered
        ],
        "head": [title, pgettext("report", "Tons"), _("10,000 yuan"), pgettext("report", "households")],
        "rows": [
            {
                "label": pgettext("report", "In all"),
                "cells": _cells(total),
                "total": True,
                "url": with_limits("sales-rows", limits),
            },
            *[
                {
                    "label": labels.get(code, code),
                    "cells": _cells(figure),
                    "url": with_limits("sales-rows", _only(limits, **{name: code})),
                }
                for code, figure in ordered
            ],
        ],
    }


def falling_towns(sales: Sales, limits: Limits) -> set[str]:
    """Return the townships whose sales fell in each of the last two months of a one-month report."""
    if limits.first != limits.last:
        return set()
    last, middle, first = (sales.by("township", month=shifted(limits.last, -back)) for back in (0, 1, 2))
    nothing = Figure()
    return {
        code
        for code, figure in first.items()
        if figure.amount_fen > middle.get(code, nothing).amount_fen > last.get(code, nothing).amount_fen
    }


def form_page(sales: Sales, limits: Limits) -> dict:
    """Return the context of the statistical form, the same numbers as the page, and the relations that must hold."""
    known = names()["township"]
    fixed = {"month": limits.last} if limits.first == limits.last else {}
    total, towns = sales.at(**fixed), sales.by("township", **fixed)
    listed = [(name, code, towns.get(code, Figure())) for code, name in known.items()]
    rows = [{"name": pgettext("report", "In all"), "code": "01", "cells": _form_cells(total), "total": True}]
    rows += [
        {"name": name, "code": f"{number:02d}", "cells": _form_cells(figure)}
        for number, (name, _code, figure) in enumerate(listed, 2)
    ]
    sums_hold = (
        sum(figure.weight_g for _n, _c, figure in listed) == total.weight_g
        and sum(figure.amount_fen for _n, _c, figure in listed) == total.amount_fen
    )
    return {
        "back": {"url": with_limits("sales", limits), "label": pgettext("report", "Report")},
        "form": {
            "title": _("Produce sales of Shicheng County through the six channels"),
            "number": _("Liujin table 1"),
            "issuer": _("Agriculture bureau of Shicheng County"),
            "approval": _("for the county's own use"),
            "valid_until": _("until revised"),
            "units": _("tons, 10,000 yuan, households"),
            "filler": _("Agriculture bureau of Shicheng County"),
            "period": period(limits),
        },
        "rows": rows,
        "signs": {"head": "", "statistician": "", "maker": "", "phone": "", "filed_on": ""},
        "notes": [basis(sales)],
        "checks": [
            {"text": _("Row 01 equals the sum of the townships (columns 1 and 2)"), "ok": sums_hold},
            {"text": _("Column 3 is at most column 2"), "ok": total.poor_fen <= total.amount_fen},
            {"text": _("Column 6 is at most column 5"), "ok": total.poor_households <= total.households},
        ],
    }


def filters(limits: Limits, known: dict) -> list[dict]:
    """Return what a report is limited to, in words; empty when it is not."""
    said = []
    for name, label in (
        ("channel", _("Buyer channel")),
        ("township", _("Township")),
        ("produce", pgettext("report", "Produce")),
    ):
        code = getattr(limits, name)
        if code:
            said.append({"label": label, "value": known[name].get(code, code)})
    return said


def basis(sales: Sales) -> str:
    """Say how the figures were counted, and as of when."""
    cut_off = f"{sales.cut_off.astimezone(COUNTY_ZONE):%Y-%m-%d %H:%M}"
    return _(
        "Counted: goods weighed, accepted and signed for by two people, on the day of the second signature, at the "
        "settled amount; a household counts once in each figure, by the tier it held on that day. Cut-off %(at)s."
    ) % {"at": cut_off}


def period(limits: Limits) -> str:
    """Write the months of a report."""
    if limits.first == limits.last:
        return _("%(year)s-%(month)s") % {"year": limits.last[:4], "month": int(limits.last[5:])}
    return _("%(first)s to %(last)s") % {"first": limits.first, "last": limits.last}


def with_limits(name: str, limits: Limits) -> str:
    """Return the address of a report under the same limits."""
    said = {
        key: value for key in ("first", "last", "channel", "township", "produce") if (value := getattr(limits, key))
    }
    return f"{reverse(name)}?{urlencode(said)}"


def detail_rows(sales: Sales) -> Iterable[dict]:
    """Yield the finest rows in words and exact numbers: what the spreadsheet and the API list."""
    known = names()
    for (month, channel, township, produce), figure in sales.details():
        yield {
            "month": month,
            "channel": known["channel"].get(channel, channel),
            "township": known["township"].get(township, township),
            "produce": known["produce"].get(produce, produce),
            "kg": kg(figure.weight_g),
            "yuan": figure.amount_fen,
            "poor_yuan": figure.poor_fen,
            "households": figure.households,
            "poor_households": figure.poor_households,
        }


def funnel_page(rows: list[FunnelRow], by: str, *, at: dt.datetime) -> dict:
    """Return the context of the relief funnel: one strip of stages, one table with the sum first."""
    whole = FunnelRow("", pgettext("report", "In all"), *(sum(getattr(row, name) for row in rows) for name in _COUNTED))
    names_of_groups = {"township": _("By township"), "month": _("By month of the report"), "scheme": _("By scheme")}
    here = reverse("funnel")
    return {
        "title": _("Relief: from report to card"),
        "first_column": names_of_groups[by],
        "views": [
            {"url": f"{here}?by={name}", "label": label, "current": name == by}
            for name, label in names_of_groups.items()
        ],
        "stages": [
            {"label": pgettext("report", "Declared"), "count": whole.declared, "amount": yuan(whole.declared_fen)},
            {"label": pgettext("report", "Verified"), "count": whole.verified, "amount": yuan(whole.verified_fen)},
            {"label": pgettext("report", "Awarded"), "count": whole.awarded, "amount": yuan(whole.awarded_fen)},
            {"label": pgettext("report", "Arrived"), "count": whole.paid, "amount": yuan(whole.paid_fen)},
        ],
        "rows": [_funnel_row(whole, total=True), *(_funnel_row(row) for row in rows)] if rows else [],
        "basis": _(
            "Counted: every claim by the day it was reported; declared and verified kilos at the scheme's rate; "
            "arrived means the bank said so and the money did not come back. Cut-off %(at)s."
        )
        % {"at": f"{at.astimezone(COUNTY_ZONE):%Y-%m-%d %H:%M}"},
    }


_COUNTED = (
    "declared", "declared_g", "declared_fen", "verified", "verified_g", "verified_fen", "awarded", "awarded_fen",
    "paid", "paid_fen", "households", "households_paid",
)  # fmt: skip


def _funnel_row(row: FunnelRow, *, total: bool = False) -> dict:
    return {
        "label": row.label,
        "total": total,
        "cells": [
            row.declared, tons(row.declared_g), yuan(row.declared_fen), row.verified, tons(row.verified_g),
            yuan(row.verified_fen), row.awarded, yuan(row.awarded_fen), row.paid, yuan(row.paid_fen),
        ],
    }  # fmt: skip


def _only(limits: Limits, **changes: str) -> Limits:
    said = {key: getattr(limits, key) for key in ("first", "last", "channel", "township", "produce")}
    return Limits(**(said | changes))


def _cells(figure: Figure) -> list[str]:
    return [tons(figure.weight_g), wan_yuan(figure.amount_fen), f"{figure.households:,}"]


def _form_cells(figure: Figure) -> list[str]:
    share = figure.poor_fen * 1000 // figure.amount_fen if figure.amount_fen else 0
    return [
        tons(figure.weight_g),
        wan_yuan(figure.amount_fen),
        wan_yuan(figure.poor_fen),
        f"{share // 10}.{share % 10}%",
        f"{figure.households:,}",
        f"{figure.poor_households:,}",
    ]


def _share(part: int, whole: int) -> int:
    return part * 1000 // whole if whole else 0
