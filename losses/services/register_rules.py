"""What the rules see on the register: a household that was entered shortly before its loss, beside how many others."""

import datetime as dt

from django.db.models import Min
from django.utils.translation import gettext as _

from accounts.models import Household
from kernel import clock
from kernel.present import known
from losses.models import LossClaim
from losses.services.seen import AMBER, GREEN, Look
from records.selectors.policy import policy


def entered_before(claim: LossClaim, at: dt.datetime) -> Look:
    """See whether the household stood on the register well before the report, or was entered for it.

    Where the village's whole register is as young, as when a county begins, that says nothing. A household that was
    split off another is as old as that one.
    """
    rule, title = "entered_before", _("The household stood on the register before")
    entered_on, filed_on = clock.county_day(_first_entered(claim.household)), clock.county_day(claim.filed_at)
    least = dt.timedelta(days=policy("entered_before_days", filed_on))
    words = {"day": f"{entered_on:%Y-%m-%d}", "days": least.days, "clause": claim.scheme.legal_basis}
    if filed_on - entered_on >= least:
        return Look(rule, GREEN, title, _("On the register since %(day)s.") % words)
    of_village = Household.objects.filter(village=claim.household.village_id)
    begun_on = clock.county_day(known(of_village.aggregate(first=Min("created_at"))["first"]))
    if entered_on - begun_on < least:
        young = _("On the register since %(day)s, as its whole village has been since %(begun)s.")
        return Look(rule, GREEN, title, young % (words | {"begun": f"{begun_on:%Y-%m-%d}"}))
    entered_that_day = of_village.filter(
        created_at__gte=clock.day_start(entered_on), created_at__lt=clock.day_end(entered_on), split_from=None
    )
    fresh = _(
        "Entered only on %(day)s, one of %(n)s households of the village on that day. Less than %(days)s days before a "
        "report is looked at: see that it lives and farms there (%(clause)s)."
    )
    return Look(rule, AMBER, title, fresh % (words | {"n": entered_that_day.count()}))


def _first_entered(household: Household) -> dt.datetime:
    """Return when a household was entered, or the one that it was split off."""
    while household.split_from is not None:
        household = household.split_from
    return household.created_at
