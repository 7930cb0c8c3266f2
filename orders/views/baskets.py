"""The order of somebody who orders every week: written line by line, checked once, placed as one or two orders."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedIn
from accounts.models import Organisation
from canteens.models import Fund, FundKind
from kernel import clock
from kernel.dates import read_day
from kernel.errors import BadValue, DomainError
from kernel.shown import Link, Tab
from kernel.typed import plain_digits
from kernel.weight import kg
from orders import permissions
from orders.models import Basket
from orders.pages import baskets as pages
from orders.pages.transport import rule_in_force
from orders.selectors import baskets as reading
from orders.services import basket_placing, baskets, keeping
from records.doors import error_status, once
from records.forms import new_key
from records.selectors.policy import policy

DAY = dt.timedelta(days=1)


@require_http_methods(["GET", "POST"])
def order_basket(request: SignedIn) -> HttpResponse:
    """Show the order being written; a POST keeps what was typed, does one thing, and shows it again."""
    buyer = _buyer(request)
    if request.method == "POST":
        try:
            return redirect(_changed(request, buyer))
        except baskets.StaleBasket as refusal:
            basket = baskets.basket_of(request.user, buyer)
            baskets.keep(basket, request.POST.dict())  # only shown, not saved
            return _page(request, basket, refusal)
    return _page(request, baskets.basket_of(request.user, buyer), None)


@require_http_methods(["GET", "POST"])
def order_basket_check(request: SignedIn) -> HttpResponse:
    """Show what fills each line, at what price, from which purse; a POST keeps it, lets it go or orders it."""
    buyer = _buyer(request)
    refusal = None
    if request.method == "POST":
        try:
            return redirect(_acted(request, buyer))
        except DomainError as error:
            refusal = error
    basket = baskets.basket_of(request.user, buyer)
    on, at = _day(basket), clock.now()
    try:
        proposal = _proposal(basket, on, at)
    except BadValue as unread:
        messages.error(request, str(unread))
        return redirect(_address(buyer))
    if not proposal.lines:
        messages.error(request, _("Nothing is ready to be ordered yet. Write how much of each."))
        return redirect(_address(buyer))
    context: dict[str, Any] = {
        "title": pages.basket_title(on),
        "back": Link(_address(buyer), _("What to buy")),
        "parts": pages.check_parts(proposal, reading.kitchens_to_choose(buyer, on)),
        "shown": proposal.print,
        "before": [(one.row.id, one.price_fen) for one in proposal.lines],
        "buyer": buyer,
        "idem": new_key(),
        "keys": {name: new_key() for name in ("keep", "longer", "let_go")},
        "kept": pages.kept_basket(proposal, at),
        "minutes": policy("plan_kept_minutes", clock.county_day(at)),
        "refusal": str(refusal) if refusal else "",
        "lacking": [] if refusal else basket_placing.people_lacking_for(proposal, by=request.user, at=at),
        "carting": rule_in_force(proposal.lines[0].plan.terms),
        "short": any(share.most_fen > share.left_fen for share in proposal.shares),
        "nothing": not any(proposal.found(share) for share in proposal.shares),
    }
    return render(request, "orders/order_basket_check.html", context, status=error_status(refusal))


def _buyer(request: SignedIn) -> Organisation:
    """Return the buyer whose order this is: the one asked for, else the first this person orders for."""
    permissions.access_buying(request.user)
    asked = (request.POST if request.method == "POST" else request.GET).get("buyer", "")
    own = reading.buyers_of(request.user)
    found = next((one for one in own if str(one.pk) == asked), None) if asked else next(iter(own), None)
    if found is None:
        raise PermissionDenied
    return found


def _address(buyer: Organisation, name: str = "order-basket") -> str:
    return f"{reverse(name)}?{urlencode({'buyer': buyer.pk})}"


def _changed(request: SignedIn, buyer: Organisation) -> str:
    """Keep what was typed and do what the button says; return where to go then."""
    version = plain_digits(request.POST.get("version", ""), most=8)
    basket = baskets.open_to_change(request.user, buyer, -1 if version is None else version)
    baskets.keep(basket, request.POST.dict())
    try:
        _act(basket, request.POST.get("do", ""))
    except DomainError as refusal:
        messages.error(request, str(refusal))
        basket.save()
        return _address(buyer)
    basket.save()
    what = request.POST.get("do")
    if what == "again" and all(row.ready for row in reading.rows_of(basket, clock.county_day(clock.now()))):
        return _address(buyer, "order-basket-check")
    return _next(basket, buyer) if what == "check" else _address(buyer)


def _act(basket: Basket, what: str) -> None:
    """Do what one button of the page says."""
    name, _sep, rest = what.partition(":")
    first, _sep, second = rest.partition(":")
    number = plain_digits(first, most=9) or 0
    other = plain_digits(second, most=17) or 0
    acts = {
        "read": lambda: baskets.paste(basket, basket.typed.get("text", "")),
        "add": lambda: baskets.add_typed(basket, basket.typed.get("name", "")),
        "tap": lambda: baskets.add(basket, number),
        "drop": lambda: baskets.drop(basket, number),
        "mean": lambda: baskets.choose(basket, number, other),
        "settle": lambda: baskets.settle(basket, number),
        "empty": lambda: baskets.empty(basket),
        "again": lambda: baskets.repeat(basket, reading.last_order(basket.buyer, _day(basket))),
        "repeat": lambda: baskets.repeat(basket, reading.last_order(basket.buyer, _day(basket))),
    }
    if name in acts:
        acts[name]()
    if name in ("check", "again"):  # what cannot be read or still lacks is said before the plans are shown
        baskets.parcel_g(basket)
        rows, funds = _ready(basket, clock.now())
        basket_placing.settle_kitchen(basket, _shares(basket, rows, funds), _day(basket))


def _next(basket: Basket, buyer: Organisation) -> str:
    """Return where the plans stand: of one line the page of three plans, of several the check page."""
    today = clock.county_day(clock.now())
    rows = reading.rows_of(basket, today)
    ready = [row for row in rows if row.ready]
    if len(ready) != 1 or len(rows) != 1 or ready[0].typed.get("grade"):
        return _address(buyer, "order-basket-check")
    row = ready[0]
    query = QueryDict(mutable=True)
    word = row.word
    if word is None:
        return _address(buyer)
    query.update(
        {
            "produce": word.code,
            "quantity_0": str(row.asked) if word.counted else kg(row.asked or 0),
            "quantity_1": "piece" if word.counted else "kg",
            "on": _day(basket).isoformat(),
        }
    )
    if row.ceiling_fen:
        query["ceiling"] = f"{row.ceiling_fen // 100}.{row.ceiling_fen % 100:02}"
    fund = row.fund_id or basket.typed.get("fund") or next((f.pk for f in reading.funds_of(buyer, today.year)), "")
    query["fund"] = str(fund)
    for name in ("parcel", "purchase", "kitchen"):
        if basket.typed.get(name):
            query[name] = str(basket.typed[name])
    return f"{reverse('order-plan')}?{query.urlencode()}"


def _day(basket: Basket) -> dt.date:
    """Return the day of delivery: as it was written, else tomorrow."""
    tomorrow = clock.county_day(clock.now()) + DAY
    try:
        return max(read_day(basket.typed.get("on", "")), tomorrow - DAY)
    except BadValue:
        return tomorrow


def _proposal(basket: Basket, on: dt.date, at: dt.datetime) -> basket_placing.Proposal:
    rows, funds = _ready(basket, at)
    return basket_placing.propose(basket, rows, funds, on, at=at)


def _ready(basket: Basket, at: dt.datetime) -> tuple[list[reading.Row], list[Fund]]:
    """Return the lines that can be ordered as they stand, and the purses."""
    today = clock.county_day(at)
    rows = [row for row in reading.rows_of(basket, today) if row.ready]
    return rows, reading.funds_of(basket.buyer, today.year)


def _shares(basket: Basket, ready: list[reading.Row], funds: list[Fund]) -> list[reading.Share]:
    """Return which purse would pay for which of these lines."""
    plan = reading.plan_chosen(basket, clock.county_day(clock.now()))
    wanted = [(row.id, reading.most_fen(row), row.fund_id) for row in ready]
    return reading.split_by_fund(wanted, funds, reading.fund_chosen(basket, plan))


def _acted(request: SignedIn, buyer: Organisation) -> str:
    """Do what a button of the check page says, once, and return where to go then."""
    posted, by = request.POST, request.user
    do, shown, number = posted.get("do", ""), posted.get("shown", ""), posted.get("kept", "")
    if do not in ("keep", "longer", "let_go"):
        return _ordered(request, buyer)

    def act(at: dt.datetime) -> dict[str, int]:
        if do == "keep":
            basket = baskets.basket_of(by, buyer)
            rows, funds = _ready(basket, at)
            basket_placing.keep(basket, rows, funds, _day(basket), shown=shown, by=by, at=at)
            return {}
        kept = permissions.access_kept(by, plain_digits(number, most=18) or 0)
        if do == "longer":
            keeping.extend(kept, by=by, at=at)
        else:
            keeping.let_go(kept, by=by, at=at)
        return {}

    try:
        once(request, posted.get("idem", ""), {"buyer": buyer.pk, "shown": shown, "do": do, "kept": number}, act)
    except keeping.KeptTooMuch as refusal:
        messages.error(request, str(refusal))
    return _address(buyer, "order-basket-check")


def _ordered(request: SignedIn, buyer: Organisation) -> str:
    """Order what was shown, once, and return where it stands."""
    posted = request.POST
    shown = posted.get("shown", "")
    said = [(name, str(value)) for name, value in posted.dict().items() if name.startswith("was_")]
    read = [(plain_digits(name.removeprefix("was_"), most=9), plain_digits(value, most=10)) for name, value in said]
    before = {line: price for line, price in read if line is not None and price is not None}

    def act(at: dt.datetime) -> dict[str, list[int]]:
        basket = baskets.basket_of(request.user, buyer)
        on = _day(basket)
        proposal = _proposal(basket, on, at)
        orders = basket_placing.order(
            basket, proposal, on, shown=shown, before=before, was_kept=bool(posted.get("kept")), by=request.user, at=at
        )
        return {"orders": [one.pk for one in orders]}

    numbers = once(request, posted.get("idem", ""), {"buyer": buyer.pk, "shown": shown}, act)["orders"]
    if len(numbers) == 1:
        messages.success(request, _("Ordered. Money and goods are held for you."))
        return reverse("order-detail", args=[numbers[0]])
    messages.success(request, _("%(n)s orders are made. Money and goods are held for you.") % {"n": len(numbers)})
    return reverse("order-list")


def _page(request: SignedIn, basket: Basket, refusal: DomainError | None) -> HttpResponse:
    today = clock.county_day(clock.now())
    on = _day(basket)
    rows = reading.rows_of(basket, today)
    funds = reading.funds_of(basket.buyer, today.year)
    plan = reading.plan_chosen(basket, today)
    ready = [row for row in rows if row.ready]
    shares = _shares(basket, ready, funds)
    may_choose = any(fund.kind != FundKind.UNION for fund in funds)
    buyers = reading.buyers_of(request.user)
    first = shares[0] if shares else None
    context: dict[str, Any] = {
        "title": pages.basket_title(on),
        "refusal": str(refusal) if refusal else "",
        "basket": basket,
        "buyer": basket.buyer,
        "buyers": [Tab(_address(one), one.name, one.pk == basket.buyer_id) for one in buyers]
        if len(buyers) > 1
        else [],
        "on": on,
        "today": today,
        "begun": basket.typed.get("from_day", ""),
        "repeat": None if rows else pages.repeat_words(reading.last_order(basket.buyer, on)),
        "marks": pages.marks(basket),
        "read": pages.read_words(basket),
        "lines": [pages.line_card(row, funds) for row in sorted(rows, key=lambda row: not row.doubts)],
        "chips": reading.chips(rows, today),
        "sums": pages.sums(rows),
        "ready": len(ready),
        "funds": [
            pages.Choice(str(f.pk), pages.fund_name(f), f.pk == (first.fund.pk if first else None)) for f in funds
        ],
        "plans": pages.plan_choices(reading.plans_of(basket.buyer, today), plan),
        "kitchens": pages.kitchen_options(reading.kitchens_to_choose(basket.buyer, on) if may_choose else [], basket),
        "purses": pages.purses(shares),
        "bar": pages.purse_bar(first.fund, first.most_fen) if first else [],
        "split": pages.split_words(shares, rows),
        "back": Link(reverse("order-list"), _("Orders")),
    }
    return render(request, "orders/order_basket.html", context, status=error_status(refusal))
