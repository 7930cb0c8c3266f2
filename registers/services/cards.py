"""The rules of the register of bank cards: where a household or a co-operative is paid, and from when.

A clerk proposes one on paper, finance after money came back, and whoever is paid asks for it with a fresh code of the
own phone; another clerk confirms.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import BankCard, Household, Organisation, Role, User
from accounts.selectors import (
    PAID_BY,
    Standing,
    card_in_force,
    standing,
    users_in_post,
    users_of_household,
)
from accounts.services import people
from accounts.services.fresh_codes import require_fresh_code, send_fresh_code, spend_fresh_code
from accounts.services.messages import in_chinese, tell
from kernel import clock, identity
from kernel.dates import day_words
from kernel.errors import BadValue, DomainError
from kernel.masking import card_tail, mask_card, mask_name
from kernel.present import StrOrPromise, known
from kernel.sealing import blind_index
from kernel.typed import fold_typed
from records.selectors.policy import policy
from registers.models import RegisterChange
from registers.services import changes
from registers.services.members import household_known
from registers.services.rules import Content, Hands, Rules, Step, seat, seat_of_household

FINANCE = (Role.FINANCE_MAKER, Role.FINANCE_CHECKER)
OFFICES = (Role.RELIEF_CLERK, *FINANCE)  # they propose on paper
CLERK = seat(Role.RELIEF_CLERK)
OWN_CARD = "card"  # what a fresh code is for
CODE = gettext_lazy(
    "Your code for changing the bank card you are paid on is %(code)s. It lasts 5 minutes; tell it to nobody. If you "
    "did not ask for it, call us."
)


class CardWaits(DomainError):
    code = "card_waits"

    def __init__(self, card: BankCard) -> None:
        day = day_words(clock.county_day(card.from_at))
        super().__init__(
            _("A new card is waiting to be used from %(day)s on. Change it after that day.") % {"day": day}
        )


class NotYourCard(DomainError):
    code = "not_your_card"
    message = gettext_lazy("You may ask for a card of your own household or organisation only.")


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
    def name(self) -> str:
        """Return what names it in a row of the register."""
        return self.household.number if self.household is not None else known(self.organisation).name

    @property
    def hands(self) -> Hands:
        """Return who proposes a card of this owner; a clerk confirms."""
        own = tuple(seat(role, self.organisation.pk) for role in PAID_BY) if self.organisation is not None else ()
        home = (seat_of_household(self.household),) if self.household is not None else ()
        return Hands((*(seat(role) for role in OFFICES), *home, *own), (CLERK,))

    def phones(self, on: dt.date) -> list[str]:
        """Return every phone that reaches the owner: the one on record, and those of the own accounts."""
        if self.household is not None:
            phones = [self.household.phone, *(user.phone for user in users_of_household(self.household))]
        else:
            phones = [user.phone for user in users_in_post(known(self.organisation), PAID_BY, on)]
        return [phone for phone in dict.fromkeys(phones) if phone]

    @property
    def title(self) -> str:
        """Return who it is, masked where it is a household."""
        if self.household is not None:
            return f"{self.household.number} {mask_name(self.household.head_name)}"
        return self.organisation.name if self.organisation is not None else ""


class CardRules(Rules):
    """Bank cards: asked for by whoever is paid or copied from a paper, compared by another person."""

    key = "cards"
    for_households = True
    roles = OFFICES

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
        if identity.is_like_credit(card):
            notes.append(_("This looks like a credit card: nothing can be paid on one. Ask for a savings card."))
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
            hands=owner.hands,
            about=(owner.household.pk,) if owner.household is not None else (),
            notes=[_("It is used from %(day)s on.") % {"day": day_words(begins)}, *notes],
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write the card, and tell its owner on every phone on record."""
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
        sentence = gettext_lazy(
            "From %(day)s on you are paid on the card ending in %(tail)s. If this is not your card, call us at once."
        )
        tail = card_tail(identity.bank_card(content["number"]).number)
        _tell(owner, sentence, {"day": day_words(clock.county_day(begins)), "tail": tail}, "card.changed", at=at)


def send_card_code(user: User) -> str:
    """Send the code with which somebody asks for another card of their own; return the phone, masked."""
    return send_fresh_code(user, OWN_CARD, CODE)


@transaction.atomic
def ask_for_card(content: Content, *, code: str, by: User, at: dt.datetime) -> RegisterChange:
    """Ask for another card of one's own household or organisation, with a fresh code; a clerk confirms it."""
    owner = _owner(content["owner"])
    if owner.name not in own_names(standing(by)):
        raise NotYourCard
    require_fresh_code(by, OWN_CARD, code)
    document = in_chinese(gettext_lazy("asked for by the payee, with a code"))
    change = changes.propose(CardRules.key, [content], document_number=document, by=by, at=at)
    sentence = gettext_lazy(
        "Somebody asked with a code to pay you on another card, ending in %(tail)s. The office compares it. "
        "If that was not you, call us at once."
    )
    _tell(owner, sentence, {"tail": card_tail(identity.bank_card(content["number"]).number)}, "card.asked", at=at)
    spend_fresh_code(by, OWN_CARD)
    return change


def own_names(who: Standing) -> dict[str, str]:
    """Return whose card somebody may ask for: the own household by its number, the own organisations by their names."""
    names = {}
    if who.household is not None:
        names[who.household.number] = _("My household")
    names |= {post.organisation_name: post.organisation_name for post in who.posts if post.role in PAID_BY}
    return names


def _tell(owner: _Owner, sentence: StrOrPromise, values: dict[str, Any], kind: str, *, at: dt.datetime) -> None:
    document = f"household:{owner.household.pk}" if owner.household else f"organisation:{known(owner.organisation).pk}"
    household = owner.household
    for phone in owner.phones(clock.county_day(at)) or [""] * (household is not None):
        tell(sentence, values, household=household, phone=phone, kind=kind, document=document, at=at)
        household = None  # the household reads it once among its messages


def _owner(text: str) -> _Owner:
    """Return the household of a number or the organisation of a name."""
    written = fold_typed(text)
    household = household_known(written)
    organisation = None if household else Organisation.objects.filter(name=written).first()
    if household is None and organisation is None:
        raise BadValue(_("No household has this number or ID number, and no organisation this name."), about=text)
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
