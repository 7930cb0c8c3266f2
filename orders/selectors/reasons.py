"""Why a household got its share: the figures kept on the allocation."""

from orders.allocation import Why

EDITED = "edited"  # the figures are the rule's, the share is the buyer's own


def written(why: Why) -> str:
    """Write the figures down as they are kept on an allocation."""
    figures = (why.level, why.had, why.owners, why.waiting, why.served_g, why.beyond_cap)
    return "|".join([why.kind, *map(str, figures), why.seed])


def read(text: str) -> Why | None:
    """Read them back; an allocation made without a rule has none."""
    kind, *figures = text.split("|", 7)
    if len(figures) != 7 or not all(figure.isdigit() for figure in figures[:6]):
        return None
    level, had, owners, waiting, served_g, beyond_cap = map(int, figures[:6])
    return Why(kind, level, had, owners, waiting, figures[6], served_g, beyond_cap)
