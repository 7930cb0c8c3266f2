"""Grievances: said in one's own name, answered in words by another officer by a day, and never left without an end.

What nobody answers in time goes to the head of the bureau, then ends unanswered; everybody is told each time. Who asked
may take it back, and after its end open it again once. Each room above gives the kinds of its documents by `add`.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy

from accounts.models import (
    REOPENABLE,
    WAITING_GRIEVANCES,
    Grievance,
    GrievanceStatus,
    Household,
    Membership,
    Organisation,
    User,
)
from accounts.selectors import Standing, holders, households_tied_to, standing
from accounts.selectors.grievances import DESKS, HEADS_OF_BUREAU, SPEAKERS, answers
from accounts.services.kinds import Kinds, Named
from accounts.services.messages import Word, tell_all
from kernel import clock
from kernel.dates import message_deadline
from kernel.errors import BadValue, DomainError
from kernel.masking import mask_name
from kernel.numbers import Kind as Letters
from kernel.numbers import begun
from kernel.present import StrOrPromise
from kernel.workflow import IllegalMove, lock
from records.selectors.policy import policy
from records.services.participation import HasInterest, take_part

ACTED, ANSWERS = "act", "answer"
SHORTEST, LONGEST = 2, 500


class SaidAlready(DomainError):
    code = "grievance_once"
    message = gettext_lazy("You have said so already. Look at “Grievances” to see whose turn it is.")


class NotAgain(DomainError):
    code = "grievance_not_again"
    message = gettext_lazy("This cannot be opened again. Call the bureau if it is still not right.")


@dataclass(frozen=True)
class Sayable:
    """What may be said of a document, and in whose name."""

    category: Grievance.Category
    household: Household | None = None
    organisation: Organisation | None = None


class Kind(Named):
    """What grievances of a room are about, by the first word of the document. Each room derives its own."""

    def hands(self, document: str) -> list[User]:
        """Return who had a hand in it, and so never answers."""
        return []

    def sayable(self, key: str, who: Standing) -> Sayable | None:
        """Return what this person may say of the document with this key on the page; none where it is not theirs."""
        return None


_KINDS = Kinds(Kind())


def add(kind: Kind) -> None:
    """Take in what the grievances of a room are about."""
    _KINDS.add(kind)


def named(documents: Iterable[str]) -> dict[str, str]:
    """Return what these documents are called, one question a kind."""
    return _KINDS.named(documents)


class OfHousehold(Kind):
    """Anything else that a household says."""

    prefix = "household"

    def named(self, documents: list[str]) -> dict[str, str]:
        """Return each household by its masked head."""
        keys = [document.partition(":")[2] for document in documents]
        rows = Household.objects.filter(pk__in=keys)
        return {f"household:{row.pk}": mask_name(row.head_name) for row in rows}

    def sayable(self, key: str, who: Standing) -> Sayable | None:
        """Return the own household."""
        own = {str(pk): pk for pk in who.households}
        if key not in own:
            return None
        return Sayable(Grievance.Category.OTHER, household=Household.objects.get(pk=own[key]))


class OfOrganisation(Kind):
    """Anything else that a co-operative or a buyer says."""

    prefix = "organisation"

    def named(self, documents: list[str]) -> dict[str, str]:
        """Return each by its name."""
        keys = [document.partition(":")[2] for document in documents]
        return {f"organisation:{row.pk}": row.name for row in Organisation.objects.filter(pk__in=keys)}

    def sayable(self, key: str, who: Standing) -> Sayable | None:
        """Return the organisation for which one speaks."""
        own = {str(pk): pk for pk in who.organisations(*SPEAKERS)}
        if key not in own:
            return None
        return Sayable(Grievance.Category.OTHER, organisation=Organisation.objects.get(pk=own[key]))


add(OfHousehold())
add(OfOrganisation())


@transaction.atomic
def say(
    about: str,
    category: str,
    *,
    household: Household | None = None,
    organisation: Organisation | None = None,
    words: str = "",
    by: User,
    at: dt.datetime,
) -> Grievance:
    """Take in what a household or an organisation says about a document; the desk answers by the day shown."""
    row = Grievance(category=category, about=about, household=household, organisation=organisation, words=words.strip())
    return _begin(row, by=by, at=at)


def sayable(about: str, who: Standing) -> Sayable | None:
    """Return what this person may say of a document; none where it is no document of theirs."""
    return _KINDS.of(about).sayable(about.partition(":")[2], who)


def say_about(about: str, *, words: str, by: User, at: dt.datetime) -> Grievance:
    """Take in, in words, what the own household or organisation says about a document it may speak of."""
    found = sayable(about, standing(by))
    if found is None:
        raise IllegalMove
    if len(words.strip()) < SHORTEST:
        raise BadValue(gettext_lazy("Write what is not right."))
    return say(
        about,
        found.category,
        household=found.household,
        organisation=found.organisation,
        words=words,
        by=by,
        at=at,
    )


@transaction.atomic
def reopen(row: Grievance, *, words: str, by: User, at: dt.datetime) -> Grievance:
    """Open an ended grievance again, once: the head may answer it too, whoever answered the first never."""
    row = lock(row)
    until = row.ended_at and row.ended_at + dt.timedelta(days=policy("grievance_reopen_days", clock.county_day(at)))
    if row.status not in REOPENABLE or row.reopens_id is not None or until is None or at > until:
        raise NotAgain
    if len(words.strip()) < SHORTEST:
        raise BadValue(gettext_lazy("Write what is still not right."))
    again = Grievance(
        category=row.category,
        about=row.about,
        household=row.household,
        organisation=row.organisation,
        words=words.strip(),
        reopens=row,
    )
    return _begin(again, by=by, at=at)


def _begin(row: Grievance, *, by: User, at: dt.datetime) -> Grievance:
    day = clock.county_day(at)
    row.number, row.by, row.at = begun(Letters.GRIEVANCE, day), by, at
    row.answer_by_at = _days_after("grievance_answer_days", at)
    try:
        with transaction.atomic():
            row.begin(by=by, at=at)
    except IntegrityError as twice:
        if any(guard in str(twice) for guard in ("grievance_once", "grievance_one_at_a_time", "reopens_id")):
            raise SaidAlready from None
        raise
    hands = _KINDS.of(row.about).hands(row.about)
    if row.reopens is not None and row.reopens.answered_by is not None:
        hands = [*hands, row.reopens.answered_by]
    for actor in {user.pk: user for user in hands if user.person_id not in (None, by.person_id)}.values():
        take_part(row.reference, ACTED, by=actor, at=at)
    _tell(row, _SAID, _SAID_TO_ASKER, at=at, head=row.reopens is not None)
    return row


@transaction.atomic
def answer(row: Grievance, *, upheld: bool, words: str, by: User, at: dt.datetime) -> Grievance:
    """Answer in words as an officer who had no hand in it: it is right and is put right, or this is how it was."""
    row, words = lock(row), words.strip()
    if len(words) < SHORTEST:
        raise BadValue(gettext_lazy("Write the answer that they will read, in plain words."))
    if not answers(standing(by), row):
        raise IllegalMove
    if row.household_id in households_tied_to(by) or row.organisation_id in {
        post.organisation_id for post in standing(by).posts
    }:
        raise HasInterest
    take_part(row.reference, ANSWERS, by=by, at=at)
    row.answer, row.answered_by, row.ended_at = words[:LONGEST], by, at
    status = GrievanceStatus.UPHELD if upheld else GrievanceStatus.EXPLAINED
    row.move_to(status, by=by, at=at, note=words[:200], along=("answer", "answered_by", "ended_at"))
    sentence = _UPHELD if upheld else _EXPLAINED
    tell_all(_to_asker(row, sentence, answer=row.answer), at=at)
    return row


@transaction.atomic
def withdraw(row: Grievance, *, by: User, at: dt.datetime) -> Grievance:
    """Take back what one said: it has settled itself."""
    row = lock(row)
    row.ended_at = at
    row.move_to(GrievanceStatus.WITHDRAWN, by=by, at=at, along=("ended_at",))
    head_heard = row.escalated_at is not None or row.reopens_id is not None
    _tell(row, _WITHDRAWN, None, at=at, head=head_heard)
    return row


def sweep(*, at: dt.datetime) -> int:
    """Hand what nobody answered in time to the head, and end what the head did not answer; return how many moved."""
    late = Grievance.objects.filter(status__in=WAITING_GRIEVANCES, answer_by_at__lte=at).order_by("answer_by_at", "pk")
    return sum(_move_on(row, at=at) for row in late)


@transaction.atomic
def _move_on(row: Grievance, *, at: dt.datetime) -> bool:
    row = lock(row)
    if row.status not in WAITING_GRIEVANCES or row.answer_by_at > at:
        return False
    if row.status == GrievanceStatus.OPEN:
        row.escalated_at, row.answer_by_at = at, _days_after("grievance_head_days", at)
        row.move_to(GrievanceStatus.ESCALATED, by=None, at=at, along=("escalated_at", "answer_by_at"))
        _tell(row, _ESCALATED, _ESCALATED_TO_ASKER, at=at, head=True)
    else:
        row.ended_at = at
        row.move_to(GrievanceStatus.UNANSWERED, by=None, at=at, along=("ended_at",))
        _tell(row, _UNANSWERED, _UNANSWERED_TO_ASKER, at=at, head=True)
    return True


_SAID = gettext_lazy(
    "%(name)s says: %(category)s (%(what)s, number %(number)s). Somebody who had no hand in it answers by %(until)s."
)
_SAID_TO_ASKER = gettext_lazy(
    "You said: %(category)s (%(what)s). Your number is %(number)s. You get an answer by %(until)s."
)
_ESCALATED = gettext_lazy(
    "Nobody answered %(name)s in time: %(category)s (%(what)s, number %(number)s). The head of the bureau now answers "
    "by %(until)s."
)
_ESCALATED_TO_ASKER = gettext_lazy(
    "Nobody answered you in time (number %(number)s). The head of the bureau now answers by %(until)s."
)
_UNANSWERED = gettext_lazy("Number %(number)s of %(name)s ended without an answer: %(category)s (%(what)s).")
_UNANSWERED_TO_ASKER = gettext_lazy(
    "Nobody answered you in time, the head neither (number %(number)s). Open it again on the site, or call the bureau."
)
_WITHDRAWN = gettext_lazy("%(name)s took number %(number)s back: it has settled itself.")
_UPHELD = gettext_lazy("About number %(number)s, %(what)s: you are right. %(answer)s")
_EXPLAINED = gettext_lazy(
    "About number %(number)s, %(what)s: we looked into it. %(answer)s Not so? Open it again on the site."
)


def _tell(
    row: Grievance, sentence: StrOrPromise, to_asker: StrOrPromise | None, *, at: dt.datetime, head: bool
) -> None:
    """Tell the desk, the head where it is their turn, and who asked."""
    posts = Q(role__in=DESKS[row.category])
    if head:
        posts |= HEADS_OF_BUREAU
    values, kind = _values(row), f"grievance.{row.status}"
    users = holders(Membership.objects.filter(posts), clock.county_day(at))
    words = [Word(sentence, values, None, kind, row.reference, user.phone) for user in users]
    tell_all(words + (_to_asker(row, to_asker) if to_asker is not None else []), at=at)


def _to_asker(row: Grievance, sentence: StrOrPromise, **more: object) -> list[Word]:
    phone = row.organisation.phone if row.organisation is not None else ""
    if row.household is None and not phone:
        phone = row.by.phone
    return [Word(sentence, _values(row) | more, row.household, f"grievance.{row.status}", row.reference, phone)]


def _values(row: Grievance) -> dict[str, object]:
    name = mask_name(row.household.head_name) if row.household is not None else row.organisation.name  # type: ignore[union-attr]
    return {
        "name": name,
        "number": row.number,
        "category": Grievance.Category(row.category).label,
        "what": lambda: named([row.about]).get(row.about, ""),
        "until": message_deadline(row.answer_by_at),
    }


def _days_after(name: str, at: dt.datetime) -> dt.datetime:
    """Return the end of the last of so many county days by this policy; tomorrow is the first."""
    day = clock.county_day(at)
    return clock.day_end(day + dt.timedelta(days=policy(name, day)))
