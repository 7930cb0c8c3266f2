"""The places where a post's work is done: counted where something waits, without a number where one begins."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import CharField, Count, F, Min, QuerySet, Value
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import DisputeStatus, Role, User
from accounts.pages.acts import age_words
from accounts.selectors import ANSWERERS, Standing, disputes_seen_by
from accounts.selectors.grievances import OFFICERS, heads_bureau
from canteens.models import APPROVERS, PurchasePlanStatus
from canteens.permissions import own_buyers
from canteens.selectors.purchase_plans import plans_seen_by
from canteens.selectors.short_tiers import short_tiers
from catalog.permissions import CHECKERS
from kernel import money
from kernel.clock import county_day
from kernel.present import StrOrPromise
from kernel.shown import Tag
from losses.pages.desks import view_words
from losses.permissions import REHEARSAL_READERS, notices_of
from losses.selectors.appeals import appeals_to_decide
from losses.selectors.calling import CALLERS as CALLERS_OF_RELIEF
from losses.selectors.calling import calls_to_make
from losses.selectors.loss_notices import new_notices
from losses.selectors.queues import visits_of
from losses.selectors.recovering import recoveries_to_decide
from losses.selectors.reinspecting import reinspections_to_make
from losses.selectors.turns import Turns
from orders.selectors.orders import deliveries_seen_by, orders_seen_by, orders_to_send_by
from orders.selectors.returns import DECIDERS
from orders.selectors.sales import sales_seen_by
from orders.selectors.texting import CALLERS, texts_seen_by
from records.models import Objection, ObjectionStatus
from registers.pages.duplicates import open_pairs
from registers.pages.missing import kept_findings
from registers.permissions import OVERSEERS
from registers.services.rules import register_roles
from reports.permissions import BUYER_ROLES
from reports.selectors.log import mass_readings


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits, is done, or may be begun."""

    url: str
    label: StrOrPromise
    hint: str
    done: bool
    status: Tag

    @property
    def waits(self) -> bool:
        """Return whether something is counted here."""
        return self.status.tone == "info"


def places_of(who: Standing, relief: Turns, at: dt.datetime) -> list[Task]:
    """Return where this person works, what waits first; `relief` says how much does of claims."""
    tasks = [*_of_trade(who, at), *_of_relief(who, relief, at), *_of_registers(who, at)]
    return sorted(tasks, key=lambda task: (task.done, not task.waits))


def _of_trade(who: Standing, at: dt.datetime) -> Iterator[Task]:
    user = cast(User, who.user)
    deliveries = deliveries_seen_by(user)
    if who.has(Role.BUYER):
        yield _task("order-new", pgettext("home", "Order goods"), _("Write what the kitchen needs"), None)
        yield _task("order-basket", pgettext("home", "Order a whole list"), _("Paste it, or take last week's"), None)
        yield _task("menu-new", pgettext("home", "The week's menu"), _("Parents read it without signing in"), None)
        asked = orders_seen_by(user).filter(status="asking").count()
        yield _task("order-list", _("Sellers are being asked"), "", asked)
    if who.has(Role.RECEIVER):
        received = deliveries.filter(buyer_id__in=who.organisations(Role.RECEIVER))
        weighed = received.filter(receipts__status="weighed").count()
        to_weigh = received.exclude(receipts__status__in=("weighed", "signed")).count()
        yield _task("delivery-list", pgettext("home", "To weigh"), _("On the way or at the door"), to_weigh)
        yield _task("delivery-list", pgettext("home", "To sign"), _("Weighed by a colleague"), weighed)
    if who.has(*APPROVERS, Role.BUYER):
        open_plans = plans_seen_by(user).filter(status=PurchasePlanStatus.APPROVED).count()
        hint = ngettext("%(n)s open for orders", "%(n)s open for orders", open_plans) % {"n": open_plans}
        yield _task("purchase-plan-list", pgettext("home", "Purchase plans"), hint, None)
    if who.has(Role.UNION_TREASURER, Role.UNION_CHAIR):
        yield _task("union-member-list", pgettext("home", "Union members"), _("By whom a plan's sum is counted"), None)
    if who.has(*APPROVERS):
        yield _task("deputy-list", pgettext("home", "My deputy"), _("Who approves while you are away"), None)
    if who.has(*BUYER_ROLES):
        short = short_tiers(county_day(at), own_buyers(user))
        if short:
            hint = _("An order that a tier asks more people for is refused")
            yield _task("deputy-list", pgettext("home", "Too few people to approve"), hint, len(short))
        yield _task("shares", pgettext("home", "Reserved share"), _("How far we are this year"), None)
    if who.has(Role.COOP_MANAGER, Role.CADRE):
        unanswered = sales_seen_by(user).filter(status="held", order__status="asking").count()
        yield _task("sale-list", _("Buyers wait for an answer"), _("For households without a phone"), unanswered)
        ready = orders_to_send_by(user).count()
        yield _task("delivery-list", pgettext("home", "To send off"), pgettext("home", "Sellers said yes"), ready)
        yield _task("sell-for", _("List goods for a household"), _("Ask the household first"), None)
    if who.has(*CALLERS):
        near = who.has(Role.CADRE, Role.TOWNSHIP_OFFICER)  # for them it is counted; the bureau only looks on
        to_call = texts_seen_by(user, at).count() if near else None
        yield _task("answer-texts", _("Texts to call about"), _("Today's, that nobody could act on"), to_call)
    if who.has(Role.HAULIER):
        yield _task("driver-day", pgettext("home", "My day"), _("Where to load, where to unload"), None)
        yield _task("delivery-list", pgettext("home", "To send off"), "", orders_to_send_by(user).count())


NONE: tuple[int, None] = (0, None)  # of a question that nothing waits in


def _of_relief(who: Standing, relief: Turns, at: dt.datetime) -> Iterator[Task]:
    user = cast(User, who.user)
    for view, waits in relief.views:
        hint = _("%(yuan)s yuan in all") % {"yuan": money.yuan(waits.fen)} if waits.fen else ""
        yield _task(f"{reverse('check-list')}?view={view.key}", view_words(view), hint, waits.count)
    if who.has(Role.CADRE):
        said = new_notices(user).count()
        yield _task("loss-notice-list", _("Losses said by households"), _("Before anybody reports them"), said)
    if who.has(*REHEARSAL_READERS):
        yield _task("rehearsal-list", _("Rehearsals of drafts"), _("What a scheme would have cost last season"), None)
    if who.has(*CHECKERS):
        yield _task("watch-list", _("Goods worth a look"), _("What stood out in the last seven days"), None)
    if who.has(*ANSWERERS, *OFFICERS, *DECIDERS) or heads_bureau(who):
        hint = _("Grievances, “not me”, objections and appeals, what is due first in front")
        yield _task("answer-queue", _("What people wait to hear"), hint, None)
    questions: dict[str, QuerySet[Any]] = {}
    if who.has(*ANSWERERS):
        questions["disputes"] = disputes_seen_by(who).filter(status=DisputeStatus.OPEN)
    if who.has(*CALLERS_OF_RELIEF):
        questions["calls"] = calls_to_make(who)
        questions["looks"] = reinspections_to_make(who)
    if who.has(Role.BUREAU_APPROVER):
        notices = notices_of(user)
        questions["objections"] = Objection.objects.filter(status=ObjectionStatus.OPEN, line__notice__in=notices)
    if who.has(Role.BUREAU_APPROVER) or heads_bureau(who):
        questions["appeals"] = appeals_to_decide(who)
    if who.has(*REHEARSAL_READERS) or heads_bureau(who):
        questions["recoveries"] = recoveries_to_decide(user).annotate(at=F("proposed_at"))
    waiting = _waiting(questions)
    if "appeals" in questions:
        appeals = waiting.get("appeals", NONE)[0]
        yield _task("appeal-list", _("Appeals to decide"), _("Where you had no hand in the report"), appeals)
    if "recoveries" in questions:
        second = waiting.get("recoveries", NONE)[0]
        yield _task(
            "relief-recovery-list", pgettext("home", "Relief claimed back"), _("What waits for a second person"), second
        )
    if "disputes" in waiting:
        count, since = waiting["disputes"]
        oldest = _("The oldest: %(age)s") % {"age": age_words(since, at)} if since is not None else ""
        yield _task("dispute-list", _("“This was not me”"), oldest, count)
    if "calls" in waiting:
        yield _task("call-list", _("Households to call"), _("Of the reports that nobody visits"), waiting["calls"][0])
    if "looks" in waiting:
        yield _task("reinspection-list", _("Re-inspections"), _("At awards of last month"), waiting["looks"][0])
    if "objections" in waiting:
        yield _task("objection-list", _("Objections to answer"), "", waiting["objections"][0])
    if who.has(Role.VERIFIER):
        unsigned = visits_of(user).filter(second_signed_at=None).count()
        yield _task("visit-list", pgettext("home", "Visits to make"), "", unsigned)


def _waiting(questions: dict[str, QuerySet[Any]]) -> dict[str, tuple[int, dt.datetime | None]]:
    """Return by question how many rows wait and since when the oldest does, in one statement."""
    counts = [
        rows.order_by()
        .annotate(question=Value(name, CharField()))
        .values("question")
        .annotate(count=Count("pk"), since=Min("at"))
        for name, rows in questions.items()
    ]
    if not counts:
        return {}
    first, *others = counts
    answers = first.union(*others, all=True) if others else first
    return {row["question"]: (row["count"], row["since"]) for row in answers}


def _of_registers(who: Standing, at: dt.datetime) -> Iterator[Task]:
    if who.has(Role.RELIEF_CLERK):
        yield _task("household-import", pgettext("home", "Bring in households"), _("From a file, checked first"), None)
        like = pgettext("home", "Households that may be one")
        pairs, to_compare = open_pairs()
        yield _task(to_compare, like, _("Compare them, two beside each other"), pairs)
    if who.has(Role.AUDITOR, *register_roles()):
        yield _task(
            "register-index",
            pgettext("home", "Registers"),
            _("What the county runs by, and who holds which post"),
            None,
        )
    if who.has(*OVERSEERS):
        lacks = pgettext("home", "What is missing")
        yield _task("register-missing", lacks, _("What the county cannot do yet"), len(kept_findings(at)))
    if who.has(Role.AUDITOR):
        yield _task("log", pgettext("home", "Log"), _("Who did what to which document"), None)
        much = mass_readings().filter(asked_at=None).count()
        yield _task("readings", pgettext("home", "Much was read"), _("Ask why, and write down the answer"), much)
        yield _task("refused-tries", pgettext("home", "Refused tries"), _("Who was refused, where and why"), None)
    if who.has(Role.OFFICIAL, Role.AUDITOR):
        yield _task("funnel", pgettext("home", "Relief report"), _("From report to card"), None)


def _task(where: str, label: StrOrPromise, hint: str, count: int | None) -> Task:
    """Return one row: with a number it waits or is done, without one it is a place to begin."""
    url = where if where.startswith("/") else reverse(where)
    status = Tag("plain", pgettext("home", "Begin"))
    if count is not None:
        status = Tag("info", str(count)) if count else Tag("plain", pgettext("home", "None"))
    return Task(url, label, hint, count == 0, status)
