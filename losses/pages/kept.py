"""Reports without a net, in words: what a phone keeps of them, and what it says of what waits."""

from collections.abc import Iterable
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Somebody
from catalog.models import PlotSeason
from kernel.present import name_of
from losses.models import Goods
from losses.selectors.lots import left_of
from losses.services.told import ToldInPart

_NO_DRAFT = "00000000-0000-0000-0000-000000000000"


def bar(user: Somebody, goods: Iterable[Goods]) -> dict[str, Any]:
    """Return what the lists of own lots and crops, or the page of one, tell the script that keeps reports.

    The address of the pack is another one for each person, each release, and whenever what is left of them is another.
    """
    release = getattr(staticfiles_storage, "manifest_hash", "")
    goods_now = " ".join(f"{page_of(one)}:{left_of(one)}" for one in goods)
    known_by = salted_hmac("offline reports", f"{user.pk} {release} {goods_now}").hexdigest()[:16]
    return {"kept_words": words(), "offline": f"{reverse('report-offline')}?for={known_by}", "owner": user.pk}


def page_of(goods: Goods) -> str:
    """Return under which name a phone keeps the page of a lot or a crop: the end of its address, as sw.js reads it."""
    return f"crops/{goods.pk}/new" if isinstance(goods, PlotSeason) else f"new/{goods.pk}"


def kept_one(goods: Goods) -> dict[str, str]:
    """Return where a report of this lot or crop goes that a phone has kept, and its photos."""
    crop = "crop-" if isinstance(goods, PlotSeason) else ""
    photo = reverse(f"{crop}report-photo", args=[goods.pk, _NO_DRAFT, 1, "0"])
    return {
        "id": f"{crop}{goods.pk}",
        "title": name_of(goods.produce),
        "url": reverse(f"{crop}report-written", args=[goods.pk]),
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
