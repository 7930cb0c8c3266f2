"""Who stands on both sides of an order, and so on neither."""

from collections.abc import Collection

from django.db.models import Q

from accounts.models import Role, User
from accounts.selectors import standing
from orders.models import Allocation, AllocationStatus, PurchaseOrder

SELLERS_SIDE = ("answer", "ship")
BETWEEN = "decide"
# Posts that buy, weigh, sign or pay for a buyer.
BUYERS_POSTS = (
    Role.BUYER, Role.BUYING_APPROVER, Role.RECEIVER, Role.UNION_TREASURER, Role.UNION_CHAIR, Role.CASHIER,
    Role.PAYMENT_CHECKER,
)  # fmt: skip


def tied_orders(documents: Collection[str], stage: str, by: User) -> set[str]:
    """Return those of these orders on whose other side this person stands.

    Whoever sells, for the own household, the own co-operative or its members, or is declared kin of who sells, has no
    hand of the buyer's on them; whoever works for the buyer has none of the seller's. Neither decides between them.
    """
    numbers = [int(name.partition(":")[2]) for name in documents]
    tied: set[str] = set()
    if stage in (*SELLERS_SIDE, BETWEEN):
        buyers = standing(by).organisations(*BUYERS_POSTS)
        orders = PurchaseOrder.objects.filter(pk__in=numbers, buyer_id__in=buyers)
        tied = {order.reference for order in orders.only("pk")}
    if stage in SELLERS_SIDE:
        return tied
    who = standing(by)
    works_for = {post.organisation_id for post in who.posts}
    own = Q(cooperative_id__in=works_for) | Q(agent_id__in=works_for)
    if close := who.households | who.kin:
        own |= Q(household_id__in=close)
    sold = Allocation.objects.filter(own, order_id__in=numbers).exclude(status=AllocationStatus.RELEASED)
    return tied | {f"order:{number}" for number in sold.values_list("order_id", flat=True)}
