"""Why a household got its share: the figures kept on the allocation."""

from orders.allocation import Why


def written(why: Why) -> str:
    """Write the figures down as they are kept on an allocation."""
    return f"{why.kind}|{why.level}|{why.had}|{why.owners}|{why.waiting}|{why.seed}"


def read(text: str) -> Why | None:
    """Read them back; an allocation made without a rule has none."""
    parts = text.split("|", 5)
    if len(parts) != 6 or not all(part.isdigit() for part in parts[1:5]):
        return None
    kind, level, had, owners, waiting, seed = parts
    return Why(kind, int(level), int(had), int(owners), int(waiting), seed)
