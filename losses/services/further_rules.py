"""What the rules see beside those of `rules`: what the household said on the telephone."""

from django.utils.translation import gettext as _

from losses.models import DOUBTFUL, CallOutcome, CallStatus, LossClaim
from losses.selectors.calling import call_of
from losses.services.rules import AMBER, GREEN, Look


def look_further(claim: LossClaim) -> list[Look]:
    """Return what there is to see beside the rules of each claim."""
    return _called(claim)


def _called(claim: LossClaim) -> list[Look]:
    """Say what the household answered; amber where it knows nothing of the report, or of less."""
    call = call_of(claim)
    if call is None or call.status == CallStatus.WAITING:
        return []
    title = _("The household was called")
    if call.status == CallStatus.NOT_CALLED:
        return [Look("call", GREEN, title, _("Drawn for a call, but nobody called in time."))]
    said = f"{CallOutcome(call.outcome).label}：{call.words}"
    return [Look("call", AMBER if call.outcome in DOUBTFUL else GREEN, title, said)]
