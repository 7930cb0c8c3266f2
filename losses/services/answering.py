"""What ends or turns back a report: the household takes it back, whoever judges it sends it back or refuses it."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel.dates import message_deadline
from kernel.errors import BadValue
from kernel.workflow import lock
from losses.models import ClaimStatus, LossClaim, Reason
from losses.selectors.claims import quantity_words
from losses.selectors.interest import FILER, HOUSEHOLD
from losses.selectors.objections import was_right
from losses.services import holding
from losses.services.claiming import is_member
from losses.services.deadlines import days_after
from losses.services.telling import tell
from records.services import events, notices
from records.services.participation import take_part

# Which stage of the claim whoever answers it holds, by where it stands.
DECIDES_AT = {
    ClaimStatus.FILED: "village",
    ClaimStatus.VILLAGE_CHECKED: "township",
}
AWARD = "award"


@transaction.atomic
def withdraw(claim: LossClaim, *, by: User, at: dt.datetime) -> LossClaim:
    """Take a claim back before it is on a notice; its kilos may be sold again."""
    claim = lock(claim)
    claim.move_to(ClaimStatus.WITHDRAWN, by=by, at=at)
    take_part(claim.reference, HOUSEHOLD if is_member(claim.household, by) else FILER, by=by, at=at)
    holding.release_kilos(claim, by=by, at=at)
    tell(
        claim,
        "withdrawn",
        _("Your report %(number)s is taken back. %(quantity)s of %(produce)s can be sold again."),
        at=at,
        quantity=lambda: quantity_words(claim),
    )
    return claim


@transaction.atomic
def send_back(claim: LossClaim, *, code: str, reason: str, by: User, at: dt.datetime) -> LossClaim:
    """Send a claim back to be completed, with a sentence the household can act on; its kilos stay off the market."""
    claim = lock(claim)
    _answer(claim, ClaimStatus.SENT_BACK, code, reason, by=by, at=at)
    holding.release_money(claim, at=at)
    claim.due_at = days_after("complete_days", at)
    claim.save(update_fields=["due_at"])
    tell(
        claim,
        "sent_back",
        _("Your report %(number)s (%(produce)s) needs something more: %(reason)s Please add it before %(until)s."),
        at=at,
        reason=claim.reason,
        until=message_deadline(claim.due_at),
    )
    return claim


@transaction.atomic
def refuse(claim: LossClaim, *, code: str, reason: str, by: User, at: dt.datetime) -> LossClaim:
    """Refuse a claim with a coded reason and a sentence; kilos and held money go back where they came from."""
    claim = lock(claim)
    _answer(claim, ClaimStatus.REFUSED, code, reason, by=by, at=at)
    holding.release_kilos(claim, by=by, at=at)
    holding.release_money(claim, at=at)
    tell(
        claim,
        "refused",
        _("Your report %(number)s (%(produce)s) did not pass, because: %(reason)s What is still good can be sold."),
        at=at,
        reason=claim.reason,
    )
    events.record("claim.refused", claim.reference, by=by, at=at, code=code)
    return claim


def _answer(claim: LossClaim, status: str, code: str, reason: str, *, by: User, at: dt.datetime) -> None:
    stage = notices.ANSWERS if was_right(claim) else DECIDES_AT.get(ClaimStatus(claim.status), AWARD)
    reason = reason.strip()
    if code not in Reason.values:
        raise BadValue(_("Choose a reason."))
    if len(reason) < 4:
        raise BadValue(_("Write a sentence that tells the household what is missing and what it can do."))
    claim.move_to(status, by=by, at=at, note=reason)
    take_part(claim.reference, stage, by=by, at=at)
    notices.settle(claim.reference, at=at)
    claim.reason_code, claim.reason = code, reason[:300]
    claim.save(update_fields=["reason_code", "reason"])
