"""In which documents somebody had a hand, and from which an interest of theirs bars them."""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.db.models import F, Q, Value

from kernel import clock
from kernel.clock import county_day
from records.models import HandsException, IncompatibleHands, Participation, SomeAccount

Tied = Callable[[Collection[str], str, SomeAccount], set[str]]
_WALLS: dict[str, Tied] = {}


def build_wall(kind: str, tied: Tied) -> None:
    """Let `tied` say of documents of this kind in which of them somebody has an interest that bars a stage."""
    _WALLS[kind] = tied


def documents_of_interest(documents: Collection[str], stage: str, *, by: SomeAccount) -> set[str]:
    """Return those of these documents from whose stage an interest of this person's bars them."""
    barred: set[str] = set()
    for kind, tied in _WALLS.items():
        own = [name for name in documents if name.startswith(f"{kind}:")]
        if own:
            barred |= tied(own, stage, by)
    return barred


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Which stages of a day exclude each other, and between which of them an exception stands, by whose document."""

    kinds: set[str]  # those of which pairs are known, in force or not
    apart: set[tuple[str, str, str]]
    excepted: set[tuple[str, str, str, str]]

    def exclude(self, document: str, stage: str, other: str, scope: str = "") -> bool:
        """Return whether one person may not hold both stages of this document."""
        kind = document.partition(":")[0]
        both = {(kind, stage, other), (kind, other, stage)}
        if kind in self.kinds and not both & self.apart:
            return False
        return not {(*pair, scope) for pair in both} & self.excepted


def _pairs_of(day: dt.date) -> _Pairs:
    """Read the pairs and the exceptions, in one question."""
    columns = ("kind", "stage", "other", "from_on", "to_on")
    pairs = IncompatibleHands.objects.annotate(whose=Value("")).values_list(*columns, "whose")
    exceptions = HandsException.objects.filter(to_on__gt=day).annotate(whose=F("scope")).values_list(*columns, "whose")
    kinds, apart, excepted = set(), set(), set()
    for kind, stage, other, from_on, to_on, scope in pairs.union(exceptions):
        stands = from_on <= day and (to_on is None or to_on > day)
        if scope and stands:
            excepted.add((kind, stage, other, scope))
        elif not scope:
            kinds.add(kind)
            if stands:
                apart.add((kind, stage, other))
    return _Pairs(kinds, apart, excepted)


def documents_barred(documents: Collection[str], stage: str, *, by: SomeAccount) -> set[str]:
    """Return those of these documents in which this person may not take this stage, for a hand or an interest."""
    if by.person is None:
        return set(documents)
    held = Participation.objects.filter(document__in=documents, person_key=by.person.key).exclude(stage=stage)
    taken = list(held.values_list("document", "stage"))
    pairs = _pairs_of(county_day(clock.now())) if taken else None
    barred = documents_of_interest(documents, stage, by=by)
    if pairs is None:
        return barred
    scopes = scopes_of({document for document, _other in taken}) if pairs.excepted else {}
    return barred | {name for name, other in taken if pairs.exclude(name, stage, other, scopes.get(name, ""))}


def scopes_of(documents: Collection[str]) -> dict[str, str]:
    """Return whose each of these documents is, as its first hand says."""
    first = Participation.objects.filter(document__in=documents, stage="request").order_by("-pk")
    return dict(first.values_list("document", "scope"))


def stages_excluding(document: str, stage: str, *, by: SomeAccount, on: dt.date) -> list[str]:
    """Return the stages this person holds of a document that exclude this one, whatever is excepted."""
    pairs = _pairs_of(on)
    held = stages_held(document, by=by)
    return [other for other in held if other != stage and pairs.exclude(document, stage, other)]


def exception_between(document: str, stage: str, other: str, *, on: dt.date) -> HandsException | None:
    """Return the exception by which one person may hold these two stages of a document on this day."""
    standing = HandsException.objects.filter(
        Q(stage=stage, other=other) | Q(stage=other, other=stage),
        kind=document.partition(":")[0],
        scope=scopes_of([document]).get(document, "-"),
        from_on__lte=on,
        to_on__gt=on,
    )
    return standing.order_by("pk").first()


def exceptions_used(document: str) -> list[HandsException]:
    """Return the exceptions by which somebody holds two stages of a document."""
    return list(HandsException.objects.filter(hands__document=document).distinct().order_by("pk"))


def stages_held(document: str, *, by: SomeAccount) -> list[str]:
    """Return the stages of a document that this person holds, in the order they were taken."""
    key = by.person.key if by.person is not None else ""
    rows = Participation.objects.filter(document=document, person_key=key)
    return list(rows.order_by("pk").values_list("stage", flat=True))
