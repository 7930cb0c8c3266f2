"""The photo of a draft in pieces: where it stands, and the next piece; only a phone's script asks here."""

import uuid

from django.http import HttpResponse, JsonResponse, UnreadablePostError
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedIn
from catalog import permissions as goods
from kernel import clock
from kernel.errors import DomainError
from records.services import pieces
from records.services.photos import MOST_BYTES, PhotosBusy
from selling.doors import begin_own, draft_of, from_own_page
from selling.models import ListingDraft
from selling.pages.drafts import next_step
from selling.services import drafts

READ = 64 * 1024
MOST_DIGITS = 9


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
            return _received(draft) if draft is not None and drafts.has_photo(draft, digest) else _have(have)
        return _take(request, draft or begin_own(request, draft_id), digest)
    except pieces.PieceDoesNotFit as refusal:
        return JsonResponse({"code": refusal.code, "message": str(refusal), "have": refusal.have}, status=409)
    except DomainError as refusal:
        return JsonResponse({"code": refusal.code, "message": str(refusal)}, status=_status(refusal))


def _status(refusal: DomainError) -> int:
    """Return 409 or 503 where a phone keeps and sends again, 400 where no sending makes it right."""
    if isinstance(refusal, pieces.PiecesDiffer):
        return 409
    return 503 if isinstance(refusal, PhotosBusy) else 400


def _take(request: SignedIn, draft: ListingDraft, digest: str) -> HttpResponse:
    if drafts.has_photo(draft, digest):
        return _received(draft)
    offset, total = _number(request, "Upload-Offset"), _number(request, "Upload-Length")
    have = pieces.add_piece(
        draft.pk.hex, digest, _body(request, total - offset), offset=offset, total=total, by=request.user
    )
    if have < total:
        return _have(have)
    camera_sha256 = request.headers.get("Camera-Sha256", "")
    drafts.take_pieces(draft, digest, camera_sha256=camera_sha256, by=request.user, at=clock.now())
    return _received(draft)


def _body(request: SignedIn, most: int) -> bytes:
    """Read the piece; of one whose connection broke, what came before counts. One byte too many is read, to be seen."""
    parts, left = [], min(max(most, 0), MOST_BYTES) + 1
    try:
        while left and (part := request.read(min(READ, left))):
            parts.append(part)
            left -= len(part)
    except UnreadablePostError:
        pass
    return b"".join(parts)


def _number(request: SignedIn, header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise pieces.BadPiece
    return int(text)


def _have(have: int) -> HttpResponse:
    return JsonResponse({"have": have})


def _received(draft: ListingDraft) -> HttpResponse:
    return JsonResponse({"to": reverse(next_step(draft), args=[draft.pk])})
