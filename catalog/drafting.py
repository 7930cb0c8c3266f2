"""What the steps of one draft share: for whom, the words of its photo's states, and answers a phone reads by itself."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from catalog.models import ListingDraft
from catalog.services import drafts


def wants_json(request: HttpRequest) -> bool:
    """Say whether the page's own script asks, which reads JSON and never a page."""
    return request.headers.get("Accept", "").startswith("application/json")


def onward(request: HttpRequest, to: str) -> HttpResponse:
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
