"""How risky a claim is, from what the rules saw of it, and which awards are re-inspected. Pure: no tables here."""

from collections.abc import Iterable, Mapping

MOST = 100
USUAL = 10
# Rules that speak of evidence or hands weigh more than those that speak of figures.
WEIGHTS = {
    "same_photo": 30,
    "photo_again": 30,
    "check_photo": 25,
    "photo_made": 20,
    "photo_twice": 15,
    "photo_moment": 25,
    "photo_place": 20,
    "photo_old": 20,
    "already_sold": 25,
    "pair_exact": 20,
    "pair_together": 15,
    "copied_report": 20,
    "filed_in_bulk": 15,
    "entered_before": 20,
    "split": 20,
    "just_below": 15,
    "call": 30,
    "elsewhere": 20,
}


def score_of(ambers: Iterable[tuple[str, bool]]) -> tuple[int, dict[str, int]]:
    """Return the points of a claim, at most a hundred, and those of each rule that doubts it, half if cleared."""
    reasons = {rule: WEIGHTS.get(rule, USUAL) // (2 if cleared else 1) for rule, cleared in ambers}
    return min(MOST, sum(reasons.values())), reasons


def riskiest(points: Mapping[int, int], percent: int) -> set[int]:
    """Return the keys of the riskiest part of all, rounded up; who has no points is never among them."""
    most = -(-len(points) * percent // 100)
    in_order = sorted((key for key, held in points.items() if held), key=lambda key: (-points[key], key))
    return set(in_order[:most])
