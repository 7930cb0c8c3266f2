"""The scale where there is no net, in words: what a phone keeps, what it says of what waits, who was quicker."""

from collections.abc import Iterable
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Somebody, User
from accounts.selectors import standing
from orders.models import Delivery, GoodsReceipt, ReceiptStatus


def bar(user: Somebody, trips: Iterable[Delivery]) -> dict[str, Any]:
    """Return what the page of the list or of a scale tells the script that keeps it; empty for whoever weighs nothing.

    The address of the pack is another one for each person, each release, and whenever the trips are others.
    """
    if not standing(user).organisations("receiver"):
        return {}
    release = getattr(staticfiles_storage, "manifest_hash", "")
    trips_now = " ".join(f"{trip.pk}:{trip.recalled}" for trip in trips)  # type: ignore[attr-defined]
    known = salted_hmac("offline scale", f"{user.pk} {release} {trips_now}").hexdigest()[:16]
    return {
        "scale_words": words(),
        "offline": f"{reverse('delivery-offline')}?for={known}",
        "owner": user.pk,
    }


def words() -> dict[str, str]:
    """Return what the script says of a weighing that is on the phone, state by state."""
    return {
        "kept": _("Kept on this phone"),
        "typing": _("Kept on this phone, not finished"),
        "sending": pgettext("weighing", "Being sent"),
        "received": _("Received ({n})"),
        "refused": _("Not taken"),
        "signed-out": _("Sign in again, then it goes off. It is kept on this phone."),
        "lost": _("This delivery is not to be found any more. Call whoever sent it; what you typed is kept."),
        "waits": _("Weighed. Kept on this phone; it goes off by itself when there is a net."),
        "photo": _("The photo is kept on this phone"),
        "shrinking": _("Making it smaller"),
        "unreadable": _("This photo cannot be read. Take another one."),
        "empty": _("Write what the scale says."),
        "less": _("Much less is here than was sent. Choose why."),
        "net": _("{n} kg"),
        "next": _("Next: {n}"),
        "all": _("Weighed, all of it"),
        "so-far": _("{done} weighed, {left} to go"),
        "accepted": _("accepted so far: {n} kg, {yuan} yuan"),
    }


def weighed_meanwhile(receipt: GoodsReceipt, user: User) -> str:
    """Return who was quicker, in words: nothing of what was typed on this phone counts, and nothing of it is lost."""
    if receipt.status == ReceiptStatus.SIGNED and receipt.signed_by is None:
        said = _(
            "Nobody weighed this delivery in time, so it counts as accepted: receipt %(number)s. What you typed is "
            "still here."
        )
        return said % {"number": receipt.number}
    if receipt.weighed_by_id == user.pk:
        said = _(
            "You have weighed this delivery already: receipt %(number)s. What you changed afterwards does not count; "
            "it is still here."
        )
        return said % {"number": receipt.number}
    name = receipt.weighed_by.person.name if receipt.weighed_by.person is not None else ""
    said = _(
        "%(name)s has weighed this delivery meanwhile: receipt %(number)s. What you typed is still here; compare the "
        "two."
    )
    return said % {"name": name, "number": receipt.number}
