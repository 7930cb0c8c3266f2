"""What a household says of money from elsewhere for its loss, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel import money
from kernel.shown import Fact
from losses.models import Elsewhere
from losses.services.told import Told


def told_words(told: Told) -> str:
    """Return it in a few words; empty where nobody asked."""
    if told.elsewhere == Elsewhere.GOT:
        got = _("got %(amount)s yuan of %(source)s for it")
        return got % {"amount": money.yuan(told.fen or 0), "source": told.source}
    if told.elsewhere == Elsewhere.INSURED:
        source = f"（{told.source}）" if told.source else ""
        return _("insured%(source)s, not paid yet") % {"source": source}
    return _("nothing from elsewhere, it says") if told.elsewhere else ""


def told_facts(told: Told) -> list[Fact]:
    """Return it as one of the facts of a report; none where nobody asked."""
    words = told_words(told)
    return [Fact(pgettext("loss", "Insurance, other money"), words)] if words else []
