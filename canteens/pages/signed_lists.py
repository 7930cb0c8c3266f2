"""A signed list in words: how far it is, who is on it, what differs, and who goes on."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Person, User
from accounts.selectors import spoken_time
from accounts.services.readings import note_reading
from canteens.models import PurchasePlan, PurchasePlanStatus, SheetAnswer, SignedLine, SignedList, SignedListStatus
from canteens.pages.union_members import masked_people
from canteens.pages.waiting import deputy_words
from canteens.permissions import can_close_plan, can_prepare_list
from canteens.selectors.signed_lists import Differences, unanswered_numbers
from canteens.services.signed_lists import SHEET_PHOTO, spans
from kernel import money
from kernel.masking import mask_name
from kernel.shown import Fact, Tag
from records.models import Attachment

READING = "signed-list"


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line as the list shows it."""

    number: int
    name: str
    answer: Tag
    about: str


@dataclass(frozen=True, slots=True)
class SheetPhoto:
    """A photo of a signed sheet, in two sizes, with its name."""

    url: str
    full_url: str
    caption: str


def tag(row: SignedList) -> Tag:
    """Return how far a list is."""
    status = SignedListStatus(row.status)
    return Tag("ok" if status == SignedListStatus.CLOSED else "warn", str(status.label))


def line_rows(lines: Iterable[SignedLine], *, plainly: bool) -> list[LineRow]:
    """Return lines as their list shows them, masked for who may not read names."""
    return [
        LineRow(line.number, line.name if plainly else mask_name(line.name), _answer(line), _about(line))
        for line in lines
    ]


def _answer(line: SignedLine) -> Tag:
    if line.sheet is None:
        return Tag("warn", pgettext("signed list", "not answered yet"))
    answer = SheetAnswer(line.sheet.answer)
    return Tag("ok" if answer == SheetAnswer.GOT else "plain", str(answer.label))


def _about(line: SignedLine) -> str:
    if line.sheet is None:
        return ""
    if line.sheet.worth_fen is None:
        return line.sheet.reason
    return _("%(yuan)s yuan") % {"yuan": money.yuan(line.sheet.worth_fen)}


def note_names(people: int, *, by: User, at: dt.datetime) -> None:
    """Write down that somebody looked at so many names."""
    note_reading(by=by, door=READING, people=people, at=at)


def facts(row: SignedList, found: Differences) -> list[Fact]:
    """Return what a list says of itself, and how far it is."""
    said = [
        Fact(_("Buyer"), row.plan.organisation.name),
        Fact(pgettext("signed list", "Goods for each"), row.goods),
        Fact(_("At most for each member"), _yuan(row.plan.per_head_fen or 0)),
        Fact(pgettext("signed list", "On the list"), str(found.lines)),
        Fact(pgettext("signed list", "Signed for goods"), _got(found)),
        Fact(pgettext("signed list", "Did not take them"), str(found.refused)),
        Fact(pgettext("signed list", "Prepared by"), _name(row.by, row.at)),
    ]
    if row.decided_by is not None and row.decided_at is not None:
        said.append(
            Fact(pgettext("signed list", "Signed off by"), _name(row.decided_by, row.decided_at, row.decided_for))
        )
    if row.explained:
        said.append(Fact(pgettext("signed list", "Why it differs from the plan"), row.explained))
    return said


def _got(found: Differences) -> str:
    return _("%(n)s, together %(yuan)s yuan") % {"n": found.got, "yuan": money.yuan(found.given_fen)}


def _yuan(fen: int) -> str:
    return _("%(yuan)s yuan") % {"yuan": money.yuan(fen)}


def _name(user: User, at: dt.datetime, holder: Person | None = None) -> str:
    name = user.person.name if user.person else ""
    return f"{deputy_words(name, holder.name) if holder is not None else name} {spoken_time(at)}".strip()


def differing(row: SignedList, found: Differences) -> list[Fact]:
    """Return in what a list differs from its plan, line by line; nothing where it agrees."""
    said = []
    if found.unanswered:
        numbers = spans(unanswered_numbers(row))
        value = ngettext("%(n)s line: %(numbers)s", "%(n)s lines: %(numbers)s", found.unanswered)
        said.append(Fact(_("Not answered yet"), value % {"n": found.unanswered, "numbers": numbers}))
    if found.without_line:
        said.append(Fact(_("Members without a line"), masked_people(member.name for member in found.without_line)))
    if found.beyond:
        said.append(Fact(_("Lines of no member of that day"), spans(found.beyond)))
    if found.lines != found.members:
        value = _("%(lines)s on the list, %(members)s counted at approval")
        said.append(Fact(pgettext("signed list", "Heads"), value % {"lines": found.lines, "members": found.members}))
    if found.given_fen != found.accepted_fen:
        value = _("%(given)s yuan given, goods of %(taken)s yuan taken by the orders")
        sums = {"given": money.yuan(found.given_fen), "taken": money.yuan(found.accepted_fen)}
        said.append(Fact(pgettext("signed list", "Goods"), value % sums))
    return said


def photos(row: SignedList) -> list[Attachment]:
    """Return the photos of a list's signed sheets, the first before the others."""
    return list(Attachment.objects.filter(document=row.reference, role=SHEET_PHOTO).order_by("pk"))


def photo_choices(shown: list[Attachment]) -> list[tuple[str, str]]:
    """Return the photos as they are chosen, the newest first."""
    return [(str(photo.pk), _caption(number, photo)) for number, photo in enumerate(shown, 1)][::-1]


def shown_photos(row: SignedList, shown: list[Attachment]) -> list[SheetPhoto]:
    """Return the photos as their page shows them."""
    pictures = []
    for number, photo in enumerate(shown, 1):
        url = reverse("signed-list-sheet", args=[row.plan_id, photo.file_id])
        pictures.append(SheetPhoto(f"{url}?px=240", url, _caption(number, photo)))
    return pictures


def _caption(number: int, photo: Attachment) -> str:
    return _("Sheet %(number)s, %(time)s") % {"number": number, "time": spoken_time(photo.at)}


def may_prepare(row: SignedList, user: User) -> bool:
    """Return whether this person goes on with an open list."""
    return row.status == SignedListStatus.OPEN and can_prepare_list(user, row.plan)


def may_sign_off(row: SignedList, found: Differences, user: User) -> bool:
    """Return whether this person signs the list off and closes its plan now; nobody the own one."""
    ready = row.status == SignedListStatus.OPEN and found.complete
    return ready and row.by.person_id != user.person_id and can_close_plan(user, row.plan)


def may_open(plan: PurchasePlan, user: User) -> bool:
    """Return whether this person opens the signed list of a plan."""
    return plan.status == PurchasePlanStatus.APPROVED and can_prepare_list(user, plan)
