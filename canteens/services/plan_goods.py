"""Read, judge and write what goods a purchase plan names: one to twenty, each a produce or a class of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from canteens.models import MOST_GOODS, PlanGoods, PurchasePlan
from kernel.errors import BadValue
from kernel.money import parse_yuan
from kernel.typed import fold_typed
from kernel.weight import MOST_G, parse_quantity, unit_named
from produce.models import MOST_PRICE_FEN, Produce, ProduceCategory
from produce.selectors.dictionary import ids_by_name, key_of

# 包菜 500公斤 1.20: goods, how much, at most how many yuan a jin; the last may be left out, of a class the second too.
_LINE = re.compile(
    r"(?P<name>[^\W\d](?:\D*?[^\W\d])?)"
    r"(?:[\s,:、]*(?P<quantity>\d[\d.]*)\s*(?P<unit>公斤|千克|kg|市斤|斤|jin|吨|担))?"
    r"(?:[\s,:、]*(?:最高|不超过|at most)?\s*(?P<price>\d[\d.]*)"
    r"\s*(?:元|yuan)?\s*(?:/\s*(?:斤|jin)|每斤|一斤|a jin)?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Goods:
    """One of the goods of a plan: a produce or a class, how much, and for 500 g at most how many fen."""

    produce_id: int | None = None
    category_id: str | None = None
    quantity_g: int | None = None
    ceiling_fen: int | None = None


def read_goods(text: str) -> tuple[Goods, ...]:
    """Return the goods of a plan as typed, one a line: 包菜 500公斤 1.20. What cannot be read is named by its line."""
    lines = [(number, fold_typed(line)) for number, line in enumerate(text.splitlines(), 1)]
    typed = [(number, line) for number, line in lines if line]
    if not typed:
        return ()
    known = ids_by_name()
    classes = {
        key_of(name): row.code for row in ProduceCategory.objects.all() for name in (row.name_zh, row.name_en, row.code)
    }
    return tuple(_goods(number, line, known, classes) for number, line in typed)


def _goods(number: int, line: str, known: dict[str, int], classes: dict[str, str]) -> Goods:
    read = _LINE.fullmatch(line)
    if read is None:
        raise BadValue(
            _("Line %(line)s cannot be read. Write goods, how much and at most how many yuan a jin: 包菜 500公斤 1.20")
            % {"line": number}
        )
    key = key_of(read["name"])
    produce, category = known.get(key), classes.get(key) or classes.get(key.removesuffix("类"))
    if produce is None and category is None:
        raise BadValue(
            _("Line %(line)s: %(name)s is not in the dictionary. Write goods by their name there, or a class of them.")
            % {"line": number, "name": read["name"]}
        )
    try:
        quantity = parse_quantity(read["quantity"], unit_named(read["unit"])).grams if read["quantity"] else None
        ceiling = parse_yuan(read["price"], most_fen=MOST_PRICE_FEN) if read["price"] else None
    except BadValue as refusal:
        raise BadValue(_("Line %(line)s: %(refusal)s") % {"line": number, "refusal": str(refusal)}) from refusal
    return Goods(produce, None if produce else category, quantity, ceiling)


def require_goods(goods: Sequence[Goods]) -> None:
    """Refuse a plan of no goods or of too many, of goods twice, or of a produce without saying how much."""
    if not goods:
        raise BadValue(_("Write what is to be bought: goods or a class of them, one a line."))
    if len(goods) > MOST_GOODS:
        raise BadValue(
            _("A plan names at most %(most)s goods. Write a class of goods instead, or make two plans.")
            % {"most": MOST_GOODS}
        )
    keys = [one.produce_id for one in goods if one.produce_id is not None]
    found = {row.pk: row for row in Produce.objects.filter(pk__in=keys)}
    codes = [one.category_id for one in goods if one.category_id is not None]
    classes = {row.pk: row for row in ProduceCategory.objects.filter(pk__in=codes)}
    for one in goods:
        if (one.produce_id is None) == (one.category_id is None):
            raise BadValue(_("Name of each goods either the produce or the class."))
        if (one.produce_id or 0) not in {0, *found} or (one.category_id or "") not in {"", *classes}:
            raise BadValue(_("Some of these goods are not in the dictionary."))
        _require_bounds(one)
        row = found.get(one.produce_id or 0)
        if row is not None and row.forbidden:
            raise BadValue(_("%(goods)s may not be sold here. Leave it out.") % {"goods": row.name})
        if row is not None and one.quantity_g is None:
            raise BadValue(_("Write how much of %(goods)s is to be bought, for example 500公斤.") % {"goods": row.name})
    if len(keys) > len(found) or len(codes) > len(classes):
        raise BadValue(_("Some goods stand twice in this plan. Write them once, with all that is to be bought."))


def _require_bounds(one: Goods) -> None:
    if one.quantity_g is not None and not 1 <= one.quantity_g <= MOST_G:
        raise BadValue(_("Write a quantity greater than zero."))
    if one.ceiling_fen is not None and not 1 <= one.ceiling_fen <= MOST_PRICE_FEN:
        raise BadValue(_("Write an amount greater than zero."))


def write_goods(plan: PurchasePlan, goods: Sequence[Goods]) -> None:
    """Write the goods of a plan that has just been sent."""
    PlanGoods.objects.bulk_create(
        PlanGoods(
            plan=plan,
            position=position,
            produce_id=one.produce_id,
            category_id=one.category_id,
            quantity_g=one.quantity_g,
            ceiling_fen=one.ceiling_fen,
        )
        for position, one in enumerate(goods, 1)
    )
