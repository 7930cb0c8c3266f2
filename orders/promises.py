"""What must always hold of receipts and statements, as questions to the database alone; `make audit` asks them."""

from kernel.oracle import Oracle

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
           OR (l.kind <> 'goods' AND abs(l.amount_fen) <> (
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
]
