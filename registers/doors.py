"""What pages and endpoints of registers do alike."""

from django.db import transaction

from accounts.tasks import nudge
from registers.models import AT_ONCE, RegisterChange


def write_soon(change: RegisterChange) -> None:
    """Have a proposal of many rows written once its confirmation is committed, or by the next beat."""
    if change.size > AT_ONCE:
        transaction.on_commit(lambda: nudge("registers.tasks.write_changes"))
