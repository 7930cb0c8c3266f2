"""A listing being typed: kept here from the first photo on; one draft becomes one lot, however often it is sent."""

import datetime as dt
import hashlib
import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Household, Organisation, User
from accounts.selectors import standing
from catalog.models import Listing
from catalog.selectors.sellers import lists_by_mandate
from catalog.services.kilos import ForbiddenProduce
from catalog.services.listings import put_on_sale
from kernel.errors import DomainError
from kernel.versions import fingerprint
from kernel.workflow import lock
from produce.models import Produce
from records.models import StoredFile
from records.services import pieces
from records.services.idempotency import once
from records.services.photos import PhotosBusy, receive_photo
from selling.models import ListingDraft
from selling.services.photos import give_photo


class NothingChosen(DomainError):
    code = "nothing_chosen"
    message = _("First choose what you sell.")


@transaction.atomic
def begin(
    draft_id: uuid.UUID,
    *,
    household: Household | None = None,
    cooperative: Organisation | None = None,
    produce: Produce | None = None,
    typed: dict | None = None,
    by: User,
) -> ListingDraft:
    """Return the draft of this key, begun at first sight; a key begun by somebody else is a bug of the caller."""
    typed = dict(typed or {}) | ({"cooperative": cooperative.pk} if cooperative is not None else {})
    draft, _new = ListingDraft.objects.get_or_create(
        pk=draft_id, defaults={"by": by, "household": household, "produce": produce, "typed": typed}
    )
    if draft.by_id != by.pk:
        raise PermissionError("a draft belongs to whoever began it")
    return draft


def take_photo(
    draft: ListingDraft, upload: UploadedFile, *, camera_sha256: str = "", by: User, at: dt.datetime
) -> None:
    """Receive a photo and keep it, once: sent again while the first still is read, or after, it is the same photo.

    One that another has replaced meanwhile, and that is chosen again, takes its place again.
    """
    digest = _digest(upload)
    key = fingerprint("draft-photo", draft.pk, digest)

    def act() -> dict:
        photo = receive_photo(upload, by=by, at=at, camera_sha256=camera_sha256)
        keep_photo(draft, photo, by=by, at=at)
        return {"photo": str(photo.pk)}

    received = once(by, key, key, act).get("photo")
    draft.refresh_from_db(fields=["photo"])
    if received and not has_photo(draft, digest):
        keep_photo(draft, StoredFile.objects.get(pk=received), by=by, at=at)


def has_photo(draft: ListingDraft, digest: str) -> bool:
    """Return whether these very bytes are the photo of the draft."""
    return draft.photo is not None and draft.photo.sha256 == digest


def take_pieces(draft: ListingDraft, digest: str, *, camera_sha256: str = "", by: User, at: dt.datetime) -> None:
    """Receive the photo whose pieces have all arrived; they are dropped when it is kept, and when it is none.

    Asked for twice at once, the second finds the photo where the first has put it.
    """
    place = draft.pk.hex
    try:
        raw = pieces.whole(place, digest, by=by)
    except pieces.PiecesDiffer:
        draft.refresh_from_db(fields=["photo"])
        if has_photo(draft, digest):
            return
        raise
    try:
        take_photo(draft, SimpleUploadedFile("photo", raw), camera_sha256=camera_sha256, by=by, at=at)
    except PhotosBusy:
        raise  # they are tried again as they lie
    except DomainError:
        pieces.drop(place, digest, by=by)
        raise
    pieces.drop(place, digest, by=by)


@transaction.atomic
def keep_photo(draft: ListingDraft, photo: StoredFile, *, by: User, at: dt.datetime) -> ListingDraft:
    """Remember the photo of a draft; another one takes its place.

    A photo that arrives after the lot was put on sale becomes the lot's picture if it has none yet.
    """
    return give_photo(draft, photo, by=by, at=at)


@transaction.atomic
def choose_produce(draft: ListingDraft, produce: Produce) -> ListingDraft:
    """Remember what is sold; what may not be sold here is refused with its reason."""
    if produce.forbidden:
        raise ForbiddenProduce(produce)
    draft = lock(draft)
    draft.produce = produce
    draft.save(update_fields=["produce"])
    return draft


@transaction.atomic
def finish(draft: ListingDraft, *, at: dt.datetime, by: User, **answers: Any) -> Listing:
    """Put the drafted lot on sale once: sent again, the same lot comes back, whatever else was typed meanwhile."""
    draft = lock(draft)
    if draft.listing is not None:
        return draft.listing
    if draft.produce is None:
        raise NothingChosen
    listing = put_on_sale(**owner_of(draft), produce=draft.produce, photo=draft.photo, by=by, at=at, **answers)
    draft.listing = listing
    draft.save(update_fields=["listing"])
    return listing


def owner_of(draft: ListingDraft) -> dict:
    """Return for whom a draft is typed, as `put_on_sale` takes it."""
    if "cooperative" in draft.typed:
        return {"cooperative": Organisation.objects.select_related("place").get(pk=draft.typed["cooperative"])}
    return {"household": draft.household}


def for_others(draft: ListingDraft) -> bool:
    """Return whether a draft is typed for a household that its writer does not belong to."""
    return draft.household_id is not None and standing(draft.by).household_id != draft.household_id


def asks_consent(draft: ListingDraft, today: dt.date) -> bool:
    """Return whether its writer must say how the household agreed: not where it gave a mandate to list."""
    household = draft.household
    return household is not None and for_others(draft) and not lists_by_mandate(household, draft.by, today)


def _digest(upload: UploadedFile) -> str:
    digest = hashlib.sha256()
    for part in upload.chunks():
        digest.update(part)
    upload.seek(0)
    return digest.hexdigest()
