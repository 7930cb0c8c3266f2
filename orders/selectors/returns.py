"""Goods sent back after they were signed for, as buyers, sellers and the bureau may see them."""

from django.db.models import Case, DateTimeField, F, Q, QuerySet, When

from accounts.models import Role, Somebody
from accounts.selectors import standing
from orders.models import GoodsReturn, ReturnReason, ReturnStatus
from orders.selectors.orders import BUYER_ROLES
from orders.selectors.returned import OF_RETURNS

OPEN_RETURNS = (ReturnStatus.ASKED, ReturnStatus.CONTESTED)
DECIDERS = (Role.RELIEF_CLERK, Role.BUREAU_APPROVER)  # who of the county decides between a buyer and a seller


def returns_seen_by(user: Somebody) -> QuerySet[GoodsReturn]:
    """Return the returns of one's buyer, or of goods one answers for; all of them for who decides, and the auditor."""
    place = standing(user)
    if place.has(*DECIDERS, Role.AUDITOR):
        seen = Q()
    else:
        lot = "receipt_line__allocation__"
        managed = place.organisations(Role.COOP_MANAGER)
        seen = Q(**{f"{lot}order__buyer__in": place.organisations(*BUYER_ROLES)})
        seen |= Q(**{f"{lot}cooperative__in": managed}) | Q(**{f"{lot}agent__in": managed})
        if place.household_id is not None:
            seen |= Q(**{f"{lot}household__in": place.households})
        seen |= place.within(f"{lot}village_id", Role.CADRE) & Q(**{f"{lot}cooperative": None})
    return GoodsReturn.objects.filter(seen).select_related(*OF_RETURNS)


def open_returns(rows: QuerySet[GoodsReturn]) -> QuerySet[GoodsReturn]:
    """Return of these returns the open ones, with the moment by which somebody must speak."""
    decided = When(status=ReturnStatus.CONTESTED, then=F("decide_by_at"))
    due_at = Case(decided, default=F("answer_by_at"), output_field=DateTimeField())
    return rows.filter(status__in=OPEN_RETURNS).annotate(due_at=due_at)


def returns_to_answer(user: Somebody) -> QuerySet[GoodsReturn]:
    """Return what this person answers for the seller: own goods and those sold for members, the first due first."""
    place = standing(user)
    lot = "receipt_line__allocation__"
    managed = place.organisations(Role.COOP_MANAGER)
    own = Q(**{f"{lot}cooperative__in": managed}) | Q(**{f"{lot}agent__in": managed})
    if place.household_id is not None:
        own |= Q(**{f"{lot}household__in": place.households})
    unsigned = Q(reason=ReturnReason.SCALE, countersigned_at=None)
    rows = GoodsReturn.objects.filter(own, status=ReturnStatus.ASKED).exclude(unsigned)
    return rows.select_related(*OF_RETURNS).order_by("answer_by_at", "pk")


def returns_to_decide() -> QuerySet[GoodsReturn]:
    """Return what waits for the county's word, the first due first."""
    rows = GoodsReturn.objects.filter(status=ReturnStatus.CONTESTED)
    return rows.select_related(*OF_RETURNS).order_by("decide_by_at", "pk")
