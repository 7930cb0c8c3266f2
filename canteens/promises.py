"""What must always hold of funds, as questions to the database alone; `make audit` asks them."""

from kernel.oracle import Oracle

ORACLES = [
    Oracle(
        "I3 a fund's budget is the sum of its confirmed budget changes",
        """
        SELECT f.id, s.debits_posted_fen - s.credits_posted_fen, coalesce(sum(b.amount_fen), 0)
        FROM canteens_fund f JOIN ledger_account s ON s.id = f.source_account_id
        LEFT JOIN canteens_budgetchange b ON b.fund_id = f.id AND b.status = 'confirmed' AND NOT b.gives_back
        GROUP BY f.id, s.debits_posted_fen, s.credits_posted_fen
        HAVING s.debits_posted_fen - s.credits_posted_fen <> coalesce(sum(b.amount_fen), 0)
        """,
    ),
    Oracle(
        "I3 what a credit limit was given back is what two people said was paid, and never more than was used",
        """
        SELECT f.id, a.given_back_fen, coalesce(c.debits_posted_fen, 0), coalesce(b.fen, 0), a.debits_posted_fen
        FROM canteens_fund f JOIN ledger_account a ON a.id = f.account_id
        LEFT JOIN ledger_account c ON c.id = f.credit_account_id
        LEFT JOIN (
            SELECT fund_id, sum(amount_fen) AS fen FROM canteens_budgetchange
            WHERE status = 'confirmed' AND gives_back GROUP BY fund_id
        ) b ON b.fund_id = f.id
        WHERE a.given_back_fen <> coalesce(b.fen, 0) OR a.given_back_fen <> coalesce(c.debits_posted_fen, 0)
           OR a.given_back_fen > a.debits_posted_fen
        """,
    ),
]
