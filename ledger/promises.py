"""What must always hold of money, as questions to the database alone; `make audit` asks them."""

from kernel.oracle import Oracle

ORACLES = [
    Oracle(
        "I1 every account's four totals are the sums of its transfers",
        """
        SELECT a.code, a.debits_pending_fen, coalesce(d.pending, 0), a.debits_posted_fen, coalesce(d.posted, 0),
               a.credits_pending_fen, coalesce(c.pending, 0), a.credits_posted_fen, coalesce(c.posted, 0)
        FROM ledger_account a
        LEFT JOIN (
            SELECT t.debit_id AS id,
                   sum(t.amount_fen) FILTER (WHERE t.kind = 'pending' AND r.id IS NULL) AS pending,
                   sum(t.amount_fen) FILTER (WHERE t.kind IN ('posted', 'post')) AS posted
            FROM ledger_transfer t LEFT JOIN ledger_transfer r ON r.resolves_id = t.id GROUP BY t.debit_id
        ) d ON d.id = a.id
        LEFT JOIN (
            SELECT t.credit_id AS id,
                   sum(t.amount_fen) FILTER (WHERE t.kind = 'pending' AND r.id IS NULL) AS pending,
                   sum(t.amount_fen) FILTER (WHERE t.kind IN ('posted', 'post')) AS posted
            FROM ledger_transfer t LEFT JOIN ledger_transfer r ON r.resolves_id = t.id GROUP BY t.credit_id
        ) c ON c.id = a.id
        WHERE a.debits_pending_fen <> coalesce(d.pending, 0) OR a.debits_posted_fen <> coalesce(d.posted, 0)
           OR a.credits_pending_fen <> coalesce(c.pending, 0) OR a.credits_posted_fen <> coalesce(c.posted, 0)
        """,
    ),
    Oracle(
        "I1 over all accounts debits equal credits, pending and posted",
        """
        SELECT sum(debits_pending_fen), sum(credits_pending_fen), sum(debits_posted_fen), sum(credits_posted_fen)
        FROM ledger_account
        HAVING sum(debits_pending_fen) <> sum(credits_pending_fen) OR sum(debits_posted_fen) <> sum(credits_posted_fen)
        """,
    ),
    Oracle(
        "I3 no guarded account has spent or promised more than was put into it",
        """
        SELECT code, credits_posted_fen, debits_posted_fen, debits_pending_fen FROM ledger_account
        WHERE guarded AND debits_pending_fen + debits_posted_fen > credits_posted_fen
        """,
    ),
    Oracle(
        "I4 I5 a resolution resolves a pending transfer between the same two accounts, and not more than it held",
        """
        SELECT r.reference, r.amount_fen, p.reference, p.amount_fen
        FROM ledger_transfer r JOIN ledger_transfer p ON p.id = r.resolves_id
        WHERE p.kind <> 'pending' OR r.amount_fen > p.amount_fen
           OR r.debit_id <> p.debit_id OR r.credit_id <> p.credit_id
        """,
    ),
    Oracle(
        "I8 at most one payment of a payable is alive or arrived",
        """
        SELECT payable_id, count(*) FROM ledger_payment WHERE status IN ('prepared', 'sent', 'paid')
        GROUP BY payable_id HAVING count(*) > 1
        """,
    ),
    Oracle(
        "I8 paid is what the ledger says: a payment has its transfer exactly when it arrived",
        """
        SELECT y.id, y.status, y.amount_fen, t.amount_fen, b.amount_fen
        FROM ledger_payment y
        LEFT JOIN ledger_transfer t ON t.reference = 'payment:' || y.id || ':paid'
        LEFT JOIN ledger_transfer b ON b.reference = 'payment:' || y.id || ':returned'
        WHERE (y.status IN ('paid', 'returned')) <> (t.id IS NOT NULL) OR (y.status = 'returned') <> (b.id IS NOT NULL)
           OR t.amount_fen <> y.amount_fen OR b.amount_fen <> y.amount_fen
        """,
    ),
    Oracle(
        "I10 a payment pays its payable's amount, and a batch is the sum of its payments",
        """
        SELECT y.id, y.amount_fen, p.amount_fen FROM ledger_payment y JOIN ledger_payable p ON p.id = y.payable_id
        WHERE y.amount_fen <> p.amount_fen
        UNION ALL
        SELECT b.id, b.total_fen, sum(y.amount_fen) FROM ledger_payoutbatch b
        LEFT JOIN ledger_payment y ON y.batch_id = b.id GROUP BY b.id, b.total_fen, b.lines
        HAVING b.total_fen <> coalesce(sum(y.amount_fen), 0) OR b.lines <> count(y.id)
        """,
    ),
    Oracle(
        "I9 every batch that was sent has the one file it was sent with",
        "SELECT number, status FROM ledger_payoutbatch WHERE status IN ('sent', 'settled') AND file_id IS NULL",
    ),
    Oracle(
        "I11 every line of a return file is applied or in the queue",
        """
        SELECT r.id, r.lines, count(l.id), r.exceptions,
               count(l.id) FILTER (WHERE l.outcome IN ('exception', 'conflict'))
        FROM ledger_bankreturn r LEFT JOIN ledger_bankreturnline l ON l.bank_return_id = r.id
        GROUP BY r.id, r.lines, r.exceptions
        HAVING r.lines <> count(l.id)
            OR r.exceptions <> count(l.id) FILTER (WHERE l.outcome IN ('exception', 'conflict'))
        """,
    ),
]
