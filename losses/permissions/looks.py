"""Who reads the work on losses, who calls households that nobody visits, who takes a re-inspection at awards."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from accounts.models import Role, User
from accounts.selectors import standing
from accounts.selectors.grievances import heads_bureau
from losses.models import CallBack, Reinspection
from losses.selectors.calling import CALLERS, VILLAGE, calls_seen_by
from losses.selectors.reinspecting import VILLAGE as LOOKED_VILLAGE
from losses.selectors.reinspecting import reinspections_seen_by

OF_CLAIM = "household__village_id"
WORK_READERS = (Role.BUREAU_APPROVER, Role.AUDITOR, Role.TOWNSHIP_OFFICER)


def access_workload(user: User) -> Q:
    """Return the claims whose work somebody may read: all to the head of the bureau, of their area to desk and auditor.

    A township's officer reads that of the own township.
    """
    who = standing(user)
    if heads_bureau(who):
        return Q()
    if not reads_workload(user):
        raise PermissionDenied
    return who.within(OF_CLAIM, *WORK_READERS)


def reads_workload(user: User) -> bool:
    """Return whether this person reads whose work on losses there is."""
    who = standing(user)
    return heads_bureau(who) or who.has(*WORK_READERS)


def access_calls(user: User) -> QuerySet[CallBack]:
    """Return the calls of the area to whoever makes them, and to the auditor."""
    if not standing(user).has(*CALLERS, Role.AUDITOR):
        raise PermissionDenied
    return calls_seen_by(standing(user))


def access_call(user: User, call_id: int) -> CallBack:
    """Return one call to whoever may make it, with the household's telephone number."""
    who = standing(user)
    if not who.has(*CALLERS):
        raise PermissionDenied
    return get_object_or_404(calls_seen_by(who).filter(who.within(VILLAGE, *CALLERS)), pk=call_id)


def makes_calls(user: User) -> bool:
    """Return whether this person calls households, and so reads whom."""
    return standing(user).has(*CALLERS)


def access_reinspections(user: User) -> QuerySet[Reinspection]:
    """Return the re-inspections of the area to whoever takes them, and to the auditor."""
    if not standing(user).has(*CALLERS, Role.AUDITOR):
        raise PermissionDenied
    return reinspections_seen_by(standing(user))


def access_reinspection(user: User, reinspection_id: int) -> Reinspection:
    """Return one re-inspection to whoever may take it."""
    who = standing(user)
    if not who.has(*CALLERS):
        raise PermissionDenied
    rows = reinspections_seen_by(who).filter(who.within(LOOKED_VILLAGE, *CALLERS))
    return get_object_or_404(rows, pk=reinspection_id)
