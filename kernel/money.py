"""Money in whole fen: rounds what goods cost, splits it, reads it and prints it."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import BadValue
from kernel.typed import plain_number

MOST_FEN = 100_000_000_00
_DIGITS = "零壹贰叁肆伍陆柒捌玖"


def amount_fen(weight_g: int, price_fen: int, price_unit_g: int) -> int:
    """Return what this weight costs at a price per `price_unit_g`: the one rounding, half a fen goes up."""
    _only_integers(weight_g, price_fen, price_unit_g)
    if weight_g < 0 or price_fen < 0 or price_unit_g <= 0:
        raise ValueError("weights and prices are never negative")
    return _half_up(weight_g * price_fen, price_unit_g)


def percent_fen(total_fen: int, percent: int) -> int:
    """Return so many hundredths of an amount in fen, half a fen goes up; both grow with the amount, part and rest."""
    _only_integers(total_fen, percent)
    if total_fen < 0 or not 0 <= percent <= 100:
        raise ValueError("a part is never below nothing or above the whole")
    return _half_up(total_fen * percent, 100)


def split_fen(total: int, weights: list[int]) -> list[int]:
    """Split a total in proportion, exactly to the fen; leftover fen go to the largest remainders, first come first."""
    _only_integers(total, *weights)
    if total < 0 or any(weight < 0 for weight in weights) or not sum(weights):
        raise BadValue(_("There is nothing to share by: every share is zero, or one is below zero."))
    whole = sum(weights)
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return shares


def parse_yuan(text: object, *, most_fen: int = MOST_FEN, zero_ok: bool = False) -> int:
    """Read yuan as plain decimal text into fen; refuse what is not exactly one amount within bounds."""
    fen = plain_number(text) * 100
    if fen.denominator != 1:
        raise BadValue(_("Money goes down to the fen. Write at most two digits after the point, for example 12.50."))
    if fen == 0 and not zero_ok:
        raise BadValue(_("Write an amount greater than zero."))
    if fen > most_fen:
        raise BadValue(_("The most that can be written here is %(most)s yuan.") % {"most": yuan(most_fen)})
    return fen.numerator


def yuan(fen: int) -> str:
    """Print fen as yuan for reading: 1,234.50."""
    return _yuan(fen, ",")


def yuan_plain(fen: int) -> str:
    """Print fen as yuan for files and inputs, which `parse_yuan` reads back: 1234.50."""
    return _yuan(fen, "")


def wan_yuan(fen: int) -> str:
    """Print fen in units of ten thousand yuan with two decimals, as reports do: 38.52."""
    _only_integers(fen)
    return _yuan(_half_up(fen, 10_000), ",")


def price_per_jin(price_fen: int, price_unit_g: int) -> str:
    """Print a price as yuan for one jin, showing tenths of a fen where halving made them."""
    return _price(price_fen, price_unit_g, 500)


def price_per_kg(price_fen: int, price_unit_g: int) -> str:
    """Print a price as yuan for one kilogram."""
    return _price(price_fen, price_unit_g, 1000)


def uppercase_amount(fen: int) -> str:
    """Write an amount in the capital numerals of vouchers (支付结算办法, annex 1): 人民币壹仟贰佰元整."""
    import cn2an  # here, since pages without a voucher need no Chinese number words

    _only_integers(fen)
    if fen < 0:
        raise ValueError("a voucher has no negative amount")
    whole, cents = divmod(fen, 100)
    jiao, odd_fen = divmod(cents, 10)
    text = f"{cn2an.an2cn(str(whole), 'up')}元" if whole or not cents else ""
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif odd_fen and whole:
        text += "零"
    text += f"{_DIGITS[odd_fen]}分" if odd_fen else "整"
    return f"人民币{text}"


def _price(price_fen: int, price_unit_g: int, per_g: int) -> str:
    _only_integers(price_fen, price_unit_g)
    ten_thousandths = f"{_half_up(price_fen * 100 * per_g, price_unit_g):05d}"
    decimals = ten_thousandths[-4:].rstrip("0").ljust(2, "0")
    return f"{int(ten_thousandths[:-4]):,}.{decimals}"


def _yuan(fen: int, comma: str) -> str:
    _only_integers(fen)
    whole, cents = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{format(whole, comma)}.{cents:02d}"


def _half_up(numerator: int, denominator: int) -> int:
    rounded = (2 * abs(numerator) + denominator) // (2 * denominator)
    return rounded if numerator >= 0 else -rounded


def _only_integers(*values: int) -> None:
    for value in values:
        if type(value) is not int:
            raise TypeError(f"money and weight are whole numbers, not {type(value).__name__}")
