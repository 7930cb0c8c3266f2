"""How much relief: pure arithmetic on whole fen and grams. No tables here.

amount = least of (verified × rate − what was got elsewhere, cap of the household − what it had or has on hold, money
the scheme has left)
"""

from dataclasses import dataclass

from kernel import money


@dataclass(frozen=True, slots=True)
class Relief:
    """An amount with the three figures it is the least of."""

    verified_g: int
    rate_fen: int
    rate_unit_g: int
    lines_fen: int
    elsewhere_fen: int
    cap_left_fen: int
    money_left_fen: int
    amount_fen: int


def relief(
    *,
    verified_g: int,
    rate_fen: int,
    rate_unit_g: int,
    cap_fen: int,
    had_fen: int,
    money_left_fen: int,
    elsewhere_fen: int = 0,
) -> Relief:
    """Return the amount for a verified loss; never more than the cap leaves, never more than the scheme has."""
    lines_fen = money.amount_fen(verified_g, rate_fen, rate_unit_g)
    elsewhere_fen = max(0, min(elsewhere_fen, lines_fen))
    cap_left_fen = max(0, cap_fen - had_fen)
    money_left_fen = max(0, money_left_fen)
    return Relief(
        verified_g=verified_g,
        rate_fen=rate_fen,
        rate_unit_g=rate_unit_g,
        lines_fen=lines_fen,
        elsewhere_fen=elsewhere_fen,
        cap_left_fen=cap_left_fen,
        money_left_fen=money_left_fen,
        amount_fen=min(lines_fen - elsewhere_fen, cap_left_fen, money_left_fen),
    )
