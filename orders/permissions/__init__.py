"""Doors of orders, sales, deliveries and statements: 404 when not theirs to see, 403 when not theirs to do."""

from collections.abc import Callable, Collection
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import Role, Somebody, User
from accounts.selectors import Standing, standing
from canteens.models import Fund, FundKind, PurchasePlan
from catalog import permissions as goods
from catalog.models import Listing
from catalog.selectors.sellers import answers_by_mandate
from kernel import clock
from kernel.identity import LARGEST_ID
from orders.models import (
    Allocation,
    AllocationStatus,
    Delivery,
    FundFile,
    GoodsReceipt,
    GoodsReturn,
    HandOver,
    Invoice,
    KeptPlan,
    PurchaseOrder,
    ReadLink,
    ReceiptLine,
    ReceiptStatus,
    Recovery,
    SettlementStatement,
)
from orders.selectors.ageing import READERS
from orders.selectors.approvers import may_answer
from orders.selectors.dossier import reads_dossiers
from orders.selectors.fund_files import fund_files_of, still_reads
from orders.selectors.handing import hand_overs_seen_by, hauled_by, hauls_for
from orders.selectors.invoices import invoices_seen_by, judging_roles, statements_to_invoice
from orders.selectors.orders import (
    BUYER_ROLES,
    SHIPPING_ROLES,
    deliveries_seen_by,
    orders_seen_by,
    receipt_lines_seen_by,
    sent_by,
)
from orders.selectors.rests import recoveries_seen_by
from orders.selectors.returns import DECIDERS, returns_seen_by
from orders.selectors.runs import fund_of, funds_to_pay_from, runs_seen_by
from orders.selectors.sales import sales_seen_by
from orders.selectors.scale import roles_of
from orders.selectors.statements import MONEY_ROLES, statements_seen_by
from orders.selectors.texting import CALLERS
from records.models import Attachment, StoredFile

Reached = TypeVar("Reached")
RUN_PAYERS = (Role.CASHIER, Role.UNION_TREASURER)
RUN_CONFIRMERS = (Role.PAYMENT_CHECKER, Role.UNION_CHAIR)


def may(user: Somebody, document: str) -> bool:
    """Return yes for whoever may see a document: for doors that only show it."""
    return True


def can_buy(user: Somebody) -> bool:
    """Return whether this person orders for some buyer."""
    return standing(user).has(Role.BUYER)


def can_approve(user: Somebody, order: PurchaseOrder) -> bool:
    """Return whether approving an order is for this person to do, by a post of its own or as a deputy."""
    return may_answer(order, user, clock.county_day(clock.now()))


def can_cancel(user: Somebody, order: PurchaseOrder) -> bool:
    """Return whether this person may call an order of this buyer off."""
    return order.buyer_id in standing(user).organisations(Role.BUYER, Role.BUYING_APPROVER)


def can_place_anew(user: Somebody, order: PurchaseOrder) -> bool:
    """Return whether this person may call an order of this buyer off and place it anew from another fund."""
    return order.buyer_id in standing(user).organisations(Role.BUYER)


def can_settle(user: Somebody, order: PurchaseOrder) -> bool:
    """Return whether this person writes statements of this buyer that are still missing."""
    roles = (Role.BUYER, Role.CASHIER, Role.UNION_TREASURER)
    return order.buyer_id in standing(user).organisations(*roles)


def can_weigh(user: Somebody, trip: Delivery) -> bool:
    """Return whether this person weighs and signs for this buyer."""
    return trip.buyer_id in standing(user).organisations(Role.RECEIVER)


def can_see_arrive(user: Somebody, trip: Delivery) -> bool:
    """Return whether this person says that a trip is at the door: the buyer's people, or whoever brings it."""
    return works_for_buyer(user, trip) or brings(user, trip)


def works_for_buyer(user: Somebody, trip: Delivery) -> bool:
    """Return whether this person works for the buyer to whom a trip goes."""
    return trip.buyer_id in standing(user).organisations(*BUYER_ROLES)


def brings(user: Somebody, trip: Delivery) -> bool:
    """Return whether this person sends or drives goods of a trip."""
    carried = trip.lines.values("allocation")
    return Allocation.objects.filter(sent_by(user), pk__in=carried).exists()


def answers_for_others(user: Somebody, allocation: Allocation) -> bool:
    """Return whether an answer of this person is given in another household's name."""
    listing = allocation.listing
    return listing.household_id is not None and listing.household_id not in standing(user).households


def can_answer(user: Somebody, allocation: Allocation) -> bool:
    """Return whether this person says yes or no for the owner of a lot."""
    place, listing = standing(user), allocation.listing
    if listing.cooperative_id is not None:
        return listing.cooperative_id in place.organisations(Role.COOP_MANAGER)
    if listing.household_id in place.households or place.covers(listing.village_id, Role.CADRE):
        return True
    return answers_as_agent(user, allocation)


def answers_as_agent(user: Somebody, allocation: Allocation) -> bool:
    """Return whether this person answers for a household by its mandate, and so need not ask it each time."""
    return isinstance(user, User) and answers_by_mandate(allocation.listing, user, clock.county_day(clock.now()))


def may_ship(place: Standing) -> bool:
    """Return whether this person sends goods off at all: the own ones, or those of others."""
    return place.household_id is not None or place.has(Role.COOP_MANAGER, *SHIPPING_ROLES)


def can_ship(user: Somebody, order: PurchaseOrder) -> bool:
    """Return whether some lot of an order is this person's own, sold by the own co-operative, or from the area this
    person drives in; of others' lots somebody else takes care."""
    return order.allocations.filter(sent_by(user)).exclude(status=AllocationStatus.RELEASED).exists()


def can_record_payment(user: Somebody, statement: SettlementStatement) -> bool:
    """Return whether this person records bank transfers of the buyer's money of this kind."""
    return _of_buyer(user, statement, Role.CASHIER, Role.UNION_TREASURER)


def can_check_payment(user: Somebody, statement: SettlementStatement) -> bool:
    """Return whether this person compares recorded transfers with the bank's account."""
    return _of_buyer(user, statement, Role.PAYMENT_CHECKER, Role.UNION_CHAIR)


def access_statement_to_invoice(user: Somebody, statement_id: int) -> SettlementStatement:
    """Return a statement for which this person may bring the seller's invoice."""
    seen = statements_seen_by(user).filter(pk=statement_id).exists()
    statement = statements_to_invoice(user).filter(pk=statement_id).first()
    if statement is None and seen:
        raise PermissionDenied
    if statement is None:
        raise Http404
    return statement


def access_invoice(user: Somebody, invoice_id: int, *, to: Callable = may) -> Invoice:
    """Return an invoice this person may see and do this with."""
    return _allowed(user, get_object_or_404(invoices_seen_by(user), pk=invoice_id), to)


def can_judge_invoice(user: Somebody, invoice: Invoice) -> bool:
    """Return whether this person pays, or confirms payments, for the buyer; the service refuses who brought it."""
    return invoice.buyer_id in standing(user).organisations(*judging_roles(invoice.fund))


def access_runs(user: Somebody) -> None:
    """Let in who pays for a buyer, who confirms it, and the auditor."""
    if not standing(user).has(*RUN_PAYERS, *RUN_CONFIRMERS, Role.AUDITOR):
        raise PermissionDenied


def access_texts(user: Somebody) -> None:
    """Let in whoever calls households whose texts could not be acted on."""
    if not reads_texts(user):
        raise PermissionDenied


def reads_texts(user: Somebody) -> bool:
    """Return whether this person looks after households that answer by texts."""
    return standing(user).has(*CALLERS)


def access_ageing(user: Somebody) -> None:
    """Let in the money people of a buyer, and who oversees what all buyers owe."""
    if not standing(user).has(*MONEY_ROLES, *READERS):
        raise PermissionDenied


def access_fund_to_pay(user: Somebody, fund_id: int) -> Fund:
    """Return a fund from which this person pays sellers; somebody else's does not exist for them."""
    if not standing(user).has(*RUN_PAYERS):
        raise PermissionDenied
    return get_object_or_404(funds_to_pay_from(user), pk=fund_id)


def access_run(user: Somebody, run_id: int, *, to: Callable = may) -> Any:
    """Return a pay run this person may see and do this with."""
    return _allowed(user, get_object_or_404(runs_seen_by(user), pk=run_id), to)


def can_confirm_run(user: Somebody, run: Any) -> bool:
    """Return whether this person confirms runs of this money; the service refuses the maker."""
    return _of_run(user, run, Role.PAYMENT_CHECKER, Role.UNION_CHAIR)


def can_dissolve_run(user: Somebody, run: Any) -> bool:
    """Return whether this person may dissolve a run that did not leave: whoever makes or confirms such runs."""
    return can_confirm_run(user, run) or _of_run(user, run, Role.CASHIER, Role.UNION_TREASURER)


def can_answer_run(user: Somebody, run: Any) -> bool:
    """Return whether this person loads the bank's answer to a run: never its maker."""
    own = isinstance(user, User) and run.maker.person_id == user.person_id
    return not own and can_dissolve_run(user, run)


def access_coop(user: Somebody) -> Standing:
    """Let in whoever manages a co-operative; return who that is."""
    who = standing(user)
    if not who.has(Role.COOP_MANAGER):
        raise PermissionDenied
    return who


def access_buying(user: Somebody) -> None:
    """Let in whoever orders for a buyer."""
    if not can_buy(user):
        raise PermissionDenied


def access_fund_to_order(user: Somebody, fund_id: int) -> Fund:
    """Return a purse this person may order from; somebody else's purse does not exist for them."""
    access_buying(user)
    own = Fund.objects.filter(organisation_id__in=standing(user).organisations(Role.BUYER))
    return get_object_or_404(own.select_related("organisation", "account", "source_account"), pk=fund_id)


def access_plan_to_order(user: Somebody, plan_id: int | None) -> PurchasePlan | None:
    """Return a purchase plan on which this person may order, none where none is named."""
    if plan_id is None:
        return None
    own = PurchasePlan.objects.filter(organisation_id__in=standing(user).organisations(Role.BUYER))
    return get_object_or_404(own, pk=plan_id)


def kept_of(user: Somebody) -> QuerySet[KeptPlan]:
    """Return what is or was kept for this person, by buyers for whom they order."""
    own = KeptPlan.objects.filter(by_id=user.pk, buyer_id__in=standing(user).organisations(Role.BUYER))
    return own.select_related("produce", "grade", "order_line", "buyer", "by")


def access_kept(user: Somebody, kept_id: int) -> KeptPlan:
    """Return what is or was kept for this person; what is kept for others does not exist for them."""
    access_buying(user)
    return get_object_or_404(kept_of(user), pk=kept_id)


def access_order(user: Somebody, order_id: int, *, to: Callable = may) -> PurchaseOrder:
    """Return an order this person may see and do this with."""
    return _allowed(user, get_object_or_404(orders_seen_by(user), pk=order_id), to)


def access_sale(user: Somebody, allocation_id: int, *, to: Callable = may) -> Allocation:
    """Return a lot asked for whose owner is this person, or somebody this person looks after."""
    return _allowed(user, get_object_or_404(sales_seen_by(user), pk=allocation_id), to)


def access_recall(user: Somebody, listing_id: int) -> Listing:
    """Return a lot whose sale this person may stop, to recall it."""
    if listing_id > LARGEST_ID:
        raise Http404
    lots = goods.seen_by(user).select_related("produce", "village", "township")
    return _allowed(user, get_object_or_404(lots, pk=listing_id), goods.can_stop_sale)


def access_order_to_ship(user: Somebody, order_id: int) -> PurchaseOrder:
    """Return an order of which this person sends something off."""
    orders = PurchaseOrder.objects.filter(pk__in=Allocation.objects.filter(sent_by(user)).values("order"))
    seen = orders | orders_seen_by(user)
    return _allowed(user, get_object_or_404(seen.select_related("buyer").distinct(), pk=order_id), can_ship)


def drives(user: Somebody) -> bool:
    """Return whether this person drives for some organisation."""
    return standing(user).has(Role.HAULIER)


def access_driving(user: Somebody) -> None:
    """Let in whoever drives for some organisation."""
    if not drives(user):
        raise PermissionDenied


def access_lot_to_fetch(user: Somebody, allocation_id: int) -> Allocation:
    """Return a lot of an order that this person may take at the pick-up."""
    lots = Allocation.objects.filter(hauled_by(user)).select_related(
        "order__buyer",
        "line__produce",
        "listing__produce",
        "listing__village__parent",
        "listing__household",
        "listing__cooperative",
    )
    return get_object_or_404(lots, pk=allocation_id)


def access_lot_to_label(user: Somebody, allocation_id: int) -> Allocation:
    """Return a lot of an order whose sacks this person labels: its seller's side, or whoever fetches it."""
    lots = Allocation.objects.filter(sent_by(user)).select_related(
        "order__buyer", "listing__produce", "listing__household", "listing__cooperative"
    )
    return get_object_or_404(lots, pk=allocation_id)


def access_hand_over(user: Somebody, hand_over_id: int, *, to: Callable = may) -> HandOver:
    """Return a hand-over of one's own goods, to one's own hauliers or for one's buyer."""
    return _allowed(user, get_object_or_404(hand_overs_seen_by(user), pk=hand_over_id), to)


def access_hand_over_photo(user: Somebody, hand_over_id: int, file_id: UUID) -> StoredFile:
    """Return a photo of the scale at the pick-up to whoever may see the hand-over."""
    row = access_hand_over(user, hand_over_id)
    shown = Attachment.objects.select_related("file").filter(document=row.reference, file_id=file_id)
    return get_object_or_404(shown[:1]).file


def can_answer_hand_over(user: Somebody, row: HandOver) -> bool:
    """Return whether this person says for the seller what was handed over."""
    return can_answer(user, row.allocation)


def can_give_back(user: Somebody, row: HandOver) -> bool:
    """Return whether this person drives for whoever took the goods."""
    return row.carrier_id in hauls_for(user)


def can_show_hand_over(user: Somebody, row: HandOver) -> bool:
    """Return whether this person stood on either side of a pick-up and may show its scale."""
    return can_answer_hand_over(user, row) or can_give_back(user, row)


def access_orders_to_ship(user: Somebody, keys: Collection[int]) -> list[PurchaseOrder]:
    """Return orders of each of which this person sends something off; one that is not theirs is nowhere."""
    lots = Allocation.objects.filter(sent_by(user)).exclude(status=AllocationStatus.RELEASED)
    orders = PurchaseOrder.objects.filter(pk__in=keys).filter(pk__in=lots.values("order"))
    rows = list(orders.select_related("buyer").order_by("pk"))
    if len(rows) != len(set(keys)):
        raise Http404
    return rows


def access_delivery(user: Somebody, delivery_id: int, *, to: Callable = may) -> Delivery:
    """Return a trip whose goods this person sends off, drives or weighs."""
    return _allowed(user, get_object_or_404(deliveries_seen_by(user), pk=delivery_id), to)


def can_read_dossier(user: Somebody, trip: Delivery) -> bool:
    """Return whether this person reads the whole file of a trip: the buyer's people of money, and the auditor."""
    return reads_dossiers(user, trip.buyer_id)


def access_dossier(user: Somebody, delivery_id: int) -> Delivery:
    """Return a trip whose file this person may read."""
    return access_delivery(user, delivery_id, to=can_read_dossier)


def access_dossier_fund(user: Somebody, fund_id: int) -> Fund:
    """Return a fund whose files this person may read; another buyer's does not exist for them."""
    fund = get_object_or_404(Fund.objects.select_related("organisation"), pk=fund_id)
    if not reads_dossiers(user, fund.organisation_id):
        raise Http404
    return fund


def access_fund_file(user: Somebody, made_id: int) -> FundFile:
    """Return a file made for this person, who still reads this buyer's files; once let go of it is no more."""
    row = get_object_or_404(fund_files_of(user).filter(made_at__isnull=False, gone_at=None), pk=made_id)
    if not still_reads(user, row):
        raise Http404
    return row


def access_fund_to_link(user: Somebody, fund_id: int) -> Fund:
    """Return a fund to whose file this person gives links: whoever has to do with the buyer's money."""
    fund = access_dossier_fund(user, fund_id)
    if not gives_links(user, fund):
        raise PermissionDenied
    return fund


def gives_links(user: Somebody, fund: Fund) -> bool:
    """Return whether this person gives links to a fund's file, and takes them back."""
    return fund.organisation_id in standing(user).organisations(*MONEY_ROLES)


def access_link(user: Somebody, link_id: int) -> ReadLink:
    """Return a link that this person may take back."""
    own = ReadLink.objects.filter(fund__organisation_id__in=standing(user).organisations(*MONEY_ROLES))
    return get_object_or_404(own, pk=link_id)


def access_receipt(user: Somebody, receipt_id: int, *, to: Callable | None = None) -> GoodsReceipt:
    """Return a receipt of a trip this person may see."""
    receipts = GoodsReceipt.objects.filter(delivery__in=deliveries_seen_by(user).order_by().values("pk"))
    receipt = get_object_or_404(receipts.select_related("delivery__buyer"), pk=receipt_id)
    if to is not None and not to(user, receipt.delivery):
        raise PermissionDenied
    return receipt


def access_receipt_photo(user: Somebody, receipt_id: int, file_id: UUID) -> StoredFile:
    """Return a photo of a receipt to whoever may see the line of the lot it shows."""
    receipt = access_receipt(user, receipt_id)
    lots = receipt_lines_seen_by(user, receipt).values_list("allocation_id", flat=True)
    shown = Attachment.objects.select_related("file").filter(
        document=receipt.reference, file_id=file_id, role__in=roles_of(lots)
    )
    return get_object_or_404(shown[:1]).file


def access_statement(user: Somebody, statement_id: int, *, to: Callable = may) -> SettlementStatement:
    """Return a statement this person may see and do this with."""
    return _allowed(user, get_object_or_404(statements_seen_by(user), pk=statement_id), to)


def access_recovery(
    user: Somebody, recovery_id: int, *, to: Callable[[Any, SettlementStatement], bool] | None = None
) -> Recovery:
    """Return a claim from a seller whose statement this person may see, and do this with."""
    row = get_object_or_404(recoveries_seen_by(user), pk=recovery_id)
    if to is not None and not to(user, row.statement):
        raise PermissionDenied
    return row


def access_line_to_return(user: Somebody, receipt_id: int, line_id: int) -> ReceiptLine:
    """Return a lot of a signed receipt of which this person may ask to send some back: a receiver of the buyer."""
    receipt = access_receipt(user, receipt_id, to=can_weigh)
    lines = receipt.lines.filter(receipt__status=ReceiptStatus.SIGNED, accepted_g__gte=1)
    return get_object_or_404(lines.select_related("allocation__order", "receipt__delivery"), pk=line_id)


def access_return(user: Somebody, return_id: int, *, to: Callable = may) -> GoodsReturn:
    """Return goods sent back that this person may see and do this with."""
    return _allowed(user, get_object_or_404(returns_seen_by(user), pk=return_id), to)


def can_answer_return(user: Somebody, row: GoodsReturn) -> bool:
    """Return whether this person answers for the seller of what goes back."""
    return can_answer(user, row.receipt_line.allocation)


def can_withdraw_return(user: Somebody, row: GoodsReturn) -> bool:
    """Return whether this person takes back what the buyer asked: any of its receivers."""
    return can_weigh(user, row.receipt_line.receipt.delivery)


def can_decide_return(user: Somebody, row: GoodsReturn) -> bool:
    """Return whether this person decides for the county; the service refuses whoever took part."""
    return standing(user).has(*DECIDERS)


def access_return_photo(user: Somebody, return_id: int, file_id: UUID) -> StoredFile:
    """Return a photo of goods sent back to whoever may see them."""
    row = access_return(user, return_id)
    shown = Attachment.objects.select_related("file").filter(document=row.reference, file_id=file_id)
    return get_object_or_404(shown[:1]).file


def _allowed(user: Somebody, document: Reached, to: Callable[[Any, Any], bool]) -> Reached:
    if not to(user, document):
        raise PermissionDenied
    return document


def _of_run(user: Somebody, run: Any, canteen_role: str, union_role: str) -> bool:
    roles = [canteen_role, union_role] if fund_of(run).kind == FundKind.UNION else [canteen_role]
    return run.payer_id in standing(user).organisations(*roles)


def _of_buyer(user: Somebody, statement: SettlementStatement, canteen_role: str, union_role: str) -> bool:
    roles = [canteen_role, union_role] if statement.fund.kind == FundKind.UNION else [canteen_role]
    return statement.buyer_id in standing(user).organisations(*roles)
