"""The rules of the register of bank cards: where a household or a co-operative is paid, and from when."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import BankCard, Household, Organisation, Role, User
from accounts.selectors import card_in_force
from accounts.services import people
from accounts.services.messages import tell
from kernel import clock, identity
from kernel.dates import day_words
from kernel.errors import BadValue, DomainError
from kernel.masking import card_tail, mask_card, mask_name
from kernel.sealing import blind_index
from kernel.typed import fold_typed
from records.selectors.policy import policy
from registers.services.rules import Content, Hands, Rules, Step, seat

CLERKS = Hands((seat(Role.RELIEF_CLERK),), (seat(Role.RELIEF_CLERK),))


class CardWaits(DomainError):
    code = "card_waits"

    def __init__(self, card: BankCard) -> None:
        day = day_words(clock.county_day(card.from_at))
        super().__init__(
            _("A new card is waiting to be used from %(day)s on. Change it after that day.") % {"day": day}
        )


@dataclass(frozen=True)
class _Owner:
    """Whose card it is; one of the two."""

    household: Household | None
    organisation: Organisation | None

    @property
    def columns(self) -> dict[str, Any]:
        """Return the owner as the card's columns name it."""
        return {"household": self.household, "organisation": self.organisation}

    @property
    def title(self) -> str:
        """Return who it is, masked where it is a household."""
        if self.household is not None:
            return f"{self.household.number} {mask_name(self.household.head_name)}"
        return self.organisation.name if self.organisation is not None else ""


class CardRules(Rules):
    """Bank cards: one clerk copies them from the paper, another compares."""

    key = "cards"
    roles = (Role.RELIEF_CLERK,)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return on which card somebody would be paid, instead of which, and from when."""
        owner, card = _owner(content["owner"]), identity.bank_card(content["number"])
        holder = _holder(owner, content["holder"])
        index = blind_index("card", card.number)
        theirs = BankCard.objects.filter(**owner.columns)
        if (waiting := theirs.filter(from_at__gt=at).first()) is not None:
            raise CardWaits(waiting)
        others = BankCard.objects.filter(Q(to_at=None) | Q(to_at__gt=at), index=index)
        if others.exclude(pk__in=theirs.values("pk")).exists():
            raise people.CardTaken
        there = theirs.filter(card_in_force(at)).first()
        notes = [] if card.luhn_ok else [_("The check digit of this card number does not fit. Compare it once more.")]
        if owner.household is not None and identity.name_key(holder) != identity.name_key(owner.household.head_name):
            notes.append(_("The card is not in the name of the household's head."))
        begins = clock.county_day(_from(content, there, at))
        return Step(
            subject=f"card:{(owner.household or owner.organisation).pk}",  # type: ignore[union-attr]
            title=owner.title,
            facts=[
                ("owner", owner.title, owner.title),
                ("holder", _masked(there, owner), mask_name(holder) if owner.household else holder),
                ("number", mask_card(there.number) if there else "", mask_card(card.number)),
                ("bank", there.bank if there else "", content["bank"]),
            ],
            hands=CLERKS,
            notes=[_("It is used from %(day)s on.") % {"day": day_words(begins)}, *notes],
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write the card, and tell its owner on the phone on record."""
        owner = _owner(content["owner"])
        there = BankCard.objects.filter(card_in_force(at), **owner.columns).first()
        begins = _from(content, there, at)
        people.set_card(
            **owner.columns,
            number=content["number"],
            holder=_holder(owner, content["holder"]),
            bank=content["bank"],
            at=at,
            from_at=begins,
        )
        if owner.household is not None:
            tell(
                _(
                    "From %(day)s on you are paid on the card ending in %(tail)s. "
                    "If this is not your card, call us at once."
                ),
                {
                    "day": day_words(clock.county_day(begins)),
                    "tail": card_tail(identity.bank_card(content["number"]).number),
                },
                household=owner.household,
                kind="card.changed",
                document=f"household:{owner.household.pk}",
                at=at,
            )


def _owner(text: str) -> _Owner:
    """Return the household of a number or the organisation of a name."""
    written = fold_typed(text)
    household = Household.objects.filter(number=written).first()
    organisation = None if household else Organisation.objects.filter(name=written).first()
    if household is None and organisation is None:
        raise BadValue(_("No household has this number and no organisation this name."))
    return _Owner(household, organisation)


def _holder(owner: _Owner, typed: str) -> str:
    return identity.person_name(typed) if owner.household is not None else typed.strip()


def _masked(card: BankCard | None, owner: _Owner) -> str:
    if card is None:
        return ""
    return mask_name(card.holder) if owner.household is not None else card.holder


def _from(content: Content, there: BankCard | None, at: dt.datetime) -> dt.datetime:
    """Return from when a card is used: at once where there was none or it is lost, else after the days to object."""
    if there is None or content["lost"]:
        return at
    return at + dt.timedelta(days=policy("card_wait_days", clock.county_day(at)))
