"""A farmer's first page: what is asked of them, selling, the money, the own places."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, cast

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Household, User
from accounts.selectors import Standing
from kernel import clock, weight
from kernel.dates import day_words, deadline_words
from kernel.money import price_per_jin, yuan
from kernel.present import known, name_of
from ledger.pages.arriving import asked
from ledger.selectors import relief_money
from ledger.selectors.arriving import payments_to_ask
from losses.pages.by_text import said_by_text
from losses.selectors import claims_of
from orders.models import Allocation
from orders.pages.cases import complaints_to_answer, returns_to_answer
from orders.selectors.sales import asks_for, money_of
from records.forms import new_key
from registers.selectors import asked_of_household
from selling.pages.drafts import offline_steps, photo_words

MOST_ASKS = 3


@dataclass(frozen=True, slots=True)
class Sell:
    """Where a sale begins, with a photo or without; `idem` is the key of its draft."""

    url: str
    photo_url: str
    idem: str


@dataclass(frozen=True, slots=True)
class Again:
    """The last lot, to be sold once more."""

    url: str
    text: str
    picture: str


@dataclass(frozen=True, slots=True)
class Ask:
    """What a buyer wants of one lot, and where it is answered."""

    deadline: str
    title: str
    facts: list[str]
    url: str
    yes_url: str
    no_url: str
    idem: str


@dataclass(frozen=True, slots=True)
class Money:
    """What arrived this month and what is still to come."""

    arrived: str
    due: str
    latest: str
    sentence: str
    off: str  # what comes off the next sale


@dataclass(frozen=True, slots=True)
class HomeRow:
    """One of a farmer's own places."""

    url: str
    icon: str
    title: str
    text: str


def farmer_home(who: Standing, *, at: dt.datetime) -> dict[str, Any]:
    """Return the context of a farmer's first page."""
    household = known(who.household)
    asks = list(asks_for(household)[: MOST_ASKS + 1])
    return {
        "sell": Sell(reverse("sell"), reverse("sell"), new_key()),
        "again": _again(household),
        "asks": [_ask(row, at) for row in asks[:MOST_ASKS]],
        "money": _money(household, at),
        "arrived": [asked(payment) for payment in payments_to_ask(who)[:MOST_ASKS]],
        "backs": [
            *returns_to_answer(cast(User, who.user), at).cases,
            *complaints_to_answer(cast(User, who.user), at).cases,
        ],
        "rows": _rows(household, more_asks=len(asks) > MOST_ASKS),
        "photo_words": photo_words(),
        "offline": offline_steps(who.user),
    }


def _again(household: Household) -> Again | None:
    lot = household.listings.select_related("produce").order_by("-listed_at").first()
    if lot is None:
        return None
    words = _("%(produce)s, %(price)s yuan a jin")
    price = price_per_jin(lot.price_fen, lot.price_unit_g)
    return Again(
        url=f"{reverse('sell')}?again={lot.pk}",
        text=words % {"produce": name_of(lot.produce), "price": price},
        picture=lot.produce.picture,
    )


def _ask(row: Allocation, at: dt.datetime) -> Ask:
    listing, order = row.listing, row.order
    jin, kg = weight.with_commas(weight.jin(row.weight_g)), weight.with_commas(weight.kg(row.weight_g))
    wanted = listing.in_words(row.quantity) if listing.piece_g else _("%(jin)s jin") % {"jin": jin}
    other_weight = [] if listing.piece_g else [_("%(kg)s kg") % {"kg": kg}]
    return Ask(
        deadline=_("Answer %(when)s") % {"when": deadline_words(known(order.answer_by_at), at)},
        title=_("%(buyer)s wants %(quantity)s of %(produce)s")
        % {"buyer": order.buyer.name, "quantity": wanted, "produce": name_of(listing.produce)},
        facts=[
            *other_weight,
            _("%(price)s yuan a jin") % {"price": price_per_jin(row.price_fen, row.price_unit_g)},
            _("%(amount)s yuan altogether") % {"amount": yuan(row.amount_fen)},
            _("to be brought on %(day)s") % {"day": day_words(order.deliver_on)},
        ],
        url=reverse("sale-detail", args=[row.pk]),
        yes_url=reverse("sale-confirm", args=[row.pk]),
        no_url=reverse("sale-decline", args=[row.pk]),
        idem=f"answer-{row.pk}",
    )


def _money(household: Household, at: dt.datetime) -> Money:
    sales = money_of(household, at)
    month = clock.day_start(clock.county_day(at).replace(day=1))
    relief_arrived, relief_due = relief_money(household, since=month)
    arrived, due = sales.arrived_fen + relief_arrived, sales.due_fen + relief_due
    latest = _("at the latest on %(day)s") % {"day": day_words(sales.due_on)} if sales.due_on else ""
    off = _("%(amount)s yuan come off your next sale: goods were sent back") % {"amount": yuan(sales.owes_fen)}
    still = _("Still to come: %(amount)s yuan")
    by_when = _("Still to come: %(amount)s yuan, %(latest)s")
    return Money(
        arrived=yuan(arrived),
        due=yuan(due),
        latest=latest,
        sentence=(by_when if latest else still) % {"amount": yuan(due), "latest": latest},
        off=off if sales.owes_fen else "",
    )


def _rows(household: Household, *, more_asks: bool) -> list[HomeRow]:
    on_sale = household.listings.filter(status="on_sale").count()
    losses = claims_of(household).count()
    asked = asked_of_household(household).count()
    coops = [
        HomeRow(
            url=reverse("own-coops"),
            icon="person",
            title=_("A co-operative asks you"),
            text=_("Read what it wants to do for you, and say yes or no"),
        )
    ]
    return [
        *(coops if asked else []),
        HomeRow(
            url=reverse("my-listings"),
            icon="box",
            title=pgettext("home", "My goods"),
            text=_("%(n)s lots on sale") % {"n": on_sale} if on_sale else _("Nothing on sale now"),
        ),
        HomeRow(
            url=reverse("sale-list"),
            icon="basket",
            title=pgettext("home", "Who buys"),
            text=_("More people are asking") if more_asks else _("Who wants what, and what became of it"),
        ),
        HomeRow(
            url=reverse("claim-list-mine"),
            icon="warn",
            title=pgettext("home", "Something spoiled"),
            text=ngettext("%(n)s loss reported", "%(n)s losses reported", losses) % {"n": losses}
            if losses
            else _nothing_lost(),
        ),
    ]


def _nothing_lost() -> str:
    """Return how a loss is said, before there was one."""
    if said_by_text():
        return _("Report it here, or by a text: 报损 包菜 50斤")
    return _("Report it, people come and look")
