"""Made-up people, places and goods, built through the services that the site itself uses."""

import datetime as dt
import itertools
from zoneinfo import ZoneInfo

from accounts.models import Channel, Organisation, Place, Tier
from accounts.services import coops, people

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (
    dt.datetime(2026, 11, day, 9, tzinfo=SHANGHAI).astimezone(dt.UTC) for day in range(2, 7)
)
LONG_AGO = dt.date(2020, 1, 1)

_serial = itertools.count(1)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def an_id_number(serial: int, *, born: dt.date = dt.date(1971, 3, 5), area: str = "362137") -> str:
    """Return a made-up ID number with the right check character (GB 11643)."""
    first = f"{area}{born:%Y%m%d}{serial % 1000:03d}"
    remainder = sum(int(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True)) % 11
    return first + "10X98765432"[remainder]


def a_card_number(serial: int) -> str:
    """Return a made-up 19-digit card number that obeys Luhn."""
    first = f"621799{serial:012d}"
    doubled = [int(d) * (2 if i % 2 == 0 else 1) for i, d in enumerate(reversed(first))]
    return first + str(-sum(d - 9 if d > 9 else d for d in doubled) % 10)


def a_place(code: str, level: str, name: str, parent: Place | None = None) -> Place:
    """Return this place, made on first use."""
    made, _new = Place.objects.get_or_create(code=code, defaults={"level": level, "name": name, "parent": parent})
    return made


def an_organisation(kind: str, name: str, place: Place, *, channel: str = "") -> Organisation:
    """Return this organisation, made on first use; buyers need a channel code."""
    row = None
    if channel:
        row, _new = Channel.objects.get_or_create(
            code=channel,
            defaults={
                "name_zh": channel,
                "name_en": channel,
                "position": 90 + next(_serial),
                "runs_canteen": True,
                "asks_test": channel in ("school", "hospital"),
            },
        )
    made, _new = Organisation.objects.get_or_create(name=name, defaults={"kind": kind, "place": place, "channel": row})
    return made


def a_person(name: str, *, born: dt.date | None = None):
    """Return a new made-up person."""
    serial = next(_serial)
    born = born or dt.date(1960 + serial % 35, 1 + serial % 12, 1 + serial // 1000 % 28)
    return people.register_person(name=name, id_number=an_id_number(serial, born=born), at=MONDAY)


def a_user(name: str, role: str = "", organisation=None, area: Place | None = None, *, person=None):
    """Return an account of a new made-up person, with one post if a role is named."""
    person = person or a_person(name)
    user = people.register_account(phone=f"139{next(_serial):08d}", person=person, at=MONDAY)
    if role:
        people.appoint(person, organisation, role, area=area or organisation.place, from_on=LONG_AGO)
    return user


def a_household(village: Place, *, name: str = "黄秀英", tier: str = Tier.LIFTED, card: bool = True, head=None):
    """Return a household of the register with a bank card, and a head who has no account yet."""
    serial = next(_serial)
    head = head or a_person(name)
    household = people.register_household(
        number=f"{village.code[:9]}{serial:04d}",
        village=village,
        head=head,
        phone=f"138{serial:08d}",
        people=4,
        tier=tier,
        from_on=LONG_AGO,
        at=MONDAY,
    )
    if card:
        people.set_card(household=household, number=a_card_number(serial), holder=name, bank="石城农商银行", at=MONDAY)
    return household


def a_member(household, cooperative, *, from_on: dt.date = LONG_AGO):
    """Let a household be a member of a co-operative."""
    return coops.join(household, cooperative, from_on=from_on, to_on=None)


def a_mandate(household, cooperative, *, from_on: dt.date = LONG_AGO, **terms):
    """Let a co-operative sell for a household."""
    terms = {"may_list": True, "may_confirm": True, "payee_is_coop": False} | terms
    return coops.give_mandate(household, cooperative, terms=terms, from_on=from_on, to_on=None)


def a_listing(household, produce, *, kg: int | str = 100, price_fen: int = 80, by=None, at=MONDAY, **more):
    """Put a lot of this household on sale, as its own member or as whoever is named; pieces for animals."""
    from catalog.services import listings
    from kernel.weight import parse_quantity

    by = by or _member(household)
    unit = "piece" if produce.stock_unit == "piece" else "kg"
    return listings.put_on_sale(
        household=household,
        produce=produce,
        quantity=parse_quantity(str(kg), unit, grams_per_unit=produce.piece_g if unit == "piece" else None),
        price_fen=price_fen,
        harvested_on=None if "expected" in more else at.astimezone(SHANGHAI).date(),
        by=by,
        at=at,
        **more,
    )


def a_season(household, produce, *, replaces=None, by=None, confirmed_by=None, at=MONDAY, **asked):
    """Write down what a household grows: 2.5 mu, harvested in the weeks around this Monday."""
    from catalog.services import plots

    asked = {
        "parcel": "村东大丘", "area_cmu": 250, "harvest_from": at.date() - dt.timedelta(days=20),
        "harvest_to": at.date() + dt.timedelta(days=30),
    } | asked  # fmt: skip
    return plots.enter_season(
        household,
        plots.SeasonAsked(produce=produce, **asked),
        replaces=replaces,
        by=by or _member(household),
        confirmed_by=confirmed_by or a_user("陈乡长"),
        at=at,
    )


def _member(household):
    from accounts.selectors import users_of_household

    found = users_of_household(household).first()
    return found or people.register_account(phone=f"137{next(_serial):08d}", person=household.head, at=MONDAY)


def a_fund(organisation, kind: str = "union", *, yuan: int = 10_000, year: int = 2026, by=None, at=MONDAY, **more):
    """Open a purse of this buyer and put this many yuan into it."""
    from canteens import services

    fund = services.open_fund(organisation, kind, year, at=at, **more)
    if yuan:
        by = by or a_user("周会计", "union_treasurer", organisation)
        proposed = services.propose_budget(fund, yuan * 100, "石工会〔2026〕3号", by=by, at=at)
        services.confirm_budget(proposed, by=a_user("谭主席", "union_chair", organisation), at=at)
    return fund


def a_purchase_plan(
    fund, *, by, kind: str = "festival", occasion: str = "中秋", record: str = "石中工纪〔2026〕12号", yuan=3_000,
    fen=0, at=MONDAY, goods=(), **more,
):  # fmt: skip
    """Return a plan of this purse that waits for its second person: for a festival, of all goods."""
    from canteens.services.purchase_plans import Planned, send_plan

    more |= {"goods": goods or all_goods()}
    day = at.date()
    planned = Planned(kind, occasion, fen or yuan * 100, day, day + dt.timedelta(days=20), record, **more)
    return send_plan(fund, planned, by=by, at=at)


def all_goods():
    """Return every class of goods there is, as much as one likes of each, as a plan names them."""
    from canteens.services.plan_goods import Goods
    from produce.models import ProduceCategory

    vegetables = {"name_zh": "蔬菜", "name_en": "Vegetables", "position": 1}
    ProduceCategory.objects.get_or_create(code="vegetable", defaults=vegetables)
    return tuple(Goods(category_id=code) for code in ProduceCategory.objects.values_list("pk", flat=True))


def a_kitchen(organisation, name: str = "一食堂", *, shared_with=None, on=(None, None), **more):
    """Return a canteen of this buyer since the year began, and let another eat there between two days."""
    from canteens.models import Kitchen, KitchenShare

    first = dt.date(MONDAY.year, 1, 1)
    row = Kitchen.objects.create(
        organisation=organisation, name=name, address=f"{name}后门", document="7号", from_on=first, **more
    )
    if shared_with is not None:
        from_on, to_on = on
        KitchenShare.objects.create(
            kitchen=row, organisation=shared_with, document="8号", from_on=from_on or first, to_on=to_on
        )
    return row


def a_union_rule(place, *, document: str = "赣工发〔2026〕3号", from_on=None, counts_unplanned: bool = True, **sums):
    """Write down what the unions of a place may spend on goods for each member: `sums` in fen."""
    from canteens.models import UnionRule

    from_on = from_on or MONDAY.date() - dt.timedelta(days=30)
    return UnionRule.objects.create(
        place=place, document=document, counts_unplanned=counts_unplanned, from_on=from_on, **sums
    )


def a_union_allowance(fund, rule, lifts: str, more_fen: int):
    """Write down that a union's chair allowed so much beyond this part of a rule today."""
    from canteens.models import UnionAllowance

    by, confirmed_by = (
        a_user("周会计", "union_treasurer", fund.organisation),
        a_user("段主席", "union_chair", fund.organisation),
    )
    turn = UnionAllowance.objects.filter(fund=fund, rule=rule, lifts=lifts).count() + 1
    return UnionAllowance.objects.create(
        fund=fund, rule=rule, lifts=lifts, turn=turn, more_fen=more_fen, until_on=MONDAY.date(), why="抗疫慰问",
        document="石总工批〔2026〕8号", by=by, confirmed_by=confirmed_by, at=MONDAY,
    )  # fmt: skip


def a_plan_requirement(place, *, fund_kind: str = "union", from_fen: int = 10_000_00, from_on=None, **asked):
    """Write down what purchase plans of this money must have from an amount on; nothing of what is not `asked`."""
    from canteens.models import PlanRequirement

    said = {"document": "石财购〔2026〕7号", "notice_days": 0, "quotes": 0, "needs_project": False} | asked
    from_on = from_on or MONDAY.date() - dt.timedelta(days=30)
    return PlanRequirement.objects.create(place=place, fund_kind=fund_kind, from_fen=from_fen, from_on=from_on, **said)


def login(client, user):
    """Sign this account in without asking for a code."""
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def a_county_notice(place: Place, *, by, at: dt.datetime):
    """Return a published county notice with one line."""
    from records.models import PublicNotice
    from records.services import notices

    return notices.publish(
        round=PublicNotice.Round.COUNTY,
        title="屏山镇农产品滞销损失救助核定公示",
        basis="石城县农产品滞销损失救助办法（2026 版）",
        place=place,
        lines=[notices.Line("claim:1", "黄*英", "长溪村", "包菜 100 斤（50 公斤）", 50_000, 80_00)],
        working_days=5,
        how_computed="核定数量 × 救助标准",
        by=by,
        at=at,
    )


def a_signature(notice, *, at: dt.datetime):
    """Return what is kept of a signed sheet; its file is none that a reader of PDF would open."""
    from records.models import NoticeSignature
    from records.services.files import store_bytes

    file = store_bytes(b"%PDF-signed%%EOF", kind="notice", media_type="application/pdf", by=None, at=at)
    return NoticeSignature.objects.create(
        notice=notice, file=file, subject="CN=石城县农业农村局", issuer="CN=发证机构", serial="5AFE01",
        valid_until=at + dt.timedelta(days=365), stamped=False, at=at,
    )  # fmt: skip
