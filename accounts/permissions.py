"""Who may open the register of households."""

from django.core.exceptions import PermissionDenied

from accounts.models import Role, Somebody
from accounts.selectors import REGISTER_ROLES, standing


def can_import_households(user: Somebody) -> bool:
    """Return whether this person brings in lists of households."""
    return standing(user).has(Role.RELIEF_CLERK)


def access_register(user: Somebody) -> None:
    """Let in whoever looks after households, each to their own area."""
    if not standing(user).has(*REGISTER_ROLES):
        raise PermissionDenied


def access_household_import(user: Somebody) -> None:
    """Let in the relief office's clerks only."""
    if not can_import_households(user):
        raise PermissionDenied


def access_places(user: Somebody) -> None:
    """Let in the bureau, which says where the villages lie."""
    if not standing(user).has(Role.BUREAU_APPROVER, Role.VERIFIER):
        raise PermissionDenied
