"""A household joins a co-operative and lets it sell; either side ends that, and both are told."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import CoopMember, Household, Mandate, Organisation, Role, User
from accounts.selectors import standing, users_in_post
from accounts.services.messages import tell
from kernel import clock
from kernel.dates import day_words
from kernel.entering import entering
from kernel.errors import DomainError
from kernel.present import StrOrPromise
from kernel.workflow import change
from records.services import events

Dated = TypeVar("Dated", CoopMember, Mandate)

_NO_LONGER_MEMBER = _("From %(day)s on %(household)s is no longer a member of %(coop)s, which no longer sells for it.")
_NO_LONGER_SELLS = _("From %(day)s on %(coop)s no longer sells for %(household)s. What was sold until then stays sold.")


class Ended(DomainError):
    code = "mandate_ended"
    message = _("This has ended already.")


def join(household: Household, cooperative: Organisation, *, from_on: dt.date, to_on: dt.date | None) -> CoopMember:
    """Write down that a household belongs to a co-operative."""
    return CoopMember.objects.create(household=household, cooperative=cooperative, from_on=from_on, to_on=to_on)


def give_mandate(
    household: Household,
    cooperative: Organisation,
    *,
    terms: Mapping[str, Any],
    from_on: dt.date,
    to_on: dt.date | None,
) -> Mandate:
    """Write down that a household lets a co-operative sell for it; the terms before these end on that day."""
    before = Mandate.objects.filter(household=household, cooperative=cooperative, from_on__lt=from_on)
    for mandate in before.exclude(to_on__lte=from_on):
        change(mandate, {"to_on": from_on})
    return Mandate.objects.create(household=household, cooperative=cooperative, from_on=from_on, to_on=to_on, **terms)


@transaction.atomic
def end_mandate(mandate: Mandate, *, by: User, at: dt.datetime) -> Mandate:
    """End what a co-operative may do: at once if the household says so, from tomorrow on if the co-operative does."""
    mandate = Mandate.objects.select_for_update().get(pk=mandate.pk)
    day = _last_day(mandate, by, at)
    _end(mandate, day, by=by, at=at)
    _tell(mandate, _NO_LONGER_SELLS, day, at)
    return mandate


@transaction.atomic
def end_membership(member: CoopMember, *, by: User, at: dt.datetime) -> CoopMember:
    """End a membership and what the co-operative may do for its member, as `end_mandate` does."""
    member = CoopMember.objects.select_for_update().get(pk=member.pk)
    day = _last_day(member, by, at)
    _end(member, day, by=by, at=at)
    theirs = Mandate.objects.select_for_update().filter(household=member.household, cooperative=member.cooperative)
    for mandate in theirs.exclude(to_on__lte=day):
        _end(mandate, max(day, mandate.from_on), by=by, at=at)
    _tell(member, _NO_LONGER_MEMBER, day, at)
    return member


@transaction.atomic
def end_all_of(household: Household, *, by: User, at: dt.datetime) -> None:
    """End today, in every co-operative, the memberships and mandates of a household that counts by another one."""
    today = clock.county_day(at)
    left: dict[int, CoopMember | Mandate] = {}
    for member in _open_rows(CoopMember, household, today).select_for_update(of=("self",)):
        _end(member, max(today, member.from_on), by=by, at=at)
        left[member.cooperative_id] = member
    for mandate in _open_rows(Mandate, household, today).select_for_update(of=("self",)):
        _end(mandate, max(today, mandate.from_on), by=by, at=at)
        left.setdefault(mandate.cooperative_id, mandate)
    for row in left.values():
        _tell(row, _NO_LONGER_MEMBER, today, at)


def coops_of(household: Household, day: dt.date) -> list[str]:
    """Return which co-operatives this household belongs to or is sold for by, on this day or later."""
    members = {row.cooperative.name for row in _open_rows(CoopMember, household, day)}
    return sorted(members | {row.cooperative.name for row in _open_rows(Mandate, household, day)})


def _open_rows(model: type[Dated], household: Household, day: dt.date) -> QuerySet[Dated]:
    """Return the rows of a household that have not ended on this day."""
    rows = model._default_manager.filter(household=household).exclude(to_on__lte=day)
    return rows.select_related("household", "cooperative").order_by("pk")


def _last_day(row: CoopMember | Mandate, by: User, at: dt.datetime) -> dt.date:
    """Return the first day without it."""
    of_household = standing(by).household_id == row.household_id
    day = clock.county_day(at) + dt.timedelta(days=0 if of_household else 1)
    day = max(day, row.from_on)
    if row.to_on is not None and row.to_on <= day:
        raise Ended
    return day


def _end(row: Dated, day: dt.date, *, by: User, at: dt.datetime) -> None:
    with entering(row.reference):
        change(row, {"to_on": day})
    events.record("mandate.ended", row.reference, by=by, at=at)


def _tell(row: CoopMember | Mandate, sentence: StrOrPromise, day: dt.date, at: dt.datetime) -> None:
    values = {"day": day_words(day), "household": row.household.number, "coop": row.cooperative.name}
    kind, document = "mandate.ended", row.reference
    tell(sentence, values, household=row.household, kind=kind, document=document, at=at)
    for user in users_in_post(row.cooperative, [Role.COOP_MANAGER], clock.county_day(at)):
        tell(sentence, values, phone=user.phone, kind=kind, document=document, at=at)
