"""The rules of the registers of canteens by name: which a buyer has, and who else eats from one."""

import datetime as dt

from django.utils.translation import gettext as _

from accounts.models import Organisation, Role, User
from canteens.models import LONGEST_NAME, FundKind, Kitchen, KitchenShare
from canteens.services.purses import require_canteen
from kernel.errors import BadValue
from kernel.typed import fold_typed
from kernel.workflow import change
from registers.services.named import organisation_named, row_of
from registers.services.offices import OFFICES
from registers.services.rules import Content, Rules, Step


class KitchenRules(Rules):
    """Canteens by name: of a buyer that has several, or one that others eat from; orders name theirs.

    Another name or another operator is another canteen: one ends, the next begins, and what was ordered stays true.
    """

    key = "kitchens"
    roles = (Role.RELIEF_CLERK, Role.BUREAU_APPROVER)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return which canteen a buyer would have from a day on, or what would change of one."""
        if "kitchen" in content:
            return _look_changed(row_of(Kitchen, content["kitchen"]), content)
        buyer, name = _eating(content["organisation"]), kitchen_name(content["name"])
        if Kitchen.objects.filter(organisation=buyer, name=name, to_on=None).exists():
            raise BadValue(
                _("%(buyer)s has a canteen %(name)s already. End it first, or write another name.")
                % {"buyer": buyer.name, "name": name}
            )
        values = {
            "name": name,
            "address": _address(content),
            "run_by": fold_typed(content.get("run_by") or ""),
            "from_on": dt.date.fromisoformat(content["from_on"]).isoformat(),
        }
        return Step(
            subject=f"{buyer.pk}:{name}",
            title=f"{buyer.name} {name}",
            facts=[(field, "", value) for field, value in values.items()],
            hands=OFFICES,
            notes=[_("Where a buyer has several canteens, each of its orders names one.")],
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write the canteen, or what changed of it; nobody who shares it orders for it after its end."""
        if "kitchen" in content:
            kitchen, to_on = row_of(Kitchen, content["kitchen"]), _day(content)
            change(kitchen, {"address": _address(content), "to_on": to_on})
            return
        Kitchen.objects.create(
            organisation=_eating(content["organisation"]),
            name=kitchen_name(content["name"]),
            address=_address(content),
            run_by=fold_typed(content.get("run_by") or "")[:80],
            document=document,
            from_on=dt.date.fromisoformat(content["from_on"]),
        )


class KitchenShareRules(Rules):
    """Shared canteens: which other buyer eats from one and orders for it, from a day on, until a day."""

    key = "kitchen-shares"
    roles = KitchenRules.roles

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return who would eat from a canteen from a day on, or from when on no longer."""
        if "share" in content:
            return _look_ended(row_of(KitchenShare, content["share"]), content)
        kitchen, buyer = _kitchen(content), _eating(content["organisation"])
        from_on = dt.date.fromisoformat(content["from_on"])
        if buyer.pk == kitchen.organisation_id:
            raise BadValue(_("This canteen is that of %(name)s itself. Name another buyer.") % {"name": buyer.name})
        if from_on < kitchen.from_on:
            raise BadValue(
                _("This canteen begins on %(day)s. Choose that day or a later one.")
                % {"day": kitchen.from_on.isoformat()}
            )
        last = KitchenShare.objects.filter(kitchen=kitchen, organisation=buyer).order_by("-from_on").first()
        if last is not None and (last.to_on is None or last.to_on > from_on):
            raise BadValue(
                _("%(name)s eats from this canteen from %(day)s on already. End that first, or choose a later day.")
                % {"name": buyer.name, "day": last.from_on.isoformat()}
            )
        facts = [("kitchen_of", kitchen.organisation.name), ("name", kitchen.name), ("organisation", buyer.name)]
        return Step(
            subject=f"{kitchen.pk}:{buyer.pk}",
            title=_title(kitchen, buyer),
            facts=[(field, "", value) for field, value in [*facts, ("from_on", from_on.isoformat())]],
            hands=OFFICES,
            notes=[_("Its orders count for itself, unless the register of who reports says otherwise.")],
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write who eats from a canteen too, or the end of it."""
        if "share" in content:
            change(row_of(KitchenShare, content["share"]), {"to_on": dt.date.fromisoformat(content["to_on"])})
            return
        KitchenShare.objects.create(
            kitchen=_kitchen(content),
            organisation=_eating(content["organisation"]),
            document=document,
            from_on=dt.date.fromisoformat(content["from_on"]),
        )


def kitchen_name(typed: str) -> str:
    """Return the name of a canteen in the one way it is written: half-width, without blanks."""
    name = fold_typed(typed).replace(" ", "")
    if not name:
        raise BadValue(_("Write what the canteen is called, such as 一食堂."))
    if len(name) > LONGEST_NAME:
        raise BadValue(_("Write at most %(n)s signs for the name of a canteen.") % {"n": LONGEST_NAME})
    return name


def _look_changed(kitchen: Kitchen, content: Content) -> Step:
    """Return where goods would be brought, and from when on there would be no such canteen."""
    to_on = _day(content)
    if kitchen.to_on is not None:
        raise BadValue(_("This canteen ends on %(day)s already.") % {"day": kitchen.to_on.isoformat()})
    if to_on is not None and to_on <= kitchen.from_on:
        raise BadValue(
            _("A canteen ends after the day on which it began, %(day)s.") % {"day": kitchen.from_on.isoformat()}
        )
    return Step(
        subject=f"{kitchen.organisation_id}:{kitchen.name}",
        title=f"{kitchen.organisation.name} {kitchen.name}",
        facts=[("address", kitchen.address, _address(content)), ("to_on", "", to_on.isoformat() if to_on else "")],
        hands=OFFICES,
    )


def _look_ended(share: KitchenShare, content: Content) -> Step:
    """Return from when on a buyer would no longer eat from a canteen."""
    to_on = dt.date.fromisoformat(content["to_on"])
    if share.to_on is not None:
        raise BadValue(_("It ends on %(day)s already.") % {"day": share.to_on.isoformat()})
    if to_on <= share.from_on:
        raise BadValue(_("It ends after the day on which it began, %(day)s.") % {"day": share.from_on.isoformat()})
    return Step(
        subject=f"{share.kitchen_id}:{share.organisation_id}",
        title=_title(share.kitchen, share.organisation),
        facts=[("from_on", share.from_on.isoformat(), share.from_on.isoformat()), ("to_on", "", to_on.isoformat())],
        hands=OFFICES,
    )


def _title(kitchen: Kitchen, buyer: Organisation) -> str:
    values = {"buyer": buyer.name, "canteen": f"{kitchen.organisation.name} {kitchen.name}"}
    return _("%(buyer)s eats from %(canteen)s") % values


def _eating(name: str) -> Organisation:
    """Return the buyer of this name; refuse one of which is written that it has no canteen."""
    buyer = organisation_named(name)
    if buyer.kind != Organisation.Kind.BUYER:
        raise BadValue(_("%(name)s is no buyer. Only buyers have canteens and funds.") % {"name": buyer.name})
    require_canteen(buyer, FundKind.CANTEEN)
    return buyer


def _kitchen(content: Content) -> Kitchen:
    owner, name = organisation_named(content["kitchen_of"]), kitchen_name(content["name"])
    found = Kitchen.objects.filter(organisation=owner, name=name, to_on=None).select_related("organisation").first()
    if found is None:
        raise BadValue(
            _("%(buyer)s has no canteen %(name)s. Write it down in the register of its canteens first.")
            % {"buyer": owner.name, "name": name}
        )
    return found


def _address(content: Content) -> str:
    address = fold_typed(content["address"])
    if not address:
        raise BadValue(_("Write where the goods are to be brought."))
    return address


def _day(content: Content) -> dt.date | None:
    return dt.date.fromisoformat(content["to_on"]) if content.get("to_on") else None
