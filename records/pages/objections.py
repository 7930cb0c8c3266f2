"""An objection to a public notice, as whoever answers it reads it, whatever the notice is of."""

from dataclasses import dataclass

from kernel.shown import Tag
from records.models import Objection, ObjectionStatus
from records.services.notices import check_word


@dataclass(frozen=True, slots=True)
class ObjectionRow:
    """An objection in a list."""

    url: str
    label: str
    hint: str
    status: Tag


@dataclass(frozen=True, slots=True)
class ObjectionPage:
    """An objection with what was said and answered."""

    number: str
    check_word: str
    words: str
    contact: str
    at: str
    open: bool
    answer: str
    status: Tag


def objection_page(objection: Objection, *, at: str, status: Tag) -> ObjectionPage:
    """Return an objection for whoever answers it, its time and its outcome in the words of its room."""
    return ObjectionPage(
        number=objection.number,
        check_word=check_word(objection.pk),
        words=objection.words,
        contact=objection.contact,
        at=at,
        open=objection.status == ObjectionStatus.OPEN,
        answer=objection.answer,
        status=status,
    )
