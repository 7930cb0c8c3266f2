"""Numbers of documents that can be said over the telephone: kind, day, running number, check digit.

`DD261128-0417-3` is an order of 28 November. The running number counts the documents of its kind and never stops, so
two that are written at once differ and wait for nobody. After a restored backup the letter of that restore stands
before it (`DD261128-B0417-7`): what the lost hours had given does not come back with other content. The check digit is
that of H. M. Damm, "Total anti-symmetrische Quasigruppen" (2004): it sees every digit that is wrong and every two
neighbours that were swapped.

The database completes a number as the row is written, in the statement that writes it (`numbered`).
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pgtrigger
from django.db import models
from django.db.models.expressions import DatabaseDefault
from django.utils.translation import gettext_lazy as _
from stdnum import damm

from kernel.errors import BadValue
from kernel.typed import fold_typed

LONGEST = 32
_NUMBER = re.compile(r"([A-Z]{2})([0-9]{6})([A-Z]{0,3})([0-9]{4,18})([0-9])", re.ASCII)
_BETWEEN = re.compile(r"[\s\-‐-―−_./·、]+")  # what people put between the parts, or between every two signs
_STATES = sorted("0123456789", key=damm.calc_check_digit)  # by which one digit each state is reached
_TABLE = "".join(damm.calc_check_digit(state + digit) for state in _STATES for digit in "0123456789")


class Kind:
    """The two letters of each kind of document: the first letters of its Chinese name."""

    ORDER = "DD"  # 订单
    DELIVERY = "SH"  # 送货
    RECEIPT = "YS"  # 验收
    STATEMENT = "JS"  # 结算
    LOT = "PC"  # 批次
    PAPER = "ZM"  # 证明
    CLAIM = "BS"  # 报损
    REPORT = "SB"  # 申报
    NOTICE = "GS"  # 公示
    OBJECTION = "YY"  # 异议
    BATCH = "PF"  # 批付
    RETURN = "TH"  # 退货
    CORRECTION = "GZ"  # 更正
    GRIEVANCE = "SQ"  # 诉求
    COMPLAINT = "ZY"  # 争议


class BadNumber(BadValue):
    code = "bad_number"
    message = _(
        "One digit of this number is missing or wrong. Look at the paper again, or let it be said once more, digit by "
        "digit."
    )


@dataclass(frozen=True)
class Number:
    """One number, taken apart."""

    kind: str
    day: str
    letter: str
    running: str
    check: str

    def __str__(self) -> str:
        return f"{self.kind}{self.day}-{self.letter}{self.running}-{self.check}"


def number_of(kind: str, day: dt.date, running: int, letter: str = "") -> str:
    """Write a number out in full."""
    said = f"{kind}{day:%y%m%d}-{letter}{running:04d}"
    return f"{said}-{check_digit(said)}"


def begun(kind: str, day: dt.date) -> str:
    """Return the beginning of a number; the database adds the rest as it writes the row."""
    return f"{kind}{day:%y%m%d}"


def check_digit(said: str) -> str:
    """Return the digit that belongs behind what is said; letters count as 10 to 35, signs between not at all."""
    return damm.calc_check_digit(_digits(said))


def read_number(typed: str) -> str:
    """Return a number as it is written, however it was typed: wide, in small letters, with or without hyphens."""
    parts = _NUMBER.fullmatch(_BETWEEN.sub("", fold_typed(typed)).upper())
    if parts is None or not damm.is_valid(_digits(parts.group())):
        raise BadNumber
    return str(Number(*parts.groups()))


def looks_like_number(typed: str) -> bool:
    """Return whether somebody began to type a number of a document, right or wrong: two letters and many digits."""
    text = _BETWEEN.sub("", fold_typed(typed)).upper()
    return re.fullmatch(r"[A-Z]{1,2}[0-9]{5,}[A-Z]{0,3}[0-9]*", text, re.ASCII) is not None


def letter_of(restore: int) -> str:
    """Write the number of a restore in letters: A before the first, B after it, AA after the 26th."""
    letters = ""
    left = restore + 1
    while left:
        left, last = divmod(left - 1, 26)
        letters = chr(ord("A") + last) + letters
    return letters


def _digits(text: str) -> str:
    return "".join(str(int(sign, 36)) for sign in text if sign.isalnum())


class NumberField(models.CharField):
    """A number that the database completes: what it wrote comes back with the same statement."""

    db_returning = True

    def __init__(self, *args: Any, **options: Any) -> None:
        options |= {"max_length": LONGEST, "unique": True}
        super().__init__(*args, **options)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Leave what is the same for every number out of the migrations."""
        name, path, args, options = super().deconstruct()
        del options["max_length"], options["unique"]
        return name, path, args, options


class RunningField(models.BigIntegerField):
    """A running number of its own, for a table whose key is not one."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **(options | {"editable": False, "null": False}))

    def db_type_suffix(self, connection: Any) -> str:
        """Let the database count."""
        return "GENERATED BY DEFAULT AS IDENTITY"

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Take the next one as the row is written; afterwards it stays."""
        value = super().pre_save(model_instance, add)
        return DatabaseDefault(models.Value(None), output_field=self) if add and value is None else value


def numbered(running: str = "id") -> pgtrigger.Trigger:
    """Return the trigger that completes a number begun by `begun`; one that is whole already stays as it is."""
    return pgtrigger.Trigger(
        name="numbered",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("letter", "text"), ("sign", "text"), ("state", "int := 0")],
        func=f"""
IF NEW.number ~ '^[A-Z]{{2}}[0-9]{{6}}$' THEN
    SELECT g.letter INTO letter FROM records_numberletter AS g ORDER BY g.number DESC LIMIT 1;
    NEW.number := NEW.number || '-' || coalesce(letter, '')
        || lpad(NEW.{running}::text, greatest(4, length(NEW.{running}::text)), '0');
    FOREACH sign IN ARRAY string_to_array(replace(NEW.number, '-', ''), NULL) LOOP
        IF sign > '9' THEN
            state := substr('{_TABLE}', state * 10 + (ascii(sign) - 55) / 10 + 1, 1)::int;
            sign := ((ascii(sign) - 55) % 10)::text;
        END IF;
        state := substr('{_TABLE}', state * 10 + sign::int + 1, 1)::int;
    END LOOP;
    NEW.number := NEW.number || '-' || state;
END IF;
RETURN NEW;
""",  # noqa: S608  (names of our own tables)
    )
