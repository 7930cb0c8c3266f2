"""What the rules see on the sheet with number and date that is asked for where photos leave a doubt."""

from django.utils.translation import gettext as _

from losses.models import Visit
from losses.selectors.cards import cards_asked
from losses.services.seen import AMBER, GREEN, Look


def number_in_photo(visit: Visit) -> list[Look]:
    """See whether number and date can be read on a photo of a written visit; says nothing where that was not asked."""
    if not cards_asked([visit]):
        return []
    rule, title = "photo_card", _("Number and date stand in a photo of the visit")
    if visit.card_read:
        return [Look(rule, GREEN, title, _("The first verifier says that both can be read."))]
    missing = _("The first verifier does not say that both can be read (%(clause)s).")
    return [Look(rule, AMBER, title, missing % {"clause": visit.claim.scheme.legal_basis})]
