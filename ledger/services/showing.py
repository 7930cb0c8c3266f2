"""Show the whole number of a card to whoever types a transfer at the bank: on the record, and not without end."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel.clock import COUNTY_ZONE, county_day
from kernel.errors import DomainError
from ledger.models import CardShown, Payable
from records.selectors.policy import policy

WHYS = CardShown.Why.choices  # what a whole number is needed for
WITHIN = dt.timedelta(hours=24)  # how far back the askings of one person are counted
STAYS = dt.timedelta(minutes=10)  # how long the same asking shows the number again, on a page loaded anew


class ManyCardsShown(DomainError):
    code = "many_cards_shown"

    def __init__(self, again_at: dt.datetime) -> None:
        super().__init__(
            _(
                "You have looked at as many card numbers within 24 hours as one person may. Ask a colleague, or go on "
                "after %(when)s."
            )
            % {"when": f"{again_at.astimezone(COUNTY_ZONE):%Y-%m-%d %H:%M}"}
        )


class ShownBefore(DomainError):
    code = "shown_before"
    message = _("This was asked for some time ago. Ask for the card number again.")


@dataclass(frozen=True, slots=True)
class WholeCard:
    """What is typed at the bank: whose card it is, its whole number, its bank."""

    holder: str
    number: str
    bank: str


@transaction.atomic
def show_card(payable: Payable, *, why: str, by: User, at: dt.datetime) -> int:
    """Write down who asks for the whole card number of a payable, and why; refuse whoever asked for very many.

    Return the key under which the number can be read for some minutes.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    most = policy("cards_shown_a_day", county_day(at))
    lately = CardShown.objects.filter(by__person=by.person_id, at__gt=at - WITHIN).order_by("-at")
    times = list(lately.values_list("at", flat=True)[:most])
    if len(times) >= most:
        raise ManyCardsShown(times[-1] + WITHIN)
    shown = CardShown(payable=payable, card_index=payable.payee.card_index, why=CardShown.Why(why), by=by, at=at)
    shown.save(force_insert=True)
    return int(shown.pk)


def card_shown(key: int, *, at: dt.datetime) -> WholeCard:
    """Return the card that was asked for; refuse it for an asking that is over."""
    shown = CardShown.objects.select_related("payable").get(pk=key)
    payee = shown.payable.payee
    if at - shown.at > STAYS or shown.card_index != payee.card_index:
        raise ShownBefore
    return WholeCard(payee.payee_name, payee.card, payee.bank)
