"""What officials and the auditor look at first: the last whole month in one sentence, and who lags behind."""

import datetime as dt
from dataclasses import dataclass

from accounts.models import Role
from accounts.selectors import Standing
from kernel.clock import county_day
from kernel.shown import Case
from orders.pages.cases import late_buyer
from orders.selectors.statements import late_buyers
from reports.pages.sales import Chart, KeyFigure, chart_limits, key_figures, months_chart, sentence
from reports.pages.words import with_limits
from reports.selectors.sales import Limits, names, sales, shifted, this_month

MOST_LATE = 5


@dataclass(frozen=True, slots=True)
class Overview:
    """The last whole month: its sentence, its figures, the months before it, and the buyers who owe too long."""

    sentence: str
    figures: list[KeyFigure]
    months: Chart
    report_url: str
    late: list[Case]


def overview(who: Standing, at: dt.datetime) -> Overview | None:
    """Return what an official or the auditor looks at, nothing for other posts."""
    if not who.has(Role.OFFICIAL, Role.AUDITOR):
        return None
    month = shifted(this_month(at), -1)
    limits = Limits(month, month)
    figures = sales(chart_limits(limits), cut_off=at)
    late = late_buyers(county_day(at))[:MOST_LATE]
    return Overview(
        sentence=sentence(figures, limits, names()),
        figures=key_figures(figures, limits),
        months=months_chart(figures, limits),
        report_url=with_limits("sales", limits),
        late=[late_buyer(buyer, at) for buyer in late],
    )
