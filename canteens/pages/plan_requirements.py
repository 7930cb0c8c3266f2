"""The desk of the register of what plans must have, and what one plan has of it, in words."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from accounts.models import User
from accounts.selectors import spoken_time
from canteens import filters, forms
from canteens.models import PlanQuote, PlanRequirement, PurchasePlan, PurchasePlanStatus
from canteens.permissions import can_decide_plan, can_send_plan
from canteens.selectors.plan_requirements import (
    STOPPING,
    Readiness,
    is_part,
    objections_to,
    quotes_of,
    readiness,
    suppliers_of,
)
from canteens.services.plan_requirements import lacking
from kernel import clock, money
from kernel.dates import period_words
from kernel.shown import Fact, Link
from records.models import Objection
from records.pages import objections
from records.pages.notices import outcome_of
from registers.pages.desks import Column, Desk

PLAN_REQUIREMENTS = Desk(
    key="plan-requirements",
    name=gettext_lazy("What purchase plans must have"),
    about=gettext_lazy(
        "What a purchase plan must have before it is approved, from an amount on: days on public notice, quotes with "
        "photos, a project. Every plan has the record of its committee. Where several places around a buyer say "
        "something about a sum, the nearest holds."
    ),
    add=gettext_lazy("Propose what plans must have"),
    form=forms.PlanRequirementForm,
    change_form=forms.PlanRequirementEndForm,
    rows=lambda who: PlanRequirement.objects.select_related("place"),
    order=("place_id", "fund_kind", "from_fen", "-from_on", "pk"),
    columns=(
        Column("place", pgettext_lazy("union rule", "Place"), lambda row: row.place.name),
        Column("fund_kind", gettext_lazy("Kind of fund"), lambda row: row.get_fund_kind_display()),
        Column("amount", gettext_lazy("Plans from how many yuan on"), lambda row: money.yuan(row.from_fen)),
        Column("document", pgettext_lazy("register", "Document"), lambda row: row.document),
        Column("notice_days", gettext_lazy("Working days on public notice"), lambda row: row.notice_days),
        Column("quotes", gettext_lazy("Quotes of how many suppliers"), lambda row: row.quotes),
        Column(
            "needs_project",
            gettext_lazy("Is the number of a project needed?"),
            lambda row: _("yes") if row.needs_project else _("no"),
        ),
        Column("from_on", pgettext_lazy("register", "From"), lambda row: row.from_on.isoformat()),
        Column("to_on", gettext_lazy("Until"), lambda row: row.to_on.isoformat() if row.to_on else ""),
    ),
    narrowed=filters.PlanRequirementFilter,
    content_of=lambda row: {"requirement": row.pk, "to_on": row.to_on},
)


@dataclass(frozen=True, slots=True)
class QuotePhoto:
    """The photo of a quote, in two sizes, with whose it is and what it asks."""

    url: str
    full_url: str
    caption: str


@dataclass(frozen=True, slots=True)
class SizePart:
    """What the size of a plan asks for and what it has of it, as its page shows it."""

    facts: list[Fact]
    lacking: list[str]
    ready: bool
    quotes: list[QuotePhoto]
    objections: list[objections.ObjectionRow]
    doors: list[Link]


def facts(plan: PurchasePlan) -> list[Fact]:
    """Return the number of a plan's project, and which rule it stands under for its size."""
    rows = [Fact(_("Number of the project"), plan.project_number)] if plan.project_number else []
    rule = plan.requirement
    if rule is None:
        return rows
    said = _("from %(yuan)s yuan on, %(document)s") % {"yuan": money.yuan(rule.from_fen), "document": rule.document}
    rows.append(Fact(_("Rule for plans of this size"), said))
    if is_part(plan):
        rows.append(
            Fact(
                _("Counts together with"),
                _("the buyer's other plans for %(occasion)s, of whatever purse") % {"occasion": plan.occasion},
            )
        )
    return rows


def rests_on(plan: PurchasePlan) -> str:
    """Return on what a plan was approved: the committee's record, the public notice and the quotes."""
    said = [plan.committee_record]
    if plan.notice is not None:
        said.append(_("public notice %(number)s") % {"number": plan.notice.number})
    suppliers = suppliers_of(plan)
    if suppliers:
        said.append(ngettext("%(n)s quote", "%(n)s quotes", suppliers) % {"n": suppliers})
    return pgettext("list", ", ").join(said)


def of_its_size(plan: PurchasePlan, user: User, at: dt.datetime, *, decides: bool) -> SizePart:
    """Return what a plan must have for its size, and what it has of it; who `decides` it answers objections."""
    quotes = list(quotes_of(plan))
    objected = list(objections_to(plan)) if plan.notice_id else []
    stopping = sum(row.status in STOPPING for row in objected)
    found = readiness(plan, at, suppliers=len({quote.supplier for quote in quotes}), stopping=stopping)
    waits = plan.status == PurchasePlanStatus.SENT
    if objected and not waits:
        decides = can_decide_plan(user, plan) and plan.by.person_id != user.person_id
    return SizePart(
        facts=_has(plan, found),
        lacking=lacking(plan, found) if waits else [],
        ready=found.ready,
        quotes=[_photo(plan, quote) for quote in quotes],
        objections=[_objection(plan, row, answers=decides) for row in objected],
        doors=_doors(plan, found) if waits and can_send_plan(user, plan.fund) else [],
    )


def objection_page(row: Objection) -> objections.ObjectionPage:
    """Return one objection to a plan with what was said and answered."""
    return objections.objection_page(row, at=spoken_time(row.at), status=outcome_of(row), now=clock.now())


def _has(plan: PurchasePlan, found: Readiness) -> list[Fact]:
    rule, rows = found.requirement, []
    if plan.notice is not None:
        period = period_words(plan.notice.starts_on, plan.notice.ends_on)
        said = _("%(number)s, %(days)s") % {"number": plan.notice.number, "days": period}
        rows.append(Fact(_("Public notice"), said, url=reverse("notice", args=[plan.notice.number])))
    elif rule is not None and rule.notice_days:
        rows.append(Fact(_("Public notice"), _("%(n)s working days, not put up yet") % {"n": rule.notice_days}))
    if rule is not None and rule.quotes:
        said = _("%(there)s, %(n)s are asked for") % {"there": found.suppliers, "n": rule.quotes}
        rows.append(Fact(pgettext("purchase plan", "Quotes of suppliers"), said))
    elif found.suppliers:
        rows.append(Fact(pgettext("purchase plan", "Quotes of suppliers"), str(found.suppliers)))
    return rows


def _photo(plan: PurchasePlan, quote: PlanQuote) -> QuotePhoto:
    url = reverse("purchase-plan-quote-photo", args=[plan.pk, quote.photo.file_id])
    values = {"supplier": quote.supplier, "yuan": money.yuan(quote.amount_fen)}
    return QuotePhoto(f"{url}?px=240", url, _("%(supplier)s: %(yuan)s yuan") % values)


def _objection(plan: PurchasePlan, row: Objection, *, answers: bool) -> objections.ObjectionRow:
    return objections.ObjectionRow(
        url=reverse("purchase-plan-objection", args=[plan.pk, row.pk]) if answers else "",
        label=_("Objection %(number)s") % {"number": row.number},
        hint=row.answer or spoken_time(row.at),
        status=outcome_of(row),
    )


def _doors(plan: PurchasePlan, found: Readiness) -> list[Link]:
    doors = []
    if found.notice_days and plan.notice_id is None:
        doors.append(Link(reverse("purchase-plan-notice", args=[plan.pk]), _("Put it on public notice")))
    return [*doors, Link(reverse("purchase-plan-quote", args=[plan.pk]), _("Add a quote"))]
