"""Who somebody is: numbers and names brought to one form, or refused without being repeated.

No sentence here ever contains what was typed: refusals reach logs and screens of other people.
"""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _
from stdnum import luhn
from stdnum.cn import uscc as credit_code
from stdnum.iso7064 import mod_11_2

from kernel.errors import BadValue
from kernel.folding import simplified
from kernel.present import StrOrPromise
from kernel.typed import fold_width, strip_invisible

MALE, FEMALE = "male", "female"
LARGEST_ID = 2**63 - 1  # of a row: an address with a larger one leads nowhere

# Province-level codes of GB/T 2260, and 81 to 83 of the residence permits for Hong Kong, Macao and Taiwan. The four
# digits behind are not checked: merged counties keep living on in the numbers they once gave out.
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212]+")
_CREDIT_CARD = re.compile(r"(4[0-9]|5[1-5]|35)[0-9]{14}|3[47][0-9]{13}")  # Visa, Mastercard, JCB, American Express
_CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
# Three-digit area codes: Beijing and the 02x cities; all others have four.
_LANDLINE = re.compile(r"(010|02[0-9]|0[3-9][0-9]{2})([0-9]{7,8})")

MIDDLE_DOT = "\u00b7"
_DOTS = "\u00b7\u0387\u2022\u2027\u2219\u22c5\u30fb\uff0e\uff65."
_DOT_BETWEEN_HAN = re.compile(rf"(?<=[\u2e80-\ua4cf\uf900-\ufaff\U00020000-\U0003fffd])\s*[{_DOTS}]\s*(?=\w)")
_DOT_ELSEWHERE = re.compile(rf"\s*[{_DOTS.replace('.', '')}]\s*")
_HAN = r"\u2e80-\u2fd5\u3007\u3400-\ua4cf\ue000-\uf8ff\uf900-\ufaff\U00020000-\U0003fffd"
_BLANK_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])")
_IS_HAN = re.compile(rf"[{_HAN}]")
_LIKE_X = (
    "\u2169\u2179\u00d7\u2715\u2716\u0425\u0445\u03a7\u03c7"  # Ⅹ, ×, Х: what looks like the last letter of a number
)
_LONGEST_NAME = 50
_LONGEST_TEXT = 200


@dataclass(frozen=True)
class BankCard:
    """A card or passbook number in plain digits; `luhn_ok` is a warning, passbooks need not obey it."""

    number: str = field(repr=False)
    luhn_ok: bool


def id_number(text: object, *, today: dt.date | None = None) -> str:
    """Return an 18-character resident ID or residence permit number, checked; refuse births after `today`."""
    number = _compact(text, _("Write the 18 characters of the ID number."))
    if len(number) == 18 and number[17] in _LIKE_X:
        number = f"{number[:17]}X"
    if re.fullmatch(r"[0-9]{15}", number):
        raise BadValue(_("15-digit ID numbers are no longer valid. Write the 18 characters of the present ID card."))
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise BadValue(_("An ID number has 17 digits and then one more digit or the letter X. Check it on the card."))
    if number[0] == "9":
        raise BadValue(_("The number of a foreigner's residence card cannot be used here. Write a resident ID number."))
    if not _PROVINCE.match(number):
        raise BadValue(_("The first two digits of the ID number belong to no province. Check it on the card."))
    born = birth_date(number)
    if born.year < 1880 or (today is not None and born > today):
        raise BadValue(_("The birth date in the ID number cannot be right. Check it on the card."))
    if not mod_11_2.is_valid(number):
        raise BadValue(_("One character of the ID number is wrong. Check it on the card."))
    return number


def looks_like_id(text: str) -> bool:
    """Return whether something typed has the shape of an ID number, right or not."""
    return re.fullmatch(r"[0-9]{17}[0-9Xx]", text) is not None


def birth_date(number: str) -> dt.date:
    """Return the birth date an 18-character ID number states."""
    try:
        return dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as impossible:
        raise BadValue(_("The birth date in the ID number cannot be right. Check it on the card.")) from impossible


def sex(number: str) -> str:
    """Return the sex an 18-character ID number states."""
    return MALE if int(number[16]) % 2 else FEMALE


def uscc(text: object) -> str:
    """Return a checked unified social credit code (GB 32100), those of rural collectives (N…) included."""
    code = _compact(text, _("Write the 18 characters of the unified social credit code."))
    if not _CREDIT_CODE.fullmatch(code):
        raise BadValue(_("A unified social credit code has 18 digits and capital letters, never I, O, S, V or Z."))
    # Only the check character comes from the library: its format check knows no registrar with a letter.
    if credit_code.calc_check_digit(code[:17]) != code[17]:
        raise BadValue(_("One character of the unified social credit code is wrong. Check it on the licence."))
    return code


def phone(text: object, *, landline: bool = False) -> str:
    """Return a mobile number as 11 digits, or, where allowed, a landline as 010-12345678."""
    number = _compact(text, _("Write the phone number."))
    number = re.sub(r"[()]", "", number)
    dialled = re.sub(r"^(\+86|0086|86(?=1[0-9]{10}$))", "", number)
    if re.fullmatch(r"1[3-9][0-9]{9}", dialled):
        return dialled
    if not landline:
        raise BadValue(_("A mobile number has 11 digits and begins with 13 to 19. Check it and write it again."))
    if dialled != number and not dialled.startswith("0"):
        dialled = f"0{dialled}"
    if fixed := _LANDLINE.fullmatch(dialled):
        return f"{fixed[1]}-{fixed[2]}"
    raise BadValue(_("Write a mobile number of 11 digits, or a landline with its area code, such as 010-12345678."))


def bank_card(text: object) -> BankCard:
    """Return a bank card or passbook number in plain digits; only its length can make it unacceptable."""
    number = _compact(text, _("Write the bank card number."))
    if not re.fullmatch(r"[0-9]{15,19}", number):
        raise BadValue(_("A bank card number has 15 to 19 digits. Check it on the card."), about=text)
    return BankCard(number=number, luhn_ok=luhn.is_valid(number))


def is_like_credit(card: BankCard) -> bool:
    """Return whether a number is one of a credit card of the international schemes: a warning, as its check digit is.

    Those of UnionPay begin like its debit cards and cannot be told from them: the bank sends back what is paid on one.
    """
    return card.luhn_ok and _CREDIT_CARD.fullmatch(card.number) is not None


def person_name(text: object) -> str:
    """Return a name as printed on the card, freed of what cannot be seen and of blanks between Chinese characters.

    Its dots become U+00B7, radicals and wide letters the characters they stand for: what is kept is what is compared.
    """
    name = one_dot(strip_invisible(_text(text, _("Write the name."))))
    name = _BLANK_BETWEEN_HAN.sub("", unicodedata.normalize("NFC", "".join(map(_as_character, name))))
    if not name or not any(_is_letter(c) for c in name) or MIDDLE_DOT in (name[0], name[-1]):
        raise BadValue(_("Write the name."))
    if len(name) > _LONGEST_NAME:
        raise BadValue(_("A name has at most 50 characters."))
    if not all(_is_letter(c) or c in f"{MIDDLE_DOT} '’-." for c in name):
        raise BadValue(_("A name has only letters and characters: no digits, pictures or other signs."))
    if {_script(c) for c in name if _is_letter(c)} - {""} not in ({"han"}, {"latin"}):
        raise BadValue(
            _("A name is written in Chinese characters, or all of it in Latin letters. Check it on the card.")
        )
    return name


def name_key(text: str) -> str:
    """Return the form under which two spellings of one name are equal: NFKC, simplified, without blanks."""
    seen = unicodedata.normalize("NFKC", one_dot(strip_invisible(text)))
    return simplified(re.sub(r"\s+", "", one_dot(seen)).casefold())


def one_dot(name: str) -> str:
    """Turn every kind of name dot into U+00B7 and runs of spaces into one."""
    name = " ".join(name.split())
    return _DOT_ELSEWHERE.sub(MIDDLE_DOT, _DOT_BETWEEN_HAN.sub(MIDDLE_DOT, name))


def _text(text: object, missing: StrOrPromise) -> str:
    if not isinstance(text, str):
        raise BadValue(missing)
    if len(text) > _LONGEST_TEXT:
        raise BadValue(_("This is far too long. Check it and write it again."))
    return text


def _compact(text: object, missing: StrOrPromise) -> str:
    number = _SEPARATORS.sub("", fold_width(strip_invisible(_text(text, missing)))).upper()
    if not number:
        raise BadValue(missing)
    return number


def _as_character(sign: str) -> str:
    """Return the character that a radical, a compatibility form or a wide letter stands for."""
    code = ord(sign)
    compatible = 0x2E80 <= code <= 0x2FD5 or 0xF900 <= code <= 0xFAFF or 0xFF21 <= code <= 0xFF5A
    return unicodedata.normalize("NFKC", sign) if compatible else sign


def _script(character: str) -> str:
    """Return the script a letter belongs to; an accent belongs to the letter it stands on."""
    if _IS_HAN.match(character):
        return "han"
    if unicodedata.category(character) in ("Mn", "Mc"):
        return ""
    return "latin" if unicodedata.name(character, "").startswith("LATIN") else "other"


def _is_letter(character: str) -> bool:
    code, category = ord(character), unicodedata.category(character)
    return (
        category[0] == "L"
        or category in ("Mn", "Mc", "Co")  # accents; private-use characters of names that had no code point
        or code == 0x3007  # 〇
        or 0x2E80 <= code <= 0x2FD5  # radicals standing in for characters
        or 0x20000 <= code <= 0x3FFFD  # rare Han, also those newer than this Python
    )
