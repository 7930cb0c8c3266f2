"""The rules of the register of what households got elsewhere: insurance, and relief by other rules."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Household, Role, User
from kernel import clock, money
from kernel.errors import BadValue
from kernel.masking import mask_name
from kernel.typed import fold_typed
from kernel.workflow import change
from losses.models import OtherRelief
from losses.selectors.elsewhere import awards_unpaid, claims_touched
from losses.services.scheme_registers import BUREAU
from produce.models import Produce
from produce.services.naming import entry_named
from registers.services.members import household_numbered
from registers.services.named import row_of
from registers.services.rules import Content, Rules, Step

MOST_DAYS = 366  # that one sum covers


class OtherReliefRules(Rules):
    """Insurance and other relief: who got how much, for losses of which time, by which paper."""

    key = "other-relief"
    roles = (Role.BUREAU_APPROVER,)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return what would stand on the list, and how many claims of the household it touches."""
        if "row" in content:
            return self._striking(row_of(OtherRelief, content["row"]))
        household, produce = household_numbered(content["household"]), _produce(content["produce"])
        from_on, to_on = (dt.date.fromisoformat(content[name]) for name in ("from_on", "to_on"))
        if not 0 <= (to_on - from_on).days <= MOST_DAYS or from_on > clock.county_day(at):
            raise BadValue(_("The days of the loss are not in order, to come, or more than a year."))
        source = fold_typed(content["source"])
        twin = OtherRelief.objects.filter(
            household=household, produce=produce, source=source, from_on=from_on, to_on=to_on, struck_on=None
        )
        if twin.exists():
            raise BadValue(_("This stands on the list already."))
        asked = {
            "source": source,
            "produce": produce.name if produce is not None else _("whatever it grew"),
            "from_on": from_on.isoformat(),
            "to_on": to_on.isoformat(),
            "amount": money.yuan(int(content["amount"])),
        }
        where = (household.pk, from_on, to_on, produce.pk if produce is not None else None)
        n, unpaid = claims_touched(*where), awards_unpaid(*where)
        touched = ngettext(
            "%(n)s loss report of this household falls into that time and is checked against it.",
            "%(n)s loss reports of this household fall into that time and are checked against it.",
            n,
        )
        return Step(
            subject=f"{household.pk.hex}:{produce.pk if produce else 0}:{from_on}:{to_on}:{source[:20]}",
            title=_title(household),
            facts=[(name, "", value) for name, value in asked.items()],
            hands=BUREAU,
            notes=[*([touched % {"n": n}] if n else []), *([_stops(unpaid)] if unpaid else [])],
        )

    def _striking(self, row: OtherRelief) -> Step:
        if row.struck_on is not None:
            raise BadValue(_("This row is struck out already."))
        return Step(
            subject=f"row:{row.pk}",
            title=_title(row.household),
            facts=[("why", money.yuan(row.amount_fen), _("struck out"))],
            hands=BUREAU,
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write the row, or strike one out."""
        if "row" in content:
            change(row_of(OtherRelief, content["row"]), {"struck_on": clock.county_day(at)})
            return
        OtherRelief(
            household=household_numbered(content["household"]),
            produce=_produce(content["produce"]),
            source=fold_typed(content["source"]),
            from_on=dt.date.fromisoformat(content["from_on"]),
            to_on=dt.date.fromisoformat(content["to_on"]),
            amount_fen=int(content["amount"]),
            document=document,
            by=by,
            confirmed_by=confirmed_by,
            at=at,
        ).save(force_insert=True)


def _stops(unpaid: int) -> str:
    """Return in words which awards are not paid while a row stands that came after them."""
    sentence = ngettext(
        "%(n)s award of this household has not been paid; it stays unpaid while this row stands.",
        "%(n)s awards of this household have not been paid; they stay unpaid while this row stands.",
        unpaid,
    )
    return sentence % {"n": unpaid}


def _produce(name: str | None) -> Produce | None:
    return entry_named(name) if name else None


def _title(household: Household) -> str:
    return f"{household.number} {mask_name(household.head_name)}"
