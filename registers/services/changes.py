"""Change a register by two hands: one proposes rows on a document, another compares and confirms, or refuses.

What is confirmed is what was looked at: a register that has moved on since refuses the old proposal. Nobody waits for
ever: a proposal that nobody confirmed in time ends, and its people are told.
"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Consent, Household, User
from accounts.selectors import households_tied_to, standing
from accounts.services.messages import in_chinese, tell
from accounts.services.people import record_consent
from accounts.services.two_hands import decide, words_for_the_first
from kernel import clock
from kernel.dates import day_words, message_deadline
from kernel.entering import entering
from kernel.errors import BadValue, DomainError
from kernel.present import StrOrPromise
from kernel.workflow import IllegalMove, lock
from records.models import StoredFile
from records.selectors.policy import policy
from records.services.files import attach
from records.services.participation import HasInterest, take_part
from registers.models import AT_ONCE, MOST_ROWS, ChangeStatus, RegisterChange, RegisterChangeRow
from registers.selectors import forget_lacks, seats_of, users_in_seats, written_key
from registers.services.rules import Content, Step, households_in, rules_of

PROPOSES, DECIDES = "propose", "decide"
TOLD_EVERY, WRITTEN_KEPT_SECONDS = 25, 600  # how far many rows are written, for a page that asks
PAPER = "paper"  # as what the photo of a signed paper hangs on a proposal

CONFIRMED = gettext_lazy("%(title)s is confirmed and in force.")
CONFIRMED_FOR_LATER = gettext_lazy("%(title)s is confirmed and holds from %(day)s.")


class NothingChanges(BadValue):
    code = "nothing_changes"
    message = gettext_lazy("This already stands in the register. There is nothing to confirm.")


class WaitsAlready(DomainError):
    code = "change_waits"
    message = gettext_lazy("Somebody has already proposed a change here. Let it be decided first.")


class ChangedSince(DomainError):
    code = "changed_since"
    message = gettext_lazy("The register has changed since this was proposed. Refuse it and have it proposed again.")


class TooLate(DomainError):
    code = "too_late"
    message = gettext_lazy("Nobody confirmed this in time. Propose it again.")


class SeveralOffices(BadValue):
    code = "several_offices"
    message = gettext_lazy("These rows are confirmed by different people. Bring the rows of one office at a time.")


class NotYours(DomainError):
    code = "not_yours"
    message = gettext_lazy("Your post does not propose this. Ask whoever does.")


class PaperNeeded(BadValue):
    code = "paper_needed"
    message = gettext_lazy("You answer for a household. Photograph the paper that it signed.")


class RowRefused(BadValue):
    code = "row_refused"

    def __init__(self, place: str, reason: object) -> None:
        self.place, self.reason = place, str(reason)
        super().__init__(_("%(place)s: %(reason)s") % {"place": place, "reason": reason})


@transaction.atomic
def propose(
    register: str,
    contents: Sequence[Content],
    *,
    document_number: str = "",
    places: Sequence[str] = (),
    by: User,
    at: dt.datetime,
) -> RegisterChange:
    """Propose rows for a register on the strength of a document; each is looked at, and nothing is written into it yet.

    `places` says where each row stands in the file it came from, for the refusal to name it.
    """
    rules, document_number = rules_of(register), document_number.strip()[:80]
    order = sorted(range(len(contents)), key=lambda number: not rules.stands_out(contents[number]))
    contents, places = [contents[number] for number in order], [places[number] for number in order if places]
    if rules.document_needed and not document_number:
        raise BadValue(_("Write the number of the document that decides this."))
    if not 1 <= len(contents) <= MOST_ROWS:
        raise BadValue(_("Bring between 1 and %(most)s rows at a time.") % {"most": MOST_ROWS})
    seats = seats_of(standing(by))
    try:
        steps = _steps(register, contents, places, at=at)
    except DomainError:
        if any(rules.is_for_others(content, seats) for content in contents):
            raise NotYours from None  # a refusal would tell what others have
        raise
    confirmed_in = steps[0].hands.confirmed_in
    if any(step.hands.confirmed_in != confirmed_in for step in steps):
        raise SeveralOffices
    if not all(seats & set(step.hands.proposed_in) for step in steps):
        raise NotYours
    proposed_in = set.intersection(*(set(step.hands.proposed_in) for step in steps))  # one sees no row of others
    change = RegisterChange(
        register=register,
        document_number=document_number,
        size=len(steps),
        confirmed_in=list(confirmed_in),
        seen_in=sorted({*proposed_in, *confirmed_in}),
        by=by,
        at=at,
        confirm_by_at=at + dt.timedelta(days=policy(rules.waits, clock.county_day(at))),
    )
    change.begin(by=by, at=at)
    take_part(change.reference, PROPOSES, by=by, at=at)
    _keep_rows(change, contents, steps)
    values = {"title": _title(steps), "until": message_deadline(change.confirm_by_at), **steps[0].values}
    _tell_deciders(change, rules.asks, values, but=by, at=at)
    return change


@transaction.atomic
def propose_apart(
    register: str,
    contents: Sequence[Content],
    *,
    document_number: str = "",
    places: Sequence[str] = (),
    by: User,
    at: dt.datetime,
) -> list[RegisterChange]:
    """Propose rows that are each decided by somebody else: one proposal a row, all of them or none."""
    places = places or [""] * len(contents)
    return [
        propose(register, [content], document_number=document_number, places=[place], by=by, at=at)
        for content, place in zip(contents, places, strict=True)
    ]


@transaction.atomic
def confirm(change: RegisterChange, *, paper: StoredFile | None = None, by: User, at: dt.datetime) -> RegisterChange:
    """Confirm, as the second person, that the document says so: from now on it stands in the register.

    Many rows are written right afterwards, by `registers.services.writing`. Whoever confirms for a household shows the
    paper that it signed.
    """
    if needs_paper(change, by):
        if not households_tied_to(by).isdisjoint(households_in(change.confirmed_in)):
            raise HasInterest
        _keep_paper(change, paper, by=by, at=at)
    at_once = change.size <= AT_ONCE
    change = decide(change, ChangeStatus.CONFIRMED if at_once else ChangeStatus.WRITING, DECIDES, by=by, at=at)
    if change.confirm_by_at <= at:
        raise TooLate
    if at_once:
        write_rows(change, confirmed_by=by, at=at)
    return change


def write_rows(change: RegisterChange, *, confirmed_by: User, at: dt.datetime) -> None:
    """Write the rows of a confirmed proposal, whole or not at all, and tell whoever proposed them."""
    rules, tied = rules_of(change.register), households_tied_to(confirmed_by)
    about: set[UUID] = set()
    rows = list(change.rows.order_by("position"))
    with entering(change.reference):
        for row in rows:
            content = json.loads(row.content)
            try:
                step = rules.look(content, at=at)
                if _facts(step) != row.facts:
                    raise ChangedSince
                if not tied.isdisjoint(step.about):
                    raise HasInterest
                rules.write(content, document=change.document_number, by=change.by, confirmed_by=confirmed_by, at=at)
            except DomainError as refusal:
                raise _of_row(row, change, refusal) from refusal
            about |= set(step.about) if rules.for_households else set()
            if row.position % TOLD_EVERY == 0 and change.size > AT_ONCE:
                cache.set(written_key(change), row.position, WRITTEN_KEPT_SECONDS)
    end(change)
    if about:
        _note_acts(change, about, at=at)
    transaction.on_commit(forget_lacks)
    day = later_day(rows, at=at)
    values = {"title": first_title(change)} | ({"day": partial(day_words, day)} if day else {})
    tell_about(change, change.by, CONFIRMED_FOR_LATER if day else CONFIRMED, values, at=at)


def later_day(rows: Iterable[RegisterChangeRow], *, at: dt.datetime) -> dt.date | None:
    """Return from which day confirmed rows hold, where none of them holds today."""
    today = clock.county_day(at)
    first = min((row.holds_from() or today for row in rows), default=today)
    return first if first > today else None


def _of_row(row: RegisterChangeRow, change: RegisterChange, refusal: DomainError) -> DomainError:
    """Return the refusal of a row, which names the row where nobody would find it among many."""
    if change.size <= AT_ONCE:
        return refusal
    place = _("row %(number)s, %(title)s") % {"number": row.position, "title": row.title}
    return RowRefused(place, refusal)


def _note_acts(change: RegisterChange, households: set[UUID], *, at: dt.datetime) -> None:
    """Write down for each household what an office wrote about it; what it asked for itself is no act of others."""
    Consent.objects.bulk_create(
        Consent(household_id=key, document=change.reference, how="office", by=change.by, at=at)
        for key in sorted(households - standing(change.by).households)
    )


def needs_paper(change: RegisterChange, by: User) -> bool:
    """Return whether this person decides for a household that is asked, without belonging to it."""
    asked = households_in(change.confirmed_in)
    return bool(asked) and standing(by).household_id not in asked


@transaction.atomic
def refuse(change: RegisterChange, *, why: str, by: User, at: dt.datetime) -> RegisterChange:
    """Refuse, as the second person, what the document does not say; nothing enters the register.

    A household says no without a reason.
    """
    if standing(by).household_id in households_in(change.confirmed_in):
        why = why.strip() or in_chinese(gettext_lazy("the household does not want it"))
    why = words_for_the_first(why)[:200]
    if lock(change).status != ChangeStatus.PROPOSED:  # what was confirmed is not refused any more
        raise IllegalMove
    change = decide(change, ChangeStatus.REFUSED, DECIDES, by=by, at=at, note=why)
    end(change)
    values = {"title": first_title(change), "why": why}
    tell_about(change, change.by, gettext_lazy("%(title)s was refused: %(why)s"), values, at=at)
    return change


@transaction.atomic
def withdraw(change: RegisterChange, *, by: User, at: dt.datetime) -> RegisterChange:
    """Take back one's own proposal before anybody decided it, and tell who was asked to."""
    change = lock(change)
    if change.by.person_id != by.person_id:
        raise NotYours
    change.decided_by, change.decided_at = change.by, at
    change.move_to(ChangeStatus.WITHDRAWN, by=by, at=at, along=["decided_by", "decided_at"])
    end(change)
    sentence = gettext_lazy("%(title)s was taken back by whoever proposed it. There is nothing to confirm any more.")
    _tell_deciders(change, sentence, {"title": first_title(change)}, but=by, at=at)
    return change


def notes_of(change: RegisterChange, rows: Iterable[RegisterChangeRow] | None = None, *, at: dt.datetime) -> list[str]:
    """Return what else these rows of a proposal, or all, would change if confirmed now, or why they cannot be."""
    rules, notes = rules_of(change.register), []
    for row in change.rows.order_by("position") if rows is None else rows:
        try:
            step = rules.look(json.loads(row.content), at=at)
        except DomainError as refusal:
            notes.append(str(refusal))
            continue
        notes += step.notes
        if _facts(step) != row.facts:
            notes.append(str(ChangedSince.message))
    return list(dict.fromkeys(notes))


def lapse_unconfirmed(*, at: dt.datetime) -> int:
    """End the proposals that nobody confirmed in time and tell their people; return how many. May run twice at once."""
    overdue = RegisterChange.objects.filter(status=ChangeStatus.PROPOSED, confirm_by_at__lte=at)
    return sum(_lapse(change, at=at) for change in overdue.order_by("confirm_by_at", "pk"))


@transaction.atomic
def _lapse(change: RegisterChange, *, at: dt.datetime) -> bool:
    change = lock(change)
    if change.status != ChangeStatus.PROPOSED:
        return False
    change.decided_at = at
    change.move_to(ChangeStatus.LAPSED, by=None, at=at, along=["decided_at"])
    end(change)
    sentence = gettext_lazy("Nobody confirmed %(title)s in time, so nothing changed. It may be proposed again.")
    values = {"title": first_title(change)}
    tell_about(change, change.by, sentence, values, at=at)
    _tell_deciders(change, sentence, values, but=change.by, at=at)
    return True


def _keep_paper(change: RegisterChange, paper: StoredFile | None, *, by: User, at: dt.datetime) -> None:
    """Keep the paper that a household signed, and that it let this person act for it."""
    if paper is None:
        raise PaperNeeded
    attach(change.reference, paper, PAPER, by=by, at=at)
    for household in Household.objects.filter(pk__in=households_in(change.confirmed_in)):
        record_consent(household, change.reference, "paper", by=by, at=at)


def _tell_deciders(
    change: RegisterChange, sentence: StrOrPromise, values: dict[str, Any], *, but: User, at: dt.datetime
) -> None:
    """Tell the household that is asked, or else whoever sits where the proposal is decided."""
    asked = households_in(change.confirmed_in)
    if asked:
        for household in Household.objects.filter(pk__in=asked):
            tell(sentence, values, household=household, kind="register.change", document=change.reference, at=at)
        return
    for user in users_in_seats(change.confirmed_in, clock.county_day(at)):
        if user.person_id != but.person_id:
            tell_about(change, user, sentence, values, at=at)


def refusals_of(register: str, contents: Sequence[Content], *, at: dt.datetime) -> list[tuple[int, DomainError]]:
    """Return which rows of a file, counted from nought, may not stand in the register, and why; none where all may."""
    looked = enumerate(_looked_at(register, contents, (), at=at))
    return [(number, step) for number, (_content, _place, step) in looked if isinstance(step, DomainError)]


def _steps(register: str, contents: Sequence[Content], places: Sequence[str], *, at: dt.datetime) -> list[Step]:
    """Return what each row would do; refuse the first that may not stand there, or stands there already."""
    steps = []
    for _content, place, step in _looked_at(register, contents, places, at=at):
        if isinstance(step, DomainError):
            raise RowRefused(place, step) if place else step
        steps.append(step)
    return steps


def _looked_at(
    register: str, contents: Sequence[Content], places: Sequence[str], *, at: dt.datetime
) -> Iterator[tuple[Content, str, Step | DomainError]]:
    """Look at one row after the other: what it would do, or why it may not."""
    rules, seen = rules_of(register), set()
    for number, content in enumerate(contents):
        place = places[number] if places else ""
        try:
            step = rules.look(content, at=at)
            if all(old == new for _field, old, new in step.facts):
                raise NothingChanges
            if step.subject in seen:
                raise BadValue(_("This stands in the file twice."))
        except DomainError as refusal:
            yield content, place, refusal
            continue
        seen.add(step.subject)
        yield content, place, step


def _keep_rows(change: RegisterChange, contents: Sequence[Content], steps: Sequence[Step]) -> None:
    rows = []
    for position, (content, step) in enumerate(zip(contents, steps, strict=True), 1):
        row = RegisterChangeRow(
            change=change,
            position=position,
            register=change.register,
            subject=step.subject,
            title=step.title[:120],
            facts=_facts(step),
        )
        row.content = json.dumps(content, ensure_ascii=False, sort_keys=True)
        rows.append(row)
    try:
        with transaction.atomic():
            RegisterChangeRow.objects.bulk_create(rows)
    except IntegrityError:
        raise WaitsAlready from None


def end(change: RegisterChange) -> None:
    """Let what the change was about be proposed anew."""
    change.rows.update(waits=False)


def _facts(step: Step) -> list[list[str]]:
    return [list(fact) for fact in step.facts]


def _title(steps: Sequence[Step]) -> str:
    return (
        steps[0].title
        if len(steps) == 1
        else _("%(title)s and %(n)s more") % {"title": steps[0].title, "n": len(steps) - 1}
    )


def first_title(change: RegisterChange) -> str:
    """Return the title of a proposal: its first row, and how many more there are."""
    title = change.rows.get(position=1).title
    return title if change.size == 1 else _("%(title)s and %(n)s more") % {"title": title, "n": change.size - 1}


def tell_about(
    change: RegisterChange, user: User, sentence: StrOrPromise, values: dict[str, Any], *, at: dt.datetime
) -> None:
    """Tell somebody what became of a proposal."""
    tell(sentence, values, phone=user.phone, kind="register.change", document=change.reference, at=at)
