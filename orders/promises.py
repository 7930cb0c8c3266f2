"""What must always hold of receipts and statements, as questions to the database alone; `make audit` asks them."""

from kernel.oracle import Oracle

ORACLES = [
    Oracle(
        "I6 accepted and refused weights are what the scale said, and nothing is settled that was not accepted",
        """
        SELECT r.number, l.net_g, l.accepted_g, l.refused_g, s.weight_g
        FROM orders_receiptline l JOIN orders_goodsreceipt r ON r.id = l.receipt_id
        LEFT JOIN orders_statementline s ON s.receipt_line_id = l.id
        WHERE l.net_g <> l.accepted_g + l.refused_g OR (s.id IS NOT NULL AND s.weight_g <> l.accepted_g)
           OR (s.id IS NOT NULL AND r.status <> 'signed')
        """,
    ),
    Oracle(
        "I7 a statement is the sum of its lines, and its payable is the statement",
        """
        SELECT s.number, s.total_fen, sum(l.amount_fen), p.amount_fen, s.weight_g, sum(l.weight_g)
        FROM orders_settlementstatement s
        JOIN ledger_payable p ON p.id = s.payable_id
        LEFT JOIN orders_statementline l ON l.statement_id = s.id
        GROUP BY s.id, s.number, s.total_fen, p.amount_fen, s.weight_g
        HAVING s.total_fen <> coalesce(sum(l.amount_fen), 0) OR p.amount_fen <> s.total_fen
            OR s.weight_g <> coalesce(sum(l.weight_g), 0)
        """,
    ),
]
