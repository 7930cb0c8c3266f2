"""A restored backup changes the numbers: what the lost hours had given never comes back with other content."""

import datetime as dt

from kernel.numbers import letter_of
from records.models import NumberLetter


def change_letter(restore: int, *, at: dt.datetime) -> NumberLetter:
    """Let every number from now on carry the letter of this restore, the one its payments carry too."""
    return NumberLetter.objects.create(number=restore, letter=letter_of(restore), at=at)
