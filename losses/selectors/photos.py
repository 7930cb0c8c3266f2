"""The photos a claim is judged by, and the earlier photos that show the same picture."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from losses.models import ClaimStatus, LossClaim, LossNotice, Stage, Visit
from losses.selectors.claims import VISIT_PHOTOS, check_role, claim_role, photos, same_goods, visit_role
from records.models import Attachment, PhotoMatch
from records.selectors.photos import matches_of

APPEAL_ROLE = "appeal"  # in which the photos of an appeal hang on the claim
ENDED = (ClaimStatus.REFUSED, ClaimStatus.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class SamePictures:
    """What the second look found: the same picture twice in one claim, and photos that others had before."""

    twice: list[PhotoMatch]
    again: list[PhotoMatch]


def judged_photos(claim: LossClaim) -> list[Attachment]:
    """Return the photos of the present round, oldest first: of report, appeal, checks, the newest of a visit's."""
    once = {check_role(claim.round, stage) for stage in (Stage.VILLAGE, Stage.TOWNSHIP)} | {
        visit_role(claim.round, which) for which in VISIT_PHOTOS
    }
    hanging = photos(claim)
    newest = {row.role: row.pk for row in hanging}
    mine = (claim_role(claim.round), APPEAL_ROLE)
    return [row for row in hanging if row.role in mine or (row.role in once and newest[row.role] == row.pk)]


def visit_of(claim: LossClaim, row: Attachment) -> bool:
    """Return whether a photo was taken at the visit, not by the household."""
    return row.role in {visit_role(claim.round, which) for which in VISIT_PHOTOS}


def check_of(claim: LossClaim, row: Attachment) -> Stage | None:
    """Return the check at which a photo was taken, if it was one."""
    stages = {check_role(claim.round, stage): stage for stage in (Stage.VILLAGE, Stage.TOWNSHIP)}
    return stages.get(row.role)


def same_pictures(claim: LossClaim, judged: Sequence[Attachment]) -> SamePictures:
    """Return which earlier photos show the same picture as these of a claim, but for its own story.

    Its own are the rounds before, the other lines of its report, reports of the same goods that were refused or taken
    back, and the notices of loss that these or it answer: there the household shows honestly what it showed before.
    """
    found, keys = matches_of(judged), {row.pk for row in judged}
    elsewhere = [match for match in found if match.other.document != claim.reference]
    own = own_story(claim) if elsewhere else set()
    return SamePictures(
        twice=[match for match in found if match.other_id in keys],
        again=[match for match in elsewhere if match.other.document not in own],
    )


def own_story(claim: LossClaim) -> set[str]:
    """Return the other documents on which a household shows honestly what this claim shows."""
    ended = Q(same_goods(claim), household=claim.household, status__in=ENDED)
    own = LossClaim.objects.filter(ended | Q(report=claim.report_id)).exclude(pk=claim.pk)
    claims = list(own.values_list("pk", flat=True))
    notices = LossNotice.objects.filter(claim__in=[claim.pk, *claims]).values_list("pk", flat=True)
    return {f"claim:{pk}" for pk in claims} | {f"lossnotice:{pk}" for pk in notices}


def photos_come(visits: list[Visit]) -> dict[int, set[str]]:
    """Return which of the three required photos each visit has of its first verifier, by the visit's key."""
    places = {
        (visit.claim.reference, visit_role(visit.round, which), visit.first.person_id): (visit.pk, which)
        for visit in visits
        for which in VISIT_PHOTOS
    }
    come: dict[int, set[str]] = {visit.pk: set() for visit in visits}
    hanging = Attachment.objects.filter(
        document__in={document for document, _role, _person in places},
        role__in={role for _name, role, _person in places},
    )
    for place in hanging.values_list("document", "role", "by__person"):
        if place in places:
            visit_id, which = places[place]
            come[visit_id].add(which)
    return come
