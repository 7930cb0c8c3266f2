"""What the rules see on goods that were called back."""

import datetime as dt

from django.utils.translation import gettext as _

from kernel import clock
from kernel.present import known
from losses.models import LossClaim
from losses.services.seen import AMBER, GREEN, Look


def recalled(claim: LossClaim, at: dt.datetime) -> Look:
    """See whether the lot is under recall: what nobody may eat was not lost by rain or for want of a buyer alone."""
    lot, title = known(claim.listing), _("The goods were not recalled")
    if lot.recalled_at is None:
        return Look("recalled", GREEN, title, _("The lot is under no recall."))
    found = _("Under recall since %(day)s: whether relief is due for it is for somebody to say (%(clause)s).")
    said = {"day": f"{clock.county_day(lot.recalled_at):%Y-%m-%d}", "clause": claim.scheme.legal_basis}
    return Look("recalled", AMBER, title, found % said)
