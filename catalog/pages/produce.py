"""One kind of goods for everybody, and the county's dictionary by kind: nothing here is about the reader."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from catalog.price_chart import Chart, DrawnLine, Line, chart
from kernel import money
from kernel.present import in_english, label_of, name_of
from kernel.shown import Fact
from produce.models import PriceMedian, Produce
from produce.pages.changes import said_of
from produce.selectors.medians import GRADE_DAYS, SOURCES, Month, by_grade

SHORT_NAMES = {
    PriceMedian.Source.SOLD: pgettext_lazy("price source", "Paid"),
    PriceMedian.Source.LISTED: pgettext_lazy("price source", "Asked"),
    PriceMedian.Source.REFERENCE: pgettext_lazy("price source", "Markets"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the dictionary; `reference` is for a kilogram, `forbidden` why it may not be sold here."""

    name: str
    aliases: str
    picture: str
    season: str
    keeps: str
    reference: str
    forbidden: str
    url: str


@dataclass(frozen=True, slots=True)
class Kind:
    """Entries of one kind."""

    title: str
    rows: list[Entry]


@dataclass(frozen=True, slots=True)
class Goods:
    """What the dictionary says of one kind of goods, and how many lots of it are on sale."""

    name: str
    aliases: str
    kind: str
    picture: str
    forbidden: str
    facts: list[Fact]
    grades: list[Fact]
    lots: int
    market_url: str
    api_url: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A word at a place beside the chart: across or down, in per cent."""

    text: str
    x: str = ""
    y: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The chart with the words around it."""

    lines: list[DrawnLine]
    bands: list[str]
    grid: list[Mark]
    months: list[Mark]


@dataclass(frozen=True, slots=True)
class Source:
    """What one line of the chart is."""

    key: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What one month fetched at one source."""

    head: str
    price: str = "—"
    between: str = ""


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One month of the table."""

    month: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Prices:
    """A year of prices: drawn, and the same in numbers; nothing is drawn where no price is known."""

    chart: Drawn | None = None
    period: str = ""
    sources: tuple[Source, ...] = ()
    table: tuple[MonthRow, ...] = ()
    table_heads: tuple[str, ...] = ()


def by_kind(rows: Iterable[Produce], prices: Mapping[int, int]) -> list[Kind]:
    """Return entries by their kind, both as they come; `prices` are the county's, in fen for 500 g."""
    kinds: dict[str, list[Entry]] = {}
    for produce in rows:
        kinds.setdefault(kind_of(produce), []).append(_entry(produce, prices.get(produce.pk)))
    return [Kind(title, entries) for title, entries in kinds.items()]


def kind_of(produce: Produce) -> str:
    """Return the kind of an entry in the reader's language."""
    return label_of(produce.category)


def _entry(produce: Produce, reference_fen: int | None) -> Entry:
    months = pgettext("list", ", ").join(str(month) for month in produce.season)
    return Entry(
        name=name_of(produce),
        aliases=pgettext("list", ", ").join(produce.aliases[:4]),
        picture=produce.picture,
        season=_("all year") if len(produce.season) == 12 else _("months %(months)s") % {"months": months},
        keeps=_("keeps %(room)s days, cold %(cold)s days")
        % {"room": produce.shelf_days, "cold": produce.shelf_days_cold},
        reference=money.price_per_kg(reference_fen, 500) if reference_fen else "",
        forbidden=produce.forbidden_reason,
        url=reverse("produce-page", args=[produce.code]),
    )


def goods(produce: Produce, reference_fen: int | None, lots: int, today: dt.date) -> Goods:
    """Return what the dictionary says of one kind of goods, what the county pays for it, how many lots there are."""
    facts = [
        Fact(_("Months of harvest"), said_of("season", produce.season)),
        Fact(
            _("Keeps"),
            _("%(room)s at room temperature") % {"room": said_of("shelf_days", produce.shelf_days)},
            _("%(cold)s in a cold store") % {"cold": said_of("shelf_days_cold", produce.shelf_days_cold)},
        ),
    ]
    if produce.piece_g:
        facts.append(Fact(_("Usual weight of one piece"), said_of("piece_g", produce.piece_g)))
    if produce.papers:
        facts.append(Fact(_("Papers that must travel with it"), said_of("papers", produce.papers)))
    if reference_fen:
        kilogram = _("%(price)s yuan/kg") % {"price": money.price_per_kg(reference_fen, 500)}
        jin = _("%(price)s yuan a jin") % {"price": money.price_per_jin(reference_fen, 500)}
        facts.append(Fact(_("The county pays now"), kilogram, jin))
    return Goods(
        name=name_of(produce),
        aliases=pgettext("list", ", ").join(produce.aliases),
        kind=kind_of(produce),
        picture=produce.picture,
        forbidden=produce.forbidden_reason,
        facts=facts,
        grades=_grades(produce, today),
        lots=lots,
        market_url="" if produce.forbidden else f"{reverse('market')}?produce={produce.code}",
        api_url=reverse("api-produce-prices", args=[produce.code]),
    )


def _grades(produce: Produce, today: dt.date) -> list[Fact]:
    """Return how each grade is told apart, and what it fetched lately."""
    fetched = by_grade(produce, today)
    return [
        Fact(
            name_of(grade),
            grade.measure or "—",
            _fetched({source: fetched.get((grade.pk, source)) for source in SOURCES}),
        )
        for grade in sorted(produce.grades.all(), key=lambda grade: grade.position)
    ]


def _fetched(by_source: Mapping[PriceMedian.Source, int | None]) -> str:
    """Return what a grade fetched in the last days, by source; nothing where no price is known."""
    prices = [
        f"{SHORT_NAMES[source]} {money.price_per_kg(fen, 500)}" for source, fen in by_source.items() if fen is not None
    ]
    words = _("last %(days)s days, yuan a kilogram: %(prices)s")
    return words % {"days": GRADE_DAYS, "prices": pgettext("list", ", ").join(prices)} if prices else ""


def prices_of(months: list[Month]) -> Prices:
    """Return the months as a chart and as a table."""
    lines = [Line(source, str(SHORT_NAMES[source]), [_median(month, source) for month in months]) for source in SOURCES]
    listed = [month.by_source.get(PriceMedian.Source.LISTED) for month in months]
    drawn = chart(lines, [(fetched.low_fen, fetched.high_fen) if fetched else None for fetched in listed])
    if drawn is None:
        return Prices()
    return Prices(
        chart=_with_words(drawn, months),
        period=_("%(first)s to %(last)s") % {"first": _month(months[0].first), "last": _month(months[-1].first)},
        sources=tuple(
            Source(source, str(SHORT_NAMES[source]), str(source.label))
            for source in SOURCES
            if any(source in month.by_source for month in months)
        ),
        table=tuple(
            MonthRow(_month(month.first), [_cell(month, source) for source in SOURCES])
            for month in reversed(months)
            if month.by_source
        ),
        table_heads=tuple(str(SHORT_NAMES[source]) for source in SOURCES),
    )


def _with_words(drawn: Chart, months: list[Month]) -> Drawn:
    """Return the chart with prices beside its lines and every third month below it."""
    number = len(months)
    return Drawn(
        lines=drawn.lines,
        bands=drawn.bands,
        grid=[
            Mark(money.price_per_kg(step.fen, 500).removesuffix(".00") if step.fen else "0", y=step.y)
            for step in drawn.grid
        ],
        months=[
            Mark(
                date_format(month.first, "M") if in_english() else f"{month.first.month} 月",
                x=f"{(100 * index + 50) // number}%",
            )
            for index, month in enumerate(months)
            if index % 3 == 2
        ],
    )


def _month(first: dt.date) -> str:
    return date_format(first, "F Y") if in_english() else f"{first.year} 年 {first.month} 月"


def _median(month: Month, source: PriceMedian.Source) -> int | None:
    fetched = month.by_source.get(source)
    return fetched.median_fen if fetched else None


def _cell(month: Month, source: PriceMedian.Source) -> Cell:
    head, fetched = str(SHORT_NAMES[source]), month.by_source.get(source)
    if fetched is None:
        return Cell(head)
    low, high = money.price_per_kg(fetched.low_fen, 500), money.price_per_kg(fetched.high_fen, 500)
    between = _("%(low)s to %(high)s, %(number)s prices") % {"low": low, "high": high, "number": fetched.prices}
    return Cell(head, money.price_per_kg(fetched.median_fen, 500), between)
