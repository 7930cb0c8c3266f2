"""What others ask of relief: a household's claims, and how much was declared, verified, awarded and paid."""

from losses.selectors.claims import claims_of
from losses.selectors.funnels import FunnelRow, funnel

__all__ = ["FunnelRow", "claims_of", "funnel"]
