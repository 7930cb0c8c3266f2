"""One school that buys, two households and a co-operative that sell cabbage, and somebody who drives."""

import pytest

from catalog.services import listings
from kernel import clock
from kernel.weight import parse_quantity
from produce.models import Grade
from tests import factories
from tests.factories import MONDAY
from tests.orders.steps import Story


@pytest.fixture
def fund(school, treasurer_zhou):
    return factories.a_fund(school, by=treasurer_zhou)


@pytest.fixture
def story(school, fund, chef_chen, haulier, receiver_wang, receiver_sun):
    people = {"chef": chef_chen, "haulier": haulier, "weigher": receiver_wang, "signer": receiver_sun}
    return Story(school, fund, people)


@pytest.fixture
def now(monkeypatch):
    """Let the doors' clock stand where a test wants it."""
    moment = {"at": MONDAY}
    monkeypatch.setattr(clock, "now", lambda: moment["at"])
    return moment


@pytest.fixture
def cabbage_of_xiuying(xiuying, xiuying_household, cabbage):
    """100 kg at 0.80 yuan a jin."""
    return factories.a_listing(xiuying_household, cabbage, kg=100, by=xiuying)


@pytest.fixture
def cabbage_of_guiying(guiying, guiying_household, cabbage):
    """80 kg at 0.75 yuan a jin."""
    return factories.a_listing(guiying_household, cabbage, kg=80, price_fen=75, by=guiying)


@pytest.fixture
def cabbage_of_coop(coop, coop_manager, cabbage):
    """300 kg at 0.90 yuan a jin."""
    factories.people.set_card(
        organisation=coop, number=factories.a_card_number(990_001), holder=coop.name, bank="石城农商银行", at=MONDAY
    )
    return listings.put_on_sale(
        cooperative=coop,
        produce=cabbage,
        quantity=parse_quantity("300", "kg"),
        price_fen=90,
        harvested_on=MONDAY.date(),
        by=coop_manager,
        at=MONDAY,
    )


@pytest.fixture
def ducks(xiuying, xiuying_household, duck):
    """30 ducks of usually 1.75 kg at 18 yuan a jin."""
    return factories.a_listing(xiuying_household, duck, kg=30, price_fen=1800, by=xiuying)


@pytest.fixture
def first_grade(cabbage):
    """The best of three grades of cabbage: the second may be taken at 85% of its price, the ungraded may not."""
    rows = [
        ("first", "一级", "First grade", 100),
        ("second", "二级", "Second grade", 85),
        ("mixed", "统货", "Ungraded", None),
    ]
    grades = [
        Grade(produce=cabbage, code=code, name=name, name_en=name_en, worth_percent=worth, position=position)
        for position, (code, name, name_en, worth) in enumerate(rows, start=1)
    ]
    return Grade.objects.bulk_create(grades)[0]


@pytest.fixture
def graded(xiuying, xiuying_household, cabbage, first_grade):
    """100 kg of the first grade at 0.80 yuan a jin."""
    return factories.a_listing(xiuying_household, cabbage, kg=100, grade=first_grade, by=xiuying)
