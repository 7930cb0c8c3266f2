"""The rules of the register of households: new ones, and what changes of known ones, copied by one clerk of two."""

import datetime as dt
import uuid
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Household, Person, Place, Role, Tier, User
from accounts.services import people
from accounts.services.households import (
    Known,
    Moved,
    facts_of_move,
    known_by_head,
    move,
    one_at_a_time,
    require_cause_fits,
    require_stands,
    require_tier_from,
)
from accounts.services.households import TierTooLate as TooLate
from kernel import clock, identity
from kernel.errors import BadValue
from kernel.masking import mask_id, mask_name, mask_phone
from kernel.sealing import blind_index
from kernel.typed import fold_typed
from registers.services.named import place_named, row_of
from registers.services.rules import CLERKS, Content, Rules, Step

FIELDS = ("tier", "cause", "from_on", "village", "phone", "people")


class HouseholdRules(Rules):
    """Households: one clerk enters or changes them on a document, another compares."""

    key = "households"
    for_households = True
    roles = (Role.RELIEF_CLERK,)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return what a household would be: new, or otherwise than now."""
        if "household" in content:
            return _changed(content, at=at)
        return _new(content, at=at)

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Enter the household, or change it."""
        one_at_a_time()
        if "household" in content:
            _household, _known, moved = _asked(content, at=at)
            move([moved], at=at)
            return
        values = _values(content, at=at)
        head = people.register_person(name=values.pop("name"), id_number=values.pop("id_number"), at=at)
        household = people.register_household(head=head, at=at, **values)
        if household.phone and not User.objects.filter(phone_index=household.phone_index).exists():
            people.register_account(phone=household.phone, person=head, at=at)


def title_of(household: Household) -> str:
    """Return what a household is called in the registers, its head masked."""
    return f"{household.number} {mask_name(household.head_name)}"


def village_named(text: str) -> Place:
    """Return the village of a name or a code."""
    village = place_named(text)
    if village.level != Place.Level.VILLAGE:
        raise people.NotAVillage
    return village


def _new(content: Content, *, at: dt.datetime) -> Step:
    values = _values(content, at=at)
    key = blind_index("id_number", values["id_number"])
    person = Person.objects.filter(key=key).first()
    if person is not None and person.name != values["name"]:
        raise BadValue(_("This ID number is registered under another name. Compare it with the ID card."))
    if person is not None:
        people.require_free(person)
    if Household.objects.filter(number=values["number"]).exists():
        raise BadValue(_("Another household of the register has this number."))
    shown = values | {
        "name": mask_name(values["name"]),
        "id_number": mask_id(values["id_number"]),
        "phone": mask_phone(values["phone"]) if values["phone"] else "",
        "village": values["village"].name,
        "people": str(values["people"]),
        "from_on": values["from_on"].isoformat(),
    }
    return Step(
        subject=f"head:{key[:32]}",
        title=f"{values['number']} {shown['name']}",
        facts=[(name, "", shown[name]) for name in ("number", "name", "id_number", *FIELDS)],
        hands=CLERKS,
        notes=_shared(values["phone"], but=None),
    )


def _values(content: Content, *, at: dt.datetime) -> dict[str, Any]:
    """Return a new household as it was asked for, every name resolved."""
    today = clock.county_day(at)
    id_number = identity.id_number(content["id_number"], today=today)
    village, tier, cause = village_named(content["village"]), Tier(content["tier"]), content.get("cause") or ""
    from_on = dt.date.fromisoformat(content["from_on"])
    if from_on > today:
        raise TooLate
    require_cause_fits(tier, cause)
    made = f"{village.code[:9]}{blind_index('id_number', id_number)[:8]}"
    return {
        "number": fold_typed(content.get("number") or "") or made,
        "name": identity.person_name(content["name"]),
        "id_number": id_number,
        "phone": identity.phone(content["phone"]) if content.get("phone") else "",
        "village": village,
        "people": int(content["people"]),
        "tier": tier.value,
        "cause": cause,
        "from_on": from_on,
    }


def _changed(content: Content, *, at: dt.datetime) -> Step:
    household, known, moved = _asked(content, at=at)
    places = {code: Place.objects.get(pk=code) for code in {known.village_id, moved.village_id}}
    facts = facts_of_move(known, moved, places)
    unchanged = {
        "tier": known.tier,
        "village": places[known.village_id].name,
        "people": str(known.people),
        "phone": mask_phone(known.phone) if known.phone else "",
    }
    differing = {name for name, _old, _new in facts}
    stay = [(name, stands, stands) for name, stands in unchanged.items() if name not in differing]
    return Step(
        subject=f"household:{household.pk}",
        title=title_of(household),
        facts=facts + stay,
        hands=CLERKS,
        about=(household.pk,),
        notes=_shared(moved.phone or "", but=household),
    )


def _asked(content: Content, *, at: dt.datetime) -> tuple[Household, Known, Moved]:
    """Return a known household, how it stands, and what it is to be."""
    household = row_of(Household, content["household"])
    require_stands(household)
    known = known_by_head([household.head.key])[household.head.key]
    tier, cause = content["tier"], content.get("cause") or ""
    from_on = None
    if (tier, cause) != (known.tier, known.cause):
        if not content.get("from_on"):
            raise BadValue(_("Write from which day this kind of household counts."))
        from_on = dt.date.fromisoformat(content["from_on"])
        require_cause_fits(tier, cause)
        require_tier_from(known, from_on, clock.county_day(at))
    phone = identity.phone(content["phone"]) if content.get("phone") else ""
    same = (blind_index("phone", phone) if phone else "") == known.phone_index
    moved = Moved(
        household=uuid.UUID(str(household.pk)),
        village_id=village_named(content["village"]).code,
        people=int(content["people"]),
        phone=None if same else phone,
        tier=tier,
        cause=cause,
        from_on=from_on,
    )
    return household, known, moved


def _shared(phone: str, *, but: Household | None) -> list[str]:
    """Say that a phone serves other households too: a fact, no fault."""
    if not phone:
        return []
    sharing = Household.objects.filter(phone_index=blind_index("phone", phone))
    names = [title_of(household) for household in (sharing.exclude(pk=but.pk) if but else sharing)[:5]]
    return [_("The same phone serves %(households)s.") % {"households": "、".join(names)}] if names else []
