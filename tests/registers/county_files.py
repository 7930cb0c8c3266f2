"""The files that open a made-up county, for tests to change."""

from dataclasses import dataclass

from django.core.management import call_command

from tests.factories import an_id_number


@dataclass(frozen=True)
class MadeUp:
    """A made-up county: what its files and its registers are filled with."""

    name: str
    township: str
    village: str  # that the files bring
    new_village: str  # that comes in by two hands
    code: str  # its first six digits
    channels: str  # the file of its buyer channels
    new_channel: dict[str, str]
    buyer_channel: str
    tier_yuan: str  # from which amount on an order of union funds waits for a second person
    asks_approval: bool  # of an order of 96 yuan


PLACES = """code,level,parent,name,valid_from,valid_to
360799000000,county,,莲溪县,2020-01-01,
360799101000,township,360799000000,荷塘镇,2020-01-01,
360799101201,village,360799101000,清水村委会,2020-01-01,
"""
CHANNELS = """代码,中文名称,英文名称,排列次序,采购单位办食堂
school,学校,Schools,1,是
market,交易市场,Markets,2,否
"""
PEOPLE_HEAD = "单位,单位类别,所在地,姓名,身份证号,手机号,岗位"
OFFICE, BUREAU = "莲溪县人民政府办公室,平台", "莲溪县农业农村局,农业农村局"


def person(office, name, serial, role):
    """Return a line of the file of people."""
    return f"{office},,{name},{an_id_number(serial)},1380099{serial:04d},{role}"


PEOPLE = [
    person(OFFICE, "邬晓安", 701, "安全管理员"),
    person(OFFICE, "严正华", 702, "审计员"),
    person(BUREAU, "钟国栋", 703, "单位负责人"),
    person(BUREAU, "林国强", 704, "农业农村局审批人"),
]


def people_file(*lines):
    """Return the file of people of these lines."""
    return "\n".join([PEOPLE_HEAD, *(lines or PEOPLE)])


LIANXI = MadeUp(
    "莲溪县", "荷塘镇", "清水村委会", "上坪村委会", "360799", CHANNELS,
    {"代码": "hospital", "中文名称": "医院", "英文名称": "Hospitals", "排列次序": "3", "采购单位办食堂": "是"},
    "学校", "3000", False,
)  # fmt: skip
YUNLING = MadeUp(
    "云岭县", "茶山镇", "竹溪村委会", "石桥村委会", "530899",
    "代码,中文名称,英文名称,排列次序,采购单位办食堂\noffice,机关,Offices,1,是\ncare,敬老院,Care homes,2,是\n",
    {"代码": "station", "中文名称": "车站", "英文名称": "Stations", "排列次序": "3", "采购单位办食堂": "否"},
    "敬老院", "50", True,
)  # fmt: skip


def of_county(text: str, county: MadeUp) -> str:
    """Return a text about 莲溪县 as it would be of another county."""
    for one, other in (
        (LIANXI.name, county.name),
        (LIANXI.township, county.township),
        (LIANXI.village, county.village),
        (LIANXI.code, county.code),
    ):
        text = text.replace(one, other)
    return text


def open_with(folder, *, places=PLACES, channels=CHANNELS, people=""):
    """Open a county with these files."""
    texts = {"places.csv": places, "channels.csv": channels, "people.csv": people or people_file()}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    call_command("open_county", *(folder / name for name in texts))
