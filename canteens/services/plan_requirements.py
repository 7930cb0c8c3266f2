"""The rules of the register of what a purchase plan of each size must have, and the refusal of a plan without it."""

import datetime as dt

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Role, User
from canteens.models import Fund, FundKind, PlanRequirement, PurchasePlan
from canteens.selectors.plan_requirements import Readiness, is_part, readiness
from kernel import clock
from kernel.errors import BadValue, DomainError
from kernel.money import yuan
from kernel.workflow import change
from registers.services.named import place_named, row_of
from registers.services.policies import COUNTY
from registers.services.rules import Content, Rules, Step


class PlanLacks(DomainError):
    """A plan that has not what its size asks for."""

    code = "plan_lacks"

    def __init__(self, plan: PurchasePlan, found: Readiness) -> None:
        super().__init__(
            _("The plan %(occasion)s cannot be approved yet. %(lacking)s")
            % {"occasion": plan.occasion, "lacking": " ".join(lacking(plan, found))}
        )


def lacking(plan: PurchasePlan, found: Readiness) -> list[str]:
    """Return in sentences what a plan lacks of what its size asks for, with the document and what mends it."""
    rule, said = found.requirement, list[str]()
    if rule is not None:
        by = {"document": rule.document, "yuan": yuan(rule.from_fen)}
        if found.lacking_quotes:
            sentence = ngettext(
                "By %(document)s a plan from %(yuan)s yuan on has %(quotes)s quotes: add that of %(n)s supplier.",
                "By %(document)s a plan from %(yuan)s yuan on has %(quotes)s quotes: add those of %(n)s suppliers.",
                found.lacking_quotes,
            )
            said.append(sentence % {**by, "quotes": rule.quotes, "n": found.lacking_quotes})
        if found.notice_days and not found.on_notice:
            sentence = _(
                "By %(document)s a plan from %(yuan)s yuan on hangs on public notice for %(n)s working days: put it up."
            )
            said.append(sentence % {**by, "n": found.notice_days})
    if said and is_part(plan):
        said.insert(0, _counted_together(plan))
    if found.on_notice and not found.notice_over and plan.notice is not None:
        said.append(_("It is on public notice until %(day)s: wait until then.") % {"day": plan.notice.ends_on})
    if found.open_objections:
        said.append(_("Somebody has objected to it: have the objection answered first."))
    return said


def require_project(plan: PurchasePlan) -> None:
    """Refuse to send a plan without the number of its project where its size asks for one."""
    rule = plan.requirement
    if rule is not None and rule.needs_project and not plan.project_number:
        sentence = _("By %(document)s a plan from %(yuan)s yuan on names its project. Write the number of the project.")
        said = sentence % {"document": rule.document, "yuan": yuan(rule.from_fen)}
        raise BadValue(f"{_counted_together(plan)} {said}" if is_part(plan) else said)


def _counted_together(plan: PurchasePlan) -> str:
    return _("The plans of all purses of the buyer for %(occasion)s count together.") % {"occasion": plan.occasion}


def hold_plans_of(fund: Fund) -> None:
    """Let nobody else send a plan of any purse of this buyer until the transaction ends."""
    with connection.cursor() as cursor:
        name = f"plans of a buyer:{fund.organisation_id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 3))", [name])


def require_ready(plan: PurchasePlan, at: dt.datetime) -> None:
    """Refuse to approve a plan that has not what its size asks for, in words that say what mends it."""
    found = readiness(plan, at)
    if not found.ready:
        raise PlanLacks(plan, found)


class PlanRequirementRules(Rules):
    """What a plan must have: a row of one place, kind of money and amount; the next one ends the one before."""

    key = "plan-requirements"
    roles = (Role.BUREAU_APPROVER, Role.FINANCE_MAKER, Role.FINANCE_CHECKER)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return what would hold from its day on, instead of what, or what would end."""
        if "requirement" in content:
            row, to_on = row_of(PlanRequirement, content["requirement"]), dt.date.fromisoformat(content["to_on"])
            return _ending(row, to_on, at=at)
        asked = _asked(content)
        _refuse_today(asked.from_on, at=at)
        if not (asked.notice_days or asked.quotes or asked.needs_project):
            raise BadValue(_("Write what such a plan must have: days on public notice, quotes, or a project."))
        last = _last(asked)
        if last is not None and asked.from_on <= last.from_on:
            raise BadValue(
                _("A rule from this amount on is known from %(day)s already. Choose a later day.")
                % {"day": last.from_on.isoformat()}
            )
        stands = last is not None and (last.to_on is None or last.to_on > asked.from_on)
        stood = _said(last) if last is not None and stands else {}
        return Step(
            subject=_subject(asked),
            title=_title(asked),
            facts=[(field, stood.get(field, ""), value) for field, value in _said(asked).items()],
            hands=COUNTY,
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write the row, which ends the one before it, or end one."""
        if "requirement" in content:
            row = row_of(PlanRequirement, content["requirement"])
            change(row, {"to_on": dt.date.fromisoformat(content["to_on"])})
            return
        asked = _asked(content)
        last = _last(asked)
        if last is not None and (last.to_on is None or last.to_on > asked.from_on):
            change(last, {"to_on": asked.from_on})
        asked.document = document
        asked.save(force_insert=True)


def _asked(content: Content) -> PlanRequirement:
    """Return the row asked for, not written."""
    return PlanRequirement(
        place=place_named(content["place"]),
        fund_kind=FundKind(content["fund_kind"]),
        from_fen=int(content["amount"]),
        notice_days=content.get("notice_days") or 0,
        quotes=content.get("quotes") or 0,
        needs_project=bool(content["needs_project"]),
        from_on=dt.date.fromisoformat(content["from_on"]),
    )


def _ending(row: PlanRequirement, to_on: dt.date, *, at: dt.datetime) -> Step:
    if row.to_on is not None:
        raise BadValue(_("This rule ends already on %(day)s.") % {"day": row.to_on.isoformat()})
    _refuse_today(to_on, at=at)
    if to_on <= row.from_on:
        raise BadValue(_("A rule ends after the day on which it began."))
    return Step(
        subject=_subject(row),
        title=_title(row),
        facts=[("document", row.document, row.document), ("to_on", "", to_on.isoformat())],
        hands=COUNTY,
    )


def _refuse_today(day: dt.date, *, at: dt.datetime) -> None:
    if day <= clock.county_day(at):
        raise BadValue(_("Rules of plans change from tomorrow at the earliest: what was sent today stays."))


def _last(row: PlanRequirement) -> PlanRequirement | None:
    """Return the newest row of the same place, money and amount, whether it holds, is yet to hold or has ended."""
    same = PlanRequirement.objects.filter(place=row.place, fund_kind=row.fund_kind, from_fen=row.from_fen)
    return same.order_by("-from_on").first()


def _said(row: PlanRequirement) -> dict[str, str]:
    """Return what a row says, by the fields of its form."""
    return {
        "notice_days": str(row.notice_days),
        "quotes": str(row.quotes),
        "needs_project": _("yes") if row.needs_project else _("no"),
        "from_on": row.from_on.isoformat(),
    }


def _subject(row: PlanRequirement) -> str:
    return f"{row.place_id}:{row.fund_kind}:{row.from_fen}"


def _title(row: PlanRequirement) -> str:
    values = {"place": row.place.name, "fund": FundKind(row.fund_kind).label, "yuan": yuan(row.from_fen)}
    return pgettext("plan requirement", "Plans of %(fund)s from %(yuan)s yuan on, %(place)s") % values
