"""Objections to a line of relief: answered by somebody without a hand in the claim; one that is right has an end.

Right, the claim waits at the desk, with the clock of a decision, to be refused or sent back so that the household
writes what is right. One that nobody answers in time is told to the desk and to the head of the bureau; it goes on
stopping its line, so that neither the household nor whoever objected is decided against by silence.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.messages import Word, tell_all
from kernel.dates import message_deadline
from kernel.errors import BadValue
from kernel.present import StrOrPromise
from kernel.workflow import lock
from losses.models import ClaimStatus, LossClaim
from losses.selectors.objections import ON_NOTICE
from losses.services.deadlines import days_after
from losses.services.telling import of_the_desk, tell
from records.models import WHY_REJECTED, WHY_UPHELD, Objection, ObjectionStatus, PublicNotice
from records.selectors.notices import untold
from records.services import events, notices

AT_THE_DESK = (*ON_NOTICE, ClaimStatus.TOWNSHIP_CHECKED, ClaimStatus.COMPUTED)
RIGHT = _("An objection to your report %(number)s (%(produce)s) was right. The bureau says by %(until)s what follows.")
NEW = _("Somebody objected to a line of notice %(notice)s (objection %(number)s). Answer it by %(until)s.")
LATE = _(
    "Objection %(number)s to notice %(notice)s was to be answered by %(until)s. Its line stays stopped until it is."
)
MOST = 200


@transaction.atomic
def answer_objection(
    objection: Objection, *, upheld: bool, reason: str, answer: str, by: User, at: dt.datetime
) -> Objection:
    """Answer an objection to a line of relief; right, its claim waits to be refused or sent back.

    Everybody reads the `reason`; the `answer` is for whoever objected.
    """
    if reason not in (WHY_UPHELD if upheld else WHY_REJECTED):
        raise BadValue(_("Choose a reason that goes with what you found."))
    claim = lock(LossClaim.objects.get(pk=objection.line.document.partition(":")[2]))
    answered = notices.answer_objection(objection, upheld=upheld, reason=reason, answer=answer, by=by, at=at)
    if not upheld:
        return answered
    if claim.status not in AT_THE_DESK:  # it is over, or the village looks at it anew
        notices.settle(claim.reference, at=at)
        return answered
    claim.due_at = days_after("review_days", at, claim.scheme)
    claim.save(update_fields=["due_at"])
    tell(claim, "objected", RIGHT, at=at, until=message_deadline(claim.due_at))
    return answered


def tell_of_objections(*, at: dt.datetime) -> int:
    """Tell the desk of each new objection, and desk and head of each that is late, once; return how many were told."""
    relief = (PublicNotice.Round.VILLAGE, PublicNotice.Round.COUNTY)
    waiting = Objection.objects.filter(status=ObjectionStatus.OPEN, line__notice__round__in=relief)
    late = waiting.filter(due_at__lte=at)
    told = [_tell(row, "objection.new", NEW, at=at) for row in untold(waiting, "objection.new")[:MOST]]
    told += [_tell(row, "objection.late", LATE, at=at, head=True) for row in untold(late, "objection.late")[:MOST]]
    return sum(told)


@transaction.atomic
def _tell(row: Objection, kind: str, sentence: StrOrPromise, *, at: dt.datetime, head: bool = False) -> bool:
    row = lock(row)
    if row.status != ObjectionStatus.OPEN or not events.record_once(kind, row.reference, by=None, at=at):
        return False
    said = {"number": row.number, "notice": row.line.notice.number, "until": message_deadline(row.due_at)}
    desk = of_the_desk(head=head, at=at)
    tell_all([Word(sentence, said, None, kind, row.reference, user.phone) for user in desk], at=at)
    return True
