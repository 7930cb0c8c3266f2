"""Drafts of purchase plans as their author finds them."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from canteens.pages.purchase_plans import PlanRow
from canteens.selectors.plan_drafts import draft_days, drafts_of, ends_on
from kernel.shown import Tag


def draft_rows(user: User, at: dt.datetime) -> list[PlanRow]:
    """Return the drafts of a person as the list of plans shows them, above the plans."""
    drafts = list(drafts_of(user))
    if not drafts:
        return []
    days = draft_days(at)
    return [
        PlanRow(
            url=reverse("plan-draft", args=[draft.pk]),
            label=draft.occasion[:60] or _("Without an occasion yet"),
            hint=_("not sent; kept until %(day)s") % {"day": ends_on(draft, days).isoformat()},
            status=Tag("plain", _("My draft")),
        )
        for draft in drafts
    ]
