"""Members of unions and the lists by which they come in: whose they are to see, and which wait."""

from django.db.models import QuerySet

from accounts.models import Role, Somebody, User
from accounts.selectors import standing
from canteens.models import UnionList, UnionListStatus, UnionMember

UNION_ROLES = (Role.UNION_TREASURER, Role.UNION_CHAIR)


def members_seen_by(user: Somebody) -> QuerySet[UnionMember]:
    """Return the members of the unions this person works for, of all for the auditor, whoever is still one first."""
    place = standing(user)
    rows = UnionMember.objects.select_related("organisation")
    if not place.has(Role.AUDITOR):
        rows = rows.filter(organisation_id__in=place.organisations(*UNION_ROLES))
    return rows.order_by("organisation_id", "from_on", "pk")


def lists_seen_by(user: Somebody) -> QuerySet[UnionList]:
    """Return the lists of the unions this person works for, of all for the auditor, the newest first."""
    place = standing(user)
    rows = UnionList.objects.select_related("organisation", "by__person", "decided_by__person")
    if not place.has(Role.AUDITOR):
        rows = rows.filter(organisation_id__in=place.organisations(*UNION_ROLES))
    return rows.order_by("-at", "pk")


def lists_to_decide(user: Somebody) -> QuerySet[UnionList]:
    """Return the lists that wait for this person, who chairs the union and did not bring them."""
    waiting = UnionList.objects.filter(
        organisation_id__in=standing(user).organisations(Role.UNION_CHAIR), status=UnionListStatus.PROPOSED
    )
    if isinstance(user, User) and user.person_id is not None:
        waiting = waiting.exclude(by__person_id=user.person_id)
    return waiting.select_related("organisation", "by__person").order_by("at", "pk")
