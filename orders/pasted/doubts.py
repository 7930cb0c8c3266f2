"""Why a line of a pasted order is asked about, in words for the person who pasted it."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Doubt(TextChoices):
    """One reason to ask before ordering."""

    UNKNOWN = "unknown", _("Not in the dictionary. Which goods are meant?")
    SEVERAL = "several", _("Several goods may be meant. Choose one.")
    NAME = "name", _("Is this the one that is meant?")
    PICTURE = "picture", _("A picture stands for the name. Is this the one?")
    NO_AMOUNT = "no_amount", _("How much?")
    NO_UNIT = "no_unit", _("The unit is missing. Is it jin?")
    UNIT = "unit", _("The unit is not clear. Is it this much?")
    FIGURE = "figure", _("The figure is not clear. Is it this much?")
    ABOUT = "about", _("About how much exactly?")
    RANGE = "range", _("From and to: how much exactly?")
    PACK = "pack", _("How much does one hold?")
    PIECES = "pieces", _("This is sold by weight. How much does it weigh?")
    HEADS = "heads", _("This is counted by the head. How many heads?")
    FORBIDDEN = "forbidden", _("This may not be traded here.")
    LARGE = "large", _("This is very much. Is the figure right?")
    TWO_AMOUNTS = "two_amounts", _("Two amounts stand here. Which one is right?")
    CORRECTED = "corrected", _("It was changed in the text. Is it this much now?")
    TWICE = "twice", _("It stands here twice. Is it wanted twice?")
    TOTAL = "total", _("The total in the text does not agree with its lines.")
    EITHER = "either", _("One or the other: which one?")
    IF = "if", _("The text makes a condition. Is it wanted like this?")
    TAKEN_BACK = "taken_back", _("The text seems to take it back. Is it wanted?")
