"""What the tables of approvals and deputies refuse, whoever writes."""

import pytest
from django.db.models import F

from accounts.models import Person, User
from canteens.models import ApprovalDeputy
from orders.models import ApprovalStep, PurchaseOrder
from tests.factories import MONDAY
from tests.guards.cases import bounds, check, owns, refuses_a_twin, refuses_each_change, unique
from tests.guards.rows import a_row, as_owner, force, insert, refused_by, twin
from tests.guards.test_canteens import DAY
from tests.guards.test_frozen import refuses_other_values

ANSWER = ("person", "for_person", "answered_by", "answered_at", "approved")
CHECKS = [
    check("deputy_is_another", ApprovalDeputy, {"deputy": F("person")}),
    check("deputy_days_in_order", ApprovalDeputy, {"to_on": F("from_on") - DAY}),
    bounds("approval_step_numbered", ApprovalStep, "number", 1, 5),
    bounds("approval_step_hours", ApprovalStep, "hours", 1, 168),
    check("approval_step_reach", ApprovalStep, {"reach": "nobody"}),
    check("approval_step_posts", ApprovalStep, {"posts": []}, {"posts": ["union_chair", "cadre"]}),
    check("approval_step_answered_whole", ApprovalStep, *({name: None} for name in ANSWER), approved=True),
    check(
        "approval_asks_people", PurchaseOrder,
        {"approval_persons": 0}, {"approval_persons": 6}, {"needs_approval": False}, needs_approval=True,
    ),
]  # fmt: skip
UNIQUES = [unique("approval_step_once", ApprovalStep)]


@pytest.mark.guard("check one_deputy_a_day")
def test_an_approver_has_one_deputy_of_a_buyer_a_day():
    row = a_row(ApprovalDeputy, to_on__gt=F("from_on"))
    last = {"from_on": row.to_on - DAY, "to_on": row.to_on + DAY}
    with refused_by("one_deputy_a_day"):
        insert(twin(row, ("organisation", "person"), **last))
    insert(twin(row, ("organisation", "person"), **last | {"from_on": row.to_on}))
    insert(twin(row, ("organisation",), **last, person=row.deputy_id, deputy=row.person_id))


@pytest.mark.parametrize("case", CHECKS)
def test_a_row_cannot_become_what_its_check_forbids(case):
    refuses_each_change(case)


@pytest.mark.parametrize("case", UNIQUES)
def test_a_second_row_cannot_equal_the_first(case):
    refuses_a_twin(case)


@pytest.mark.parametrize(
    ("guard", "same"),
    [
        owns("unique approval_step_a_person", "approval_step_a_person", "person"),
        owns("unique approval_step_a_post", "approval_step_a_post", "for_person"),
    ],
)
def test_nobody_answers_two_steps_of_one_order_nor_has_them_answered(guard, same):
    done = a_row(ApprovalStep, approved=True)
    step, other = a_row(ApprovalStep, order=done.order_id, answered_at=None), strangers_to(done)
    said = {"person": other.person, "for_person": other.person, "answered_by": other, "answered_at": MONDAY}
    said |= {"approved": True}

    with refused_by(guard):
        force(step, **said | {same: done.person})

    force(step, **said)


@pytest.mark.guard("trigger orders_approvalstep.step_stays")
def test_what_a_step_asks_stays():
    step = a_row(ApprovalStep, answered_at=None)

    refuses_other_values(step, "step_stays", ["order", "number", "posts", "hours", "told_at"])


def strangers_to(step) -> User:
    """Return an account of somebody who has no part in the order of a step."""
    people = Person.objects.exclude(pk__in=[step.person_id, step.order.requester.person_id])
    return people.filter(users__isnull=False).first().users.first()


@pytest.mark.guard("trigger orders_approvalstep.answered_by_another_person")
def test_a_step_is_answered_by_the_person_of_the_account_who_did_not_place_the_order():
    done = a_row(ApprovalStep, approved=True)
    step = a_row(ApprovalStep, order=done.order_id, answered_at=None)
    other, requester = strangers_to(done), step.order.requester
    said = {"answered_at": MONDAY, "approved": True}
    wrong = [
        {"answered_by": requester, "person": requester.person, "for_person": requester.person},
        {"answered_by": other, "person": other.person, "for_person": requester.person},
        {"answered_by": other, "person": done.person, "for_person": other.person},
    ]

    for values in wrong:
        with refused_by("orders_approvalstep.answered_by_another_person"), as_owner():
            ApprovalStep.objects.filter(pk=step.pk).update(**said | values)

    with as_owner():
        right = {"answered_by": other, "person": other.person, "for_person": other.person}
        assert ApprovalStep.objects.filter(pk=step.pk).update(**said | right) == 1


@pytest.mark.guard("trigger orders_approvalstep.step_answered_once")
def test_what_was_answered_stays():
    step = a_row(ApprovalStep, approved=True)

    with refused_by("orders_approvalstep.step_answered_once"), as_owner():
        ApprovalStep.objects.filter(pk=step.pk).update(approved=False)


def ask_sellers_of(order) -> int:
    return PurchaseOrder.objects.filter(pk=order.pk).update(status="asking", answer_by_at=MONDAY, dispatch_by_at=MONDAY)


@pytest.mark.guard("trigger orders_purchaseorder.asked_once_all_approved")
def test_no_seller_is_asked_before_every_step_is_answered_with_yes():
    done = a_row(ApprovalStep, approved=True)
    step, order = a_row(ApprovalStep, order=done.order_id, answered_at=None), done.order
    other = strangers_to(done)
    answered = {"person": other.person, "for_person": other.person, "answered_by": other, "answered_at": MONDAY}

    for values in ({}, answered | {"approved": False}):
        force(step, **values or {"reach": "all"})
        with refused_by("orders_purchaseorder.asked_once_all_approved"), as_owner():
            ask_sellers_of(order)
    force(order, approval_persons=3)
    force(step, approved=True)
    with refused_by("orders_purchaseorder.asked_once_all_approved"), as_owner():
        ask_sellers_of(order)

    force(order, approval_persons=2)
    with as_owner():
        assert ask_sellers_of(order) == 1
