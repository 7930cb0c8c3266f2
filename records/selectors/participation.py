"""In which documents somebody had a hand, and from which an interest of theirs bars them."""

from collections.abc import Callable, Collection

from records.models import IncompatibleHands, Participation, SomeAccount

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


def documents_barred(documents: Collection[str], stage: str, *, by: SomeAccount) -> set[str]:
    """Return those of these documents in which this person may not take this stage, for a hand or an interest."""
    if by.person is None:
        return set(documents)
    held = Participation.objects.filter(document__in=documents, person_key=by.person.key).exclude(stage=stage)
    taken = list(held.values_list("document", "stage"))
    pairs = set(IncompatibleHands.objects.values_list("kind", "stage", "other")) if taken else set()
    by_pairs = {kind for kind, _stage, _other in pairs}
    barred = documents_of_interest(documents, stage, by=by)
    for document, other in taken:
        kind = document.partition(":")[0]
        if kind not in by_pairs or {(kind, stage, other), (kind, other, stage)} & pairs:
            barred.add(document)
    return barred


def stages_held(document: str, *, by: SomeAccount) -> list[str]:
    """Return the stages of a document that this person holds, in the order they were taken."""
    key = by.person.key if by.person is not None else ""
    rows = Participation.objects.filter(document=document, person_key=key)
    return list(rows.order_by("pk").values_list("stage", flat=True))
