"""Of the claims that nobody visits a drawn part is called by telephone: is it right what was reported in your name?

Whoever calls has no hand in the claim. What makes doubtful holds the award until somebody has looked; what nobody
called in time ends, is told to the head, and holds nothing up.
"""

import datetime as dt
import secrets

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors.grievances import heads_of_bureau
from accounts.services.messages import Word, tell_all
from kernel import clock
from kernel.dates import deadline_words
from kernel.errors import BadValue, DomainError
from kernel.workflow import lock
from losses.models import OPEN_CLAIMS, CallBack, CallDraw, CallOutcome, CallStatus, LossClaim
from losses.regimes import picks
from losses.selectors.calling import call_of
from losses.services.findings import record_findings
from records.selectors.policy import end_of_workday_after, policy
from records.services import events
from records.services.participation import take_part

CALL = "call"
SHORTEST, MOST = 2, 500


class CallFirst(DomainError):
    code = "call_first"

    def __init__(self, call: CallBack) -> None:
        super().__init__(
            _("This household was drawn for a call. Let somebody without a hand in the report call it %(until)s.")
            % {"until": deadline_words(call.call_by_at, clock.now())}
        )


class NothingToAsk(DomainError):
    code = "nothing_to_ask"
    message = _("This report is decided already, so there is nothing to call about.")


def draw_for_call(claim: LossClaim, *, at: dt.datetime, seed: str = "") -> CallDraw:
    """Draw whether the household of a claim that nobody visits is called, by a seed that nobody knew before."""
    seed, percent = seed or secrets.token_hex(16), policy("callback_percent", clock.county_day(at))
    picked = picks(seed, f"call:{claim.reference}", percent)
    drawn = CallDraw.objects.create(claim=claim, round=claim.round, percent=percent, seed=seed, picked=picked, at=at)
    if picked:
        CallBack(draw=drawn, claim=claim, at=at, call_by_at=call_by(at)).begin(by=None, at=at)
    return drawn


def call_by(at: dt.datetime) -> dt.datetime:
    """Return until when a household is called: so many working days, twice as many days in a year not announced."""
    day = clock.county_day(at)
    days = policy("callback_days", day)
    return end_of_workday_after(day, days)


@transaction.atomic
def record_call(row: CallBack, *, outcome: str, words: str, by: User, at: dt.datetime) -> CallBack:
    """Write down what the household said on the telephone, as somebody without a hand in the claim."""
    claim = lock(LossClaim.objects.get(pk=row.claim_id))
    row, words = lock(row), words.strip()
    if outcome not in CallOutcome.values:
        raise BadValue(_("Choose what the household said."))
    if len(words) < SHORTEST:
        raise BadValue(_("Write in a sentence what was said on the telephone."))
    if not _asks(row, claim):
        raise NothingToAsk
    row.outcome, row.words, row.by, row.ended_at = outcome, words[:300], by, at
    row.move_to(CallStatus.CALLED, by=by, at=at, along=("outcome", "words", "by", "ended_at"))
    take_part(claim.reference, CALL, by=by, at=at)
    events.record("claim.called", claim.reference, by=by, at=at, outcome=outcome)
    record_findings(claim, at=at)
    return row


def _asks(row: CallBack, claim: LossClaim) -> bool:
    """Return whether a call is still about how the claim stands: it is open, and was not filed anew since."""
    return claim.status in OPEN_CLAIMS and row.draw.round == claim.round


def require_called(claim: LossClaim) -> None:
    """Refuse an award while the household is still to be called."""
    call = call_of(claim)
    if call is not None and call.status == CallStatus.WAITING:
        raise CallFirst(call)


def end_uncalled(*, at: dt.datetime) -> int:
    """End what nobody called in time; return how many ended."""
    late = CallBack.objects.filter(status=CallStatus.WAITING, call_by_at__lte=at).order_by("call_by_at", "pk")
    return sum(_end(row, at=at) for row in late[:MOST])


@transaction.atomic
def _end(row: CallBack, *, at: dt.datetime) -> bool:
    """End one call, and tell the head unless its claim is over; false where somebody was first."""
    claim = lock(LossClaim.objects.get(pk=row.claim_id))
    row = lock(row)
    if row.status != CallStatus.WAITING:
        return False
    row.ended_at = at
    row.move_to(CallStatus.NOT_CALLED, by=None, at=at, along=("ended_at",))
    if _asks(row, claim):
        values = {"number": claim.number, "place": claim.household.village.short_name}
        told = heads_of_bureau(clock.county_day(at))
        tell_all([Word(_UNCALLED, values, None, "call.not_called", row.reference, user.phone) for user in told], at=at)
    return True


_UNCALLED = _("Nobody called the household of report %(number)s (%(place)s) in time. It goes on without the call.")
