"""What time alone brings about: a notice ends, a claim goes on, somebody is reminded. Everything may run twice."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Household, Membership, Role, User
from accounts.selectors import area_prefix
from accounts.services.messages import tell
from kernel import clock
from kernel.errors import DomainError
from kernel.present import StrOrPromise
from kernel.workflow import lock
from losses.models import ClaimStatus, LossClaim
from losses.selectors.claims import present_visit
from losses.selectors.objections import OBJECTED, STOPPED
from losses.services import noticing
from records.models import Event, NoticeStatus, PublicNotice
from records.services import events

MOST = 500
# Who is reminded when a claim is late where it stands; the household when something is asked of it.
TURN_OF = {
    ClaimStatus.FILED: Role.CADRE,
    ClaimStatus.VILLAGE_CHECKED: Role.TOWNSHIP_OFFICER,
    ClaimStatus.TOWNSHIP_CHECKED: Role.BUREAU_APPROVER,
    ClaimStatus.UNVISITED: Role.BUREAU_APPROVER,
    ClaimStatus.VISITED: Role.BUREAU_APPROVER,
    ClaimStatus.COMPUTED: Role.BUREAU_APPROVER,
    ClaimStatus.COUNTY_NOTICE: Role.BUREAU_APPROVER,
}
LATE = _("Report %(number)s (%(place)s, %(produce)s) is late and waits for you.")
LATE_VISIT = _("The visit to report %(number)s (%(place)s, %(produce)s) is late. You may draw another verifier.")
LATE_HOUSEHOLD = _("Your report %(number)s (%(produce)s) still needs what was asked: %(reason)s")


def move_on(*, at: dt.datetime) -> int:
    """Send every claim on whose village notice has ended; those under objection stay."""
    ended = LossClaim.objects.filter(status=ClaimStatus.VILLAGE_NOTICE, village_notice__ends_at__lte=at)
    waiting = ended.exclude(STOPPED)
    moved = 0
    for claim in waiting.order_by("pk")[:MOST]:
        try:
            noticing.go_on_after_village_notice(claim, at=at)
        except DomainError:  # an objection came just now, or another sweep was first
            continue
        moved += 1
    return moved


def close_notices(*, at: dt.datetime) -> int:
    """Close every notice that has ended."""
    closed = 0
    for notice in PublicNotice.objects.filter(status=NoticeStatus.PUBLISHED, ends_at__lte=at).order_by("pk")[:MOST]:
        try:
            noticing.close_ended(notice, at=at)
        except DomainError:
            continue
        closed += 1
    return closed


def remind(*, at: dt.datetime) -> int:
    """Remind whose turn it is of every late claim, once for each deadline."""
    waits = Q(status__in=[*TURN_OF, ClaimStatus.SENT_BACK, ClaimStatus.TO_VISIT])
    late = LossClaim.objects.filter(waits | OBJECTED, due_at__lt=at)
    reminded = set(Event.objects.filter(kind="claim.late").values_list("document", "data__deadline"))
    fresh = [claim for claim in late.order_by("due_at", "pk") if (claim.reference, _deadline(claim)) not in reminded]
    return sum(_remind(claim, at) for claim in fresh[:MOST])


def _deadline(claim: LossClaim) -> str:
    return f"{claim.status}:{claim.due_at.isoformat()}"


@transaction.atomic
def _remind(claim: LossClaim, at: dt.datetime) -> bool:
    """Write the reminder and the event that keeps it from being written again, together."""
    claim = lock(claim)
    key = _deadline(claim)
    if Event.objects.filter(kind="claim.late", document=claim.reference, data__deadline=key).exists():
        return False
    events.record("claim.late", claim.reference, by=None, at=at, deadline=key)
    if claim.status == ClaimStatus.SENT_BACK:
        _tell(claim, LATE_HOUSEHOLD, at=at, household=claim.household)
        return True
    visit = present_visit(claim) if claim.status == ClaimStatus.TO_VISIT else None
    if visit is not None:
        of_second = visit.first_signed_at is not None and not visit.is_contested
        _tell(claim, LATE, at=at, phone=(visit.second if of_second else visit.first).phone)
    for user in _whose_turn(claim, at):
        _tell(claim, LATE if visit is None else LATE_VISIT, at=at, phone=user.phone)
    return True


def _tell(
    claim: LossClaim, sentence: StrOrPromise, *, at: dt.datetime, household: Household | None = None, phone: str = ""
) -> None:
    values = {
        "number": claim.number,
        "produce": claim.goods.produce.name,
        "place": claim.household.village.short_name,
        "reason": claim.reason,
    }
    tell(sentence, values, household=household, phone=phone, kind="claim.late", document=claim.reference, at=at)


def _whose_turn(claim: LossClaim, at: dt.datetime) -> list[User]:
    """Return the accounts to remind: everybody with the post over this village whose turn it is."""
    role = TURN_OF.get(ClaimStatus(claim.status), Role.BUREAU_APPROVER)
    day, village = clock.county_day(at), claim.household.village_id
    posts = Membership.objects.filter(role=role, from_on__lte=day).exclude(to_on__lte=day).select_related("area")
    people = [post.person_id for post in posts if village.startswith(area_prefix(post.area_id, post.area.level))]
    return list(User.objects.filter(person__in=people, is_active=True).order_by("pk"))
