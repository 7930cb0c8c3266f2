"""「钱到了吗?」 in words: what a payee is asked, and what was answered."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Grievance, User
from accounts.pages.grievances import status_of
from accounts.selectors import standing
from kernel.clock import county_day
from kernel.dates import day_words
from kernel.masking import card_tail
from kernel.money import yuan
from kernel.piles import pile_of
from kernel.present import known
from kernel.shown import Case, Pile, Tag
from ledger.models import Payment
from ledger.selectors.arriving import payments_to_ask


@dataclass(frozen=True, slots=True)
class Asked:
    """One payment its payee is asked about, and the key of the answer."""

    title: str
    note: str
    url: str
    idem: str


@dataclass(frozen=True, slots=True)
class Answered:
    """One payment its payee has spoken of."""

    title: str
    note: str
    status: Tag
    url: str  # of the grievance


def asked(payment: Payment) -> Asked:
    """Return the question about one payment."""
    return Asked(
        title=_title(payment),
        note=_("to the card ending in %(tail)s, on %(day)s")
        % {"tail": card_tail(payment.payee.card), "day": _day(payment)},
        url=reverse("money-answer", args=[payment.pk]),
        idem=f"arrived-{payment.pk}",
    )


def answered_rows(payments: Iterable[Payment]) -> list[Answered]:
    """Return what was answered, with the last grievance of each no."""
    payments = list(payments)
    said = Grievance.objects.filter(about__in=[row.reference for row in payments]).order_by("pk")
    by_document = {row.about: row for row in said}
    return [_answered(payment, by_document.get(payment.reference)) for payment in payments]


def money_to_ask(user: User) -> Pile:
    """Return the payments to one's co-operative of which it did not say yet whether they arrived."""

    def case(payment: Payment) -> Case:
        return Case(
            title=_("Did the money arrive? %(what)s") % {"what": _title(payment)},
            facts=[_day(payment)],
            url=reverse("money-arrived"),
            act=pgettext("case", "Say yes or no"),
            amount_fen=payment.amount_fen,
            due_on=county_day(known(payment.paid_at)),
        )

    return pile_of(payments_to_ask(standing(user)), case, amount="amount_fen", url=reverse("money-arrived"))


def answer_words(payment: Payment | None) -> str:
    """Return what the payee says of a payment: that it arrived, that it did not, or nothing yet."""
    row = getattr(payment, "payee_answer", None)
    if row is None:
        return _("has not said yet")
    return (_("arrived, says the payee (%(day)s)") if row.arrived else _("not there, says the payee (%(day)s)")) % {
        "day": day_words(county_day(row.at))
    }


def _answered(payment: Payment, said: Grievance | None) -> Answered:
    status = Tag("ok", pgettext("money", "Arrived")) if said is None else status_of(said)
    url = reverse("grievance-detail", args=[said.pk]) if said is not None else ""
    return Answered(_title(payment), _day(payment), status, url)


def _title(payment: Payment) -> str:
    return _("%(payer)s paid you %(amount)s yuan") % {
        "payer": payment.payable.payer.name,
        "amount": yuan(payment.amount_fen),
    }


def _day(payment: Payment) -> str:
    return day_words(county_day(known(payment.paid_at)))
