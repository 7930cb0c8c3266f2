"""Put a purchase plan on public notice, answer what is objected to it, and take its notice down.

The notice, its line and the objections to it are those of `records`, as of every public notice.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from accounts.models import User
from accounts.services.messages import in_chinese, tell
from accounts.services.two_hands import decide
from canteens.models import PlanGoods, PurchasePlan, PurchasePlanStatus
from canteens.selectors.plan_deciders import deciders
from canteens.selectors.plan_goods import goods_name, goods_of
from canteens.selectors.plan_requirements import objections_to
from canteens.selectors.purchase_plans import plan_of_objection
from canteens.services.deciding import DECIDES, HANGS, SENDS, begin_anew, take_turn, tell_of_plan
from kernel import clock, weight
from kernel.dates import message_deadline, period_words
from kernel.errors import BadValue, DomainError
from kernel.money import price_per_jin, yuan
from kernel.present import StrOrPromise
from kernel.typed import fold_typed
from kernel.workflow import IllegalMove, lock
from records.models import NoticeStatus, Objection, ObjectionStatus, PublicNotice
from records.selectors.policy import policy
from records.services import events, notices
from records.services.participation import take_part

NEW = "plan.objection"
LONGEST_GOODS, LONGEST_SELLERS, LONGEST_ANSWER, MOST_PEOPLE = 120, 80, 1000, 1_000_000
TITLE = _("%(buyer)s: what is planned to be bought, %(occasion)s")
HOW = _(
    "For %(people)s people, %(days)s, at most %(yuan)s yuan in all: %(goods)s. No order is placed before it is "
    "approved."
)
NAMED = _("%(goods)s %(quantity)s")
AT_MOST = _("%(goods)s at %(price)s yuan a jin at most")
OBJECTED = _("Somebody has objected to the plan %(occasion)s. Answer it within %(n)s days, or the plan goes back.")
UPHELD = _("An objection to your plan %(occasion)s was right, and the plan is not approved: %(answer)s")
UNANSWERED = _("Nobody answered an objection to the plan %(occasion)s within %(n)s days. It went back; send it anew.")
SILENT_ANSWER = _("Nobody answered within %(n)s days. The buyer's plan was taken back.")
GONE_ANSWER = _("The buyer's plan goes no further.")


class NoNoticeAsked(DomainError):
    code = "no_notice_asked"
    message = _("No rule asks for a public notice of a plan of this size. It may be decided without.")


class OnNoticeAlready(DomainError):
    code = "plan_on_notice"
    message = _("This plan is on public notice already. To change what it says, take it back and send it anew.")


@dataclass(frozen=True, slots=True)
class Intent:
    """What everybody reads of a plan beside its sum and its days: what, for how many, and from whom."""

    goods: str
    sellers: str
    people: int


@transaction.atomic
def put_on_notice(plan: PurchasePlan, said: Intent, *, by: User, at: dt.datetime) -> PublicNotice:
    """Put a plan that waits on public notice, for the working days that its size asks for."""
    goods, sellers = fold_typed(said.goods)[:LONGEST_GOODS], fold_typed(said.sellers)[:LONGEST_SELLERS]
    if not goods:
        raise BadValue(_("Write what is to be bought, for example 10 kg of rice for each."))
    if not sellers:
        raise BadValue(_("Write from whom, for example the co-operatives of a township. Name no person."))
    if not 1 <= said.people <= MOST_PEOPLE:
        raise BadValue(_("Write for how many people it is."))
    plan = lock(plan)
    if plan.status != PurchasePlanStatus.SENT:
        raise IllegalMove
    rule = plan.requirement
    if rule is None or not rule.notice_days:
        raise NoNoticeAsked
    if plan.notice_id is not None:
        raise OnNoticeAlready
    take_part(plan.reference, SENDS, by=by, at=at)
    buyer = plan.organisation
    how = {"people": said.people, "days": period_words(plan.from_on, plan.to_on), "yuan": yuan(plan.total_fen)}
    how["goods"] = lambda: pgettext("list", ", ").join(_named(row) for row in goods_of(plan))
    plan.notice = notices.publish(
        round=PublicNotice.Round.PLAN,
        title=in_chinese(TITLE, {"buyer": buyer.name, "occasion": plan.occasion}),
        basis=rule.document,
        place=buyer.place,
        lines=[notices.Line(plan.reference, buyer.name[:60], sellers, goods, 0, plan.total_fen)],
        working_days=rule.notice_days,
        how_computed=in_chinese(HOW, how),
        by=by,
        at=at,
    )
    plan.save(update_fields=["notice"])
    begin_anew(plan, plan.notice.ends_at)
    hangs = message_deadline(plan.notice.ends_at)
    tell_of_plan(plan, HANGS, deciders(plan, clock.county_day(at)), "hangs", at=at, hangs=hangs)
    return plan.notice


@transaction.atomic
def answer_objection(objection: Objection, *, upheld: bool, answer: str, by: User, at: dt.datetime) -> Objection:
    """Answer an objection to a plan as a person who did not draw it up; upheld, the plan goes back to its sender."""
    plan = lock(plan_of_objection(objection))
    answer = answer.strip()[:LONGEST_ANSWER]
    answered = notices.answer_objection(objection, upheld=upheld, answer=answer, by=by, at=at, stage=DECIDES)
    holder = take_turn(plan, by=by, at=at)
    if not upheld or plan.status != PurchasePlanStatus.SENT:
        return answered
    plan = decide(plan, PurchasePlanStatus.REFUSED, DECIDES, by=by, at=at, note=answer[:200], decided_for_id=holder)
    _end(plan, NoticeStatus.CLOSED, "", GONE_ANSWER, by=by, at=at)
    _tell(plan, UPHELD, [plan.by], at=at, answer=answer)
    return answered


def take_down(plan: PurchasePlan, why: StrOrPromise, *, by: User | None, at: dt.datetime) -> None:
    """Take down the notice of a plan that goes no further, with words why; what is objected to it ends."""
    _end(plan, NoticeStatus.WITHDRAWN, in_chinese(why), GONE_ANSWER, by=by, at=at)


@transaction.atomic
def end_unanswered(objection: Objection, *, at: dt.datetime) -> bool:
    """End an objection to a plan that nobody answered in time: the plan goes back, and everybody concerned is told."""
    plan = lock(plan_of_objection(objection))
    objection = lock(objection)
    days = policy("plan_objection_days", clock.county_day(objection.at))
    if objection.status != ObjectionStatus.OPEN or at < objection.due_at:
        return False
    silent = in_chinese(SILENT_ANSWER, {"n": days})
    notices.end_objection(objection, answer=silent, at=at)
    if plan.status == PurchasePlanStatus.SENT:
        plan.move_to(PurchasePlanStatus.WITHDRAWN, by=None, at=at, note=silent)
        _end(plan, NoticeStatus.CLOSED, "", GONE_ANSWER, by=None, at=at)
        _tell(plan, UNANSWERED, [plan.by, *deciders(plan, clock.county_day(at))], at=at, n=days)
    return True


@transaction.atomic
def tell_of_objection(objection: Objection, *, at: dt.datetime) -> bool:
    """Tell whoever decides a plan, once, that somebody has objected to it."""
    plan = lock(plan_of_objection(objection))
    if not events.record_once(NEW, objection.reference, by=None, at=at):
        return False
    n = policy("plan_objection_days", clock.county_day(objection.at))
    _tell(plan, OBJECTED, deciders(plan, clock.county_day(at)), at=at, n=n)
    return True


def _named(row: PlanGoods) -> str:
    """Return one of the goods of a plan with what it says of it, in the language of now."""
    said = goods_name(row)
    if row.quantity_g is not None:
        said = str(NAMED) % {"goods": said, "quantity": weight.both(row.quantity_g)}
    if row.ceiling_fen is not None:
        said = str(AT_MOST) % {"goods": said, "price": price_per_jin(row.ceiling_fen, 500)}
    return said


def _end(plan: PurchasePlan, status: str, why: str, answer: StrOrPromise, *, by: User | None, at: dt.datetime) -> None:
    if plan.notice is None:
        return
    for objection in objections_to(plan).filter(status=ObjectionStatus.OPEN):
        notices.end_objection(objection, answer=in_chinese(answer), by=by, at=at)
    notice = lock(plan.notice)
    if notice.status == NoticeStatus.PUBLISHED:
        notice.move_to(status, by=by, at=at, note=why)


def _tell(plan: PurchasePlan, sentence: StrOrPromise, users: list[User], *, at: dt.datetime, **values: object) -> None:
    said = {"occasion": plan.occasion, **values}
    for user in {user.pk: user for user in users}.values():
        tell(sentence, said, phone=user.phone, kind="plan.objection", document=plan.reference, at=at)
