"""What was tried at doors of money and decisions, and refused."""

from django.db.models import QuerySet

from records.models import RefusedTry


def refused_tries() -> QuerySet[RefusedTry]:
    """Return every refused try with who tried, for the auditor."""
    return RefusedTry.objects.select_related("by__person")
