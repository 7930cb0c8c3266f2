"""What the rules see on the hands of a claim: reports filed in bulk for others, visits that were hardly on the spot."""

import datetime as dt
from typing import Any

from django.db.models import Count, DateTimeField
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from kernel import clock
from kernel.distance import metres
from kernel.present import known
from losses.models import LossClaim, Visit
from losses.services.seen import AMBER, GREEN, Look
from records.selectors.policy import policy

AN_HOUR = dt.timedelta(hours=1)


def filed_in_bulk(claim: LossClaim) -> Look:
    """Count what the same person filed for other households in the hour up to this report."""
    title = _("Not filed in bulk for others")
    if not claim.by_proxy:
        return Look("filed_in_bulk", GREEN, title, _("The household reported it itself."))
    filed = LossClaim.objects.filter(
        by_proxy=True,
        filed_by__person=claim.filed_by.person_id,
        filed_at__gt=claim.filed_at - AN_HOUR,
        filed_at__lte=claim.filed_at,
    )
    count = filed.values("report").distinct().count()
    most = policy("proxy_reports_an_hour", clock.county_day(claim.filed_at))
    detail = _("Report no. %(n)s of this person for others within an hour; more than %(most)s are looked at.")
    colour = AMBER if count > most else GREEN
    return Look("filed_in_bulk", colour, title, detail % {"n": count, "most": most})


def visit_pace(visit: Visit) -> Look:
    """See whether the first verifier can have been there: how many visits that day, how fast from the one before."""
    title, written = _("The verifier can have been there"), _written_at(visit)
    day = clock.county_day(written)
    visits = _visits_of(visit).filter(written__gte=clock.day_start(day), written__lte=written)
    count = visits.aggregate(n=Count("claim", distinct=True))["n"]
    most, fastest = policy("visits_a_day", day), policy("visit_speed_kmh", day)
    if count > most:
        many = _("Visit no. %(n)s of this verifier on that day; more than %(most)s are looked at.")
        return Look("visit_pace", AMBER, title, many % {"n": count, "most": most})
    before = visits.exclude(claim=visit.claim_id).exclude(latitude_e6=None)
    last = before.order_by("-written", "-pk").first() if visit.latitude_e6 is not None else None
    if last is not None and (speed := _speed_kmh(last, visit)) > fastest:
        fast = _("From the visit before it takes %(speed)s km/h; more than %(most)s km/h is looked at.")
        return Look("visit_pace", AMBER, title, fast % {"speed": speed, "most": fastest})
    return Look("visit_pace", GREEN, title, _("Visit no. %(n)s of this verifier on that day.") % {"n": count})


def _visits_of(visit: Visit) -> Any:
    """Return what the first verifier of a visit wrote, with when."""
    written = Coalesce("phone_at", "first_signed_at", output_field=DateTimeField())
    return Visit.objects.filter(first__person=visit.first.person_id, first_signed_at__isnull=False).annotate(
        written=written
    )


def _written_at(visit: Visit) -> dt.datetime:
    """Return when a visit was written by the phone's clock, since visits made without a net arrive together."""
    return known(visit.phone_at or visit.first_signed_at)


def _speed_kmh(last: Visit, visit: Visit) -> int:
    """Return how fast one goes from one visit to the next, less what both phones may be wrong."""
    here = (known(visit.latitude_e6), known(visit.longitude_e6))
    way = metres((known(last.latitude_e6), known(last.longitude_e6)), here)
    way = max(0, way - (last.accuracy_m or 0) - (visit.accuracy_m or 0))
    seconds = max(1, round((_written_at(visit) - _written_at(last)).total_seconds()))
    return way * 36 // (seconds * 10)
