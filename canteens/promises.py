"""What must always hold of funds, as questions to the database alone; `make audit` asks them."""

from kernel.oracle import Oracle

ORACLES = [
    Oracle(
        "I3 a fund's budget is the sum of its confirmed budget changes",
        """
        SELECT f.id, s.debits_posted_fen - s.credits_posted_fen, coalesce(sum(b.amount_fen), 0)
        FROM canteens_fund f JOIN ledger_account s ON s.id = f.source_account_id
        LEFT JOIN canteens_budgetchange b ON b.fund_id = f.id AND b.status = 'confirmed'
        GROUP BY f.id, s.debits_posted_fen, s.credits_posted_fen
        HAVING s.debits_posted_fen - s.credits_posted_fen <> coalesce(sum(b.amount_fen), 0)
        """,
    ),
]
