"""Scorecards in words: each figure with what it rests on."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Household, User
from accounts.selectors import standing
from accounts.selectors.grievances import is_own
from catalog.models import Sanction
from catalog.services.sanction_register import party_words
from kernel import weight
from kernel.dates import day_words
from kernel.masking import mask_name
from kernel.present import known, name_of
from kernel.shown import Fact, Link
from orders.models import Side
from orders.pages.rating import praise_facts
from orders.selectors.cards import BuyerCard, Cards, Figures, HaulierCard, SellerCard


@dataclass(frozen=True, slots=True)
class CardShown:
    """One party and its figures."""

    name: str
    number: str
    facts: list[Fact]


@dataclass(frozen=True, slots=True)
class CardGroup:
    """The cards of all sellers, buyers or hauliers that are shown."""

    title: str
    cards: list[CardShown]


def sanction_facts(rows: Iterable[Sanction]) -> list[Fact]:
    """Return what the bureau wrote down against these parties, the longest first: what, until when, why."""
    facts = []
    for row in rows:
        goods = name_of(row.produce) if row.produce is not None else ""
        until = _("up to and with %(day)s") % {"day": day_words(row.to_on)}
        if row.lifted_on is not None:
            until = _("lifted on %(day)s") % {"day": day_words(row.lifted_on)}
        label = "，".join(filter(None, [party_words(row.household, row.organisation), row.get_code_display(), goods]))
        facts.append(Fact(label, until, f"{row.reason}（{row.document}）"))
    return facts


def ways_to_object(rows: Iterable[Sanction], user: User) -> list[Link]:
    """Return where whoever speaks for the party says that what stands against it is not right."""
    who = standing(user)
    return [
        Link(
            reverse("grievance-new", args=[f"sanction:{row.pk}"]), _("%(paper)s is not right") % {"paper": row.document}
        )
        for row in rows
        if is_own(who, row)
    ]


def card_groups(cards: Cards, user: User) -> list[CardGroup]:
    """Return what is shown of each kind of party; a kind without a card is left out."""
    groups = [
        CardGroup(_("Sellers"), [_seller(card, user) for card in cards.sellers]),
        CardGroup(_("Buyers"), [_buyer(card) for card in cards.buyers]),
        CardGroup(_("Hauliers"), [_haulier(card) for card in cards.hauliers]),
    ]
    return [group for group in groups if group.cards]


def seller_of_card(card: SellerCard, user: User) -> str:
    """Return a seller's name, masked for whoever does not belong to the household."""
    if card.cooperative is not None:
        return card.cooperative.name
    return _household_name(known(card.household), user)


def _household_name(household: Household, user: User) -> str:
    own = household.pk in standing(user).households
    return household.head_name if own else mask_name(household.head_name)


def _seller(card: SellerCard, user: User) -> CardShown:
    figures = card.figures
    number = card.household.number if card.household is not None else ""
    facts = [
        _lots(figures),
        _on_time(figures),
        Fact(_("Short at the scale"), _thousandths(figures.short_permille), weight.both(figures.short_g)),
        *_refused_and_lost(figures),
        *praise_facts(card.praise, Side.BUYER),
    ]
    return CardShown(seller_of_card(card, user), number, facts)


def _buyer(card: BuyerCard) -> CardShown:
    waited = (
        ngettext("%(n)s day", "%(n)s days", card.days_to_pay) % {"n": card.days_to_pay}
        if card.paid
        else _("nothing paid")
    )
    facts = [
        _lots(card.figures),
        Fact(_("From the statement to the money, on average"), waited, _of(card.paid)),
        Fact(_("Paid by its day"), str(card.paid_in_time), _of(card.paid)),
        *_refused_and_lost(card.figures),
        *praise_facts(card.praise, Side.SELLER),
    ]
    return CardShown(card.name, "", facts)


def _haulier(card: HaulierCard) -> CardShown:
    facts = [_lots(card.figures), _on_time(card.figures)]
    if card.loss is not None:
        above = _("%(lots)s of %(all)s lots handed over with their weight") % {
            "lots": card.loss.lines_above,
            "all": card.loss.lines,
        }
        facts.append(Fact(_("Lost on the way above the rule"), weight.both(card.loss.above_g), above))
    return CardShown(card.name, "", facts)


def _lots(figures: Figures) -> Fact:
    return Fact(_("Lots signed for"), str(figures.lots))


def _on_time(figures: Figures) -> Fact:
    return Fact(_("Came by the day agreed"), str(figures.on_time), _of(figures.lots))


def _refused_and_lost(figures: Figures) -> list[Fact]:
    return [
        Fact(_("Went back at the door"), _thousandths(figures.refused_permille), weight.both(figures.refused_g)),
        Fact(_("Complaints that ended against it"), str(figures.lost)),
    ]


def _thousandths(permille: int) -> str:
    return f"{permille} ‰"


def _of(count: int) -> str:
    return pgettext("scorecard", "of %(n)s") % {"n": count}
