"""Who may type a draft or fill a batch, and for whom."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import Household, Role, Somebody
from accounts.selectors import standing
from catalog.permissions import PROXIES, households_served
from kernel.identity import LARGEST_ID
from selling.models import EntryRow, EntrySheet, ListingDraft

MOST_NAMES = 5_000


def households_named(user: Somebody) -> QuerySet[Household]:
    """Return the households among which a written name is looked for, by village and number."""
    return households_served(user).order_by("village_id", "number")[:MOST_NAMES]


def access_draft(user: Somebody, draft_id: UUID) -> ListingDraft:
    """Return a draft this person began and may still type for its owner; anybody else's does not exist."""
    drafts = ListingDraft.objects.select_related("household", "household__village", "produce", "photo", "listing")
    draft = get_object_or_404(drafts, pk=draft_id, by=user)
    if not _types_for(user, draft):
        raise Http404
    return draft


def _types_for(user: Somebody, draft: ListingDraft) -> bool:
    who = standing(user)
    if draft.household is None:
        return draft.typed.get("cooperative") in who.organisations(Role.COOP_MANAGER)
    return draft.household_id == who.household_id or who.covers(draft.household.village_id, *PROXIES)


def access_sheet(user: Somebody, sheet_id: UUID) -> EntrySheet:
    """Return a sheet this person began and may still fill; anybody else's, or one of a post left, does not exist."""
    sheets = EntrySheet.objects.select_related("produce", "grade", "village__parent", "cooperative")
    sheet = get_object_or_404(sheets, pk=sheet_id, by=user)
    if not standing(user).covers(sheet.village_id, *PROXIES):
        raise Http404
    return sheet


def access_row(user: Somebody, sheet: EntrySheet, row_id: int) -> EntryRow:
    """Return a row of one's own sheet, of a household one lists for."""
    if row_id > LARGEST_ID:
        raise Http404
    rows = EntryRow.objects.filter(sheet=sheet, household__in=households_served(user))
    return get_object_or_404(rows.select_related("household", "photo"), pk=row_id)
