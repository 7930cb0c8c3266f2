"""The log: who did what to which document, who looked at whose data; for the auditor alone."""

import ast
import datetime as dt
import io
import re
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse

from accounts.models import Message
from accounts.services.readings import AnsweredAlready, OwnReading, answer_mass_reading, note_reading
from kernel.errors import BadValue
from launch.translations import ROOMS
from records.models import Event, MassReading, Move, Reading
from records.services import events
from reports.filters import log_asked
from reports.pages import log as log_pages
from reports.pages.documents import DOCUMENTS
from tests.factories import MONDAY, a_household, a_user, login

pytestmark = pytest.mark.django_db
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)


@pytest.fixture
def second_auditor(auditor):
    return a_user("何审计", "auditor", auditor.person.memberships.get().organisation)


def a_move(by, *, document="order:1", before="awaiting", after="asking", at=MONDAY, note=""):
    return Move.objects.create(document=document, before=before, after=after, by=by, at=at, note=note)


def shown(client, **limits) -> list[str]:
    """Return the documents that page and API list, which must be the same."""
    rows = client.get(reverse("api-log"), limits).json()["results"]
    page = client.get(reverse("log"), limits).content.decode()
    assert page.count('data-label="单据"') == len(rows)
    return [row["document"] for row in rows]


# --- Words ----------------------------------------------------------------------------------------


def recorded_kinds() -> set[str]:
    """Return the kinds of events that the code records, written as a word or as a constant of its module."""
    kinds = set()
    for file in (file for room in ROOMS for file in (Path(settings.BASE_DIR) / room).rglob("*.py")):
        tree = ast.parse(file.read_text())
        constants = {
            node.targets[0].id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("events.record", "events.record_all"):
                kind = node.args[0]
                kinds.add(kind.value if isinstance(kind, ast.Constant) else constants.get(kind.id, ast.unparse(kind)))
    return kinds


def test_every_event_and_every_kind_of_document_has_its_words():
    assert recorded_kinds() - {"LOOKED_AT"} <= set(log_pages.EVENTS)
    assert set(log_pages.kinds()) - {"scheme"} <= set(DOCUMENTS)


def test_the_auditor_reads_who_did_what_in_words(client, auditor, xiuying, chair_tan):
    a_move(chair_tan, note="已核对")
    events.record("claim.awarded", "claim:3", by=xiuying, at=MONDAY + MINUTE, amount_fen=100)
    a_move(None, document="claim:4", before="", after="filed", at=MONDAY + 2 * MINUTE)

    page = login(client, auditor).get(reverse("log")).content.decode()

    assert "谭主席" in page and "等审批 → 正在问农户" in page and "已核对" in page and "订单 1" in page
    assert "黄*英" in page and "黄秀英" not in page and "救助已批准" in page  # she holds no post
    assert "系统自动" in page and "新建：" in page
    assert reverse("log") in client.get("/").content.decode()


def test_numbers_in_a_note_are_masked(client, auditor, chair_tan):
    a_move(chair_tan, note="卡号 6217990000000000017 身份证 36213719800101001X 电话 13800990901")

    login(client, auditor)
    page, row = client.get(reverse("log")).content.decode(), client.get(reverse("api-log")).json()["results"][0]

    for text in (page, row["note"]):
        assert "***0017" in text and "***001X" in text and "***0901" in text
        assert "6217990000" not in text and "3621371980" not in text and "1380099" not in text


# --- The list -------------------------------------------------------------------------------------


def test_moves_and_events_stand_in_one_order_and_are_paged_both_ways(client, auditor, chair_tan):
    for number in range(70):
        a_move(chair_tan, document=f"order:{number}", at=MONDAY + number * MINUTE)
        events.record("claim.filed", f"claim:{number}", by=None, at=MONDAY + number * MINUTE + MINUTE / 2)
    login(client, auditor)

    first = client.get(reverse("api-log")).json()
    second = client.get(reverse("api-log"), {"cursor": first["next"]}).json()
    third = client.get(reverse("api-log"), {"cursor": second["next"]}).json()
    back = client.get(reverse("api-log"), {"cursor": third["previous"]}).json()

    names = [row["document"] for page in (first, second, third) for row in page["results"]]
    assert names == [f"{kind}:{number}" for number in range(69, -1, -1) for kind in ("claim", "order")]
    assert (first["previous"], third["next"]) == (None, None)
    assert back["results"] == second["results"]
    assert client.get(reverse("api-log"), {"cursor": "WyJhIiwgIngiLCAieSJd"}).json() == first  # made by hand


def test_the_list_is_narrowed_by_day_kind_document_and_person(client, auditor, chair_tan, xiuying):
    a_move(chair_tan, document="order:1", at=MONDAY - DAY)
    a_move(chair_tan, document="order:2")
    a_move(xiuying, document="order:12", at=MONDAY + MINUTE)
    events.record("claim.filed", "claim:3", by=xiuying, at=MONDAY + 2 * MINUTE)
    login(client, auditor)

    assert shown(client) == ["claim:3", "order:12", "order:2", "order:1"]
    assert shown(client, kind="order") == ["order:12", "order:2", "order:1"]
    assert shown(client, kind="order", first="2026-11-02") == ["order:12", "order:2"]
    assert shown(client, last="2026-11-01") == ["order:1"]
    assert shown(client, document="order:1") == ["order:1"]
    assert shown(client, person=str(xiuying.pk)) == ["claim:3", "order:12"]
    assert shown(client, person=str(xiuying.pk), kind="claim") == ["claim:3"]


@pytest.mark.parametrize("document", ["claim:abc", "claim:", "claim", "batch:x", "registerchange:1"])
def test_the_name_of_no_document_finds_nothing_and_breaks_nothing(client, auditor, document):
    login(client, auditor)

    assert client.get(reverse("log"), {"document": document}).status_code == 200


@pytest.mark.parametrize(
    "bad",
    [{"first": "gestern"}, {"kind": "house"}, {"person": "1"}, {"first": "2026-11-02", "last": "2026-11-01"}],
)
def test_limits_that_cannot_be_read_are_said(client, auditor, bad):
    login(client, auditor)

    for door in ("log", "log-export", "api-log"):
        assert client.get(reverse(door), bad).status_code == 400


def test_the_spreadsheet_holds_the_same_rows(client, auditor, chair_tan, monkeypatch):
    monkeypatch.setattr("reports.selectors.log.ROWS_AT_ONCE", 3)
    monkeypatch.setattr("reports.views.log.MOST_WRITTEN", 7)
    for number in range(10):
        a_move(chair_tan, document=f"order:{number}", at=MONDAY + number * MINUTE, note="6217990000000000017")
    a_move(chair_tan, document="claim:1", at=MONDAY + DAY)

    answer = login(client, auditor).get(reverse("log-export"), {"kind": "order"})

    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("时间", "谁", "做了什么", "单据", "说明")
    assert [row[3] for row in rows[1:]] == [f"订单 {number}" for number in range(9, 2, -1)]
    assert rows[1][4] == "***************0017"


def test_each_question_is_answered_by_its_index(auditor, chair_tan, django_assert_num_queries):
    """A page of ten million rows costs what the first fifty cost: no plan reads a table from end to end."""
    Move.objects.bulk_create(
        Move(document=f"order:{n}", before="a", after="b", by=chair_tan, at=MONDAY + n * MINUTE) for n in range(3000)
    )
    Event.objects.bulk_create(Event(kind="claim.filed", document=f"claim:{n}", at=MONDAY) for n in range(3000))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # what is read from end to end then has no index to go by

    for asked in (
        {},
        {"kind": "claim"},
        {"person": str(chair_tan.pk)},
        {"first": "2026-11-03"},
        {"document": "order:7"},
    ):
        acts, _form = log_asked(asked, log_pages.kinds())
        for rows in (acts.moves, acts.events):
            plan = rows.order_by("-at")[:51].explain()
            assert "Seq Scan on records_" not in plan, (asked, plan)


# --- Who looked -----------------------------------------------------------------------------------


def test_a_look_at_the_register_is_written_down(client, relief_clerk, changxi):
    for name in ("黄小一", "黄小二"):
        a_household(changxi, name=name)

    login(client, relief_clerk).get(reverse("household-list"))
    client.get(reverse("register", args=["cards"]))
    client.get(reverse("register-export", args=["cards"]))
    client.get(reverse("api-register", args=["cards"]))
    client.get(reverse("register", args=["channels"]))  # nobody stands there

    seen = list(Reading.objects.order_by("pk").values_list("by", "door", "people"))
    assert seen == [
        (relief_clerk.pk, "household-list", 2),
        *[(relief_clerk.pk, "register:cards", 2)] * 3,
    ]


def test_whoever_reads_of_very_many_is_shown_once_a_day_and_the_auditors_are_told(relief_clerk, auditor, now):
    for number in range(5):
        note_reading(by=relief_clerk, door="household-list", people=100, at=MONDAY + number * MINUTE)

    flag = MassReading.objects.get()
    assert (flag.by, flag.people, flag.on) == (relief_clerk, 300, MONDAY.date())
    bodies = [message.body for message in Message.objects.filter(kind="reading.mass")]
    assert bodies == ["廖主任一小时内看了 300 个人的资料。请问清原因，把答复记下来。"]

    note_reading(by=relief_clerk, door="household-list", people=299, at=MONDAY + DAY)
    note_reading(by=relief_clerk, door="household-list", people=1, at=MONDAY + DAY + 60 * MINUTE)
    assert MassReading.objects.count() == 1  # never 300 within the hour
    note_reading(by=relief_clerk, door="household-list", people=299, at=MONDAY + DAY + 61 * MINUTE)
    assert MassReading.objects.count() == 2


def test_every_door_of_personal_data_has_its_words_in_the_log():
    calls = re.compile(r'note_reading\([^)]*door="([^"]+)"')
    doors = {
        door
        for room in settings.OUR_APPS
        for file in (Path(settings.BASE_DIR) / room).rglob("*.py")
        for door in calls.findall(file.read_text("utf-8"))
    }

    assert {"driver-day", "household-list"} <= doors <= set(log_pages.READ_AT)


def test_an_auditor_asks_why_and_writes_the_answer_down(client, auditor, second_auditor, relief_clerk, now):
    note_reading(by=relief_clerk, door="register:cards", people=400, at=MONDAY)
    flag = MassReading.objects.get()
    home = login(client, auditor).get("/").content.decode()
    page = client.get(reverse("readings")).content.decode()
    assert "大量查看个人资料" in home and "廖主任一小时内看了 400 人的资料" in page and "银行卡" in page

    answer = reverse("mass-reading-answer", args=[flag.pk])
    assert client.post(answer, {"idem": "a" * 32, "answer": ""}).status_code == 302
    flag.refresh_from_db()
    assert flag.asked_at is None
    client.post(answer, {"idem": "b" * 32, "answer": "核对全部银行卡"})

    flag.refresh_from_db()
    assert (flag.asked_by, flag.answer) == (auditor, "核对全部银行卡")
    page = client.get(reverse("readings")).content.decode()
    assert "核对全部银行卡" in page and "严审计" in page
    with pytest.raises(AnsweredAlready):
        answer_mass_reading(flag, answer="又问", by=second_auditor, at=MONDAY)


def test_nobody_answers_for_the_own_reading(auditor, second_auditor, relief_clerk):
    note_reading(by=auditor, door="register:posts", people=400, at=MONDAY)
    flag = MassReading.objects.get()

    with pytest.raises(OwnReading):
        answer_mass_reading(flag, answer="我看的", by=auditor, at=MONDAY)
    with pytest.raises(BadValue):
        answer_mass_reading(flag, answer="  ", by=second_auditor, at=MONDAY)
    answer_mass_reading(flag, answer="核对岗位", by=second_auditor, at=MONDAY)

    assert [message.phone for message in Message.objects.filter(kind="reading.mass")] == [second_auditor.phone]


def test_a_program_reads_and_answers_the_same(client, auditor, relief_clerk, now):
    note_reading(by=relief_clerk, door="household-list", people=400, at=MONDAY)
    login(client, auditor)

    [row] = client.get(reverse("api-readings"), {"person": str(relief_clerk.pk)}).json()["results"]
    assert (row["name"], row["door"], row["people"]) == ("廖主任", "household-list", 400)
    [flag] = client.get(reverse("api-mass-readings")).json()["results"]
    answered = client.post(
        reverse("api-mass-reading-answer", args=[flag["id"]]),
        {"answer": "核对名册"},
        content_type="application/json",
        HTTP_IDEMPOTENCY_KEY="k" * 20,
    )

    assert answered.status_code == 200 and answered.json()["answer"] == "核对名册"
    assert client.get(reverse("api-readings"), {"day": "2026-11-01"}).json()["results"] == []


def test_no_one_else_reads_the_log(client, relief_clerk, director_lin, treasurer_zhou):
    for user in (relief_clerk, director_lin, treasurer_zhou):
        login(client, user)
        for door in ("log", "log-export", "api-log", "readings", "api-readings", "api-mass-readings"):
            assert client.get(reverse(door)).status_code == 403, door
