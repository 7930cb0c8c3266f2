"""Find what a clerk or a file names: an organisation by its name, a place by its code or its name."""

from typing import TypeVar

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.models import Organisation, Place
from accounts.selectors import places
from kernel.errors import BadValue
from kernel.typed import fold_typed

Row = TypeVar("Row", bound=Model)


def row_of(model: type[Row], key: object) -> Row:
    """Return the row that is to change, as it stands now."""
    try:
        return model._default_manager.get(pk=key)
    except (ObjectDoesNotExist, ValueError, TypeError, ValidationError):
        raise BadValue(_("This row does not stand in the register. Open the list again.")) from None


def organisation_named(name: str) -> Organisation:
    """Return the organisation of this name, as it is registered."""
    written = fold_typed(name)
    organisation = Organisation.objects.filter(name=written).select_related("place").first()
    if organisation is None:
        sentence = _("No organisation is registered as %(name)s. Register it first, or correct the name.")
        raise BadValue(sentence % {"name": written}, about=name)
    return organisation


def place_named(text: str) -> Place:
    """Return the place of a 12-digit code or a name; a village may be written with its township: 屏山镇长溪村."""
    written = fold_typed(text)
    known = places()
    if written in known:
        return Place.objects.get(pk=written)
    fitting = [code for code, place in known.items() if written in (place.name, place.short_name)]
    if not fitting:
        towns = {code[:9]: place.name for code, place in known.items() if code.endswith("000")}
        fitting = [
            code
            for code, place in known.items()
            if written in (towns.get(code[:9], "") + place.name, towns.get(code[:9], "") + place.short_name)
        ]
    if len(fitting) > 1:
        sentence = _("Several places are called %(name)s. Write the township in front, or the code.")
        raise BadValue(sentence % {"name": written}, about=text)
    if not fitting:
        sentence = _("No place is called %(name)s. Write a township, a village or a 12-digit code.")
        raise BadValue(sentence % {"name": written}, about=text)
    return Place.objects.get(pk=fitting[0])
