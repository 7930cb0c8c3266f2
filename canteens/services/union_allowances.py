"""The rules of the register of allowances: what a union may do beyond a rule of its money, asked and allowed by two."""

import datetime as dt

from django.utils.translation import gettext as _

from accounts.models import Role, User
from canteens.models import Fund, FundKind, LiftedPart, UnionAllowance, UnionRule
from canteens.selectors.union_allowances import last_allowance
from canteens.selectors.unions import union_rule_on
from canteens.services.shares import buyer_named
from kernel import clock
from kernel.errors import BadValue
from kernel.money import yuan
from kernel.typed import fold_typed
from registers.services.rules import Content, Hands, Rules, Step, seat

LONGEST_REASON = 200
COLUMNS = {  # which column of a rule is the part that gives way
    LiftedPart.YEAR: "year_fen",
    LiftedPart.APART: "apart_fen",
    LiftedPart.FESTIVAL: "festival_fen",
    LiftedPart.LEAST: "least_bp",
    LiftedPart.UNPLANNED: "plan_from_fen",
}


class UnionAllowanceRules(Rules):
    """Allowances of union money: its treasurer asks to go beyond a rule, its chair allows it or refuses it, in words.

    The latest of one part of a rule counts until its last day; with 0 it is taken back.
    """

    key = "union-allowances"
    roles = (Role.UNION_TREASURER, Role.UNION_CHAIR)
    proposers = (Role.UNION_TREASURER,)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return which part of which rule would give way to which purse, by how much and until when."""
        today = clock.county_day(at)
        fund, rule, part = _asked(content, today)
        until_on, why = dt.date.fromisoformat(content["until_on"]), fold_typed(content["why"])[:LONGEST_REASON]
        if not why:
            raise BadValue(_("Write why the union has to go beyond the rule."))
        if until_on < today or until_on.year != fund.fiscal_year:
            raise BadValue(
                _("An allowance ends within the year of its purse: choose a last day of %(year)s from today on.")
                % {"year": fund.fiscal_year}
            )
        last = last_allowance(fund, rule, part)
        if not int(content["more"]) and last is None:
            raise BadValue(_("Nothing is allowed here that could be taken back. Write an amount greater than zero."))
        facts = [
            ("rule", rule.document, rule.document),
            ("lifts", "", part.value),
            ("more", yuan(last.more_fen) if last else "", yuan(int(content["more"]))),
            ("until_on", last.until_on.isoformat() if last else "", until_on.isoformat()),
            ("why", last.why if last else "", why),
        ]
        return Step(
            subject=f"{fund.pk}:{rule.pk}:{part.value}",
            title=_("%(name)s, union money %(year)s: beyond %(rule)s")
            % {"name": fund.organisation.name, "year": fund.fiscal_year, "rule": rule.document},
            facts=facts,
            hands=Hands(
                (seat(Role.UNION_TREASURER, fund.organisation_id),), (seat(Role.UNION_CHAIR, fund.organisation_id),)
            ),
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write the allowance as the next turn of its part of the rule."""
        fund, rule, part = _asked(content, clock.county_day(at))
        last = last_allowance(fund, rule, part)
        UnionAllowance.objects.create(
            fund=fund,
            rule=rule,
            lifts=part,
            turn=last.turn + 1 if last is not None else 1,
            more_fen=int(content["more"]),
            until_on=dt.date.fromisoformat(content["until_on"]),
            why=fold_typed(content["why"])[:LONGEST_REASON],
            document=document,
            by=by,
            confirmed_by=confirmed_by,
            at=at,
        )


def _asked(content: Content, today: dt.date) -> tuple[Fund, UnionRule, LiftedPart]:
    """Return the purse, the rule of its place today, and the part of it that is to give way."""
    buyer, year, part = buyer_named(content["organisation"]), int(content["fiscal_year"]), LiftedPart(content["lifts"])
    purses = Fund.objects.filter(organisation=buyer, kind=FundKind.UNION, fiscal_year=year)
    fund = purses.select_related("organisation").first()
    if fund is None:
        raise BadValue(_("There is no purse of this kind for %(year)s. Open it first.") % {"year": year})
    rule = union_rule_on(buyer.place_id, today)
    if rule is None or getattr(rule, COLUMNS[part]) is None:
        raise BadValue(_("No rule of this place says anything of that today. Nothing has to be allowed."))
    return fund, rule, part
