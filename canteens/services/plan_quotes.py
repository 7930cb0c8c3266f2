"""Keep the quotes of a purchase plan that waits: what each supplier asks, with a photo of what it wrote."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from canteens.models import PlanQuote, PurchasePlan, PurchasePlanStatus
from canteens.services.publicity import SENDS
from kernel.errors import BadValue
from kernel.typed import fold_typed
from kernel.workflow import IllegalMove, lock
from records.models import MOST_FEN, StoredFile
from records.services.files import attach
from records.services.participation import take_part

QUOTE_PHOTO = "plan-quote"
LONGEST_SUPPLIER = 80


@transaction.atomic
def add_quote(
    plan: PurchasePlan, supplier: str, amount_fen: int, photo: StoredFile, *, by: User, at: dt.datetime
) -> PlanQuote:
    """Keep what a supplier asks for the goods of a plan, with a photo of its quote; the latest of a supplier counts."""
    supplier = fold_typed(supplier)[:LONGEST_SUPPLIER]
    if not supplier:
        raise BadValue(_("Write whose quote this is."))
    if not 1 <= amount_fen <= MOST_FEN:
        raise BadValue(_("Write an amount greater than zero."))
    plan = lock(plan)
    if plan.status != PurchasePlanStatus.SENT:
        raise IllegalMove
    take_part(plan.reference, SENDS, by=by, at=at)
    if PlanQuote.objects.filter(plan=plan, photo__file__sha256=photo.sha256).exclude(supplier=supplier).exists():
        raise BadValue(_("This photo is that of another supplier's quote. Add a photo of this one."))
    shown = attach(plan.reference, photo, QUOTE_PHOTO, by=by, at=at)
    return PlanQuote.objects.create(plan=plan, supplier=supplier, amount_fen=amount_fen, photo=shown, by=by, at=at)
