"""An order being written: kept as it is typed, filled from a chat text or an earlier order; nothing is held."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from kernel import money, weight
from kernel.dates import day_words
from kernel.errors import BadValue, DomainError
from kernel.typed import plain_digits
from kernel.workflow import lock
from orders.models import Basket, Otherwise, PurchaseOrder
from orders.pasted.doubts import Doubt
from orders.pasted.reading import Line, Reading, read
from orders.selectors.baskets import lines_to_repeat, rows_of
from orders.selectors.pasted import book
from orders.services.placing import MOST_LINES
from produce.selectors.dictionary import matches, words

MOST_TEXT = 2_000
_LONGEST = 40
_TYPED = ("amount", "ceiling", "latest", "otherwise", "swap")
STAYS = ("on", "fund", "purchase", "kitchen", "parcel")  # of what was typed, when the lines are ordered or taken out
HOURS = ("06:00", "06:30", "07:00", "08:00", "10:00")


class StaleBasket(DomainError):
    code = "stale_basket"
    message = _(
        "This order was changed on another page meanwhile. What you typed stands here; look at it and send it again."
    )


class BasketFull(DomainError):
    code = "basket_full"
    message = _("At most 40 goods fit on one order. Order these first.")


class ReadAlready(DomainError):
    code = "read_already"
    message = _("These words have been read already. Change them, or write another line.")


class NothingBefore(DomainError):
    code = "nothing_before"
    message = _("There is no earlier order to begin with. Write the goods, tap a picture or paste a text.")


def basket_of(user: User, buyer: Organisation) -> Basket:
    """Return the basket of a person for a buyer, an unsaved empty one at first."""
    return Basket.objects.filter(by=user, buyer=buyer).first() or Basket(by=user, buyer=buyer)


@transaction.atomic
def open_to_change(user: User, buyer: Organisation, version: int) -> Basket:
    """Return the basket locked, begun at first; refuse whoever saw an older one."""
    basket, _new = Basket.objects.get_or_create(by=user, buyer=buyer)
    basket = lock(basket)
    if basket.version != version:
        raise StaleBasket
    basket.version += 1
    return basket


def keep(basket: Basket, typed: Mapping[str, str]) -> None:
    """Take over what was typed in the fields, right or wrong: what is wrong is said when it is shown."""
    basket.typed = basket.typed | {name: typed[name][:MOST_TEXT] for name in (*STAYS, "text", "name") if name in typed}
    known = {word.id: word for word in words()}
    for line in basket.lines:
        for name in _TYPED:
            value = typed.get(f"{name}_{line['id']}")
            if value is not None:
                line[name] = value.strip()[:_LONGEST]
        if line.get("otherwise", "").startswith("swap:"):
            line["otherwise"], line["swap"] = Otherwise.SWAP.value, line["otherwise"].removeprefix("swap:")
        for name in ("grade", "fund"):
            chosen = typed.get(f"{name}_{line['id']}")
            if chosen is not None:
                line[name] = plain_digits(chosen, most=17)
        word = known.get(line.get("produce") or 0)
        if word is not None and line.get("grade") not in {pk for pk, *_rest in word.grades}:
            line["grade"] = None


def parcel_g(basket: Basket) -> int:
    """Return what is fetched at least from one household, as it was typed in kilograms; 0 where nothing was."""
    text = str(basket.typed.get("parcel", "")).strip()
    return (weight.parse_quantity(text, "kg").grams or 0) if text else 0


def drop(basket: Basket, line_id: int) -> None:
    """Take one line out."""
    basket.lines = [line for line in basket.lines if line["id"] != line_id]


def empty(basket: Basket) -> None:
    """Take everything out, the pasted text too."""
    basket.lines = []
    basket.typed = {name: value for name, value in basket.typed.items() if name in STAYS}


def choose(basket: Basket, line_id: int, produce_id: int) -> None:
    """Say which goods a doubtful line means."""
    line = _line(basket, line_id)
    if produce_id not in {word.id for word in words() if not word.forbidden}:
        raise BadValue(_("Choose one of these goods."))
    line["produce"] = produce_id
    line["why"] = [code for code in line.get("why", ()) if code not in _ABOUT_THE_NAME]
    line["maybe"] = []


def settle(basket: Basket, line_id: int) -> None:
    """Say that a doubtful line is right as it stands now."""
    line = _line(basket, line_id)
    if not line.get("produce"):
        raise BadValue(_("First choose which goods are meant."))
    if not line.get("amount"):
        raise BadValue(_("First write how much."))
    if Doubt.FORBIDDEN in line.get("why", ()):
        raise BadValue(Doubt.FORBIDDEN.label)
    line["why"] = []


def add(basket: Basket, produce_id: int, amount: str = "") -> None:
    """Add goods by their picture; goods that stand there already stay as they are."""
    word = next((word for word in words() if word.id == produce_id and not word.forbidden), None)
    if word is None:
        raise BadValue(_("Choose one of these goods."))
    if any(line.get("produce") == produce_id for line in basket.lines):
        return
    _append(basket, {"produce": produce_id, "amount": amount})


def add_typed(basket: Basket, written: str) -> None:
    """Add what was typed in the field: 「土豆20斤」, or a name alone."""
    written = written.strip()
    if not written:
        raise BadValue(_("Write the goods, for example 土豆 20斤."))
    reading = read(written, book())
    if reading.lines and not any(line.doubts == [Doubt.NO_AMOUNT] for line in reading.lines):
        _take_in(basket, reading)
    else:
        found = [word for word in matches(written) if not word.forbidden]
        if not found:
            raise BadValue(_("The dictionary has no such goods. Write another name or tap a picture."))
        add(basket, found[0].id)
    basket.typed["name"] = ""


def paste(basket: Basket, text: str) -> Reading:
    """Read a chat text into lines: what is sure is added to the same goods, what is not is asked beside its line."""
    if not text.strip():
        raise BadValue(_("Paste the words of the chat first."))
    if text == basket.typed.get("read"):
        raise ReadAlready
    reading = read(text, book())
    _take_in(basket, reading)
    marks = [[line.start, line.end, line.ask] for line in reading.lines]
    basket.typed = basket.typed | {"read": text, "text": text, "shown": reading.text, "marks": marks}
    return reading


def repeat(basket: Basket, order: PurchaseOrder | None) -> None:
    """Put the lines of an earlier order in the place of what stands there."""
    if order is None:
        raise NothingBefore
    basket.lines = []
    for line in lines_to_repeat(order):
        if line.produce.forbidden or any(one["produce"] == line.produce_id for one in basket.lines):
            continue
        piece_g = line.produce.piece_g
        amount = str(-(-line.asked_g // piece_g)) if piece_g else weight.kg(line.asked_g)
        ceiling = line.ceiling_fen_per_kg
        _append(
            basket,
            {
                "produce": line.produce_id,
                "amount": amount,
                "before": amount,
                "grade": line.grade_id,
                "ceiling": money.yuan_plain(ceiling) if ceiling else None,
            },
        )
    least_g = max((line.parcel_g for line in lines_to_repeat(order)), default=0)
    basket.typed = basket.typed | {
        "from": f"{order.number}",
        "from_day": day_words(order.deliver_on),
        "parcel": weight.kg(least_g) if least_g else "",
    }


_ABOUT_THE_NAME = (Doubt.UNKNOWN, Doubt.SEVERAL, Doubt.NAME, Doubt.PICTURE)


def _take_in(basket: Basket, reading: Reading) -> None:
    """Add the lines of a reading; sure ones of goods that stand there already add up, and say so."""
    for one in reading.lines:
        same = next(
            (line for line in basket.lines if one.good and line.get("produce") == one.good.id and not line.get("why")),
            None,
        )
        amount = _amount_of(one)
        if same is not None and not one.ask and (total := _sum(same.get("amount", ""), amount)):
            same |= {"amount": total, "pasted": amount}
            continue
        good = one.good
        _append(
            basket,
            {
                "produce": good.id if good else None,
                "amount": amount,
                "said": one.said,
                "why": [doubt.value for doubt in one.doubts],
                "maybe": [each.id for each in one.meant.candidates],
                "grade": next((pk for pk, name in good.grades if name == one.grade), None) if good else None,
                "new": True,
            },
        )


def _amount_of(line: Line) -> str:
    """Return the amount of a read line as the basket's field shows it: kilograms, or heads; its guess where asked."""
    counted = bool(line.good and line.good.counted)
    if counted and line.pieces:
        return str(line.pieces)
    return weight.kg(line.grams) if line.grams and not counted else ""


def _sum(first: str, second: str) -> str:
    try:
        grams = [weight.parse_quantity(text, "kg").grams or 0 for text in (first, second)]
    except BadValue:
        return ""
    return weight.kg(sum(grams))


def _append(basket: Basket, line: dict[str, Any]) -> None:
    if len(basket.lines) >= MOST_LINES:
        raise BasketFull
    number = max((one["id"] for one in basket.lines), default=0) + 1
    basket.lines = [*basket.lines, {"id": number, "otherwise": Otherwise.LESS.value, **line}]


def _line(basket: Basket, line_id: int) -> dict[str, Any]:
    for line in basket.lines:
        if line["id"] == line_id:
            return line
    raise BadValue(_("This line is no longer there."))


def ready_rows(basket: Basket, today: dt.date) -> list:
    """Return the lines that can be ordered as they stand."""
    return [row for row in rows_of(basket, today) if row.ready]
