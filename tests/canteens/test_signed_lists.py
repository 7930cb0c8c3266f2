"""The signed list of a union's plan: who is on it, who got what, what differs, and who closes the plan."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from canteens.models import PurchasePlan, SignedLine, SignedList, SignedSheet
from canteens.selectors.signed_lists import differences, lists_to_sign_off
from canteens.services import purchase_plans, register_canteen, signed_lists, union_members
from canteens.services.signed_lists import Answer, read_numbers, spans
from canteens.services.union_members import ListedMember
from kernel.errors import BadValue
from kernel.workflow import IllegalMove
from records.models import Attachment, Reading
from records.services.participation import AlreadyTookPart
from tests.factories import MONDAY, TUESDAY, a_fund, a_purchase_plan, login
from tests.guards.rows import force
from tests.orders.steps import a_stored_photo
from tests.orders.test_shown_again import a_photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
DAY, TODAY = dt.timedelta(days=1), MONDAY.date()
NAMES = ["王小明", "李大海", "陈桂英"]


@pytest.fixture
def plan(school, treasurer_zhou, chef_chen, chair_tan):
    """A festival's plan of three members without a list, of which 600 yuan were taken."""
    register_canteen(school, mode="own", heads=900, union_members=3, address="琴江镇")
    plan = a_purchase_plan(a_fund(school, by=treasurer_zhou), by=chef_chen, fen=900_00, per_head_fen=300_00)
    plan = purchase_plans.approve_plan(plan, by=chair_tan, at=MONDAY)
    force(plan, accepted_fen=600_00)
    plan.refresh_from_db()
    return plan


@pytest.fixture
def row(plan, treasurer_zhou):
    return signed_lists.open_list(plan, "大米 10 千克", "\n".join(NAMES), by=treasurer_zhou, at=TUESDAY)


@pytest.fixture
def photo(row, treasurer_zhou):
    return signed_lists.add_photo(row, a_stored_photo(treasurer_zhou, TUESDAY), by=treasurer_zhou, at=TUESDAY).pk


@pytest.fixture
def answered(row, photo, treasurer_zhou):
    """Answer all lines: two got goods, one did not."""
    say = {"by": treasurer_zhou, "at": TUESDAY}
    signed_lists.answer_lines(row, Answer("got", (1, 2), photo=photo), **say)
    signed_lists.answer_lines(row, Answer("refused", (3,), reason="出差在外"), **say)
    return row


def test_lines_are_the_members_of_the_approval_day(school, plan, treasurer_zhou, chair_tan):
    union_list = union_members.propose_list(
        school, [ListedMember(name) for name in NAMES], on=TODAY, document_number="5号", by=treasurer_zhou, at=MONDAY
    )
    union_members.enter_list(union_list, by=chair_tan, at=MONDAY)

    row = signed_lists.open_list(plan, "大米", by=treasurer_zhou, at=TUESDAY)
    assert {line.name for line in row.lines.all()} == set(NAMES)
    assert row.lines.count() == 3 and not row.lines.exclude(name_sealed="").exists()
    signed_lists.add_names(row, "钱新来", by=treasurer_zhou, at=TUESDAY)
    found = differences(row)
    assert (found.without_line, found.beyond, found.lines) == ([], [4], 4)


def test_members_without_a_line_are_named(school, plan, row, treasurer_zhou, chair_tan):
    union_list = union_members.propose_list(
        school, [ListedMember("赵晚到")], on=TODAY, document_number="5号", by=treasurer_zhou, at=MONDAY
    )
    union_members.enter_list(union_list, by=chair_tan, at=MONDAY)

    found = differences(row)
    assert ([member.name for member in found.without_line], found.beyond) == (["赵晚到"], [1, 2, 3])


@pytest.mark.parametrize("names", ["钱新来", "王 小明", "123", " \n"])
def test_names_beyond_the_members_twice_or_none_are_refused(row, treasurer_zhou, names):
    with pytest.raises(BadValue):
        signed_lists.add_names(row, names, by=treasurer_zhou, at=TUESDAY)
    assert row.lines.count() == 3


def test_two_of_one_name_are_told_apart(plan, treasurer_zhou):
    row = signed_lists.open_list(plan, "大米", "王小明\n王小明（后勤）", by=treasurer_zhou, at=TUESDAY)

    assert [line.name for line in row.lines.order_by("number")] == ["王小明", "王小明(后勤)"]


@pytest.mark.parametrize("changes", [{"kind": "season"}, {"per_head_fen": None, "members": None}])
def test_only_a_plan_with_a_sum_a_head_for_an_occasion_has_a_list(plan, treasurer_zhou, changes):
    force(plan, **changes)
    with pytest.raises(signed_lists.NotListed):
        signed_lists.open_list(plan, "大米", by=treasurer_zhou, at=TUESDAY)


def test_a_plan_has_one_list(plan, row, treasurer_zhou):
    with pytest.raises(signed_lists.ListOpened):
        signed_lists.open_list(plan, "大米", by=treasurer_zhou, at=TUESDAY)


def test_many_lines_are_answered_by_few_statements(row, photo, treasurer_zhou):
    with CaptureQueriesContext(connection) as asked:
        signed_lists.answer_lines(row, Answer("got", (1, 2, 3), photo=photo), by=treasurer_zhou, at=TUESDAY)

    assert len(asked) <= 15
    assert differences(row).given_fen == 900_00


@pytest.mark.parametrize(
    "said",
    [
        {"worth_fen": 300_01},
        {"worth_fen": 0},
        {"photo": None},
        {"numbers": (3, 4)},
        {"answer": "refused", "reason": " "},
    ],
)
def test_an_answer_that_cannot_be_is_refused_whole(row, photo, treasurer_zhou, said):
    answer = Answer(**{"answer": "got", "numbers": (1,), "photo": photo} | said)
    with pytest.raises(BadValue):
        signed_lists.answer_lines(row, answer, by=treasurer_zhou, at=TUESDAY)
    assert not SignedSheet.objects.exists()


def test_a_line_is_answered_anew_only_where_that_is_said(answered, treasurer_zhou):
    again = {"answer": "refused", "numbers": (2, 3), "reason": "写错了"}
    with pytest.raises(signed_lists.AnsweredBefore, match="2-3"):
        signed_lists.answer_lines(answered, Answer(**again), by=treasurer_zhou, at=TUESDAY)
    signed_lists.answer_lines(answered, Answer(**again, anew=True), by=treasurer_zhou, at=TUESDAY)

    assert (differences(answered).refused, SignedSheet.objects.count()) == (2, 3)


class TestClosing:
    def test_a_plan_whose_goods_were_taken_needs_its_list(self, plan, chair_tan):
        with pytest.raises(signed_lists.ListMissing):
            purchase_plans.close_plan(plan, by=chair_tan, at=TUESDAY)

    def test_a_plan_of_which_nothing_was_taken_needs_none(self, plan, chair_tan):
        force(plan, accepted_fen=0)

        assert purchase_plans.close_plan(plan, by=chair_tan, at=TUESDAY).status == "closed"

    def test_each_line_is_answered_first(self, plan, row, chair_tan):
        with pytest.raises(signed_lists.LinesOpen, match="1-3"):
            purchase_plans.close_plan(plan, explained="都好", by=chair_tan, at=TUESDAY)

    def test_another_person_signs_off_and_the_list_stays(self, plan, answered, treasurer_zhou, chair_tan):
        assert lists_to_sign_off(chair_tan).get() == answered
        with pytest.raises(AlreadyTookPart):
            purchase_plans.close_plan(plan, by=treasurer_zhou, at=TUESDAY)

        assert purchase_plans.close_plan(plan, explained="没有差异", by=chair_tan, at=TUESDAY).status == "closed"
        answered.refresh_from_db()
        assert (answered.status, answered.explained, answered.decided_by) == ("closed", "", chair_tan)
        with pytest.raises(IllegalMove):
            signed_lists.add_names(answered, "钱新来", by=treasurer_zhou, at=TUESDAY)

    @pytest.mark.parametrize("accepted_fen", [599_99, 600_01])
    def test_what_differs_by_a_fen_is_explained(self, plan, answered, chair_tan, accepted_fen):
        force(plan, accepted_fen=accepted_fen)
        with pytest.raises(signed_lists.DifferencesOpen):
            purchase_plans.close_plan(plan, explained=" ", by=chair_tan, at=TUESDAY)
        purchase_plans.close_plan(plan, explained="一袋破损退回", by=chair_tan, at=TUESDAY)

        assert SignedList.objects.get().explained == "一袋破损退回"


@pytest.mark.parametrize(
    ("typed", "read"),
    [("1-3，5", (1, 2, 3, 5)), ("３、1", (1, 3)), ("1 – 2; 2", (1, 2)), ("2至4", (2, 3, 4))],
)
def test_numbers_are_read_as_they_are_typed(typed, read):
    assert read_numbers(typed) == read


@pytest.mark.parametrize("typed", ["", "0", "3-1", "一", "1-", "99999", "1--"])
def test_numbers_that_are_none_are_refused(typed):
    with pytest.raises(BadValue):
        read_numbers(typed)


def test_numbers_are_written_short():
    assert spans([1, 2, 3, 5, 7, 8]) == "1-3, 5, 7-8"
    assert spans(range(1, 100, 2)).endswith(" …")


def fill(client, plan, name, key, **said):
    return client.post(reverse(f"signed-list-{name}", args=[plan.pk]), said | {"idem": key * 32})


def test_page_by_page_from_the_treasurer_to_the_chair(client, plan, treasurer_zhou, chair_tan):
    login(client, treasurer_zhou)
    page = reverse("signed-list", args=[plan.pk])
    assert page in client.get(reverse("purchase-plan-detail", args=[plan.pk])).content.decode()
    assert fill(client, plan, "open", "a", goods="大米", names="\n".join([*NAMES, "多一人"])).status_code == 400
    assert fill(client, plan, "open", "b", goods="大米", names="\n".join(NAMES)).headers["Location"] == page
    paper = client.get(reverse("signed-list-print", args=[plan.pk])).content.decode()
    assert "王小明" in paper and "大米" in paper
    assert fill(client, plan, "photo", "c", photo=a_photo()).status_code == 302
    [sheet] = client.get(page).context["photos"]
    picture = client.get(sheet.url)
    assert picture.headers["Content-Type"] == "image/webp"
    assert b"".join(picture.streaming_content)

    got = {"numbers": "1-2", "answer": "got", "worth": "", "reason": ""}
    refused = fill(client, plan, "answer", "d", **got, sheet="")
    assert refused.status_code == 400 and 'value="1-2"' in refused.content.decode()
    photo = Attachment.objects.get(document=SignedList.objects.get().reference).pk
    assert fill(client, plan, "answer", "d", **got, sheet=photo).status_code == 302
    assert fill(client, plan, "answer", "e", numbers="3", answer="refused", reason="出差").status_code == 302
    narrowed = client.get(page, {"state": "refused"})
    assert [line.number for line in narrowed.context["rows"]] == [3]

    force(plan, accepted_fen=500_00)
    close = reverse("purchase-plan-close", args=[plan.pk])
    assert client.post(close, {"idem": "f" * 32}).status_code == 403
    login(client, chair_tan)
    shown = client.get(page).content.decode()
    assert "王*明" in shown and "王小明" not in shown and close in shown
    assert client.post(close, {"idem": "f" * 32, "explained": " "}).status_code == 409
    assert client.post(close, {"idem": "f" * 32, "explained": "补发两袋"}).status_code == 302
    assert PurchasePlan.objects.get(pk=plan.pk).status == "closed"
    assert "补发两袋" in client.get(page).content.decode()
    assert set(Reading.objects.values_list("door", flat=True)) == {"signed-list"}


def test_the_buyer_who_may_not_read_members_sees_no_list(client, plan, row, chef_chen):
    login(client, chef_chen)
    page = reverse("signed-list", args=[plan.pk])

    assert client.get(page).status_code == 403
    assert page not in client.get(reverse("purchase-plan-detail", args=[plan.pk])).content.decode()


def test_programs_keep_the_list_as_people_do(client, plan, treasurer_zhou, chair_tan):
    def post(name, said, **how):
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        how = how or {"content_type": "application/json"}
        return client.post(reverse(f"api-{name}", args=[plan.pk]), said, headers=headers, **how)

    login(client, treasurer_zhou)
    assert post("signed-list", {"goods": "大米", "names": NAMES[:2]}).status_code == 201
    assert post("signed-list-names", {"names": NAMES[2:]}).json()["lines"] == 3
    shown = client.post(
        reverse("api-signed-list-photo", args=[plan.pk]), {"photo": a_photo()}, headers={"Idempotency-Key": "1"}
    )
    assert shown.status_code == 201
    photo = shown.json()["photos"][0]["id"]
    assert post("signed-list-answer", {"numbers": [1, 2], "answer": "got", "photo": photo}).json()["given"] == "600.00"
    refused = post("signed-list-answer", {"numbers": [3], "answer": "refused", "reason": "出差"})
    assert refused.json()["unanswered"] == 0
    lines = client.get(reverse("api-signed-list-lines", args=[plan.pk])).json()["results"]
    assert [line["answer"] for line in lines] == ["got", "got", "refused"] and lines[0]["name"] == NAMES[0]

    login(client, chair_tan)
    names = client.get(reverse("api-signed-list-lines", args=[plan.pk]), {"state": "got"}).json()["results"]
    assert [line["name"] for line in names] == ["王*明", "李*海"]
    assert post("purchase-plan-close", {}).json()["status"] == "closed"
    assert client.get(reverse("api-signed-list", args=[plan.pk])).json()["status"] == "closed"


def test_a_list_of_hundreds_is_shown_by_few_statements(client, plan, row, chair_tan):
    lines = [SignedLine(list=row, number=number) for number in range(4, 400)]
    for line in lines:
        line.typed_name = "某人"
    SignedLine.objects.bulk_create(lines)
    login(client, chair_tan)
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("signed-list", args=[plan.pk]))

    assert len(asked) <= 22
