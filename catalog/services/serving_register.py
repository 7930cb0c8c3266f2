"""The rules of the register of what may not be served: entered by an office, confirmed by the bureau, from a day on."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Channel, Role, User
from catalog.models import NotServed
from catalog.selectors.serving import forget
from kernel import clock
from kernel.errors import BadValue
from kernel.typed import fold_typed
from kernel.workflow import change
from produce.services.naming import entry_named
from registers.services.named import row_of
from registers.services.offices import OFFICES
from registers.services.rules import Content, Rules, Step


class ServingRules(Rules):
    """What may not be served: one produce for the buyers of one channel, from a day on."""

    key = "not-served"
    roles = (Role.RELIEF_CLERK, Role.BUREAU_APPROVER)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return what would be forbidden to whom, or what would end."""
        today = clock.county_day(at)
        if "row" in content:
            row, to_on = row_of(NotServed, content["row"]), dt.date.fromisoformat(content["to_on"])
            if row.to_on is not None:
                raise BadValue(_("This ends already on %(day)s.") % {"day": row.to_on.isoformat()})
            if to_on <= max(row.from_on, today):
                raise BadValue(_("Choose a day to come."))
            return Step(
                subject=f"row:{row.pk}",
                title=_title(row.channel, row.produce.name),
                facts=[("to_on", "", to_on.isoformat())],
                hands=OFFICES,
            )
        channel, produce = _channel(content), entry_named(content["produce"])
        from_on = dt.date.fromisoformat(content["from_on"])
        if NotServed.objects.filter(channel=channel, produce=produce, to_on=None).exists():
            raise BadValue(_("This is forbidden to them already."))
        return Step(
            subject=f"{channel.pk}:{produce.pk}",
            title=_title(channel, produce.name),
            facts=[
                ("channel", "", channel.name_zh),
                ("produce", "", produce.name),
                ("from_on", "", from_on.isoformat()),
                ("why", "", fold_typed(content["why"])),
            ],
            hands=OFFICES,
            notes=[_("What is ordered already goes on. From that day on they do not see it, and no order takes it.")],
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write what is forbidden, or its end."""
        transaction.on_commit(lambda: forget(clock.county_day(at)))
        if "row" in content:
            change(row_of(NotServed, content["row"]), {"to_on": dt.date.fromisoformat(content["to_on"])})
            return
        NotServed.objects.create(
            channel=_channel(content),
            produce=entry_named(content["produce"]),
            from_on=dt.date.fromisoformat(content["from_on"]),
            why=fold_typed(content["why"])[:120],
            document=document,
            by=by,
            confirmed_by=confirmed_by,
            at=at,
        )


def _title(channel: Channel, produce: str) -> str:
    return _("%(produce)s, not for %(channel)s") % {"produce": produce, "channel": channel.name_zh}


def _channel(content: Content) -> Channel:
    written = fold_typed(content["channel"])
    found = next((row for row in Channel.objects.all() if written in (row.code, row.name_zh, row.name_en)), None)
    if found is None:
        raise BadValue(_("There is no channel %(name)s. Write its name or its code.") % {"name": written})
    return found
