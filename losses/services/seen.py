"""What one rule saw on a claim: a colour, a sentence with the figures."""

from dataclasses import dataclass

from records.models import Finding

GREEN, AMBER, RED = Finding.Colour.GREEN, Finding.Colour.AMBER, Finding.Colour.RED


@dataclass(frozen=True)
class Look:
    """What one rule saw."""

    rule: str
    colour: str
    title: str
    detail: str
