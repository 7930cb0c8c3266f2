"""How much relief: pure arithmetic on whole fen and grams, with every step in words. No tables here.

amount = least of (verified × rate, cap of the household − what it had or has on hold, money the scheme has left)
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from kernel import money, weight


@dataclass(frozen=True)
class Relief:
    """An amount with the three figures it is the least of."""

    verified_g: int
    rate_fen: int
    rate_unit_g: int
    lines_fen: int
    cap_left_fen: int
    money_left_fen: int
    amount_fen: int


def relief(
    *, verified_g: int, rate_fen: int, rate_unit_g: int, cap_fen: int, had_fen: int, money_left_fen: int
) -> Relief:
    """Return the amount for a verified loss; never more than the cap leaves, never more than the scheme has."""
    lines_fen = money.amount_fen(verified_g, rate_fen, rate_unit_g)
    cap_left_fen = max(0, cap_fen - had_fen)
    money_left_fen = max(0, money_left_fen)
    return Relief(
        verified_g=verified_g,
        rate_fen=rate_fen,
        rate_unit_g=rate_unit_g,
        lines_fen=lines_fen,
        cap_left_fen=cap_left_fen,
        money_left_fen=money_left_fen,
        amount_fen=min(lines_fen, cap_left_fen, money_left_fen),
    )


def arithmetic(found) -> list[str]:
    """Say how an amount came about, one step a line; `found` is a Relief or its stored row."""
    lines = [
        _("%(jin)s jin × %(price)s yuan/jin = %(sum)s yuan")
        % {
            "jin": weight.with_commas(weight.jin(found.verified_g)),
            "price": money.price_per_jin(found.rate_fen, found.rate_unit_g),
            "sum": money.yuan(found.lines_fen),
        }
    ]
    if found.cap_left_fen < found.lines_fen:
        lines.append(_("This household can get %(left)s yuan more") % {"left": money.yuan(found.cap_left_fen)})
    if found.money_left_fen < found.lines_fen:
        lines.append(_("The scheme has %(left)s yuan left") % {"left": money.yuan(found.money_left_fen)})
    if found.amount_fen < found.lines_fen:
        lines.append(_("The least of these: %(amount)s yuan") % {"amount": money.yuan(found.amount_fen)})
    return lines
