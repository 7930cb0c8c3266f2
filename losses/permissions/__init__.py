"""Who may see a claim and who may do what with it; who did an earlier step is refused by the services, per person."""

from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import Place, Role, User
from accounts.selectors import Standing, mandates_of, standing
from accounts.selectors.grievances import heads_bureau
from catalog.models import Listing, Movement, PlotSeason
from catalog.permissions import sells_for
from catalog.selectors.seasons import newest_of
from kernel import clock
from ledger.selectors import batches_seen_by
from losses.models import (
    OPEN_CLAIMS,
    ClaimStatus,
    Goods,
    LossAppeal,
    LossClaim,
    LossNotice,
    ReceiptHow,
    Rehearsal,
    ReliefRecovery,
    ReliefScheme,
    Visit,
)
from losses.permissions.looks import (
    access_call as access_call,
)
from losses.permissions.looks import (
    access_calls as access_calls,
)
from losses.permissions.looks import (
    access_reinspection as access_reinspection,
)
from losses.permissions.looks import (
    access_reinspections as access_reinspections,
)
from losses.permissions.looks import (
    access_workload as access_workload,
)
from losses.permissions.looks import (
    makes_calls as makes_calls,
)
from losses.permissions.looks import (
    reads_workload as reads_workload,
)
from losses.permissions.visits import (
    access_visit_kept as access_visit_kept,
)
from losses.permissions.visits import (
    access_visit_told as access_visit_told,
)
from losses.selectors import queues
from losses.selectors.appeals import appeals
from losses.selectors.claims import present_visit, with_story
from losses.selectors.loss_notices import notices_seen_by
from losses.selectors.lots import crops_of_others
from losses.selectors.queues import View
from losses.selectors.recovering import open_receipt, recoveries_seen_by
from losses.selectors.rehearsing import rehearsals
from losses.selectors.sales import sold_below
from records.models import Attachment, Objection, ObjectionStatus, Participation, PublicNotice, StoredFile
from records.selectors.notices import ANSWERS

VILLAGE = "household__village_id"
DESK = Role.BUREAU_APPROVER
OF_RELIEF = (PublicNotice.Round.VILLAGE, PublicNotice.Round.COUNTY)
FINANCE = (Role.FINANCE_MAKER, Role.FINANCE_CHECKER)
REHEARSAL_READERS = (DESK, *FINANCE, Role.AUDITOR)
CHECKERS = (Role.CADRE, Role.TOWNSHIP_OFFICER, Role.BUREAU_APPROVER)


def visible_claims(user: User) -> QuerySet[LossClaim]:
    """Return the claims this person may see: own, filed, of the own area, assigned; finance sees awarded ones."""
    who = standing(user)
    mine = Q(household_id__in=who.households) if who.household_id else Q(pk__in=[])
    # Having filed or having been drawn opens a claim for as long as the post is held, and no longer.
    if who.has(Role.CADRE, Role.COOP_MANAGER):
        mine |= (who.within(VILLAGE, Role.CADRE) | _of_members(user)) & Q(filed_by__person=user.person_id)
    if who.has(Role.VERIFIER):
        mine |= Q(pk__in=Visit.objects.filter(_names(user), redrawn_at=None).values("claim"))
    area = who.within(VILLAGE, Role.CADRE, Role.TOWNSHIP_OFFICER, DESK, Role.AUDITOR)
    paid_out = who.within(VILLAGE, *FINANCE) & Q(status=ClaimStatus.AWARDED)
    return LossClaim.objects.filter(mine | area | paid_out)


def access_claim(user: User, claim_id: int, *, to: Callable[[User, LossClaim], bool]) -> LossClaim:
    """Return one claim: 404 when not theirs to see, 403 when not theirs to do."""
    claim = get_object_or_404(with_story(visible_claims(user)), pk=claim_id)
    if not to(user, claim):
        raise PermissionDenied
    return claim


def access_visit(user: User, claim_id: int, *, to: Callable[[User, Visit], bool]) -> Visit:
    """Return the present round's visit of a claim that this person may see and do."""
    claim = access_claim(user, claim_id, to=can_see)
    visit = present_visit(claim)
    if visit is None:
        raise Http404
    if not to(user, visit):
        raise PermissionDenied
    visit.claim = claim
    return visit


def access_listing_to_report(user: User, listing_id: int) -> Listing:
    """Return a lot whose loss this person may report, for the own household or as its proxy."""
    lots = Listing.objects.select_related("produce", "household", "village")
    listing = get_object_or_404(lots, pk=listing_id, household__isnull=False)
    if not can_report(user, listing):
        raise Http404
    return listing


def access_crop_to_report(user: User, season_id: int) -> PlotSeason:
    """Return a season whose crop this person may report as lost, for the own household or as its proxy."""
    mine = Q(household_id__in=standing(user).households) | crops_of_others(user)
    seasons = PlotSeason.objects.select_related("produce", "household", "village")
    return get_object_or_404(seasons.filter(mine, superseded_at=None), pk=season_id)


def access_crop_kept(user: User, season_id: int) -> PlotSeason:
    """Return the season of which a phone has kept a report, as it stands after any correction since."""
    mine = Q(household_id__in=standing(user).households) | crops_of_others(user)
    kept = get_object_or_404(PlotSeason.objects.filter(mine), pk=season_id)
    return access_crop_to_report(user, newest_of(kept).pk)


def access_sale_to_report(user: User, sale_id: int) -> Movement:
    """Return a sale below the reference whose loss this person may report, with its reference and what is left."""
    sales = sold_below().select_related("listing__produce", "listing__household", "listing__village")
    sale = get_object_or_404(sales, pk=sale_id)
    if not can_report(user, sale.listing):
        raise Http404
    return sale


def access_notice_of_loss(user: User, notice_id: int, *, to_act: bool = False) -> LossNotice:
    """Return a notice of loss this person sees, and may report or take back if that is meant."""
    notice = get_object_or_404(notices_seen_by(user), pk=notice_id)
    if to_act and not can_act_on_notice(user, notice):
        raise PermissionDenied
    return notice


def access_notice_photo(user: User, notice_id: int, file_id: UUID) -> StoredFile:
    """Return one photo of a notice of loss to whoever sees the notice; not to the auditor."""
    notice = access_notice_of_loss(user, notice_id)
    if not reads_name_of_notice(user, notice):
        raise Http404
    hanging = Attachment.objects.select_related("file").filter(document=notice.reference, file_id=file_id)
    return get_object_or_404(hanging[:1]).file


def access_photo(user: User, claim_id: int, file_id: UUID) -> StoredFile:
    """Return one photo of a claim to whoever may see its evidence; everybody else meets 404."""
    claim = access_claim(user, claim_id, to=can_see)
    if not can_see_photos(user, claim):
        raise Http404
    hanging = Attachment.objects.select_related("file").filter(document=claim.reference, file_id=file_id)
    return get_object_or_404(hanging[:1]).file


def access_desk(user: User) -> None:
    """Let in the bureau's approvers only."""
    if not standing(user).has(DESK):
        raise PermissionDenied


def access_checks(user: User) -> None:
    """Let in whoever checks or decides claims."""
    if not standing(user).has(*CHECKERS, Role.VERIFIER):
        raise PermissionDenied


def view_of(user: User, key: str) -> View:
    """Return a view of the work queue that this person has, the first unless said; none of the others is there."""
    mine = [view for view in queues.VIEWS if key in ("", view.key) and standing(user).has(view.role)]
    if not mine:
        raise Http404
    return mine[0]


def access_visits(user: User) -> None:
    """Let in verifiers, and the desk that draws them."""
    if not standing(user).has(Role.VERIFIER, DESK):
        raise PermissionDenied


def access_publication(user: User, place: Place) -> Place:
    """Let the desk publish within its own area."""
    if not standing(user).covers(place.code, DESK):
        raise PermissionDenied
    return place


def access_objection(user: User, objection_id: UUID) -> Objection:
    """Return an objection to a notice of the own area; one that is late is the head's of the bureau too."""
    who = standing(user)
    if not who.has(DESK) and not heads_bureau(who):
        raise PermissionDenied
    row = get_object_or_404(Objection.objects.select_related("line__notice__by"), pk=objection_id)
    if _objections_of(user).filter(pk=row.pk).exists():
        return row
    raise Http404 if who.has(DESK) else PermissionDenied


def _objections_of(user: User) -> QuerySet[Objection]:
    """Return the objections to relief of this desk's area, and to the head of the bureau all that were late."""
    turn = Q(line__notice__in=notices_of(user))
    if heads_bureau(standing(user)):
        late = Q(answered_at__gte=F("due_at")) | Q(answered_at=None, due_at__lte=clock.now())
        turn |= late & Q(line__notice__round__in=OF_RELIEF)
    return Objection.objects.filter(turn)


def access_batch_story(user: User, batch_id: int) -> Any:
    """Return a payout batch for its reconciliation: to finance, the bureau and the auditor."""
    if not standing(user).has(*FINANCE, DESK, Role.AUDITOR):
        raise PermissionDenied
    return get_object_or_404(batches_seen_by(user), pk=batch_id)


def access_late(user: User) -> Standing:
    """Let in finance, the bureau and the auditor to relief that is late."""
    who = standing(user)
    if not who.has(*FINANCE, DESK, Role.AUDITOR):
        raise PermissionDenied
    return who


def appeals_seen_by(user: User) -> QuerySet[LossAppeal]:
    """Return the appeals on the claims one sees; the head of the bureau sees all."""
    rows = appeals()
    return rows if heads_bureau(standing(user)) else rows.filter(claim__in=visible_claims(user))


def access_appeal(user: User, appeal_id: int, *, to: Callable[[User, LossAppeal], bool] | None = None) -> LossAppeal:
    """Return one appeal: 404 when not theirs to see, 403 when not theirs to do."""
    row = get_object_or_404(appeals_seen_by(user), pk=appeal_id)
    if to is not None and not to(user, row):
        raise PermissionDenied
    return row


def can_appeal(user: User, claim: LossClaim) -> bool:
    """Return whether this person may appeal a refusal: the household, or a cadre of its village with its consent."""
    who = standing(user)
    return claim.household_id in who.households or who.covers(claim.household.village_id, Role.CADRE)


def can_decide_appeal(user: User, row: LossAppeal) -> bool:
    """Return whether this person decides appeals here: the desk of the area, or the head of the bureau."""
    return can_decide(user, row.claim) or heads_bureau(standing(user))


def can_take_appeal_back(user: User, row: LossAppeal) -> bool:
    """Return whether this person may take an appeal back: the household, or whoever said it."""
    return row.claim.household_id in standing(user).households or row.by.person_id == user.person_id


def households_of(user: User) -> Collection[Any]:
    """Return the keys of the households this person is of."""
    return standing(user).households


def access_recovery(
    user: User, relief_id: int, *, to: Callable[[User, ReliefRecovery], bool] | None = None
) -> ReliefRecovery:
    """Return one recovery of relief: 404 when not theirs to see, 403 when not theirs to do."""
    row = get_object_or_404(recoveries_seen_by(user), pk=relief_id)
    if to is not None and not to(user, row):
        raise PermissionDenied
    return row


def can_decide_recovery(user: User, row: ReliefRecovery) -> bool:
    """Return whether this person decides what is claimed back here: the desk of the area, or the head of the bureau."""
    return can_decide(user, row.award.claim) or heads_bureau(standing(user))


def can_receive_recovery(user: User, row: ReliefRecovery) -> bool:
    """Return whether this person writes down money that came back: of the office that paid it."""
    return row.award.claim.scheme.payer_id in standing(user).organisations(Role.FINANCE_MAKER)


def can_confirm_receipt(user: User, row: ReliefRecovery) -> bool:
    """Return whether this person confirms what was written: money of the office that paid, a waiver of the bureau."""
    receipt = open_receipt(row)
    if receipt is not None and receipt.how != ReceiptHow.PAID_BACK:
        return can_decide_recovery(user, row)
    return row.award.claim.scheme.payer_id in standing(user).organisations(Role.FINANCE_CHECKER)


def access_rehearsals(user: User) -> None:
    """Let in who reads what a draft would cost: the bureau, finance and the auditor."""
    if not standing(user).has(*REHEARSAL_READERS):
        raise PermissionDenied


def access_rehearsal(user: User, rehearsal_id: int) -> Rehearsal:
    """Return one rehearsal to whoever reads them."""
    access_rehearsals(user)
    return get_object_or_404(rehearsals(), pk=rehearsal_id)


def access_draft(user: User, scheme_id: int) -> ReliefScheme:
    """Return a scheme to the bureau, which asks for its rehearsal."""
    access_desk(user)
    return get_object_or_404(ReliefScheme.objects.select_related("account"), pk=scheme_id)


def can_draft(user: User) -> bool:
    """Return whether this person drafts schemes."""
    return standing(user).has(DESK)


def can_rehearse(user: User) -> bool:
    """Return whether this person may ask for rehearsals."""
    return standing(user).has(DESK)


def publishes(user: User) -> bool:
    """Return whether this person puts notices on the wall and takes them off."""
    return standing(user).has(DESK)


def access_running_notice(user: User, number: str) -> PublicNotice:
    """Return a notice of relief in the desk's own area."""
    access_desk(user)
    return get_object_or_404(notices_of(user), number=number)


def notices_of(user: User) -> QuerySet[PublicNotice]:
    """Return the notices of relief in the areas this desk looks after."""
    return PublicNotice.objects.filter(standing(user).within("place_code", DESK), round__in=OF_RELIEF)


def objections_to_answer(user: User) -> QuerySet[Objection]:
    """Return the open objections that this person may answer, who neither published the notice nor had a hand in the
    claim: of the own area, to the head of the bureau those that are late; what is due first in front."""
    hands = Participation.objects.filter(
        document=OuterRef("line__document"), person_key__in=standing(user).keys()
    ).exclude(stage=ANSWERS)
    waiting = _objections_of(user).filter(status=ObjectionStatus.OPEN)
    mine = waiting.exclude(line__notice__by__person=user.person_id).exclude(Exists(hands))
    return mine.select_related("line__notice").order_by("due_at", "pk")


def lists_objections(user: User) -> bool:
    """Return whether this person has the list of objections; the head of the bureau comes to a late one from home."""
    return standing(user).has(DESK)


def can_see(user: User, claim: LossClaim) -> bool:
    """Return whether somebody who sees the claim may open its page: everybody who sees it."""
    return True


def can_report(user: User, listing: Listing) -> bool:
    """Return whether this person may report a loss of this lot: a member, a cadre of the village, or whose co-operative
    sells it by a mandate."""
    who = standing(user)
    if listing.household_id in who.households or who.covers(listing.village_id, Role.CADRE):
        return True
    return sells_for(user, listing)


def reports_for_others(user: User) -> bool:
    """Return whether this person may report for other households: a cadre, or whose co-operative sells for them."""
    return standing(user).has(Role.CADRE, Role.COOP_MANAGER)


def reports_as_proxy(user: User, goods: Goods) -> bool:
    """Return whether this person would report for somebody else's household."""
    return goods.household_id not in standing(user).households


def can_complete(user: User, claim: LossClaim) -> bool:
    """Return whether this person may complete or take back the claim: the household, or its proxy.

    What was sent back to a proxy any cadre of the village goes on with: posts change hands, and it waits on no other.
    """
    who = standing(user)
    if claim.household_id in who.households:
        return True
    of_village = who.covers(claim.household.village_id, Role.CADRE)
    if of_village and claim.by_proxy and claim.status == ClaimStatus.SENT_BACK:
        return True
    if claim.filed_by.person_id != user.person_id:
        return False
    if of_village:
        return True
    if claim.listing is not None:
        return sells_for(user, claim.listing)
    return mandates_of(who, clock.county_day(clock.now())).filter(household=claim.household_id).exists()


def _of_members(user: User) -> Q:
    """Say of a claim that it is of a household for which this person's co-operative sells today."""
    given = mandates_of(standing(user), clock.county_day(clock.now()))
    return Q(household__in=given.values("household"))


def can_bring_paper(user: User, claim: LossClaim) -> bool:
    """Return whether this person adds papers to the claim: whoever may complete it, or a cadre of its village."""
    return can_complete(user, claim) or can_village_check(user, claim)


def can_village_check(user: User, claim: LossClaim) -> bool:
    """Return whether this person checks claims of this village."""
    return standing(user).covers(claim.household.village_id, Role.CADRE)


def can_township_check(user: User, claim: LossClaim) -> bool:
    """Return whether this person checks claims of this township."""
    return standing(user).covers(claim.household.village_id, Role.TOWNSHIP_OFFICER)


def can_decide(user: User, claim: LossClaim) -> bool:
    """Return whether this person draws, computes, publishes, clears and awards in this area."""
    return standing(user).covers(claim.household.village_id, DESK)


def can_answer(user: User, claim: LossClaim) -> bool:
    """Return whether this person may send back or refuse the claim where it stands."""
    if claim.status == ClaimStatus.FILED:
        return can_village_check(user, claim)
    if claim.status == ClaimStatus.VILLAGE_CHECKED:
        return can_township_check(user, claim)
    return can_decide(user, claim)


def can_see_photos(user: User, claim: LossClaim) -> bool:
    """Return whether this person may see the evidence: not finance; cadre and township only while it is in progress."""
    who = standing(user)
    village = claim.household.village_id
    if can_complete(user, claim) or who.covers(village, DESK, Role.AUDITOR):
        return True
    if _is_drawn(user, claim):
        return True
    return claim.status in OPEN_CLAIMS and who.covers(village, Role.CADRE, Role.TOWNSHIP_OFFICER)


def sees_names(user: User, claim: LossClaim) -> bool:
    """Return whether this person reads the household's name in full; the auditor and finance read it masked."""
    who = standing(user)
    if can_complete(user, claim) or who.covers(claim.household.village_id, *CHECKERS):
        return True
    return _is_drawn(user, claim)


def can_redraw(user: User, visit: Visit) -> bool:
    """Return whether this person draws another in place of a verifier who falls out."""
    return can_decide(user, visit.claim)


def is_first(user: User, visit: Visit) -> bool:
    """Return whether the draw named this person to write down what is there."""
    return standing(user).has(Role.VERIFIER) and visit.first.person_id == user.person_id


def is_second(user: User, visit: Visit) -> bool:
    """Return whether the draw named this person to sign."""
    return standing(user).has(Role.VERIFIER) and visit.second.person_id == user.person_id


def _is_drawn(user: User, claim: LossClaim) -> bool:
    return standing(user).has(Role.VERIFIER) and claim.visits.filter(_names(user), redrawn_at=None).exists()


def _names(user: User) -> Q:
    return Q(first__person=user.person_id) | Q(second__person=user.person_id)


def can_act_on_notice(user: User, notice: LossNotice) -> bool:
    """Return whether this person may report or take back what was said: the household, or whoever said it for it."""
    return notice.household_id in standing(user).households or notice.by.person_id == user.person_id


def reads_name_of_notice(user: User, notice: LossNotice) -> bool:
    """Return whether this person reads the household's name in full; the auditor reads it masked."""
    who = standing(user)
    return can_act_on_notice(user, notice) or who.covers(notice.household.village_id, *CHECKERS)
