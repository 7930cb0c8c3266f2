"""Who reads which report: the county's offices all of it, a township officer the own township; the auditor refusals."""

from django.core.exceptions import PermissionDenied

from accounts.models import Role, Somebody
from accounts.selectors import standing

COUNTY_READERS = (
    Role.OFFICIAL,
    Role.AUDITOR,
    Role.BUREAU_APPROVER,
    Role.FINANCE_MAKER,
    Role.FINANCE_CHECKER,
    Role.RELIEF_CLERK,
)


def access_tries(user: Somebody) -> None:
    """Let in the auditor alone."""
    if not standing(user).has(Role.AUDITOR):
        raise PermissionDenied


def access_reports(user: Somebody) -> str:
    """Return the township a reader is limited to, empty for the whole county; refuse everybody else."""
    who = standing(user)
    if who.has(*COUNTY_READERS):
        return ""
    for post in who.posts:
        if post.role == Role.TOWNSHIP_OFFICER:
            return post.area_code
    raise PermissionDenied
