"""How pages and a phone's own script enter a draft: whose it is, and how either is answered."""

import uuid

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect

from accounts.doors import SignedIn
from catalog import permissions as goods
from selling import permissions
from selling.models import ListingDraft
from selling.services import drafts


def draft_of(request: SignedIn, draft_id: uuid.UUID) -> ListingDraft | None:
    """Return a draft that exists, None for a key not begun yet; somebody else's does not exist."""
    if not ListingDraft.objects.filter(pk=draft_id).exists():
        return None
    return permissions.access_draft(request.user, draft_id)


def begin_own(request: SignedIn, draft_id: uuid.UUID) -> ListingDraft:
    """Begin a draft for one's own household under the key that the page drew."""
    return drafts.begin(draft_id, household=goods.access_sell(request.user), by=request.user)


def wants_json(request: SignedIn) -> bool:
    """Return whether the page's own script asks, which reads JSON and never a page."""
    return request.headers.get("Accept", "").startswith("application/json")


def onward(request: SignedIn, to: str) -> HttpResponse:
    """Lead to the next step: a browser is redirected, a script is told where."""
    return JsonResponse({"to": to}) if wants_json(request) else redirect(to)
