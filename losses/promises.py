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
    Oracle(
        "I16 what came back or is waived is at most what is claimed, and that at most what was paid",
        """
        SELECT r.id, r.amount_fen, coalesce(back.fen, 0), coalesce(paid.fen, 0)
        FROM losses_reliefrecovery r JOIN losses_award a ON a.id = r.award_id
        LEFT JOIN (
            SELECT recovery_id, sum(amount_fen) AS fen FROM losses_recoveryreceipt
            WHERE status = 'confirmed' GROUP BY recovery_id
        ) back ON back.recovery_id = r.id
        LEFT JOIN (
            SELECT recovery_id, sum(amount_fen) AS fen FROM losses_recoveryinstalment GROUP BY recovery_id
        ) plan ON plan.recovery_id = r.id
        LEFT JOIN (
            SELECT award_id, sum(amount_fen) AS fen FROM losses_reliefrecovery
            WHERE status <> 'rejected' GROUP BY award_id
        ) claimed ON claimed.award_id = r.award_id
        LEFT JOIN (
            SELECT payable_id, max(amount_fen) AS fen FROM ledger_payment WHERE arrivals > 0 GROUP BY payable_id
        ) paid ON paid.payable_id = a.payable_id
        WHERE coalesce(claimed.fen, 0) > coalesce(paid.fen, 0)
           OR coalesce(plan.fen, 0) <> r.amount_fen
           OR coalesce(back.fen, 0) > CASE WHEN r.status IN ('proposed', 'rejected') THEN 0 ELSE r.amount_fen END
           OR (r.status IN ('paid', 'waived') AND coalesce(back.fen, 0) <> r.amount_fen)
        """,
    ),
    Oracle(
        "I16 relief that came back is the scheme's again by its own transfer, and nothing else is",
        """
        SELECT c.id, t.id FROM (
            SELECT e.id, 'recoveryreceipt:' || e.id AS reference, e.amount_fen, s.bank_account_id, s.account_id
            FROM losses_recoveryreceipt e JOIN losses_reliefrecovery r ON r.id = e.recovery_id
            JOIN losses_award a ON a.id = r.award_id JOIN losses_lossclaim l ON l.id = a.claim_id
            JOIN losses_reliefscheme s ON s.id = l.scheme_id
            WHERE e.status = 'confirmed' AND e.how = 'paid_back'
        ) c
        FULL JOIN (SELECT * FROM ledger_transfer WHERE reference LIKE 'recoveryreceipt:%') t
          ON t.reference = c.reference
        WHERE c.id IS NULL OR t.id IS NULL OR t.kind <> 'posted' OR t.amount_fen <> c.amount_fen
           OR t.debit_id <> c.bank_account_id OR t.credit_id <> c.account_id
        """,
    ),
]
