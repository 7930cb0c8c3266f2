"""The demo's ground: places, offices, buyers of all six channels with their teams, co-operatives, 200 households.

Everybody here is made up by a seeded draw. ID numbers have the right check character and card numbers obey Luhn, so
that the site's own checks see what they would see in earnest.
"""

import datetime as dt
import random
from dataclasses import dataclass, field
from pathlib import Path

import chinese_calendar
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from accounts.models import STAFF_ROLES, Channel, Household, Membership, Organisation, Place, Role, Tier, User
from accounts.services import people, places, register_files
from canteens.services import register_canteen
from demo.people import BUREAU, DEMO_PEOPLE, FINANCE, RELIEF, SCHOOL, VILLAGE
from kernel import clock
from kernel.sealing import blind_index
from records.models import CalendarDay

HERE = Path(__file__).parent
FROM = dt.date(2020, 1, 1)
BANKS = ["石城农商银行", "中国农业银行石城县支行", "中国邮政储蓄银行石城县支行"]

CHANNELS = [
    ("office", "机关", "Offices", True),
    ("school", "学校", "Schools", True),
    ("hospital", "医院", "Hospitals", True),
    ("enterprise", "企业", "Enterprises", True),
    ("community", "社区", "Communities", True),
    ("market", "交易市场", "Markets", False),
]
BUYERS = [
    ("石城县机关服务中心", "office", 620, 380),
    ("琴江镇人民政府食堂", "office", 90, 75),
    (SCHOOL, "school", 2400, 160),
    ("石城县第三小学", "school", 1350, 90),
    ("屏山镇中心小学", "school", 480, 45),
    ("石城县人民医院", "hospital", 760, 410),
    ("石城县中医院", "hospital", 320, 190),
    ("赣江源鞋业有限公司", "enterprise", 900, 520),
    ("莲乡食品有限公司", "enterprise", 260, 150),
    ("琴江镇城北社区食堂", "community", 210, 20),
    ("小松镇养老服务中心", "community", 130, 25),
    ("石城县农产品交易市场", "market", 0, 18),
]
OFFICES = [
    ("bureau", BUREAU, "0797-5712345"),
    ("finance", FINANCE, "0797-5700002"),
    ("relief", RELIEF, "0797-5700003"),
    ("platform", "石城县人民政府办公室", ""),
    ("platform", "石城县审计局", ""),
]
TEAM = [
    Role.BUYER,
    Role.BUYING_APPROVER,
    Role.RECEIVER,
    Role.RECEIVER,
    Role.UNION_TREASURER,
    Role.UNION_CHAIR,
    Role.CASHIER,
    Role.PAYMENT_CHECKER,
]
SURNAMES = "黄温赖陈刘李罗邓廖熊许曾何张王谢杨彭周孔"
GIVEN = "秀英桂花春兰明华建国志强文清小燕丽珍国平玉梅长生水根金莲福生来发冬秀细妹有才观音石秀火生招娣"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
HOUSEHOLDS = 200
REGISTERED_DAYS = 900  # everybody has been known that long


@dataclass
class County:
    """What the rest of the demo stands on."""

    bureau: Organisation
    finance: Organisation
    buyers: list[Organisation] = field(default_factory=list)
    teams: dict[int, dict[str, list[User]]] = field(default_factory=dict)  # organisation → role → accounts
    households: list[Household] = field(default_factory=list)
    cooperatives: list[Organisation] = field(default_factory=list)
    cadres: dict[str, list[User]] = field(default_factory=dict)  # village code → its cadres
    named: dict[str, User] = field(default_factory=dict)  # the people of the sign-in page

    def of(self, organisation: Organisation, role: str, which: int = 0) -> User:
        """Return a member of an organisation's team."""
        return self.teams[organisation.pk][role][which]


class Maker:
    """Makes people up; the same seed makes the same county."""

    def __init__(self, at: dt.datetime):
        self.at = at
        self.draw = random.Random(20260705)  # noqa: S311  (a made-up county, not a secret)
        self.serial = 100
        self.taken = {person.phone for person in DEMO_PEOPLE}

    def name(self) -> str:
        """Return a made-up name."""
        first = self.draw.randrange(0, len(GIVEN) - 1, 2)
        given = GIVEN[first : first + 2] if self.draw.random() < 0.85 else GIVEN[first]
        return self.draw.choice(SURNAMES) + given

    def id_number(self) -> str:
        """Return a made-up ID number of the county's old area code, with its check character (GB 11643)."""
        self.serial += 1
        born = dt.date(1948, 1, 1) + dt.timedelta(days=self.draw.randrange(18_000))
        digits = f"362137{born:%Y%m%d}{self.serial % 1000:03d}"
        left = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11
        return digits + "10X98765432"[left]

    def phone(self) -> str:
        """Return a made-up phone number."""
        self.serial += 1
        return f"1380000{self.serial + 1000:04d}"

    def card(self) -> str:
        """Return a made-up 19-digit card number with its Luhn digit."""
        self.serial += 1
        digits = f"621799{self.serial:012d}"
        doubled = [int(d) * (2 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits))]
        return digits + str(-sum(d - 9 if d > 9 else d for d in doubled) % 10)

    def person(self, name: str = ""):
        """Register a made-up person."""
        return people.register_person(name=name or self.name(), id_number=self.id_number(), at=self.at)

    def account(self, role: str, organisation, area, *, name: str = "", phone: str = "") -> User:
        """Open an account with one post; staff get an authenticator nobody has, the demo code stands in for it."""
        person = self.person(name)
        user = people.register_account(phone=phone or self.phone(), person=person, at=self.at)
        if role:
            people.appoint(person, organisation, role, area=area, from_on=FROM)
            if role in STAFF_ROLES:
                TOTP.activate(user, generate_totp_secret())
        return user


def build_county(at: dt.datetime) -> County:
    """Make the county and return what the rest of the demo needs of it."""
    with open(HERE / "places.csv", encoding="utf-8") as lines:
        places.load_places(lines)
    know_working_days(clock.county_day(at))
    whole = Place.objects.get(level=Place.Level.COUNTY)
    maker = Maker(at - REGISTERED_DAYS * dt.timedelta(days=1))
    for position, (code, name_zh, name_en, runs_canteen) in enumerate(CHANNELS, 1):
        Channel.objects.create(
            code=code, name_zh=name_zh, name_en=name_en, position=position, runs_canteen=runs_canteen
        )
    for kind, name, phone in OFFICES:
        Organisation.objects.create(kind=kind, name=name, place=whole, phone=phone)
    _buyers(maker, whole)
    _households(maker)
    _posts(maker)
    county = find_county()
    _bring_households(maker, county, at)
    return county


def find_county() -> County:
    """Read back the county that was built: its offices, teams, cadres and the people of the sign-in page."""
    organisations = list(Organisation.objects.order_by("pk"))
    county = County(
        bureau=next(o for o in organisations if o.name == BUREAU),
        finance=next(o for o in organisations if o.name == FINANCE),
        buyers=[o for o in organisations if o.kind == "buyer"],
        cooperatives=[o for o in organisations if o.kind == "cooperative"],
        households=list(
            Household.objects.select_related("village", "village__parent").order_by("created_at", "number")
        ),
    )
    accounts = {user.person_id: user for user in User.objects.select_related("person").order_by("-created_at")}
    for post in Membership.objects.order_by("pk"):
        user = accounts[post.person_id]
        county.teams.setdefault(post.organisation_id, {}).setdefault(post.role, []).append(user)
        if post.role == Role.CADRE:
            county.cadres.setdefault(post.area_id, []).append(user)
    by_phone = {user.phone_index: user for user in accounts.values()}
    for person in DEMO_PEOPLE:
        county.named[person.key] = by_phone[blind_index("phone", person.phone)]
    return county


def _bring_households(maker: Maker, county: County, at: dt.datetime):
    """Let one clerk bring a file of three households, for the second clerk to confirm."""
    head = "户主姓名,身份证号,联系电话,家庭人口,户类型,村代码"
    rows = [f"{maker.name()},{maker.id_number()},{maker.phone()},{size},脱贫户,{VILLAGE}" for size in (2, 4, 3)]
    clerk = county.named["clerk"]
    office = Organisation.objects.get(name=RELIEF)
    register_files.propose_file("\r\n".join([head, *rows]).encode(), office=office, by=clerk, at=at)


def know_working_days(today: dt.date):
    """Give the demo a working-day calendar where the national one is not announced yet: Monday to Friday."""
    days = [today + dt.timedelta(days=n) for n in range(-30, 150)]
    CalendarDay.objects.bulk_create(
        CalendarDay(day=day, is_workday=day.weekday() < 5, document="demo calendar")
        for day in days
        if not _announced(day)
    )


def _announced(day: dt.date) -> bool:
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return False
    return True


def _buyers(maker: Maker, whole: Place):
    for name, channel, heads, members in BUYERS:
        buyer = Organisation.objects.create(kind="buyer", name=name, place=whole, channel_id=channel)
        register_canteen(
            buyer,
            mode="own" if channel != "market" else "none",
            heads=heads,
            union_members=members,
            is_budget_unit=channel in ("office", "school", "hospital"),
            address=f"石城县{name.removeprefix('石城县')}",
        )
        people_by_role = {role: [p for p in DEMO_PEOPLE if p.organisation == name and p.post == role] for role in TEAM}
        for role in TEAM:
            person = people_by_role[role].pop(0) if people_by_role[role] else None
            maker.account(role, buyer, whole, name=person.name if person else "", phone=person.phone if person else "")


def _households(maker: Maker):
    villages = list(Place.objects.filter(level="village", name__endswith="村委会").order_by("code"))
    home = next(village for village in villages if village.code == VILLAGE)
    lived_in = [home, *maker.draw.sample([v for v in villages if v.code != VILLAGE], 33)]
    tiers = [Tier.LIFTED] * 11 + [Tier.UNSTABLE] * 2 + [Tier.MARGINAL] * 2 + [Tier.ORDINARY] * 5
    farmers = [person for person in DEMO_PEOPLE if not person.post]
    for number in range(HOUSEHOLDS):
        village = home if number < 12 else lived_in[number % len(lived_in)]
        person = farmers[number] if number < len(farmers) else None
        name = person.name if person else maker.name()
        head = maker.person(name)
        # One household in five has no phone: its cadre acts for it.
        phone = person.phone if person else (maker.phone() if maker.draw.random() < 0.8 else "")
        household = people.register_household(
            number=f"{village.code}{number:04d}",
            village=village,
            head=head,
            phone=phone,
            people=maker.draw.randint(1, 7),
            tier=Tier.LIFTED if number < 8 else maker.draw.choice(tiers),
            from_on=FROM,
            at=maker.at,
        )
        people.set_card(
            household=household, number=maker.card(), holder=name, bank=maker.draw.choice(BANKS), at=maker.at
        )
        if phone:
            people.register_account(phone=phone, person=head, at=maker.at)
    for place in lived_in:
        committee = Organisation.objects.create(kind="village", name=_committee(place), place=place)
        for person in [p for p in DEMO_PEOPLE if p.post == Role.CADRE and p.area == place.code]:
            maker.account(Role.CADRE, committee, place, name=person.name, phone=person.phone)
        for _n in range(2):
            maker.account(Role.CADRE, committee, place)
    for number, place in enumerate(lived_in[:6]):
        coop = Organisation.objects.create(
            kind="cooperative",
            name=f"{place.township.name}{place.short_name}果蔬专业合作社",
            place=place,
            phone=f"0797-57000{number + 10}",
        )
        people.set_card(organisation=coop, number=maker.card(), holder=coop.name, bank=BANKS[0], at=maker.at)
        if place != home:
            maker.account(Role.COOP_MANAGER, coop, place)


def _committee(place: Place) -> str:
    if place.code == VILLAGE:
        return next(p.organisation for p in DEMO_PEOPLE if p.post == Role.CADRE)
    return f"{place.township.name}{place.short_name.removesuffix('村')}村民委员会"


def _posts(maker: Maker):
    """Give everybody on the sign-in page who has no account yet one, each township an officer, the bureau verifiers."""
    areas = {place.code: place for place in Place.objects.all()}
    for township in [place for code, place in sorted(areas.items()) if place.level == Place.Level.TOWNSHIP]:
        name = f"{township.name}人民政府"
        office = Organisation.objects.create(kind="township", name=name, place=township)
        if not any(person.organisation == name for person in DEMO_PEOPLE):
            maker.account(Role.TOWNSHIP_OFFICER, office, township)
    organisations = {organisation.name: organisation for organisation in Organisation.objects.all()}
    for person in DEMO_PEOPLE:
        if person.post and people.account_of_phone(person.phone) is None:
            office = organisations[person.organisation]
            maker.account(person.post, office, areas[person.area], name=person.name, phone=person.phone)
    for _n in range(4):
        maker.account(Role.VERIFIER, organisations[BUREAU], areas["360735000000"])
