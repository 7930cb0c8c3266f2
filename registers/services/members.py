"""The rules of the register of members: who comes into a household, leaves it, dies, and who heads it."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Household, HouseholdMember, Person, Role, User
from accounts.services import members, people
from accounts.services.households import require_stands
from accounts.services.members import card_tail_in_name_of, posts_after
from kernel import clock, identity
from kernel.errors import BadValue
from kernel.masking import mask_id, mask_name, mask_phone
from kernel.sealing import blind_index
from kernel.typed import fold_typed
from registers.services.households import title_of
from registers.services.named import row_of
from registers.services.rules import CLERKS, Content, Rules, Step

LEFT, DIED, HEADS = "left", "died", "heads"


class MemberRules(Rules):
    """Members of households: one clerk writes down what a document says, another compares."""

    key = "members"
    for_households = True
    roles = (Role.RELIEF_CLERK,)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return who would come into a household, leave it, or head it."""
        return _change(content, at=at) if "member" in content else _join(content, at=at)

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write down what happened."""
        if "member" not in content:
            household = household_numbered(content["household"])
            person = people.register_person(name=content["name"], id_number=content["id_number"], at=at)
            members.join(household, person, from_on=dt.date.fromisoformat(content["from_on"]), at=at)
            if content.get("phone"):
                people.register_account(phone=content["phone"], person=person, at=at)
            return
        member = row_of(HouseholdMember, content["member"])
        if content["what"] == HEADS:
            members.head(member, at=at)
            return
        act = members.die if content["what"] == DIED else members.leave
        act(member, on=dt.date.fromisoformat(content["on"]), at=at)


def household_numbered(text: str) -> Household:
    """Return the household of a number, or that of somebody's ID number who belongs to it now."""
    household = household_known(text)
    if household is None:
        raise BadValue(_("No household has this number, and no member this ID number."), about=text)
    return household


def household_known(text: str) -> Household | None:
    """Return the household of a number or of a present member's ID number, if there is one."""
    written = fold_typed(text)
    household = Household.objects.filter(number=written).first()
    if household is not None or not identity.looks_like_id(written):
        return household
    person = blind_index("id_number", written.upper())
    return Household.objects.filter(members__person__key=person, members__to_on=None, merged_into=None).first()


def _join(content: Content, *, at: dt.datetime) -> Step:
    household, name = household_numbered(content["household"]), identity.person_name(content["name"])
    number = identity.id_number(content["id_number"], today=clock.county_day(at))
    from_on = dt.date.fromisoformat(content["from_on"])
    key = blind_index("id_number", number)
    require_stands(household)
    person = Person.objects.filter(key=key).first()
    if person is not None:
        if person.name != name:
            raise BadValue(_("This ID number is registered under another name. Compare it with the ID card."))
        members.require_can_join(person, from_on, at)
    elif from_on > clock.county_day(at):
        raise BadValue(_("Somebody belongs to a household from today at the latest."))
    phone = identity.phone(content["phone"]) if content.get("phone") else ""
    if phone and User.objects.filter(phone_index=blind_index("phone", phone)).exists():
        raise people.PhoneTaken
    return Step(
        subject=f"person:{key[:32]}",
        title=_("%(name)s into %(household)s") % {"name": mask_name(name), "household": title_of(household)},
        facts=[
            ("household", "", title_of(household)),
            ("name", "", mask_name(name)),
            ("id_number", "", mask_id(number)),
            ("phone", "", mask_phone(phone) if phone else ""),
            ("from_on", "", from_on.isoformat()),
        ],
        hands=CLERKS,
        about=(household.pk,),
    )


def _change(content: Content, *, at: dt.datetime) -> Step:
    member = row_of(HouseholdMember, content["member"])
    household, name = member.household, mask_name(member.person.name)
    facts, notes = [("name", name, name), ("what", "", content["what"])], []
    if content["what"] == HEADS:
        members.require_can_head(member)
        facts.append(("household", title_of(household), f"{household.number} {name}"))
        if tail := card_tail_in_name_of(household, household.head, at):
            notes.append(_("The card ending in %(tail)s stays in the name of the head before.") % {"tail": tail})
    else:
        if not content.get("on"):
            raise BadValue(_("Write on which day it happened."))
        on = dt.date.fromisoformat(content["on"])
        members.require_can_end(member, content["what"], on, at)
        facts.append(("on", "", on.isoformat()))
        notes += _what_dies_with(member, on, at=at) if content["what"] == DIED else []
    return Step(
        subject=f"member:{member.pk}",
        title=_("%(name)s of %(household)s") % {"name": name, "household": title_of(household)},
        facts=facts,
        hands=CLERKS,
        about=(household.pk,),
        notes=notes,
    )


def _what_dies_with(member: HouseholdMember, on: dt.date, *, at: dt.datetime) -> list[str]:
    """Return what both clerks should know before a death is on record."""
    notes, household = [_("Whoever died signs in no more.")], member.household
    if household.head == member.person:
        notes.append(_("This person headed the household. Let another member head it next."))
    if tail := card_tail_in_name_of(household, member.person, at):
        notes.append(
            _("The household is paid on the card ending in %(tail)s, in this person's name. Ask for another card.")
            % {"tail": tail}
        )
    posts = len(posts_after(member.person, on))
    if posts:
        notes.append(
            ngettext("%(n)s post of this person ends with it.", "%(n)s posts of this person end with it.", posts)
            % {"n": posts}
        )
    return notes
