"""What the steps of one draft share: for whom, what comes next, and the words of its photo's states."""

from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import Somebody
from accounts.selectors import standing
from selling.models import ListingDraft
from selling.services import drafts


def next_step(draft: ListingDraft | None) -> str:
    """Return the name of the step that a photo leads to."""
    return "sell-produce" if draft is None or draft.produce_id is None else "sell-quantity"


def for_whom(draft: ListingDraft | None) -> str:
    """Return for which household somebody else types, empty for the own one."""
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
    """Return whether a draft sells anything but the goods of the own household."""
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
