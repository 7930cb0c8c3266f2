"""Whose turn a purchase plan is: somebody must be there to decide it, and is told; a deputy answers for who is away."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from accounts.services.messages import Word, tell_all
from canteens.models import PurchasePlan
from canteens.selectors.plan_deciders import deciders, deciding_role, seat_for
from kernel import clock
from kernel.dates import message_deadline
from kernel.errors import DomainError
from kernel.money import yuan
from kernel.present import StrOrPromise
from kernel.workflow import change
from records.selectors.participation import documents_barred
from records.services.participation import AlreadyTookPart, take_part

SENDS, DECIDES = "propose", "decide"
WAITS = _("Plan %(occasion)s, %(amount)s yuan, waits for your decision until %(until)s. Then it ends by itself.")
HANGS = _(
    "Plan %(occasion)s, %(amount)s yuan, is on public notice until %(hangs)s. Decide it after that, until %(until)s; "
    "then it ends by itself."
)


class NobodyDecides(DomainError):
    code = "nobody_decides"

    def __init__(self, post: Role) -> None:
        super().__init__(
            _(
                "Nobody could decide this plan: besides you, nobody at your unit holds the post %(post)s, so it is not "
                "sent. The head of your unit, or the county's security administrator, appoints somebody to it."
            )
            % {"post": post.label}
        )


class NotYours(DomainError):
    code = "plan_not_yours"
    message = _("This plan does not wait for you: others decide it, or one of you two sent it. Open it to see who.")


def require_deciders(plan: PurchasePlan, *, at: dt.datetime) -> list[User]:
    """Return who may decide a plan that is about to be sent; refuse one that nobody could."""
    found = deciders(plan, clock.county_day(at))
    if not found:
        raise NobodyDecides(deciding_role(plan.fund.kind))
    return found


def take_turn(plan: PurchasePlan, *, by: User, at: dt.datetime) -> UUID | None:
    """Take the deciding hand in a locked plan, by an own post or as a deputy; return whose deputy, if as one."""
    return take_seat(plan, plan.reference, DECIDES, by=by, at=at)


def take_seat(plan: PurchasePlan, document: str, stage: str, *, by: User, at: dt.datetime) -> UUID | None:
    """Take a stage of a plan's document that is for who decides the plan; return whose deputy took it, if one did.

    A deputy takes no hand that the one on leave could not take either.
    """
    take_part(document, stage, by=by, at=at)
    holder = seat_for(plan, by, clock.county_day(at))
    if holder is None:
        raise NotYours
    if holder == by.person_id:
        return None
    away = User.objects.filter(person=holder).select_related("person").first()
    if away is not None and documents_barred([document], stage, by=away):
        raise AlreadyTookPart
    return holder


def begin_anew(plan: PurchasePlan, since: dt.datetime) -> None:
    """Let the hours of a locked plan run from then on: nobody decides it while it hangs on public notice."""
    change(plan, {"due_at": since + dt.timedelta(hours=plan.hours), "shown_at": None})


def tell_of_plan(
    plan: PurchasePlan,
    sentence: StrOrPromise,
    users: Iterable[User],
    kind: str,
    *,
    at: dt.datetime,
    **values: object,
) -> None:
    """Tell these people one sentence about a plan, each once, with its sum and when it ends."""
    said = {"occasion": plan.occasion, "amount": yuan(plan.total_fen), "until": message_deadline(plan.ends_at())}
    phones = {user.person_id or user.pk: user.phone for user in users}
    tell_all(
        [Word(sentence, said | values, None, f"plan.{kind}", plan.reference, phone) for phone in phones.values()],
        at=at,
    )
