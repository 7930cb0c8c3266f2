"""On which card somebody's own household or organisations are paid, and what waits to change that."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import BankCard, User
from accounts.selectors import Standing, spoken_time, standing
from kernel.masking import mask_card
from kernel.shown import Fact
from registers.models import ChangeStatus
from registers.pages.changes import WaitingChange, listed
from registers.selectors import changes_seen_by
from registers.services.cards import own_names


@dataclass(frozen=True, slots=True)
class OwnCards:
    """The cards one is paid on, and the proposals about them that wait for the office."""

    facts: list[Fact]
    waiting: list[WaitingChange]
    form_url: str
    code_url: str


def own_cards(user: User, at: dt.datetime) -> OwnCards:
    """Return on which cards this person's household and organisations are paid, now and from a later day on."""
    who = standing(user)
    waiting = changes_seen_by(user).filter(register="cards", status=ChangeStatus.PROPOSED)[:20]
    return OwnCards(
        facts=[fact for name, words in own_names(who).items() for fact in _facts(name, words, at)],
        waiting=listed(waiting),
        form_url=reverse("my-card-new"),
        code_url=reverse("my-card-code"),
    )


def known_of(who: Standing, owner: str) -> dict[str, str]:
    """Return what is known before anything is typed: whose card it is, and the name of the household's head."""
    holder = who.household.head_name if who.household is not None and who.household.number == owner else owner
    return {"owner": owner, "holder": holder}


def _facts(name: str, words: str, at: dt.datetime) -> list[Fact]:
    """Return the card in force and the one that waits for its day; a sentence where there is none."""
    theirs = Q(household__number=name) | Q(organisation__name=name)
    cards = BankCard.objects.filter(theirs).filter(Q(to_at=None) | Q(to_at__gt=at)).order_by("from_at")
    facts = [
        Fact(
            words,
            mask_card(card.number),
            card.bank if card.from_at <= at else _("used from %(day)s on") % {"day": spoken_time(card.from_at)},
        )
        for card in cards
    ]
    return facts or [Fact(words, _("None yet"))]
