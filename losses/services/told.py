"""What a household says of money from others for its loss: nothing is taken off for it before two hands list it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel.errors import BadValue
from losses.models import ClaimRound, Elsewhere


class ToldInPart(BadValue):
    code = "told_in_part"
    message = _("You got money for this loss: write from whom, and how many yuan.")


class ToldTwoThings(BadValue):
    code = "told_two_things"
    message = _(
        "You wrote who gave money, or how much. Then choose that you are insured or got it, or leave both empty."
    )


@dataclass(frozen=True, slots=True)
class Told:
    """Whether the loss is insured or money came from elsewhere, from whom and how much; nothing where nobody asked."""

    elsewhere: str = ""
    source: str = ""
    fen: int | None = None

    def __post_init__(self) -> None:
        """Refuse half an answer, or two."""
        if self.elsewhere == Elsewhere.GOT and (not self.source or self.fen is None):
            raise ToldInPart
        insured = self.elsewhere == Elsewhere.INSURED
        if self.elsewhere != Elsewhere.GOT and (self.fen is not None or (self.source and not insured)):
            raise ToldTwoThings

    def columns(self) -> dict[str, Any]:
        """Return it by the columns of a round."""
        return {"elsewhere": self.elsewhere, "elsewhere_from": self.source, "elsewhere_fen": self.fen}


def told_in(said: ClaimRound) -> Told:
    """Return what was told in a round."""
    return Told(said.elsewhere, said.elsewhere_from, said.elsewhere_fen)
