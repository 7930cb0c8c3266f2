"""What the rules see on where a visit was written and signed: each verifier by the own phone."""

from django.utils.translation import gettext as _

from kernel import clock
from kernel.distance import metres_at_least
from kernel.present import known
from losses.models import LossClaim, OddPlace, Visit
from losses.services.seen import AMBER, GREEN, Look
from records.selectors.policy import policy


def visited_where(claim: LossClaim, visit: Visit) -> Look:
    """Compare where the phone stood as the visit was written with the point of the village."""
    title = _("The visit was where the goods lie")
    here = _point(visit.latitude_e6, visit.longitude_e6)
    if here is None:
        return Look("visit_place", AMBER, title, _("The phone did not say where it was."))
    village = _village(claim)
    if village is None:
        return Look("visit_place", GREEN, title, _("Nobody has said where the village lies."))
    away = metres_at_least(here, village)
    colour = AMBER if away - (visit.accuracy_m or 0) > _most(claim, visit) else GREEN
    return Look("visit_place", colour, title, _village_words(away, visit.accuracy_m))


def signed_where(claim: LossClaim, visit: Visit) -> list[Look]:
    """Compare where the second's phone stood with where the first's did, and with the village; before that nothing."""
    if visit.second_signed_at is None:
        return []
    rule, title = "visit_second", _("The second verifier was there too")
    here = _point(visit.second_latitude_e6, visit.second_longitude_e6)
    if here is None:
        return [Look(rule, GREEN, title, _("Unknown: the second's phone did not say where it was."))]
    first, accuracy = _point(visit.latitude_e6, visit.longitude_e6), visit.second_accuracy_m or 0
    if first is not None:
        apart = min(metres_at_least(here, first), metres_at_least(first, here))  # one phone's grid may be shifted
        most = policy("verifiers_apart_m", clock.county_day(visit.second_signed_at))
        if apart - accuracy - (visit.accuracy_m or 0) > most:
            said = _("The two phones were %(km)s km apart; more than %(most)s km is looked at.")
            return [Look(rule, AMBER, title, said % {"km": km(apart), "most": km(most)})]
    village = _village(claim)
    if village is None:
        return [Look(rule, GREEN, title, _("Nobody has said where the village lies."))]
    away = metres_at_least(here, village)
    colour = AMBER if away - accuracy > _most(claim, visit) else GREEN
    return [Look(rule, colour, title, _village_words(away, visit.second_accuracy_m))]


def made_up(visit: Visit) -> list[Look]:
    """See whether a place that a verifier's phone told looks made up; where no phone told one, nothing."""
    told = [
        (_("The first"), visit.accuracy_m, visit.odd_place),
        (_("The second"), visit.second_accuracy_m, visit.second_odd_place),
    ]
    if all(accuracy is None for __, accuracy, __ in told):
        return []
    rule, title = "visit_odd_place", _("The places do not look made up")
    said = [
        _("%(who)s: %(odd)s") % {"who": who, "odd": "，".join(str(OddPlace(one).label) for one in odd.split(","))}
        for who, __, odd in told
        if odd
    ]
    if said:
        return [Look(rule, AMBER, title, "；".join(said))]
    return [Look(rule, GREEN, title, _("As far as a browser can tell."))]


def _point(latitude_e6: int | None, longitude_e6: int | None) -> tuple[int, int] | None:
    return None if latitude_e6 is None or longitude_e6 is None else (latitude_e6, longitude_e6)


def _village(claim: LossClaim) -> tuple[int, int] | None:
    village = claim.household.village
    return _point(village.latitude_e6, village.longitude_e6)


def _most(claim: LossClaim, visit: Visit) -> int:
    far = policy("visit_far_m", clock.county_day(known(visit.first_signed_at)))
    return max(claim.household.village.radius_m or 0, far)


def _village_words(away: int, accuracy_m: int | None) -> str:
    said = _("%(km)s km from the village's point; the phone knew its place to %(m)s m.")
    return said % {"km": km(away), "m": accuracy_m}


def km(m: int) -> str:
    """Return metres as kilometres with one digit behind the point, cut."""
    return f"{m // 1000}.{m % 1000 // 100}"
