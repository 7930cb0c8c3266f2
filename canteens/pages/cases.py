"""Money for a purse, or a purchase plan, that waits for its second person, as a case by its name."""

import datetime as dt

from django.db.models.functions import Abs
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from canteens.models import BudgetChange, PurchasePlan, SignedList, UnionList
from canteens.pages.waiting import plan_waits
from canteens.selectors import budgets_to_decide
from canteens.selectors.plan_deciders import asked_for, plans_to_decide, plans_waiting_for_others
from canteens.selectors.purchase_plans import objections_to_answer
from canteens.selectors.signed_lists import lists_to_sign_off
from canteens.selectors.union_members import lists_to_decide
from kernel.clock import county_day
from kernel.dates import deadline_words, spoken_day
from kernel.piles import NAMED, pile_of
from kernel.shown import Case, Pile, Tag
from records.models import Objection
from records.pages.objections import objection_case

SOON = dt.timedelta(days=2)


def budgets(user: User, at: dt.datetime) -> Pile:
    """Return the sums that this person puts into a purse, takes out or refuses, as the second person."""

    def case(change: BudgetChange) -> Case:
        proposed_on = spoken_day(county_day(change.at), county_day(at))
        who = change.by.person.name if change.by.person else ""
        purse = {"fund": change.fund.label, "year": change.fund.fiscal_year}
        more, less = _("Confirm money for %(fund)s %(year)s"), _("Confirm that %(fund)s %(year)s becomes less")
        title = more if change.amount_fen > 0 else less
        if change.gives_back:
            title = _("Confirm credit given back to %(fund)s %(year)s")
        return Case(
            title=title % purse,
            facts=[change.document_number, _("proposed by %(name)s %(day)s") % {"name": who, "day": proposed_on}],
            url=reverse("fund-detail", args=[change.fund_id]),
            act=pgettext("case", "Compare and confirm"),
            amount_fen=abs(change.amount_fen),
        )

    rows = budgets_to_decide(user).select_related("by__person").annotate(sum_fen=Abs("amount_fen"))
    return pile_of(rows, case, amount="sum_fen", url=reverse("fund-list"))


def purchase_plans(user: User, at: dt.datetime) -> Pile:
    """Return the purchase plans that this person approves or refuses, as the second person."""

    def case(plan: PurchasePlan) -> Case:
        sent_on = spoken_day(county_day(plan.at), county_day(at))
        who = plan.by.person.name if plan.by.person else ""
        return Case(
            title=_("Approve the plan %(occasion)s") % {"occasion": plan.occasion},
            facts=[plan.committee_record, _("proposed by %(name)s %(day)s") % {"name": who, "day": sent_on}],
            url=reverse("purchase-plan-detail", args=[plan.pk]),
            act=pgettext("case", "Look and decide"),
            amount_fen=plan.total_fen,
            due=_due(plan, at),
            due_on=county_day(plan.ends_at()),
        )

    rows = plans_to_decide(user).select_related("by__person")
    return pile_of(rows, case, amount="total_fen", url=reverse("purchase-plan-list"))


def plans_of_others(user: User, at: dt.datetime) -> Pile:
    """Return the plans of one's buyers that wait for somebody else's decision: whose, since when, until when."""

    def case(plan: PurchasePlan) -> Case:
        return Case(
            title=_("Plan %(occasion)s") % {"occasion": plan.occasion},
            facts=[plan.committee_record],
            url=reverse("purchase-plan-detail", args=[plan.pk]),
            amount_fen=plan.total_fen,
            waits=plan_waits(plan, asked.get(plan.pk)),
            due=_due(plan, at),
            due_on=county_day(plan.ends_at()),
        )

    rows = plans_waiting_for_others(user)
    first = list(rows[: NAMED + 1])
    asked = asked_for(first, county_day(at))
    return pile_of(rows, case, amount="total_fen", url=reverse("purchase-plan-list") + "?status=sent", first=first)


def plan_objections(user: User, at: dt.datetime) -> Pile:
    """Return the objections to purchase plans that this person answers, who did not draw them up."""

    def case(row: Objection) -> Case:
        plan_id = row.line.document.partition(":")[2]
        return objection_case(row, url=reverse("purchase-plan-objection", args=[plan_id, row.pk]), at=at)

    return pile_of(objections_to_answer(user), case, url=reverse("purchase-plan-list"))


def union_lists(user: User, at: dt.datetime) -> Pile:
    """Return the lists of members that this person enters or refuses, as the second person."""

    def case(row: UnionList) -> Case:
        sent_on = spoken_day(county_day(row.at), county_day(at))
        who = row.by.person.name if row.by.person else ""
        return Case(
            title=_("Compare the list of %(n)s union members") % {"n": row.size},
            facts=[row.document_number, _("proposed by %(name)s %(day)s") % {"name": who, "day": sent_on}],
            url=reverse("union-list-detail", args=[row.pk]),
            act=pgettext("case", "Compare and confirm"),
        )

    return pile_of(lists_to_decide(user), case, url=reverse("union-member-list"))


def signed_lists(user: User, at: dt.datetime) -> Pile:
    """Return the signed lists that this person signs off, as the second person."""

    def case(row: SignedList) -> Case:
        who = row.by.person.name if row.by.person else ""
        opened_on = spoken_day(county_day(row.at), county_day(at))
        return Case(
            title=_("Sign off who got what: %(occasion)s") % {"occasion": row.plan.occasion},
            facts=[row.goods, _("prepared by %(name)s %(day)s") % {"name": who, "day": opened_on}],
            url=reverse("signed-list", args=[row.plan_id]),
            act=pgettext("case", "Compare and confirm"),
        )

    return pile_of(lists_to_sign_off(user), case, url=reverse("purchase-plan-list"))


def _due(plan: PurchasePlan, at: dt.datetime) -> Tag:
    """Return until when a plan is decided before it ends."""
    return Tag("warn" if plan.ends_at() - at < SOON else "plain", deadline_words(plan.ends_at(), at))
