"""Which claims somebody's objection stops: those to be answered, and those that were right and wait for their end."""

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat

from losses.models import ClaimStatus, LossClaim
from records.models import Objection, ObjectionStatus
from records.selectors.notices import right_objections, stopping_objections

ON_NOTICE = (ClaimStatus.VILLAGE_NOTICE, ClaimStatus.COUNTY_NOTICE)
_NAME = Concat(Value("claim:"), Cast(OuterRef("pk"), CharField()), output_field=CharField())
STOPPED = Exists(stopping_objections().filter(line__document=_NAME))
FOUND_RIGHT = Exists(right_objections().filter(line__document=_NAME))
_OPEN = Objection.objects.filter(status=ObjectionStatus.OPEN, line__document=_NAME).order_by("due_at")
ANSWER_DUE = Subquery(_OPEN.values("due_at")[:1])
OBJECTED = Q(FOUND_RIGHT, status__in=ON_NOTICE)  # a claim that is to be refused or sent back for an objection


def objections_to(claim: LossClaim) -> QuerySet[Objection]:
    """Return what was objected to the lines of a claim, the first before the others."""
    return Objection.objects.filter(line__document=claim.reference).select_related("line__notice").order_by("at", "pk")


def is_stopped(claim: LossClaim) -> bool:
    """Return whether somebody's objection, open or right, stops a claim."""
    return stopping_objections().filter(line__document=claim.reference).exists()


def was_right(claim: LossClaim) -> bool:
    """Return whether a claim on a notice is to be refused or sent back, since an objection to it was right."""
    return claim.status in ON_NOTICE and right_objections().filter(line__document=claim.reference).exists()
