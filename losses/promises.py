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
        "I2 I20 what a lot counts as sold too low is what its reports found last, and no more than it sold",
        """
        WITH held AS (
            SELECT c.listing_id, sum(f.quantity) AS held FROM losses_lossclaim c
            CROSS JOIN LATERAL (
                SELECT quantity FROM losses_claimfigure WHERE claim_id = c.id ORDER BY id DESC LIMIT 1
            ) f
            WHERE c.sale_id IS NOT NULL AND c.status NOT IN ('refused', 'withdrawn') GROUP BY c.listing_id
        )
        SELECT l.id, l.sold, l.sold_low, coalesce(held.held, 0)
        FROM catalog_listing l LEFT JOIN held ON held.listing_id = l.id
        WHERE l.sold_low <> coalesce(held.held, 0) OR l.sold_low > l.sold
        """,
    ),
    Oracle(
        "I12 what was computed without two signatures of a visit is a sale, or a draw did not pick it",
        """
        SELECT c.id FROM losses_lossclaim c
        WHERE c.status IN ('computed', 'county_notice', 'awarded') AND c.sale_id IS NULL AND NOT EXISTS (
            SELECT FROM losses_visit v
            WHERE v.claim_id = c.id AND v.round = c.round AND v.second_signed_at IS NOT NULL
        ) AND NOT EXISTS (
            SELECT FROM losses_sampledraw d WHERE d.claim_id = c.id AND d.round = c.round AND NOT d.picked
        )
        """,
    ),
    Oracle(
        "I12 what is awarded was not doubted on the telephone, or somebody looked; and no call waits",
        """
        SELECT w.claim_id, b.id, b.outcome FROM losses_award w JOIN losses_lossclaim c ON c.id = w.claim_id
        JOIN losses_calldraw d ON d.claim_id = c.id AND d.round = c.round
        JOIN losses_callback b ON b.draw_id = d.id
        WHERE b.status = 'waiting' OR (b.outcome IN ('less', 'not_ours') AND NOT EXISTS (
            SELECT FROM records_finding f
            WHERE f.document = 'claim:' || c.id AND f.rule = 'call' AND f.colour = 'amber' AND f.cleared_at IS NOT NULL
        ))
        """,
    ),
    Oracle(
        "I12 of what nobody visits each was drawn for a call or passed over",
        """
        SELECT c.id FROM losses_lossclaim c
        WHERE c.sale_id IS NULL AND c.status IN ('unvisited', 'computed', 'county_notice', 'awarded') AND NOT EXISTS (
            SELECT FROM losses_visit v WHERE v.claim_id = c.id AND v.round = c.round
        ) AND NOT EXISTS (SELECT FROM losses_calldraw d WHERE d.claim_id = c.id AND d.round = c.round)
        """,
    ),
    Oracle(
        "I10 relief is what was found at the rate its claim was filed by",
        """
        SELECT c.id, o.lines_fen, c.per_fen, c.per_g FROM losses_computation o
        JOIN losses_lossclaim c ON c.id = o.claim_id
        WHERE o.lines_fen <> div(2 * o.verified_g::numeric * c.per_fen + c.per_g, 2 * c.per_g)
        """,
    ),
    Oracle(
        "I10 who shares gets a part of the money that is right to a fen, and in full where it suffices",
        """
        SELECT o.claim_id FROM losses_computation o
        WHERE o.full_fen IS NOT NULL AND CASE WHEN o.all_fen <= o.money_left_fen THEN o.amount_fen <> o.full_fen
        ELSE abs(o.amount_fen::numeric * o.all_fen - o.full_fen::numeric * o.money_left_fen) >= o.all_fen END
        """,
    ),
    Oracle(
        "I10 relief of a sale is no more than it fetched too little",
        """
        SELECT c.id, o.lines_fen, o.gap_fen FROM losses_computation o
        JOIN losses_lossclaim c ON c.id = o.claim_id JOIN catalog_movement m ON m.id = c.sale_id
        WHERE o.gap_fen IS NULL OR o.lines_fen > o.gap_fen OR o.gap_fen <> (
            2 * o.verified_g * (c.reference_fen::bigint * m.price_unit_g - m.price_fen::bigint * 500)
            + 500 * m.price_unit_g::bigint
        ) / (1000 * m.price_unit_g::bigint)
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
        "I14 no award of a line to which somebody objected and was right, or was not answered before it",
        """
        SELECT w.id, w.at, o.number, o.status FROM losses_award w JOIN losses_lossclaim c ON c.id = w.claim_id
        JOIN records_noticeline l ON l.notice_id = c.county_notice_id AND l.document = 'claim:' || c.id
        JOIN records_objection o ON o.line_id = l.id
        WHERE o.at <= w.at AND (o.status = 'upheld' OR o.answered_at IS NULL OR o.answered_at > w.at)
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
        WHERE coalesce(claimed.fen, 0) > CASE
                  WHEN paid.fen IS NOT NULL THEN paid.fen
                  WHEN EXISTS (
                      SELECT FROM ledger_payment p
                      WHERE p.payable_id = a.payable_id AND p.status NOT IN ('prepared', 'cancelled')
                  ) THEN 0
                  ELSE a.amount_fen END
           OR coalesce(plan.fen, 0) <> r.amount_fen
           OR coalesce(back.fen, 0) > CASE WHEN r.status IN ('proposed', 'rejected') THEN 0 ELSE r.amount_fen END
           OR (r.status IN ('paid', 'waived') AND coalesce(back.fen, 0) <> r.amount_fen)
        """,
    ),
    Oracle(
        "I16 relief that was taken back before it left is not being paid and never was",
        """
        SELECT r.id, p.status FROM losses_recoveryreceipt e JOIN losses_reliefrecovery r ON r.id = e.recovery_id
        JOIN losses_award a ON a.id = r.award_id JOIN ledger_payment p ON p.payable_id = a.payable_id
        WHERE e.how = 'never_left' AND e.status = 'confirmed' AND p.status <> 'cancelled'
        """,
    ),
    Oracle(
        "I16 relief that came back is the scheme's again by its own transfer, and nothing else is",
        """
        SELECT c.id, t.id FROM (
            SELECT e.id, 'recoveryreceipt:' || e.id AS reference, e.amount_fen, s.account_id,
                   CASE e.how WHEN 'never_left' THEN p.account_id ELSE s.bank_account_id END AS from_id
            FROM losses_recoveryreceipt e JOIN losses_reliefrecovery r ON r.id = e.recovery_id
            JOIN losses_award a ON a.id = r.award_id JOIN losses_lossclaim l ON l.id = a.claim_id
            JOIN losses_reliefscheme s ON s.id = l.scheme_id
            JOIN ledger_payable p ON p.id = a.payable_id
            WHERE e.status = 'confirmed' AND e.how IN ('paid_back', 'never_left')
        ) c
        FULL JOIN (SELECT * FROM ledger_transfer WHERE reference LIKE 'recoveryreceipt:%') t
          ON t.reference = c.reference
        WHERE c.id IS NULL OR t.id IS NULL OR t.kind <> 'posted' OR t.amount_fen <> c.amount_fen
           OR t.debit_id <> c.from_id OR t.credit_id <> c.account_id
        """,
    ),
]
