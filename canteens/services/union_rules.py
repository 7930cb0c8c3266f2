"""The rules of the register of union money: what a union may spend, and least buys of poor households."""

import datetime as dt

from django.utils.translation import gettext as _

from accounts.models import Place, Role, User
from canteens.models import UnionRule
from kernel import clock
from kernel.errors import BadValue
from kernel.money import yuan
from kernel.workflow import change
from registers.services.named import place_named, row_of
from registers.services.policies import COUNTY
from registers.services.rules import Content, Rules, Step

SUMS = {  # what is asked → its column
    "year": "year_fen",
    "festival": "festival_fen",
    "apart": "apart_fen",
    "plan_from": "plan_from_fen",
}


class UnionRuleRules(Rules):
    """Union money: a rule of one place on its document, from one day to another; the next one ends the one before."""

    key = "union-rules"
    roles = (Role.BUREAU_APPROVER, Role.FINANCE_MAKER, Role.FINANCE_CHECKER)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return which rule would hold from its day on, instead of which, or which one would end."""
        if "rule" in content:
            return _ending(row_of(UnionRule, content["rule"]), dt.date.fromisoformat(content["to_on"]), at=at)
        place, from_on = place_named(content["place"]), dt.date.fromisoformat(content["from_on"])
        _refuse_today(from_on, at=at)
        sums = _sums(content)
        if not (sums["year_fen"] or sums["festival_fen"] or sums["plan_from_fen"] or content.get("least")):
            raise BadValue(
                _(
                    "Write how much a year comes to for each member, or a festival, or the least of poor households, "
                    "or from how much on orders need a plan."
                )
            )
        last = _last(place)
        if last is not None and from_on <= last.from_on:
            raise BadValue(
                _("A rule of this place is known from %(day)s already. Choose a later day.")
                % {"day": last.from_on.isoformat()}
            )
        asked = {
            **{key: _said(sums[column]) for key, column in SUMS.items()},
            "least": _percent(content.get("least") or None),
            "counts_unplanned": _yes_no(content["counts_unplanned"]),
            "from_on": from_on.isoformat(),
        }
        stood = _stood(last, from_on)
        return Step(
            subject=place.code,
            title=_title(place),
            facts=[(field, stood.get(field, ""), value) for field, value in asked.items()],
            hands=COUNTY,
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write the rule, which ends the one before it, or end one."""
        if "rule" in content:
            change(row_of(UnionRule, content["rule"]), {"to_on": dt.date.fromisoformat(content["to_on"])})
            return
        place, from_on = place_named(content["place"]), dt.date.fromisoformat(content["from_on"])
        last = _last(place)
        if last is not None and (last.to_on is None or last.to_on > from_on):
            change(last, {"to_on": from_on})
        UnionRule.objects.create(
            place=place,
            document=document,
            least_bp=content.get("least") or None,
            counts_unplanned=content["counts_unplanned"],
            from_on=from_on,
            **_sums(content),
        )


def _ending(rule: UnionRule, to_on: dt.date, *, at: dt.datetime) -> Step:
    if rule.to_on is not None:
        raise BadValue(_("This rule ends already on %(day)s.") % {"day": rule.to_on.isoformat()})
    _refuse_today(to_on, at=at)
    if to_on <= rule.from_on:
        raise BadValue(_("A rule ends after the day on which it began."))
    return Step(
        subject=rule.place_id,
        title=_title(rule.place),
        facts=[("document", rule.document, rule.document), ("to_on", "", to_on.isoformat())],
        hands=COUNTY,
    )


def _refuse_today(day: dt.date, *, at: dt.datetime) -> None:
    if day <= clock.county_day(at):
        raise BadValue(_("Rules of union money change from tomorrow at the earliest: what was ordered today stays."))


def _last(place: Place) -> UnionRule | None:
    """Return the newest rule of this place, whether it holds, is yet to hold or has ended."""
    return UnionRule.objects.filter(place=place).order_by("-from_on").first()


def _stood(last: UnionRule | None, from_on: dt.date) -> dict[str, str]:
    """Return what held until this day."""
    if last is None or (last.to_on is not None and last.to_on <= from_on):
        return {}
    return {
        **{key: _said(getattr(last, column)) for key, column in SUMS.items()},
        "least": _percent(last.least_bp),
        "counts_unplanned": _yes_no(last.counts_unplanned),
        "from_on": last.from_on.isoformat(),
    }


def _sums(content: Content) -> dict[str, int | None]:
    """Return the sums as the columns keep them; what is left open has no ceiling."""
    return {column: content.get(key) or None for key, column in SUMS.items()}


def _said(fen: int | None) -> str:
    return "" if fen is None else yuan(fen)


def _percent(bp: int | None) -> str:
    return "" if bp is None else f"{bp / 100:g}%"


def _yes_no(said: bool) -> str:
    return _("yes") if said else _("no")


def _title(place: Place) -> str:
    return _("Union money, %(place)s") % {"place": place.name}
