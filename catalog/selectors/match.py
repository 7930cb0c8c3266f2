"""Who grows this, here, then: for needs to be sent to those who can fill them. One query, by the index of seasons."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import connection

from produce.models import Produce

_WHO = """
    SELECT coalesce(h.merged_into_id, h.id), s.village_id, sum(s.capacity_g)::bigint, coalesce(max(f.free_g), 0)::bigint
    FROM catalog_plotseason s
    JOIN accounts_household h ON h.id = s.household_id
    LEFT JOIN LATERAL (
        SELECT sum((l.listed - l.reserved - l.sold - l.claimed - l.written_off - l.withdrawn)
                   * coalesce(l.piece_g, 1)) AS free_g
        FROM catalog_listing l
        WHERE l.household_id = ANY (ARRAY(
            SELECT w.id FROM accounts_household w WHERE w.id = coalesce(h.merged_into_id, h.id)
            UNION ALL
            SELECT w.id FROM accounts_household w WHERE w.merged_into_id = coalesce(h.merged_into_id, h.id)
        )) AND l.produce_id = s.produce_id AND l.status = 'on_sale'
          AND l.sell_by >= %(first)s AND coalesce(l.harvested_on, l.expected_from) <= %(last)s
    ) f ON true
    WHERE s.produce_id = %(produce)s AND s.harvest_to >= %(first)s AND s.harvest_from <= %(last)s
      AND s.superseded_at IS NULL AND s.village_id BETWEEN %(lowest)s AND %(highest)s
    GROUP BY coalesce(h.merged_into_id, h.id), s.village_id
    ORDER BY coalesce(max(f.free_g), 0) DESC, sum(s.capacity_g) DESC, 1
    LIMIT %(most)s
"""
MOST = 500


@dataclass(frozen=True)
class Grower:
    """A household that grows the produce in these days: what its land may give, and what it has on sale."""

    household_id: uuid.UUID
    village_id: str
    capacity_g: int
    on_sale_g: int


def who_grows(produce: Produce, first: dt.date, last: dt.date, *, area: str = "", most: int = MOST) -> list[Grower]:
    """Return who harvests this produce between two days in places whose code begins with `area`, most on sale first."""
    with connection.cursor() as cursor:
        cursor.execute(
            _WHO,
            {
                "produce": produce.pk,
                "first": first,
                "last": last,
                "lowest": area.ljust(12, "0"),
                "highest": area.ljust(12, "9"),
                "most": most,
            },
        )
        return [Grower(*row) for row in cursor.fetchall()]
