"""What others may see of a person: enough to recognise, never enough to know. Done on the server only."""

import re

from kernel.identity import MIDDLE_DOT, one_dot
from kernel.typed import strip_invisible

STAR = "*"
_COMPOUND_SURNAME = re.compile(
    "欧阳|太史|端木|上官|司马|东方|独孤|南宫|万俟|闻人|夏侯|诸葛|尉迟|公羊|赫连|澹台|皇甫|宗政|"
    "濮阳|公冶|太叔|申屠|公孙|慕容|仲孙|钟离|长孙|宇文|司徒|鲜于|司空|令狐|百里|呼延|东郭|南门|"
    "西门|左丘|轩辕|第五|拓跋|完颜|纳兰|歐陽|司馬|諸葛|東方|南宮|尉遲|鍾離|長孫|軒轅"
)
_HAN = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003fffd]")


def mask_name(name: str) -> str:
    """Mask a name for public notice: 张*, 张*明, 欧阳*明, 阿依古丽·***; one character alone becomes a star."""
    shown = _seen(name)
    if len(shown) < 2:
        return STAR * len(shown)
    first, dot, rest = shown.partition(MIDDLE_DOT)
    if first and rest.strip(MIDDLE_DOT):
        return f"{first}{dot}{STAR * 3}"
    if not _HAN.search(shown):
        return f"{shown[0]}{STAR * 3}"
    surname = shown[:2] if len(shown) > 2 and _COMPOUND_SURNAME.match(shown) else shown[0]
    given = shown[len(surname) :]
    if len(given) == 1:
        return f"{surname}{STAR}"
    if len(given) > 3:
        # A long name is none with a surname in front: its end would say too much, its length as well.
        return f"{shown[0]}{STAR * 3}"
    return f"{surname}{STAR * (len(given) - 1)}{given[-1]}"


def mask_id(number: str) -> str:
    """Mask an ID number but for its last four characters; public notices show none at all."""
    if len(number) < 15:
        return STAR * len(number)
    return STAR * (len(number) - 4) + number[-4:]


def mask_phone(number: str) -> str:
    """Mask a phone number: 138****8000; of a landline only the last three digits stay."""
    digits = re.sub(r"[^0-9]", "", number)
    if re.fullmatch(r"1[0-9]{10}", digits):
        return f"{digits[:3]}{STAR * 4}{digits[-4:]}"
    if len(digits) >= 10:
        return f"{STAR * 4}{digits[-3:]}"
    return STAR * len(digits)


def mask_card(number: str) -> str:
    """Mask a bank card number: 6217 **** 0935."""
    if len(number) < 15:
        return STAR * len(number)
    return f"{number[:4]} {STAR * 4} {number[-4:]}"


def card_tail(number: str) -> str:
    """Return the last four digits of a card, as bank messages name it; nothing of a number too short."""
    return number[-4:] if len(number) >= 15 else ""


def _seen(name: str) -> str:
    """Return the name without spaces and invisible marks, with one kind of dot inside and none at its ends."""
    return "".join(one_dot(strip_invisible(name)).split()).strip(MIDDLE_DOT)
