"""Doors of what is said of a sale afterwards."""

from django.core.exceptions import PermissionDenied

from accounts.models import Somebody
from orders.models import ReceiptLine, Side
from orders.permissions import answers_for_others
from orders.permissions.complaints import access_line_to_complain


def access_line_to_rate(user: Somebody, receipt_id: int, line_id: int) -> tuple[ReceiptLine, Side]:
    """Return a lot of a signed receipt and the side for which this person says how it went: nobody for another."""
    line, side = access_line_to_complain(user, receipt_id, line_id)
    if side == Side.SELLER and answers_for_others(user, line.allocation):
        raise PermissionDenied
    return line, side
