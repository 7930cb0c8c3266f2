"""What the rules see of a claim beside those of others: neighbours' quantities, splitting, copied figures and places.

Whoever came first is never held by what a later one does: splitting, equal figures and photos of one place are held
against the later claim alone. Beside its neighbours each claim is seen: one far above them is so whoever came first.
"""

import datetime as dt
from collections import Counter
from statistics import median_low
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import BankCard, Household
from accounts.selectors import counted_with, kin_households
from kernel import clock, money
from kernel.distance import metres
from losses.models import ClaimFigure, ClaimStatus, LossClaim, Stage
from losses.selectors.claims import all_figures, claim_role, declared
from losses.services.seen import AMBER, GREEN, Look
from records.models import Attachment
from records.selectors.policy import policies_on, policy

MOST_COMPARED = 1000  # reports of a season
NEWEST = 200  # photos of neighbours that are looked at
MOST_NAMED = 5
OVER = (ClaimStatus.REFUSED, ClaimStatus.WITHDRAWN)


def neighbour_looks(claim: LossClaim) -> list[Look]:
    """Run every rule that needs the claims of others."""
    if claim.sale_id is not None:
        return [_split(claim), _just_below(claim), *_equal_figures(claim)]
    beside = [_beside_neighbours(claim), _among_the_largest(claim)]
    return [*beside, _split(claim), _just_below(claim), _same_place(claim), *_equal_figures(claim)]


def _beside_neighbours(claim: LossClaim) -> Look:
    """Compare what a household reports with the middle of its neighbours: same village, produce and week."""
    rule, title = "neighbours", _("Not far above the neighbours")
    on = clock.county_day(claim.filed_at)
    most_permille, least = policy("neighbour_claims_permille", on), policy("neighbours_least", on)
    by_mu = claim.plot_season_id is not None
    sums = _sums_of_neighbours(claim, by_mu=by_mu)
    own = sums.pop(claim.household_id, declared(claim).quantity)
    if len(sums) < least:
        few = _("Unknown: %(n)s neighbours reported this produce in that week, %(least)s are needed to compare.")
        return Look(rule, GREEN, title, few % {"n": len(sums), "least": least})
    middle = median_low(sums.values())
    said = {
        "own": claim.goods.in_words(own),
        "n": len(sums),
        "middle": claim.goods.in_words(middle),
        "most": f"{most_permille / 1000:g}",
        "clause": claim.scheme.legal_basis,
    }
    if by_mu:
        detail = _(
            "%(own)s a mu; the middle of %(n)s neighbours is %(middle)s a mu. More than %(most)s times that is looked "
            "at (%(clause)s)."
        )
    else:
        detail = _(
            "%(own)s; the middle of %(n)s neighbours is %(middle)s. More than %(most)s times that is looked at "
            "(%(clause)s)."
        )
    return Look(rule, AMBER if own * 1000 > most_permille * middle else GREEN, title, detail % said)


def _sums_of_neighbours(claim: LossClaim, *, by_mu: bool) -> dict[Any, int]:
    """Return what each household of the village reports of the produce in that week, of crops a mu."""
    reported = ClaimFigure.objects.filter(
        stage=Stage.DECLARED,
        round=F("claim__round"),
        claim__household__village=claim.household.village_id,
        claim__rate__produce=claim.rate.produce_id,
        claim__sale=None,
        claim__plot_season__isnull=not by_mu,
        claim__happened_on__range=_around(claim),
    ).exclude(claim__status__in=OVER)
    rows = reported.values_list("claim__household_id").annotate(
        sum=Sum("quantity"), cmu=Sum("claim__plot_season__area_cmu")
    )
    return {household: total * 100 // cmu if by_mu else total for household, total, cmu in rows}


def _among_the_largest(claim: LossClaim) -> Look:
    """Compare a report with those of the village and produce in a season: above nearly all of them it is looked at."""
    rule, title = "largest", _("Not among the largest of the season")
    values = policies_on(clock.county_day(claim.filed_at))
    days, least, part = values["season_days"], values["largest_least"], values["largest_permille"]
    before = ClaimFigure.objects.filter(
        stage=Stage.DECLARED,
        round=F("claim__round"),
        claim__household__village=claim.household.village_id,
        claim__rate__produce=claim.rate.produce_id,
        claim__sale=None,
        claim__plot_season__isnull=claim.plot_season_id is None,
        claim__filed_at__lt=claim.filed_at,
        claim__filed_at__gte=claim.filed_at - dt.timedelta(days=days),
    ).exclude(claim__status__in=OVER)
    sizes = sorted(before.order_by("-pk").values_list("quantity", flat=True)[:MOST_COMPARED])
    if len(sizes) < least:
        few = _("Unknown: %(n)s reports of this produce came from the village in %(days)s days, %(least)s are needed.")
        return Look(rule, GREEN, title, few % {"n": len(sizes), "days": days, "least": least})
    limit = sizes[-(-len(sizes) * part // 1000) - 1]  # so many of a thousand are no larger
    own = declared(claim).quantity
    detail = _(
        "%(own)s; %(part)s of a hundred of the %(n)s reports before it are at most %(limit)s. More is looked at "
        "(%(clause)s)."
    )
    said = {
        "own": claim.goods.in_words(own),
        "part": f"{part / 10:g}",
        "n": len(sizes),
        "limit": claim.goods.in_words(limit),
        "clause": claim.scheme.legal_basis,
    }
    return Look(rule, AMBER if own > limit else GREEN, title, detail % said)


def _just_below(claim: LossClaim) -> Look:
    """Count reports of a household and of those tied to it that come to just less than what asks for more papers."""
    rule, title = "just_below", _("Not kept just below an amount that asks for more")
    limits = [limit for limit in claim.scheme.papers.values_list("from_fen", flat=True) if limit]
    if not limits:
        return Look(rule, GREEN, title, _("These rules ask for the same papers of every amount."))
    on = clock.county_day(claim.filed_at)
    values = policies_on(on)
    below, most, days = values["just_below_permille"], values["just_below_reports"], values["just_below_days"]
    worth = _worth_fen(claim)
    near = [limit for limit in limits if limit * (1000 - below) <= worth * 1000 < limit * 1000]
    if not near:
        far = _("%(worth)s yuan is not just below any amount from which on more papers are asked for.")
        return Look(rule, GREEN, title, far % {"worth": money.yuan(worth)})
    limit = near[0]
    own = [*_tied_to(claim.household, on), *counted_with(claim.household).values_list("pk", flat=True)]
    since = claim.filed_at - dt.timedelta(days=days)
    others = _live(claim.scheme.claims.filter(household__in=own, filed_at__gte=since, filed_at__lte=claim.filed_at))
    alike = [
        other
        for other in others.prefetch_related("figures")
        if limit * (1000 - below) <= _worth_fen(other) * 1000 < limit * 1000
    ]
    detail = _(
        "%(n)s reports of the household and those tied to it in %(days)s days come to at most %(part)s percent less "
        "than %(limit)s yuan, from which on more papers are asked for; %(most)s are looked at (%(clause)s)."
    )
    said = {
        "n": len(alike),
        "days": days,
        "part": f"{below / 10:g}",
        "limit": money.yuan(limit),
        "most": most,
        "clause": claim.scheme.legal_basis,
    }
    return Look(rule, AMBER if len(alike) >= most else GREEN, title, detail % said)


def _around(claim: LossClaim) -> tuple[dt.date, dt.date]:
    """Return the first and the last day whose losses count as those of the same time."""
    apart = dt.timedelta(days=policy("neighbour_days", clock.county_day(claim.filed_at)))
    return claim.happened_on - apart, claim.happened_on + apart


def _split(claim: LossClaim) -> Look:
    """Add up what households that belong together reported before: kin, one telephone or one card."""
    rule, title = "split", _("Not split over households that belong together")
    on = clock.county_day(claim.filed_at)
    tied, days = _tied_to(claim.household, on), policy("split_days", on)
    since = claim.filed_at - dt.timedelta(days=days)
    before = _live(claim.scheme.claims.filter(household__in=tied, filed_at__gte=since, filed_at__lt=claim.filed_at))
    worth = [_worth_fen(other) for other in before.prefetch_related("figures")] if tied else []
    if not worth:
        nobody = _("No household of the same kin, telephone or card reported in %(days)s days.") % {"days": days}
        return Look(rule, GREEN, title, nobody)
    total, cap = sum(worth) + _worth_fen(claim), claim.scheme.household_cap_fen
    detail = _(
        "With %(n)s reports of households of the same kin, telephone or card in %(days)s days it comes to %(total)s "
        "yuan; one household gets at most %(cap)s yuan (%(clause)s)."
    )
    said = {
        "n": len(worth),
        "days": days,
        "total": money.yuan(total),
        "cap": money.yuan(cap),
        "clause": claim.scheme.legal_basis,
    }
    return Look(rule, AMBER if total > cap else GREEN, title, detail % said)


def _tied_to(household: Household, on: dt.date) -> set[Any]:
    """Return the keys of other households of the same kin, telephone or card; short questions, each by its index."""
    tied = set(kin_households(household.head_id, on))
    if household.phone_index:
        tied |= set(Household.objects.filter(phone_index=household.phone_index).values_list("pk", flat=True))
    indexes = list(household.cards.values_list("index", flat=True))
    by_card = BankCard.objects.filter(index__in=indexes, household__isnull=False)
    tied |= set(by_card.values_list("household_id", flat=True))
    return tied - set(counted_with(household).values_list("pk", flat=True)) - {household.pk}


def _worth_fen(claim: LossClaim) -> int:
    """Return what a claim would come to as it was declared, before any cap."""
    quantity_g = next(row.quantity_g for row in reversed(_figures(claim)) if row.stage == Stage.DECLARED)
    return quantity_g * claim.per_fen // claim.per_g


def _figures(claim: LossClaim) -> list[ClaimFigure]:
    kept = getattr(claim, "_prefetched_objects_cache", {})
    return sorted(claim.figures.all(), key=lambda row: row.pk) if "figures" in kept else all_figures(claim)


def _equal_figures(claim: LossClaim) -> list[Look]:
    """See whether whoever checked wrote the same figure in the same words again and again on one day."""
    looks = []
    for figure in all_figures(claim):
        if figure.stage not in (Stage.VILLAGE, Stage.TOWNSHIP) or figure.round != claim.round:
            continue
        day = clock.county_day(figure.at)
        alike = ClaimFigure.objects.filter(
            stage=figure.stage,
            by__person=figure.by.person_id,
            quantity=figure.quantity,
            why=figure.why,
            at__gte=clock.day_start(day),
            at__lte=figure.at,
        )
        count, most = alike.values("claim").distinct().count(), policy("same_figures_a_day", day)
        detail = _(
            "Figure no. %(n)s of this person that day with equal quantity and words; more than %(most)s are looked at."
        )
        colour = AMBER if count > most else GREEN
        looks.append(
            Look(f"same_figures_{figure.stage}", colour, _title_of(figure.stage), detail % {"n": count, "most": most})
        )
    return looks


def _title_of(stage: str) -> str:
    if stage == Stage.VILLAGE:
        return _("The village counted each one for itself")
    return _("The township counted each one for itself")


def _same_place(claim: LossClaim) -> Look:
    """See whether a photo was taken where and when a claim of another plot had one taken; the earlier is not held."""
    rule, title = "photo_place", _("The photos were taken where nobody else's were")
    on = clock.county_day(claim.filed_at)
    near_m, minutes = policy("photo_cluster_m", on), policy("photo_cluster_minutes", on)
    own = _placed([claim])
    if not own:
        return Look(rule, GREEN, title, _("Unknown: no photo of the report says where and when it was taken."))
    others = {other.number: other for other in _of_other_plots(claim)}
    seen = Counter(
        number
        for number, spot, taken in _placed(list(others.values()))
        for _own, own_spot, own_taken in own
        if abs(taken - own_taken) <= dt.timedelta(minutes=minutes) and metres(spot, own_spot) < near_m
    )
    said = {"m": near_m, "minutes": minutes}
    mine = (claim.filed_at, claim.pk)
    before = sorted(number for number in seen if (others[number].filed_at, others[number].pk) < mine)
    if before:
        detail = pgettext(
            "photos", "Within %(m)s m and %(minutes)s minutes of a photo of %(numbers)s, which came before."
        )
        return Look(rule, AMBER, title, detail % (said | {"numbers": "、".join(before[:MOST_NAMED])}))
    if seen:
        detail = pgettext(
            "photos", "Within %(m)s m and %(minutes)s minutes of a photo of %(numbers)s, which came later and is held."
        )
        return Look(rule, GREEN, title, detail % (said | {"numbers": "、".join(sorted(seen)[:MOST_NAMED])}))
    nobody = _("No photo of another plot was taken within %(m)s m and %(minutes)s minutes.")
    return Look(rule, GREEN, title, nobody % said)


def _of_other_plots(claim: LossClaim) -> list[LossClaim]:
    """Return the newest reports of the village and time on other plots: of neighbours, and of another own parcel."""
    others = _live(LossClaim.objects.filter(household__village=claim.household.village_id)).exclude(pk=claim.pk)
    elsewhere, parcel = ~Q(household=claim.household_id), _parcel(claim)
    if parcel:
        own = Q(plot_season__isnull=False) & ~Q(plot_season__parcel=parcel)
        own |= Q(listing__plot_season__isnull=False) & ~Q(listing__plot_season__parcel=parcel)
        elsewhere |= own
    near = others.filter(elsewhere, happened_on__range=_around(claim))
    return list(near.order_by("-pk")[:NEWEST])


def _parcel(claim: LossClaim) -> str:
    """Return on which land of the household the goods grew, where that is written down."""
    season = claim.plot_season or (claim.listing.plot_season if claim.listing is not None else None)
    return season.parcel if season is not None else ""


def _placed(claims: list[LossClaim]) -> list[tuple[str, tuple[int, int], dt.datetime]]:
    """Return the photos of reports of which the camera said where and when: the claim's number, the place, the time."""
    rounds = {claim.reference: claim for claim in claims}
    hanging = Attachment.objects.filter(document__in=rounds, role__startswith="claim", file__facts__gps="read")
    placed = []
    for row in hanging.select_related("file").order_by("-pk")[:NEWEST]:
        claim, facts = rounds[row.document], row.file.facts
        if row.role == claim_role(claim.round) and (taken := _taken(facts.get("taken", ""))) is not None:
            placed.append((claim.number, (facts["latitude_e6"], facts["longitude_e6"]), taken))
    return placed


def _taken(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=clock.COUNTY_ZONE)
    except ValueError:
        return None


def _live(claims: QuerySet[LossClaim]) -> QuerySet[LossClaim]:
    return claims.exclude(Q(status__in=OVER))
