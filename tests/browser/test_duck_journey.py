"""A grandmother's ducks that were never listed, from the cadre's phone to her mended card, and four neighbours."""

import datetime as dt
import itertools

import pytest

from accounts.models import BankCard, Message
from ledger.models import PayoutBatch, ReturnCase
from losses.models import LossClaim
from losses.services import answering, awarding, visiting
from losses.tasks import move_on_after_village_notices
from marketplace.audit import breaches
from records.services import second_look
from records.services.photos import receive_photo
from tests import factories
from tests.browser.loss_steps import (
    DESK,
    awards,
    computes,
    fill_in,
    loads_answers,
    looks,
    publishes,
    sends_batch,
    signs,
    stands_in_the_valley,
    write_it_down,
)
from tests.browser.screens import Screen, a_photo
from tests.browser.test_selling_offline import until_kept
from tests.browser.test_selling_phone import Thumb, kept_on_phone
from tests.factories import MONDAY, THURSDAY, TUESDAY, WEDNESDAY
from tests.ledger.steps import FAILED, PAID, RETURNED, answer_line, mended
from tests.losses.pages import a_jpeg
from tests.losses.steps import KG, Story, a_scheme

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.gates,
]  # a minute of a browser: its shorter kin, `test_loss_journey.py`, runs always

DUCKS = "130 斤 × 3.00 元/斤 = 390.00 元"
NEIGHBOURS = {"赖水生": 60, "罗春香": 70, "陈细妹": 50, "邓火根": 90}
COLOURS = ("olive", "teal", "navy", "maroon")
OBJECTED = "邓火根"
CLOSED, NOT_FOUND = "卡已注销", "去看了没看见货"


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def photographed(*, by, colour="olive"):
    """Return a stored photo that a page can show."""
    return receive_photo(a_jpeg(colour), by=by, at=MONDAY, public=False)


@pytest.fixture
def story(
    now, cadre_wu, township_officer, clerk_ma, director_lin, inspector_he, inspector_xu, finance_bureau, cabbage, duck
):
    """A scheme of three yuan a jin for what was never put on sale, and the people who carry a report."""
    people = {"cadre": cadre_wu, "township": township_officer, "desk": clerk_ma, "approver": director_lin}
    return Story(people, a_scheme(finance_bureau, director_lin, cabbage, duck, crop_fen=600))


@pytest.fixture
def ducks(xiuying_household, duck, cadre_liu, township_officer):
    """What she keeps stands in the book since September; none of it was ever on sale, and she has no account."""
    long_before = MONDAY - dt.timedelta(days=40)
    shed = {"parcel": "屋后鸭棚", "area_cmu": 10, "harvest_from": MONDAY.date(), "harvest_to": MONDAY.date()}
    hands = {"by": cadre_liu, "confirmed_by": township_officer}
    return factories.a_season(xiuying_household, duck, **shed, **hands, at=long_before)


@pytest.fixture
def neighbours(story, changxi, cabbage):
    """Four neighbours' cabbage that went bad, reported on the day of hers, by name."""
    households = [factories.a_household(changxi, name=name, tier="ordinary") for name in NEIGHBOURS]
    lots = [factories.a_listing(household, cabbage, kg=100) for household in households]
    photos = [photographed(by=lot.made_by, colour=colour) for lot, colour in zip(lots, COLOURS, strict=True)]
    said = zip(lots, NEIGHBOURS.values(), photos, strict=True)
    claims = [story.filed(lot, kg=kg, photos=[photo]) for lot, kg, photo in said]
    return dict(zip(NEIGHBOURS, claims, strict=True))


@pytest.fixture
def refused(story, guiying, guiying_household, cabbage, cadre_wu):
    """A report of the same village, refused on Tuesday: nobody had looked into the lower house."""
    lot = factories.a_listing(guiying_household, cabbage, kg=100, by=guiying)
    claim = story.filed(lot, kg=40, photos=[photographed(by=guiying)])
    return answering.refuse(claim, code="not_found", reason=NOT_FOUND, by=cadre_wu, at=TUESDAY)


def drawn_with_first(claim, verifier, *, by, at):
    """Draw two, by the next number that draws this one as the first."""
    may = visiting.candidates(claim, on=at.date())
    seeds = (f"{number}" for number in itertools.count())
    seed = next(seed for seed in seeds if may[visiting.draw_pair(seed, sorted(may))[0]] == verifier)
    return visiting.draw(claim, by=by, at=at, seed=seed)


def gives_away(html: str, household) -> list[str]:
    """Return what a page tells of a household that no passer-by may read: the name, eight digits of any number."""
    numbers = [household.head.id_number, household.phone, BankCard.objects.get(household=household).number]
    eights = {number[at : at + 8] for number in numbers for at in range(len(number) - 7)}
    return [secret for secret in sorted({household.head.name} | eights) if secret in html]


def writes_without_a_net(verifier: Thumb, name: str, found: str, why: str, conclusion: str, colours):
    """Open the visit the phone keeps, fill it in and write it down: it stays on the phone."""
    verifier.page.goto("/visits/")
    verifier.tap(name)
    fill_in(verifier.page, found, why, conclusion, colours)
    write_it_down(verifier.page)
    verifier.waits_for("填完了，存在手机里。有网自己传。")


def has_net_again(verifier: Thumb):
    """Wait until what the phone kept has gone off; that the net was missing is all the console may complain of."""
    verifier.page.context.set_offline(False)
    verifier.waits_for("已收到（")
    assert [fault for fault in verifier.screen.faults if "ERR_INTERNET_DISCONNECTED" not in fault] == []
    verifier.screen.faults.clear()


def test_ducks_that_were_never_listed_come_to_relief_on_a_mended_card(
    phone, now, story, ducks, neighbours, cadre_liu, cadre_wu, township_officer, clerk_ma, director_lin, finance_maker,
    finance_checker, xiuying_household,
):  # fmt: skip
    # Monday: the cadre stands in her yard and reports on his phone what was never listed; she agrees there.
    cadre = Screen(phone(cadre_liu, by_code=False))
    cadre.open("/losses/report/")
    cadre.press("没上架的", at="/losses/crops/")
    cadre.page.fill("#q", xiuying_household.number)
    with cadre.page.expect_navigation():
        cadre.page.keyboard.press("Enter")
    cadre.press("土鸭", "黄秀英", "没卖掉", at="/new/")
    cadre.page.locator('input[name="cause"][value="unsold"]').check()
    cadre.page.fill('input[name="quantity_0"]', "140")
    cadre.page.locator('input[name="elsewhere"][value="no"]').check()
    cadre.page.locator("#id_photos").set_input_files(a_photo("white"))
    cadre.page.get_by_text("1 张照片存在手机里").wait_for()
    cadre.page.locator('input[name="consent"][value="visit"]').check()
    cadre.page.get_by_role("button", name="再看一遍").click()
    cadre.page.get_by_text("这样对吗").wait_for()
    cadre.sees("140 斤", "今天 ", "1 张照片存在手机里")
    cadre.press("对，就这样报", "BS261102-", at="/receipt/")
    claim = LossClaim.objects.get(household=xiuying_household)

    # Tuesday another cadre hears that five were eaten; Wednesday the township agrees. So it goes with the neighbours'.
    now.at = TUESDAY
    second_cadre = Screen(phone(cadre_wu, by_code=False))
    looks(second_cadre, "village", "黄秀英", "140 斤（70 公斤）", jin="130", why="有五只自家吃了")
    now.at = WEDNESDAY
    officer = Screen(phone(township_officer, by_code=False))
    looks(officer, "township", "黄秀英", "有五只自家吃了", jin="130")
    for neighbour in neighbours.values():
        story.township_checked(neighbour)

    # Thursday: all five on the village's list; five working days later two verifiers are drawn for each.
    now.at = THURSDAY
    desk = Screen(phone(clerk_ma, **DESK))
    village = publishes(desk, "village", 5, "黄*英", "邓*根")
    now.at = village.ends_at
    assert move_on_after_village_notices() == 5
    desk.open(f"/visits/{claim.pk}/draw/", "何检查", "许检查")
    desk.press("抽两人", "抽签")
    visit = claim.visits.get()
    by_service = {name: one for name, one in neighbours.items() if name != OBJECTED}
    for neighbour in by_service.values():
        seen = story.found(visiting.draw(neighbour, by=clerk_ma, at=now.at))
        visiting.sign_visit(seen, by=seen.second, at=now.at)
    drawn_with_first(neighbours[OBJECTED], visit.second, by=clerk_ma, at=now.at)

    # The valley has no net. Each writes one visit on an own phone; nothing has left the phones by then.
    first, second = (Thumb(phone(verifier, by_code=False)) for verifier in (visit.first, visit.second))
    for verifier in (first, second):
        stands_in_the_valley(verifier.screen)
        verifier.page.goto("/visits/")
        until_kept(verifier.page)
        verifier.page.context.set_offline(True)
    writes_without_a_net(first, "黄秀英", "130", "五只自家吃了", "less", ("red", "blue", "yellow"))
    writes_without_a_net(second, OBJECTED, "180", "", "there", ("green", "brown", "grey"))
    assert not claim.visits.exclude(found=None).exists()

    # Back on the road both phones send by themselves, and each signs what the other has written.
    for verifier in (first, second):
        has_net_again(verifier)
        assert kept_on_phone(verifier.page)["photos"] == []
    signs(second.screen, "黄秀英", "130 斤（65 公斤）")
    signs(first.screen, OBJECTED, "180 斤（90 公斤）")

    # The county's list stands open to everybody, and gives nobody away, on no page of it.
    for neighbour in neighbours.values():
        awarding.compute(LossClaim.objects.get(pk=neighbour.pk), by=clerk_ma, at=now.at)
    computes(desk, "黄秀英", DUCKS, "390.00 元")
    county = publishes(desk, "county", 5, "黄*英", "390.00", "822.00")
    passer_by = Screen(phone(scripts=False))
    households = [one.household for one in (claim, *neighbours.values())]
    for path in ("", f"{village.number}/", f"{county.number}/", f"{county.number}/poster/", f"{county.number}/object/"):
        passer_by.open(f"/notices/{path}")
        html = passer_by.page.content()
        assert [gives_away(html, household) for household in households] == [[]] * 5, path

    # Somebody without a name says that one line is not right: that line stops, and no other.
    passer_by.open(f"/notices/{county.number}/", "邓*根", "144.00")
    passer_by.press("提异议", "邓*根", at="/object/")
    line = county.lines.get(document=neighbours[OBJECTED].reference)
    passer_by.page.select_option('select[name="line"]', str(line.line_no))
    passer_by.page.fill('textarea[name="words"]', "他家的菜早就拉走卖掉了")
    passer_by.press("提异议", "YY")
    now.at = county.ends_at
    assert second_look.look_at_waiting(at=now.at) > 0
    desk.open(f"/review/{claim.pk}/", "没上过架，没人见过")
    assert gives_away(desk.page.content(), xiuying_household) == ["黄秀英"]  # the desk reads her name, and no number
    desk.page.get_by_label("为什么没问题").fill("到鸭棚看过，村里人都晓得")
    desk.press("核查无误", at="/checks/")
    director = Screen(phone(director_lin, **DESK))
    for neighbour in by_service.values():
        assert story.award_of(LossClaim.objects.get(pk=neighbour.pk)).status == "awarded"
    director.open(f"/review/{neighbours[OBJECTED].pk}/", "有人对这一户提了异议")
    awards(director, f"/review/{claim.pk}/", "现场核实", "−10 斤", "到鸭棚看过，村里人都晓得", "390.00")
    assert LossClaim.objects.get(pk=neighbours[OBJECTED].pk).status == "county_notice"

    # One batch for four. The bank refuses two cards and sends one sum back.
    maker, checker = Screen(phone(finance_maker, **DESK)), Screen(phone(finance_checker, **DESK))
    batch = sends_batch(maker, checker, 4, "678.00", "黄*英")
    answers = {"黄秀英": FAILED, "赖水生": FAILED, "罗春香": RETURNED, "陈细妹": PAID}
    payments = {one.payable.household.head.name: one for one in batch.payments.all()}
    loads_answers(checker, batch, [answer_line(payments[name], code) for name, code in answers.items()], "1 笔到账")
    assert ReturnCase.objects.filter(status="open").count() == 3

    # Two people of finance mend the three cards: hers on their screens, the neighbours' likewise.
    maker.open("/payouts/problems/", "黄*英", "赖*生", "罗*香", CLOSED)
    maker.press("黄*英", "390.00", at="/payouts/returned/")
    case = maker.path
    new_card = factories.a_card_number(770_001)
    maker.page.fill('input[name="number"]', new_card)
    maker.page.fill('input[name="bank"]', "农业银行")
    maker.press("送给第二人确认", "已送出", at=case)
    checker.open(case, "农业银行")
    checker.press("已与材料核对，确认", "卡已改好", at="/payouts/")
    for serial, name in enumerate(("赖水生", "罗春香"), start=7_002):
        card = {"number": factories.a_card_number(serial), "holder": name, "bank": "农业银行"}
        mended(payments[name].payable, finance_maker, finance_checker, at=now.at, **card)

    # Paid anew: what was refused and what came back is on the new cards, and the books are even.
    anew = sends_batch(maker, checker, 3, "598.00", "黄*英", "赖*生", "罗*香")
    assert anew.payments.get(payable__household=xiuying_household).payee.card == new_card
    loads_answers(checker, anew, [answer_line(one) for one in anew.payments.all()], "3 笔到账")
    for one in PayoutBatch.objects.all():
        checker.open(f"/payouts/{one.pk}/reconcile/", "账是平的。")
    cadre.open(f"/losses/{claim.pk}/", "390.00")
    bodies = [message.body for message in Message.objects.filter(household=xiuying_household)]
    assert any("390.00" in body and new_card[-4:] in body for body in bodies), bodies
    assert breaches() == []


def test_a_neighbour_appeals_her_refusal_and_wins(phone, now, story, refused, guiying, director_lin):
    # She reads why it was refused, and says where the goods lie.
    now.at = WEDNESDAY
    farmer = Screen(phone(guiying, by_code=False))
    farmer.open(f"/losses/{refused.pk}/", NOT_FOUND)
    farmer.press("不服，要申诉", NOT_FOUND, at="/appeal/")
    farmer.page.fill('textarea[name="words"]', "货在下屋，没人进去看")
    farmer.press("申诉", "货在下屋，没人进去看", at="/losses/appeals/")

    # Somebody without a hand in it finds her right: the loss is reported anew, in her name.
    director = Screen(phone(director_lin, **DESK))
    director.open("/losses/appeals/", "温桂英")
    director.press("温桂英", NOT_FOUND, "货在下屋，没人进去看", at="/losses/appeals/")
    director.page.locator('input[name="upheld"][value="yes"]').check()
    director.page.fill('textarea[name="words"]', "货确实在下屋")
    director.press("答复", "货确实在下屋", at="/losses/appeals/")

    anew = refused.appeals.get().anew
    assert (anew.status, anew.figures.get().quantity) == ("filed", 40 * KG)
    farmer.open(f"/losses/{anew.pk}/", anew.number, "80 斤（40 公斤）", "村里来看")
    assert breaches() == []
