"""How a loss is said by a text message, in the words of the pages that tell of it."""

from django.conf import settings
from django.utils.translation import gettext as _


def said_by_text() -> str:
    """Return how a household says a loss by a text; empty where texts do not come in."""
    if not settings.SMS_INBOUND_SECRET:
        return ""
    return _(
        "Without a smartphone a text will do: from the phone your household gave, answer any text of this site with "
        "what is lost and how much, such as: 报损 包菜 50斤. It is written down at once; the photos follow."
    )
