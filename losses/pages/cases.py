"""What of relief stands still, by its name: awards that are not paid since their household got money elsewhere."""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Role
from accounts.selectors import Standing
from kernel.clock import county_day
from kernel.dates import spoken_day
from kernel.masking import mask_name
from kernel.piles import pile_of
from kernel.shown import Case, Pile
from losses.selectors.elsewhere import stopped_awards


def stopped(who: Standing, at: dt.datetime) -> Pile:
    """Return the awards that a row of money got elsewhere stops, until the row is struck out; the bureau's turn."""
    looks = who.has(Role.BUREAU_APPROVER)
    register = reverse("register", args=["other-relief"])

    def case(award: Any) -> Case:
        day, today = county_day(award.stopped_at), county_day(at)
        n = (today - day).days
        age = ngettext("for %(n)s day", "for %(n)s days", n) % {"n": n}
        since = _("stopped %(day)s") % {"day": spoken_day(day, today)}
        return Case(
            title=_("Relief of %(name)s is not paid: money got elsewhere")
            % {"name": mask_name(award.payable.payee_name)},
            facts=[award.claim.number, since, *([age] if n else [])],
            url=f"{register}?q={award.row_number}" if looks else reverse("batch-list"),
            act=pgettext("case", "See whether it is so") if looks else "",
            amount_fen=award.amount_fen,
            waits="" if looks else _("Waits for the bureau"),
        )

    return pile_of(stopped_awards(who), case, amount="amount_fen", url=register if looks else reverse("batch-list"))
