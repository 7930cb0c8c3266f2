"""Who answers for an approver who is away, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from canteens.models import ApprovalDeputy
from canteens.services.deputies import days_of


@dataclass(frozen=True, slots=True)
class DeputyRow:
    """One deputy as its page shows it, and where whoever named it ends it."""

    title: str
    days: str
    buyer: str
    end_url: str


def deputy_rows(rows: Iterable[ApprovalDeputy], user: User) -> list[DeputyRow]:
    """Return the deputies of a person, and for whom it is one itself."""
    return [
        DeputyRow(
            title=_title(row, user),
            days=days_of(row),
            buyer=row.organisation.name,
            end_url=reverse("deputy-end", args=[row.pk]) if row.person_id == user.person_id else "",
        )
        for row in rows
    ]


def _title(row: ApprovalDeputy, user: User) -> str:
    if row.person_id == user.person_id:
        return _("%(name)s answers for you") % {"name": row.deputy.name}
    return _("You answer for %(name)s") % {"name": row.person.name}
