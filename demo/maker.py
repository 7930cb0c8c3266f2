"""Make people up: names, ID numbers with the right check character, phones, card numbers that obey Luhn."""

import datetime as dt
import random

SURNAMES = "黄温赖陈刘李罗邓廖熊许曾何张王谢杨彭周孔"
GIVEN = "秀英桂花春兰明华建国志强文清小燕丽珍国平玉梅长生水根金莲福生来发冬秀细妹有才观音石秀火生招娣"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Maker:
    """Makes people up; the same seed makes the same county."""

    def __init__(self) -> None:
        self.draw = random.Random(20260705)  # noqa: S311  (a made-up county, not a secret)
        self.serial = 100

    def name(self) -> str:
        """Return a made-up name."""
        first = self.draw.randrange(0, len(GIVEN) - 1, 2)
        given = GIVEN[first : first + 2] if self.draw.random() < 0.85 else GIVEN[first]
        return self.draw.choice(SURNAMES) + given

    def id_number(self) -> str:
        """Return a made-up ID number of the county's old area code, with its check character (GB 11643)."""
        self.serial += 1
        born = dt.date(1948, 1, 1) + dt.timedelta(days=self.draw.randrange(18_000))
        digits = f"362137{born:%Y%m%d}{self.serial % 1000:03d}"
        left = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11
        return digits + "10X98765432"[left]

    def phone(self) -> str:
        """Return a made-up phone number."""
        self.serial += 1
        return f"1380000{self.serial + 1000:04d}"

    def card(self) -> str:
        """Return a made-up 19-digit card number with its Luhn digit."""
        self.serial += 1
        digits = f"621799{self.serial:012d}"
        doubled = [int(d) * (2 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits))]
        return digits + str(-sum(d - 9 if d > 9 else d for d in doubled) % 10)
