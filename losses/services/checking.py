"""Village and township look: each writes what it found beside what was reported, and what the rules see."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel.dates import message_deadline
from kernel.workflow import lock
from losses.models import ClaimStatus, LossClaim, Stage
from losses.selectors.claims import quantity_words
from losses.services.deadlines import days_after, hours_after
from losses.services.findings import require_possible
from losses.services.holding import write_figure
from losses.services.sampling import draw_for_visit
from losses.services.telling import tell
from records.services.participation import take_part


@transaction.atomic
def village_check(claim: LossClaim, *, quantity: int, why: str = "", by: User, at: dt.datetime) -> LossClaim:
    """Write what the village found; never by the household or by whoever filed for it."""
    claim = _look(claim, Stage.VILLAGE, ClaimStatus.VILLAGE_CHECKED, quantity=quantity, why=why, by=by, at=at)
    _due(claim, hours_after("township_check_hours", at))
    tell(
        claim,
        "village_checked",
        _("The village looked at %(number)s: %(quantity)s of %(produce)s. Next the township, before %(until)s."),
        at=at,
        quantity=lambda: quantity_words(claim),
        until=message_deadline(claim.due_at),
    )
    return claim


@transaction.atomic
def township_check(claim: LossClaim, *, quantity: int, why: str = "", by: User, at: dt.datetime) -> LossClaim:
    """Write what the township found; never by anybody who had a hand in it before."""
    claim = _look(claim, Stage.TOWNSHIP, ClaimStatus.TOWNSHIP_CHECKED, quantity=quantity, why=why, by=by, at=at)
    draw_for_visit(claim, at=at)
    _due(claim, days_after("publish_days", at))
    tell(
        claim,
        "township_checked",
        _("The township looked at %(number)s: %(quantity)s of %(produce)s. Next it goes on the village wall."),
        at=at,
        quantity=lambda: quantity_words(claim),
    )
    return claim


def _look(
    claim: LossClaim, stage: Stage, status: ClaimStatus, *, quantity: int, why: str, by: User, at: dt.datetime
) -> LossClaim:
    """Move a claim on with what this stage found, as a hand of this person, and refuse what cannot be."""
    claim = lock(claim)
    claim.move_to(status, by=by, at=at, note=why)
    take_part(claim.reference, stage.value, by=by, at=at)
    write_figure(claim, stage, quantity, why=why, by=by, at=at)
    require_possible(claim, at=at)
    return claim


def _due(claim: LossClaim, due_at: dt.datetime) -> None:
    claim.due_at = due_at
    claim.save(update_fields=["due_at"])
