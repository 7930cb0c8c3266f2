"""What each role's first page is made of: a farmer's four things, and for staff what waits for them now."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Household, Role, User
from accounts.selectors import Standing, register_files_to_decide, spoken_time
from canteens.selectors import budgets_to_decide
from catalog.permissions import CHECKERS
from kernel import clock, weight
from kernel.dates import day_words
from kernel.money import price_per_jin, yuan
from kernel.present import StrOrPromise, known, name_of
from kernel.shown import Tag
from ledger.selectors import (
    UNMENDED,
    batches_seen_by,
    cases_seen_by,
    open_contradictions,
    payers_of,
    ready_of,
    relief_money,
)
from losses.pages.desks import view_words
from losses.permissions import notices_of
from losses.selectors import claims_of
from losses.selectors.queues import views_of, visits_of
from orders.models import Allocation
from orders.selectors.approvers import ALL as APPROVERS
from orders.selectors.approvers import orders_to_approve
from orders.selectors.orders import deliveries_seen_by, orders_seen_by
from orders.selectors.sales import asks_for, money_of, sales_seen_by
from orders.selectors.statements import statement_rows
from records.forms import new_key
from records.models import Objection, ObjectionStatus
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


@dataclass(frozen=True, slots=True)
class HomeRow:
    """One of a farmer's own places."""

    url: str
    icon: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits, is done, or may be begun."""

    url: str
    label: StrOrPromise
    hint: str
    done: bool
    status: Tag


def farmer_home(who: Standing, *, at: dt.datetime) -> dict[str, Any]:
    """Return the context of a farmer's first page."""
    household = known(who.household)
    asks = list(asks_for(household)[: MOST_ASKS + 1])
    return {
        "sell": Sell(reverse("sell"), reverse("sell"), new_key()),
        "again": _again(household),
        "asks": [_ask(row) for row in asks[:MOST_ASKS]],
        "money": _money(household, at),
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


def _ask(row: Allocation) -> Ask:
    listing, order = row.listing, row.order
    jin, kg = weight.with_commas(weight.jin(row.weight_g)), weight.with_commas(weight.kg(row.weight_g))
    wanted = _("%(n)s head") % {"n": row.quantity} if listing.piece_g else _("%(jin)s jin") % {"jin": jin}
    other_weight = [] if listing.piece_g else [_("%(kg)s kg") % {"kg": kg}]
    return Ask(
        deadline=_("Answer before %(at)s") % {"at": spoken_time(known(order.answer_by_at))},
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
    still = _("Still to come: %(amount)s yuan")
    by_when = _("Still to come: %(amount)s yuan, %(latest)s")
    return Money(
        arrived=yuan(arrived),
        due=yuan(due),
        latest=latest,
        sentence=(by_when if latest else still) % {"amount": yuan(due), "latest": latest},
    )


def _rows(household: Household, *, more_asks: bool) -> list[HomeRow]:
    on_sale = household.listings.filter(status="on_sale").count()
    losses = claims_of(household).count()
    return [
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
            else _("Report it, people come and look"),
        ),
    ]


def staff_home(who: Standing) -> dict[str, Any]:
    """Return the context of a staff member's first page: what waits, the pressing things first."""
    tasks = list(_tasks(who))
    waiting = [task for task in tasks if not task.done]
    return {
        "title": _("What is waiting for you"),
        "tasks": waiting + [task for task in tasks if task.done],
    }


def _tasks(who: Standing) -> Iterator[Task]:
    user = cast(User, who.user)
    orders = orders_seen_by(user)
    deliveries = deliveries_seen_by(user)
    if who.has(Role.BUYER):
        yield _task("order-new", pgettext("home", "Order goods"), _("Write what the kitchen needs"), None)
        yield _task("order-list", _("Sellers are being asked"), "", orders.filter(status="approved").count())
    if who.has(*APPROVERS):
        waiting = orders_to_approve(user).count()
        yield _task("order-list", _("Orders to approve"), _("Above the amount one person may order alone"), waiting)
    if who.has(Role.RECEIVER):
        shipped = deliveries.filter(status="shipped")
        weighed = shipped.filter(delivery__receipts__status="weighed").count()
        yield _task(
            "delivery-list", pgettext("home", "To weigh"), _("On the way or at the door"), shipped.count() - weighed
        )
        yield _task("delivery-list", pgettext("home", "To sign"), _("Weighed by a colleague"), weighed)
    if who.has(Role.UNION_TREASURER, Role.CASHIER):
        yield _task(
            "statement-list",
            pgettext("home", "To pay"),
            _("Goods accepted, money due"),
            statement_rows(user, "due").count(),
            "due",
        )
    if who.has(Role.UNION_CHAIR, Role.PAYMENT_CHECKER):
        budgets = budgets_to_decide(user).count()
        yield _task("fund-list", _("Budgets to confirm"), _("Proposed by a colleague"), budgets)
        count = statement_rows(user, "to_confirm").count()
        yield _task("statement-list", _("Payments to confirm"), _("Recorded by a colleague"), count, "to_confirm")
    if who.has(Role.COOP_MANAGER, Role.CADRE):
        unanswered = sales_seen_by(user).filter(status="held", order__status="approved").count()
        yield _task("sale-list", _("Buyers wait for an answer"), _("For households without a phone"), unanswered)
        ready = deliveries.filter(status="confirmed").count()
        yield _task("delivery-list", pgettext("home", "To send off"), pgettext("home", "Sellers said yes"), ready)
        yield _task("sell-for", _("List goods for a household"), _("Ask the household first"), None)
    if who.has(Role.HAULIER):
        yield _task("delivery-list", pgettext("home", "To send off"), "", deliveries.filter(status="confirmed").count())
    for view, count in views_of(user):
        url = f"{reverse('check-list')}?view={view.key}"
        yield _task(url, view_words(view), "", count)
    if who.has(*CHECKERS):
        yield _task("watch-list", _("Goods worth a look"), _("What stood out in the last seven days"), None)
    if who.has(Role.BUREAU_APPROVER):
        objections = Objection.objects.filter(status=ObjectionStatus.OPEN, line__notice__in=notices_of(user))
        yield _task("objection-list", _("Objections to answer"), "", objections.count())
    if who.has(Role.VERIFIER):
        yield _task(
            "visit-list", pgettext("home", "Visits to make"), "", visits_of(user).filter(second_signed_at=None).count()
        )
    yield from _of_finance(who)
    if who.has(Role.RELIEF_CLERK):
        files = register_files_to_decide(user).count()
        yield _task("household-list", _("Files of households to confirm"), _("Brought by a colleague"), files)
        yield _task("household-import", pgettext("home", "Bring in households"), _("From a file, checked first"), None)
    if who.has(Role.OFFICIAL, Role.AUDITOR):
        yield _task("sales", pgettext("home", "Sales report"), _("What was sold, by month, channel and township"), None)
        yield _task("funnel", pgettext("home", "Relief report"), _("From report to card"), None)


def _of_finance(who: Standing) -> Iterator[Task]:
    if not who.has(Role.FINANCE_MAKER, Role.FINANCE_CHECKER):
        return
    batches = batches_seen_by(who.user)
    problems = cases_seen_by(who.user).filter(status__in=UNMENDED).count() + open_contradictions(who.user).count()
    yield _task("problem-list", _("Money that came back"), _("Two people mend the card or enter the letter"), problems)
    if who.has(Role.FINANCE_MAKER):
        ready = sum(ready_of(payer, cast(User, who.user)).count for payer in payers_of(who.user))
        yield _task("batch-new", _("Awards to put into a batch"), "", ready)
    if who.has(Role.FINANCE_CHECKER):
        yield _task("batch-list", _("Batches to check and send"), "", batches.filter(status="prepared").count())
        yield _task("batch-list", _("Batches the bank has not answered"), "", batches.filter(status="sent").count())


def _task(where: str, label: StrOrPromise, hint: str, count: int | None, view: str = "") -> Task:
    """Return one row: with a number it waits or is done, without one it is a place to begin."""
    url = where if where.startswith("/") else reverse(where)
    status = Tag("plain", pgettext("home", "Begin"))
    if count is not None:
        status = Tag("info", str(count)) if count else Tag("plain", pgettext("home", "None"))
    return Task(f"{url}?view={view}" if view else url, label, hint, count == 0, status)
