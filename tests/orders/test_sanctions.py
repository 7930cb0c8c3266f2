"""Sanctions: until a last day, by two of the bureau; they bite where goods are listed and where orders are placed."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Grievance, Message
from accounts.services import grievances
from catalog.models import Sanction
from catalog.services import pauses
from catalog.services.kilos import SellerAway
from catalog.services.sanctions import MayNotSell
from kernel.errors import BadValue
from orders.services.barred import MayNotOrder
from records.services.participation import AlreadyTookPart
from registers.services import changes
from tests import factories
from tests.factories import MONDAY, TUESDAY, login
from tests.orders.steps import wish

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
UNTIL = MONDAY.date() + 30 * DAY


@pytest.fixture
def barred(director_lin, clerk_ma):
    """Let two of the bureau decide something, and return it."""

    def bar(at=MONDAY, **content):
        said = {
            "code": "no_selling",
            "to_on": UNTIL.isoformat(),
            "reason": "以次充好",
        }
        change = changes.propose(
            "sanctions", [said | content], document_number="石农〔2026〕9号", by=director_lin, at=at
        )
        changes.confirm(change, by=clerk_ma, at=at)
        return Sanction.objects.latest("pk")

    return bar


def lift(row, by, second, at):
    content = {"row": row.pk, "why": "查清了"}
    change = changes.propose("sanctions", [content], document_number="石农〔2026〕12号", by=by, at=at)
    changes.confirm(change, by=second, at=at)


def test_a_seller_puts_nothing_of_it_on_sale_and_its_lots_leave_the_market_until_the_day(
    story, barred, xiuying_household, cabbage, duck, cabbage_of_xiuying
):
    barred(household=xiuying_household.number, produce=cabbage.name)

    with pytest.raises(MayNotSell, match="以次充好"):
        factories.a_listing(xiuying_household, cabbage)
    factories.a_listing(xiuying_household, duck)
    cabbage_of_xiuying.refresh_from_db()
    assert cabbage_of_xiuying.paused_until == UNTIL
    with pytest.raises(SellerAway):
        story.place(wish((cabbage_of_xiuying, 5)))
    assert "以次充好" in Message.objects.filter(kind="sanction").get().body
    after = dt.datetime.combine(UNTIL + DAY, MONDAY.timetz())
    assert factories.a_listing(xiuying_household, cabbage, at=after)


def test_neither_going_away_nor_coming_back_ends_it(barred, xiuying_household, xiuying, cabbage_of_xiuying):
    barred(household=xiuying_household.number)
    pauses.go_away(household=xiuying_household, until=MONDAY.date() + DAY, by=xiuying, at=MONDAY)
    cabbage_of_xiuying.refresh_from_db()
    assert cabbage_of_xiuying.paused_until == UNTIL
    pauses.come_back(household=xiuying_household, by=xiuying, at=MONDAY)
    cabbage_of_xiuying.refresh_from_db()
    assert cabbage_of_xiuying.paused_until == UNTIL


def test_lifted_by_two_it_holds_no_longer_and_an_absence_goes_on(
    barred, xiuying_household, xiuying, cabbage_of_xiuying, director_lin, clerk_ma
):
    row = barred(household=xiuying_household.number)
    pauses.go_away(household=xiuying_household, until=MONDAY.date() + 3 * DAY, by=xiuying, at=MONDAY)
    lift(row, director_lin, clerk_ma, TUESDAY)

    cabbage_of_xiuying.refresh_from_db()
    assert cabbage_of_xiuying.paused_until == MONDAY.date() + 3 * DAY
    assert Message.objects.filter(kind="sanction").count() == 2
    with pytest.raises(BadValue):
        lift(row, director_lin, clerk_ma, TUESDAY)


def test_a_buyer_that_may_not_order_is_told_until_when_and_why(story, school, barred, cabbage_of_xiuying):
    barred(organisation=school.name, code="no_ordering", reason="拖欠货款")

    with pytest.raises(MayNotOrder, match="拖欠货款"):
        story.place(wish((cabbage_of_xiuying, 5)))
    assert story.place(wish((cabbage_of_xiuying, 5)), at=MONDAY - DAY, deliver_on=MONDAY.date())


def test_a_warning_forbids_nothing(barred, xiuying_household, cabbage):
    barred(household=xiuying_household.number, code="warning")
    assert factories.a_listing(xiuying_household, cabbage)


@pytest.mark.parametrize(
    "content",
    [
        {"to_on": MONDAY.date().isoformat()},
        {"to_on": (MONDAY.date() + 367 * DAY).isoformat()},
        {"code": "warning", "produce": "包菜"},
        {"code": "no_ordering"},
        {"household": ""},
        {"organisation": "石城县第二中学"},
    ],
)
def test_what_fits_nobody_is_refused(barred, xiuying_household, school, cabbage, content):
    with pytest.raises(BadValue):
        barred(**{"household": xiuying_household.number} | content)


def test_one_of_the_bureau_alone_decides_nothing_and_nothing_twice(barred, xiuying_household, director_lin):
    content = {"household": xiuying_household.number, "code": "warning",
               "to_on": UNTIL.isoformat(), "reason": "晚送"}  # fmt: skip
    change = changes.propose("sanctions", [content], document_number="石农〔2026〕9号", by=director_lin, at=MONDAY)
    with pytest.raises(AlreadyTookPart):
        changes.confirm(change, by=director_lin, at=MONDAY)
    assert not Sanction.objects.exists()
    barred(household=xiuying_household.number, produce="")
    with pytest.raises(BadValue):
        barred(household=xiuying_household.number)


def test_one_confirmed_days_later_begins_on_that_day(director_lin, clerk_ma, xiuying_household):
    content = {"household": xiuying_household.number, "code": "warning", "to_on": UNTIL.isoformat(), "reason": "晚送"}
    change = changes.propose("sanctions", [content], document_number="石农〔2026〕9号", by=director_lin, at=MONDAY)
    changes.confirm(change, by=clerk_ma, at=MONDAY + 3 * DAY)
    assert Sanction.objects.get().from_on == MONDAY.date() + 3 * DAY


def test_one_whose_last_day_has_come_meanwhile_is_not_confirmed(director_lin, clerk_ma, xiuying_household):
    last = (MONDAY.date() + DAY).isoformat()
    content = {"household": xiuying_household.number, "code": "warning", "to_on": last, "reason": "晚送"}
    change = changes.propose("sanctions", [content], document_number="石农〔2026〕9号", by=director_lin, at=MONDAY)
    with pytest.raises(BadValue):
        changes.confirm(change, by=clerk_ma, at=TUESDAY)


def test_the_desk_is_the_bureaus_and_each_reads_the_own(
    client, now, barred, xiuying_household, director_lin, xiuying, guiying
):
    barred(household=xiuying_household.number)
    login(client, director_lin)
    page = client.get(reverse("register", args=["sanctions"])).content.decode()
    assert "以次充好" in page and xiuying_household.head_name not in page
    login(client, xiuying)
    assert "以次充好" in client.get(reverse("scorecard-list")).content.decode()
    [against] = client.get(reverse("api-scorecard-list")).json()["sanctions"]
    assert (against["code"], against["to_on"]) == ("no_selling", UNTIL.isoformat())
    login(client, guiying)
    assert client.get(reverse("api-scorecard-list")).json()["sanctions"] == []


def test_whom_it_is_about_says_that_it_is_not_right_and_others_of_the_bureau_answer(
    client, barred, xiuying, xiuying_household, guiying, director_lin, clerk_ma, bureau, now
):
    row = barred(household=xiuying_household.number)
    now["at"] = MONDAY
    address = reverse("grievance-new", args=[f"sanction:{row.pk}"])
    assert login(client, guiying).get(address).status_code == 404
    page = login(client, xiuying).get(reverse("scorecard-list")).content.decode()
    assert address in page

    page = client.get(address).content.decode()
    assert "以次充好" in page and client.post(address, {"idem": "1", "words": " "}).status_code == 400
    assert client.post(address, {"idem": "2", "words": "那批货不是我的"}).status_code == 302
    assert client.post(address, {"idem": "3", "words": "那批货不是我的"}).status_code == 409

    said = Grievance.objects.get()
    assert (said.category, said.about, said.household) == ("sanction", f"sanction:{row.pk}", xiuying_household)
    assert said.number not in login(client, director_lin).get(reverse("home")).content.decode()
    with pytest.raises(AlreadyTookPart):
        grievances.answer(said, upheld=True, words="查清了", by=director_lin, at=TUESDAY)
    other = factories.a_user("新来的", "bureau_approver", bureau)
    assert grievances.answer(said, upheld=True, words="查清了，会撤销", by=other, at=TUESDAY).status == "upheld"


def test_anything_else_that_is_not_right_is_said_one_at_a_time_by_page_and_program(
    client, xiuying, xiuying_household, school, chef_chen, director_lin, now
):
    now["at"] = MONDAY
    about = f"household:{xiuying_household.pk}"

    def say(user, call, key):
        address, typed = reverse("api-grievance-list"), "application/json"
        return login(client, user).post(address, call, content_type=typed, headers={"Idempotency-Key": key})

    assert reverse("grievance-new", args=[about]) in login(client, xiuying).get("/grievances/").content.decode()
    call = {"about": about, "words": "收货点三天没人"}
    made = say(xiuying, call, "1")
    assert (made.status_code, made.json()["category"]) == (201, "other")
    again = say(xiuying, call, "2")
    assert again.status_code == 409
    grievances.answer(Grievance.objects.get(), upheld=True, words="换了人值班", by=director_lin, at=TUESDAY)
    again = say(xiuying, call, "3")
    assert again.status_code == 201

    theirs = {"about": f"organisation:{school.pk}", "words": "系统里没有我们的第二食堂"}
    assert say(chef_chen, call, "4").status_code == 404
    made = say(chef_chen, theirs, "5")
    assert made.status_code == 201
