"""The township recognises sellers: for a certified product, or for goods of a household's own growing."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Household, Organisation, User
from catalog.models import Recognition, Track
from kernel import clock
from kernel.errors import BadValue, DomainError
from produce.models import Produce
from records.services import events

MOST_DOCUMENT = 80


class BadRecognition(BadValue):
    code = "bad_recognition"
    message = _("Write the number of the document, the first day and, if there is one, a last day after it.")


class CertificateNeedsProduce(BadValue):
    code = "certificate_needs_produce"
    message = _("A certified product is one kind of goods. Choose which.")


class AlreadyRecognised(DomainError):
    code = "already_recognised"
    message = _("This seller is recognised for that already in these days. End the old one first.")


class AlreadyEnded(DomainError):
    code = "already_ended"
    message = _("This recognition has ended already.")


@transaction.atomic
def recognise(
    *,
    household: Household | None = None,
    cooperative: Organisation | None = None,
    produce: Produce | None,
    track: str,
    document: str,
    from_on: dt.date,
    to_on: dt.date | None = None,
    by: User,
    at: dt.datetime,
) -> Recognition:
    """Recognise one seller for one produce, or for whatever it grows; lots put on sale from then on carry it."""
    document = document.strip()
    if track not in Track.values or not document or len(document) > MOST_DOCUMENT:
        raise BadRecognition
    if to_on is not None and to_on < from_on:
        raise BadRecognition
    if track == Track.CERTIFIED and produce is None:
        raise CertificateNeedsProduce
    # The seller's row is the lock: two officers at once do not recognise the same thing twice.
    if household is not None:
        Household.objects.select_for_update().get(pk=household.pk)
    elif cooperative is not None:
        Organisation.objects.select_for_update().get(pk=cooperative.pk)
    same = Recognition.objects.filter(household=household, cooperative=cooperative, produce=produce, track=track)
    overlapping = Q(to_on=None) | Q(to_on__gte=from_on)
    if to_on is not None:
        overlapping &= Q(from_on__lte=to_on)
    if same.filter(overlapping).exists():
        raise AlreadyRecognised
    return Recognition.objects.create(
        household=household,
        cooperative=cooperative,
        produce=produce,
        track=track,
        document=document,
        from_on=from_on,
        to_on=to_on,
        by=by,
        at=at,
    )


@transaction.atomic
def end_recognition(recognition: Recognition, *, by: User, at: dt.datetime) -> Recognition:
    """Let a recognition end with yesterday (or on its first day, when it began today); its lots keep what they said."""
    recognition = Recognition.objects.select_for_update().get(pk=recognition.pk)
    today = clock.county_day(at)
    if recognition.to_on is not None and recognition.to_on < today:
        raise AlreadyEnded
    recognition.to_on = max(recognition.from_on, today - dt.timedelta(days=1))
    recognition.save(update_fields=["to_on"])
    events.record("recognition_ended", f"recognition:{recognition.pk}", by=by, at=at)
    return recognition
