"""With which earlier photos those of a loss are compared: its household's, and those of its village and produce."""

from collections.abc import Sequence

from losses.models import LossClaim, LossNotice
from records.models import Attachment
from records.services.looks import ask_for_look


def ask_for_looks(document: LossClaim | LossNotice, attachments: Sequence[Attachment]) -> None:
    """Let the photos that came in with a claim, its visit or a notice of loss be compared in the background."""
    household, produce = document.household, document.goods.produce
    ties = [f"household:{household.pk}", f"produce:{household.village_id}:{produce.pk}"]
    ask_for_look(attachments, ties=ties)
