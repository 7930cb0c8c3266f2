"""A union of 46 members gives 300 yuan a head for the Mid-Autumn festival: decided by its committee, put on public
notice, quoted by three, objected to once, approved, ordered four times, handed out on paper, and closed with a signed
list of 44 names and two who did not take theirs."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from canteens.models import PurchasePlan, SignedLine
from canteens.services import union_members
from canteens.services.union_members import ListedMember
from catalog.services import listings
from kernel.weight import parse_quantity
from marketplace.audit import breaches
from tests import factories
from tests.factories import FRIDAY, MONDAY, login
from tests.journeys.browsing import Person
from tests.journeys.test_hospital import call, read, send
from tests.orders.conftest import fund, now, story  # noqa: F401
from tests.orders.steps import wish
from tests.orders.test_shown_again import a_photo

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
BEFORE = MONDAY - 7 * DAY  # a week, in which the plan hangs on public notice
MEMBERS, EACH_FEN, LOTS = 46, 300_00, 4


@pytest.fixture
def fund(school, treasurer_zhou):  # noqa: F811
    return factories.a_fund(school, by=treasurer_zhou, yuan=20_000)


@pytest.fixture
def members(school, treasurer_zhou, chair_tan):
    names = [f"{family}{given}" for family in "赵钱孙李周" for given in "甲乙丙丁戊己庚辛壬癸"][:MEMBERS]
    said = {"on": BEFORE.date(), "document_number": "5号", "by": treasurer_zhou, "at": BEFORE}
    row = union_members.propose_list(school, [ListedMember(name) for name in names], **said)
    return union_members.enter_list(row, by=chair_tan, at=BEFORE)


@pytest.fixture
def lots(coop, coop_manager, cabbage):
    """Four lots of 550 kg at 6.00 yuan a kilo: 3,300 yuan each, and 13,200 yuan are 44 times 300."""
    factories.people.set_card(
        organisation=coop, number=factories.a_card_number(990_001), holder=coop.name, bank="石城农商银行", at=MONDAY
    )
    goods = {"cooperative": coop, "produce": cabbage, "price_fen": 3_00, "harvested_on": MONDAY.date()}
    quantity = parse_quantity("550", "kg")
    return [listings.put_on_sale(**goods, quantity=quantity, by=coop_manager, at=MONDAY) for _lot in range(LOTS)]


def test_a_festival_from_the_plan_to_the_signed_list(
    client,
    fund,
    story,  # noqa: F811
    now,  # noqa: F811
    county,
    members,
    lots,
    treasurer_zhou,
    chair_tan,
):
    factories.a_plan_requirement(county, notice_days=3, quotes=3)
    now["at"] = BEFORE
    plan = planned(fund, treasurer_zhou)
    put_up(plan, treasurer_zhou, chair_tan)
    now["at"] += DAY
    objected(client, plan, chair_tan)
    now["at"] = MONDAY
    call(chair_tan, "purchase-plan-approve", plan.pk)
    story.plan = plan
    for lot in lots:
        story.signed(wish((lot, 550)))
    plan.refresh_from_db()
    assert (plan.members, plan.held_fen, plan.accepted_fen) == (MEMBERS, 0, 44 * EACH_FEN)
    assert plan.named_goods.get().left_g() == 0

    now["at"] = FRIDAY
    refused = send(treasurer_zhou, "purchase-plan-close", plan.pk)
    assert (refused.status_code, refused.json()["code"]) == (409, "signed_list_missing")
    treasurer = Person(treasurer_zhou)
    treasurer.open(reverse("purchase-plan-detail", args=[plan.pk]))
    treasurer.follow("signed-list")
    treasurer.press("signed-list/open", goods="包菜 50 公斤")
    paper = login(client, treasurer_zhou).get(reverse("signed-list-print", args=[plan.pk])).content.decode()
    assert len(re.findall("包菜 50 公斤", paper)) == MEMBERS
    handed_out(client, plan)

    signed_off(plan, chair_tan)
    said = read(treasurer_zhou, "signed-list", plan.pk)
    assert (said["got"], said["refused"], said["given"], said["accepted"]) == (44, 2, "13200.00", "13200.00")
    assert breaches() == []


def planned(fund, treasurer) -> PurchasePlan:
    """Plan 300 yuan a head in the name of the union, by the record of its committee."""
    days = {"from_on": MONDAY.date().isoformat(), "to_on": MONDAY.date().replace(day=28).isoformat()}
    sums = {"total": "13800.00", "per_head": "300.00", "kind": "festival", "occasion": "中秋"}
    cabbage = {"produce": "cabbage", "kg": "2200", "ceiling": "3.00"}
    said = sums | days | {"committee_record": "石中工纪12号", "goods": [cabbage]}
    sent = call(treasurer, "purchase-plan-list", fund=fund.pk, **said)
    return PurchasePlan.objects.get(pk=sent["id"])


def put_up(plan, treasurer, chair) -> None:
    """Put the plan on public notice with three quotes, page by page; the chair reads what it still waits for."""
    lacking = read(chair, "purchase-plan-detail", plan.pk)["lacking"]
    assert len(lacking) == 2 and all("石财购〔2026〕7号" in sentence for sentence in lacking)
    person = Person(treasurer)
    person.open(reverse("purchase-plan-detail", args=[plan.pk]))
    person.follow(f"purchase-plans/{plan.pk}/notice")
    person.press("goods", goods="每人包菜 50 公斤", sellers="屏山镇的合作社", people=str(MEMBERS))
    quote = reverse("purchase-plan-quote", args=[plan.pk])
    for number, supplier in enumerate(("屏山合作社", "县城超市", "批发行")):
        typed = {"supplier": supplier, "amount": str(13_800 + number), "photo": a_photo(f"{number}.jpg", number)}
        assert person.client.post(quote, typed | {"idem": f"q{number}" * 16}).status_code == 302


def objected(client, plan, chair) -> None:
    """Object without a name; the chair finds it on her home and answers; everybody reads the answer, not who asked."""
    plan.refresh_from_db()
    stranger = Person()
    page = stranger.open(reverse("notice", args=[plan.notice.number]))
    assert "13,800.00" in page.words
    stranger.follow("object")
    stranger.press("words", line=str(plan.notice.lines.get().line_no), words="批发市场便宜一些")
    early = send(chair, "purchase-plan-approve", plan.pk)
    assert (early.status_code, early.json()["code"]) == (409, "plan_lacks")
    person = Person(chair)
    person.open(reverse("home"))
    person.follow(f"purchase-plans/{plan.pk}/objections")
    person.press("answer", verdict="rejected", answer="三家比过价，连送货最低")
    told = stranger.open(reverse("notice", args=[plan.notice.number])).words
    assert "三家比过价，连送货最低" in told and "批发市场便宜一些" not in told and chair.person.name not in told


def handed_out(client, plan) -> None:
    """Photograph two sheets, write down who signed on which, and who did not take theirs."""
    numbers = []
    for sheet in range(2):
        client.post(
            reverse("signed-list-photo", args=[plan.pk]), {"idem": str(sheet) * 32, "photo": a_photo(f"{sheet}.jpg")}
        )
        page = client.get(reverse("signed-list", args=[plan.pk]))
        numbers.append(page.context["answer"].fields["sheet"].choices[1][0])
    first, second = ({"answer": "got", "sheet": number} for number in numbers)
    refused = {"answer": "refused", "reason": "出差在外，不要"}
    for key, typed, said in (("a", "1-30", first), ("b", "31-44", second), ("c", "45，46", refused)):
        answer = client.post(reverse("signed-list-answer", args=[plan.pk]), said | {"numbers": typed, "idem": key * 32})
        assert answer.status_code == 302, answer.content.decode()
    assert not SignedLine.objects.filter(sheet=None).exists()


def signed_off(plan, chair) -> None:
    """Let the chair find it on her home, compare it and close the plan."""
    person = Person(chair)
    home = person.open(reverse("home"))
    assert any("signed-list" in link for link in home.links)
    person.follow("signed-list")
    person.press(f"purchase-plans/{plan.pk}/close")
    plan.refresh_from_db()
    assert plan.status == "closed"
