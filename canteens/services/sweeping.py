"""What time alone brings about in this room: an objection to a plan is told, or ends. Everything may run twice."""

import datetime as dt

from canteens.services import publicity
from records.models import Objection, ObjectionStatus, PublicNotice
from records.selectors.notices import untold

MOST = 200


def move_objections_on(*, at: dt.datetime) -> int:
    """Tell of new objections to plans, and end those that nobody answered in time."""
    waiting = Objection.objects.filter(line__notice__round=PublicNotice.Round.PLAN, status=ObjectionStatus.OPEN)
    new = [publicity.tell_of_objection(row, at=at) for row in untold(waiting, publicity.NEW)[:MOST]]
    late = waiting.filter(due_at__lte=at).select_related("line").order_by("at", "pk")
    ended = [publicity.end_unanswered(row, at=at) for row in late[:MOST]]
    return sum(new) + sum(ended)
