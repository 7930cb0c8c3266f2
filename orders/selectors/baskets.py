"""A basket as it stands: its lines read, what they cost at most, which purse pays for which, what may fill it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.models import Organisation, Role, User
from accounts.selectors import standing
from canteens.models import Fund, Kitchen, PurchasePlan
from canteens.selectors import figures
from canteens.selectors.kitchens import kitchens_on
from canteens.selectors.purchase_plans import plans_to_order
from kernel import money, weight
from kernel.errors import BadValue
from kernel.typed import plain_digits
from orders.models import Basket, OrderLine, OrderStatus, PurchaseOrder
from orders.pasted.doubts import Doubt
from produce.models import MOST_PRICE_FEN
from produce.selectors.dictionary import Word, words
from produce.selectors.prices import reference_prices
from records.selectors.policy import policy

CHIPS = 8
SWAPS = 2
CEILING_STEP_FEN = 10  # a ceiling that nobody wrote ends on a whole jiao
_WEEK = dt.timedelta(days=7)


@dataclass(slots=True)
class Row:
    """One line of a basket, as it was typed and as it was understood."""

    id: int
    typed: dict[str, Any]
    word: Word | None
    asked: int | None = None  # in the stock unit
    ceiling_fen: int | None = None  # a kilogram
    reference_fen: int | None = None  # a kilogram
    faults: dict[str, str] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)
    candidates: list[Word] = field(default_factory=list)
    swaps: list[Word] = field(default_factory=list)
    fund_id: int | None = None

    @property
    def ready(self) -> bool:
        """Say whether this line can be ordered as it stands."""
        return bool(self.word and self.asked and not self.faults and not self.doubts)


@dataclass(frozen=True, slots=True)
class Share:
    """What one purse pays for: which lines, how much at most, what it has."""

    fund: Fund
    lines: tuple[int, ...]
    most_fen: int
    left_fen: int


def buyers_of(user: User) -> list[Organisation]:
    """Return the buyers this person orders for, in their order."""
    return list(Organisation.objects.filter(pk__in=standing(user).organisations(Role.BUYER)).order_by("pk"))


def funds_of(buyer: Organisation, year: int) -> list[Fund]:
    """Return the purses of a buyer in one year, with their accounts."""
    funds = Fund.objects.filter(organisation=buyer, fiscal_year=year).order_by("kind", "name")
    return list(funds.select_related("organisation", "account", "source_account"))


def plans_of(buyer: Organisation, today: dt.date) -> list[PurchasePlan]:
    """Return the purchase plans on which a buyer may order."""
    return list(plans_to_order([buyer.pk], today))


def plan_chosen(basket: Basket, today: dt.date) -> PurchasePlan | None:
    """Return the purchase plan that was chosen for a basket, while orders may name it."""
    chosen = str(basket.typed.get("purchase", ""))
    return next((plan for plan in plans_of(basket.buyer, today) if str(plan.pk) == chosen), None) if chosen else None


def fund_chosen(basket: Basket, plan: PurchasePlan | None) -> int | None:
    """Return the purse that pays first: that of the plan chosen, else the one chosen."""
    chosen = str(basket.typed.get("fund", ""))
    if plan is not None:
        return plan.fund_id
    return plain_digits(chosen, most=17)


def kitchens_to_choose(buyer: Organisation, day: dt.date) -> list[Kitchen]:
    """Return the canteens for which a buyer orders goods of a day."""
    return list(kitchens_on([buyer.pk], day))


def kitchen_chosen(basket: Basket) -> int | None:
    """Return the canteen that was chosen for a basket; whether it is the buyer's is asked as it is ordered."""
    chosen = str(basket.typed.get("kitchen", ""))
    return plain_digits(chosen, most=17)


def rows_of(basket: Basket, today: dt.date) -> list[Row]:
    """Return the lines of a basket as they were understood, with the reference price of each; two queries."""
    known = {word.id: word for word in words()}
    prices = reference_prices([line["produce"] for line in basket.lines if line.get("produce")], today)
    share = policy("basket_ceiling_permille", today)
    return [_row(line, known, prices, share, today) for line in basket.lines]


def most_fen(row: Row) -> int:
    """Return what a line costs at most: by its ceiling, without one by the reference price."""
    price = row.ceiling_fen or row.reference_fen or 0
    return money.amount_fen(grams_of(row), price, 1000) if price and row.asked else 0


def grams_of(row: Row) -> int:
    """Return the (usual) weight of a line."""
    return (row.asked or 0) * (row.word.piece_g or 1 if row.word else 1)


def split_by_fund(sums: Sequence[tuple[int, int, int | None]], funds: Sequence[Fund], first: int | None) -> list[Share]:
    """Return which purse pays for which lines, given (line, fen, the purse it names).

    Lines that name a purse keep it. The others stay together in the purse chosen, or in the one that has room for all;
    only where none has, they go one by one, the largest first, to the first that still has room.
    """
    if not funds:
        return []
    order = sorted(funds, key=lambda fund: fund.pk != first)
    left = {fund.pk: figures(fund).left_fen for fund in order}
    room = dict(left)
    taken: dict[int, list[int]] = {fund.pk: [] for fund in order}
    spent = dict.fromkeys(left, 0)

    def put(line: int, fen: int, fund: int) -> None:
        taken[fund].append(line)
        spent[fund] += fen
        room[fund] -= fen

    free = []
    for line, fen, named in sums:
        if named in taken:
            put(line, fen, named)
        else:
            free.append((line, fen))
    together = next((fund.pk for fund in order if room[fund.pk] >= sum(fen for _line, fen in free)), None)
    for line, fen in free if together else sorted(free, key=lambda one: -one[1]):
        place = together or next((fund.pk for fund in order if room[fund.pk] >= fen), order[0].pk)
        put(line, fen, place)
    return [
        Share(fund, tuple(sorted(taken[fund.pk])), spent[fund.pk], left[fund.pk]) for fund in order if taken[fund.pk]
    ]


def last_order(buyer: Organisation, on: dt.date | None) -> PurchaseOrder | None:
    """Return the order to begin with: the one brought a week before this day, else the latest; none called off."""
    orders = PurchaseOrder.objects.filter(buyer=buyer).exclude(status=OrderStatus.CANCELLED)
    latest = list(orders.order_by("-placed_at", "-pk")[:10])
    return next((order for order in latest if on and order.deliver_on == on - _WEEK), latest[0] if latest else None)


def lines_to_repeat(order: PurchaseOrder) -> list[OrderLine]:
    """Return the lines of an order with their goods."""
    return list(OrderLine.objects.filter(order=order).select_related("produce").order_by("position"))


def chips(rows: Iterable[Row], today: dt.date) -> list[Word]:
    """Return pictures to choose from: what is in season and not in the basket yet, the shortest season first."""
    there = {row.word.id for row in rows if row.word}
    open_to = [word for word in words() if not word.forbidden and word.id not in there]
    return sorted(open_to, key=lambda word: (today.month not in word.season, len(word.season), word.id))[:CHIPS]


def ceiling_from(reference_fen_per_kg: int, share: int) -> int:
    """Return the ceiling that a line begins with: so many thousandths of the reference price, on a whole jiao."""
    steps = -(-reference_fen_per_kg * share // (1000 * CEILING_STEP_FEN))
    return min(steps * CEILING_STEP_FEN, MOST_PRICE_FEN)


def _row(line: dict, known: dict[int, Word], prices: dict[int, int], share: int, today: dt.date) -> Row:
    word = known.get(line.get("produce") or 0)
    row = Row(line["id"], line, word, fund_id=line.get("fund"))
    row.doubts = [Doubt(code) for code in line.get("why", ()) if code in Doubt.values]
    row.candidates = [known[pk] for pk in line.get("maybe", ()) if pk in known]
    if word is None:
        return row
    per_jin = prices.get(word.id)
    row.reference_fen = per_jin * 2 if per_jin else None
    if line.get("ceiling") is None and row.reference_fen:
        row.ceiling_fen = ceiling_from(row.reference_fen, share)
    _read(row, "amount", lambda text: _asked(text, word))
    _read(row, "ceiling", lambda text: money.parse_yuan(text, most_fen=MOST_PRICE_FEN))
    alike = [
        one for one in known.values()
        if one.category == word.category and one.id != word.id and not one.forbidden and today.month in one.season
        and one.counted == word.counted
    ]  # fmt: skip
    chosen = [one for one in alike if str(one.id) == line.get("swap")]
    row.swaps = [*chosen, *(one for one in alike if one not in chosen)][:SWAPS]
    return row


def _read(row: Row, name: str, read: Any) -> None:
    text = (row.typed.get(name) or "").strip()
    if not text:
        return
    try:
        value = read(text)
    except BadValue as refusal:
        row.faults[name] = str(refusal)
        return
    if name == "amount":
        row.asked = value
    else:
        row.ceiling_fen = value


def _asked(text: str, word: Word) -> int:
    """Read an amount in the unit in which the goods are counted here."""
    quantity = weight.parse_quantity(text, "piece" if word.counted else "kg")
    return (quantity.pieces if word.counted else quantity.grams) or 0
