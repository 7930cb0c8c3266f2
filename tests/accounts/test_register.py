"""Bringing in the register: checked whole, entered whole, every faulty row named with its reason."""

import datetime as dt
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from accounts.models import Household, Person, User
from accounts.services import register
from kernel.errors import BadValue
from tests.factories import MONDAY, an_id_number, login

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
    book = openpyxl.Workbook()
    for row in [HEAD, *rows]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_households_come_in_with_their_heads_and_phones(changxi, encoding):
    report = register.enter_file(as_csv(a_row(1), a_row(2, 户类型="边缘易致贫户"), encoding=encoding), at=MONDAY)

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
        register.enter_file(as_csv(a_row(1), a_row(2, 身份证号=wrong)), at=MONDAY)

    assert not Household.objects.exists()


def test_faulty_rows_can_be_left_out_aloud(changxi):
    report = register.enter_file(as_csv(a_row(1), a_row(2, 户类型="富户")), skip_faulty=True, at=MONDAY)

    assert report.entered == 1 and [fault.row for fault in report.faults] == [3]


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"身份证号": "362137199002026698"}, "id_number"),
        ({"户主姓名": "张3"}, "name"),
        ({"联系电话": "12345678901"}, "phone"),
        ({"家庭人口": "0"}, "people"),
        ({"家庭人口": "约4人"}, "people"),
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
    register.enter_file(as_csv(a_row(1)), at=MONDAY)

    report = register.enter_file(as_csv(a_row(1)), at=MONDAY)

    assert (report.registered, report.entered) == (1, 0)
    assert Household.objects.count() == 1


def test_formulas_are_text_and_refused(changxi):
    row = a_row(1)
    row[1] = '=HYPERLINK("http://evil.example")'

    assert register.check_file(as_xlsx(row), at=MONDAY).faults[0].column == "name"


def an_archive(name: str, body: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, body)
    return out.getvalue()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"PK\x03\x04 not an archive",
        b"<html><table></table></html>",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
        an_archive("xl/sheet1.xml", b" " * 250_000_000),
        an_archive("../../evil.xml", b"x"),
        an_archive("xl/vbaProject.bin", b"x"),
        an_archive("xl/workbook.xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
        b'a,b,c\n"never closed',
        "只有一行字".encode(),
    ],
    ids=["empty", "half", "html", "xls", "bomb", "path", "macro", "entity", "quote", "no head"],
)
def test_what_is_no_table_is_refused_in_words(changxi, raw):
    with pytest.raises(BadValue) as refused:
        register.check_file(raw, at=MONDAY)

    assert len(str(refused.value)) > 8
    assert not Household.objects.exists()


def test_the_clerk_brings_a_file_in_by_the_page(client, relief_clerk, changxi):
    login(client, relief_clerk)
    raw = as_csv(a_row(1))

    looked = client.post("/households/import/", {"file": io.BytesIO(raw), "act": "check"})
    entered = client.post("/households/import/", {"file": io.BytesIO(raw), "act": "enter"})

    assert looked.context["report"].rows == 1
    assert entered.status_code == 302
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
