"""Signed lists of union plans: which lines are answered, and in what a list differs from its plan."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.models import Role, Somebody, User
from accounts.selectors import standing
from canteens.models import (
    LISTED_KINDS,
    NOT_APPROVED,
    PurchasePlan,
    PurchasePlanStatus,
    SheetAnswer,
    SignedLine,
    SignedList,
    SignedListStatus,
    UnionMember,
)
from canteens.selectors.deputies import buyers_deputised, seats_of
from canteens.selectors.union_members import UNION_ROLES
from canteens.selectors.unions import members_there
from kernel import clock
from kernel.present import known


@dataclass(frozen=True, slots=True)
class Differences:
    """How far a signed list is, and in what it differs from its plan, in heads and fen."""

    lines: int
    got: int
    refused: int
    given_fen: int
    accepted_fen: int  # what the plan's orders took
    members: int  # counted at approval
    without_line: list[UnionMember]  # on record on the day of approval, and not on the list
    beyond: list[int]  # numbers of lines that are no member of that day

    @property
    def unanswered(self) -> int:
        """Return how many lines nobody has answered."""
        return self.lines - self.got - self.refused

    @property
    def complete(self) -> bool:
        """Return whether there are lines and each is answered."""
        return self.lines > 0 and self.unanswered == 0

    @property
    def any(self) -> bool:
        """Return whether something is to be explained."""
        heads = self.without_line or self.beyond or self.lines != self.members
        return bool(heads) or self.given_fen != self.accepted_fen


def is_listed(plan: PurchasePlan) -> bool:
    """Return whether a plan is one whose goods are signed for by each member."""
    return plan.per_head_fen is not None and plan.kind in LISTED_KINDS and plan.status not in NOT_APPROVED


def list_of(plan: PurchasePlan) -> SignedList | None:
    """Return the signed list of a plan; none where nobody has opened it."""
    rows = SignedList.objects.filter(plan=plan)
    return rows.select_related(
        "plan__organisation", "plan__fund", "by__person", "decided_by__person", "decided_for"
    ).first()


def has_list(plan: PurchasePlan) -> bool:
    """Return whether a signed list is kept of a plan; nothing is asked of those that have none, or joined theirs."""
    return is_listed(plan) and hasattr(plan, "signed_list")


def approval_day(plan: PurchasePlan) -> dt.date:
    """Return the day on which a plan was approved."""
    return clock.county_day(known(plan.decided_at))


def members_of_approval(plan: PurchasePlan) -> QuerySet[UnionMember]:
    """Return the members on record on the day a plan was approved; none where its union keeps no list."""
    rows = UnionMember.objects.filter(members_there(approval_day(plan)), organisation=plan.organisation_id)
    return rows.order_by("from_on", "pk")


def keeps_a_list(organisation_id: int) -> bool:
    """Return whether the union of a buyer keeps a list of its members."""
    return UnionMember.objects.filter(organisation=organisation_id).exists()


def lines_of(row: SignedList) -> QuerySet[SignedLine]:
    """Return the lines of a list in their order, each with its member and its latest sheet."""
    return row.lines.select_related("member", "sheet__photo").order_by("number")


def differences(row: SignedList) -> Differences:
    """Return how far a list is and in what it differs from its plan; four statements."""
    plan = PurchasePlan.objects.get(pk=row.plan_id)
    counted = row.lines.aggregate(
        lines=Count("pk"),
        got=Count("pk", filter=Q(sheet__answer=SheetAnswer.GOT)),
        refused=Count("pk", filter=Q(sheet__answer=SheetAnswer.REFUSED)),
        given_fen=Coalesce(Sum("sheet__worth_fen"), 0),
    )
    without, beyond = list[UnionMember](), list[int]()
    if keeps_a_list(plan.organisation_id):
        there = members_of_approval(plan)
        without = list(there.exclude(Exists(row.lines.filter(member=OuterRef("pk")))))
        strangers = row.lines.exclude(Exists(there.filter(pk=OuterRef("member"))))
        beyond = list(strangers.order_by("number").values_list("number", flat=True))
    return Differences(
        **counted, accepted_fen=plan.accepted_fen, members=plan.members or 0, without_line=without, beyond=beyond
    )


def unanswered_numbers(row: SignedList) -> list[int]:
    """Return the numbers of the lines that nobody has answered."""
    return list(row.lines.filter(sheet=None).order_by("number").values_list("number", flat=True))


def signed_lists_seen_by(user: Somebody) -> QuerySet[SignedList]:
    """Return the signed lists of the unions this person works or answers for, all of them for the auditor."""
    place = standing(user)
    rows = SignedList.objects.select_related(
        "plan__organisation", "plan__fund", "by__person", "decided_by__person", "decided_for"
    )
    if place.has(Role.AUDITOR):
        return rows
    own = Q(plan__organisation_id__in=place.organisations(*UNION_ROLES))
    deputised = buyers_deputised(user, clock.county_day(clock.now()), Role.UNION_CHAIR)
    return rows.filter(own | Q(plan__organisation_id__in=deputised))


def lists_to_sign_off(user: Somebody) -> QuerySet[SignedList]:
    """Return the lists that are answered to the last line and wait for this person: the union's chair or a deputy.

    A list that the chair opened waits for no deputy, nor one of a plan that the deputy sent.
    """
    mine = Q(pk__in=[])
    person = user.person_id if isinstance(user, User) else None
    for seat in seats_of(user, clock.county_day(clock.now())):
        chaired = Q(plan__organisation_id__in=seat.organisations.get(Role.UNION_CHAIR, ()))
        stood_for = ~Q(by__person=seat.holder_id) & ~Q(plan__by__person=person)
        mine |= chaired if seat.holder_id == person else chaired & stood_for
    waiting = SignedList.objects.filter(
        Exists(SignedLine.objects.filter(list=OuterRef("pk"))),
        ~Exists(SignedLine.objects.filter(list=OuterRef("pk"), sheet=None)),
        status=SignedListStatus.OPEN,
        plan__status=PurchasePlanStatus.APPROVED,
        plan__held_fen=0,
    ).filter(mine)
    if person is not None:
        waiting = waiting.exclude(by__person_id=person)
    return waiting.select_related("plan", "by__person").order_by("at", "pk")
