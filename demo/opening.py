"""Open the demo county as any county is opened: three files, then every register by the two hands it asks for.

It was opened REGISTERED_DAYS ago; everybody here is made up by a seeded draw.
"""

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from accounts.models import STAFF_ROLES, Household, Membership, Organisation, Place, RegisterFile, Role, Tier, User
from accounts.services import register_files
from accounts.services.people import account_of_phone
from canteens.services import load_default_tiers
from demo.county import County, find_county
from demo.maker import Maker
from demo.people import BUREAU, DEMO_PEOPLE, FINANCE, RELIEF, SCHOOL, VILLAGE, DemoPerson
from kernel import clock
from kernel.entering import entering
from kernel.present import known
from kernel.workdays import announced
from registers.services import changes
from registers.services.duplicates import look_for_duplicates
from registers.services.opening import CountyFiles, Line, open_county
from registers.services.rules import Content
from registers.services.writing import write_confirmed

HERE = Path(__file__).parent
OFFICE, AUDIT = "石城县人民政府办公室", "石城县审计局"
WHOLE = "360735000000"
BANKS = ["石城农商银行", "中国农业银行石城县支行", "中国邮政储蓄银行石城县支行"]
CHANNELS = [
    ("office", "机关", "Offices", True, False),
    ("school", "学校", "Schools", True, True),
    ("hospital", "医院", "Hospitals", True, True),
    ("enterprise", "企业", "Enterprises", True, False),
    ("community", "社区", "Communities", True, False),
    ("market", "交易市场", "Markets", False, False),
]
OFFICES_OF_COUNTY, OFFICES_OF_TOWN = "石城县机关服务中心", "琴江镇人民政府食堂"
BUYERS = [
    (OFFICES_OF_COUNTY, "office", 620, 380),
    (OFFICES_OF_TOWN, "office", 90, 75),
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
# Who must be there before two hands can decide; the others are appointed by them.
FIRST = [("security", OFFICE, "platform"), ("auditor", AUDIT, "platform"), ("head", BUREAU, "bureau")]
FIRST += [("director", BUREAU, "bureau")]
HOUSEHOLDS = 200
COOPERATIVES = 6
REGISTERED_DAYS = 900  # everybody has been known that long
DAYS_KNOWN = 150  # from today on
# Canteens by name: the school's two, and the one of an office from which another eats after so many days.
KITCHENS = [
    (SCHOOL, "学生食堂", "石城县第二中学北门收货口"),
    (SCHOOL, "教工食堂", "石城县第二中学东门教工楼一层"),
    (OFFICES_OF_COUNTY, "机关食堂", "石城县机关服务中心后院"),
]
SHARED_AFTER_DAYS = REGISTERED_DAYS - 300
PEOPLE = {person.key: person for person in DEMO_PEOPLE}


def build_county(at: dt.datetime) -> County:
    """Open the county, fill its registers, and return what the rest of the demo needs of it."""
    opening = Opening(at)
    opening.open()
    opening.bring_another_file(at)
    opening.ask_for_a_merge(at)
    return find_county()


def unannounced_days(opened_at: dt.datetime) -> list[Content]:
    """Return the days from the opening on that the national calendar does not know: Monday to Friday are worked."""
    opened_on = clock.county_day(opened_at)
    days = [opened_on + dt.timedelta(days=n) for n in range(1, REGISTERED_DAYS + DAYS_KNOWN)]
    return [{"day": d.isoformat(), "is_workday": d.weekday() < 5} for d in days if announced(d) is None]


class Opening:
    """The opening of the demo county, step by step as docs/opening-a-county.md has them."""

    def __init__(self, at: dt.datetime):
        self.at = at - dt.timedelta(days=REGISTERED_DAYS)
        self.made = Maker()
        self.waiting = [person for person in DEMO_PEOPLE if person.post]  # not appointed yet

    def open(self):
        """Open the county and enter everything that it has."""
        self._open_with_files()
        self._propose(
            "posts", "security", "head", [self._post_of(PEOPLE[key]) for key in ("second_director", "system")]
        )
        self._offices()
        villages = self._villages()
        self._propose("organisations", "director", "second_director", [*_committees(villages), *_coops(villages)])
        self._propose("posts", "security", "head", [*self._county_posts(), *self._village_posts(villages)])
        self._propose("calendar", "director", "second_director", unannounced_days(self.at))
        self._propose("canteens", "clerk", "director", [_canteen(*buyer) for buyer in BUYERS])
        self._kitchens()
        self._propose("union-rules", "director", "second_director", [_union_rule(clock.county_day(self.at))])
        self._propose("plan-requirements", "director", "second_director", [_size_of_plans(clock.county_day(self.at))])
        self._propose("approval-tiers", "director", "second_director", [_two_approvers(clock.county_day(self.at))])
        self._propose("share-units", "clerk", "director", self._share_units())
        self._propose("posts", "security", "head", list(self._teams()))
        self._households(villages)
        self._cards()
        self._authenticators()
        self._members()
        self._kin()

    def _propose(self, register: str, first: str, second: str, rows: list[Content]):
        """Have one person of the sign-in page propose rows and another confirm them."""
        by, confirmed_by = (known(account_of_phone(PEOPLE[key].phone)) for key in (first, second))
        number = f"石府办〔{self.at.year}〕{len(rows)}号"
        for change in [changes.propose(register, rows, document_number=number, by=by, at=self.at)] if rows else []:
            changes.confirm(change, by=confirmed_by, at=self.at)
            write_confirmed(at=self.at)

    def _open_with_files(self):
        with open(HERE / "places.csv", encoding="utf-8") as lines:
            places = [Line(row, {}) for row in csv.DictReader(lines)]
        channels = [
            Line(
                dict(
                    zip(
                        ("code", "name_zh", "name_en", "runs_canteen", "asks_test", "position"),
                        (*row, number),
                        strict=True,
                    )
                ),
                {},
            )
            for number, row in enumerate(CHANNELS, 1)
        ]
        first = [
            Line(self._post_of(PEOPLE[key]) | {"organisation": office, "kind": kind, "place": WHOLE}, {})
            for key, office, kind in FIRST
        ]
        open_county(CountyFiles(places=places, channels=channels, people=first), at=self.at)
        with entering("opening"):
            load_default_tiers()

    def _offices(self):
        """Register the offices of county and townships, and the buyers."""
        bureau = Organisation.objects.get(name=BUREAU)
        towns = Place.objects.filter(level=Place.Level.TOWNSHIP).order_by("code")
        rows: list[Content] = [
            {"organisation": bureau.pk, "name": BUREAU, "place": WHOLE, "phone": "0797-5712345", "uscc": ""},
            {"kind": "finance", "name": FINANCE, "place": WHOLE, "phone": "0797-5700002"},
            {"kind": "relief", "name": RELIEF, "place": WHOLE, "phone": "0797-5700003"},
            *({"kind": "buyer", "name": name, "place": WHOLE, "channel": channel} for name, channel, *_sizes in BUYERS),
            *({"kind": "township", "name": f"{town.name}人民政府", "place": town.code} for town in towns),
        ]
        self._propose("organisations", "director", "second_director", rows)

    def _kitchens(self):
        """Register the canteens by name, and who eats from one of them too, from a day on."""
        first = clock.county_day(self.at)
        rows: list[Content] = [
            {"organisation": buyer, "name": name, "address": where, "run_by": "", "from_on": first.isoformat()}
            for buyer, name, where in KITCHENS
        ]
        self._propose("kitchens", "clerk", "director", rows)
        from_on = (first + dt.timedelta(days=SHARED_AFTER_DAYS)).isoformat()
        share = {"organisation": OFFICES_OF_TOWN, "kitchen_of": OFFICES_OF_COUNTY, "name": KITCHENS[-1][1]}
        self._propose("kitchen-shares", "clerk", "director", [share | {"from_on": from_on}])

    def _share_units(self) -> list[Content]:
        """Return who reports the reserved share: one below its township, one outsourced, one that eats elsewhere."""
        rows = [
            {"organisation": "屏山镇中心小学", "superior": "屏山镇人民政府"},
            {"organisation": "石城县第三小学", "run_by": "绿源餐饮服务有限公司"},
            {"organisation": "小松镇养老服务中心", "reported_by": "琴江镇城北社区食堂"},
        ]
        day = clock.county_day(self.at).isoformat()
        return [{"superior": "", "reported_by": "", "run_by": "", "from_on": day} | row for row in rows]

    def _villages(self) -> list[Place]:
        """Return the villages where households live; the first is the one that the demo tells of."""
        villages = Place.objects.filter(level=Place.Level.VILLAGE, name__endswith="村委会").select_related("parent")
        home, *others = sorted(villages, key=lambda village: (village.code != VILLAGE, village.code))
        return [home, *self.made.draw.sample(others, 33)]

    def _post_of(self, person: DemoPerson) -> dict[str, str]:
        """Return the appointment of somebody of the sign-in page."""
        self.waiting = [other for other in self.waiting if other.key != person.key]
        return self._post(str(person.post), person.organisation, person.area, name=person.name, phone=person.phone)

    def _post(self, role: str, office: str, area: str, *, name: str = "", phone: str = "") -> dict[str, str]:
        """Return the appointment of somebody made up."""
        return {
            "name": name or self.made.name(),
            "id_number": self.made.id_number(),
            "phone": phone or self.made.phone(),
            "organisation": office,
            "role": role,
            "area": area,
            "from_on": clock.county_day(self.at).isoformat(),
        }

    def _county_posts(self) -> Iterator[Content]:
        """Appoint whoever works in an office of county or township, and four more verifiers."""
        offices = {BUREAU, FINANCE, RELIEF, OFFICE, AUDIT}
        for person in [person for person in self.waiting if person.organisation in offices]:
            yield self._post_of(person)
        for _n in range(4):
            yield self._post(Role.VERIFIER, BUREAU, WHOLE)
        for office in Organisation.objects.filter(kind="township").select_related("place").order_by("pk"):
            theirs = [person for person in self.waiting if person.organisation == office.name]
            yield from map(self._post_of, theirs)
            yield from [] if theirs else [self._post(Role.TOWNSHIP_OFFICER, office.name, office.place_id)]

    def _village_posts(self, villages: list[Place]) -> Iterator[Content]:
        """Appoint cadres of every village and whoever works for a co-operative."""
        for village in villages:
            committee = _committee(village)
            yield from map(self._post_of, [person for person in self.waiting if person.organisation == committee])
            for _n in range(2):
                yield self._post(Role.CADRE, committee, village.code)
        for village in villages[:COOPERATIVES]:
            coop = _coop(village)
            theirs = [person for person in self.waiting if person.organisation == coop]
            yield from map(self._post_of, theirs)
            yield from [] if theirs else [self._post(Role.COOP_MANAGER, coop, village.code)]

    def _teams(self) -> Iterator[Content]:
        """Appoint the people of every buyer."""
        for name, *_rest in BUYERS:
            for role in TEAM:
                theirs = [person for person in self.waiting if person.organisation == name and person.post == role]
                yield self._post_of(theirs[0]) if theirs else self._post(role, name, WHOLE)

    def _households(self, villages: list[Place]):
        """Bring the households from a file by one clerk, confirmed by the other."""
        tiers = [Tier.LIFTED] * 11 + [Tier.UNSTABLE] * 2 + [Tier.MARGINAL] * 2 + [Tier.ORDINARY] * 5
        farmers = [person for person in DEMO_PEOPLE if not person.post]
        rows = ["户编号,户主姓名,身份证号,联系电话,家庭人口,户类型,村代码"]
        for number in range(HOUSEHOLDS):
            village = villages[0] if number < 12 else villages[number % len(villages)]
            person = farmers[number] if number < len(farmers) else None
            name = person.name if person else self.made.name()
            name = rows[-1].split(",")[1] if number == TWIN else name
            # One household in five has no phone: its cadre acts for it.
            phone = person.phone if person else (self.made.phone() if self.made.draw.random() < 0.8 else "")
            tier = Tier.LIFTED if number < 8 else self.made.draw.choice(tiers)
            cells = (name, self.made.id_number(), phone, self.made.draw.randint(1, 7), TIER_WORDS[tier], village.code)
            rows.append(",".join(map(str, (f"{village.code}{number:04d}", *cells))))
        bring_file(rows, at=self.at)
        register_files.confirm_file(RegisterFile.objects.get(), by=_account("second_clerk"), at=self.at)

    def bring_another_file(self, at: dt.datetime):
        """Let one clerk bring a file of three households today, for the second clerk to confirm."""
        made = self.made
        rows = [f"{made.name()},{made.id_number()},{made.phone()},{size},脱贫户,{VILLAGE}" for size in (2, 4, 3)]
        bring_file(["户主姓名,身份证号,联系电话,家庭人口,户类型,村代码", *rows], at=at)

    def _members(self):
        """Enter one member beside the head of a household of the demo's village."""
        made = self.made
        member = {"household": f"{VILLAGE}0009", "name": made.name(), "id_number": made.id_number()}
        member["from_on"] = clock.county_day(self.at).isoformat()
        self._propose("members", "clerk", "second_clerk", [member])

    def _kin(self):
        """Declare that one verifier is kin of a household of the demo's village."""
        verifier = Membership.objects.filter(role=Role.VERIFIER).order_by("pk").select_related("person").reverse()[0]
        declared = {"name": verifier.person.name, "id_number": verifier.person.id_number, "relation": "姐夫"}
        self._propose("kin", "clerk", "second_clerk", [declared | {"household": f"{VILLAGE}0007"}])

    def ask_for_a_merge(self, at: dt.datetime):
        """Compare the households; let one clerk ask to merge two of the demo's village, the second to confirm."""
        rows: list[Content] = [{"household": f"{VILLAGE}0011", "into": f"{VILLAGE}0010"}]
        look_for_duplicates(at=at)
        changes.propose("merges", rows, document_number=f"石府办〔{at.year}〕户1号", by=_account("clerk"), at=at)

    def _cards(self):
        """Enter the cards of households and co-operatives."""
        owners = [(household.number, household.head_name) for household in Household.objects.order_by("number")]
        coops = Organisation.objects.filter(kind="cooperative").order_by("pk")
        owners += [(coop.name, coop.name) for coop in coops]
        rows: list[Content] = [
            {"owner": owner, "holder": holder, "number": self.made.card(), "lost": False}
            | {"bank": self.made.draw.choice(BANKS)}
            for owner, holder in owners
        ]
        self._propose("cards", "clerk", "second_clerk", rows)

    def _authenticators(self):
        """Give staff an authenticator that nobody has: the demo code stands in for it."""
        staff = User.objects.filter(person__memberships__role__in=STAFF_ROLES).distinct()
        for user in staff.order_by("pk"):
            TOTP.activate(user, generate_totp_secret())


TWIN = 11  # it has the name of the household before it, and both are one
TWO_APPROVE_FROM_FEN = 3_000_00
TIER_WORDS = {
    Tier.LIFTED: "脱贫户",
    Tier.UNSTABLE: "脱贫不稳定户",
    Tier.MARGINAL: "边缘易致贫户",
    Tier.ORDINARY: "一般农户",
}


def bring_file(rows: list[str], *, at: dt.datetime):
    """Bring a file of households as the first clerk."""
    office = Organisation.objects.get(name=RELIEF)
    register_files.propose_file("\r\n".join(rows).encode(), office=office, by=_account("clerk"), at=at)


def _account(key: str) -> User:
    return known(account_of_phone(PEOPLE[key].phone))


def _union_rule(today: dt.date) -> Content:
    """Return what the county's unions may spend for each member, from tomorrow on; orders on no plan count nowhere."""
    sums = {"year": 2_000_00, "festival": 300_00, "apart": 500_00}
    return sums | {"place": WHOLE, "counts_unplanned": False, "from_on": (today + dt.timedelta(days=1)).isoformat()}


def _size_of_plans(today: dt.date) -> Content:
    """Return what the county's unions must have for a plan from 5,000 yuan on, from tomorrow on."""
    asked = {"fund_kind": "union", "amount": 5_000_00, "notice_days": 3, "quotes": 3, "needs_project": False}
    return asked | {"place": WHOLE, "from_on": (today + dt.timedelta(days=1)).isoformat()}


def _two_approvers(today: dt.date) -> Content:
    """Return who says yes to the unions' orders from 3,000 yuan on, from tomorrow on: approver and chair, both."""
    asked = {
        "fund_kind": "union",
        "amount": TWO_APPROVE_FROM_FEN,
        "rule": "三千元以上：食堂审批人和工会主席两人都同意",
        "persons": 2,
    }
    posts = {Role.BUYING_APPROVER.value: True, Role.UNION_CHAIR.value: True}
    return asked | posts | {"hours": 24, "from_on": (today + dt.timedelta(days=1)).isoformat()}


def _canteen(name: str, channel: str, heads: int, members: int) -> Content:
    return {
        "organisation": name,
        "mode": "own" if channel != "market" else "none",
        "heads": heads,
        "union_members": members,
        "is_budget_unit": channel in ("office", "school", "hospital"),
        "address": f"石城县{name.removeprefix('石城县')}",
    }


def _committees(villages: list[Place]) -> list[Content]:
    return [{"kind": "village", "name": _committee(village), "place": village.code} for village in villages]


def _committee(village: Place) -> str:
    if village.code == VILLAGE:
        return next(person.organisation for person in DEMO_PEOPLE if person.post == Role.CADRE)
    return f"{village.township.name}{village.short_name.removesuffix('村')}村民委员会"


def _coops(villages: list[Place]) -> list[Content]:
    return [
        {"kind": "cooperative", "name": _coop(village), "place": village.code, "phone": f"0797-57000{number:02d}"}
        for number, village in enumerate(villages[:COOPERATIVES], 10)
    ]


def _coop(village: Place) -> str:
    return f"{village.township.name}{village.short_name}果蔬专业合作社"
