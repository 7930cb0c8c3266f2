"""Who reads which report: the county's offices all of it, a township officer the own township; the auditor refusals."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from accounts.models import Role, Somebody
from accounts.selectors import standing
from records.models import MassReading

COUNTY_READERS = (
    Role.OFFICIAL,
    Role.AUDITOR,
    Role.BUREAU_APPROVER,
    Role.FINANCE_MAKER,
    Role.FINANCE_CHECKER,
    Role.RELIEF_CLERK,
)


def access_log(user: Somebody) -> None:
    """Let in the auditor alone: to what was done, what was refused, and who looked at whose data."""
    if not standing(user).has(Role.AUDITOR):
        raise PermissionDenied


def access_mass_reading(user: Somebody, mass_reading_id: int) -> MassReading:
    """Return one flag for the auditor."""
    access_log(user)
    return get_object_or_404(MassReading, pk=mass_reading_id)


def access_reports(user: Somebody) -> str:
    """Return the township a reader is limited to, empty for the whole county; refuse everybody else."""
    who = standing(user)
    if who.has(*COUNTY_READERS):
        return ""
    for post in who.posts:
        if post.role == Role.TOWNSHIP_OFFICER:
            return post.area_code
    raise PermissionDenied
