"""How the rules stand on a claim, as they were last written down."""

from losses.models import LossClaim
from losses.selectors.elsewhere import TOLD_RULE
from records.models import Finding


def has_amber(claim: LossClaim) -> bool:
    """Return whether some rule last saw what must be looked at, be it cleared by now or not.

    What the household says of itself is no doubt about it.
    """
    rows = Finding.objects.filter(document=claim.reference).exclude(rule=TOLD_RULE).order_by("at", "pk")
    latest = dict(rows.values_list("rule", "colour"))
    return Finding.Colour.AMBER in latest.values()
