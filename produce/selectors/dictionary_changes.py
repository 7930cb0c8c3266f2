"""What the dictionary says of one produce, and what somebody proposes that it should say."""

from typing import Any

from django.db.models import QuerySet

from produce.models import ChangeStatus, Produce, ProduceCategory, ProduceChange
from records.models import Move

# Every column that people may change, in the order of the form; the code of an entry never changes.
COLUMNS = (
    "code", "name", "name_en", "aliases", "category", "picture", "stock_unit", "piece_g", "count_word", "packs",
    "grades", "shelf_days", "shelf_days_cold", "season", "yield_g_per_mu", "papers", "forbidden", "forbidden_reason",
)  # fmt: skip

GRADE_COLUMNS = "code", "name", "name_en", "measure", "worth_percent"


def values_of(produce: Produce) -> dict[str, Any]:
    """Return what the dictionary says of a produce now, as a change compares it."""
    values = {column: getattr(produce, column) for column in COLUMNS if column not in ("category", "grades")}
    return values | {
        "category": produce.category_id,
        "grades": [
            {column: getattr(grade, column) for column in GRADE_COLUMNS}
            for grade in sorted(produce.grades.all(), key=lambda grade: grade.position)
        ],
    }


def kinds(*, english: bool) -> dict[str, str]:
    """Return the name of every category by its code."""
    return dict(ProduceCategory.objects.order_by("position").values_list("code", "name_en" if english else "name_zh"))


def waiting() -> QuerySet[ProduceChange]:
    """Return the proposals that wait for a second person, the oldest first."""
    return _whole().filter(status=ChangeStatus.PROPOSED).order_by("pk")


def decided() -> QuerySet[ProduceChange]:
    """Return the proposals that were decided, the latest first."""
    return _whole().exclude(status=ChangeStatus.PROPOSED).order_by("-pk")


def changes_of(produce: Produce) -> QuerySet[ProduceChange]:
    """Return everything proposed for one entry, the latest first."""
    return _whole().filter(produce=produce).order_by("-pk")


def all_changes() -> QuerySet[ProduceChange]:
    """Return every proposal with those who made and decided it."""
    return _whole()


def steps_of(change: ProduceChange) -> list[Move]:
    """Return what happened to a proposal, the latest first."""
    return list(Move.objects.filter(document=change.reference).select_related("by__person").order_by("-pk"))


def _whole() -> QuerySet[ProduceChange]:
    return ProduceChange.objects.select_related("produce", "proposed_by__person", "decided_by__person")
