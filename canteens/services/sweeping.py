"""What time alone brings about in this room: an objection to a plan is told, or ends. Everything may run twice."""

import datetime as dt

from django.db.models import Exists, OuterRef, Value
from django.db.models.fields import CharField
from django.db.models.functions import Cast, Concat

from canteens.services import publicity
from records.models import Event, Objection, ObjectionStatus, PublicNotice

MOST = 200


def move_objections_on(*, at: dt.datetime) -> int:
    """Tell of new objections to plans, and end those that nobody answered in time."""
    waiting = Objection.objects.filter(line__notice__round=PublicNotice.Round.PLAN, status=ObjectionStatus.OPEN)
    named = waiting.annotate(name=Concat(Value("objection:"), Cast("pk", CharField())))
    told = Event.objects.filter(kind="plan.objection", document=OuterRef("name"))
    rows = named.select_related("line").order_by("at", "pk")
    new = [publicity.tell_of_objection(row, at=at) for row in rows.exclude(Exists(told))[:MOST]]
    ended = [publicity.end_unanswered(row, at=at) for row in rows[:MOST]]
    return sum(new) + sum(ended)
