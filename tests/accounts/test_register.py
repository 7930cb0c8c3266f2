"""Bringing in the register: checked whole, entered whole, every faulty row named with its reason."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Household, Person, Place, User
from accounts.services import messages, people, register
from kernel.errors import BadValue
from tests.accounts.steps import confirm_waiting, enter_file
from tests.factories import MONDAY, an_id_number, login
from tests.trials import trial
from tests.workbooks import a_workbook

pytestmark = pytest.mark.django_db

HEAD = ["户编号", "户主姓名", "身份证号", "联系电话", "家庭人口", "户类型", "村代码", "备注"]
REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "10_households_synthetic" / "households.csv"


def a_row(n, **changes):
    row = {
        "户编号": f"3607351{n:05d}",
        "户主姓名": "黄秀英",
        "身份证号": an_id_number(n, born=dt.date(1970, 1, 1)),
        "联系电话": f"138{n:08d}",
        "家庭人口": "4",
        "户类型": "脱贫户",
        "村代码": "360735102208",
        "备注": "",
    }
    row.update(changes)
    return [row[name] for name in HEAD]


def as_csv(*rows, head=HEAD, encoding="utf-8-sig"):
    return "".join(",".join(map(str, row)) + "\r\n" for row in [head, *rows]).encode(encoding)


def as_xlsx(*rows):
    return a_workbook([HEAD, *rows])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_households_come_in_with_their_heads_and_phones(changxi, encoding):
    report = enter_file(as_csv(a_row(1), a_row(2, 户类型="边缘易致贫户"), encoding=encoding), at=MONDAY)

    assert (report.entered, report.ignored) == (2, ["备注"])
    household = Household.objects.get(number="360735100002")
    assert household.head_name == "黄秀英" and household.village == changxi and household.people == 4
    assert household.tiers.get().tier == "marginal"
    assert User.objects.get(person=household.head).phone == "13800000002"


def test_a_dry_run_changes_nothing(changxi):
    report = register.check_file(as_xlsx(a_row(1)), at=MONDAY)

    assert len(report.ready) == 1 and not report.faults
    assert not Household.objects.exists() and not Person.objects.exists()


def test_one_faulty_row_stops_the_whole_file(changxi):
    wrong = a_row(2)[2][:-1] + "?"

    with pytest.raises(register.FaultyRows):
        enter_file(as_csv(a_row(1), a_row(2, 身份证号=wrong)), at=MONDAY)

    assert not Household.objects.exists()


def test_faulty_rows_can_be_left_out_aloud(changxi):
    report = enter_file(as_csv(a_row(1), a_row(2, 户类型="富户")), skip_faulty=True, at=MONDAY)

    assert report.entered == 1 and [fault.row for fault in report.faults] == [3]


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"身份证号": "362137199002026698"}, "id_number"),
        ({"户主姓名": "张3"}, "name"),
        ({"联系电话": "12345678901"}, "phone"),
        ({"家庭人口": "0"}, "people"),
        ({"家庭人口": "约4人"}, "people"),
        ({"家庭人口": "0001999999"}, "people"),
        ({"家庭人口": "41"}, "people"),
        ({"家庭人口": "三四口"}, "people"),
        ({"户主姓名": "\u05a3Сƽ"}, "name"),
        ({"户主姓名": "张San"}, "name"),
        ({"户类型": "监测对象"}, "tier"),
        ({"户类型": "监测对象（风险消除）"}, "tier"),
        ({"户类型": "五保"}, "tier"),
        ({"村代码": "999999999999"}, "village"),
        ({"户主姓名": "合计"}, "name"),
        ({"户编号": "9" * 30}, "number"),
    ],
)
def test_each_fault_names_its_row_and_column_and_never_the_number(changxi, changes, column):
    report = register.check_file(as_csv(a_row(1), a_row(2, **changes)), at=MONDAY)

    assert [(fault.row, fault.column) for fault in report.faults] == [(3, column)]
    assert a_row(2)[2] not in report.faults[0].reason


def test_an_id_number_kept_as_a_number_is_refused_never_repaired(changxi):
    row = a_row(1)
    row[2] = 362137197001010000

    report = register.check_file(as_xlsx(row), at=MONDAY)

    assert [fault.column for fault in report.faults] == ["id_number"]


def test_the_same_person_twice_in_a_file_is_told(changxi):
    report = register.check_file(as_csv(a_row(1), a_row(1, 户编号="9", 联系电话="")), at=MONDAY)

    assert [(fault.row, fault.column) for fault in report.faults] == [(3, "id_number")]


def test_the_same_file_twice_changes_nothing(changxi):
    enter_file(as_csv(a_row(1)), at=MONDAY)

    report = enter_file(as_csv(a_row(1)), at=MONDAY)

    assert (report.registered, report.entered) == (1, 0)
    assert Household.objects.count() == 1


def test_formulas_are_text_and_refused(changxi):
    row = a_row(1)
    row[1] = '=HYPERLINK("http://evil.example")'

    assert register.check_file(as_xlsx(row), at=MONDAY).faults[0].column == "name"


# --- As people see the file -------------------------------------------------------------------------


def a_book(*rows, change=None, head=HEAD):
    return a_workbook([head, *rows], change=change)


def checked(raw, **answers):
    return register.check_file(raw, answers=register.Answers(**answers), at=MONDAY)


@pytest.mark.parametrize("text", ["3", "３", "3人", "3 口人", "三人", "3.0", "\u200b3", "003"], ids=ascii)
def test_how_many_people_is_read_as_pages_read_it(changxi, text):
    (ready,) = checked(a_book(a_row(1, 家庭人口=text))).ready

    assert ready.people == 3


@pytest.mark.parametrize(
    ("word", "tier"),
    [
        ("突发严重困难户", "sudden"), ("脱贫户（国家标准）", "lifted"), ("脱贫户(监测解除)", "lifted"),
        ("稳定脱贫户", "lifted"),
        ("脱贫不稳定户", "unstable"), ("边缘易致贫", "marginal"), (" 脱贫户\u3000", "lifted"), ("脱 贫 户", "lifted"),
        ("普通农户", "ordinary"), ("边缘易致贫户（风险已消除）", "cleared"), ("突发严重困难户(风险消除)", "cleared"),
        ("脱贫不稳定户（风险消除）", "lifted"), ("风险消除户", "cleared"),
    ],
    ids=ascii,
)  # fmt: skip
def test_all_kinds_of_households_in_use_are_known(changxi, word, tier):
    (ready,) = checked(as_csv(a_row(1, 户类型=word))).ready

    assert ready.tier == tier


WITH_CAUSE = [*HEAD[:-1], "风险类型"]


@pytest.mark.parametrize(
    ("kind", "word", "cause"),
    [
        ("边缘易致贫户", "因病", "illness"), ("突发严重困难户", "缺劳动力", "labour"), ("边缘易致贫户", "", ""),
        ("脱贫户", "因病", ""),  # what once made a household poor is not why it is watched
    ],
)  # fmt: skip
def test_why_a_household_is_watched_is_read(changxi, kind, word, cause):
    enter_file(as_csv(a_row(1, 户类型=kind, 备注=word), head=WITH_CAUSE), at=MONDAY)

    assert Household.objects.get().tiers.get().cause == cause


def test_a_cause_that_nobody_knows_is_a_fault(changxi):
    [fault] = checked(as_csv(a_row(1, 户类型="边缘易致贫户", 备注="因懒"), head=WITH_CAUSE)).faults

    assert (fault.cell, fault.value) == ("H2", "因懒")


def test_a_kind_that_is_not_written_is_asked_about_never_taken_for_the_least(changxi):
    raw = as_csv(a_row(1), a_row(2, 户类型=""))

    assert checked(raw).without_tier == ["B3"]
    with pytest.raises(register.Unanswered):
        enter_file(raw, at=MONDAY)
    assert not Household.objects.exists()

    enter_file(raw, answers=register.Answers(tier="marginal"), at=MONDAY)
    assert Household.objects.get(number="360735100002").tiers.get().tier == "marginal"
    assert Household.objects.get(number="360735100001").tiers.get().tier == "lifted"


def test_people_that_are_not_counted_are_asked_about(changxi):
    raw = as_csv(a_row(1), a_row(2, 家庭人口=""))

    assert checked(raw).without_people == ["B3"]
    with pytest.raises(register.Unanswered):
        enter_file(raw, at=MONDAY)
    enter_file(raw, answers=register.Answers(people=5), at=MONDAY)
    assert [household.people for household in Household.objects.order_by("number")] == [4, 5]


def test_columns_that_are_missing_are_asked_about_for_every_row(changxi):
    keep = [at for at, name in enumerate(HEAD) if name not in ("家庭人口", "户类型")]
    rows = [[row[at] for at in keep] for row in (a_row(1), a_row(2))]

    report = checked(as_csv(*rows, head=[HEAD[at] for at in keep]))

    assert (report.without_tier, report.without_people) == (["B2", "B3"], ["B2", "B3"])


@pytest.mark.parametrize("name", ["户主姓名", "身份证号"])
def test_a_column_that_everything_hangs_on_is_named(changxi, name):
    keep = [at for at, title in enumerate(HEAD) if title != name]

    with pytest.raises(BadValue, match=name):
        checked(as_csv([a_row(1)[at] for at in keep], head=[HEAD[at] for at in keep]))


def test_hidden_rows_wait_for_an_answer(changxi):
    def hide(book):
        book.active.row_dimensions[3].hidden = True

    raw = a_book(a_row(1), a_row(2), a_row(3), change=hide)

    assert (checked(raw).rows, checked(raw).hidden_rows) == (2, ["3"])
    with pytest.raises(register.Unanswered):
        enter_file(raw, at=MONDAY)
    assert enter_file(raw, answers=register.Answers(with_hidden=False), at=MONDAY).entered == 2
    assert enter_file(raw, answers=register.Answers(with_hidden=True), at=MONDAY).entered == 1


@pytest.mark.parametrize("name", ["张　三", "张 三", "张\u2009三", "张\u200b三", "张三_x000D_"], ids=ascii)
def test_a_name_is_kept_in_one_form(changxi, name):
    enter_file(a_book(a_row(1, 户主姓名=name)), at=MONDAY)

    assert (Household.objects.get().head_name, Household.objects.get().head.name) == ("张三", "张三")


@pytest.mark.parametrize("end", ["ｘ", "Ⅹ", "×", "Х"], ids=ascii)
def test_an_id_number_that_ends_in_a_letter_is_read_in_every_shape(changxi, end):
    number = "36073519700101030X"

    (ready,) = checked(as_csv(a_row(1, 身份证号=number[:17] + end))).ready
    assert ready.id_number == number


@pytest.mark.parametrize("mark", ["'{}", '="{}"', "{}\t", "`{}", "\u00a0{}"], ids=ascii)
def test_an_id_number_kept_as_text_by_a_mark_is_read(changxi, mark):
    number = a_row(1)[2]
    quoted = '"' + mark.format(number).replace('"', '""') + '"'

    (ready,) = checked(as_csv(a_row(1, 身份证号=quoted))).ready
    assert ready.id_number == number


def test_heads_written_in_gb18030_are_never_read_as_other_letters(changxi):
    rows = [[f"T{n}", name, a_row(n)[2], "4", "lifted", "360735102208"] for n, name in enumerate(["郑小平", "谢英"])]
    head = ["household_no", "head_name", "id_number", "members", "status", "village_code"]

    report = checked(as_csv(*[[*row[:4], "脱贫户", row[5]] for row in rows], head=head, encoding="gb18030"))

    assert [ready.name for ready in report.ready] == ["郑小平", "谢英"]


def test_a_joined_township_counts_for_each_row_and_a_joined_head_for_none(changxi):
    def join(book):
        book.active.merge_cells("G2:G3")
        book.active.merge_cells("F2:F3")

    raw = a_book(a_row(1), a_row(2, 村代码="", 户类型=""), change=join)
    assert (len(checked(raw).ready), checked(raw).without_tier) == (2, [])

    raw = a_book(a_row(1), a_row(2, 户主姓名=""), change=lambda book: book.active.merge_cells("B2:B3"))
    assert [(fault.cell, fault.column) for fault in checked(raw).faults] == [("B2", "name"), ("B3", "name")]


def test_a_fault_says_its_cell_and_what_stands_there_masked_where_it_is_about_a_person(changxi):
    report = checked(
        as_csv(a_row(1, 联系电话="12345678901"), a_row(2, 户类型="富户"), a_row(3, 身份证号="36213719900202669"))
    )

    assert [(fault.cell, fault.value) for fault in report.faults] == [
        ("D2", "123****8901"), ("F3", "富户"), ("C4", "*************2669"),
    ]  # fmt: skip


def test_a_phone_shared_by_two_households_is_said_once_and_both_are_entered(changxi):
    raw = as_csv(a_row(1), a_row(2, 联系电话=a_row(1)[3]))

    (said,) = checked(raw).shared_phones
    assert "B2" in said and "B3" in said and a_row(1)[3] not in said
    enter_file(raw, at=MONDAY)
    assert [household.phone for household in Household.objects.all()] == [a_row(1)[3]] * 2
    assert (
        User.objects.get(person__household_memberships__isnull=False).person.key
        == Household.objects.get(number=a_row(1)[0]).head.key
    )


def test_a_phone_that_already_has_an_account_is_said_over_two_files(changxi):
    enter_file(as_csv(a_row(1)), at=MONDAY)
    raw = as_csv(a_row(2, 联系电话=a_row(1)[3]))

    assert len(checked(raw).shared_phones) == 1
    assert enter_file(raw, at=MONDAY).entered == 1
    assert checked(raw).shared_phones == []


def test_a_message_to_a_household_on_the_phone_of_another_says_for_whom_it_is(changxi, monkeypatch):
    enter_file(as_csv(a_row(1), a_row(2, 联系电话=a_row(1)[3], 户主姓名="温桂英")), at=MONDAY)
    sent = []
    monkeypatch.setattr(messages, "gateway", lambda: Recorder(sent))
    for household in Household.objects.order_by("number"):
        messages.write_message(household=household, kind="x", body="到账了", at=MONDAY)

    messages.send_waiting(at=MONDAY)

    assert sorted(said for said in sent if "到账了" in said) == ["到账了", "（给温*英）到账了"]


def test_a_message_goes_to_the_own_account_of_the_head_where_the_phone_on_record_is_a_neighbours(changxi, monkeypatch):
    enter_file(as_csv(a_row(1), a_row(2, 联系电话=a_row(1)[3], 户主姓名="温桂英")), at=MONDAY)
    second = Household.objects.order_by("number").last()
    people.register_account(phone="13700009999", person=second.head, at=MONDAY)
    reached = []
    monkeypatch.setattr(messages, "gateway", lambda: Switchboard(reached))
    messages.write_message(household=second, kind="x", body="到账了", at=MONDAY)

    messages.send_waiting(at=MONDAY)

    assert [(phone, said) for phone, said in reached if "到账了" in said] == [("13700009999", "到账了")]


class Switchboard:
    def __init__(self, reached):
        self.reached = reached

    def send(self, phone, body, *, reference):
        self.reached.append((phone, body))
        return True


class Recorder:
    def __init__(self, sent):
        self.sent = sent

    def send(self, phone, body, *, reference):
        self.sent.append(body)
        return True


# --- The files of the trials ------------------------------------------------------------------------


@pytest.fixture
def qinjiang(county):
    """The village that the files of the trials name, and the two codes of one of them."""
    town = Place.objects.create(code="360735100000", level="township", parent=county, name="琴江镇")
    first = Place.objects.create(code="360735100001", level="village", parent=town, name="琴江居委会")
    Place.objects.create(code="360735100002", level="village", parent=town, name="城南居委会")
    return first


@pytest.mark.parametrize(
    ("file", "names", "cells"),
    [
        ("r1_two_sheets.xlsx", ["测试甲"] * 5, []),
        ("r2_filtered_rows.xlsx", ["测试甲"] * 2, []),
        ("r5_padded_name.xlsx", ["张三", "李四"], []),
        ("r6_x000D.xlsx", ["测试乙", "测试甲"], []),
        ("r7_two_heading_rows.xlsx", ["测试甲"] * 2, []),
        ("r8_people.xlsx", ["测试甲"] * 3, ["E3"]),
        ("r8b_people_one_row.xlsx", [], ["E2"]),
        ("r9_shared_phone.xlsx", ["测试甲"] * 2, []),
        ("r10_id_x.xlsx", ["测试甲"], ["C3", "C4", "C5"]),
        ("r11_gbk_looks_utf8.csv", ["郑小平", "谢英"], []),
        ("r12_tier.xlsx", ["测试甲"] * 3, []),
        ("r13_csv_tricks.csv", ["测试甲"] * 5, []),
    ],
)
def test_the_files_of_the_trials_are_read_as_their_list_says(qinjiang, file, names, cells):
    report = checked(trial(file))

    assert [ready.name for ready in report.ready] == names
    assert [fault.cell for fault in report.faults] == cells


def test_what_the_files_of_the_trials_leave_open_is_asked(qinjiang):
    assert checked(trial("r2_filtered_rows.xlsx")).hidden_rows == ["3"]
    assert checked(trial("r12_tier.xlsx")).without_tier == ["B2"]
    assert [ready.tier for ready in checked(trial("r12_tier.xlsx")).ready] == ["ordinary", "sudden", "lifted"]
    assert [(ready.people, ready.tier) for ready in checked(trial("r7_two_heading_rows.xlsx")).ready] == [
        (6, "lifted"), (3, "marginal"),
    ]  # fmt: skip
    assert len(checked(trial("r9_shared_phone.xlsx")).shared_phones) == 1
    assert checked(trial("r11_gbk_looks_utf8.csv")).without_tier == ["B2", "B3"]
    with pytest.raises(BadValue):
        checked(trial("r14_utf8_one_bad_byte.csv"))


def test_the_command_ends_unhappy_until_everything_is_answered(changxi, relief_clerk, tmp_path, capsys):
    file = tmp_path / "households.csv"
    file.write_bytes(as_csv(a_row(1, 户类型="", 家庭人口="")))

    with pytest.raises(CommandError):
        call_command("import_households", file)
    said = capsys.readouterr().out
    assert "B2" in said and "--tier" in said and "--people" in said

    call_command("import_households", file, tier="脱贫户", people=3, propose=True, by=relief_clerk.phone)
    assert "1 households wait" in capsys.readouterr().out


def test_the_command_asks_about_hidden_rows(changxi, relief_clerk, tmp_path, capsys):
    def hide(book):
        book.active.row_dimensions[3].hidden = True

    file = tmp_path / "households.xlsx"
    file.write_bytes(a_book(a_row(1), a_row(2), change=hide))

    with pytest.raises(CommandError):
        call_command("import_households", file, propose=True, by=relief_clerk.phone)
    assert "--with-hidden-rows" in capsys.readouterr().out
    call_command("import_households", file, "--with-hidden-rows", propose=True, by=relief_clerk.phone)
    assert "2 households wait" in capsys.readouterr().out


def test_the_page_asks_keeps_the_file_and_enters_what_was_answered(client, relief_clerk, changxi):
    login(client, relief_clerk)
    raw = a_book(
        a_row(1, 户类型=""), a_row(2), change=lambda book: setattr(book.active.row_dimensions[3], "hidden", True)
    )

    looked = client.post("/households/import/", {"file": io.BytesIO(raw), "act": "check"})
    page = looked.content.decode()
    assert {field.name for field in looked.context["asked"]} == {"tier", "with_hidden"} and "B2" in page
    form = {"kept": looked.context["kept"], "act": "propose", "tier": "unstable"}
    unanswered = client.post("/households/import/", form)
    assert unanswered.status_code == 400 and unanswered.context["form"]["tier"].value() == "unstable"
    assert not Household.objects.exists()

    assert client.post("/households/import/", form | {"with_hidden": "yes"}).status_code == 302
    confirm_waiting()
    assert {household.tiers.get().tier for household in Household.objects.all()} == {"unstable", "lifted"}


def test_a_page_without_a_file_says_so(client, relief_clerk):
    assert login(client, relief_clerk).post("/households/import/", {"act": "check"}).status_code == 400
    assert client.post("/households/import/", {"act": "check", "kept": "!!"}).status_code == 400


def an_archive(name: str, body: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, body)
    return out.getvalue()


NO_TABLES: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "half": lambda: b"PK\x03\x04 not an archive",
    "html": lambda: b"<html><table></table></html>",
    "xls": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "bomb": lambda: an_archive("xl/sheet1.xml", b" " * 250_000_000),
    "path": lambda: an_archive("../../evil.xml", b"x"),
    "macro": lambda: an_archive("xl/vbaProject.bin", b"x"),
    "entity": lambda: an_archive(
        "xl/workbook.xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    ),
    "quote": lambda: b'a,b,c\n"never closed',
    "no head": "只有一行字".encode,
}


@pytest.mark.parametrize("what", NO_TABLES)
def test_what_is_no_table_is_refused_in_words(changxi, what):
    raw = NO_TABLES[what]()

    with pytest.raises(BadValue) as refused:
        register.check_file(raw, at=MONDAY)

    assert len(str(refused.value)) > 8
    assert not Household.objects.exists()


def test_the_clerk_brings_a_file_in_by_the_page(client, relief_clerk, changxi):
    login(client, relief_clerk)
    raw = as_csv(a_row(1))

    looked = client.post("/households/import/", {"file": io.BytesIO(raw), "act": "check"})
    entered = client.post("/households/import/", {"file": io.BytesIO(raw), "act": "propose"})

    assert looked.context["report"].rows == 1
    assert entered.status_code == 302
    confirm_waiting()
    page = client.get("/households/").content.decode()
    assert "黄*英" in page and "黄秀英" not in page and "138****0001" in page


def test_others_may_not_bring_anything_in(client, cadre_liu, olga):
    assert login(client, cadre_liu).get("/households/import/").status_code == 403
    assert login(client, olga).get("/households/").status_code == 403


@pytest.mark.skipif(not REAL.exists(), reason="the shared sample of households is not here")
def test_the_synthetic_sample_comes_in_but_for_villages_elsewhere(changxi):
    report = register.check_file(REAL.read_bytes(), at=MONDAY)

    assert report.rows == 500
    assert {fault.column for fault in report.faults} <= {"village", "phone", "id_number"}
