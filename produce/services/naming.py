"""Find the entry of the dictionary that somebody names: by its name or by any other name it has."""

from django.utils.translation import gettext as _

from kernel.errors import BadValue
from produce.models import Produce
from produce.selectors.dictionary import ids_by_name, key_of


def entry_named(name: str) -> Produce:
    """Return the entry of a name as the market writes it, or of another name that the dictionary has for it."""
    entry = Produce.objects.filter(pk=ids_by_name().get(key_of(name), 0)).first()
    if entry is None:
        sentence = _("There is no such produce in the dictionary. Its names stand under “Dictionary”.")
        raise BadValue(sentence, about=name)
    return entry
