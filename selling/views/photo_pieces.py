"""The photo of a draft in pieces: where it stands, and the next piece; only a phone's script asks here."""

import uuid

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedIn, from_own_page
from catalog import permissions as goods
from kernel import clock
from kernel.errors import DomainError
from records.doors import have_pieces, piece_refused, take_piece
from records.services import pieces
from selling.doors import begin_own, draft_of
from selling.models import ListingDraft
from selling.pages.drafts import next_step
from selling.services import drafts


@require_http_methods(["GET", "POST"])
@from_own_page
def photo_pieces(request: SignedIn, draft_id: uuid.UUID, digest: str) -> HttpResponse:
    """Return how much of a photo has arrived, or take the piece that follows; with the last one it is received."""
    draft = draft_of(request, draft_id)
    if draft is None:
        goods.access_sell(request.user)
    try:
        if request.method == "GET":
            have = pieces.held(draft_id.hex, digest, by=request.user)
            return _received(draft) if draft is not None and drafts.has_photo(draft, digest) else have_pieces(have)
        return _take(request, draft or begin_own(request, draft_id), digest)
    except DomainError as refusal:
        return piece_refused(refusal)


def _take(request: SignedIn, draft: ListingDraft, digest: str) -> HttpResponse:
    if drafts.has_photo(draft, digest):
        return _received(draft)
    if not take_piece(request, draft.pk.hex, digest, by=request.user):
        return have_pieces(pieces.held(draft.pk.hex, digest, by=request.user))
    camera_sha256 = request.headers.get("Camera-Sha256", "")
    drafts.take_pieces(draft, digest, camera_sha256=camera_sha256, by=request.user, at=clock.now())
    return _received(draft)


def _received(draft: ListingDraft) -> HttpResponse:
    return JsonResponse({"to": reverse(next_step(draft), args=[draft.pk])})
