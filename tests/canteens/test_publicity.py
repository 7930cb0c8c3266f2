"""A plan on public notice: everybody reads it and may object; somebody else answers, or time ends it."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from accounts.models import Message
from canteens.selectors.purchase_plans import plan_of_objection
from canteens.services import publicity, purchase_plans
from canteens.services.plan_goods import Goods
from canteens.services.plan_requirements import PlanLacks
from canteens.services.publicity import Intent, NoNoticeAsked, OnNoticeAlready
from canteens.tasks import move_objections_on
from kernel.errors import BadValue
from kernel.workflow import IllegalMove
from losses.permissions import notices_of
from losses.services import sweeping
from records.models import NoticeStatus, Objection
from records.services import notices
from records.services.notices import NoticeEnded
from records.services.participation import AlreadyTookPart
from tests.factories import FRIDAY, MONDAY, TUESDAY, WEDNESDAY, a_fund, a_plan_requirement, a_purchase_plan, login

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
SECOND, DAY = dt.timedelta(seconds=1), dt.timedelta(days=1)
FROM_FEN = 10_000_00
LAST = MONDAY.date() + 3 * DAY  # of three working days on notice
INTENT = Intent(goods="每人大米 10 公斤", sellers="屏山镇的合作社", people=46)
TYPED = {"goods": "每人大米 10 公斤", "sellers": "屏山镇的合作社", "people": "46"}


@pytest.fixture
def plan(school, county, treasurer_zhou, chef_chen, cabbage):
    """A plan of 10,000 yuan that hangs on public notice for three working days, until Thursday."""
    fund = a_fund(school, by=treasurer_zhou, yuan=100_000)
    a_plan_requirement(county, notice_days=3)
    goods = (Goods(cabbage.pk, quantity_g=500_000, ceiling_fen=1_20), Goods(category_id="vegetable"))
    return a_purchase_plan(fund, by=chef_chen, fen=FROM_FEN, goods=goods)


@pytest.fixture
def hanging(plan, chef_chen):
    publicity.put_on_notice(plan, INTENT, by=chef_chen, at=MONDAY)
    plan.refresh_from_db()
    return plan


@pytest.fixture
def objection(hanging):
    return notices.object_to(hanging.notice.lines.get(), words="太贵了，邻县便宜", contact="", at=TUESDAY)


def answer(objection, by, *, upheld=False, words="三家比过价，最低", at=WEDNESDAY):
    return publicity.answer_objection(objection, upheld=upheld, answer=words, by=by, at=at)


class TestNotice:
    def test_everybody_reads_what_is_meant_and_no_person(self, client, hanging, treasurer_zhou):
        page = client.get(reverse("notice", args=[hanging.notice.number])).content.decode()
        told = client.get(reverse("api-notice", args=[hanging.notice.number])).json()

        goods = "总共最多 10,000.00 元：包菜 1,000 斤（500 公斤）每斤最高 1.20 元、蔬菜。"
        for said in (*TYPED.values(), goods, "石财购〔2026〕7号", "还剩 3 个工作日", "中秋"):
            assert said in page
        assert "户" not in page.split("<main")[1].split("</main")[0]
        assert (told["round"], told["households"], told["lines"][0]["yuan"]) == ("plan", 0, "10000.00")
        assert "最多 10,000.00 元" in client.get(reverse("notice-list")).content.decode()

    def test_it_is_approved_at_the_end_of_its_days_and_not_a_second_before(self, hanging, chair_tan):
        with pytest.raises(PlanLacks, match=LAST.isoformat()):
            purchase_plans.approve_plan(hanging, by=chair_tan, at=hanging.notice.ends_at - SECOND)

        assert purchase_plans.approve_plan(hanging, by=chair_tan, at=hanging.notice.ends_at).status == "approved"

    def test_without_a_notice_it_is_refused_with_the_document(self, plan, chair_tan):
        with pytest.raises(PlanLacks, match=r"石财购〔2026〕7号.*3"):
            purchase_plans.approve_plan(plan, by=chair_tan, at=FRIDAY)

    def test_it_is_put_up_once_while_it_waits_where_a_rule_asks(self, hanging, chef_chen, chair_tan):
        small = a_purchase_plan(hanging.fund, by=chef_chen, fen=FROM_FEN - 1, record="2号", occasion="端午")
        with pytest.raises(NoNoticeAsked):
            publicity.put_on_notice(small, INTENT, by=chef_chen, at=MONDAY)
        with pytest.raises(OnNoticeAlready):
            publicity.put_on_notice(hanging, INTENT, by=chef_chen, at=MONDAY)
        purchase_plans.refuse_plan(small, why="不买了", by=chair_tan, at=MONDAY)
        with pytest.raises(IllegalMove):
            publicity.put_on_notice(small, INTENT, by=chef_chen, at=MONDAY)

    @pytest.mark.parametrize("wrong", [{"goods": " "}, {"sellers": " "}, {"people": 0}, {"people": 1_000_001}])
    def test_what_says_nothing_is_refused_in_words(self, plan, chef_chen, wrong):
        said = {"goods": INTENT.goods, "sellers": INTENT.sellers, "people": INTENT.people} | wrong
        with pytest.raises(BadValue):
            publicity.put_on_notice(plan, Intent(**said), by=chef_chen, at=MONDAY)

    def test_a_plan_taken_back_takes_its_notice_down_and_ends_what_was_objected(self, client, objection, chef_chen):
        purchase_plans.withdraw_plan(a_plan_of(objection), by=chef_chen, at=WEDNESDAY)

        plan = a_plan_of(objection)
        objection.refresh_from_db()
        assert (plan.notice.status, objection.status) == (NoticeStatus.WITHDRAWN, "upheld")
        page = client.get(reverse("notice", args=[plan.notice.number])).content.decode()
        assert "单位收回了这份计划" in page

    def test_the_bureau_has_no_desk_over_plans(self, hanging, director_lin):
        assert not notices_of(director_lin).exists()


def a_plan_of(objection):
    return plan_of_objection(objection)


def told_to(user) -> list[str]:
    """Return what this person was told of objections to plans."""
    rows = Message.objects.filter(kind="plan.objection").order_by("pk")
    return [row.body for row in rows if row.phone == user.phone]


class TestObjections:
    def test_anybody_objects_without_a_name_and_the_plan_waits(self, client, hanging, chair_tan):
        number = hanging.notice.number
        said = {"line": str(hanging.notice.lines.get().line_no), "words": "没有说清向谁买", "contact": ""}
        answered = client.post(reverse("notice-object", args=[number]), said | {"idem": str(uuid.uuid4())})

        assert "有人答复以前，计划不往下走" in answered.content.decode()
        with pytest.raises(PlanLacks, match="异议"):
            purchase_plans.approve_plan(hanging, by=chair_tan, at=FRIDAY)

    def test_another_person_answers_and_everybody_reads_it_without_names(self, client, now, objection, chair_tan):
        answer(objection, chair_tan)
        plan = a_plan_of(objection)

        page = client.get(reverse("notice", args=[plan.notice.number])).content.decode()
        assert "三家比过价，最低" in page and "查过了：计划照旧" in page
        assert "太贵了" not in page and chair_tan.person.name not in page
        told = client.get(reverse("api-notice", args=[plan.notice.number])).json()["objections"]
        assert [(row["status"], row["answer"]) for row in told] == [("rejected", "三家比过价，最低")]
        assert purchase_plans.approve_plan(plan, by=chair_tan, at=FRIDAY).status == "approved"

    def test_whoever_drew_it_up_does_not_answer(self, objection, chef_chen, treasurer_zhou):
        with pytest.raises(notices.PublisherMayNotAnswer):
            answer(objection, chef_chen)

    def test_whoever_sent_it_does_not_answer_though_another_put_it_up(self, plan, chef_chen, treasurer_zhou):
        notice = publicity.put_on_notice(plan, INTENT, by=treasurer_zhou, at=MONDAY)
        row = notices.object_to(notice.lines.get(), words="太贵", contact="", at=TUESDAY)
        with pytest.raises(AlreadyTookPart):
            answer(row, chef_chen)

    def test_one_that_is_right_sends_the_plan_back_and_ends_the_others(self, objection, chef_chen, chair_tan):
        other = notices.object_to(objection.line, words="我也觉得", contact="", at=TUESDAY)
        answer(objection, chair_tan, upheld=True, words="确实贵了，重新询价")

        plan = a_plan_of(objection)
        other.refresh_from_db()
        assert (plan.status, plan.notice.status, other.status) == ("refused", "closed", "upheld")
        (told,) = told_to(chef_chen)
        assert "确实贵了" in told
        assert a_purchase_plan(plan.fund, by=chef_chen, fen=FROM_FEN).committee_record == plan.committee_record
        with pytest.raises(NoticeEnded):
            notices.object_to(plan.notice.lines.get(), words="晚了", contact="", at=WEDNESDAY)

    def test_an_answer_has_words_and_is_given_once(self, objection, chair_tan):
        with pytest.raises(BadValue):
            answer(objection, chair_tan, words=" ")
        answer(objection, chair_tan)
        with pytest.raises(IllegalMove):
            answer(objection, chair_tan)


class TestTime:
    def test_who_decides_is_told_once(self, now, objection, chair_tan):
        now.at = TUESDAY

        assert (move_objections_on(), move_objections_on()) == (1, 0)
        (told,) = told_to(chair_tan)
        assert "5 天内答复" in told

    def test_nobody_answers_and_the_plan_goes_back(self, now, objection, chef_chen, chair_tan):
        now.at = TUESDAY
        move_objections_on()
        now.at = objection.at + 5 * DAY - SECOND
        assert move_objections_on() == 0
        now.at = objection.at + 5 * DAY

        assert (move_objections_on(), move_objections_on()) == (1, 0)
        plan = a_plan_of(objection)
        objection.refresh_from_db()
        assert (plan.status, plan.notice.status, objection.status) == ("withdrawn", "closed", "upheld")
        assert objection.answered_by is None and "5 天内没有人答复" in objection.answer
        assert ["已退回" in told for told in told_to(chef_chen)] == [True]
        assert sorted("已退回" in told for told in told_to(chair_tan)) == [False, True]

    def test_a_notice_that_is_over_is_closed_as_others_are(self, hanging):
        assert sweeping.close_notices(at=hanging.notice.ends_at) == 1


class TestDoors:
    def test_page_by_page(self, client, now, plan, chef_chen, chair_tan):
        page, door = (reverse(f"purchase-plan-{name}", args=[plan.pk]) for name in ("detail", "notice"))
        login(client, chef_chen)
        assert door in client.get(page).content.decode()
        wrong = client.post(door, TYPED | {"people": "很多", "idem": "a" * 32})
        assert wrong.status_code == 400 and TYPED["goods"] in wrong.content.decode()
        for _tap in range(2):
            assert client.post(door, TYPED | {"idem": "b" * 32}).status_code == 302
        plan.refresh_from_db()
        row = notices.object_to(plan.notice.lines.get(), words="太贵", contact="139", at=MONDAY)
        reading = reverse("purchase-plan-objection", args=[plan.pk, row.pk])
        assert client.get(reading).status_code == 403
        assert reading not in client.get(page).content.decode()

        login(client, chair_tan)
        assert reading in client.get(page).content.decode()
        assert reading in client.get(reverse("home")).content.decode()
        assert "太贵" in client.get(reading).content.decode()
        said = {"verdict": "rejected", "answer": "比过三家", "idem": "c" * 32}
        assert client.post(reading, said | {"verdict": ""}).status_code == 400
        assert client.post(reading, said).status_code == 302
        assert "比过三家" in client.get(page).content.decode()
        early = client.post(reverse("purchase-plan-approve", args=[plan.pk]), {"idem": "d" * 32}, follow=True)
        assert f"公示到 {LAST.isoformat()} 为止" in early.content.decode()

    def test_programs_do_the_same(self, client, plan, chef_chen, chair_tan):
        def post(name, said, *args):
            headers = {"Idempotency-Key": uuid.uuid4().hex}
            return client.post(reverse(f"api-{name}", args=args), said, "application/json", headers=headers)

        login(client, chef_chen)
        assert post("purchase-plan-notice", TYPED | {"people": 0}, plan.pk).status_code == 400
        hung = post("purchase-plan-notice", TYPED, plan.pk)
        assert (hung.status_code, hung.json()["ends_on"]) == (201, LAST.isoformat())
        plan.refresh_from_db()
        line = plan.notice.lines.get()
        assert post("notice-object", {"line_no": line.line_no, "words": "太贵"}, plan.notice.number).status_code == 201
        row = Objection.objects.get()
        assert post("purchase-plan-objection", {"upheld": False, "answer": "好"}, plan.pk, row.pk).status_code == 403
        login(client, chair_tan)
        answer_it = reverse("api-purchase-plan-objection", args=[plan.pk, row.pk])
        assert client.get(answer_it).json()["words"] == "太贵"
        told = post("purchase-plan-objection", {"upheld": True, "answer": "重新询价"}, plan.pk, row.pk)
        assert (told.status_code, told.json()["status"]) == (200, "upheld")
        listed = client.get(reverse("api-purchase-plan-objections", args=[plan.pk])).json()["results"]
        assert [(row["status"], "words" in row) for row in listed] == [("upheld", False)]
        seen = client.get(reverse("api-purchase-plan-detail", args=[plan.pk])).json()
        assert (seen["status"], seen["notice"], seen["lacking"]) == ("refused", plan.notice.number, [])

    def test_the_plans_page_costs_a_bounded_number_of_statements(
        self, client, objection, chair_tan, django_assert_max_num_queries
    ):
        login(client, chair_tan)
        for number in range(4):
            notices.object_to(objection.line, words=f"第 {number} 条", contact="", at=TUESDAY)
        page = reverse("purchase-plan-detail", args=[a_plan_of(objection).pk])
        with django_assert_max_num_queries(13):
            client.get(page)
