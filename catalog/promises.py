"""What must always hold of kilos, as questions to the database alone; `make audit` asks them."""

from kernel.oracle import Oracle

ORACLES = [
    Oracle(
        "I2 every listing's totals are the sums of its movements",
        """
        SELECT l.number, s.side, s.held, coalesce(m.moved, 0)
        FROM catalog_listing l
        CROSS JOIN LATERAL (VALUES ('reserved', l.reserved), ('sold', l.sold), ('claimed', l.claimed),
                                   ('written_off', l.written_off), ('withdrawn', l.withdrawn)) AS s (side, held)
        LEFT JOIN (
            SELECT listing_id, side, sum(quantity) AS moved FROM (
                SELECT listing_id, target AS side, quantity FROM catalog_movement
                UNION ALL SELECT listing_id, source, -quantity FROM catalog_movement
            ) both_ways GROUP BY listing_id, side
        ) m ON m.listing_id = l.id AND m.side = s.side
        WHERE s.held <> coalesce(m.moved, 0)
        """,
    ),
    Oracle(
        "I2 I20 no kilo is counted twice",
        """
        SELECT number, listed, reserved, sold, claimed, written_off, withdrawn FROM catalog_listing
        WHERE reserved + sold + claimed + written_off + withdrawn > listed
           OR least(reserved, sold, claimed, written_off, withdrawn) < 0
        """,
    ),
]
