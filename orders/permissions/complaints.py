"""Doors of complaints: who complains of a delivery for which side, who answers, who decides."""

from collections.abc import Callable
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from accounts.models import Somebody
from accounts.selectors import standing
from orders.models import Allocation, Complaint, ReceiptLine, ReceiptStatus, Side
from orders.permissions import access_receipt, answers_for_others, can_answer, may
from orders.selectors.complaints import COMPLAINERS, complaints_seen_by
from orders.selectors.orders import receipt_lines_seen_by
from orders.selectors.returns import DECIDERS
from orders.services.complaining import FOR_ONESELF, Proxy
from records.models import Attachment, StoredFile


def complaint_side(user: Somebody, lot: Allocation) -> Side | None:
    """Return for which side of a lot of an order this person complains and answers, if for any."""
    if lot.order.buyer_id in standing(user).organisations(*COMPLAINERS):
        return Side.BUYER
    return Side.SELLER if can_answer(user, lot) else None


def access_line_to_complain(user: Somebody, receipt_id: int, line_id: int) -> tuple[ReceiptLine, Side]:
    """Return a lot of a signed receipt of which this person may complain, and for which side."""
    receipt = access_receipt(user, receipt_id)
    lines = receipt_lines_seen_by(user, receipt).filter(receipt__status=ReceiptStatus.SIGNED)
    of_lot = ("allocation__order__buyer", "allocation__line__produce", "allocation__listing", "receipt__delivery")
    line = get_object_or_404(lines.select_related(*of_lot), pk=line_id)
    side = complaint_side(user, line.allocation)
    if side is None:
        raise PermissionDenied
    return line, side


def access_complaint(user: Somebody, complaint_id: int, *, to: Callable = may) -> Complaint:
    """Return a complaint this person may see and do this with."""
    row = get_object_or_404(complaints_seen_by(user), pk=complaint_id)
    if not to(user, row):
        raise PermissionDenied
    return row


def can_answer_complaint(user: Somebody, row: Complaint) -> bool:
    """Return whether this person answers a complaint for the side that it was made to."""
    return complaint_side(user, row.receipt_line.allocation) == (Side.SELLER if row.side == Side.BUYER else Side.BUYER)


def can_speak_for_complaint(user: Somebody, row: Complaint) -> bool:
    """Return whether this person speaks for the side that complained."""
    return complaint_side(user, row.receipt_line.allocation) == row.side


def can_decide_complaint(user: Somebody, row: Complaint) -> bool:
    """Return whether this person decides for the county; the service refuses whoever took part."""
    return standing(user).has(*DECIDERS)


def access_complaint_photo(user: Somebody, complaint_id: int, file_id: UUID) -> StoredFile:
    """Return a photo of a complaint to whoever may see it."""
    row = access_complaint(user, complaint_id)
    shown = Attachment.objects.select_related("file").filter(document=row.reference, file_id=file_id)
    return get_object_or_404(shown[:1]).file


def proxy_of(user: Somebody, lot: Allocation, side: str, consent: str) -> Proxy:
    """Return for whom this person speaks where it is a household's word, and how that was given."""
    if side == Side.SELLER and answers_for_others(user, lot):
        return Proxy(standing(user).name, consent)
    return FOR_ONESELF
