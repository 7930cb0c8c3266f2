"""Awards are re-inspected: which of a month are drawn, what somebody without a hand in them found, what follows.

Drawn are all of which a check was cleared by hand, the riskiest part, and a part by lot. It holds up no payment; that
somebody got too much is told to bureau and head, and stops what is not paid yet.
"""

import datetime as dt
import secrets
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from accounts.selectors import holders_of
from accounts.selectors.grievances import heads_of_bureau
from accounts.services.messages import Word, tell_all
from kernel import clock
from kernel.errors import BadValue, DomainError
from kernel.present import StrOrPromise
from kernel.workflow import lock
from losses.models import (
    OVERPAID,
    Award,
    ClaimScore,
    LossClaim,
    Reinspection,
    ReinspectionDraw,
    ReinspectionOutcome,
    ReinspectionStatus,
    ReinspectionWhy,
)
from losses.regimes import picks
from losses.scoring import riskiest, score_of
from losses.selectors.elsewhere import TOLD_RULE
from losses.selectors.reinspecting import awards_of_month, cleared_among, month_before
from losses.services.findings import latest_findings
from records.models import Finding
from records.selectors.policy import end_of_workday_after, policies_on
from records.services import events
from records.services.participation import take_part

LOOK = "reinspect"
SHORTEST, MOST = 2, 500

_OVERPAID = _(
    "The re-inspection of report %(number)s (%(place)s) found: %(outcome)s. Open it; what was too much is claimed back."
)
_MISSED = _("Nobody re-inspected report %(number)s (%(place)s) in time.")


class LookedAtAlready(DomainError):
    code = "looked_at_already"
    message = _("This re-inspection was written down already, or its time is over.")


def write_score(award: Award) -> ClaimScore:
    """Write down how risky the claim of an award is, from what the rules said of it last."""
    latest = [row for row in latest_findings(award.claim).values() if row.rule != TOLD_RULE]
    doubts = [row for row in latest if row.colour != Finding.Colour.GREEN]
    points, reasons = score_of((row.rule, row.cleared_at is not None) for row in doubts)
    return ClaimScore.objects.create(award=award, points=points, reasons=reasons)


@transaction.atomic
def draw_of_last_month(*, at: dt.datetime, seed: str = "") -> int:
    """Draw once which awards of the month before are looked at once more; return how many."""
    month, day = month_before(at), clock.county_day(at)
    if ReinspectionDraw.objects.filter(month=f"{month:%Y-%m}").exists():
        return 0
    points = awards_of_month(month)
    if not points:
        return 0
    values = policies_on(day)
    percent, top_percent = values["reinspect_percent"], values["reinspect_top_percent"]
    seed = seed or secrets.token_hex(16)
    draw = ReinspectionDraw.objects.create(
        month=f"{month:%Y-%m}", percent=percent, top_percent=top_percent, seed=seed, awards=len(points), at=at
    )
    whys = {key: ReinspectionWhy.RANDOM for key in points if picks(seed, f"{LOOK}:{key}", percent)}
    whys |= dict.fromkeys(riskiest(points, top_percent), ReinspectionWhy.TOP)
    whys |= dict.fromkeys(cleared_among(month), ReinspectionWhy.CLEARED)
    due_at = end_of_workday_after(day, values["reinspect_days"])
    rows = [Reinspection(draw=draw, award_id=key, why=why, at=at, due_at=due_at) for key, why in sorted(whys.items())]
    Reinspection.begin_all(rows, by=None, at=at)
    return len(rows)


@transaction.atomic
def record(row: Reinspection, *, outcome: str, words: str, by: User, at: dt.datetime) -> Reinspection:
    """Write down what the re-inspection found, as somebody without a hand in the claim."""
    claim = lock(LossClaim.objects.get(award=row.award_id))
    row, words = lock(row), words.strip()
    if outcome not in ReinspectionOutcome.values:
        raise BadValue(_("Choose what was found."))
    if len(words) < SHORTEST:
        raise BadValue(_("Write in a sentence what was looked at and what was found."))
    if row.status != ReinspectionStatus.WAITING:
        raise LookedAtAlready
    row.outcome, row.words, row.by, row.ended_at = outcome, words[:300], by, at
    row.move_to(ReinspectionStatus.DONE, by=by, at=at, along=("outcome", "words", "by", "ended_at"))
    take_part(claim.reference, LOOK, by=by, at=at)
    events.record("claim.reinspected", claim.reference, by=by, at=at, outcome=outcome)
    if outcome in OVERPAID:
        told = [*holders_of(Role.BUREAU_APPROVER, clock.county_day(at)), *heads_of_bureau(clock.county_day(at))]
        _tell(claim, told, _OVERPAID, at=at, outcome=ReinspectionOutcome(outcome).label)
    return row


def end_missed(*, at: dt.datetime) -> int:
    """End what nobody looked at in time, and tell the head; return how many ended."""
    late = Reinspection.objects.filter(status=ReinspectionStatus.WAITING, due_at__lte=at).order_by("due_at", "pk")
    return sum(_end(row, at=at) for row in late[:MOST])


@transaction.atomic
def _end(row: Reinspection, *, at: dt.datetime) -> bool:
    claim = lock(LossClaim.objects.get(award=row.award_id))
    row = lock(row)
    if row.status != ReinspectionStatus.WAITING:
        return False
    row.ended_at = at
    row.move_to(ReinspectionStatus.MISSED, by=None, at=at, along=("ended_at",))
    _tell(claim, heads_of_bureau(clock.county_day(at)), _MISSED, at=at)
    return True


def _tell(
    claim: LossClaim, people: Iterable[User], sentence: StrOrPromise, *, at: dt.datetime, **values: object
) -> None:
    values |= {"number": claim.number, "place": claim.household.village.short_name}
    phones = {user.person_id: user.phone for user in people}
    about = (f"claim.{LOOK}", claim.reference)
    tell_all([Word(sentence, values, None, *about, phone) for phone in phones.values()], at=at)
