"""The reserved share: what counts for whom, how far buyers have come, who is told; page, file and API say the same."""

import datetime as dt
import html
import io
import re
import uuid
from collections import Counter

import openpyxl
import pytest
from django.urls import reverse

from accounts.models import Message, Organisation
from canteens.models import Canteen, ShareDeclaration, ShareReason, ShareUnit
from kernel.entering import entering
from orders.models import OrderUnit, SettlementStatement
from orders.services import paying
from orders.services.weighing import Weighed
from registers.services import changes
from reports.selectors.shares import goods_to_mend, pace_permille, shares
from reports.services.shares import remind_shares
from tests import factories
from tests.factories import FRIDAY, MONDAY, login
from tests.guards.rows import force
from tests.orders.steps import Story, wish

pytestmark = pytest.mark.django_db
YEAR = MONDAY.year
LONG_AGO = dt.date(YEAR, 1, 1)


@pytest.fixture
def story(school, chef_chen, haulier, receiver_wang, receiver_sun, cashier_yu):
    people = {"chef": chef_chen, "haulier": haulier, "weigher": receiver_wang, "signer": receiver_sun}
    return Story(school, factories.a_fund(school, "canteen", by=cashier_yu), people)


@pytest.fixture
def lots(xiuying, xiuying_household, guiying, guiying_household, cabbage):
    """A lot of a poor household at 1.60, and one of a household that is not, at 1.50."""
    hers = factories.a_listing(xiuying_household, cabbage, kg=100, price_fen=80, by=xiuying)
    return hers, factories.a_listing(guiying_household, cabbage, kg=80, price_fen=75, by=guiying)


@pytest.fixture
def declared(school, cashier_yu, second_qiu):
    content = {"organisation": school.name, "year": YEAR, "total": 1_000_00, "union": 0, "ratio": 10_00}
    change = changes.propose("shares", [content], document_number="7号", by=cashier_yu, at=MONDAY)
    return changes.confirm(change, by=second_qiu, at=MONDAY)


def standing(unit, at=FRIDAY):
    return next(row for row in shares(YEAR, at=at) if row.organisation_id == unit.pk)


def written(unit, **more):
    with entering("registerchange:0"):
        return ShareUnit.objects.create(organisation=unit, from_on=LONG_AGO, document="7号", **more)


def test_accepted_goods_of_poor_households_count_and_the_rest_is_on_its_way(story, lots, school, declared):
    hers, next_door = lots
    story.signed(wish((hers, 40), (next_door, 30)), weights=[Weighed(40_000, 0, 4_000, "rotten"), Weighed(30_000)])
    story.asked(wish((hers, 10)))

    row = standing(school)

    assert (row.due_fen, row.counted_fen, row.on_way_fen, row.union_fen) == (100_00, 57_60, 16_00, 0)
    assert (row.done_permille, row.pace_permille, row.state) == (576, 833, "behind")
    assert row.behind_fen == 83_30 - 57_60
    assert row.no_invoice_fen == 57_60


def test_what_is_on_the_sellers_card_is_said_as_paid(story, lots, school, declared, cashier_yu, second_qiu):
    story.signed(wish((lots[0], 40)))
    story.signed(wish((lots[0], 10)))
    assert standing(school).paid_fen == 0

    first = SettlementStatement.objects.earliest("pk")
    paying.record_payment(first, voucher_number="77", by=cashier_yu, at=FRIDAY)
    assert standing(school).paid_fen == 0
    paying.confirm_payment(first, by=second_qiu, at=FRIDAY)

    assert (standing(school).paid_fen, standing(school).counted_fen) == (64_00, 80_00)


def test_union_money_counts_apart(story, lots, school, declared, treasurer_zhou):
    story.fund = factories.a_fund(school, "union", by=treasurer_zhou)
    story.signed(wish((lots[0], 40)))

    row = standing(school)
    assert (row.counted_fen, row.union_fen, row.no_invoice_fen) == (0, 64_00, 0)


def test_each_yuan_counts_once_for_the_unit_that_reports(story, lots, school, hospital, declared):
    written(school, reported_by=hospital)
    story.signed(wish((lots[0], 40)))

    assert standing(school).counted_fen == 0 and standing(school).state == "reported"
    assert standing(hospital).counted_fen == 64_00
    assert sum(row.counted_fen for row in shares(YEAR, at=FRIDAY)) == 64_00


def test_a_mended_order_counts_for_the_other_unit(story, lots, school, hospital, declared, cashier_yu, second_qiu):
    order = story.place(wish((lots[0], 10)))
    with entering("registerchange:0"):
        OrderUnit.objects.create(
            order=order, turn=1, organisation=hospital, why="点错了", document="9号", by=cashier_yu,
            confirmed_by=second_qiu, at=MONDAY,
        )  # fmt: skip
    assert (standing(school).on_way_fen, standing(hospital).on_way_fen) == (0, 16_00)


@pytest.mark.parametrize(("month", "pace"), [(1, 0), (2, 83), (11, 833), (12, 916)])
def test_the_pace_is_that_of_the_last_whole_month(month, pace):
    assert pace_permille(YEAR, dt.date(YEAR, month, 28)) == pace
    assert pace_permille(YEAR, dt.date(YEAR + 1, 1, 1)) == 1000


def test_the_page_names_the_household_and_the_paper_to_its_own_people_alone(
    client, story, lots, school, declared, finance_checker, guiying, now
):
    story.signed(wish((lots[0], 30)))
    refused = story.signed(wish((lots[0], 10)), weights=[Weighed(10_000, 0, 10_000, "rotten")])
    force(refused.lines.get(), reason="papers")
    now.at = FRIDAY
    mends = {one.lacks: (one.fen, one.household) for one in goods_to_mend(YEAR, school.pk, at=FRIDAY, most=9)}
    assert mends == {"no_invoice": (48_00, lots[0].household), "no_papers": (16_00, lots[0].household)}

    address = reverse("share", args=[school.pk])
    own = login(client, story.people["chef"]).get(address).content.decode()
    assert "黄秀英" in own and "合格证" in own and "48%" in own
    assert login(client, finance_checker).get(reverse("shares")).status_code == 200
    office = client.get(address).content.decode()
    assert "黄秀英" not in office and "48%" in office
    assert login(client, guiying).get(address).status_code == 404
    assert client.get(reverse("shares")).status_code == 403


def test_a_buyer_says_why_and_the_board_page_file_and_api_agree(client, story, school, declared, finance_checker, now):
    now.at = FRIDAY
    login(client, story.people["chef"])
    assert client.get(reverse("shares")).url == reverse("share", args=[school.pk])
    typed = {"cause": "no_supply", "words": "县里没人养羊", "idem": uuid.uuid4().hex}
    assert client.post(reverse("share-cause", args=[school.pk]), typed).status_code == 302
    said = client.post(
        reverse("api-share-cause", args=[school.pk]), {"cause": "no_invoices"}, content_type="application/json",
        headers={"Idempotency-Key": "k" * 20},
    )  # fmt: skip
    assert said.json()["cause"] == "no_invoices"
    assert list(ShareReason.objects.order_by("pk").values_list("cause", flat=True)) == ["no_supply", "no_invoices"]

    login(client, finance_checker)
    found = client.get(reverse("shares"), {"cause": "no_invoices"}).content.decode()
    assert school.name in found and "没发票" in found
    assert school.name not in client.get(reverse("shares"), {"cause": "no_supply"}).content.decode().split("<table")[-1]
    book = client.get(reverse("shares-xlsx"), {"state": "behind"}).content
    rows = list(openpyxl.load_workbook(io.BytesIO(book)).worksheets[0].iter_rows(values_only=True))
    (one,) = client.get(reverse("api-shares"), {"state": "behind"}).json()
    assert (rows[1][0], rows[1][8]) == (one["name"], one["behind"]) == (school.name, "83.30")
    assert client.get(reverse("api-share", args=[school.pk])).json() == one
    assert client.get(reverse("api-shares"), {"colour": "red"}).status_code == 400
    assert client.post(reverse("share-cause", args=[school.pk]), typed).status_code == 403


@pytest.mark.parametrize("year", ["9999", "1", "-1", "heuer"])
def test_a_year_without_shares_is_refused_rather_than_answered_with_this_one(client, school, finance_checker, year):
    login(client, finance_checker)
    doors = [reverse("shares"), reverse("api-shares")]
    doors += [reverse(name, args=[school.pk]) for name in ("share", "api-share")]

    assert [client.get(door, {"year": year}).status_code for door in doors] == [400] * 4
    assert [client.get(door, {"year": YEAR - 1}).status_code for door in doors] == [200] * 4


def test_a_spreadsheet_of_what_cannot_be_read_is_the_page_that_says_so(client, school, finance_checker):
    login(client, finance_checker)

    refused = client.get(reverse("shares-xlsx"), {"state": "nonsense"})

    assert refused.status_code == 400 and refused["Content-Type"].startswith("text/html")
    assert "state" in refused.context["found"].form.errors


@pytest.mark.parametrize("who", ["chef_chen", "cashier_yu", "second_qiu", "receiver_wang"])
def test_what_the_page_of_a_share_offers_is_open_to_whoever_reads_it(client, story, school, county, who, request, now):
    login(client, request.getfixturevalue(who))

    page = client.get(reverse("share", args=[school.pk])).content.decode()

    links = re.findall(r'href="(/registers/[^"]+)"', page)
    assert len(links) == {"chef_chen": 1, "cashier_yu": 2}.get(who, 0)
    assert {client.get(html.unescape(link)).status_code for link in links} <= {200}


def test_a_superior_sees_its_units_alone(client, school, hospital, pingshan, township_officer, now):
    office = township_officer.person.memberships.get().organisation
    written(school, superior=office)
    for user in (township_officer, factories.a_user("镇长", "head_of_office", office)):
        below = login(client, user).get(reverse("shares")).content.decode()
        assert school.name in below and hospital.name not in below
    assert client.get(reverse("share", args=[hospital.pk])).status_code == 404


@pytest.fixture
def six_hundred(school, declared, county, hospital, cashier_yu, second_qiu):
    """600 canteens beside the school, each with its declaration; every third is reported by the hospital."""
    buyers = Organisation.objects.bulk_create(
        Organisation(kind="buyer", name=f"第{number}食堂", place=county, channel=school.channel)
        for number in range(600)
    )
    Canteen.objects.bulk_create(
        Canteen(organisation=one, mode="own", heads=300, union_members=20, address="琴江镇") for one in buyers
    )
    ShareDeclaration.objects.bulk_create(
        ShareDeclaration(
            organisation=one, year=YEAR, turn=1, total_fen=1_000_00 + number, union_fen=0, ratio_permille=100,
            document="7号", by=cashier_yu, confirmed_by=second_qiu, at=MONDAY,
        )
        for number, one in enumerate(buyers)
    )  # fmt: skip
    with entering("registerchange:0"):
        ShareUnit.objects.bulk_create(
            ShareUnit(organisation=one, reported_by=hospital, from_on=LONG_AGO, document="7号") for one in buyers[::3]
        )


def test_a_board_of_six_hundred_asks_eight_times_at_most(
    client, story, lots, six_hundred, finance_checker, now, django_assert_max_num_queries
):
    story.signed(wish((lots[0], 40)))
    now.at = FRIDAY
    login(client, finance_checker)
    client.get(reverse("shares"))  # who looks, and what the frame shows of them, is kept from now on

    with django_assert_max_num_queries(8):
        page = client.get(reverse("shares")).content.decode()
    with django_assert_max_num_queries(8):
        told = client.get(reverse("api-shares")).json()

    assert "第599食堂" in page and len(told) >= 602
    states = Counter(row["state"] for row in told)
    assert (states["behind"], states["reported"]) == (401, 200)


def test_buyers_are_told_once_a_month_while_they_are_behind(story, school, declared):
    assert remind_shares(at=FRIDAY) == 1
    assert remind_shares(at=FRIDAY) == 0
    told = Message.objects.filter(kind="share.behind")
    assert told.count() == 1 and "83.30" in told.get().body
    assert remind_shares(at=FRIDAY + dt.timedelta(days=30)) == 1


def test_whoever_has_not_declared_is_told_before_the_day(school, cashier_yu):
    before = dt.datetime(YEAR, 2, 5, 1, tzinfo=dt.UTC)
    assert remind_shares(at=before) == 0
    assert remind_shares(at=before + dt.timedelta(days=1)) == 1
    assert Message.objects.get(kind="share.declare").phone == cashier_yu.phone
