"""Who keeps the county's dictionary of goods, and who may read how it is kept."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import Role, Somebody
from accounts.selectors import standing
from kernel.identity import LARGEST_ID
from produce.models import Produce, ProduceChange
from produce.selectors.dictionary_changes import all_changes

# Who keeps the county's dictionary of goods, by two hands.
KEEPERS = (Role.VERIFIER, Role.BUREAU_APPROVER)


def can_keep_dictionary(user: Somebody) -> bool:
    """Return whether this person proposes and decides what the dictionary says: the bureau's own people."""
    return standing(user).has(*KEEPERS)


def access_dictionary(user: Somebody) -> None:
    """Let in whoever keeps the dictionary, and who audits."""
    if not standing(user).has(*KEEPERS, Role.AUDITOR):
        raise PermissionDenied


def access_keep_dictionary(user: Somebody) -> None:
    """Let in whoever may propose a change of the dictionary."""
    if not can_keep_dictionary(user):
        raise PermissionDenied


def produce_or_404(code: str) -> Produce:
    """Return one entry with its kind and grades."""
    return get_object_or_404(Produce.objects.select_related("category").prefetch_related("grades"), code=code)


def can_decide(user: Somebody, _change: ProduceChange) -> bool:
    """Return whether this person may decide proposals; not one's own, says the service."""
    return can_keep_dictionary(user)


def access_proposal(
    user: Somebody, change_id: int, *, to: Callable[[Somebody, ProduceChange], bool] | None = None
) -> ProduceChange:
    """Return one proposal to whoever keeps the dictionary."""
    access_dictionary(user)
    if change_id > LARGEST_ID:
        raise Http404
    change = get_object_or_404(all_changes(), pk=change_id)
    if to is not None and not to(user, change):
        raise PermissionDenied
    return change
