"""The year turns: from 1 December to 31 January, day by day, with everything that runs by itself."""

import datetime as dt
import io

import openpyxl
import pytest
from celery import current_app
from django.urls import reverse

from canteens.models import Fund
from canteens.services import confirm_budget, propose_budget
from kernel import clock
from kernel.errors import BadValue
from kernel.workdays import UnknownCalendarYear, announced
from losses.services import noticing
from losses.tasks import move_on_after_village_notices
from marketplace.audit import breaches
from orders.services import asking, delivering, paying, receiving
from orders.services.delivering import Loaded
from orders.services.weighing import Weighed
from registers.pages import missing
from registers.services import changes, writing
from tests import factories
from tests.factories import login
from tests.journeys.browsing import Person
from tests.losses.steps import Story as Claims
from tests.losses.steps import a_lot, a_scheme
from tests.orders.steps import Story, purse, wish
from tests.trips import statements_of

pytestmark = pytest.mark.django_db
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
# The last year whose working days everybody knows: the next one nobody has announced.
YEAR = next(year for year in range(factories.MONDAY.year, 2100) if announced(dt.date(year + 1, 1, 1)) is None)
NEXT = YEAR + 1


def day(month: int, number: int, hour: int = 9) -> dt.datetime:
    """Return an hour of the county on a day of December or January."""
    return dt.datetime(YEAR if month == 12 else NEXT, month, number, hour, tzinfo=clock.COUNTY_ZONE)


def two_hands(register, rows, first, second, *, at):
    changes.confirm(changes.propose(register, rows, document_number="9号", by=first, at=at), by=second, at=at)


def lacking(at) -> list[str]:
    """Return what is missing that a turn of the year brings."""
    return [found.register for found in missing.findings(at) if found.register in ("calendar", "funds")]


@pytest.fixture
def runs_by_itself(now):
    """Move the clock on day by day; at each noon every sweep of the beat table runs once."""
    current_app.loader.import_default_modules()
    tasks = [current_app.tasks[entry["task"]] for entry in current_app.conf.beat_schedule.values()]
    tasks = [task for task in tasks if not task.name.startswith("demo.")]

    def until(at):
        while now.at + DAY < at:
            now.at += DAY
            for task in tasks:
                task()
        now.at = at
        return at

    return until


@pytest.fixture
def purses(school, treasurer_zhou, chair_tan):
    """The school's union: a purse of this year, and whoever opens the next one."""
    return factories.a_fund(school, yuan=10_000, year=YEAR, by=treasurer_zhou, at=day(12, 1))


def test_the_county_goes_on_over_new_year(
    now, runs_by_itself, client, school, purses, treasurer_zhou, chair_tan, chef_chen, haulier, receiver_wang,
    receiver_sun, xiuying, xiuying_household, guiying, guiying_household, cabbage, director_lin, clerk_ma, official,
    finance_bureau, cadre_liu, cadre_wu, township_officer, inspector_he, inspector_xu,
):  # fmt: skip
    now.at = day(12, 1)
    assert {"calendar", "funds"} <= set(lacking(now.at))

    # Nobody publishes into a year that nobody knows; two of the bureau enter it, and then somebody may.
    scheme = a_scheme(
        finance_bureau, director_lin, cabbage, window_from=dt.date(YEAR, 1, 1), window_to=dt.date(NEXT, 12, 31)
    )
    lot = a_lot(guiying_household, cabbage, by=guiying, at=day(12, 26))
    now.at = runs_by_itself(day(12, 27))
    cast = {"cadre": cadre_liu, "township": township_officer, "desk": clerk_ma, "approver": director_lin}
    claims = Claims(cast, scheme)
    claim = claims.filed(lot, at=day(12, 27), happened_on=dt.date(YEAR, 12, 26))
    claims.township_checked(claim)
    with pytest.raises(UnknownCalendarYear):
        publish(claims, claim, at=day(12, 30))
    days = [dt.date(NEXT, 1, 1) + n * DAY for n in range(365)]
    rows = [{"day": one.isoformat(), "is_workday": one.weekday() < 5 and one.day != 1} for one in days]
    two_hands("calendar", rows, director_lin, clerk_ma, at=day(12, 30))
    assert writing.write_confirmed(at=day(12, 30)) == 1
    notice = publish(claims, claim, at=day(12, 30))
    assert notice.ends_on.year == NEXT and notice.working_days == 5

    # The purse of next year is opened in this one, and nothing of it is spent before.
    two_hands(
        "funds", [{"organisation": school.name, "kind": "union", "fiscal_year": NEXT}], treasurer_zhou, chair_tan,
        at=day(12, 30),
    )  # fmt: skip
    following = Fund.objects.get(fiscal_year=NEXT)
    budget = propose_budget(following, 5_000_00, f"工会〔{NEXT}〕1号", by=treasurer_zhou, at=day(12, 30))
    confirm_budget(budget, by=chair_tan, at=day(12, 30))
    assert "funds" not in lacking(day(12, 30)) and "calendar" not in lacking(day(12, 30))

    # An order of the 30th comes on the 4th of January: it keeps its purse.
    people = {"chef": chef_chen, "haulier": haulier, "weigher": receiver_wang, "signer": receiver_sun}
    hers = factories.a_listing(xiuying_household, cabbage, kg=300, price_fen=80, by=xiuying, at=day(12, 29))
    old, new = Story(school, purses, people), Story(school, following, people)
    order = old.place(wish((hers, 40)), at=day(12, 30), deliver_on=dt.date(NEXT, 1, 4))
    with pytest.raises(BadValue):
        new.place(wish((hers, 10)), at=day(12, 31), deliver_on=dt.date(NEXT, 1, 4))
    asking.ask_sellers(order, at=day(12, 30))
    allocation = order.allocations.get()
    asking.confirm(allocation, by=xiuying, at=day(12, 30, 10))
    order.refresh_from_db()
    now.at = day(12, 31)
    now.at = runs_by_itself(day(1, 1, 10))
    assert purse(purses)[1] == 64_00  # still held in the purse of its year
    with pytest.raises(BadValue):
        old.place(wish((hers, 10)), at=day(1, 1, 10), deliver_on=dt.date(NEXT, 1, 5))
    second = new.place(wish((hers, 20)), at=day(1, 1, 10), deliver_on=dt.date(NEXT, 1, 5))
    assert second.number[2:4] == str(NEXT)[2:] and purse(following)[1] == 32_00

    delivery = delivering.ship([order], {allocation.pk: Loaded(40_000)}, driver="罗师傅", by=haulier, at=day(1, 4))
    receipt = receiving.weigh(delivery, {allocation.pk: Weighed(40_000)}, by=receiver_wang, at=day(1, 4, 10))
    receiving.sign(receipt, by=receiver_sun, at=day(1, 4, 11))
    statement = statements_of(order).get()
    payment = paying.record_payment(statement, voucher_number="1", by=treasurer_zhou, at=day(1, 6))
    paying.confirm_payment(statement, by=chair_tan, at=day(1, 7))
    payment.refresh_from_db()
    assert payment.status == "paid"
    assert purse(purses) == (64_00, 0, 9_936_00) and purse(following)[0] == 0

    # The notice ends by the calendar that was entered.
    now.at = runs_by_itself(notice.ends_at)
    move_on_after_village_notices()
    claim.refresh_from_db()
    assert claim.status == "to_visit"

    # Report, rows, spreadsheet and purse say by which year each counts.
    now.at = runs_by_itself(day(1, 31))
    limits = f"?first={NEXT}-01&last={NEXT}-01"
    reader = Person(official)
    assert reader.open(f"/reports/sales/{limits}").says("其中 64.00 元是上一年下的单，由上一年经费支付")
    assert reader.open(f"/reports/sales/rows/{limits}").says(f"工会经费 {YEAR}")
    login(client, official)
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{reverse('sales-xlsx')}{limits}").content))
    assert list(book.worksheets[0].iter_rows(values_only=True))[2][4:8] == (40, 64, 64, 64)
    assert client.get(f"{reverse('api-sales')}{limits}").json()["total"]["earlier_year_yuan"] == "64.00"
    assert Person(treasurer_zhou).open(f"/funds/{purses.pk}/").says(f"{YEAR} 年下的单都算", "64.00")
    assert lacking(now.at) == []
    assert breaches() == []


def publish(claims: Claims, claim, *, at):
    """Publish the village notice of a claim on this day."""
    return noticing.publish_village_notice(claims.scheme, claim.household.village, by=claims.cast["desk"], at=at)
