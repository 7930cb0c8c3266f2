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
        SELECT y.id, y.status, y.arrivals, y.amount_fen, t.there, t.back
        FROM ledger_payment y
        LEFT JOIN (
            SELECT split_part(reference, ':', 2) AS id,
                   count(*) FILTER (WHERE split_part(reference, ':', 3) = 'paid') AS there,
                   count(*) FILTER (WHERE split_part(reference, ':', 3) = 'returned') AS back,
                   min(amount_fen) AS least, max(amount_fen) AS most
            FROM ledger_transfer WHERE starts_with(reference, 'payment:') GROUP BY 1
        ) t ON t.id = y.id::text
        WHERE coalesce(t.there, 0) <> y.arrivals
           OR coalesce(t.there, 0) - coalesce(t.back, 0) <> (y.status = 'paid')::int
           OR (y.status = 'returned' AND y.arrivals = 0)
           OR t.least <> y.amount_fen OR t.most <> y.amount_fen
        """,
    ),
    Oracle(
        "I10 a payment pays its payable's amount less its offsets, and a batch is the sum of its payments",
        """
        SELECT y.id, y.amount_fen, p.amount_fen FROM ledger_payment y JOIN ledger_payable p ON p.id = y.payable_id
        LEFT JOIN (SELECT payable_id, sum(amount_fen) AS fen FROM ledger_payableoffset GROUP BY payable_id) o
             ON o.payable_id = p.id
        WHERE y.amount_fen > p.amount_fen OR coalesce(o.fen, 0) > p.amount_fen
           OR (y.status <> 'cancelled' AND y.amount_fen <> p.amount_fen - coalesce(o.fen, 0))
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
        SELECT r.id, r.lines, o.lines, count(l.id), o.exceptions,
               count(l.id) FILTER (WHERE l.outcome IN ('exception', 'conflict'))
        FROM ledger_bankreturn r
        LEFT JOIN ledger_appliedreturn o ON o.bank_return_id = r.id
        LEFT JOIN ledger_bankreturnline l ON l.bank_return_id = r.id
        GROUP BY r.id, r.lines, o.bank_return_id
        HAVING r.lines < count(l.id) OR coalesce(max(l.line_no), 0) <> count(l.id)
            OR r.lines <> o.lines OR o.lines <> count(l.id)
            OR o.exceptions <> count(l.id) FILTER (WHERE l.outcome IN ('exception', 'conflict'))
        """,
    ),
    Oracle(
        "I8 what came back has a case, and a case stands where its payments stand",
        """
        SELECT y.id::text, y.status, 'no case' FROM ledger_payment y
        WHERE y.status IN ('failed', 'returned') AND NOT EXISTS (
            SELECT FROM ledger_returncase c WHERE c.payment_id = y.id
        )
        UNION ALL
        SELECT c.id::text, c.status, 'a live payment' FROM ledger_returncase c
        WHERE c.status IN ('open', 'proposed') AND EXISTS (
            SELECT FROM ledger_payment y
            WHERE y.payable_id = c.payable_id AND y.status IN ('prepared', 'sent', 'paid')
        )
        UNION ALL
        SELECT c.id::text, c.status, 'never paid anew' FROM ledger_returncase c
        WHERE c.status IN ('paid', 'arrived') AND NOT EXISTS (
            SELECT FROM ledger_payment y WHERE y.payable_id = c.payable_id AND y.arrivals > 0
              AND (c.status = 'arrived' OR y.id > c.payment_id)
        )
        UNION ALL
        SELECT c.id::text, c.status, 'another payable' FROM ledger_returncase c
        JOIN ledger_payment y ON y.id = c.payment_id
        LEFT JOIN ledger_payeesnapshot s ON s.id = c.snapshot_id
        WHERE y.payable_id <> c.payable_id OR s.payable_id <> c.payable_id
        """,
    ),
    Oracle(
        "I12 a card is mended and a letter entered by two persons",
        """
        SELECT s.id::text, a.person_id::text FROM ledger_payeesnapshot s
        JOIN accounts_user a ON a.id = s.proposed_by_id JOIN accounts_user b ON b.id = s.confirmed_by_id
        WHERE a.person_id = b.person_id
        UNION ALL
        SELECT c.id::text, a.person_id::text FROM ledger_contradiction c
        JOIN accounts_user a ON a.id = c.proposed_by_id JOIN accounts_user b ON b.id = c.confirmed_by_id
        WHERE c.status = 'settled' AND a.person_id = b.person_id
        """,
    ),
    Oracle(
        "I11 every contradiction of the bank is open or settled by its letter",
        """
        SELECT l.id, l.payment_id FROM ledger_bankreturnline l
        WHERE l.outcome = 'conflict' AND NOT EXISTS (
            SELECT FROM ledger_contradiction c WHERE c.payment_id = l.payment_id AND c.line_id <= l.id
        )
        UNION ALL
        SELECT m.id, y.id FROM records_move m JOIN ledger_payment y ON m.document = 'payment:' || y.id
        WHERE m.before IN ('failed', 'returned') AND m.after = 'paid' AND NOT EXISTS (
            SELECT FROM ledger_contradiction c
            WHERE c.payment_id = y.id AND c.status = 'settled' AND c.holds = 'paid'
        )
        """,
    ),
]
