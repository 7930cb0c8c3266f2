"""Who took part in which document, per person: the wall behind separation of duties."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError
from records.models import Participation, SomeAccount


class AlreadyTookPart(DomainError):
    code = "already_took_part"
    message = _("You took part in an earlier step of this document. Another person must do this step.")


class NobodyKnown(DomainError):
    code = "nobody_known"
    message = _("This account belongs to no registered person. Ask the security administrator to register you.")


@transaction.atomic
def take_part(document: str, stage: str, *, by: SomeAccount, at: dt.datetime) -> None:
    """Put this person down for this stage of the document; refuse whoever holds another stage of it.

    Signing the same stage again is allowed. The check is per person (HMAC of the ID number), not per account.
    """
    if by.person is None:
        raise NobodyKnown
    take_part_as(document, stage, person_key=by.person.key, at=at)


@transaction.atomic
def take_part_as(document: str, stage: str, *, person_key: str, at: dt.datetime) -> None:
    """As `take_part`, for a person known by key: members of the claimant's household, say."""
    try:
        with transaction.atomic():
            Participation.objects.create(document=document, person_key=person_key, stage=stage, at=at)
    except IntegrityError:
        held = Participation.objects.get(document=document, person_key=person_key)
        if held.stage != stage:
            raise AlreadyTookPart from None


@transaction.atomic
def take_part_in_all(documents: list[str], stage: str, *, by: SomeAccount, at: dt.datetime) -> None:
    """As `take_part`, for many documents at once: put down for all of them, or refused for all."""
    if by.person is None:
        raise NobodyKnown
    Participation.objects.bulk_create(
        [Participation(document=name, person_key=by.person.key, stage=stage, at=at) for name in sorted(set(documents))],
        ignore_conflicts=True,
    )
    if documents_held(documents, person_key=by.person.key, other_than=stage):
        raise AlreadyTookPart


def documents_held(documents: list[str], *, person_key: str, other_than: str) -> set[str]:
    """Return those of these documents in which this person holds a stage other than the one named."""
    rows = Participation.objects.filter(document__in=documents, person_key=person_key).exclude(stage=other_than)
    return set(rows.values_list("document", flat=True))


def took_part(document: str, *, person_key: str, other_than: str = "") -> bool:
    """Say whether this person holds a stage of the document other than the one named."""
    rows = Participation.objects.filter(document=document, person_key=person_key)
    return rows.exclude(stage=other_than).exists()
