"""The steps of an order's approval: copied from its tier, answered by different people, handed on when nobody does."""

import datetime as dt
from collections.abc import Collection, Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Organisation, Person, Role, User
from canteens.models import ApprovalTier, Fund, PurchasePlan
from canteens.selectors.deputies import deputies_in_force
from kernel import clock
from kernel.errors import DomainError
from kernel.present import known
from kernel.workflow import change
from orders.models import ApprovalStep, PurchaseOrder, Reach
from orders.selectors.approvers import holders, turn_of_person
from orders.selectors.judging import judged
from orders.services.hands import APPROVE, take_hand


class TooFewApprovers(DomainError):
    code = "too_few_approvers"

    def __init__(self, asked: int, have: int, posts: Collection[str]) -> None:
        named = pgettext("list", ", ").join(str(Role(post).label) for post in posts)
        sentence = ngettext(
            "This order needs the yes of %(asked)s other person, in one of these posts: %(posts)s. Besides you they "
            "are held by %(have)s, so it cannot be ordered and nothing is held. The head of your unit, or the "
            "county's security administrator, appoints somebody to one of them.",
            "This order needs the yes of %(asked)s other people, in these posts: %(posts)s. Besides you they are held "
            "by %(have)s, so it cannot be ordered and nothing is held. The head of your unit, or the "
            "county's security administrator, appoints more people to them.",
            asked,
        )
        super().__init__(sentence % {"asked": asked, "have": have, "posts": named})


class NotAsked(DomainError):
    code = "not_asked"
    message = _("This order does not wait for you: you have answered already, or others are asked.")


def require_people(buyer: Organisation, tier: ApprovalTier, asked: int, but: Person | None, day: dt.date) -> None:
    """Refuse an order whose steps too few people besides its requester could take, naming the posts to be filled."""
    have = len(holders(buyer, tier.posts, but, day))
    if have < asked:
        raise TooFewApprovers(asked, have, tier.posts)


def people_lacking(
    fund: Fund, by_class: Mapping[str, int], *, plan: PurchasePlan | None, by: User, at: dt.datetime
) -> str:
    """Return why goods could not be ordered for lack of people to approve, before anybody tries; empty if they could.

    `by_class` is what they come to by class of produce, in fen. Nothing is locked: what is placed is judged again.
    """
    reached = judged(fund, sum(by_class.values()), by_class, at=at).tier
    if reached is None:
        return ""
    tier = ApprovalTier.objects.get(pk=reached)
    try:
        require_people(fund.organisation, tier, persons_of(tier, plan), by.person, clock.county_day(at))
    except TooFewApprovers as lacking:
        return str(lacking)
    return ""


def persons_of(tier: ApprovalTier, plan: PurchasePlan | None) -> int:
    """Return how many people a tier asks; one at most where the order draws on a plan that was approved."""
    return 1 if plan is not None else tier.persons


def copy_steps(order: PurchaseOrder, tier: ApprovalTier, *, at: dt.datetime) -> list[ApprovalStep]:
    """Write down the steps that an order waits for, as its tier has them today."""
    due_at = min(at + dt.timedelta(hours=tier.hours), known(order.approve_by_at))
    return ApprovalStep.objects.bulk_create(
        ApprovalStep(order=order, number=number, posts=tier.posts, hours=tier.hours, told_at=at, due_at=due_at)
        for number in range(1, order.approval_persons + 1)
    )


def answer(order: PurchaseOrder, *, approved: bool, by: User, at: dt.datetime) -> int:
    """Answer the next step of a locked order that waits, as one person, once; return how many steps are still open."""
    take_hand(order, APPROVE, by=by, at=at)
    turn = turn_of_person(order, by, clock.county_day(at))
    if turn is None:
        raise NotAsked
    said = {"person_id": by.person_id, "for_person_id": turn.for_person_id, "answered_by_id": by.pk}
    change(turn.step, said | {"answered_at": at, "approved": approved})
    return order.steps.filter(answered_at=None).count()


def hand_on(order: PurchaseOrder, *, at: dt.datetime) -> Reach | None:
    """Ask the next for the open steps of a locked order whose time is over; return who was asked, or None.

    Deputies who were named since are next, or whose days began; then every approver of the buyer, until the order ends.
    """
    late = [step for step in order.steps.filter(answered_at=None).exclude(reach=Reach.ALL) if step.due_at <= at]
    if not late:
        return None
    end, hours = known(order.approve_by_at), dt.timedelta(hours=late[0].hours)
    reach = Reach.ALL
    if late[0].reach == Reach.POSTS and at + hours < end and _deputies_since(order, late[0], at):
        reach = Reach.DEPUTIES
    for step in late:
        change(step, {"reach": reach, "due_at": end if reach == Reach.ALL else at + hours})
    return reach


def _deputies_since(order: PurchaseOrder, step: ApprovalStep, at: dt.datetime) -> bool:
    """Return whether somebody answers for its approvers today who did not when the step was told."""
    day, told_on = clock.county_day(at), clock.county_day(step.told_at)
    people = [user.person_id for user in holders(order.buyer, step.posts, order.requester.person, day)]
    rows = deputies_in_force([order.buyer_id], day).filter(person__in=people)
    rows = rows.exclude(deputy=order.requester.person_id)
    return rows.filter(from_on__gt=told_on).exists() or rows.filter(at__gt=step.told_at).exists()
