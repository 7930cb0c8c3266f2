"""What unions may do beyond the rules of their money: the latest turn of each part, as long as its days last."""

import datetime as dt
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, Case, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce, JSONObject

from canteens.models import Fund, LiftedPart, UnionAllowance, UnionRule

_FEN = BigIntegerField()


@dataclass(frozen=True, slots=True)
class Allowed:
    """What counts on a day beyond one part of a rule, until when and by which document."""

    part: LiftedPart
    more_fen: int
    until_on: dt.date
    document: str


def allowances_of(rule: UnionRule | None) -> ArraySubquery:
    """Return the latest turn of each part of a rule for an outer purse, as `read` takes it."""
    rows = UnionAllowance.objects.filter(fund=OuterRef("pk"), rule=rule).order_by("lifts", "-turn").distinct("lifts")
    said = JSONObject(part="lifts", more_fen="more_fen", until_on="until_on", document="document")
    return ArraySubquery(rows.values(said=said))


def read(rows: list[dict], on: dt.date) -> dict[str, Allowed]:
    """Return of these rows those that count on a day, by the part of the rule."""
    said = [
        Allowed(LiftedPart(row["part"]), row["more_fen"], dt.date.fromisoformat(row["until_on"]), row["document"])
        for row in rows
    ]
    return {one.part: one for one in said if one.until_on >= on and one.more_fen}


def last_allowance(fund: Fund, rule: UnionRule, part: str) -> UnionAllowance | None:
    """Return the latest turn of one part, whether it counts still or not."""
    return UnionAllowance.objects.filter(fund=fund.pk, rule=rule.pk, lifts=part).order_by("-turn").first()


def allowed_fen(part: str, on: dt.date) -> Coalesce:
    """Return how much an outer purse may go beyond its `rule` on a day, as a part of the statement that asks."""
    rows = UnionAllowance.objects.filter(fund=OuterRef("pk"), rule=OuterRef("rule"), lifts=part).order_by("-turn")
    counts = Case(When(until_on__gte=on, then=F("more_fen")), default=Value(0), output_field=_FEN)
    return Coalesce(Subquery(rows.annotate(counts=counts).values("counts")[:1]), 0, output_field=_FEN)
