"""A county opens on an empty database: from files what must exist before two hands can, the rest by two."""

import io
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from accounts.models import Channel, Membership, Organisation, Place, User
from canteens.models import ApprovalTier
from kernel.entering import SETTING, entering
from produce.models import Produce
from records.models import CalendarDay, Event
from registers.pages.desks import desk_of
from tests.factories import login
from tests.registers.county_files import BUREAU, CHANNELS, OFFICE, PEOPLE, PLACES, open_with, people_file, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_nine(now):
    return now


def refused(folder, **files):
    with pytest.raises(CommandError) as refusal:
        open_with(folder, **files)
    assert not (Place.objects.exists() or Organisation.objects.exists() or Membership.objects.exists())
    return str(refusal.value)


def test_the_files_of_a_county_open_it(tmp_path, capsys):
    with connection.cursor() as cursor:  # as outside tests: nobody has named a document
        cursor.execute("SELECT set_config(%s, '', true)", [SETTING])

    open_with(tmp_path)

    assert [place.name for place in Place.objects.order_by("code")] == ["莲溪县", "荷塘镇", "清水村委会"]
    assert list(Channel.objects.order_by("position").values_list("code", "runs_canteen")) == [
        ("school", True),
        ("market", False),
    ]
    assert list(Membership.objects.order_by("pk").values_list("role", "organisation__kind")) == [
        ("security_admin", "platform"),
        ("auditor", "platform"),
        ("head_of_office", "bureau"),
        ("bureau_approver", "bureau"),
    ]
    assert (User.objects.count(), Organisation.objects.count()) == (4, 2)
    assert ApprovalTier.objects.exists() and Produce.objects.exists()
    assert Event.objects.get(kind="county_opened").data == {"places": 3, "channels": 2, "people": 4}
    said = capsys.readouterr().out
    assert "邬晓安（安全管理员）" in said and "/registers/posts/" in said and "check_county" in said


def test_a_county_opens_once(tmp_path):
    open_with(tmp_path)

    with pytest.raises(CommandError, match="已经有一个县"):
        open_with(tmp_path)
    assert Organisation.objects.count() == 2


def test_a_missing_parent_is_named_with_its_cell(tmp_path):
    said = refused(tmp_path, places=PLACES.replace("360799101000,township", "360799102000,township"))

    assert "places.csv C4: “清水村委会”的上级写的是 360799101000，文件里没有这个地方" in said


@pytest.mark.parametrize(
    ("people", "sentence"),
    [
        (PEOPLE[:1] + PEOPLE[2:], "还没有人担任“审计员”"),
        (PEOPLE[1:], "还没有人担任“安全管理员”"),
        ([*PEOPLE[:3], person(BUREAU, "钟国栋", 703, "农业农村局审批人")], "农业农村局只有一个人"),
        ([*PEOPLE, person(BUREAU, "马春林", 705, "农业农村局核查员")], "people.csv G6: 这个岗位以后由两人经办任命"),
        ([*PEOPLE, person(OFFICE, "马春林", 705, "农业农村局审批人")], "people.csv B6: 这个岗位设在“农业农村局”"),
        ([*PEOPLE, person(BUREAU, "邬晓安", 701, "农业农村局审批人")], "people.csv D6: "),
        ([*PEOPLE[:3], PEOPLE[3].replace("13800990704", "1380099070")], "people.csv F5: "),
    ],
)
def test_people_without_whom_nothing_is_decided_are_named(tmp_path, people, sentence):
    assert sentence in refused(tmp_path, people=people_file(*people))


@pytest.mark.parametrize(
    ("places", "sentence"),
    [
        (PLACES.replace("360799101201", "36079910120"), "places.csv A4: 代码是 12 位数字"),
        (PLACES.replace("村委会,2020-01-01", "村委会,2020-02-30"), "places.csv E4: "),
        (PLACES.replace("360799101000,清水", "360799000000,清水"), "places.csv A4: 村的上级是乡镇"),
        (PLACES + "360798000000,county,,别县,2020-01-01,\n", "places.csv B2: 文件里应当只有一个县，现在有 2 个"),
        (PLACES + "360799101202,hamlet,360799101000,长溪,2020-01-01,\n", "places.csv B5: "),
        (PLACES.replace("360799101201", "360799102201"), "places.csv A4: 代码开头和上级的不一样"),
        ("甲,乙,丙\n1,2,3\n", "places.csv: 列名既不是地名"),
    ],
)
def test_a_faulty_place_is_named_by_its_cell(tmp_path, places, sentence):
    assert sentence in refused(tmp_path, places=places)


def test_channels_that_share_a_position_are_refused(tmp_path):
    assert "channels.csv A3: " in refused(tmp_path, channels=CHANNELS.replace(",2,否", ",1,否"))


def test_a_file_that_is_left_out_is_named(tmp_path):
    (tmp_path / "places.csv").write_text(PLACES)

    with pytest.raises(CommandError) as refusal:
        call_command("open_county", tmp_path / "places.csv")
    assert "没有采购渠道文件" in str(refusal.value) and "还没有人担任“单位负责人”" in str(refusal.value)


def begun(client, name, register):
    """Return what the file to fill in begins with for somebody, one mapping a row."""
    login(client, next(user for user in User.objects.select_related("person") if user.person.name == name))
    answer = client.get(reverse("register-empty-file", args=[register]))
    head, *rows = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].values
    return [{column: value for column, value in zip(head, row, strict=True) if value} for row in rows]


def test_files_to_fill_in_begin_with_what_the_county_lacks(client, tmp_path):
    open_with(tmp_path)

    offices = begun(client, "林国强", "organisations")
    posts = begun(client, "邬晓安", "posts")

    assert [(row["名称"], row["类别"], row["所在地"]) for row in offices] == [
        ("莲溪县财政局", "财政局", "莲溪县"),
        ("莲溪县扶贫办公室", "扶贫办公室", "莲溪县"),
        ("荷塘镇人民政府", "乡镇人民政府", "荷塘镇"),
        ("清水村民委员会", "村民委员会", "荷塘镇清水村委会"),
    ]
    assert sorted((row["单位"][3:], row["岗位"]) for row in posts) == [
        ("人民政府办公室", "系统管理员"),
        ("人民政府办公室", "运货司机"),
        ("农业农村局", "农业农村局审批人"),
        ("农业农村局", "农业农村局核查员"),
        ("农业农村局", "农业农村局核查员"),
    ]
    for row in offices:
        form = desk_of("organisations").form(dict(zip(("name", "kind", "place"), row.values(), strict=True)))
        assert form.errors == {}


def test_a_file_to_fill_in_shows_an_example_once_nothing_is_lacking(client, tmp_path, relief_clerk):
    assert begun(client, relief_clerk.person.name, "canteens")[0]["采购单位"] == "示范县第一中学"


def test_the_examples_beside_the_guide_open_a_county(capsys):
    call_command("open_county", *sorted(Path("docs/opening").glob("*.csv")))

    assert "开县完成" in capsys.readouterr().out
    assert (Place.objects.count(), Channel.objects.count(), Membership.objects.count()) == (4, 6, 4)


def test_the_days_to_fill_in_are_those_that_nobody_knows_yet(client, director_lin):
    whole = begun(client, director_lin.person.name, "calendar")
    year = whole[0]["日期"][:4]
    assert {row["日期"][:4] for row in whole} == {year} and len(whole) >= 365
    with entering("elsewhere"):
        CalendarDay.objects.create(day=whole[0]["日期"], is_workday=False, document="国办〔2040〕9号")

    assert begun(client, director_lin.person.name, "calendar") == whole[1:]
