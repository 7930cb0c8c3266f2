"""The draw that says whether a claim is visited, made and kept when the township passes it."""

import datetime as dt
import secrets

from kernel import clock
from losses.models import LossClaim, SampleDraw
from losses.sampling import percent_in, picks
from losses.selectors.findings import has_amber
from losses.selectors.sampling import regime_of, sample_draw


def draw_for_visit(claim: LossClaim, *, at: dt.datetime, seed: str = "") -> SampleDraw | None:
    """Draw whether a claim is visited, by a seed that nobody knew before; a claim on a sale is never visited."""
    if claim.sale_id is not None:
        return None
    village, month = claim.household.village_id, clock.county_day(at).replace(day=1)
    seed, regime = seed or secrets.token_hex(16), regime_of(village, month)
    percent = percent_in(regime, claim.scheme.sample_percent)
    return SampleDraw.objects.create(
        claim=claim,
        round=claim.round,
        village_id=village,
        month=month,
        regime=regime,
        percent=percent,
        seed=seed,
        picked=picks(seed, claim.reference, percent),
        at=at,
    )


def needs_visit(claim: LossClaim) -> bool:
    """Return whether a claim is visited: it was drawn, or something about it must be looked at."""
    if claim.sale_id is not None:
        return False
    drawn = sample_draw(claim)
    return drawn is None or drawn.picked or has_amber(claim)
