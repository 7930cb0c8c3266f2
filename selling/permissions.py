"""Who may type a draft or fill a batch, and for whom."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import Household, Role, Somebody
from accounts.selectors import standing
from catalog.permissions import households_served
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
    if draft.household_id == who.household_id or who.covers(draft.household.village_id, Role.CADRE):
        return True
    return households_served(user).filter(pk=draft.household.pk).exists()


def lists_by_mandates(user: Somebody) -> bool:
    """Return whether whatever this person lists for others stands on mandates: a manager who serves no village."""
    who = standing(user)
    return who.has(Role.COOP_MANAGER) and not who.has(Role.CADRE)


def access_sheet(user: Somebody, sheet_id: UUID) -> EntrySheet:
    """Return a sheet this person began and may still fill; anybody else's, or one of a post left, does not exist."""
    sheets = EntrySheet.objects.select_related("produce", "grade", "village__parent", "cooperative")
    sheet = get_object_or_404(sheets, pk=sheet_id, by=user)
    if not standing(user).covers(sheet.village_id, Role.CADRE):
        get_object_or_404(households_served(user).filter(village=sheet.village_id)[:1])
    return sheet


def access_row(user: Somebody, sheet: EntrySheet, row_id: int) -> EntryRow:
    """Return a row of one's own sheet, of a household one lists for."""
    if row_id > LARGEST_ID:
        raise Http404
    rows = EntryRow.objects.filter(sheet=sheet, household__in=households_served(user))
    return get_object_or_404(rows.select_related("household", "photo"), pk=row_id)
