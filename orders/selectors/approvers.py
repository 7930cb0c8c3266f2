"""Who approves an order: those of its kind of money first, after a day the other approvers of the buyer too."""

from django.db.models import Q, QuerySet

from accounts.models import Role, Somebody
from accounts.selectors import standing
from canteens.models import FundKind
from orders.models import OrderStatus, PurchaseOrder

OF_MEALS = (Role.BUYING_APPROVER,)
ALL = (Role.BUYING_APPROVER, Role.UNION_CHAIR, Role.UNION_TREASURER)


def approving_roles(order: PurchaseOrder) -> tuple[str, ...]:
    """Return the posts that may approve this order now."""
    return ALL if order.fund.kind == FundKind.UNION or order.shown_on_at is not None else OF_MEALS


def orders_to_approve(user: Somebody) -> QuerySet[PurchaseOrder]:
    """Return the orders that wait for this person's approval, the nearest end first; never the own ones."""
    who = standing(user)
    every, meals = who.organisations(*ALL), who.organisations(*OF_MEALS)
    shown = Q(fund__kind=FundKind.UNION) | Q(shown_on_at__isnull=False)
    orders = PurchaseOrder.objects.filter(status=OrderStatus.AWAITING, needs_approval=True)
    orders = orders.filter(Q(buyer_id__in=meals) | (Q(buyer_id__in=every) & shown))
    if user.is_authenticated and user.person_id is not None:
        orders = orders.exclude(requester__person_id=user.person_id)
    return orders.select_related("buyer", "fund").order_by("approve_by_at", "pk")


def orders_waiting_for_others(user: Somebody) -> QuerySet[PurchaseOrder]:
    """Return the orders of one's buyers that wait for approval by somebody else, the nearest end first."""
    own = standing(user).organisations(*ALL)
    waiting = PurchaseOrder.objects.filter(status=OrderStatus.AWAITING, needs_approval=True, buyer_id__in=own)
    waiting = waiting.exclude(pk__in=orders_to_approve(user).order_by().values("pk"))
    return waiting.select_related("buyer", "requester").order_by("approve_by_at", "pk")
