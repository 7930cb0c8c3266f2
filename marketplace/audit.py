"""The oracles: what must always hold, each asked of the database alone, read-only, with the rows that break it.

An oracle is a query that returns offending rows and nothing else; silence is proof. Its numbers (I1 …) are those of the
invariants the design names.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, transaction

from kernel.workflow import Workflow

MOST_SHOWN = 20


@dataclass(frozen=True)
class Oracle:
    """One promise and the query whose rows break it."""

    promise: str
    query: str


@dataclass(frozen=True)
class Breach:
    """A promise that does not hold, with some of the rows that break it."""

    promise: str
    rows: list[tuple]


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
        "I2 every listing's totals are the sums of its movements",
        """
        SELECT l.number, s.side, s.held, coalesce(m.moved, 0)
        FROM catalog_listing l
        CROSS JOIN LATERAL (VALUES ('reserved', l.reserved), ('sold', l.sold), ('claimed', l.claimed),
                                   ('written_off', l.written_off), ('withdrawn', l.withdrawn)) AS s (side, held)
        LEFT JOIN (
            SELECT listing_id, side, sum(quantity) AS moved FROM (
                SELECT listing_id, target AS side, quantity FROM catalog_movement
                UNION ALL SELECT listing_id, source, -quantity FROM catalog_movement
            ) both_ways GROUP BY listing_id, side
        ) m ON m.listing_id = l.id AND m.side = s.side
        WHERE s.held <> coalesce(m.moved, 0)
        """,
    ),
    Oracle(
        "I2 I20 no kilo is counted twice",
        """
        SELECT number, listed, reserved, sold, claimed, written_off, withdrawn FROM catalog_listing
        WHERE reserved + sold + claimed + written_off + withdrawn > listed
           OR least(reserved, sold, claimed, written_off, withdrawn) < 0
        """,
    ),
    Oracle(
        "I3 a fund's budget is the sum of its budget changes",
        """
        SELECT f.id, a.credits_posted_fen, coalesce(sum(b.amount_fen), 0)
        FROM canteens_fund f JOIN ledger_account a ON a.id = f.account_id
        LEFT JOIN canteens_budgetchange b ON b.fund_id = f.id
        GROUP BY f.id, a.credits_posted_fen HAVING a.credits_posted_fen <> coalesce(sum(b.amount_fen), 0)
        """,
    ),
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
    Oracle(
        "I10 an award is the computed amount, and its payable is the award",
        """
        SELECT w.id, w.amount_fen, c.amount_fen, p.amount_fen
        FROM losses_award w JOIN losses_computation c ON c.claim_id = w.claim_id
        JOIN ledger_payable p ON p.id = w.payable_id
        WHERE w.amount_fen <> c.amount_fen OR p.amount_fen <> w.amount_fen
        """,
    ),
    Oracle(
        "I10 every payable is owed by a statement or an award",
        """
        SELECT p.id, p.document FROM ledger_payable p
        LEFT JOIN orders_settlementstatement s ON s.payable_id = p.id
        LEFT JOIN losses_award w ON w.payable_id = p.id
        WHERE (p.kind = 'purchase' AND s.id IS NULL) OR (p.kind = 'relief' AND w.id IS NULL)
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
        SELECT r.id, r.lines, count(l.id), r.exceptions, count(l.id) FILTER (WHERE l.outcome = 'exception')
        FROM ledger_bankreturn r LEFT JOIN ledger_bankreturnline l ON l.bank_return_id = r.id
        GROUP BY r.id, r.lines, r.exceptions
        HAVING r.lines <> count(l.id) OR r.exceptions <> count(l.id) FILTER (WHERE l.outcome = 'exception')
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
        "I21 one human being heads one household, and one card serves one",
        """
        SELECT index::text, count(*) FROM accounts_bankcard WHERE to_at IS NULL GROUP BY index HAVING count(*) > 1
        UNION ALL
        SELECT key, count(*) FROM accounts_person GROUP BY key HAVING count(*) > 1
        """,
    ),
]


def documents_match_their_history() -> Iterator[Oracle]:
    """Yield, for each kind of document, the oracle that its status is the last move of its history (I13, I16)."""
    for model in apps.get_models():
        if not issubclass(model, Workflow):
            continue
        table = model._meta.db_table
        yield Oracle(
            f"I13 I16 every {model.REFERENCE} stands where its last move left it",
            f"""
            SELECT d.id::text, d.status, m.after FROM {table} d
            LEFT JOIN LATERAL (
                SELECT after FROM records_move WHERE document = '{model.REFERENCE}:' || d.id ORDER BY id DESC LIMIT 1
            ) m ON true
            WHERE m.after IS DISTINCT FROM d.status
            """,  # noqa: S608  (names of our own models)
        )


def oracles() -> list[Oracle]:
    """Return every oracle that the audit asks."""
    return [*ORACLES, *documents_match_their_history()]


def breaches() -> list[Breach]:
    """Ask every oracle in one snapshot and return the promises that do not hold."""
    found = []
    alone = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if alone:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = '10min'")
        for oracle in oracles():
            cursor.execute(f"SELECT * FROM ({oracle.query}) offending LIMIT {MOST_SHOWN}")  # noqa: S608
            rows = cursor.fetchall()
            if rows:
                found.append(Breach(oracle.promise, rows))
    return found
