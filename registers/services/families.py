"""The rules of the registers of merged and of split households."""

import datetime as dt
import re
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Household, HouseholdMember, Place, Role, Tier, User
from accounts.services.coops import coops_of, end_all_of
from accounts.services.households import (
    TierTooLate,
    merge,
    require_can_merge,
    require_cause_fits,
    require_stands,
    split,
)
from accounts.services.members import HeadStays
from kernel import clock, identity
from kernel.errors import BadValue
from kernel.masking import mask_name, mask_phone
from kernel.sealing import blind_index
from kernel.typed import fold_typed
from registers.services.duplicates import close_merged
from registers.services.households import title_of, village_named
from registers.services.members import household_numbered
from registers.services.rules import CLERKS, Content, Rules, Step

_BETWEEN = re.compile(r"[\s,，、;；]+")


class MergeRules(Rules):
    """Households that are one: entered twice, or moved together. One keeps its rows and counts by the other."""

    key = "merges"
    for_households = True
    roles = (Role.RELIEF_CLERK,)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return which household would count by which."""
        household, into = household_numbered(content["household"]), household_numbered(content["into"])
        require_can_merge(household, into)
        members = HouseholdMember.objects.filter(household=household, to_on=None).select_related("person")
        notes = [
            _("%(number)s lists nothing more. What it has open goes on to its end; caps and reports count both as one.")
            % {"number": household.number},
            _("Afterwards compare how many people %(number)s has, and on which card it is paid.")
            % {"number": into.number},
        ]
        if members:
            names = "、".join(mask_name(member.person.name) for member in members[:10])
            notes.append(_("Into %(number)s go: %(names)s.") % {"number": into.number, "names": names})
        if coops := coops_of(household, clock.county_day(at)):
            sentence = _("It leaves %(coops)s; where %(into)s is to be sold for, that household agrees itself.")
            notes.append(sentence % {"coops": "、".join(coops), "into": into.number})
        if household.village_id != into.village_id:  # type: ignore[attr-defined]
            notes.append(_("The two households live in different villages."))
        return Step(
            subject=f"household:{household.pk}",
            title=_("%(household)s into %(into)s") % {"household": title_of(household), "into": title_of(into)},
            facts=[
                ("household", "", title_of(household)),
                ("into", "", title_of(into)),
            ],
            hands=CLERKS,
            about=(household.pk, into.pk),
            notes=notes,
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Merge the household: no co-operative sells for it any more, and what it looked like before is settled."""
        household, into = household_numbered(content["household"]), household_numbered(content["into"])
        end_all_of(household, by=confirmed_by, at=at)
        merge(household, into, at=at)
        close_merged(household, into, by=confirmed_by, at=at)


class SplitRules(Rules):
    """Members of a household who set up their own; lots and what is open stay with the old one."""

    key = "splits"
    for_households = True
    roles = (Role.RELIEF_CLERK,)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return which household would be split off, and who goes into it."""
        old, movers, values = _asked(content, at=at)
        names = [mask_name(member.person.name) for member in movers]
        return Step(
            subject=f"household:{old.pk}",
            title=_("%(name)s out of %(household)s") % {"name": names[0], "household": title_of(old)},
            facts=[
                ("household", title_of(old), title_of(old)),
                ("head", "", names[0]),
                ("others", "", "、".join(names[1:])),
                ("number", "", values["number"]),
                ("village", "", values["village"].name),
                ("phone", "", mask_phone(values["phone"]) if values["phone"] else ""),
                ("people", "", str(values["people"])),
                ("tier", "", values["tier"]),
                ("cause", "", values["cause"]),
                ("from_on", "", values["from_on"].isoformat()),
            ],
            hands=CLERKS,
            about=(old.pk,),
            notes=[
                _("Lots and open reports stay with %(number)s. The new household needs a card of its own.")
                % {"number": old.number}
            ],
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Split the household."""
        old, movers, values = _asked(content, at=at)
        split(old, movers, **values)


def _asked(content: Content, *, at: dt.datetime) -> tuple[Household, list[HouseholdMember], dict[str, Any]]:
    """Return a split as it was asked for: the old household, who goes, the head first, and what the new one is."""
    today, old = clock.county_day(at), household_numbered(content["household"])
    require_stands(old)
    from_on = dt.date.fromisoformat(content["from_on"])
    if from_on > today:
        raise TierTooLate
    require_cause_fits(content["tier"], content.get("cause") or "")
    typed = [content["head"], *_BETWEEN.split(content.get("others") or "")]
    keys = [blind_index("id_number", identity.id_number(number, today=today)) for number in typed if number]
    there = HouseholdMember.objects.filter(household=old, to_on=None, person__key__in=keys).select_related("person")
    members = {member.person.key: member for member in there}
    if len(set(keys)) != len(keys) or set(keys) != set(members):
        raise BadValue(_("Everybody who goes must be a member of this household today, each named once."))
    movers = [members[key] for key in keys]
    if any(member.person_id == old.head_id for member in movers):  # type: ignore[attr-defined]
        raise HeadStays
    if any(member.from_on > from_on for member in movers):
        raise BadValue(_("Nobody goes before having come. Compare the days in the register of members."))
    if int(content["people"]) < len(movers):
        raise BadValue(_("The new household has at least as many people as go into it."))
    village: Place = village_named(content["village"])
    number = fold_typed(content.get("number") or "") or f"{village.code[:9]}{keys[0][:8]}"
    if Household.objects.filter(number=number).exists():
        raise BadValue(_("Another household of the register has this number."))
    return (
        old,
        movers,
        {
            "number": number,
            "village": village,
            "phone": identity.phone(content["phone"]) if content.get("phone") else "",
            "people": int(content["people"]),
            "tier": Tier(content["tier"]).value,
            "cause": content.get("cause") or "",
            "from_on": from_on,
        },
    )
