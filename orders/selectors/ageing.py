"""How late buyers pay: the interest that makes."""

YEAR = 365
BP = 10_000  # hundredths of a percent in a whole


def interest_fen(owed_fen: int, days: int, rate_bp: int) -> int:
    """Return the interest on a sum paid so many days late at a yearly rate, in fen, a half rounded up."""
    return (owed_fen * days * rate_bp * 2 + YEAR * BP) // (2 * YEAR * BP)
