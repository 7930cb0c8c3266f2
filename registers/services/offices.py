"""The rules of the registers of channels and of organisations."""

import datetime as dt
import re

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Channel, Organisation, Role, User
from accounts.selectors.channels import forget_test_channels
from kernel import identity
from kernel.errors import BadValue
from kernel.typed import fold_typed
from kernel.workflow import change
from registers.services.named import place_named, row_of
from registers.services.rules import Content, Hands, Rules, Step, seat

_CODE = re.compile(r"[a-z][a-z0-9_-]{1,15}")
# Whom the county pays and asks: entered by the office that deals with them, confirmed by the bureau.
OFFICES = Hands((seat(Role.RELIEF_CLERK), seat(Role.BUREAU_APPROVER)), (seat(Role.BUREAU_APPROVER),))


class ChannelRules(Rules):
    """Buyer channels: which there are, what they are called, in which order they are shown."""

    key = "channels"
    roles = (Role.RELIEF_CLERK, Role.BUREAU_APPROVER)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return what a channel would be: new, or renamed; what runs canteens stays so."""
        code = fold_typed(content["code"]).lower()
        if not _CODE.fullmatch(code):
            raise BadValue(_("Write the code in 2 to 16 small letters, such as school."))
        there = Channel.objects.filter(pk=code).first()
        others = Channel.objects.exclude(pk=code)
        if others.filter(position=content["position"]).exists():
            raise BadValue(_("Another channel stands at this position. Choose a free number."))
        if others.filter(name_zh=content["name_zh"]).exists():
            raise BadValue(_("Another channel has this name."))
        runs = there.runs_canteen if there else bool(content.get("runs_canteen"))
        asks = bool(content.get("asks_test"))
        return Step(
            subject=code,
            title=content["name_zh"],
            facts=[
                ("name_zh", there.name_zh if there else "", content["name_zh"]),
                ("name_en", there.name_en if there else "", content["name_en"]),
                ("position", str(there.position) if there else "", str(content["position"])),
                ("runs_canteen", _yes(there.runs_canteen) if there else "", _yes(runs)),
                ("asks_test", _yes(there.asks_test) if there else "", _yes(asks)),
            ],
            hands=OFFICES,
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write the channel."""
        write_channel(content)


class OrganisationRules(Rules):
    """Offices, co-operatives and buyers: what they are called, where they are, how they are reached."""

    key = "organisations"
    roles = (Role.RELIEF_CLERK, Role.BUREAU_APPROVER)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return what an organisation would be: new, or with another name, place or telephone."""
        there = row_of(Organisation, content["organisation"]) if "organisation" in content else None
        kind = Organisation.Kind(there.kind if there else content["kind"])
        channel = there.channel if there else _channel(kind, content.get("channel") or "")
        name, place = fold_typed(content["name"]), place_named(content["place"])
        uscc = identity.uscc(content["uscc"]) if content.get("uscc") else ""
        others = Organisation.objects.exclude(pk=there.pk) if there else Organisation.objects.all()
        if others.filter(name=name).exists():
            raise BadValue(_("Another organisation is registered under this name."))
        if uscc and others.filter(uscc=uscc).exists():
            raise BadValue(_("Another organisation is registered under this social credit code."))
        values = {"name": name, "place": place.name, "phone": content.get("phone") or "", "uscc": uscc}
        stood = (
            {"name": there.name, "place": there.place.name, "phone": there.phone, "uscc": there.uscc} if there else {}
        )
        facts = [(field, stood.get(field, ""), value) for field, value in values.items()]
        if there is None:
            facts += [("kind", "", kind.value), ("channel", "", channel.name_zh if channel else "")]
        return Step(subject=f"{there.pk}" if there else name, title=name, facts=facts, hands=OFFICES)

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write the organisation."""
        write_organisation(content)


def write_channel(content: Content) -> None:
    """Write a channel, new or with other words."""
    code = fold_typed(content["code"]).lower()
    words = {name: content[name] for name in ("name_zh", "name_en", "position")}
    words["asks_test"] = bool(content.get("asks_test"))
    transaction.on_commit(forget_test_channels)
    there = Channel.objects.filter(pk=code).first()
    if there is not None:
        change(there, words)
        return
    Channel(code=code, runs_canteen=bool(content.get("runs_canteen")), **words).save(force_insert=True)


def write_organisation(content: Content) -> None:
    """Write an organisation, new or with another name, place or telephone."""
    values = {
        "name": fold_typed(content["name"]),
        "place": place_named(content["place"]),
        "phone": content.get("phone") or "",
        "uscc": identity.uscc(content["uscc"]) if content.get("uscc") else "",
    }
    if "organisation" in content:
        change(row_of(Organisation, content["organisation"]), values)
        return
    kind = Organisation.Kind(content["kind"])
    Organisation(kind=kind, channel=_channel(kind, content.get("channel") or ""), **values).save(force_insert=True)


def _channel(kind: str, name: str) -> Channel | None:
    """Return the channel of a buyer, by its code or its name; none of anybody else."""
    if kind != Organisation.Kind.BUYER:
        if name:
            raise BadValue(_("Only buyers have a channel. Leave it empty."))
        return None
    written = fold_typed(name)
    channel = next((row for row in Channel.objects.all() if written in (row.code, row.name_zh, row.name_en)), None)
    if channel is None:
        raise BadValue(_("Choose the channel of this buyer."))
    return channel


def _yes(value: bool) -> str:
    return "yes" if value else "no"
