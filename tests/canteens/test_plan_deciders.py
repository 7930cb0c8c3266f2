"""A purchase plan never jams: a deputy decides for who is on leave, then every approver may, then it ends by itself."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership, Message
from canteens.models import PurchasePlan
from canteens.permissions import can_close_plan, can_decide_plan
from canteens.selectors.plan_deciders import plans_to_decide, plans_waiting_for_others
from canteens.selectors.purchase_plans import objections_to_answer
from canteens.selectors.signed_lists import lists_to_sign_off
from canteens.services import deputies, publicity, purchase_plans, register_canteen, signed_lists
from canteens.services.deciding import NobodyDecides, NotYours
from canteens.services.publicity import Intent
from canteens.services.signed_lists import Answer
from canteens.tasks import end_undecided, show_undecided
from kernel.workflow import IllegalMove
from records.models import Move, PolicyValue
from records.services import notices
from records.services.participation import AlreadyTookPart
from tests.factories import MONDAY, TUESDAY, a_fund, a_plan_requirement, a_purchase_plan, a_user, login
from tests.guards.rows import force
from tests.orders.steps import a_stored_photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
SECOND, HOUR, DAY = dt.timedelta(seconds=1), dt.timedelta(hours=1), dt.timedelta(days=1)
TODAY, MIDNIGHT = MONDAY.date(), MONDAY - 9 * HOUR
INTENT = Intent(goods="每人大米 10 公斤", sellers="屏山镇的合作社", people=46)


@pytest.fixture
def fund(school, treasurer_zhou, vegetables):
    """A purse of the union; nobody decides its plans yet."""
    return a_fund(school, by=treasurer_zhou, yuan=0)


@pytest.fixture
def plan(fund, chef_chen, chair_tan):
    return a_purchase_plan(fund, by=chef_chen)


@pytest.fixture
def on_leave(school, chair_tan, receiver_wang):
    """Name a deputy of the chair, or of another, from Monday to Tuesday."""

    def named(deputy=receiver_wang, holder=chair_tan):
        return deputies.name_deputy(school, deputy.person, TODAY, TODAY + DAY, by=holder, at=MONDAY)

    return named


def told(kind) -> list[str]:
    return sorted(message.phone for message in Message.objects.filter(kind=f"plan.{kind}"))


def phones(*users) -> list[str]:
    return sorted(user.phone for user in users)


class TestSending:
    @pytest.mark.guard("line a plan is sent where somebody may decide it")
    def test_a_plan_that_nobody_could_decide_is_refused_before_anything_is_written(self, fund, chef_chen):
        with pytest.raises(NobodyDecides, match="工会主席"):
            a_purchase_plan(fund, by=chef_chen)

        assert not PurchasePlan.objects.exists() and not Message.objects.filter(kind__startswith="plan.").exists()

    def test_its_maker_counts_for_nobody_nor_does_the_makers_deputy(self, school, fund, chair_tan, on_leave):
        on_leave()
        with pytest.raises(NobodyDecides):
            a_purchase_plan(fund, by=chair_tan)

        a_user("第二主席", "union_chair", school)
        assert a_purchase_plan(fund, by=chair_tan).status == "sent"

    def test_a_post_that_ended_today_decides_nothing(self, fund, chef_chen, chair_tan):
        held = Membership.objects.filter(person=chair_tan.person)
        held.update(to_on=TODAY)
        with pytest.raises(NobodyDecides):
            a_purchase_plan(fund, by=chef_chen)

        held.update(to_on=TODAY + DAY)
        assert a_purchase_plan(fund, by=chef_chen).status == "sent"

    def test_who_may_decide_is_told_until_when(self, plan, chair_tan):
        (message,) = Message.objects.filter(kind="plan.waits")

        assert message.phone == chair_tan.phone
        assert "中秋" in message.body and "3,000.00" in message.body and "11 月 8 日（周日）上午 9 点" in message.body

    def test_a_deputy_of_today_is_told_too(self, fund, chef_chen, chair_tan, receiver_wang, on_leave):
        on_leave()
        a_purchase_plan(fund, by=chef_chen)

        assert told("waits") == phones(chair_tan, receiver_wang)

    def test_by_page_and_by_program_it_is_refused_in_words_and_nothing_typed_is_lost(self, client, fund, chef_chen):
        login(client, chef_chen)
        days = {"from_on": TODAY.isoformat(), "to_on": (TODAY + DAY).isoformat()}
        typed = days | {"kind": "event", "occasion": "运动会", "total": "3000", "committee_record": "7号"}
        typed |= {"goods": "蔬菜"}

        page = client.post(reverse("purchase-plan-new"), typed | {"fund": str(fund.pk), "idem": "a" * 32})
        typed |= {"fund": fund.pk, "goods": [{"category": "vegetable"}]}
        answer = client.post(
            reverse("api-purchase-plan-list"), typed, "application/json",
            headers={"Idempotency-Key": "b" * 32},
        )  # fmt: skip

        assert "没有人能审批" in page.content.decode() and 'value="运动会"' in page.content.decode()
        assert (answer.status_code, answer.json()["code"]) == (409, "nobody_decides")


WHO = [
    ("chair_tan", True, True),
    ("receiver_wang", True, True),  # her deputy
    ("approver_peng", False, True),
    ("treasurer_zhou", False, True),
    ("chef_chen", False, False),
    ("cashier", False, False),
]


class TestWho:
    @pytest.fixture
    def cashier(self, school):
        return a_user("管出纳", "cashier", school)

    @pytest.mark.parametrize(("who", "at_once", "later"), WHO)
    def test_who_decides_a_plan_of_a_union_at_once_and_after_its_first_hours(
        self, request, now, plan, on_leave, who, at_once, later
    ):
        on_leave()
        user = request.getfixturevalue(who)
        assert (can_decide_plan(user, plan), plans_to_decide(user).exists()) == (at_once, at_once)

        force(plan, shown_at=MONDAY, due_at=MONDAY + HOUR)
        plan.refresh_from_db()
        assert (can_decide_plan(user, plan), plans_to_decide(user).exists()) == (later, later)

    def test_a_plan_of_the_canteen_is_the_approvers(self, school, chef_chen, approver_peng, chair_tan):
        plan = a_purchase_plan(a_fund(school, "canteen", yuan=0), by=chef_chen)

        assert can_decide_plan(approver_peng, plan) and not can_decide_plan(chair_tan, plan)
        with pytest.raises(NotYours):
            purchase_plans.approve_plan(plan, by=chair_tan, at=MONDAY)

    @pytest.mark.parametrize(
        ("at", "may"),
        [
            (MIDNIGHT - SECOND, False), (MIDNIGHT, True),
            (MIDNIGHT + 2 * DAY - SECOND, True), (MIDNIGHT + 2 * DAY, False),
        ],
    )  # fmt: skip
    def test_a_deputy_decides_on_its_days_and_on_no_other(self, now, plan, receiver_wang, on_leave, at, may):
        on_leave()
        now.at = at

        assert can_decide_plan(receiver_wang, plan) is may

    def test_for_whom_a_deputy_decided_stays(self, plan, chair_tan, receiver_wang, on_leave):
        on_leave()
        purchase_plans.approve_plan(plan, by=receiver_wang, at=TUESDAY)

        plan.refresh_from_db()
        assert (plan.status, plan.decided_by, plan.decided_for) == ("approved", receiver_wang, chair_tan.person)
        with pytest.raises(IllegalMove):
            purchase_plans.refuse_plan(plan, why="晚了", by=chair_tan, at=TUESDAY)

    def test_who_decides_by_an_own_post_does_so_for_nobody(self, plan, chair_tan, on_leave):
        on_leave()
        purchase_plans.refuse_plan(plan, why="金额不对", by=chair_tan, at=TUESDAY)

        assert PurchasePlan.objects.get().decided_for is None

    def test_a_deputy_who_sent_it_decides_nothing(self, plan, chef_chen, on_leave):
        on_leave(deputy=chef_chen)

        assert not can_decide_plan(chef_chen, plan) and not plans_to_decide(chef_chen).exists()
        with pytest.raises(AlreadyTookPart):
            purchase_plans.approve_plan(plan, by=chef_chen, at=TUESDAY)

    def test_nobody_decides_for_who_sent_it(self, school, fund, chair_tan, receiver_wang, on_leave):
        a_user("第二主席", "union_chair", school)
        plan = a_purchase_plan(fund, by=chair_tan)
        on_leave()

        assert not can_decide_plan(receiver_wang, plan) and not plans_to_decide(receiver_wang).exists()
        with pytest.raises(NotYours):
            purchase_plans.approve_plan(plan, by=receiver_wang, at=TUESDAY)

    def test_nor_for_who_put_it_on_notice(self, county, school, fund, chef_chen, chair_tan, receiver_wang, on_leave):
        a_plan_requirement(county, notice_days=3, from_fen=1)
        plan = a_purchase_plan(fund, by=chef_chen)
        publicity.put_on_notice(plan, INTENT, by=chair_tan, at=MONDAY)
        on_leave()
        force(plan, notice=None)

        with pytest.raises(AlreadyTookPart):
            purchase_plans.refuse_plan(plan, why="不合适", by=receiver_wang, at=TUESDAY)


class TestOtherHands:
    def test_a_deputy_answers_an_objection(self, county, fund, chef_chen, chair_tan, receiver_wang, on_leave):
        a_plan_requirement(county, notice_days=3, from_fen=1)
        plan = a_purchase_plan(fund, by=chef_chen)
        notice = publicity.put_on_notice(plan, INTENT, by=chef_chen, at=MONDAY)
        objection = notices.object_to(notice.lines.get(), words="太贵", contact="", at=MONDAY)
        assert not objections_to_answer(receiver_wang).exists()
        with pytest.raises(NotYours):
            publicity.answer_objection(objection, upheld=True, answer="确实", by=receiver_wang, at=MONDAY)
        on_leave()
        publicity.tell_of_objection(objection, at=MONDAY)

        assert objections_to_answer(receiver_wang).get() == objection
        assert told("objection") == phones(chair_tan, receiver_wang)
        publicity.answer_objection(objection, upheld=True, answer="确实", by=receiver_wang, at=MONDAY)

        plan.refresh_from_db()
        assert (plan.status, plan.decided_for) == ("refused", chair_tan.person)

    @pytest.fixture
    def answered(self, plan, school, fund, treasurer_zhou, chair_tan):
        """A list of one member that is answered to its last line."""
        register_canteen(school, mode="own", heads=900, union_members=1, address="琴江镇")
        force(plan, per_head_fen=300_00)
        plan.refresh_from_db()
        purchase_plans.approve_plan(plan, by=chair_tan, at=MONDAY)
        force(plan, accepted_fen=300_00)
        say = {"by": treasurer_zhou, "at": MONDAY}
        row = signed_lists.open_list(plan, "大米 10 千克", "王小明", **say)
        photo = signed_lists.add_photo(row, a_stored_photo(treasurer_zhou, MONDAY), **say)
        signed_lists.answer_lines(row, Answer("got", (1,), photo=photo.pk), **say)
        return row

    def test_a_deputy_signs_the_list_off(self, client, answered, chair_tan, receiver_wang, on_leave):
        plan = PurchasePlan.objects.get()
        assert not can_close_plan(receiver_wang, plan) and not lists_to_sign_off(receiver_wang).exists()
        with pytest.raises(NotYours):
            purchase_plans.close_plan(plan, by=receiver_wang, at=MONDAY)
        page, close = reverse("signed-list", args=[plan.pk]), reverse("purchase-plan-close", args=[plan.pk])
        assert login(client, receiver_wang).get(page).status_code == 404
        on_leave()

        assert lists_to_sign_off(receiver_wang).get() == answered
        assert close in client.get(page).content.decode()
        assert client.post(close, {"idem": "a" * 32}).status_code == 302
        answered.refresh_from_db()
        assert (answered.decided_by, answered.decided_for) == (receiver_wang, chair_tan.person)
        assert "王保管（替谭主席顶班）" in client.get(page).content.decode()

    def test_who_prepared_a_list_is_nobodys_deputy_for_it(self, answered, treasurer_zhou, on_leave):
        on_leave(deputy=treasurer_zhou)

        assert not lists_to_sign_off(treasurer_zhou).exists()
        with pytest.raises(AlreadyTookPart):
            purchase_plans.close_plan(answered.plan, by=treasurer_zhou, at=MONDAY)

    def test_nor_is_who_sent_its_plan(self, answered, chef_chen, on_leave):
        on_leave(deputy=chef_chen)

        assert not lists_to_sign_off(chef_chen).exists()
        with pytest.raises(NotYours):
            purchase_plans.close_plan(answered.plan, by=chef_chen, at=MONDAY)


class TestTime:
    @pytest.fixture
    def head(self, school):
        return a_user("许校长", "head_of_office", school)

    def test_after_its_hours_every_approver_is_asked_once(
        self, now, plan, chair_tan, approver_peng, treasurer_zhou, chef_chen, head
    ):
        now.at = MONDAY + 72 * HOUR - SECOND
        assert show_undecided() == 0
        now.at = MONDAY + 72 * HOUR

        assert (show_undecided(), show_undecided()) == (1, 0)
        assert told("still_waits") == phones(chair_tan, approver_peng, treasurer_zhou)
        assert told("shown_on") == phones(chef_chen, head)
        assert purchase_plans.approve_plan(plan, by=approver_peng, at=now.at).status == "approved"

    def test_after_as_long_again_it_ends_and_everybody_is_told(
        self, now, plan, fund, chair_tan, approver_peng, chef_chen, head
    ):
        now.at = MONDAY + 72 * HOUR
        show_undecided()
        now.at = MONDAY + 144 * HOUR - SECOND
        assert end_undecided() == 0
        now.at = MONDAY + 144 * HOUR

        assert (end_undecided(), end_undecided()) == (1, 0)
        plan.refresh_from_db()
        assert (plan.status, plan.decided_by, plan.decided_at) == ("ended", None, now.at)
        assert set(phones(chair_tan, approver_peng, chef_chen, head)) <= set(told("not_decided"))
        assert Move.objects.filter(document=plan.reference, after="ended", by=None).count() == 1
        with pytest.raises(IllegalMove):
            purchase_plans.approve_plan(plan, by=chair_tan, at=now.at)
        assert a_purchase_plan(fund, by=chef_chen).committee_record == plan.committee_record

    def test_a_late_sweep_leaves_the_others_their_hours(self, now, plan):
        now.at = MONDAY + 200 * HOUR
        assert (end_undecided(), show_undecided(), end_undecided()) == (0, 1, 0)

        now.at += 72 * HOUR
        assert end_undecided() == 1

    def test_what_was_decided_goes_on_to_nobody(self, now, plan, chair_tan):
        purchase_plans.approve_plan(plan, by=chair_tan, at=MONDAY)
        now.at = MONDAY + 144 * HOUR

        assert (show_undecided(), end_undecided()) == (0, 0)

    def test_its_hours_run_from_the_end_of_its_public_notice(self, now, county, fund, chef_chen, chair_tan):
        a_plan_requirement(county, notice_days=3, from_fen=1)
        plan = a_purchase_plan(fund, by=chef_chen)
        now.at = MONDAY + 72 * HOUR
        show_undecided()
        notice = publicity.put_on_notice(plan, INTENT, by=chef_chen, at=now.at)
        assert told("hangs") == phones(chair_tan)
        now.at = notice.ends_at + 72 * HOUR - SECOND
        assert (show_undecided(), end_undecided()) == (0, 0)
        now.at += SECOND
        assert show_undecided() == 1
        now.at += 72 * HOUR

        assert end_undecided() == 1
        notice.refresh_from_db()
        plan.refresh_from_db()
        assert (plan.status, notice.status) == ("ended", "withdrawn")

    def test_the_county_says_how_many_hours_those_of_the_day_it_was_sent(self, now, plan, fund, chef_chen):
        PolicyValue.objects.create(
            name="plan_decision_hours", value="5", from_on=TODAY, set_by=a_user("甲"), confirmed_by=a_user("乙"),
            confirmed_at=MONDAY,
        )  # fmt: skip
        quick = a_purchase_plan(fund, by=chef_chen, record="13号")

        assert (plan.hours, quick.hours, quick.due_at) == (72, 5, MONDAY + 5 * HOUR)


class TestShown:
    def test_for_whom_since_when_and_until_when(
        self, client, plan, chair_tan, approver_peng, treasurer_zhou, chef_chen, receiver_wang, on_leave
    ):
        on_leave()
        page, waits = reverse("purchase-plan-detail", args=[plan.pk]), "在等谭主席（工会主席）、王保管（替谭主席顶班）"
        shown = login(client, chef_chen).get(page).content.decode()
        assert waits in shown and "其他审批人" in shown and "计划作废" in shown
        assert waits in client.get(reverse("purchase-plan-list")).content.decode()
        for user in (chef_chen, treasurer_zhou, approver_peng):
            assert plans_waiting_for_others(user).get() == plan
            assert waits in login(client, user).get("/").content.decode()
        for user in (chair_tan, receiver_wang):
            assert "审批采购计划“中秋”" in login(client, user).get("/").content.decode()

    def test_a_deputy_decides_by_page(self, client, plan, chair_tan, receiver_wang, on_leave):
        page, approve = (reverse(f"purchase-plan-{name}", args=[plan.pk]) for name in ("detail", "approve"))
        login(client, receiver_wang)
        assert (client.get(page).status_code, client.get(reverse("purchase-plan-list")).status_code) == (404, 403)
        on_leave()

        assert "中秋" in client.get(reverse("purchase-plan-list")).content.decode()
        assert approve in client.get(page).content.decode()
        assert client.post(approve, {"idem": "a" * 32}).status_code == 302
        assert "王保管（替谭主席顶班）" in client.get(page).content.decode()

    def test_a_program_reads_and_decides_alike(self, client, plan, chair_tan, receiver_wang, on_leave):
        on_leave()
        login(client, receiver_wang)
        row = client.get(reverse("api-purchase-plan-list")).json()["results"][0]
        assert row["waits_for"] == [
            {"name": "谭主席", "post": "union_chair", "deputy_of": ""},
            {"name": "王保管", "post": "union_chair", "deputy_of": "谭主席"},
        ]
        assert (row["due_at"], row["ends_at"]) == ("2026-11-05T09:00:00+08:00", "2026-11-08T09:00:00+08:00")

        answer = client.post(
            reverse("api-purchase-plan-approve", args=[plan.pk]), headers={"Idempotency-Key": uuid.uuid4().hex}
        ).json()
        assert (answer["status"], answer["decided_for"], answer["waits_for"]) == ("approved", "谭主席", [])

    def test_a_list_of_many_asks_no_more_than_a_list_of_one(self, client, fund, plan, chef_chen, chair_tan):
        login(client, chef_chen)
        doors = [reverse("purchase-plan-list"), reverse("api-purchase-plan-list"), "/"]
        _first, one = ([statements(client, door) for door in doors] for _time in range(2))
        for number in range(3):
            a_purchase_plan(fund, by=chef_chen, record=f"{number}号")

        assert [statements(client, door) for door in doors] == one

    def test_the_page_of_a_plan_that_waits_asks_twelve_times_at_most(self, client, plan, receiver_wang, on_leave):
        on_leave()
        login(client, receiver_wang)

        assert statements(client, reverse("purchase-plan-detail", args=[plan.pk])) <= 12


def statements(client, door) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(door).status_code == 200
    return len(asked)
