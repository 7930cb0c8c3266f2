"""「钱到了吗?」: whoever was paid answers by one tap; no is a grievance that others than the payers answer."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Grievance, User
from accounts.services import grievances
from kernel.clock import county_day
from kernel.dates import day_words
from kernel.errors import DomainError
from kernel.money import yuan
from kernel.workflow import lock
from ledger.models import PayeeAnswer, Payment, PaymentStatus

PAGE = "/money/"  # short, since it stands in texts on phones


class NotPaidNow(DomainError):
    code = "not_paid_now"
    message = gettext_lazy("The bank sent this money back, so nobody waits for it. You are told when it is paid anew.")


class AnsweredAlready(DomainError):
    code = "arrival_answered"
    message = gettext_lazy("You have answered this already.")


def arrived_link() -> str:
    """Return the address at which a payee answers, for a text on a phone."""
    return settings.SITE_ADDRESS + PAGE


@transaction.atomic
def answer_arrival(payment: Payment, *, arrived: bool, by: User, at: dt.datetime) -> PayeeAnswer:
    """Write down what a payee says of a payment; money that did not arrive is looked for at once."""
    payment = lock(payment)
    if payment.status != PaymentStatus.PAID:
        raise NotPaidNow
    if PayeeAnswer.objects.filter(payment=payment).exists():
        raise AnsweredAlready
    row = PayeeAnswer.objects.create(payment=payment, arrived=arrived, by=by, at=at)
    if not arrived:
        payee = payment.payable
        grievances.say(
            payment.reference,
            Grievance.Category.MONEY,
            household=payee.household,
            organisation=payee.organisation,
            by=by,
            at=at,
        )
    return row


class Payments(grievances.Kind):
    """Payments, as grievances speak of them."""

    prefix = "payment"

    def named(self, documents: list[str]) -> dict[str, str]:
        """Return each payment by who paid how much when."""
        keys = [document.partition(":")[2] for document in documents]
        rows = Payment.objects.filter(pk__in=keys).select_related("payable__payer")
        return {
            row.reference: _("%(amount)s yuan of %(payer)s, paid on %(day)s")
            % {
                "amount": yuan(row.amount_fen),
                "payer": row.payable.payer.name,
                "day": day_words(county_day(row.paid_at or row.prepared_at)),
            }
            for row in rows
        }

    def hands(self, document: str) -> list[User]:
        """Return who recorded and confirmed it, alone or in a batch."""
        row = Payment.objects.select_related("maker", "checker", "batch__maker", "batch__checker").get(
            pk=document.partition(":")[2]
        )
        batch = row.batch
        hands = [row.maker, row.checker, batch.maker if batch else None, batch.checker if batch else None]
        return [user for user in hands if user is not None]
