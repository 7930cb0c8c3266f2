"""What must always hold of people and cards, as questions to the database alone; `make audit` asks them."""

from kernel.oracle import Oracle

ORACLES = [
    Oracle(
        "I21 one human being heads one household, and one card serves one",
        """
        SELECT index::text, count(*) FROM accounts_bankcard WHERE to_at IS NULL GROUP BY index HAVING count(*) > 1
        UNION ALL
        SELECT key, count(*) FROM accounts_person GROUP BY key HAVING count(*) > 1
        """,
    ),
]
