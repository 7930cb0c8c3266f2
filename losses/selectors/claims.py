"""One claim: its figures, its visit, its amount, its photos, its notices."""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum

from accounts.models import Household, Place, User
from accounts.selectors import counted_with, members_now, standing
from catalog.models import PlotSeason
from catalog.selectors.seasons import lineage
from kernel.present import known
from ledger.selectors import arrived_at
from losses.models import (
    CAUSES_OF_CROPS,
    CAUSES_OF_LOTS,
    CAUSES_OF_SALES,
    IS_BACK,
    Cause,
    ClaimFigure,
    ClaimRound,
    ClaimStatus,
    Computation,
    Goods,
    LossClaim,
    LossNotice,
    ReceiptStatus,
    RecoveryReceipt,
    ReliefScheme,
    Stage,
    Visit,
)
from records.models import Attachment, PublicNotice, StoredFile

VISIT_PHOTOS = ("whole", "near", "people")
SIGNATURE, PAPER = "signature", "paper"  # of the household, drawn on the phone
FIRST_SIGNATURE, SECOND_SIGNATURE = "first_signature", "second_signature"  # of the verifiers, each on the own phone
SENT_BY_FIRST = (*VISIT_PHOTOS, SIGNATURE, PAPER, FIRST_SIGNATURE)
_LINES = LossClaim.objects.filter(report=OuterRef("report")).order_by().values("report").annotate(n=Count("pk"))


def claims_of(household: Household) -> QuerySet[LossClaim]:
    """Return a household's claims, newest first, with what a list of them shows."""
    return with_story(LossClaim.objects.filter(household=household)).order_by("-filed_at", "-pk")


def with_story(claims: QuerySet[LossClaim]) -> QuerySet[LossClaim]:
    """Fetch claims together with what lists and pages print of them: a fixed number of queries."""
    return (
        claims.select_related(
            "scheme",
            "rate__produce",
            "filed_by",
            "household",
            "household__village",
            "listing",
            "listing__produce",
            "sale",
            "plot_season",
            "plot_season__produce",
            "village_notice",
            "early",
            "report",
        )
        .annotate(arrived=arrived_at("award__payable"), of_lines=Subquery(_LINES.values("n")))
        .prefetch_related(
            Prefetch("figures", ClaimFigure.objects.order_by("pk"), to_attr="all_figures"),
            "sample_draws",
            Prefetch("computations", Computation.objects.order_by("pk"), to_attr="all_computations"),
        )
    )


def paid_at(claim: LossClaim) -> dt.datetime | None:
    """Return when the relief arrived on the card, of a claim that was fetched with its story; nothing before."""
    return claim.__dict__.get("arrived")


def with_rounds(claims: QuerySet[LossClaim]) -> QuerySet[LossClaim]:
    """Fetch claims with what was said in each of their rounds, for lists that show it."""
    return claims.prefetch_related(Prefetch("rounds", ClaimRound.objects.order_by("round"), to_attr="all_rounds"))


def waiting_for_notice(scheme: ReliefScheme, place: Place, status: str) -> list[LossClaim]:
    """Return the claims of a village or township that stand at this status, in the order they were filed."""
    field = "household__village__parent" if place.level == Place.Level.TOWNSHIP else "household__village"
    return list(with_story(LossClaim.objects.filter(scheme=scheme, status=status, **{field: place})).order_by("pk"))


def latest_figure(claim: LossClaim) -> ClaimFigure:
    """Return what the last stage wrote: the quantity the claim stands at."""
    return claim.all_figures[-1] if hasattr(claim, "all_figures") else claim.figures.order_by("-pk")[0]


def all_figures(claim: LossClaim) -> list[ClaimFigure]:
    """Return what every stage wrote, in the order it was written."""
    return claim.all_figures if hasattr(claim, "all_figures") else list(claim.figures.order_by("pk"))


def earlier_rounds(claim: LossClaim) -> list[ClaimRound]:
    """Return what was said of a claim in the rounds before the present one, in their order."""
    if claim.round == 1:
        return []
    rows = ClaimRound.objects.filter(claim=claim).order_by("round")
    rounds = claim.all_rounds if hasattr(claim, "all_rounds") else rows
    return [said for said in rounds if said.round < claim.round]


def present_round(claim: LossClaim) -> ClaimRound:
    """Return what was said of a claim when it was last filed."""
    if hasattr(claim, "all_rounds"):
        return next(said for said in claim.all_rounds if said.round == claim.round)
    return claim.rounds.get(round=claim.round)


@contextmanager
def figures_read_once(claim: LossClaim) -> Iterator[None]:
    """Ask once for what every stage wrote, where many rules look at it and none writes."""
    if hasattr(claim, "all_figures"):
        yield
        return
    vars(claim)["all_figures"] = list(claim.figures.select_related("by").order_by("pk"))
    try:
        yield
    finally:
        del vars(claim)["all_figures"]


def figure_of(claim: LossClaim, stage: str) -> ClaimFigure | None:
    """Return what one stage wrote in the present round."""
    return next((row for row in all_figures(claim) if row.stage == stage and row.round == claim.round), None)


def declared(claim: LossClaim) -> ClaimFigure:
    """Return what the household declared in the present round."""
    return known(figure_of(claim, Stage.DECLARED))


def present_visit(claim: LossClaim) -> Visit | None:
    """Return the visit of the present round, once it was drawn."""
    visits = claim.visits.filter(round=claim.round, redrawn_at=None)
    return visits.select_related("first__person", "second__person").first()


def written_visit(claim: LossClaim) -> Visit | None:
    """Return the visit of the present round, once the first verifier has written it down."""
    return claim.visits.filter(round=claim.round, redrawn_at=None, first_signed_at__isnull=False).first()


def present_computation(claim: LossClaim) -> Computation | None:
    """Return the amount of the present round, once it was computed; a claim sent back has none."""
    rows = claim.all_computations if hasattr(claim, "all_computations") else claim.computations.all()
    return next((row for row in rows if row.round == claim.round), None)


def amount_fen_of(claim: LossClaim) -> int:
    """Return the amount of the present round of a claim that has one: it stands at computed or later."""
    return known(present_computation(claim)).amount_fen


def held_fen(household: Household, scheme: ReliefScheme) -> int:
    """Return what a household got and kept, or has on hold, under one scheme, with those merged into it."""
    standing = (ClaimStatus.COMPUTED, ClaimStatus.COUNTY_NOTICE, ClaimStatus.AWARDED)
    claims = LossClaim.objects.filter(household__in=counted_with(household), scheme=scheme, status__in=standing)
    rows = Computation.objects.filter(claim__in=claims).values_list("round", "claim__round", "amount_fen")
    given_back = came_back_fen(Q(recovery__award__claim__in=claims))
    return sum(amount for row_round, claim_round, amount in rows if row_round == claim_round) - given_back


def came_back_fen(where: Q) -> int:
    """Return how much paid relief came back by bank, of the receipts this says."""
    back = RecoveryReceipt.objects.filter(where, how__in=IS_BACK, status=ReceiptStatus.CONFIRMED)
    return back.aggregate(fen=Sum("amount_fen"))["fen"] or 0


def people_of(household: Household) -> list[str]:
    """Return the keys of all persons of a household today."""
    return list(members_now(household).values_list("person__key", flat=True))


def mine(user: User) -> Q:
    """Return the filter of a person's own claims: of the own household, or filed by that person for others."""
    own = Q(household_id__in=standing(user).households)
    return own | Q(filed_by__person=user.person_id) if user.person_id else own


def notices_of_claim(claim: LossClaim) -> QuerySet[PublicNotice]:
    """Return the notices a claim hangs or hung on, the village's first."""
    return PublicNotice.objects.filter(pk__in=[claim.village_notice_id, claim.county_notice_id]).order_by("pk")


def claim_role(round: int) -> str:
    """Name the role in which the household's photos of one round hang on the claim."""
    return "claim" if round == 1 else f"claim:{round}"


def visit_role(round: int, which: str) -> str:
    """Name the role in which one photo of the visit hangs on the claim."""
    return f"visit:{which}" if round == 1 else f"visit:{round}:{which}"


def check_role(round: int, stage: str) -> str:
    """Name the role in which the photo of a village or township check hangs on the claim."""
    return f"check:{stage}" if round == 1 else f"check:{round}:{stage}"


def paper_role(paper_id: int) -> str:
    """Name the role in which a paper that the rules ask for hangs on the claim."""
    return f"paper:{paper_id}"


def visit_photos(visit: Visit, which: Iterable[str]) -> dict[str, StoredFile]:
    """Return the newest photo in each of these places that its first verifier has sent; not who fell out before."""
    places = {visit_role(visit.round, one): one for one in which}
    hanging = Attachment.objects.filter(
        document=visit.claim.reference, role__in=places, by__person=visit.first.person_id
    ).select_related("file")
    return {places[attached.role]: attached.file for attached in hanging.order_by("pk")}


def photos(claim: LossClaim, *, role: str = "") -> list[Attachment]:
    """Return the photos that hang on a claim, oldest first: all but its papers, or those of one role."""
    rows = Attachment.objects.filter(document=claim.reference).select_related("file", "by").order_by("pk")
    return list(rows.filter(role=role) if role else rows.exclude(role__startswith="paper:"))


def same_goods(claim: LossClaim) -> Q:
    """Return the filter of the claims on the same goods: the sale, the lot, or the crop, however often corrected."""
    if claim.sale_id is not None:
        return Q(sale=claim.sale_id)
    if claim.plot_season is None:
        return Q(listing=claim.listing_id, sale=None)
    return Q(plot_season__in=lineage(claim.plot_season))


def early_notice(claim: LossClaim) -> LossNotice | None:
    """Return the notice of loss that a claim answers, if one was given before."""
    return getattr(claim, "early", None)


def refer_to(goods: Goods) -> dict[str, Goods | None]:
    """Return the two columns of which one names these goods."""
    in_field = isinstance(goods, PlotSeason)
    return {"listing": None if in_field else goods, "plot_season": goods if in_field else None}


def causes_of(goods: Goods, *, sold: bool = False) -> list[Cause]:
    """Return what can have happened to a lot, to goods that were sold, or to a crop that was never harvested."""
    if sold:
        return CAUSES_OF_SALES
    return CAUSES_OF_CROPS if isinstance(goods, PlotSeason) else CAUSES_OF_LOTS


def quantity_words(claim: LossClaim, figure: ClaimFigure | None = None) -> str:
    """Return a quantity of this claim as people say it: both weights, or pieces."""
    return claim.goods.in_words((figure or latest_figure(claim)).quantity)
