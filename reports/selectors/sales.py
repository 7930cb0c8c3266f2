"""Sales: what was weighed, accepted and settled, by month, channel, township and produce, in one query.

A sale counts on the county day its receipt was signed by two, with the money of its statement line; what is sent back
counts less, on the county day on which that was agreed or decided, so no month that was reported ever changes. A
household counts once in each figure it sold something in, by the tier it held on that day. Page, form, API and
spreadsheet all read this.
"""

import datetime as dt
from dataclasses import dataclass, field, replace

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncDate

from accounts.models import POOR_TIERS, Channel, Place
from kernel import clock
from kernel.present import label_of, name_of
from orders.models import StatementLine
from produce.models import Produce

DIMENSIONS = ("month", "channel", "township", "produce")
MOST_MONTHS = 60

# Each figure that is ever shown with its own count of distinct households is one grouping.
_GROUPINGS = [
    (),
    ("month",),
    ("channel",),
    ("township",),
    ("produce",),
    ("month", "channel"),
    ("month", "township"),
    ("month", "produce"),
    ("month", "channel", "township", "produce"),
]

_LINES = """
    SELECT to_char(w.day, 'YYYY-MM') AS month, b.channel_id AS channel, l.township_id AS township,
           p.code AS produce, w.weight_g, w.amount_fen, f.fiscal_year < extract(year FROM w.day) AS earlier,
           CASE WHEN h.merged_at <= %(cut_off)s THEN h.merged_into_id ELSE h.id END AS household_id,
           coalesce(t.tier = ANY(%(poor)s), false) AS poor, w.sold
    FROM (
        SELECT s.weight_g, s.amount_fen, rl.allocation_id, r.signed_on AS day, r.signed_at AS moment,
               true AS sold
        FROM orders_goodsreceipt r
        JOIN orders_receiptline rl ON rl.receipt_id = r.id
        JOIN orders_statementline s ON s.receipt_line_id = rl.id AND s.kind IN ('goods', 'grade')
        WHERE r.status = 'signed' AND r.signed_on >= %(first)s AND r.signed_on < %(after)s
          AND r.signed_at <= %(cut_off)s
        UNION ALL
        SELECT s.weight_g, s.amount_fen, rl.allocation_id, (g.ended_at AT TIME ZONE %(zone)s)::date, g.ended_at,
               false
        FROM orders_goodsreturn g
        JOIN orders_statementline s ON s.goods_return_id = g.id
        JOIN orders_receiptline rl ON rl.id = g.receipt_line_id
        WHERE g.ended_at >= %(first_at)s AND g.ended_at < %(after_at)s AND g.ended_at <= %(cut_off)s
    ) w
    JOIN orders_allocation a ON a.id = w.allocation_id
    JOIN catalog_listing l ON l.id = a.listing_id
    JOIN produce_produce p ON p.id = l.produce_id
    JOIN orders_purchaseorder o ON o.id = a.order_id
    JOIN canteens_fund f ON f.id = o.fund_id
    JOIN accounts_organisation b ON b.id = o.buyer_id
    LEFT JOIN accounts_household h ON h.id = l.household_id
    LEFT JOIN accounts_householdtier t
         ON t.household_id = CASE WHEN h.merged_at <= w.moment THEN h.merged_into_id ELSE h.id END
         AND t.from_on <= w.day AND (t.to_on IS NULL OR t.to_on > w.day)
    WHERE (%(channel)s = '' OR b.channel_id = %(channel)s)
      AND (%(township)s = '' OR l.township_id = %(township)s)
      AND (%(produce)s = '' OR p.code = %(produce)s)
      AND (cardinality(%(towns)s::text[]) = 0 OR l.township_id = ANY(%(towns)s::text[]))
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a report is limited to; empty text means no limit. `first` and `last` are months, 2026-10."""

    first: str
    last: str
    channel: str = ""
    township: str = ""
    produce: str = ""
    towns: tuple[str, ...] = ()  # of a reader who reads no others

    def months(self) -> list[str]:
        """Return every month from first to last."""
        months: list[str] = []
        month = self.first
        while month <= self.last and len(months) < MOST_MONTHS:
            months.append(month)
            month = month_after(month)
        return months


@dataclass(frozen=True, slots=True)
class Figure:
    """Sums of one group: grams, fen, fen of poor households, distinct households, and the poor among them.

    `earlier_fen` of the fen are paid from funds of a year before: ordered then, and signed for in this one.
    """

    weight_g: int = 0
    amount_fen: int = 0
    poor_fen: int = 0
    earlier_fen: int = 0
    households: int = 0
    poor_households: int = 0

    def poor_permille(self) -> int:
        """Return how much of the money went to poor households, in thousandths, rounded down."""
        return max(0, self.poor_fen) * 1000 // self.amount_fen if self.amount_fen > 0 else 0


NOTHING = Figure()


@dataclass(frozen=True)
class Sales:
    """All figures of one report by what they are grouped by."""

    limits: Limits
    cut_off: dt.datetime
    figures: dict[tuple, Figure] = field(default_factory=dict)

    def at(self, **group: str) -> Figure:
        """Return the figure of a group: at(), at(month="2026-10"), at(month="2026-10", channel="school")."""
        return self.figures.get(tuple(group.get(name) for name in DIMENSIONS), NOTHING)

    def by(self, *names: str, **fixed: str) -> dict[str, Figure]:
        """Return the figures along one dimension, others fixed: by("channel", month="2026-10")."""
        (along,) = names
        wanted = set(fixed) | {along}
        return {
            group[DIMENSIONS.index(along)]: figure
            for group, figure in self.figures.items()
            if {name for name, value in zip(DIMENSIONS, group, strict=True) if value is not None} == wanted
            and all(group[DIMENSIONS.index(name)] == value for name, value in fixed.items())
        }

    def is_over(self, month: str) -> bool:
        """Return whether a month had ended at the cut-off: what goes on is compared with no whole month."""
        return month < this_month(self.cut_off)

    def details(self) -> list[tuple[tuple[str, ...], Figure]]:
        """Return the finest rows: month, channel, township and produce with their figures, in that order."""
        return sorted((group, figure) for group, figure in self.figures.items() if None not in group)


def sales(limits: Limits, *, cut_off: dt.datetime) -> Sales:
    """Read all figures within the limits, as they stood at the cut-off, in one query."""
    sets = ", ".join(f"({', '.join(names)})" for names in _GROUPINGS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT month, channel, township, produce, sum(weight_g)::bigint, sum(amount_fen)::bigint,
                   coalesce(sum(amount_fen) FILTER (WHERE poor), 0)::bigint,
                   coalesce(sum(amount_fen) FILTER (WHERE earlier), 0)::bigint,
                   count(DISTINCT household_id) FILTER (WHERE sold),
                   count(DISTINCT household_id) FILTER (WHERE sold AND poor)
            FROM ({_LINES}) AS lines GROUP BY GROUPING SETS ({sets})
            """,  # noqa: S608  (our own words only; what was asked for are parameters)
            _parameters(limits, cut_off),
        )
        figures = {tuple(row[:4]): Figure(*(value or 0 for value in row[4:])) for row in cursor.fetchall()}
    return Sales(limits, cut_off, figures)


def year_before(limits: Limits, *, cut_off: dt.datetime) -> Figure | None:
    """Return what the same month of the year before sold within the same limits; None for a range of months."""
    if limits.first != limits.last:
        return None
    month = shifted(limits.last, -12)
    return sales(replace(limits, first=month, last=month), cut_off=cut_off).at()


@dataclass(frozen=True, slots=True)
class Total:
    """How many lines there are, with their grams and fen."""

    lines: int
    weight_g: int
    amount_fen: int


def total_of(lines: QuerySet[StatementLine]) -> Total:
    """Return the sum of all lines behind a number, whatever page of them is looked at."""
    sums = lines.order_by().aggregate(lines=Count("pk"), weight_g=Sum("weight_g"), amount_fen=Sum("amount_fen"))
    return Total(sums["lines"], sums["weight_g"] or 0, sums["amount_fen"] or 0)


def signed_lines(*, cut_off: dt.datetime) -> QuerySet[StatementLine]:
    """Return the statement lines that counted at the cut-off, each with its `day`: the rows that every number opens."""
    signed = Q(goods_return=None, receipt_line__receipt__signed_at__lte=cut_off)
    sent_back = Q(goods_return__ended_at__lte=cut_off)
    lines = StatementLine.objects.filter(signed | sent_back, receipt_line__receipt__status="signed")
    back_on = TruncDate("goods_return__ended_at", tzinfo=clock.COUNTY_ZONE)
    return lines.annotate(day=Coalesce(back_on, F("receipt_line__receipt__signed_on"))).select_related(
        "statement__buyer__channel",
        "statement__fund",
        "receipt_line__receipt",
        "receipt_line__allocation__listing__produce",
        "receipt_line__allocation__listing__village",
        "receipt_line__allocation__listing__township",
    )


def names() -> dict[str, dict[str, str]]:
    """Return what each channel, township and produce is called, by code, in the order they are shown."""
    return {
        "channel": {c.code: label_of(c) for c in Channel.objects.order_by("position")},
        "township": {
            p.code: p.name
            for p in Place.objects.filter(level=Place.Level.TOWNSHIP).order_by("code").only("code", "name")
        },
        "produce": {
            p.code: name_of(p) for p in Produce.objects.order_by("position", "code").only("code", "name", "name_en")
        },
    }


def this_month(at: dt.datetime) -> str:
    """Return the county's month at this instant."""
    return f"{clock.county_day(at):%Y-%m}"


def month_after(month: str) -> str:
    """Return the next month of 2026-12: 2027-01."""
    return shifted(month, 1)


def shifted(month: str, by: int) -> str:
    """Return the month so many months later, or earlier."""
    year, number = int(month[:4]), int(month[5:])
    whole = year * 12 + number - 1 + by
    return f"{whole // 12:04d}-{whole % 12 + 1:02d}"


def first_day(month: str) -> dt.date:
    """Return the first day of a month."""
    return dt.date.fromisoformat(f"{month}-01")


def _parameters(limits: Limits, cut_off: dt.datetime) -> dict:
    return {
        "poor": [tier.value for tier in POOR_TIERS],
        "first": first_day(limits.first),
        "after": first_day(month_after(limits.last)),
        "first_at": clock.day_start(first_day(limits.first)),
        "after_at": clock.day_start(first_day(month_after(limits.last))),
        "zone": str(clock.COUNTY_ZONE),
        "cut_off": cut_off,
        "channel": limits.channel,
        "township": limits.township,
        "produce": limits.produce,
        "towns": list(limits.towns),
    }
