"""How the rules stand on a claim, as they were last written down."""

from losses.models import LossClaim
from records.models import Finding


def has_amber(claim: LossClaim) -> bool:
    """Return whether some rule last saw what must be looked at, be it cleared by now or not."""
    rows = Finding.objects.filter(document=claim.reference).order_by("at", "pk")
    latest = dict(rows.values_list("rule", "colour"))
    return Finding.Colour.AMBER in latest.values()
