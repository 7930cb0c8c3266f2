"""What the steps of one draft share: for whom, the words of its photo's states, and answers a phone reads by itself."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.doors import SignedIn
from accounts.models import Somebody
from accounts.selectors import standing
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


def next_step(draft: ListingDraft | None) -> str:
    """Return the name of the step that a photo leads to."""
    return "sell-produce" if draft is None or draft.produce_id is None else "sell-quantity"


def from_own_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse what the page of one person sends after another has signed in on the same phone: it is sent again later.

    The page's script says whose page it is. A browser without it says nothing, and its form fails by its old token.
    """

    @wraps(view)
    def guarded(request: SignedIn, *args: Any, **kwargs: Any) -> HttpResponse:
        owner = request.headers.get("Draft-Owner")
        if owner is None or owner == str(request.user.pk):
            return view(request, *args, **kwargs)
        words = _("Somebody else has signed in on this phone. This is kept here and goes off when you sign in again.")
        return JsonResponse({"code": "other_person", "message": words}, status=409)

    return guarded


def wants_json(request: SignedIn) -> bool:
    """Say whether the page's own script asks, which reads JSON and never a page."""
    return request.headers.get("Accept", "").startswith("application/json")


def onward(request: SignedIn, to: str) -> HttpResponse:
    """Lead to the next step: a browser is redirected, a script is told where."""
    return JsonResponse({"to": to}) if wants_json(request) else redirect(to)


def for_whom(draft: ListingDraft | None) -> str:
    """Say for which household somebody else types, empty for the own one."""
    if draft is None or draft.household is None or not drafts.for_others(draft):
        return ""
    return _("For %(name)s, %(village)s") % {
        "name": draft.household.head_name,
        "village": draft.household.village.short_name,
    }


def offline_steps(user: Somebody) -> str:
    """Return where a phone fetches the steps it draws itself, another address for each person and each release.

    Empty for whoever has no household: goods of others are listed with a net only.
    """
    if standing(user).household is None:
        return ""
    release = getattr(staticfiles_storage, "manifest_hash", "")
    return f"{reverse('sell-offline')}?for={salted_hmac('offline steps', f'{user.pk} {release}').hexdigest()[:16]}"


def is_for_others(draft: ListingDraft | None, user: Somebody) -> bool:
    """Say whether a draft sells anything but the goods of the own household."""
    return draft is not None and draft.household_id != standing(user).household_id


def photo_words() -> dict[str, str]:
    """Return what a page says of a photo that is still on the phone, state by state."""
    return {
        "shooting": _("Take the photo, then press the tick"),
        "shrinking": _("Making it smaller"),
        "uploading": _("Sending the photo: {n}%"),
        "slow": _("The net is slow. Do not close, it is kept on this phone."),
        "done": _("Photo received"),
        "waiting": _("The photo is kept on this phone and goes off by itself"),
        "signed-out": _("Sign in again, then the photo goes off. It is kept on this phone."),
        "unreadable": _("This photo cannot be read. Take another one."),
    }
