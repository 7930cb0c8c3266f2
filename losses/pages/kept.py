"""Reports without a net, in words: what a phone keeps of them, and what it says of what waits."""

from collections.abc import Iterable
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Somebody
from catalog.models import Listing
from kernel.present import name_of
from losses.services.told import ToldInPart

_NO_DRAFT = "00000000-0000-0000-0000-000000000000"


def bar(user: Somebody, lots: Iterable[Listing]) -> dict[str, Any]:
    """Return what the list of lots, or the page of one, tells the script that keeps reports.

    The address of the pack is another one for each person, each release, and whenever what is left of a lot is another.
    """
    release = getattr(staticfiles_storage, "manifest_hash", "")
    lots_now = " ".join(f"{lot.pk}:{lot.free()}" for lot in lots)
    known_by = salted_hmac("offline reports", f"{user.pk} {release} {lots_now}").hexdigest()[:16]
    return {"kept_words": words(), "offline": f"{reverse('report-offline')}?for={known_by}", "owner": user.pk}


def kept_one(lot: Listing) -> dict[str, str]:
    """Return where a report of this lot goes that a phone has kept, and its photos."""
    photo = reverse("report-photo", args=[lot.pk, _NO_DRAFT, 1, "0"])
    return {
        "id": str(lot.pk),
        "title": name_of(lot.produce),
        "url": reverse("report-written", args=[lot.pk]),
        "photos": photo.removesuffix(f"{_NO_DRAFT}/1/0/"),
    }


def words() -> dict[str, str]:
    """Return what the script says of a report that is on the phone, state by state."""
    return {
        "kept": _("Kept on this phone"),
        "typing": pgettext("report", "Kept on this phone, not finished"),
        "sending": pgettext("report", "Being sent"),
        "received": _("Received ({n})"),
        "refused": _("Not taken"),
        "signed-out": _("Sign in again, then it goes off. It is kept on this phone."),
        "lost": _("These goods are not yours any more. What you typed is still here; call the village cadre."),
        "waits": _("Kept on this phone. It goes off by itself when there is a net, and counts from today."),
        "photo": pgettext("report", "The photo is kept on this phone"),
        "photos": _("{n} photos are kept on this phone"),
        "unreadable": _("This photo cannot be read. Take another one."),
        "empty": _("Write how much is lost."),
        "no-photo": _("Take at least one photo of what is lost."),
        "cause": _("Choose what happened."),
        "day": _("Write the day on which it happened."),
        "elsewhere": _("Say whether the loss is insured, or whether you got money for it elsewhere."),
        "got": str(ToldInPart.message),
        "consent": _("Say how the household agreed."),
        "lost-so-much": pgettext("report", "lost: {n}"),
    }
