"""The rules of the register of places: which there are, and what each is called from which day on."""

import datetime as dt

from django.utils.translation import gettext as _

from accounts.models import Place, PlaceName, Role, User
from accounts.selectors import area_prefix, forget_places
from accounts.services.places import code_fits
from kernel import clock
from kernel.errors import BadValue
from kernel.typed import fold_typed
from kernel.workflow import change
from registers.services.named import place_named, row_of
from registers.services.rules import Content, Hands, Rules, Step, seat

HANDS = Hands((seat(Role.SYSTEM_ADMIN),), (seat(Role.BUREAU_APPROVER),))
ABOVE = {Place.Level.COUNTY: "", Place.Level.TOWNSHIP: Place.Level.COUNTY, Place.Level.VILLAGE: Place.Level.TOWNSHIP}


def why_not_in(code: str, level: str, parent_code: str, parent_level: str) -> str:
    """Return why a place of this code and level cannot lie there; nothing where it can."""
    if not code_fits(code, level):
        return _("A code has 12 digits; a county's ends with six zeros, a township's with three.")
    if parent_level != ABOVE[Place.Level(level)]:
        return _("A village lies in a township, a township in the county, the county in nothing.")
    if parent_code and not code.startswith(area_prefix(parent_code, parent_level)):
        return _("The code begins otherwise than that of the place above. Compare both.")
    return ""


class PlaceRules(Rules):
    """Townships and villages: new ones, and new names of those that are there; a code stays for ever."""

    key = "places"
    roles = (Role.SYSTEM_ADMIN, Role.BUREAU_APPROVER)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return what a place would be: new, or called otherwise from a day on."""
        there = row_of(Place, content["place"]) if "place" in content else None
        name, from_on = fold_typed(content["name"]), dt.date.fromisoformat(content["from_on"])
        if from_on > clock.county_day(at):
            raise BadValue(_("A name counts from today at the latest. Propose it when the day has come."))
        if there is not None:
            return _renamed(there, name, from_on)
        code, level = fold_typed(content["code"]), Place.Level(content["level"])
        parent = place_named(content["parent"]) if content.get("parent") else None
        refusal = why_not_in(code, level, parent.code if parent else "", parent.level if parent else "")
        if refusal:
            raise BadValue(refusal)
        if parent is None:
            raise BadValue(_("The county is there already. Write the place above."))
        if Place.objects.filter(pk=code).exists():
            raise BadValue(_("This code is registered already. Open the place to call it otherwise."))
        _require_free(name, parent, but=code)
        return Step(
            subject=code,
            title=name,
            facts=[
                ("code", "", code),
                ("level", "", level.value),
                ("parent", "", parent.name),
                ("name", "", name),
                ("from_on", "", from_on.isoformat()),
            ],
            hands=HANDS,
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write the place or its new name; the name before it ends on that day."""
        name, from_on = fold_typed(content["name"]), dt.date.fromisoformat(content["from_on"])
        if "place" in content:
            place = change(row_of(Place, content["place"]), {"name": name})
            PlaceName.objects.filter(place=place, valid_to=None).update(valid_to=from_on)
        else:
            place = Place(
                code=fold_typed(content["code"]),
                level=Place.Level(content["level"]),
                parent=place_named(content["parent"]),
                name=name,
            )
            place.save(force_insert=True)
        PlaceName.objects.create(place=place, name=name, valid_from=from_on)
        forget_places()


def _renamed(place: Place, name: str, from_on: dt.date) -> Step:
    last = PlaceName.objects.filter(place=place).order_by("-valid_from").first()
    if last is not None and from_on <= last.valid_from:
        raise BadValue(
            _("It is called %(name)s from %(day)s on. A new name begins later.")
            % {"name": last.name, "day": last.valid_from.isoformat()}
        )
    if name == place.name:
        raise BadValue(_("It is called so already."))
    _require_free(name, place.parent, but=place.code)
    stood = last.valid_from.isoformat() if last else ""
    return Step(
        subject=place.code,
        title=place.name,
        facts=[("name", place.name, name), ("from_on", stood, from_on.isoformat())],
        hands=HANDS,
    )


def _require_free(name: str, parent: Place | None, *, but: str) -> None:
    """Refuse a name that another place beside this one has."""
    if Place.objects.filter(parent=parent, name=name).exclude(pk=but).exists():
        raise BadValue(_("Another place beside it is called so."))
