"""What the rules see of a whole village: all it reports of one produce in a season beside what its land may give."""

import datetime as dt

from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from catalog.models import PlotSeason
from catalog.services.plot_register import area_words
from kernel import clock, weight
from losses.models import ClaimFigure, ClaimStatus, LossClaim, Stage, are_animals
from losses.services.seen import AMBER, GREEN, Look
from records.selectors.policy import policies_on

OVER = (ClaimStatus.REFUSED, ClaimStatus.WITHDRAWN)


def village_harvest(claim: LossClaim) -> Look:
    """Hold the report with which a village passes what its land gives; who reported before it is not held."""
    rule, title = "village_harvest", _("The village grew that much")
    if are_animals(claim.goods):
        return Look(rule, GREEN, title, _("Animals are not measured by the village's land."))
    on = clock.county_day(claim.filed_at)
    values = policies_on(on)
    days, most_permille = values["season_days"], values["village_claims_permille"]
    planted = _planted(claim, on - dt.timedelta(days=days), on)
    if planted["capacity_g"] is None:
        unknown = _("Unknown: of this season no land of the village with this produce is written down.")
        return Look(rule, GREEN, title, unknown)
    reported_g, reports = _reported_so_far(claim, days)
    detail = _(
        "With this report %(n)s of the village in %(days)s days come to %(reported)s; its %(mu)s mu with this produce "
        "give at most %(capacity)s. More than %(part)s of a hundred of that is looked at (%(clause)s)."
    )
    said = {
        "n": reports,
        "days": days,
        "reported": weight.both(reported_g),
        "mu": area_words(planted["cmu"]),
        "capacity": weight.both(planted["capacity_g"]),
        "part": f"{most_permille / 10:g}",
        "clause": claim.scheme.legal_basis,
    }
    colour = AMBER if reported_g * 1000 > most_permille * planted["capacity_g"] else GREEN
    return Look(rule, colour, title, detail % said)


def _planted(claim: LossClaim, first: dt.date, last: dt.date) -> dict[str, int]:
    """Return the area of this produce in the village that is harvested in these days, and what it may give."""
    standing = PlotSeason.objects.filter(
        village=claim.household.village_id,
        produce=claim.rate.produce_id,
        superseded_at=None,
        harvest_from__lte=last,
        harvest_to__gte=first,
    )
    return standing.aggregate(cmu=Sum("area_cmu"), capacity_g=Sum("capacity_g"))


def _reported_so_far(claim: LossClaim, days: int) -> tuple[int, int]:
    """Return how many grams the village reported up to this report, itself included, and in how many reports."""
    before = Q(claim__filed_at__lt=claim.filed_at) | Q(claim__filed_at=claim.filed_at, claim__lte=claim.pk)
    figures = ClaimFigure.objects.filter(
        before,
        stage=Stage.DECLARED,
        round=F("claim__round"),
        claim__household__village=claim.household.village_id,
        claim__rate__produce=claim.rate.produce_id,
        claim__filed_at__gte=claim.filed_at - dt.timedelta(days=days),
    ).exclude(claim__status__in=OVER)
    grams = list(figures.values_list("quantity_g", flat=True))
    return sum(grams), len(grams)
