"""What the tables of purchase plans refuse of their size: the rule, the notice, the quotes, whoever writes."""

import datetime as dt

import pytest
from django.db import transaction

from canteens.models import ApprovalDeputy, PlanQuote, PlanRequirement, PurchasePlan, SignedList
from produce.models import Produce
from records.models import NoticeStatus, Objection, PublicNotice
from tests.factories import MONDAY, a_user
from tests.guards.rows import a_row, as_owner, force, refused_by, twin

SECOND, DAY = dt.timedelta(seconds=1), dt.timedelta(days=1)
MIDNIGHT = MONDAY - dt.timedelta(hours=9)


@pytest.fixture
def plan():
    """A plan that waits, with its project, its notice of three days and the quote it is asked for."""
    return a_row(PurchasePlan, committee_record="16号")


def approve(plan, at=None) -> None:
    said = {"decided_by": a_user("评委"), "decided_at": at or plan.notice.ends_at}
    with as_owner():
        PurchasePlan.objects.filter(pk=plan.pk).update(status="approved", **said)


@pytest.mark.guard("trigger canteens_purchaseplan.has_what_its_size_asks")
def test_a_plan_is_approved_once_it_has_what_its_size_asks(plan):
    with transaction.atomic():
        approve(plan)
        transaction.set_rollback(True)
    rule, notice = plan.requirement, plan.notice
    objection = Objection.objects.get(line__notice=notice)
    lacks = (
        (plan, {"project_number": ""}),
        (rule, {"quotes": 2}),
        (rule, {"notice_days": 4}),
        (notice, {"status": NoticeStatus.WITHDRAWN}),
        (notice.lines.get(), {"document": "purchase-plan:0"}),
        (objection, {"status": "open"}),
        (objection, {"status": "upheld"}),
        (plan, {"notice": None}),
    )
    for changed, changes in lacks:
        with refused_by("canteens_purchaseplan.has_what_its_size_asks"):
            force(changed, **changes)
            approve(plan, notice.ends_at)
    with refused_by("canteens_purchaseplan.has_what_its_size_asks"):
        approve(plan, notice.ends_at - dt.timedelta(seconds=1))


@pytest.mark.guard("trigger canteens_purchaseplan.rule_of_its_size")
def test_a_plan_is_sent_under_the_rule_for_its_size(plan):
    anew = {"notice": None, "committee_record": "99号"}
    with transaction.atomic():
        twin(plan, **anew).save(force_insert=True)
        transaction.set_rollback(True)

    below = {"total_fen": plan.requirement.from_fen - 1, "occasion": "重阳"}
    split = {"total_fen": 1, "requirement": None}  # a part of what two other plans of its occasion are for
    for changes in ({"requirement": None}, below, split):
        with refused_by("canteens_purchaseplan.rule_of_its_size"):
            twin(plan, **anew, **changes).save(force_insert=True)
    with refused_by("canteens_purchaseplan.rule_of_its_size"):
        force(PlanRequirement.objects.get(), fund_kind="canteen")
        twin(plan, **anew).save(force_insert=True)


@pytest.mark.guard("trigger canteens_purchaseplan.on_notice_once")
def test_a_plan_is_put_on_notice_once_while_it_waits(plan):
    bare, decided = a_row(PurchasePlan, committee_record="17号"), a_row(PurchasePlan, committee_record="15号")
    other = twin(plan.notice)
    other.save(force_insert=True)

    def hang(row, notice) -> None:
        with as_owner():
            PurchasePlan.objects.filter(pk=row.pk).update(notice=notice)

    with transaction.atomic():
        hang(bare, other)
        transaction.set_rollback(True)
    for row, notice in ((plan, other), (plan, None), (decided, other)):
        with refused_by("canteens_purchaseplan.on_notice_once"):
            hang(row, notice)
    assert PublicNotice.objects.filter(pk=plan.notice_id).exists()


@pytest.mark.guard("trigger canteens_plangoods.goods_of_waiting_plan")
def test_goods_are_of_a_plan_that_waits_and_as_many_as_it_was_sent_with(plan):
    row = plan.named_goods.get()
    more = {"position": 2, "category": None, "produce": a_row(Produce).pk, "quantity_g": 1}
    force(plan, goods_count=2)
    with transaction.atomic():
        twin(row, **more).save(force_insert=True)
        transaction.set_rollback(True)

    for changes in ({"position": 3}, {"held_g": 1}, {"accepted_g": 1}):
        with refused_by("canteens_plangoods.goods_of_waiting_plan"):
            twin(row, **more | changes).save(force_insert=True)
    with refused_by("canteens_plangoods.goods_of_waiting_plan"):
        force(plan, status="refused", decided_by=a_user("评委"), decided_at=plan.due_at)
        twin(row, **more).save(force_insert=True)


@pytest.mark.guard("trigger canteens_purchaseplan.approved_with_its_goods")
def test_a_plan_is_approved_with_all_the_goods_it_was_sent_with(plan):
    with transaction.atomic():
        approve(plan)
        transaction.set_rollback(True)
    force(plan, goods_count=2)

    with refused_by("canteens_purchaseplan.approved_with_its_goods"):
        approve(plan)


@pytest.mark.guard("trigger canteens_planquote.quote_of_waiting_plan")
def test_a_quote_is_of_a_plan_that_waits_with_a_photo_of_its_own(plan):
    row = a_row(PlanQuote)
    with transaction.atomic():
        twin(row).save(force_insert=True)
        transaction.set_rollback(True)
    stranger = twin(row.photo, document="purchase-plan:0")
    stranger.save(force_insert=True)

    with refused_by("canteens_planquote.quote_of_waiting_plan"):
        twin(row, photo=stranger.pk).save(force_insert=True)
    with refused_by("canteens_planquote.quote_of_waiting_plan"):
        force(plan, status="refused", decided_by=a_user("评委"), decided_at=row.at)
        twin(row).save(force_insert=True)


@pytest.mark.guard("trigger canteens_purchaseplan.decided_by_a_deputy")
def test_a_plan_is_decided_for_somebody_by_the_deputy_of_that_day(plan):
    chair, deputy = a_deputy_of(plan.organisation)
    stranger, again = a_user("路人"), a_user("同一人", person=deputy.person)
    sent_by_one = a_deputy_of(plan.organisation, holder=plan.by)[1]
    sent_by_deputy = a_deputy_of(plan.organisation, deputy=a_user("又一号", person=plan.by.person))
    right = {"decided_by": deputy, "decided_for": chair.person, "decided_at": MONDAY}

    def decide(**changes) -> None:
        with as_owner():
            PurchasePlan.objects.filter(pk=plan.pk).update(status="refused", **right | changes)

    for changes in ({}, {"decided_by": again}, {"decided_at": MIDNIGHT}, {"decided_at": MIDNIGHT + DAY - SECOND}):
        with transaction.atomic():
            decide(**changes)
            transaction.set_rollback(True)
    for changes in (
        {"decided_by": stranger},
        {"decided_by": chair},
        {"decided_for": stranger.person},
        {"decided_at": MIDNIGHT - SECOND},
        {"decided_at": MIDNIGHT + DAY},
        {"decided_by": sent_by_one, "decided_for": plan.by.person},
        {"decided_by": sent_by_deputy[1], "decided_for": sent_by_deputy[0].person},
    ):
        with refused_by("canteens_purchaseplan.decided_by_a_deputy"):
            decide(**changes)


@pytest.mark.guard("trigger canteens_signedlist.signed_off_by_a_deputy")
def test_a_list_is_signed_off_for_somebody_by_the_deputy_of_that_day():
    row = a_row(SignedList, status="closed")
    buyer = row.plan.organisation
    chair, deputy = a_deputy_of(buyer)
    kept_by_one = a_deputy_of(buyer, holder=row.by)[1]
    kept_by_deputy = a_deputy_of(buyer, deputy=a_user("又一号", person=row.by.person))
    right = {"decided_by": deputy, "decided_for": chair.person, "decided_at": MONDAY}

    def sign(**changes) -> None:
        with as_owner():
            SignedList.objects.filter(pk=row.pk).update(**right | changes)

    for changes in ({}, {"decided_at": MIDNIGHT}, {"decided_at": MIDNIGHT + DAY - SECOND}):
        with transaction.atomic():
            sign(**changes)
            transaction.set_rollback(True)
    for changes in (
        {"decided_by": a_user("路人")},
        {"decided_at": MIDNIGHT - SECOND},
        {"decided_at": MIDNIGHT + DAY},
        {"decided_by": kept_by_one, "decided_for": row.by.person},
        {"decided_by": kept_by_deputy[1], "decided_for": kept_by_deputy[0].person},
    ):
        with refused_by("canteens_signedlist.signed_off_by_a_deputy"):
            sign(**changes)


def a_deputy_of(buyer, *, holder=None, deputy=None):
    """Return an approver of a buyer and who answers for that one on Monday alone."""
    holder, deputy = holder or a_user("段二主席"), deputy or a_user("替班")
    ApprovalDeputy.objects.create(
        organisation=buyer, person=holder.person, deputy=deputy.person,
        from_on=MONDAY.date(), to_on=MONDAY.date() + DAY, by=holder, at=MONDAY,
    )  # fmt: skip
    return holder, deputy
