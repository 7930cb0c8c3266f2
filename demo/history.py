"""Two years of sales behind the demo, month by month, made through the services with the dates they would have had."""

import datetime as dt
import random

from django.db import transaction
from django.db.models import F

from accounts.models import Message, Organisation
from canteens.models import FundKind, Kitchen, ShareDeclaration
from canteens.selectors.kitchens import kitchens_on
from catalog.models import Listing
from catalog.services import listings
from demo.county import County
from demo.market import PRICES, QUOTED_BY, write_medians
from demo.progress import MONTHS
from demo.trade import Part, Trade
from kernel import clock
from produce.models import Produce, ReferencePrice

LOTS, ORDERS = 15, 14
DAYS_OF_AN_ORDER = 5  # from the listing to the second signature
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def months_before(at: dt.datetime) -> list[dt.date]:
    """Return the first days of the months to fill, the oldest first; the present month is the last."""
    today = clock.county_day(at)
    whole = today.year * 12 + today.month - 1
    return [dt.date((whole - back) // 12, (whole - back) % 12 + 1, 1) for back in range(MONTHS, -1, -1)]


@transaction.atomic
def fill_month(county: County, first: dt.date, *, made_at: dt.datetime, share: int = 1000):
    """Sell a month's goods: households list, canteens order, weigh and pay; `share` thousandths of the usual.

    Of the month in which the demo was made only what lies before it: goods are settled and not yet paid.
    """
    draw = random.Random(first.toordinal())  # noqa: S311  (made-up sales, not a secret)
    trade = Trade(county)
    start = clock.day_start(first) + 8 * HOUR
    produce = [p for p in Produce.objects.filter(name__in=PRICES, forbidden=False) if _sold_in(p, first.month)]
    present = clock.county_day(made_at).replace(day=1) == first
    days = min(18, (made_at - start).days - DAYS_OF_AN_ORDER)
    if days < 0:
        return
    lots: list[tuple[Listing, int]] = []
    for _n in range(LOTS):
        kind = draw.choice(produce)
        price, (least, most) = PRICES[kind.name]
        price = price * draw.randint(82, 122) // 100
        at = start + draw.randint(0, days) * DAY + draw.randint(0, 8) * HOUR
        quantity = draw.randint(least, most)
        lot = trade.list_lot(draw.choice(county.households), kind, quantity, price, at=at)
        lots.append((lot, lot.listed))
    orders = max(1, ORDERS * share * (900 + draw.randint(0, 300)) // 1_000_000)
    for number in range(orders):
        chosen = draw.sample(range(len(lots)), draw.randint(2, 4))
        parts = [part for index in chosen if (part := _part(draw, lots, index)) is not None]
        if not parts:
            continue
        latest = max(part.listing.listed_at for part in parts) + 5 * HOUR
        soonest = min(part.listing.sell_by for part in parts)
        at = min(latest, clock.day_start(soonest - DAY))
        parts = [part for part in parts if part.listing.listed_at <= at]
        buyer = county.buyers[(number * 7 + first.month) % len(county.buyers)]
        if parts:
            reaches, canteen = "settled" if present else "paid", number % 2 and _declares(buyer, at, made_at)
            purse, kitchen = (FundKind.CANTEEN, _kitchen(buyer, at + DAY)) if canteen else (None, None)
            trade.order(buyer, parts, at=at, reaches=reaches, deliver_in=1, kind=purse, kitchen=kitchen)
    if not present:
        _leave_the_market([lot for lot, _left in lots], at=min(start + 40 * DAY, made_at - HOUR))
    _count_prices(first, today=clock.county_day(made_at))
    # What was told at the time has long arrived.
    Message.objects.filter(state=Message.State.WAITING, created_at__lt=made_at - DAY).update(
        state=Message.State.SENT, sent_at=F("created_at")
    )


def _count_prices(first: dt.date, *, today: dt.date):
    """Write down what markets paid twice a week of this month, and every median of its days up to yesterday."""
    last = min((first + 31 * DAY).replace(day=1) - DAY, today - DAY)
    draw = random.Random(-first.toordinal())  # noqa: S311  (made-up prices, not a secret)
    usual = {row.name: row for row in Produce.objects.filter(name__in=PRICES)}
    quotes = [
        (produce, day, price * (970 + 60 * abs(6 - (day.month + number) % 12) // 6 + draw.randint(-15, 15)) // 1000)
        for number, (name, (price, _amounts)) in enumerate(PRICES.items())
        if (produce := usual.get(name)) is not None
        for day in (first + days * DAY for days in range(0, 31, 4))
        if day <= last
    ]
    ReferencePrice.objects.bulk_create(
        [
            ReferencePrice(
                produce=produce,
                day=day,
                source=QUOTED_BY,
                low_fen=average * 92 // 100,
                avg_fen=average,
                high_fen=average * 108 // 100,
            )
            for produce, day, average in quotes
        ],
        ignore_conflicts=True,
    )
    if first <= last:
        write_medians(first, last)


def _declares(buyer: Organisation, at: dt.datetime, made_at: dt.datetime) -> bool:
    """Return whether a canteen buys for the share that it declared for the year in which the demo was made."""
    year = clock.county_day(made_at).year
    return clock.county_day(at).year == year and ShareDeclaration.objects.filter(organisation=buyer, year=year).exists()


def _kitchen(buyer: Organisation, at: dt.datetime) -> Kitchen | None:
    """Return the canteen for which a buyer orders goods of this day; nothing where it has none by name."""
    return kitchens_on([buyer.pk], clock.county_day(at)).first()


def _part(draw, lots, index: int) -> Part | None:
    lot, left = lots[index]
    step = 1 if lot.stock_unit == "piece" else 500
    taken = min(left, max(step, lot.listed * draw.randint(25, 60) // 100 // step * step))
    if taken <= 0:
        return None
    lots[index] = (lot, left - taken)
    short = draw.choice([0, 0, 0, 10, 20]) if step > 1 else 0
    refused = draw.choice([0] * 9 + [60]) if step > 1 else 0
    return Part(lot, taken, short, refused)


def _sold_in(produce: Produce, month: int) -> bool:
    return not produce.season or month in produce.season or produce.shelf_days > 90


def _leave_the_market(lots: list[Listing], *, at):
    for lot in Listing.objects.filter(pk__in=[lot.pk for lot in lots], status="on_sale").select_related("produce"):
        if lot.free():
            listings.withdraw(lot, reason="eaten", by=lot.made_by, at=at)
