"""The draw that says whether a claim is visited, made and kept when the township passes it."""

import datetime as dt
import secrets

from kernel import clock, money
from losses.models import Cause, LossClaim, SampleDraw
from losses.regimes import Regime, percent_in, picks
from losses.selectors.claims import latest_figure
from losses.selectors.findings import has_amber
from losses.selectors.sampling import regime_of, sample_draw


def draw_for_visit(claim: LossClaim, *, at: dt.datetime, seed: str = "") -> SampleDraw | None:
    """Draw whether a claim is visited, by a seed that nobody knew before; a claim on a sale is never visited.

    A lot that the market's record shows unsold is spared the draw where its scheme says so, in a village whose visits
    found nothing amiss; what must be looked at is visited all the same.
    """
    if claim.sale_id is not None:
        return None
    village, month = claim.household.village_id, clock.county_day(at).replace(day=1)
    seed, regime = seed or secrets.token_hex(16), regime_of(village, month)
    percent = percent_in(regime, claim.scheme.sample_percent)
    spared = _spared(claim) if regime == Regime.NORMAL else None
    fen, days = spared or (None, None)
    return SampleDraw.objects.create(
        claim=claim,
        round=claim.round,
        village_id=village,
        month=month,
        regime=regime,
        percent=percent,
        seed=seed,
        picked=spared is None and picks(seed, claim.reference, percent),
        spared_fen=fen,
        spared_days=days,
        at=at,
    )


def _spared(claim: LossClaim) -> tuple[int, int] | None:
    """Return what a claim comes to and how long its lot was on sale, where its scheme asks no visit of such a one."""
    below, least_days = claim.scheme.no_visit_below_fen, claim.scheme.no_visit_listed_days
    if claim.listing is None or claim.cause != Cause.UNSOLD or below is None or least_days is None:
        return None
    days = (claim.happened_on - clock.county_day(claim.listing.listed_at)).days
    fen = money.amount_fen(latest_figure(claim).quantity_g, claim.per_fen, claim.per_g)
    return (fen, days) if fen < below and days >= least_days else None


def needs_visit(claim: LossClaim) -> bool:
    """Return whether a claim is visited: it was drawn, or something about it must be looked at."""
    if claim.sale_id is not None:
        return False
    drawn = sample_draw(claim)
    return drawn is None or drawn.picked or has_amber(claim)
