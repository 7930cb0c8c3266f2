"""Which lots fill a wish: pure arithmetic on whole units (grams, or pieces), with no database behind it.

The published rule (docs/adr/0022): eligible lots → tiers in order → least served this season → fewest days left →
everybody in turn gets the same, up to what they have and may still sell, nobody less than the smallest parcel → a
seeded draw between equals. The same lots and seed give the same answer. What is given out is what was asked for, or all
there is but for what a seller does not hand over, or the buyer not fetch, in so small a part (docs/adr/0034).
"""

from orders.allocation.lots import Lot, Pick, PlanKind, Split, Why, draw, units_of, within_cap
from orders.allocation.owners import cheapest, fair, fewest, three_plans
from orders.allocation.together import Together, Wanted, fewest_together

RULE = "3"  # which wording of the rule a plan was made by; kept on the order line with the seed
WORKED_OUT = frozenset({"2", RULE})  # 2 is 3 where nobody names a smallest quantity

__all__ = [
    "RULE",
    "WORKED_OUT",
    "Lot",
    "Pick",
    "PlanKind",
    "Split",
    "Together",
    "Wanted",
    "Why",
    "cheapest",
    "draw",
    "fair",
    "fewest",
    "fewest_together",
    "three_plans",
    "units_of",
    "within_cap",
]
