"""What must always hold of receipts and statements, as questions to the database alone; `make audit` asks them."""

from kernel.oracle import Oracle


def _held_and_taken(whose: str) -> str:
    """Return joins that say what some orders hold for goods (`h`) and took, less what went back (`t`), in fen."""
    return f"""
        LEFT JOIN LATERAL (
            SELECT coalesce(sum(t.amount_fen), 0) AS fen
            FROM (
                SELECT 'allocation:' || a.id || ':hold' AS reference, a.order_id FROM orders_allocation a UNION ALL
                SELECT 'receipt-line:' || l.id || ':hold', a.order_id
                FROM orders_receiptline l JOIN orders_allocation a ON a.id = l.allocation_id
            ) n
            JOIN orders_purchaseorder o ON o.id = n.order_id
            JOIN ledger_transfer t ON t.reference = n.reference AND t.kind = 'pending'
            WHERE {whose} AND NOT EXISTS (SELECT FROM ledger_transfer r WHERE r.resolves_id = t.id)
        ) h ON true
        LEFT JOIN LATERAL (
            SELECT coalesce(sum(CASE WHEN t.reference LIKE '%:grade' THEN -t.amount_fen ELSE t.amount_fen END), 0)
                   - coalesce((SELECT sum(b.refund_fen) FROM orders_goodsreturn b
                               JOIN orders_receiptline l ON l.id = b.receipt_line_id
                               JOIN orders_allocation a ON a.id = l.allocation_id
                               JOIN orders_purchaseorder o ON o.id = a.order_id WHERE {whose}), 0)
                   AS fen
            FROM orders_purchaseorder o JOIN orders_allocation a ON a.order_id = o.id
            JOIN orders_receiptline l ON l.allocation_id = a.id
            JOIN ledger_transfer t ON t.reference IN ('receipt-line:' || l.id || ':accepted',
                'receipt-line:' || l.id || ':more', 'receipt-line:' || l.id || ':grade')
            WHERE {whose}
        ) t ON true
        """  # noqa: S608


ORACLES = [
    Oracle(
        "I6 accepted and refused weights are what the scale said, and nothing is settled that was not accepted",
        """
        SELECT r.number, l.net_g, l.accepted_g, l.refused_g, s.weight_g
        FROM orders_receiptline l JOIN orders_goodsreceipt r ON r.id = l.receipt_id
        LEFT JOIN orders_statementline s ON s.receipt_line_id = l.id AND s.kind = 'goods'
        WHERE l.net_g <> l.accepted_g + l.refused_g OR (s.id IS NOT NULL AND s.weight_g <> l.accepted_g)
           OR (s.id IS NOT NULL AND r.status <> 'signed')
        """,
    ),
    Oracle(
        "I7 a statement is the sum of its lines, and its payable is the statement",
        """
        SELECT s.number, s.total_fen, sum(l.amount_fen), p.amount_fen, s.weight_g, sum(l.weight_g)
        FROM orders_settlementstatement s
        LEFT JOIN ledger_payable p ON p.id = s.payable_id
        LEFT JOIN orders_statementline l ON l.statement_id = s.id
        GROUP BY s.id, s.number, s.total_fen, p.amount_fen, s.weight_g
        HAVING s.total_fen <> coalesce(sum(l.amount_fen), 0)
            OR coalesce(p.amount_fen, 0) <> greatest(s.total_fen, 0)
            OR s.weight_g <> coalesce(sum(l.weight_g), 0)
        """,
    ),
    Oracle(
        "I7 what a line states of goods is what the signature moved, and what a household leaves its co-operative gets",
        """
        SELECT s.number, l.kind, l.amount_fen, l.transfer
        FROM orders_statementline l JOIN orders_settlementstatement s ON s.id = l.statement_id
        LEFT JOIN orders_statementline o ON o.id = l.counterpart_id
        WHERE (l.kind = 'goods' AND l.amount_fen <> (
                SELECT coalesce(sum(t.amount_fen), 0) FROM ledger_transfer t
                WHERE t.reference IN ('receipt-line:' || l.receipt_line_id || ':accepted',
                                      'receipt-line:' || l.receipt_line_id || ':more')))
           OR (l.kind NOT IN ('goods', 'carried') AND abs(l.amount_fen) <> (
                SELECT coalesce(sum(t.amount_fen), 0) FROM ledger_transfer t WHERE t.reference = l.transfer))
           OR (o.id IS NOT NULL AND (o.amount_fen <> -l.amount_fen OR o.kind <> l.kind OR o.transfer <> l.transfer))
        """,
    ),
    Oracle(
        "I5 what is still to come of a lot is held, and nothing of a lot that is done",
        """
        SELECT a.id, a.status, count(t.id)
        FROM orders_allocation a
        LEFT JOIN orders_receiptline l ON l.allocation_id = a.id
        LEFT JOIN ledger_transfer t ON t.kind = 'pending'
             AND (t.reference = 'allocation:' || a.id || ':hold' OR t.reference = 'receipt-line:' || l.id || ':hold')
             AND NOT EXISTS (SELECT FROM ledger_transfer r WHERE r.resolves_id = t.id)
        GROUP BY a.id, a.status
        HAVING count(DISTINCT t.id) > CASE WHEN a.status IN ('held', 'confirmed') THEN 1 ELSE 0 END
            OR (a.status = 'held' AND count(DISTINCT t.id) = 0)
        """,
    ),
    Oracle(
        "I29 what is kept of a lot is kept once, and given back whole when it ends",
        """
        SELECT k.id, k.status, l.id, l.quantity, h.quantity, r.quantity
        FROM orders_keptplan k
        LEFT JOIN orders_keptlot l ON l.kept_id = k.id
        LEFT JOIN catalog_movement h ON h.reference = 'kept-lot:' || l.id || ':hold'
             AND (h.listing_id, h.source, h.target, h.quantity) = (l.listing_id, 'free', 'reserved', l.quantity)
        LEFT JOIN catalog_movement r ON r.reference = 'kept-lot:' || l.id || ':release'
             AND (r.listing_id, r.source, r.target, r.quantity) = (l.listing_id, 'reserved', 'free', l.quantity)
        WHERE h.id IS NULL OR (r.id IS NULL) <> (k.status = 'kept')
        """,
    ),
    Oracle(
        "I2 what is reserved of a lot is what its open orders still wait for and what is kept of it, and nothing else",
        """
        SELECT c.number, c.reserved, coalesce(o.quantity, 0), coalesce(k.quantity, 0)
        FROM catalog_listing c
        LEFT JOIN (
            SELECT a.listing_id, sum(a.quantity - coalesce(t.quantity, 0)) AS quantity
            FROM orders_allocation a
            LEFT JOIN LATERAL (
                SELECT sum(m.quantity) AS quantity FROM orders_receiptline l
                JOIN catalog_movement m ON m.source = 'reserved'
                     AND m.reference IN ('receipt-line:' || l.id || ':sold', 'receipt-line:' || l.id || ':back')
                WHERE l.allocation_id = a.id
            ) t ON true
            WHERE a.status IN ('held', 'confirmed') GROUP BY a.listing_id
        ) o ON o.listing_id = c.id
        LEFT JOIN (
            SELECT l.listing_id, sum(l.quantity) AS quantity
            FROM orders_keptlot l JOIN orders_keptplan p ON p.id = l.kept_id AND p.status = 'kept'
            GROUP BY l.listing_id
        ) k ON k.listing_id = c.id
        WHERE c.reserved <> coalesce(o.quantity, 0) + coalesce(k.quantity, 0)
        """,
    ),
    Oracle(
        "I6 what went back was accepted before, and moved its kilos and its money once",
        """
        SELECT g.number, g.agreed_g, l.accepted_g, coalesce(m.quantity, 0), g.refund_fen, coalesce(t.amount_fen, 0)
        FROM orders_goodsreturn g
        JOIN orders_receiptline l ON l.id = g.receipt_line_id
        JOIN orders_allocation a ON a.id = l.allocation_id
        JOIN catalog_listing i ON i.id = a.listing_id
        JOIN canteens_fund f ON f.id = (SELECT o.fund_id FROM orders_purchaseorder o WHERE o.id = a.order_id)
        LEFT JOIN catalog_movement m ON m.reference = 'return:' || g.id || ':back'
        LEFT JOIN ledger_transfer t ON t.reference = 'return:' || g.id || ':refund'
        LEFT JOIN orders_statementline s ON s.goods_return_id = g.id
        WHERE coalesce(m.quantity, 0) <> abs(coalesce(g.agreed_pieces, g.agreed_g))
           OR coalesce(t.amount_fen, 0) <> abs(g.refund_fen)
           OR (m.id IS NOT NULL AND (m.listing_id <> a.listing_id
               OR m.source <> CASE WHEN g.agreed_g > 0 THEN 'sold' ELSE 'free' END
               OR m.target <> CASE WHEN g.agreed_g > 0 THEN g.fate ELSE 'sold' END))
           OR (t.id IS NOT NULL AND (
                  t.debit_id <> CASE WHEN g.agreed_g > 0 THEN i.payee_account_id ELSE f.account_id END
               OR t.credit_id <> CASE WHEN g.agreed_g > 0 THEN f.account_id ELSE i.payee_account_id END))
           OR (s.id IS NOT NULL AND (s.receipt_line_id <> l.id OR s.weight_g <> -g.agreed_g))
           OR l.accepted_g < (SELECT sum(b.agreed_g) FROM orders_goodsreturn b WHERE b.receipt_line_id = l.id)
        """,
    ),
    Oracle(
        "I7 the money of a lot is what all that its buyer kept costs in its grade, rounded once",
        """
        SELECT a.id, w.grade, sum(w.kept_g), sum(w.fen)
        FROM orders_allocation a
        JOIN (
            SELECT l.allocation_id, l.grade, l.accepted_g - coalesce(b.grams, 0) AS kept_g,
                   coalesce(t.fen, 0) - coalesce(b.fen, 0) - coalesce(d.amount_fen, 0) AS fen
            FROM orders_receiptline l JOIN orders_goodsreceipt r ON r.id = l.receipt_id AND r.status = 'signed'
            LEFT JOIN LATERAL (SELECT sum(agreed_g) AS grams, sum(refund_fen) AS fen
                               FROM orders_goodsreturn WHERE receipt_line_id = l.id) b ON true
            LEFT JOIN LATERAL (SELECT sum(amount_fen) AS fen FROM ledger_transfer
                               WHERE reference IN ('receipt-line:' || l.id || ':accepted',
                                                   'receipt-line:' || l.id || ':more')) t ON true
            LEFT JOIN ledger_transfer d ON d.reference = 'receipt-line:' || l.id || ':grade'
        ) w ON w.allocation_id = a.id
        JOIN catalog_listing i ON i.id = a.listing_id
        LEFT JOIN LATERAL (SELECT (s ->> 'percent')::int AS percent FROM jsonb_array_elements(i.grade_steps) s
                           WHERE s ->> 'code' = w.grade) g ON true
        GROUP BY a.id, w.grade, a.price_fen, a.price_unit_g, g.percent
        HAVING sum(w.fen) <> div(2 * div(2 * sum(w.kept_g) * a.price_fen + a.price_unit_g, 2 * a.price_unit_g)
                                 * coalesce(g.percent, 100) + 100, 200)
        """,
    ),
    Oracle(
        "I3 into a fund comes its budget, and what sellers give back for goods sent back or of a lower grade",
        """
        SELECT f.id, a.credits_posted_fen - a.given_back_fen - s.debits_posted_fen, coalesce(b.fen, 0)
        FROM canteens_fund f JOIN ledger_account a ON a.id = f.account_id
        JOIN ledger_account s ON s.id = f.source_account_id
        LEFT JOIN (
            SELECT o.fund_id, sum(v.fen) AS fen FROM (
                SELECT receipt_line_id, greatest(refund_fen, 0) AS fen FROM orders_goodsreturn UNION ALL
                SELECT l.id, d.amount_fen FROM orders_receiptline l
                JOIN ledger_transfer d ON d.reference = 'receipt-line:' || l.id || ':grade'
            ) v
            JOIN orders_receiptline l ON l.id = v.receipt_line_id
            JOIN orders_allocation x ON x.id = l.allocation_id
            JOIN orders_purchaseorder o ON o.id = x.order_id GROUP BY o.fund_id
        ) b ON b.fund_id = f.id
        WHERE a.credits_posted_fen - a.given_back_fen - s.debits_posted_fen <> coalesce(b.fen, 0)
        """,
    ),
    Oracle(
        "I7 a cart costs at most its price and its ceiling, and its rule's payers pay the haulier exactly that",
        """
        SELECT d.number, p.price_fen, x.fen, x.most_fen, x.stray, x.left_fen, x.got_fen
        FROM orders_delivery d
        JOIN (
            SELECT r.delivery_id, coalesce(sum(t.amount_fen), 0) AS fen,
                   sum((g.fen - coalesce(e.amount_fen, 0)) * o.transport_permille / 1000) AS most_fen,
                   count(t.id) FILTER (WHERE t.credit_id IS DISTINCT FROM c.id OR o.transport_payer = 0
                       OR t.debit_id <> CASE o.transport_payer WHEN 1 THEN f.account_id ELSE i.payee_account_id END
                       OR s.transfer <> t.reference OR (o.transport_payer = 1) <> (st.carrier_id IS NOT NULL)) AS stray,
                   coalesce(sum(s.amount_fen) FILTER (WHERE st.carrier_id IS NULL), 0) AS left_fen,
                   coalesce(sum(coalesce(a.amount_fen, -s.amount_fen))
                            FILTER (WHERE st.carrier_id IS NULL), 0) AS got_fen
            FROM orders_receiptline l
            JOIN orders_goodsreceipt r ON r.id = l.receipt_id AND r.status = 'signed'
            JOIN orders_delivery v ON v.id = r.delivery_id
            JOIN orders_allocation w ON w.id = l.allocation_id
            JOIN orders_purchaseorder o ON o.id = w.order_id
            JOIN canteens_fund f ON f.id = o.fund_id
            JOIN catalog_listing i ON i.id = w.listing_id
            LEFT JOIN ledger_account c ON c.code = 'payee:carrier:' || v.carrier_id
            LEFT JOIN ledger_transfer t ON t.reference = 'receipt-line:' || l.id || ':transport'
            LEFT JOIN LATERAL (SELECT coalesce(sum(amount_fen), 0) AS fen FROM ledger_transfer
                               WHERE reference IN ('receipt-line:' || l.id || ':accepted',
                                                   'receipt-line:' || l.id || ':more')) g ON true
            LEFT JOIN ledger_transfer e ON e.reference = 'receipt-line:' || l.id || ':grade'
            LEFT JOIN orders_statementline s ON s.brought_id = l.id
            LEFT JOIN orders_settlementstatement st ON st.id = s.statement_id
            LEFT JOIN orders_statementline a ON a.counterpart_id = s.id
            GROUP BY r.delivery_id
        ) x ON x.delivery_id = d.id
        LEFT JOIN orders_tripprice p ON p.delivery_id = d.id
        WHERE x.fen > least(coalesce(p.price_fen, 0), x.most_fen) OR x.stray > 0 OR x.left_fen + x.got_fen <> 0
        """,
    ),
    Oracle(
        "I5 an order that is open holds for carts what no trip has taken of it, and one that has ended nothing",
        """
        SELECT o.number, o.status, o.transport_fen, h.fen, s.fen
        FROM orders_purchaseorder o
        LEFT JOIN LATERAL (
            SELECT sum(t.amount_fen) AS fen FROM ledger_transfer t WHERE t.kind = 'pending'
              AND t.reference LIKE 'order:' || o.id || ':transport:%'
              AND NOT EXISTS (SELECT FROM ledger_transfer r WHERE r.resolves_id = t.id)
        ) h ON true
        LEFT JOIN LATERAL (
            SELECT sum(t.amount_fen) AS fen FROM orders_allocation a
            JOIN orders_receiptline l ON l.allocation_id = a.id
            JOIN ledger_transfer t ON t.reference = 'receipt-line:' || l.id || ':transport'
            WHERE a.order_id = o.id AND o.transport_payer = 1
        ) s ON true
        WHERE coalesce(h.fen, 0) <> CASE WHEN o.status IN ('closed', 'cancelled') THEN 0
                                         ELSE o.transport_fen - coalesce(s.fen, 0) END
           OR coalesce(s.fen, 0) > o.transport_fen
        """,
    ),
    Oracle(
        "I7 what a seller owes by a statement below nothing is taken off, carried on or claimed, and never twice",
        """
        SELECT s.number, s.total_fen, o.fen, c.amount_fen, r.amount_fen
        FROM orders_settlementstatement s
        LEFT JOIN (SELECT document, sum(amount_fen) AS fen FROM ledger_payableoffset GROUP BY document) o
             ON o.document = 'statement:' || s.id
        LEFT JOIN orders_statementline c ON c.carries_id = s.id
        LEFT JOIN orders_recovery r ON r.statement_id = s.id
        WHERE coalesce(o.fen, 0) > greatest(-s.total_fen, 0) OR (c.id IS NOT NULL AND r.id IS NOT NULL)
           OR c.amount_fen <> s.total_fen + coalesce(o.fen, 0) OR r.amount_fen <> -s.total_fen - coalesce(o.fen, 0)
        UNION ALL
        SELECT s.number, s.total_fen, f.amount_fen, s.fund_id, p.fund_id
        FROM ledger_payableoffset f
        LEFT JOIN orders_settlementstatement s ON f.document = 'statement:' || s.id
        LEFT JOIN orders_settlementstatement p ON p.payable_id = f.payable_id
        WHERE s.id IS NULL OR p.id IS NULL OR s.fund_id <> p.fund_id
           OR s.household_id IS DISTINCT FROM p.household_id OR s.cooperative_id IS DISTINCT FROM p.cooperative_id
        """,
    ),
    Oracle(
        "I7 a claim ends by two people, and moves its money once: from the bank, or from the fund that waives it",
        """
        SELECT e.id, e.status, e.how, r.amount_fen, t.amount_fen
        FROM orders_recoveryend e
        JOIN orders_recovery r ON r.id = e.recovery_id
        JOIN orders_settlementstatement s ON s.id = r.statement_id
        JOIN canteens_fund f ON f.id = s.fund_id
        LEFT JOIN ledger_transfer t ON t.reference = 'recovery-end:' || e.id || ':' || e.how
        WHERE (e.status = 'confirmed') <> (t.id IS NOT NULL) OR t.amount_fen <> r.amount_fen
           OR t.debit_id <> CASE e.how WHEN 'paid_back' THEN f.bank_account_id ELSE f.account_id END
        """,
    ),
    Oracle(
        "I3 a purchase plan is drawn on by its orders alone: held is what they hold for goods, accepted what they took",
        f"""
        SELECT p.id, p.status, p.held_fen, h.fen, p.accepted_fen, t.fen
        FROM canteens_purchaseplan p
        {_held_and_taken("o.purchase_plan_id = p.id")}
        WHERE p.held_fen <> h.fen OR p.accepted_fen <> t.fen
        """,  # noqa: S608
    ),
    Oracle(
        "I3 the goods of a plan are drawn on by its orders alone: held is what they wait for, accepted what they took",
        """
        SELECT g.id, g.held_g, h.grams, g.accepted_g, t.grams
        FROM canteens_plangoods g
        LEFT JOIN LATERAL (
            SELECT coalesce(sum(CASE WHEN m.target = 'reserved' THEN m.quantity
                                     WHEN m.source = 'reserved' THEN -m.quantity ELSE 0 END
                                * coalesce(c.piece_g, 1)), 0) AS grams
            FROM orders_orderline l
            JOIN orders_allocation a ON a.line_id = l.id
            JOIN catalog_listing c ON c.id = a.listing_id
            JOIN LATERAL (
                SELECT 'allocation:' || a.id || ':hold' AS reference UNION ALL
                SELECT 'allocation:' || a.id || ':release' UNION ALL
                SELECT 'receipt-line:' || r.id || ':' || what
                FROM orders_receiptline r, (VALUES ('sold'), ('back')) AS moves (what) WHERE r.allocation_id = a.id
            ) n ON true
            JOIN catalog_movement m ON m.reference = n.reference
            WHERE l.plan_goods_id = g.id
        ) h ON true
        LEFT JOIN LATERAL (
            SELECT coalesce(sum(r.accepted_g - coalesce((
                SELECT sum(b.agreed_g) FROM orders_goodsreturn b WHERE b.receipt_line_id = r.id AND b.status = 'agreed'
            ), 0)), 0) AS grams
            FROM orders_orderline l
            JOIN orders_allocation a ON a.line_id = l.id
            JOIN orders_receiptline r ON r.allocation_id = a.id
            JOIN orders_goodsreceipt s ON s.id = r.receipt_id AND s.status = 'signed'
            WHERE l.plan_goods_id = g.id
        ) t ON true
        WHERE g.held_g <> h.grams OR g.accepted_g <> t.grams
        """,
    ),
    Oracle(
        "I3 what a union orders on no plan is counted on its purse: what is held for its goods and what was taken",
        f"""
        SELECT f.id, f.unplanned_fen, h.fen, t.fen
        FROM canteens_fund f
        {_held_and_taken("o.fund_id = f.id AND o.purchase_plan_id IS NULL")}
        WHERE f.kind = 'union' AND f.unplanned_fen <> h.fen + t.fen
        """,  # noqa: S608
    ),
    Oracle(
        "I29 what is kept for one person and buyer runs under one clock, a basket or a plan alone",
        """
        SELECT by_id, buyer_id, count(*) FROM orders_keptplan WHERE status = 'kept'
        GROUP BY by_id, buyer_id
        HAVING count(DISTINCT (since_at, until_at, extended)) > 1 OR (count(*) > 1 AND NOT bool_and(of_basket))
        """,
    ),
    Oracle(
        "X25 a text answered for the household of whose account it came from, and what it answered waits no more",
        """
        SELECT t.id, a.id, a.status
        FROM orders_textanswer t
        JOIN orders_allocation a ON a.id = t.allocation_id
        LEFT JOIN accounts_household h ON h.id = a.household_id
        WHERE a.status = 'held' OR NOT EXISTS (
            SELECT FROM accounts_householdmember m JOIN accounts_user u ON u.person_id = m.person_id
            WHERE u.id = t.by_id AND m.household_id IN (h.id, h.merged_into_id))
        """,
    ),
]
