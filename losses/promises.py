"""What must always hold of claims, visits and awards, as questions to the database alone; `make audit` asks them."""

from kernel.oracle import Oracle

ORACLES = [
    Oracle(
        "I2 I20 what a season counts as never harvested is what its claims found last",
        """
        WITH RECURSIVE line AS (
            SELECT id, replaces_id, id AS newest FROM catalog_plotseason WHERE superseded_at IS NULL
            UNION ALL SELECT s.id, s.replaces_id, line.newest FROM catalog_plotseason s
                      JOIN line ON s.id = line.replaces_id
        ), held AS (
            SELECT line.newest, sum(f.quantity_g) AS held_g FROM losses_lossclaim c
            JOIN line ON line.id = c.plot_season_id
            CROSS JOIN LATERAL (
                SELECT quantity_g FROM losses_claimfigure WHERE claim_id = c.id ORDER BY id DESC LIMIT 1
            ) f
            WHERE c.status NOT IN ('refused', 'withdrawn') GROUP BY line.newest
        )
        SELECT s.id, s.claimed_g, coalesce(held.held_g, 0)
        FROM catalog_plotseason s LEFT JOIN held ON held.newest = s.id
        WHERE s.claimed_g <> coalesce(held.held_g, 0)
        """,
    ),
    Oracle(
        "I10 an award is the computed amount, and its payable is the award",
        """
        SELECT w.id, w.amount_fen, c.amount_fen, p.amount_fen
        FROM losses_award w JOIN losses_lossclaim l ON l.id = w.claim_id
        JOIN losses_computation c ON c.claim_id = l.id AND c.round = l.round
        JOIN ledger_payable p ON p.id = w.payable_id
        WHERE w.amount_fen <> c.amount_fen OR p.amount_fen <> w.amount_fen
        """,
    ),
    Oracle(
        "I12 a visit was made by two persons, who are two people and no other hands of the claim",
        """
        SELECT v.claim_id FROM losses_visit v
        JOIN accounts_user a ON a.id = v.first_id JOIN accounts_user b ON b.id = v.second_id
        WHERE a.person_id = b.person_id
        """,
    ),
    Oracle(
        "I14 no award before its county notice had ended",
        """
        SELECT w.id, w.at, n.ends_at FROM losses_award w JOIN losses_lossclaim c ON c.id = w.claim_id
        LEFT JOIN records_publicnotice n ON n.id = c.county_notice_id
        WHERE n.id IS NULL OR w.at < n.ends_at
        """,
    ),
]
