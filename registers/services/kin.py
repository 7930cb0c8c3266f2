"""The rules of the register of kin: who is declared to be kin of a household, and so decides nothing about it."""

import datetime as dt

from django.utils.translation import gettext as _

from accounts.models import Kin, Person, Role, User
from accounts.selectors import in_force_on, members_now
from accounts.services.households import require_stands
from kernel import clock, identity
from kernel.errors import BadValue
from kernel.masking import mask_id, mask_name
from kernel.sealing import blind_index
from kernel.workflow import change
from registers.services.households import title_of
from registers.services.members import household_numbered
from registers.services.named import row_of
from registers.services.rules import CLERKS, Content, Rules, Step


class KinRules(Rules):
    """Declared kin: one clerk copies what somebody declared, another compares."""

    key = "kin"
    roles = (Role.RELIEF_CLERK,)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return who would be kin of which household, or until when."""
        return _end(content, at=at) if "kin" in content else _declare(content, at=at)

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write it down, or its end."""
        if "kin" in content:
            change(row_of(Kin, content["kin"]), {"to_on": dt.date.fromisoformat(content["to_on"])})
            return
        Kin.objects.create(
            person=_person(content, at=at),
            household=household_numbered(content["household"]),
            relation=content["relation"].strip(),
            from_on=clock.county_day(at),
        )


def _declare(content: Content, *, at: dt.datetime) -> Step:
    person, household = _person(content, at=at), household_numbered(content["household"])
    require_stands(household)
    if members_now(household).filter(person=person).exists():
        raise BadValue(_("This person belongs to the household. Nothing need be declared."))
    if Kin.objects.filter(in_force_on(clock.county_day(at)), person=person, household=household).exists():
        raise BadValue(_("This is declared already."))
    return Step(
        subject=f"kin:{person.pk}:{household.pk}",
        title=_("%(name)s, kin of %(household)s") % {"name": mask_name(person.name), "household": title_of(household)},
        facts=[
            ("name", "", mask_name(person.name)),
            ("id_number", "", mask_id(person.id_number)),
            ("household", "", title_of(household)),
            ("relation", "", content["relation"].strip()),
        ],
        hands=CLERKS,
        about=(household.pk,),
        notes=[_("From today on this person checks, approves and pays nothing of this household.")],
    )


def _end(content: Content, *, at: dt.datetime) -> Step:
    kin, last = row_of(Kin, content["kin"]), dt.date.fromisoformat(content["to_on"])
    if kin.to_on is not None:
        raise BadValue(_("The end of this is written down already."))
    if last <= kin.from_on or last < clock.county_day(at):
        raise BadValue(_("It ends today at the earliest, and after the day on which it began."))
    return Step(
        subject=f"kin:{kin.pk}",
        title=_("%(name)s, kin of %(household)s")
        % {"name": mask_name(kin.person.name), "household": title_of(kin.household)},
        facts=[("to_on", "", last.isoformat())],
        hands=CLERKS,
        about=(kin.household.pk,),
    )


def _person(content: Content, *, at: dt.datetime) -> Person:
    """Return whoever has this ID number and name."""
    number = identity.id_number(content["id_number"], today=clock.county_day(at))
    person = Person.objects.filter(key=blind_index("id_number", number)).first()
    if person is None:
        raise BadValue(_("Nobody is registered with this ID number: neither a post nor a household has this person."))
    if person.name != identity.person_name(content["name"]):
        raise BadValue(_("This ID number is registered under another name. Compare it with the ID card."))
    return person
