"""Reserved shares: what each buyer has to buy of poor households in a year, and how far it has come.

A yuan counts once: on the day its goods were signed for, for the unit the order counts for, or for whoever reports
that unit on this day; by the tier the household held on that day, as the sales report counts it. What was sent back
counts less, for whom it counted. The union's purchases stand apart. Two statements, however many canteens.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.models import POOR_TIERS, Household
from canteens.models import Canteen, FundKind
from kernel import clock

MONTHS = 12
SUMS = 7  # of fen, as `Share` has them last

# For whom an order counts: who was named last, else its buyer; then who reports that unit on the day of signing, also
# for what is sent back later: it counts less where it counted.
_UNIT = """
    LEFT JOIN LATERAL (
        SELECT n.organisation_id FROM orders_orderunit n WHERE n.order_id = o.id ORDER BY n.turn DESC LIMIT 1
    ) named ON true
    LEFT JOIN canteens_shareunit su ON su.organisation_id = coalesce(named.organisation_id, o.buyer_id)
        AND su.from_on <= w.unit_on AND (su.to_on IS NULL OR su.to_on > w.unit_on)
"""
_COUNTS_FOR = "coalesce(su.reported_by_id, named.organisation_id, o.buyer_id)"

_POOR = """
    JOIN accounts_household h ON h.id = l.household_id
    JOIN accounts_householdtier t
        ON t.household_id = CASE WHEN h.merged_at <= w.moment THEN h.merged_into_id ELSE h.id END
        AND t.from_on <= w.day AND (t.to_on IS NULL OR t.to_on > w.day) AND t.tier = ANY(%(poor)s)
"""

# What was accepted or sent back, what is on its way, and what was refused for its papers, each as rows of fen.
_ROWS = f"""
    SELECT 'counted' AS what, {_COUNTS_FOR} AS unit, f.kind = %(union)s AS by_union, w.fen, w.day, w.id, w.invoiced,
           EXISTS (
               SELECT FROM orders_settlementstatement z JOIN ledger_payment p ON p.payable_id = z.payable_id
               WHERE z.id = w.statement_id AND p.status = 'paid'
           ) AS paid, l.household_id, l.produce_id
    FROM (
        SELECT s.id, s.amount_fen AS fen, rl.allocation_id, r.signed_on AS unit_on, r.signed_on AS day,
               r.signed_at AS moment, s.statement_id, EXISTS (
                   SELECT FROM orders_invoicestatement c JOIN orders_invoice i ON i.id = c.invoice_id
                   WHERE c.statement_id = s.statement_id AND i.status IN ('matched', 'accepted')
               ) AS invoiced
        FROM orders_goodsreceipt r
        JOIN orders_receiptline rl ON rl.receipt_id = r.id
        JOIN orders_statementline s ON s.receipt_line_id = rl.id AND s.kind IN ('goods', 'grade')
        WHERE r.status = 'signed' AND r.signed_on >= %(first)s AND r.signed_on < %(after)s AND r.signed_at <= %(at)s
        UNION ALL
        SELECT s.id, s.amount_fen, rl.allocation_id, r.signed_on, (g.ended_at AT TIME ZONE %(zone)s)::date,
               g.ended_at, s.statement_id, true
        FROM orders_goodsreturn g
        JOIN orders_statementline s ON s.goods_return_id = g.id
        JOIN orders_receiptline rl ON rl.id = g.receipt_line_id
        JOIN orders_goodsreceipt r ON r.id = rl.receipt_id
        WHERE g.ended_at >= %(first_at)s AND g.ended_at < %(after_at)s AND g.ended_at <= %(at)s
    ) w
    JOIN orders_allocation a ON a.id = w.allocation_id
    JOIN catalog_listing l ON l.id = a.listing_id
    JOIN orders_purchaseorder o ON o.id = a.order_id
    JOIN canteens_fund f ON f.id = o.fund_id
    {_POOR} {_UNIT}
    UNION ALL
    SELECT 'on_way', {_COUNTS_FOR}, f.kind = %(union)s, greatest(a.amount_fen - coalesce(stated.fen, 0), 0), w.day,
           a.id, true, false, l.household_id, l.produce_id
    FROM (SELECT %(today)s::date AS day, %(today)s::date AS unit_on, %(at)s::timestamptz AS moment) w
    JOIN orders_allocation a ON a.status IN ('held', 'confirmed')
    JOIN catalog_listing l ON l.id = a.listing_id
    JOIN orders_purchaseorder o ON o.id = a.order_id AND o.status IN ('awaiting', 'asking', 'under_way')
    JOIN canteens_fund f ON f.id = o.fund_id
    LEFT JOIN LATERAL (
        SELECT sum(s.amount_fen) AS fen FROM orders_receiptline rl
        JOIN orders_statementline s ON s.receipt_line_id = rl.id AND s.kind IN ('goods', 'grade')
        WHERE rl.allocation_id = a.id
    ) stated ON true
    {_POOR} {_UNIT}
    WHERE %(today)s < %(after)s AND %(today)s >= %(first)s
    UNION ALL
    SELECT 'no_papers', {_COUNTS_FOR}, f.kind = %(union)s, w.refused_g * a.price_fen / a.price_unit_g, w.day, w.id,
           true, false, l.household_id, l.produce_id
    FROM (
        SELECT rl.id, rl.refused_g, rl.allocation_id, r.signed_on AS unit_on, r.signed_on AS day,
               r.signed_at AS moment
        FROM orders_goodsreceipt r JOIN orders_receiptline rl ON rl.receipt_id = r.id AND rl.reason = 'papers'
        WHERE r.status = 'signed' AND r.signed_on >= %(first)s AND r.signed_on < %(after)s AND r.signed_at <= %(at)s
    ) w
    JOIN orders_allocation a ON a.id = w.allocation_id
    JOIN catalog_listing l ON l.id = a.listing_id
    JOIN orders_purchaseorder o ON o.id = a.order_id
    JOIN canteens_fund f ON f.id = o.fund_id
    {_POOR} {_UNIT}
"""  # noqa: S608  (our own words only)

_UNITS = """
    SELECT b.id, b.name, b.phone, coalesce(c.mode, ''), su.superior_id, coalesce(up.name, ''), su.reported_by_id,
           coalesce(rep.name, ''), coalesce(su.run_by, ''), d.id, coalesce(d.total_fen, 0), coalesce(d.union_fen, 0),
           coalesce(e.ratio_permille, d.ratio_permille, 0), e.document, coalesce(d.document, ''), d.at,
           coalesce(why.cause, ''), coalesce(why.words, '')
    FROM accounts_organisation b
    JOIN accounts_channel ch ON ch.code = b.channel_id AND ch.runs_canteen
    LEFT JOIN canteens_canteen c ON c.organisation_id = b.id
    LEFT JOIN canteens_shareunit su ON su.organisation_id = b.id
        AND su.from_on <= %(counted_on)s AND (su.to_on IS NULL OR su.to_on > %(counted_on)s)
    LEFT JOIN accounts_organisation up ON up.id = su.superior_id
    LEFT JOIN accounts_organisation rep ON rep.id = su.reported_by_id
    LEFT JOIN LATERAL (
        SELECT * FROM canteens_sharedeclaration x WHERE x.organisation_id = b.id AND x.year = %(year)s
        ORDER BY x.turn DESC LIMIT 1
    ) d ON true
    LEFT JOIN LATERAL (
        SELECT * FROM canteens_shareexception x WHERE x.organisation_id = b.id AND x.year = %(year)s
        ORDER BY x.turn DESC LIMIT 1
    ) e ON true
    LEFT JOIN LATERAL (
        SELECT * FROM canteens_sharereason x WHERE x.organisation_id = b.id AND x.year = %(year)s
        ORDER BY x.id DESC LIMIT 1
    ) why ON true
    WHERE %(all)s OR b.id = ANY(%(units)s)
"""


@dataclass(frozen=True, slots=True)
class Share:
    """How one buyer stands with its share of a year, in fen."""

    organisation_id: int
    name: str
    phone: str
    mode: str
    superior_id: int | None
    superior: str
    reporter_id: int | None
    reporter: str
    run_by: str
    declaration_id: int | None
    total_fen: int
    union_planned_fen: int
    ratio_permille: int
    exception: str | None  # its document, where another ratio than the declared counts
    document: str
    declared_at: dt.datetime | None
    cause: str
    words: str
    pace_permille: int  # how much of it is due by now
    counted_fen: int = 0
    union_fen: int = 0
    on_way_fen: int = 0
    no_invoice_fen: int = 0  # of what counts
    no_papers_fen: int = 0
    union_on_way_fen: int = 0
    paid_fen: int = 0  # of what counts, on the seller's card

    @property
    def due_fen(self) -> int:
        """Return what is to be bought in the year; nothing for a unit that another one reports."""
        return 0 if self.reporter_id else -(-self.total_fen * self.ratio_permille // 1000)

    @property
    def done_permille(self) -> int:
        """Return how much of the share is reached, rounded down."""
        return max(0, self.counted_fen) * 1000 // self.due_fen if self.due_fen else 1000

    @property
    def behind_fen(self) -> int:
        """Return how much is missing to what is due by now; nothing where the pace is kept."""
        return max(0, -(-self.due_fen * self.pace_permille // 1000) - self.counted_fen)

    @property
    def state(self) -> str:
        """Return where the unit stands: reported, none, undeclared, reached, behind or under_way."""
        if self.reporter_id:
            return "reported"
        if self.mode == Canteen.Mode.NONE:
            return "none"
        if self.declaration_id is None:
            return "undeclared"
        if self.counted_fen >= self.due_fen:
            return "reached"
        return "behind" if self.behind_fen else "under_way"


@dataclass(frozen=True, slots=True)
class ShareGoods:
    """Goods of one household that a paper would mend: accepted without an invoice, or refused without papers."""

    lacks: str  # no_invoice or no_papers
    household: Household
    produce: str
    fen: int
    last_on: dt.date


_ORDER = {"behind": 0, "undeclared": 1, "under_way": 2, "reached": 3, "none": 4, "reported": 5}


def pace_permille(year: int, today: dt.date) -> int:
    """Return how much of a year's share is due by the end of the last whole month, in thousandths."""
    if today.year != year:
        return 1000 if today.year > year else 0
    return 1000 * (today.month - 1) // MONTHS


def shares(year: int, *, at: dt.datetime, units: Collection[int] | None = None) -> list[Share]:
    """Return how buyers that eat stand with their share of a year, who is furthest behind first."""
    today = clock.county_day(at)
    asked = _parameters(year, at) | {
        "year": year,
        "all": units is None,
        "units": list(units or ()),
        "counted_on": min(max(today, dt.date(year, 1, 1)), dt.date(year, 12, 31)),
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT unit,
                   coalesce(sum(fen) FILTER (WHERE what = 'counted' AND NOT by_union), 0)::bigint,
                   coalesce(sum(fen) FILTER (WHERE what = 'counted' AND by_union), 0)::bigint,
                   coalesce(sum(fen) FILTER (WHERE what = 'on_way' AND NOT by_union), 0)::bigint,
                   coalesce(sum(fen) FILTER (WHERE what = 'counted' AND NOT by_union AND NOT invoiced), 0)::bigint,
                   coalesce(sum(fen) FILTER (WHERE what = 'no_papers' AND NOT by_union), 0)::bigint,
                   coalesce(sum(fen) FILTER (WHERE what = 'on_way' AND by_union), 0)::bigint,
                   coalesce(sum(fen) FILTER (WHERE what = 'counted' AND NOT by_union AND paid), 0)::bigint
            FROM ({_ROWS}) AS rows GROUP BY unit
            """,  # noqa: S608  (our own words only; what was asked for are parameters)
            asked,
        )
        sums = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(_UNITS, asked)
        pace = pace_permille(year, today)
        none = (0,) * SUMS
        rows = [Share(*(*row, pace, *sums.get(row[0], none))) for row in cursor.fetchall()]
    return sorted(rows, key=lambda row: (_ORDER[row.state], -row.behind_fen, -row.due_fen, row.name))


def months_of(year: int, unit: int, *, at: dt.datetime) -> dict[int, int]:
    """Return what counted for a unit's canteen in each month of a year, in fen."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT extract(month FROM day)::int, sum(fen)::bigint FROM ({_ROWS}) AS rows
            WHERE what = 'counted' AND NOT by_union AND unit = %(unit)s GROUP BY 1
            """,  # noqa: S608  (our own words only; what was asked for are parameters)
            _parameters(year, at) | {"unit": unit},
        )
        return dict(cursor.fetchall())


def goods_to_mend(year: int, unit: int, *, at: dt.datetime, most: int) -> list[ShareGoods]:
    """Return the households whose goods lack a paper: an invoice of what was accepted, or a certificate."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT CASE WHEN what = 'no_papers' THEN what ELSE 'no_invoice' END AS lacks, rows.household_id,
                   sum(fen)::bigint AS fen, max(day), string_agg(DISTINCT p.name, '、' ORDER BY p.name)
            FROM ({_ROWS}) AS rows
            JOIN produce_produce p ON p.id = rows.produce_id
            WHERE unit = %(unit)s AND NOT by_union AND (what = 'no_papers' OR (what = 'counted' AND NOT invoiced))
            GROUP BY 1, 2 HAVING sum(fen) > 0 ORDER BY fen DESC, 2 LIMIT %(most)s
            """,  # noqa: S608  (our own words only; what was asked for are parameters)
            _parameters(year, at) | {"unit": unit, "most": most},
        )
        found = cursor.fetchall()
    households = Household.objects.select_related("village").in_bulk([key for _lacks, key, *_more in found])
    return [ShareGoods(lacks, households[key], produce, fen, last_on) for lacks, key, fen, last_on, produce in found]


def _parameters(year: int, at: dt.datetime) -> dict[str, Any]:
    first, after = dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
    return {
        "poor": [tier.value for tier in POOR_TIERS],
        "union": FundKind.UNION.value,
        "first": first,
        "after": after,
        "first_at": clock.day_start(first),
        "after_at": clock.day_start(after),
        "zone": str(clock.COUNTY_ZONE),
        "at": at,
        "today": clock.county_day(at),
    }
