"""What offices and co-operatives wrote into registers about a household, and what is held at its 「不是我」."""

import datetime as dt
import json

from django.db.models import Q
from django.utils.translation import gettext_lazy

from accounts.models import BankCard, Consent, CoopMember, Mandate, User
from accounts.selectors import live_card_of
from accounts.services import acts
from accounts.services.coops import end_mandate, end_membership
from kernel import clock, identity
from kernel.present import StrOrPromise
from kernel.sealing import blind_index
from kernel.workflow import change
from registers.models import RegisterChange

# What an act in each register is called to the household.
WORDS = {
    "cards": gettext_lazy("Another bank card for your money"),
    "members": gettext_lazy("A change of who belongs to your household"),
    "households": gettext_lazy("A change of what the register says of your household"),
    "merges": gettext_lazy("Your household counted with another one"),
    "splits": gettext_lazy("Members of your household set up their own"),
    "mandates": gettext_lazy("What a co-operative may do for you, on signed paper"),
    "coop-members": gettext_lazy("Your membership in a co-operative, on signed paper"),
}


class Changes(acts.Kind):
    """Changes of registers."""

    prefix = "registerchange"

    def named(self, documents: list[str]) -> dict[str, str]:
        """Return each by its register."""
        keys = [document.partition(":")[2] for document in documents]
        rows = RegisterChange.objects.filter(pk__in=keys)
        return {row.reference: str(WORDS[row.register]) for row in rows if row.register in WORDS}

    def others(self, consent: Consent) -> list[User]:
        """Return whoever confirmed it: theirs is the other of the two hands."""
        row = RegisterChange.objects.select_related("decided_by").get(pk=consent.document.partition(":")[2])
        return [row.decided_by] if row.decided_by is not None else []

    def hold(self, consent: Consent, *, by: User, at: dt.datetime) -> StrOrPromise:
        """Pay nothing on a disputed card; end what a co-operative may do."""
        row = RegisterChange.objects.get(pk=consent.document.partition(":")[2])
        if row.register == "cards":
            return _hold_card(consent, row, at=at)
        if row.register in ("mandates", "coop-members"):
            return _end(consent, row, by=by, at=at)
        return ""

    def free(self, consent: Consent, *, by: User, at: dt.datetime) -> None:
        """Pay on the card again, unless another one came since."""
        row = RegisterChange.objects.get(pk=consent.document.partition(":")[2])
        if row.register != "cards":
            return
        card = _card(consent, row)
        if card is None or card.to_at is None:
            return
        live = BankCard.objects.filter(household=consent.household, to_at=None).first()
        if live is not None and live.from_at > card.from_at:
            if live.from_at > at and live_card_of(consent.household, at) is None:
                change(card, {"to_at": live.from_at})
            return
        begins = max(at, card.from_at)
        if live is not None:
            change(live, {"to_at": begins})
        change(card, {"to_at": None})


def _hold_card(consent: Consent, row: RegisterChange, *, at: dt.datetime) -> StrOrPromise:
    """End a card, one that a newer will follow too: one not used yet never is, and the one before it serves on."""
    card = _card(consent, row)
    if card is None or (card.to_at is not None and card.to_at <= max(at, card.from_at)):
        return ""
    if card.from_at <= at:
        change(card, {"to_at": at})
        return gettext_lazy("Nothing more is paid on this card until this is answered.")
    ends = card.to_at
    change(card, {"to_at": card.from_at})
    earlier = BankCard.objects.filter(household=consent.household, from_at__lt=card.from_at)
    before = earlier.filter(to_at=card.from_at).first()
    if before is None:
        return gettext_lazy("Nothing more is paid on this card until this is answered.")
    change(before, {"to_at": ends})
    return gettext_lazy("The new card is not used; you are paid on the one before.")


def _card(consent: Consent, row: RegisterChange) -> BankCard | None:
    for content in _contents(row):
        index = blind_index("card", identity.bank_card(content["number"]).number)
        card = BankCard.objects.filter(household=consent.household, index=index).order_by("-from_at").first()
        if card is not None:
            return card
    return None


def _end(consent: Consent, row: RegisterChange, *, by: User, at: dt.datetime) -> StrOrPromise:
    """End what the household let a co-operative do, as it may at any time, whatever the co-operative is called now."""
    cooperatives = [subject.rpartition(":")[2] for subject in row.rows.values_list("subject", flat=True)]
    theirs = Q(household=consent.household, cooperative__in=cooperatives)
    in_force = theirs & (Q(to_on=None) | Q(to_on__gt=clock.county_day(at)))
    mandates = list(Mandate.objects.filter(in_force)) if row.register == "mandates" else []
    members = list(CoopMember.objects.filter(in_force)) if row.register == "coop-members" else []
    for mandate in mandates:
        end_mandate(mandate, by=by, at=at)
    for member in members:
        end_membership(member, by=by, at=at)
    if not mandates and not members:
        return ""
    return gettext_lazy("It is ended. If it was right, the co-operative asks you again.")


def _contents(row: RegisterChange) -> list[dict[str, str]]:
    return [json.loads(one.content) for one in row.rows.order_by("position")]
