"""From a heap of spoiled cabbage in Changxi to relief on Xiuying's card, over HTTP, as the cast would."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Message
from catalog.models import Listing
from ledger.models import PayoutBatch
from losses.models import LossClaim
from losses.tasks import close_ended_notices, move_on_after_village_notices
from marketplace.audit import breaches
from records.models import Objection, PublicNotice
from records.services import second_look
from tests import factories
from tests.factories import MONDAY, THURSDAY, TUESDAY, WEDNESDAY
from tests.journeys.browsing import Person
from tests.ledger.steps import answer_line, return_file
from tests.losses.pages import a_jpeg
from tests.losses.steps import a_scheme

pytestmark = pytest.mark.django_db

LISTED = MONDAY - dt.timedelta(days=3)
OBJECTION = {"words": "这家的菜早就卖掉了", "contact": ""}
PLACE = {"latitude_e6": "26327100", "longitude_e6": "116354800", "accuracy_m": "8"}
THREE_PHOTOS = {"whole": "red", "near": "blue", "people": "grey"}


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def scheme(finance_bureau, director_lin, cabbage, duck):
    return a_scheme(finance_bureau, director_lin, cabbage, duck)


@pytest.fixture
def lot(xiuying, xiuying_household, cabbage):
    """100 kg of Xiuying's cabbage, on the market since Friday."""
    return factories.a_listing(xiuying_household, cabbage, kg=100, by=xiuying, at=LISTED)


@pytest.fixture
def guiyings(guiying, guiying_household, cabbage):
    """100 kg next door."""
    return factories.a_listing(guiying_household, cabbage, kg=100, by=guiying, at=LISTED)


def report(farmer: Person, lot: Listing, *, jin: str, colour: str) -> LossClaim:
    """Report a loss from the page of one's own goods."""
    farmer.open(f"/goods/{lot.pk}/")
    farmer.follow("/losses/new/")
    typed = {"cause": "unsold", "quantity_0": jin, "quantity_1": "jin", "elsewhere": "no", "words": "下雨路断了"}
    page = farmer.press("quantity_0", **typed, photos=[a_jpeg(colour)])
    assert page.says("这样对吗", f"{jin} 斤", "下雨路断了"), page.words
    page = farmer.press("shown_on", sure="1")
    assert page.path.endswith("/receipt/"), page.words
    return LossClaim.objects.get(listing=lot)


def look(officer: Person, claim: LossClaim, *, jin: str, why: str = ""):
    """Open the claim from the officer's queue and write what was found."""
    officer.open("/checks/")
    officer.follow(f"/checks/{claim.pk}/")
    page = officer.press("quantity", quantity=jin, why=why, looked_at="goods")
    assert page.path.startswith("/checks/") and page.says("核查完毕"), page.words


def publish(desk: Person, view: str) -> PublicNotice:
    """Publish the list of the one place that waits."""
    desk.open(f"/checks/?view={view}")
    desk.follow("/publish/")
    page = desk.press("idem")
    assert page.path.startswith("/notices/"), page.words
    return PublicNotice.objects.get(number=page.path.split("/")[2])


def visit(desk: Person, claim: LossClaim, *, jin: str):
    """Draw two, let the first write down with three photos and the second sign."""
    desk.open("/checks/?view=draw")
    desk.follow(f"/visits/{claim.pk}/draw/")
    assert desk.page.says("何检查", "许检查")
    desk.press("idem")
    drawn = claim.visits.get()
    first, second = Person(drawn.first), Person(drawn.second)
    first.open("/visits/")
    first.follow(f"/visits/{claim.pk}/record/")
    photos = {which: a_jpeg(colour, f"{which}.jpg") for which, colour in THREE_PHOTOS.items()}
    declared = claim.figures.get(stage="declared").quantity
    concluded = {"conclusion": ("less", "there")[int(jin) * 500 == declared], "why": "地头还能卖"}
    page = first.press("found", found=jin, signed="paper", **concluded, **PLACE, **photos)
    assert page.path == "/visits/", page.words
    second.open("/visits/")
    second.follow(f"/visits/{claim.pk}/sign/")
    page = second.press("idem")
    assert page.path == "/visits/", page.words


def test_a_loss_is_reported_checked_noticed_visited_awarded_and_paid(
    now,
    scheme,
    lot,
    guiyings,
    xiuying,
    guiying,
    chef_chen,
    school,
    treasurer_zhou,
    cadre_liu,
    township_officer,
    inspector_he,
    inspector_xu,
    director_lin,
    clerk_ma,
    finance_maker,
    finance_checker,
    official,
):
    # Monday: both neighbours report half of what they have.
    farmer = Person(xiuying)
    claim = report(farmer, lot, jin="100", colour="green")
    neighbours = report(Person(guiying), guiyings, jin="100", colour="navy")
    assert farmer.page.says(claim.number, "100 斤")

    # What is reported cannot be ordered: of two hundred kilos, a hundred are left.
    factories.a_fund(school, yuan=10_000, by=treasurer_zhou, at=now.at)
    chef = Person(chef_chen)
    chef.open("/orders/new/")
    plans = chef.press("quantity_0", produce="cabbage", quantity_0="150", quantity_1="kg", on="2026-11-03")
    assert plans.says("还差 50 公斤", "160.00 元"), plans.words

    # Tuesday: the village finds a little less; Wednesday: the township agrees.
    now.at = TUESDAY
    cadre = Person(cadre_liu)
    look(cadre, claim, jin="90", why="有十斤还能卖")
    look(cadre, neighbours, jin="100")
    now.at = WEDNESDAY
    officer = Person(township_officer)
    look(officer, claim, jin="90")
    look(officer, neighbours, jin="100")
    assert farmer.open(f"/losses/{claim.pk}/").says("90 斤", "有十斤还能卖")

    # Thursday: on the village wall, with masked names; five working days later nobody has objected.
    now.at = THURSDAY
    director, clerk = Person(director_lin), Person(clerk_ma)
    on_the_wall = publish(director, "publish")
    assert director.page.says("黄*英", "温*英") and "黄秀英" not in director.page.words
    now.at = on_the_wall.ends_at - dt.timedelta(seconds=1)
    assert move_on_after_village_notices() == 0
    now.at = on_the_wall.ends_at
    assert move_on_after_village_notices() == 2
    assert close_ended_notices() == 1
    assert not any("object" in link for link in Person().open(f"/notices/{on_the_wall.number}/").links)

    # Two of the county come, write and sign; the desk computes and publishes the amounts.
    now.at += dt.timedelta(hours=10)
    for one, jin in ((claim, "90"), (neighbours, "100")):
        visit(director, one, jin=jin)
    now.at += dt.timedelta(days=1)
    for one, words in ((claim, "90 斤 × 0.80 元/斤 = 72.00 元"), (neighbours, "100 斤 × 0.80 元/斤 = 80.00 元")):
        director.open("/checks/?view=compute")
        page = director.follow(f"/review/{one.pk}/compute/")
        assert page.says(words), page.words
        director.press("idem")
    county = publish(director, "county")
    assert director.page.says("72.00", "80.00", "152.00")

    # A passer-by without an account objects to the neighbour's line: hers stops, no other.
    now.at += dt.timedelta(days=1)
    stranger = Person()
    stranger.open(f"/notices/{county.number}/")
    stranger.follow("/object/")
    line = county.lines.get(document=neighbours.reference)
    page = stranger.press("words", line=str(line.line_no), **OBJECTION)
    assert page.says(Objection.objects.get().number)

    now.at = county.ends_at
    assert second_look.look_at_waiting(at=now.at) > 0
    page = clerk.open("/review/")
    assert page.path.startswith("/review/")
    page = clerk.open(f"/review/{neighbours.pk}/")
    assert page.says("异议") and not page.says("同意，80.00 元")
    assert clerk.press("award", to=f"/review/{neighbours.pk}/award/").says("有人对这一户提了异议"), clerk.page.words
    page = clerk.open(f"/review/{claim.pk}/")
    assert page.says("同意，72.00 元")
    clerk.press("award", to=f"/review/{claim.pk}/award/")
    claim.refresh_from_db()
    neighbours.refresh_from_db()
    assert (claim.status, neighbours.status) == ("awarded", "county_notice")

    # Finance: made by one, sent by another, answered by the bank.
    maker, checker = Person(finance_maker), Person(finance_checker)
    page = maker.open("/payouts/new/")
    assert page.says("72.00", "黄*英") and "80.00" not in page.words
    maker.press("sum")
    batch = PayoutBatch.objects.get()
    checker.open(f"/payouts/{batch.pk}/")
    page = checker.press("/send/")
    batch.refresh_from_db()
    assert batch.status == "sent"
    checker.open(f"/payouts/{batch.pk}/return/")
    raw = return_file(batch, [answer_line(batch.payments.get())])
    page = checker.press("file", file=SimpleUploadedFile("RET.txt", raw, "text/plain"))
    page = checker.open(f"/payouts/{batch.pk}/reconcile/")
    assert page.says("账是平的。")

    # She reads it at home, on her report, in her goods and as a text message.
    assert farmer.open("/").says("72.00")
    page = farmer.open(f"/losses/{claim.pk}/")
    assert page.says("72.00", "90 斤 × 0.80 元/斤")
    assert farmer.open(f"/goods/{lot.pk}/").says("90")
    bodies = [message.body for message in Message.objects.filter(household=lot.household)]
    assert any("72.00" in body and "到" in body for body in bodies)

    # The county's funnel counts both, and the books are clean.
    funnel = Person(official).open("/reports/relief/")
    assert funnel.says("2 件 160.00 元", "2 件 152.00 元", "批准 1 件 72.00 元", "到账 1 件 72.00 元"), funnel.words
    lot.refresh_from_db()
    guiyings.refresh_from_db()
    assert (lot.free(), lot.claimed, lot.written_off) == (55_000, 0, 45_000)
    assert (guiyings.free(), guiyings.claimed, guiyings.written_off) == (50_000, 50_000, 0)
    assert breaches() == []

    # A month later the wall in the web is empty of names.
    now.at = on_the_wall.ends_at + dt.timedelta(days=31)
    assert "黄*英" not in Person().open(f"/notices/{on_the_wall.number}/").words
