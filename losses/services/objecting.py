"""Objections to a line of relief: answered by somebody without a hand in the claim; one that is right has an end.

Right, the claim waits at the desk, with the clock of a decision, to be refused or sent back so that the household
writes what is right.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel.dates import message_deadline
from kernel.workflow import lock
from losses.models import ClaimStatus, LossClaim
from losses.selectors.objections import ON_NOTICE
from losses.services.deadlines import days_after
from losses.services.telling import tell
from records.models import Objection
from records.services import notices

AT_THE_DESK = (*ON_NOTICE, ClaimStatus.TOWNSHIP_CHECKED, ClaimStatus.COMPUTED)
RIGHT = _("An objection to your report %(number)s (%(produce)s) was right. The bureau says by %(until)s what follows.")


@transaction.atomic
def answer_objection(objection: Objection, *, upheld: bool, answer: str, by: User, at: dt.datetime) -> Objection:
    """Answer an objection to a line of relief; right, its claim waits to be refused or sent back."""
    claim = lock(LossClaim.objects.get(pk=objection.line.document.partition(":")[2]))
    answered = notices.answer_objection(objection, upheld=upheld, answer=answer, by=by, at=at)
    if not upheld:
        return answered
    if claim.status not in AT_THE_DESK:  # it is over, or the village looks at it anew
        notices.settle(claim.reference, at=at)
        return answered
    claim.due_at = days_after("review_days", at)
    claim.save(update_fields=["due_at"])
    tell(claim, "objected", RIGHT, at=at, until=message_deadline(claim.due_at))
    return answered
