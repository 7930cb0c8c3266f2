"""The published rules, as everybody may read them."""

import datetime as dt

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Tier
from catalog.models import Listing
from kernel import money, weight
from kernel.dates import period_words
from losses.models import ReliefScheme, SchemeRate, SchemeStatus


def published() -> QuerySet[ReliefScheme]:
    """Return what was ever published, the newest first; drafts are nobody's business yet."""
    return ReliefScheme.objects.exclude(status=SchemeStatus.DRAFT).select_related("payer", "account").order_by("-pk")


def open_schemes(on: dt.date) -> QuerySet[ReliefScheme]:
    """Return the schemes under which a loss may be reported on this day."""
    return published().filter(status=SchemeStatus.PUBLISHED, window_from__lte=on, window_to__gte=on)


def fitting(listing: Listing, *, on: dt.date) -> ReliefScheme | None:
    """Return the scheme a loss of this lot falls under: the newest open one that has a rate for its produce."""
    rates = SchemeRate.objects.filter(produce=listing.produce_id, category=SchemeRate.Category.SPOILED)
    return open_schemes(on).filter(pk__in=rates.values("scheme")).first()


def rate_of(scheme: ReliefScheme, listing: Listing) -> SchemeRate | None:
    """Return what one unit of this lot is relieved with."""
    return scheme.rates.filter(produce=listing.produce_id, category=SchemeRate.Category.SPOILED).first()


def as_row(scheme: ReliefScheme) -> dict:
    """Return a scheme as a line of the list."""
    open_now = scheme.status == SchemeStatus.PUBLISHED
    return {
        "url": reverse("scheme-detail", args=[scheme.pk]),
        "name": scheme.name,
        "window": _window(scheme),
        "status": {"tone": "ok" if open_now else "plain", "text": str(SchemeStatus(scheme.status).label)},
    }


def as_page(scheme: ReliefScheme) -> dict:
    """Return everything the rules say."""
    return {
        "scheme": {"name": scheme.name, "basis": scheme.legal_basis, **as_row(scheme)},
        "facts": [
            {"label": _("Losses from … to …"), "value": _window(scheme)},
            {"label": _("Who may apply"), "value": "、".join(str(Tier(tier).label) for tier in scheme.tiers)},
            {"label": _("At least"), "value": weight.both(scheme.min_loss_g)},
            {"label": _("At most a household"), "value": _("%(n)s yuan") % {"n": money.yuan(scheme.household_cap_fen)}},
            {
                "label": pgettext("rules", "On the village wall"),
                "value": _("%(n)s working days") % {"n": scheme.village_days},
            },
            {
                "label": pgettext("rules", "On the county notice"),
                "value": _("%(n)s working days") % {"n": scheme.county_days},
            },
            {"label": _("Paid by"), "value": scheme.payer.name},
            {"label": _("Money left"), "value": _("%(n)s yuan") % {"n": money.yuan(scheme.account.available_fen())}},
        ],
        "rates": [
            {
                "produce": rate.produce.name,
                "category": rate.get_category_display(),
                "per_jin": money.price_per_jin(rate.rate_fen, rate.rate_unit_g),
                "per_kg": money.price_per_kg(rate.rate_fen, rate.rate_unit_g),
            }
            for rate in scheme.rates.select_related("produce").order_by("produce__position", "produce__name")
        ],
    }


def _window(scheme: ReliefScheme) -> str:
    return period_words(scheme.window_from, scheme.window_to)
