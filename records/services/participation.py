"""Who took part in which document, per person: the wall behind separation of duties.

Two walls are checked when a hand is taken. Hands that exclude each other stand in `IncompatibleHands`, and of a kind
of document that has no row there any two do; the database refuses them. Interest (one's own household, kin,
co-operative, card or phone) is asked of the room of the document.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kernel.entering import entering
from kernel.errors import DomainError
from records.models import HandsException, IncompatibleHands, Participation, SomeAccount
from records.selectors.participation import documents_of_interest


class AlreadyTookPart(DomainError):
    code = "already_took_part"
    message = _("You took part in an earlier step of this document. Another person must do this step.")


class HasInterest(DomainError):
    code = "has_interest"
    message = _(
        "This concerns your own household or co-operative, your kin, or somebody whose card or phone you share. "
        "Another person must do this step."
    )


class NobodyKnown(DomainError):
    code = "nobody_known"
    message = _("This account belongs to no registered person. Ask the security administrator to register you.")


EVER = dt.date(2000, 1, 1)


def set_incompatible(kind: str, pairs: Iterable[tuple[str, str]]) -> None:
    """Write down which two stages of a kind of document are never one person's, from ever; what is on record stays.

    A pair that a county has ended stays ended.
    """
    rows = [IncompatibleHands(kind=kind, stage=stage, other=other, from_on=EVER) for stage, other in pairs]
    with entering("set-up"):
        IncompatibleHands.objects.bulk_create(rows, ignore_conflicts=True)


def take_part(
    document: str, stage: str, *, by: SomeAccount, at: dt.datetime, excused_by: HandsException | None = None
) -> None:
    """Put this person down for this stage of the document; refuse whoever holds a stage that excludes it.

    Signing the same stage again is allowed. The check is per person (HMAC of the ID number), not per account. A hand
    that is another one's as well by an exception names it.
    """
    take_part_in_all([document], stage, by=by, at=at, excused_by=excused_by)


def take_part_as(document: str, stage: str, *, person_key: str, at: dt.datetime) -> None:
    """Put down a hand as `take_part` does, for a person known by key: members of the claimant's household, say."""
    _write([Participation(document=document, person_key=person_key, stage=stage, at=at)])


def take_parts_as(documents: Iterable[str], stage: str, *, person_keys: Iterable[str], at: dt.datetime) -> None:
    """Put down a hand as `take_part_as` does, of each of these persons in each of these documents."""
    keys = list(person_keys)
    names = sorted(set(documents))
    _write([Participation(document=name, person_key=key, stage=stage, at=at) for name in names for key in keys])


def take_part_in_all(
    documents: list[str], stage: str, *, by: SomeAccount, at: dt.datetime, excused_by: HandsException | None = None
) -> None:
    """Put down hands as `take_part` does, for many documents at once: put down for all of them, or refused for all."""
    if by.person is None:
        raise NobodyKnown
    if documents_of_interest(documents, stage, by=by):
        raise HasInterest
    key = by.person.key
    names = sorted(set(documents))
    _write([Participation(document=name, person_key=key, stage=stage, at=at, excused_by=excused_by) for name in names])


def _write(rows: list[Participation]) -> None:
    try:
        with transaction.atomic():
            Participation.objects.bulk_create(rows, ignore_conflicts=True)
    except IntegrityError as refused:
        if "two hands that exclude each other" not in str(refused):
            raise
        raise AlreadyTookPart from None
