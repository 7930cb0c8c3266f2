"""The pages and endpoints of registers, as their two hands use them."""

import io
import re
import uuid

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Channel, Membership, Organisation
from records.models import CalendarDay, PolicyValue
from records.selectors.policy import policy
from registers.models import RegisterChange
from registers.pages.desks import desk_of
from registers.services import changes
from registers.services.rules import all_rules
from tests import factories
from tests.factories import MONDAY, login

pytestmark = pytest.mark.django_db
TODAY = MONDAY.date()


@pytest.fixture(autouse=True)
def at_nine(now):
    return now


def ask(client, page, /, *keys, **typed):
    return client.post(
        reverse(page, args=keys), {"idem": uuid.uuid4().hex, "document_number": "石府办〔2026〕7号"} | typed
    )


def read(client, page, /, *keys, **asked):
    answer = client.get(reverse(page, args=keys), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_clerk_proposes_on_a_page_and_the_director_confirms_on_another(client, relief_clerk, director_lin, county):
    login(client, relief_clerk)
    sent = ask(
        client, "register-new", "organisations", name="石城县第五小学", kind="buyer", channel="学校", place="石城县"
    )
    assert sent.status_code == 400 and "请选择这个采购单位的渠道" in sent.content.decode()
    factories.an_organisation("buyer", "石城县第一中学", county, channel="school")
    channel = Channel.objects.get(pk="school").name_zh

    sent = ask(
        client, "register-new", "organisations", name="石城县第五小学", kind="buyer", channel=channel, place="石城县"
    )

    change = RegisterChange.objects.get()
    assert sent.url == reverse("register-change", args=[change.pk])
    page = read(client, "register-change", change.pk)
    assert "石城县第五小学" in page and "收回" in page and "/confirm/" not in page
    login(client, director_lin)
    assert "石城县第五小学" in read(client, "home")
    assert "/confirm/" in read(client, "register-change", change.pk)
    client.post(reverse("register-change-confirm", args=[change.pk]), {"idem": "1"})
    assert Organisation.objects.filter(name="石城县第五小学").exists()
    assert "石城县第五小学" in read(client, "register", "organisations", q="第五")
    assert "石城县第五小学" not in read(client, "register", "organisations", q="第六")


def test_what_was_typed_stays_when_it_is_refused(client, relief_clerk, county):
    login(client, relief_clerk)

    page = ask(
        client, "register-new", "organisations", name="石城县第五小学", kind="village", place="没有的镇"
    ).content.decode()

    assert "石城县第五小学" in page and "没有叫“没有的镇”的地方" in page


def test_an_organisation_is_renamed_old_and_new_side_by_side(client, relief_clerk, director_lin, school):
    login(client, relief_clerk)
    assert "石城县第一中学" in read(client, "register-edit", "organisations", school.pk)
    ask(
        client,
        "register-edit",
        "organisations",
        school.pk,
        organisation=school.pk,
        name="石城县实验中学",
        place="石城县",
    )

    change = RegisterChange.objects.get()
    page = read(client, "register-change", change.pk)
    assert "石城县第一中学" in page and "石城县实验中学" in page
    login(client, director_lin)
    client.post(reverse("register-change-confirm", args=[change.pk]), {"idem": "1"})
    school.refresh_from_db()
    assert school.name == "石城县实验中学"


def a_file(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("行.xlsx", out.getvalue())


def test_a_file_of_posts_names_every_faulty_cell_or_is_proposed_whole(client, principal, second_principal, school):
    login(client, principal)
    head = ["姓名", "身份证号", "手机号", "单位", "岗位", "管辖范围", "从哪天起", "到哪天止", "代谁"]
    rows = [
        [
            "秦小妹",
            factories.an_id_number(501),
            "13900000501",
            "石城县第一中学",
            "食堂采购员",
            "",
            "2026-11-02",
            "",
            "",
        ],
        ["尹大姐", factories.an_id_number(502), "13900000502", "石城县第一中学", "验收员", "", "2026-11-02", "", ""],
    ]
    wrong = [*rows[1][:4], "没有的岗位", *rows[1][5:]]
    refused = ask(client, "register-rows", "posts", file=a_file(head, rows[0], wrong))
    assert refused.status_code == 400 and "E3" in refused.content.decode()
    assert not RegisterChange.objects.exists()

    ask(client, "register-rows", "posts", file=a_file(head, *rows))

    change = RegisterChange.objects.get()
    assert "尹大姐" in read(client, "register-change", change.pk)
    login(client, second_principal)
    client.post(reverse("register-change-confirm", args=[change.pk]), {"idem": "1"})
    assert set(Membership.objects.filter(person__born_on__isnull=False).values_list("role", flat=True)) >= {
        "buyer", "receiver",
    }  # fmt: skip


def test_the_file_to_fill_in_is_understood_and_the_list_is_written_out(client, relief_clerk, school):
    login(client, relief_clerk)
    empty = client.get(reverse("register-empty-file", args=["organisations"]))
    book = openpyxl.load_workbook(io.BytesIO(empty.content))
    assert [cell.value for cell in book.worksheets[0][1]] == [
        "名称",
        "类别",
        "采购渠道",
        "所在地",
        "联系电话",
        "统一社会信用代码",
    ]

    whole = client.get(reverse("register-export", args=["organisations"]), {"q": "第一"})

    rows = list(openpyxl.load_workbook(io.BytesIO(whole.content)).active.values)
    assert [row[0] for row in rows] == ["名称", "石城县第一中学"]


def test_a_rule_changes_from_tomorrow_on_and_never_backwards(client, director_lin, clerk_ma):
    login(client, director_lin)
    for day, value, status in (("2026-11-02", "20", 400), ("2026-11-03", "61", 400), ("2026-11-03", "20", 302)):
        answer = ask(client, "register-new", "policies", name="payment_days", value=value, from_on=day)
        assert answer.status_code == status, answer.content.decode()
    login(client, clerk_ma)
    client.post(reverse("register-change-confirm", args=[RegisterChange.objects.get().pk]), {"idem": "1"})

    row = PolicyValue.objects.get()
    assert (row.set_by, row.confirmed_by, row.document) == (director_lin, clerk_ma, "石府办〔2026〕7号")
    assert [policy("payment_days", day) for day in (TODAY, row.from_on)] == [30, 20]
    earlier = ask(client, "register-new", "policies", name="payment_days", value="25", from_on="2026-11-03")
    assert "已有从 2026-11-03 起生效的数值" in earlier.content.decode()


def test_days_of_a_year_nobody_knows_yet_come_by_a_file(client, director_lin, clerk_ma):
    login(client, director_lin)
    rows = [["日期", "是工作日吗"], ["2031-01-01", "否"], ["2031-01-02", "是"]]
    twice = ask(client, "register-rows", "calendar", file=a_file(*rows, rows[1]))
    assert twice.status_code == 400 and "有两行写的是同一项" in twice.content.decode()

    ask(client, "register-rows", "calendar", file=a_file(*rows))
    login(client, clerk_ma)
    client.post(reverse("register-change-confirm", args=[RegisterChange.objects.get().pk]), {"idem": "1"})

    assert list(CalendarDay.objects.order_by("day").values_list("is_workday", flat=True)) == [False, True]


def test_programs_propose_and_decide_as_pages_do(client, relief_clerk, director_lin):
    login(client, relief_clerk)
    row = {"code": "temple", "name_zh": "寺院", "name_en": "Temples", "position": "40", "runs_canteen": "on"}
    path, body = reverse("api-register-propose", args=["channels"]), {"document_number": "7号", "rows": [row]}
    send = {"content_type": "application/json", "headers": {"Idempotency-Key": "a"}}
    assert client.post(path, {**body, "rows": [row | {"position": "x"}]}, **send).status_code == 400

    proposed = client.post(path, body, **send)

    assert (proposed.status_code, proposed.json()["rows"][0]["title"]) == (201, "寺院")
    key = proposed.json()["id"]
    assert client.post(path, body, **send).json()["id"] == key  # sent again, it acted once
    assert client.post(reverse("api-register-change-confirm", args=[key]), **send).status_code == 403
    login(client, director_lin)
    assert client.post(reverse("api-register-change-confirm", args=[key]), **send).json()["status"] == "confirmed"
    rows = client.get(reverse("api-register", args=["channels"])).json()["results"]
    assert {"id": "temple"}.items() <= rows[-1].items() and rows[-1]["cells"]["name_zh"] == "寺院"


def test_lists_cost_the_same_however_long_they_are(client, relief_clerk, county, django_assert_max_num_queries):
    login(client, relief_clerk)
    for number in range(60):
        factories.an_organisation("village", f"第{number}村民委员会", county)

    with django_assert_max_num_queries(12):
        page = read(client, "register", "organisations")

    assert page.count("<tr>") == 21


@pytest.mark.parametrize("key", sorted(rules.key for rules in all_rules()))
def test_every_register_is_listed_written_out_and_read_by_programs(key, client, auditor, xiuying_household, school):
    factories.a_fund(school)
    login(client, auditor)

    for name in ("register", "register-export", "api-register"):
        answer = client.get(reverse(name, args=[key]))
        assert answer.status_code == 200, (name, answer.content[:300])


def test_lists_of_rows_known_by_no_number_go_on_behind_their_first_page(client, relief_clerk, changxi):
    for serial in range(25):
        factories.a_household(changxi, name=f"户主{'甲乙丙丁戊己庚辛壬癸'[serial % 10]}")
        changes.propose(
            "channels",
            [{"code": f"c{serial}x", "name_zh": f"渠道{serial}", "name_en": f"C{serial}", "position": 50 + serial}],
            document_number="1",
            by=relief_clerk,
            at=MONDAY,
        )
    login(client, relief_clerk)

    for name, keys, rows in (("register", ["cards"], "<tr>"), ("register-changes", [], 'class="row"')):
        first = read(client, name, *keys)
        (cursor,) = set(re.findall(r"cursor=([\w-]+)", first))
        second = read(client, name, *keys, cursor=cursor)
        assert (first.count(rows) % 10, second.count(rows) % 10) in ((1, 6), (0, 5)), name

    (onwards,) = re.findall(r'href="([^"]*cursor=[^"]*)"', read(client, "register-changes", state="others"))
    assert "state=others" in onwards, "the next page is of the same list"


@pytest.mark.parametrize("key", [rules.key for rules in all_rules() if desk_of(rules.key).by_file])
def test_the_example_of_a_file_to_fill_in_can_be_read(key):
    """What an office copies from must not be refused: each word is one to choose, each number has its check digit."""
    desk = desk_of(key)
    rows = [desk.example, *(desk.file_rows or (lambda _day: []))(MONDAY.date())]

    for row in (rows[0], rows[-1]):
        assert desk.form(row).errors == {}
        assert set(row) <= set(desk.form.fields_of_row())


def test_the_file_to_fill_in_names_the_words_to_choose(client, security_wu):
    login(client, security_wu)
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(reverse("register-empty-file", args=["posts"])).content), data_only=True
    )
    meaning = {row[0]: row[1] for row in book.worksheets[1].iter_rows(values_only=True)}
    assert "可填：" in meaning["岗位"] and "运货司机" in meaning["岗位"]

    head = ["姓名", "身份证号", "手机号", "单位", "岗位", "从哪天起"]
    row = ["王小明", factories.an_id_number(3), "13800000000", "某单位", "司机", "2030-01-01"]
    said = ask(client, "register-rows", "posts", file=a_file(head, row)).content.decode()
    assert "没有“司机”这一项，可填：" in said and "运货司机" in said


def test_the_file_of_working_days_holds_the_whole_year_that_nobody_knows(client, director_lin):
    login(client, director_lin)
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(reverse("register-empty-file", args=["calendar"])).content), read_only=True
    )
    days = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
    assert len(days) in (365, 366) and {day[1] for day in days} == {"是", "否"}
    assert days[0][0].endswith("-01-01") and days[-1][0].endswith("-12-31")


def test_a_rule_is_proposed_beside_the_value_that_holds(client, director_lin):
    login(client, director_lin)

    assert "：现在 3<" in read(client, "register-new", "policies")


def test_many_rows_are_read_to_their_end_before_they_are_confirmed(client, relief_clerk, director_lin):
    rows = [
        {"code": f"c{n:02d}", "name_zh": f"渠道{n}", "name_en": f"Channel {n}", "position": n, "runs_canteen": True}
        for n in range(10, 35)
    ]
    change = changes.propose("channels", rows, document_number="9号", by=relief_clerk, at=MONDAY)
    login(client, director_lin)

    first = read(client, "register-change", change.pk)
    confirm = reverse("register-change-confirm", args=[change.pk])
    assert "共 25 行" in first and confirm not in first
    following = re.search(r'href="(\?cursor=[^"]+)"', first)[1]
    last = client.get(reverse("register-change", args=[change.pk]) + following.replace("&amp;", "&")).content.decode()
    assert confirm in last and "共 25 行" not in last
