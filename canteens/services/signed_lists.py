"""Keep the signed list of a union's plan: open it, name who is on it, answer its lines, sign it off as another person.

Lines are answered many at once, by their numbers on the paper; whoever prepared a list does not sign it off.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.services.two_hands import decide
from canteens.models import (
    MOST_MEMBERS,
    PurchasePlan,
    PurchasePlanStatus,
    SheetAnswer,
    SignedLine,
    SignedList,
    SignedListStatus,
    SignedSheet,
)
from canteens.selectors.signed_lists import (
    differences,
    is_listed,
    keeps_a_list,
    lines_of,
    list_of,
    members_of_approval,
    unanswered_numbers,
)
from canteens.services.deciding import take_seat
from kernel import identity
from kernel.errors import BadValue, DomainError
from kernel.money import yuan
from kernel.typed import fold_typed
from kernel.workflow import AT_ONCE, IllegalMove, lock
from records.models import Attachment, StoredFile
from records.services.files import attach
from records.services.participation import take_part

PREPARES, SIGNS_OFF = "propose", "decide"
SHEET_PHOTO = "signed-sheet"
LONGEST_GOODS, LONGEST_REASON, LONGEST_WORDS = 120, 200, 400
LONGEST_NUMBERS, MOST_TYPED = 400, 200_000
MOST_NAMED = 20
_PART = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")
_NAME = re.compile(r"(.+?)\s*(\([^()]{1,12}\))?")


class NotListed(DomainError):
    code = "plan_not_listed"
    message = gettext_lazy(
        "A signed list is kept of an approved plan for a festival or an event that says how much each union member "
        "gets."
    )


class ListOpened(DomainError):
    code = "signed_list_there"
    message = gettext_lazy("This plan has its signed list already. Go on with that one.")


class ListMissing(DomainError):
    code = "signed_list_missing"
    message = gettext_lazy(
        "Goods of this plan were taken for union members. The treasurer of the union opens its signed list; the plan "
        "is closed once each member has signed or said why not."
    )


class LinesOpen(DomainError):
    code = "signed_lines_open"


class DifferencesOpen(DomainError):
    code = "signed_list_differs"
    message = gettext_lazy("The list differs from the plan. Write down why before you sign it off.")


class AnsweredBefore(DomainError):
    code = "lines_answered_before"

    def __init__(self, numbers: list[int]) -> None:
        super().__init__(
            _("Lines %(numbers)s are answered already. Leave them out, or tick that they are answered anew.")
            % {"numbers": spans(numbers)}
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of many lines: got goods of so much each and signed on this sheet, or did not, and why."""

    answer: str
    numbers: tuple[int, ...]
    worth_fen: int | None = None  # the plan's sum for each member where nothing is said
    photo: int | None = None  # the attachment of the list that shows the signed sheet
    reason: str = ""
    anew: bool = False


def read_numbers(text: str) -> tuple[int, ...]:
    """Read numbers of lines as they are typed, "1-30, 33", each once; refuse what is none in words."""
    numbers = set[int]()
    for part in re.split(r"[,;、。\s]+", re.sub(r"\s*[-~—–至到]+\s*", "-", fold_typed(text))):
        if not part:
            continue
        found = _PART.fullmatch(part)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if not 1 <= first <= last <= MOST_MEMBERS:
            raise BadValue(_("Write the numbers of lines as on the paper, for example 1-30, 33."))
        numbers.update(range(first, last + 1))
    if not numbers:
        raise BadValue(_("Write the numbers of lines as on the paper, for example 1-30, 33."))
    return tuple(sorted(numbers))


def spans(numbers: Iterable[int]) -> str:
    """Write numbers in rising order as short as they are typed, the first of many: 1-30, 33."""
    runs = list[list[int]]()
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    said = [str(first) if first == last else f"{first}-{last}" for first, last in runs]
    return ", ".join(said[:MOST_NAMED]) + (" …" if len(said) > MOST_NAMED else "")


@transaction.atomic
def open_list(plan: PurchasePlan, goods: str, names: str = "", *, by: User, at: dt.datetime) -> SignedList:
    """Open the signed list of a plan: its lines are the members of the approval day, or the names that are typed."""
    plan = lock(plan)
    if not is_listed(plan) or plan.status != PurchasePlanStatus.APPROVED:
        raise NotListed
    if list_of(plan) is not None:
        raise ListOpened
    goods = fold_typed(goods)[:LONGEST_GOODS]
    if not goods:
        raise BadValue(_("Write what each member gets, for example 10 kg of rice."))
    row = SignedList(plan=plan, goods=goods, by=by, at=at).begin(by=by, at=at)
    take_part(row.reference, PREPARES, by=by, at=at)
    members = members_of_approval(plan).values_list("pk", flat=True)
    lines = [SignedLine(list=row, number=number, member_id=pk) for number, pk in enumerate(members, 1)]
    SignedLine.objects.bulk_create(lines, batch_size=AT_ONCE)
    if names.strip():
        _write_names(row, names)
    return row


@transaction.atomic
def add_names(row: SignedList, names: str, *, by: User, at: dt.datetime) -> SignedList:
    """Put more names on a list, one a line; where the union keeps no list, up to the members the plan counted."""
    row = _open(row, by=by, at=at)
    _write_names(row, names)
    return row


@transaction.atomic
def add_photo(row: SignedList, photo: StoredFile, *, by: User, at: dt.datetime) -> Attachment:
    """Keep a photo of a signed sheet with its list; the lines that it covers are answered afterwards."""
    row = _open(row, by=by, at=at)
    return attach(row.reference, photo, SHEET_PHOTO, by=by, at=at)


@transaction.atomic
def answer_lines(row: SignedList, said: Answer, *, by: User, at: dt.datetime) -> SignedSheet:
    """Answer many lines at once, all of them or none."""
    row = _open(row, by=by, at=at)
    sheet = SignedSheet(list=row, answer=SheetAnswer(said.answer), lines=list(said.numbers), by=by, at=at)
    if sheet.answer == SheetAnswer.GOT:
        sheet.worth_fen, sheet.photo = _worth(row.plan, said.worth_fen), _photo(row, said.photo)
    else:
        sheet.reason = fold_typed(said.reason)[:LONGEST_REASON]
        if not sheet.reason:
            raise BadValue(_("Write why they did not take the goods."))
    lines = row.lines.filter(number__in=said.numbers)
    there = dict(lines.order_by("number").values_list("number", "sheet"))
    strange = [number for number in said.numbers if number not in there]
    if strange:
        raise BadValue(_("No line has the numbers %(numbers)s. Mend them.") % {"numbers": spans(strange)})
    before = [number for number, sheet_id in there.items() if sheet_id is not None]
    if before and not said.anew:
        raise AnsweredBefore(before)
    sheet.save(force_insert=True)
    lines.update(sheet=sheet)
    return sheet


def sign_off(plan: PurchasePlan, explained: str, *, by: User, at: dt.datetime) -> None:
    """Sign off the list of a plan that is about to be closed, as a person who did not prepare it; refuse in words.

    A plan of which no list is kept, or whose goods nobody took, has nothing to sign off. The plan is locked. Who is on
    leave is answered for by its deputy, if neither of the two prepared the list.
    """
    row = list_of(plan)
    if row is None:
        if is_listed(plan) and plan.accepted_fen:
            raise ListMissing
        return
    row = lock(row)
    found = differences(row)
    if not found.complete:
        numbers = spans(unanswered_numbers(row))
        raise LinesOpen(
            _("Lines %(numbers)s are neither signed nor refused. Answer them first.") % {"numbers": numbers}
            if numbers
            else _("Nobody is on the signed list yet. Write down who gets the goods first.")
        )
    explained = fold_typed(explained)[:LONGEST_WORDS] if found.any else ""
    if found.any and not explained:
        raise DifferencesOpen
    holder = take_seat(plan, row.reference, SIGNS_OFF, by=by, at=at)
    decide(row, SignedListStatus.CLOSED, SIGNS_OFF, by=by, at=at, explained=explained, decided_for_id=holder)


def _open(row: SignedList, *, by: User, at: dt.datetime) -> SignedList:
    """Lock an open list for another hand in its preparation."""
    row = lock(row)
    if row.status != SignedListStatus.OPEN:
        raise IllegalMove
    take_part(row.reference, PREPARES, by=by, at=at)
    return row


def _worth(plan: PurchasePlan, worth_fen: int | None) -> int:
    most = plan.per_head_fen or 0
    worth = most if worth_fen is None else worth_fen
    if not 1 <= worth <= most:
        raise BadValue(_("Each member gets goods of at most %(yuan)s yuan from this plan.") % {"yuan": yuan(most)})
    return worth


def _photo(row: SignedList, attachment_id: int | None) -> Attachment:
    photo = Attachment.objects.filter(document=row.reference, role=SHEET_PHOTO, pk=attachment_id or 0).first()
    if photo is None:
        raise BadValue(_("Add the photo of the signed sheet first, then choose it."))
    return photo


def _write_names(row: SignedList, names: str) -> None:
    there = {identity.name_key(line.name): line.number for line in lines_of(row)}
    last = row.lines.aggregate(last=Max("number"))["last"] or 0
    lines = list[SignedLine]()
    for place, typed in enumerate(names.splitlines(), 1):
        if not fold_typed(typed):
            continue
        name, number = _read_name(typed, place), last + len(lines) + 1
        key = identity.name_key(name)
        if key in there:
            raise BadValue(
                _(
                    "Row %(row)s: the same name stands on line %(number)s already. Leave it out, or write what tells "
                    "the two apart behind it in brackets."
                )
                % {"row": place, "number": there[key]}
            )
        there[key] = number
        line = SignedLine(list=row, number=number)
        line.typed_name = name
        lines.append(line)
    if not lines:
        raise BadValue(_("Write the names, one on each row."))
    kept = keeps_a_list(row.plan.organisation_id)
    most = MOST_MEMBERS if kept else row.plan.members or 0
    if last + len(lines) > most:
        raise BadValue(
            _("The plan counted %(most)s members, and these are %(n)s names. Leave out who is no member.")
            % {"most": most, "n": last + len(lines)}
        )
    SignedLine.objects.bulk_create(lines, batch_size=AT_ONCE)


def _read_name(typed: str, place: int) -> str:
    found = _NAME.fullmatch(fold_typed(typed))
    try:
        return identity.person_name(found[1] if found else "") + (found[2] or "" if found else "")
    except DomainError as refusal:
        raise BadValue(_("Row %(row)s: %(reason)s") % {"row": place, "reason": refusal}) from None
