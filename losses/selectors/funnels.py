"""How much was declared, verified, awarded and paid: by scheme, township or month of the report."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

from kernel import clock

_GROUPS = {
    "scheme": ("c.scheme_id::text", "s.name"),
    "township": ("t.code", "t.name"),
    "month": (
        "to_char(c.filed_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')",
        "to_char(c.filed_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')",
    ),
}

# Quantities are those of the present round; a declared or verified quantity is priced at the claim's own rate, rounded
# as kernel.money does, half a fen up; of a sale at most what it fetched too little, and verified is what the township
# found, since nobody visits. Paid is read from the ledger: a payment that came back is not paid.
_SQL = """
    WITH stage AS (
        SELECT f.claim_id,
               max(f.quantity_g) FILTER (WHERE f.stage = 'declared') AS declared_g,
               coalesce(
                   max(f.quantity_g) FILTER (WHERE f.stage = 'county'),
                   max(f.quantity_g) FILTER (WHERE f.stage = 'township'
                       AND c.status IN ('unvisited', 'computed', 'county_notice', 'awarded'))
               ) AS verified_g
        FROM losses_claimfigure f JOIN losses_lossclaim c ON c.id = f.claim_id AND c.round = f.round
        GROUP BY f.claim_id
    ), paid AS (
        SELECT a.claim_id, sum(p.amount_fen) AS paid_fen
        FROM losses_award a JOIN ledger_payment p ON p.payable_id = a.payable_id AND p.status = 'paid'
        GROUP BY a.claim_id
    ), line AS (
        SELECT {key} AS key, {label} AS label, coalesce(h.merged_into_id, h.id) AS household_id,
               stage.declared_g, stage.verified_g,
               div(2 * stage.declared_g::numeric * c.per_fen + c.per_g, 2 * c.per_g) AS declared_fen,
               div(2 * stage.verified_g::numeric * c.per_fen + c.per_g, 2 * c.per_g) AS verified_fen,
               a.amount_fen AS awarded_fen, paid.paid_fen
        FROM losses_lossclaim c
        JOIN stage ON stage.claim_id = c.id
        JOIN losses_reliefscheme s ON s.id = c.scheme_id
        JOIN accounts_household h ON h.id = c.household_id
        JOIN accounts_place v ON v.code = h.village_id
        JOIN accounts_place t ON t.code = v.parent_id
        LEFT JOIN losses_award a ON a.claim_id = c.id
        LEFT JOIN paid ON paid.claim_id = c.id
        WHERE c.filed_at >= %(since)s AND c.filed_at < %(until)s
          AND (%(scheme)s::bigint IS NULL OR c.scheme_id = %(scheme)s::bigint)
          AND (cardinality(%(towns)s::text[]) = 0 OR t.code = ANY(%(towns)s::text[]))
    )
    SELECT key, label,
           count(*), sum(declared_g), sum(declared_fen),
           count(verified_g), coalesce(sum(verified_g), 0), coalesce(sum(verified_fen), 0),
           count(awarded_fen), coalesce(sum(awarded_fen), 0),
           count(paid_fen), coalesce(sum(paid_fen), 0),
           count(DISTINCT household_id), count(DISTINCT household_id) FILTER (WHERE paid_fen IS NOT NULL)
    FROM line GROUP BY key, label ORDER BY key
"""
_EVER = (dt.datetime(1970, 1, 1, tzinfo=dt.UTC), dt.datetime(9000, 1, 1, tzinfo=dt.UTC))


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """One group of claims and how far they came; each stage counts claims and sums grams and fen."""

    key: str
    label: str
    declared: int
    declared_g: int
    declared_fen: int
    verified: int
    verified_g: int
    verified_fen: int
    awarded: int
    awarded_fen: int
    paid: int
    paid_fen: int
    households: int
    households_paid: int


def funnel(
    by: str = "scheme",
    *,
    scheme_id: int | None = None,
    towns: Collection[str] = (),
    from_on: dt.date | None = None,
    to_on: dt.date | None = None,
) -> list[FunnelRow]:
    """Return declared → verified → awarded → paid for each group, in one query.

    `by` is scheme, township or month (of the report, county time); `to_on` is the last day counted; `towns` are the
    townships whose claims count, none all of them.
    """
    key, label = _GROUPS[by]
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL.format(key=key, label=label),
            {
                "since": clock.day_start(from_on) if from_on else _EVER[0],
                "until": clock.day_end(to_on) if to_on else _EVER[1],
                "scheme": scheme_id,
                "towns": list(towns),
            },
        )
        return [FunnelRow(*row[:2], *map(int, row[2:])) for row in cursor.fetchall()]
