"""Sales figures put into words and charts; nothing is computed here that the figures do not say."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.selectors import county
from kernel.money import price_per_kg, wan_yuan, yuan
from kernel.present import known, label_of, name_of
from kernel.shown import Action
from kernel.weight import kg
from orders.models import StatementLine
from reports.pages.words import period, scope, tons, with_limits
from reports.selectors.sales import NOTHING, Figure, Limits, Sales, Total, shifted

CHART_MONTHS = 6
MOST_COLUMNS = 12

Names = Mapping[str, Mapping[str, str]]  # dimension → code → name


@dataclass(frozen=True, slots=True)
class ReportHead:
    """The title, the units, and the report in one sentence."""

    title: str
    short: str
    meta: list[str]
    sentence: str


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One of the four numbers, with the rows behind it."""

    label: str
    value: str
    unit: str
    url: str
    note: str


@dataclass(frozen=True, slots=True)
class ChartBar:
    """One bar or column; its share is a whole number of 1000."""

    label: str
    value_text: str
    share: int
    tone: str


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One row of the table beside a chart."""

    label: str
    cells: list[str]
    url: str
    total: bool = False
    now: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its table."""

    title: str
    note: str
    items: list[ChartBar]
    head: list[str]
    rows: list[ChartRow]


@dataclass(frozen=True, slots=True)
class SoldLine:
    """One statement line behind a number; of a lot its village, never its household."""

    day: str
    statement: str
    buyer: str
    fund: str  # whose year it was paid from, whichever day it came
    channel: str
    produce: str
    place: str
    listing: str
    kg: str
    price: str
    yuan: str


@dataclass(frozen=True, slots=True)
class RowsTotal:
    """The sum of the rows behind a number."""

    label: str
    kg: str
    yuan: str


@dataclass(frozen=True, slots=True)
class DetailRow:
    """The finest row: names in words, grams and fen exact."""

    month: str
    channel: str
    township: str
    produce: str
    weight_g: int
    amount_fen: int
    poor_fen: int
    earlier_fen: int
    households: int
    poor_households: int


def chart_limits(limits: Limits) -> Limits:
    """Return limits wide enough for the chart of months around one month's report."""
    if limits.first != limits.last:
        return limits
    return replace(limits, first=shifted(limits.last, 1 - CHART_MONTHS))


def report_head(sales: Sales, limits: Limits, names: Names) -> ReportHead:
    """Return the head of the report for one month or a range of months; `names` names every code."""
    return ReportHead(
        title=_("Sales report %(period)s") % {"period": scope(limits, names)},
        short=_("Sales report"),
        meta=[county().name, _("Figures in units of 10,000 yuan and tons")],
        sentence=sentence(sales, limits, names),
    )


def export_actions(limits: Limits) -> list[Action]:
    """Return the other forms the same numbers are handed out in."""
    return [
        Action(with_limits("sales-form", limits), _("Official form"), icon="print"),
        Action(with_limits("sales-xlsx", limits), _("Spreadsheet"), icon="report"),
    ]


def sentence(sales: Sales, limits: Limits, names: Names) -> str:
    """Return the report in one sentence, the first thing on the page."""
    total = _total(sales, limits)
    if not total.amount_fen:
        if limits.channel or limits.township or limits.produce or limits.towns:
            return _("Nothing of it was settled: %(scope)s.") % {"scope": scope(limits, names)}
        return _("Nothing was settled in %(period)s.") % {"period": period(limits)}
    words = format_html(
        _("In {} {} tons were sold for {} times 10,000 yuan, serving {} households{}."),
        scope(limits, names),
        format_html("<b>{}</b>", tons(total.weight_g)),
        format_html("<b>{}</b>", wan_yuan(total.amount_fen)),
        format_html("<b>{}</b>", total.households),
        change_words(total, _before(sales, limits)) if sales.is_over(limits.last) else _(", and the month goes on"),
    )
    falling = [names["township"].get(code, code) for code in sorted(falling_towns(sales, limits))]
    if falling:
        more = format_html(_(" {} has fallen two months in a row."), pgettext("list", ", ").join(falling))
        words = format_html("{}{}", words, more)
    return words


def change_words(total: Figure, before: Figure | None) -> str:
    """Return how the amount changed against the month before; empty when there is nothing to compare with."""
    if before is None or not before.amount_fen:
        return ""
    change_fen = total.amount_fen - before.amount_fen
    permille = abs(change_fen) * 1000 // before.amount_fen
    share = f"{permille // 10}.{permille % 10}%"
    words = (
        _(", %(share)s more than the month before") if change_fen >= 0 else _(", %(share)s less than the month before")
    )
    return words % {"share": share}


def key_figures(sales: Sales, limits: Limits, last_year: Figure | None = None) -> list[KeyFigure]:
    """Return the four numbers, each linked to the rows behind it; `last_year` is what the same month sold then."""
    total, before = _total(sales, limits), _before(sales, limits)
    rows = with_limits("sales-rows", limits)
    poor = total.poor_permille()
    return [
        KeyFigure(
            label=pgettext("report", "Sold"),
            value=tons(total.weight_g),
            unit=pgettext("report", "tons"),
            url=rows,
            note=_compared(before, last_year),
        ),
        KeyFigure(
            label=pgettext("report", "Sales"),
            value=wan_yuan(total.amount_fen),
            unit=_("10,000 yuan"),
            url=rows,
            note=_("exactly %(yuan)s yuan") % {"yuan": yuan(total.amount_fen)},
        ),
        KeyFigure(
            label=_("Of it to poor households"),
            value=f"{poor // 10}.{poor % 10}",
            unit="%",
            url=rows,
            note=_("%(wan)s times 10,000 yuan") % {"wan": wan_yuan(total.poor_fen)},
        ),
        KeyFigure(
            label=_("Households served"),
            value=f"{total.households:,}",
            unit=pgettext("report", "households"),
            url=rows,
            note=_("%(count)s of them lifted out of poverty or monitored") % {"count": total.poor_households},
        ),
    ]


def _compared(before: Figure | None, last_year: Figure | None) -> str:
    """Return the tons of the month before, and of the same month a year before."""
    words = []
    if before:
        words.append(_("month before %(tons)s") % {"tons": tons(before.weight_g)})
    if last_year is not None:
        words.append(_("a year before %(tons)s") % {"tons": tons(last_year.weight_g)})
    return pgettext("list", ", ").join(words)


def months_chart(sales: Sales, limits: Limits) -> Chart:
    """Return the chart of months with its table."""
    figures = {month: sales.at(month=month) for month in sales.limits.months()}
    drawn = list(figures)[-MOST_COLUMNS:]
    most = max((figures[month].amount_fen for month in drawn), default=0)
    return Chart(
        title=_("Month by month"),
        note=_("10,000 yuan, %(first)s to %(last)s") % {"first": drawn[0], "last": drawn[-1]},
        items=[
            ChartBar(
                label=pgettext("report month", "%(number)s") % {"number": int(month[5:])},
                value_text=wan_yuan(figures[month].amount_fen),
                share=_share(figures[month].amount_fen, most),
                tone="now" if month == limits.last else "past",
            )
            for month in drawn
        ],
        head=_head(pgettext("report", "Month")),
        rows=[
            ChartRow(
                label=month,
                cells=_cells(figure),
                url=with_limits("sales-rows", limits, first=month, last=month),
                now=month == limits.last,
            )
            for month, figure in figures.items()
        ],
    )


def channels_chart(sales: Sales, limits: Limits, names: Names) -> Chart:
    """Return the chart of who bought."""
    return _bars(_("Who bought"), "channel", sales, limits, names)


def towns_chart(sales: Sales, limits: Limits, names: Names) -> Chart:
    """Return the chart of where it came from, with the townships that are falling marked."""
    falling = falling_towns(sales, limits)
    return _bars(_("Where it came from"), "township", sales, limits, names, falling)


def _bars(title: str, dimension: str, sales: Sales, limits: Limits, names: Names, falling: Iterable[str] = ()) -> Chart:
    """Return a chart of lying bars, the longest first, with its table that begins with the sum."""
    figures = sales.by(dimension, **_one_month(limits))
    ordered = sorted(figures.items(), key=lambda item: (-item[1].amount_fen, item[0]))
    most = ordered[0][1].amount_fen if ordered else 0
    labels = {code: names[dimension].get(code, code) for code in figures}
    whole = ChartRow(
        label=pgettext("report", "In all"),
        cells=_cells(_total(sales, limits)),
        url=with_limits("sales-rows", limits),
        total=True,
    )
    return Chart(
        title=title,
        note=_("10,000 yuan, %(period)s") % {"period": period(limits)},
        items=[
            ChartBar(
                label=labels[code],
                value_text=wan_yuan(figure.amount_fen),
                share=_share(figure.amount_fen, most),
                tone="fall" if code in falling else "now",
            )
            for code, figure in ordered
        ],
        head=_head(title),
        rows=[
            whole,
            *[
                ChartRow(labels[code], _cells(figure), with_limits("sales-rows", limits, **{dimension: code}))
                for code, figure in ordered
            ],
        ],
    )


def falling_towns(sales: Sales, limits: Limits) -> set[str]:
    """Return the townships whose sales fell in each of the last two months of a report of one month that is over."""
    if limits.first != limits.last or not sales.is_over(limits.last):
        return set()
    last, middle, first = (sales.by("township", month=shifted(limits.last, -back)) for back in (0, 1, 2))
    return {
        code
        for code, figure in first.items()
        if figure.amount_fen > middle.get(code, NOTHING).amount_fen > last.get(code, NOTHING).amount_fen
    }


def rows_total(total: Total) -> RowsTotal:
    """Return the sum below the rows behind a number: of all of them, not of the page."""
    lines = ngettext("In all, %(n)s row", "In all, %(n)s rows", total.lines) % {"n": f"{total.lines:,}"}
    return RowsTotal(lines, kg(total.weight_g), yuan(total.amount_fen))


def sold_line(line: StatementLine) -> SoldLine:
    """Return one statement line as the rows behind a number show it."""
    receipt_line, statement = known(line.receipt_line), line.statement
    allocation = receipt_line.allocation
    listing = allocation.listing
    return SoldLine(
        day=line.day.isoformat(),  # type: ignore[attr-defined]
        statement=line.statement.number,
        buyer=statement.buyer.name,
        fund=f"{statement.fund.label} {statement.fund.fiscal_year}",
        channel=label_of(known(statement.buyer.channel)),
        produce=name_of(listing.produce),
        place=f"{listing.township} {listing.village.short_name}",
        listing=listing.number,
        kg=kg(line.weight_g),
        price=price_per_kg(allocation.price_fen, allocation.price_unit_g),
        yuan=yuan(line.amount_fen),
    )


def detail_rows(sales: Sales, names: Names) -> Iterator[DetailRow]:
    """Yield the finest rows in words and exact numbers: what the spreadsheet and the API list."""
    for (month, channel, township, produce), figure in sales.details():
        yield DetailRow(
            month=month,
            channel=names["channel"].get(channel, channel),
            township=names["township"].get(township, township),
            produce=names["produce"].get(produce, produce),
            weight_g=figure.weight_g,
            amount_fen=figure.amount_fen,
            poor_fen=figure.poor_fen,
            earlier_fen=figure.earlier_fen,
            households=figure.households,
            poor_households=figure.poor_households,
        )


def _one_month(limits: Limits) -> dict[str, str]:
    """Return what fixes the figures of a one-month report among those of its chart; nothing for a range."""
    return {"month": limits.last} if limits.first == limits.last else {}


def _total(sales: Sales, limits: Limits) -> Figure:
    return sales.at(**_one_month(limits))


def _before(sales: Sales, limits: Limits) -> Figure | None:
    return sales.at(month=shifted(limits.last, -1)) if limits.first == limits.last else None


def _head(first: str) -> list[str]:
    return [first, pgettext("report", "Tons"), _("10,000 yuan"), pgettext("report", "households")]


def _cells(figure: Figure) -> list[str]:
    return [tons(figure.weight_g), wan_yuan(figure.amount_fen), f"{figure.households:,}"]


def _share(part: int, whole: int) -> int:
    return part * 1000 // whole if whole else 0
