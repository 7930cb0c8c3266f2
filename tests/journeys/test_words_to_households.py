"""Whoever works in English, a household is written to in Chinese, and so are the records it may ask to see."""

import datetime as dt
import re

import pytest
from django.utils import translation

from accounts.models import Message
from catalog.services import listings, stale
from ledger.models import BankReturnLine, Payment
from ledger.services import applying, payouts
from losses.services import answering, sweeping
from orders.services import asking, delivering, paying, placing, receiving, weighing
from records.models import Finding, NoticeLine, PublicNotice
from tests import factories
from tests.factories import FRIDAY, MONDAY, THURSDAY, TUESDAY, WEDNESDAY
from tests.ledger.steps import FAILED, answer_line, return_file
from tests.losses.steps import Story, a_lot, a_scheme
from tests.orders.steps import shown_back
from tests.trips import statements_of

pytestmark = pytest.mark.django_db

NUMBERS = re.compile(r"\b[A-Z]{1,3}[0-9][0-9A-Z-]*|https?://[!-~]+")
ENGLISH = re.compile(r"[A-Za-z]{2,}")
LATER = FRIDAY + dt.timedelta(days=40)


@pytest.fixture(autouse=True)
def english():
    """Everybody who works here reads English."""
    with translation.override("en"):
        yield


def in_english(texts) -> list[str]:
    """Return the texts that hold an English word; numbers of documents and addresses are none."""
    return [text for text in texts if ENGLISH.search(NUMBERS.sub("", text))]


def told() -> dict[str, str]:
    """Return what was sent, by its kind."""
    return {message.kind: message.body for message in Message.objects.exclude(kind="sign_in").order_by("created_at")}


def test_a_loss_is_told_in_chinese_from_report_to_card(
    xiuying,
    xiuying_household,
    guiying,
    guiying_household,
    cabbage,
    duck,
    cadre_wu,
    cadre_liu,
    township_officer,
    inspector_he,
    inspector_xu,
    director_lin,
    clerk_ma,
    finance_bureau,
    finance_maker,
    finance_checker,
):
    scheme = a_scheme(finance_bureau, director_lin, cabbage, duck)
    cast = {"cadre": cadre_wu, "township": township_officer, "desk": clerk_ma, "approver": director_lin}
    story = Story(cast, scheme)
    lot = a_lot(xiuying_household, cabbage, by=xiuying)
    flock = a_lot(guiying_household, duck, by=guiying)
    late = story.filed(a_lot(xiuying_household, cabbage, by=xiuying))
    for_her = story.filed(flock, quantity=20, by=cadre_liu, consent="visit", at=WEDNESDAY)
    answering.send_back(for_her, code="photos", reason="请拍一张近的。", by=cadre_wu, at=WEDNESDAY)
    sweeping.remind(at=LATER)
    answering.withdraw(for_her, by=guiying, at=LATER)
    answering.refuse(late, code="rules", reason="不在办法范围里。", by=cadre_wu, at=LATER)

    claim = story.awarded(story.filed(lot))
    batch = payouts.build_batch(finance_bureau, by=finance_maker, at=LATER)
    batch = payouts.send_batch(batch, by=finance_checker, at=LATER)
    payment = batch.payments.get()
    wrong = return_file(batch, [answer_line(payment, name="别人")])
    failed = return_file(batch, [answer_line(payment, FAILED, reason="")])
    paid = return_file(batch, [answer_line(payment)])
    for raw in (wrong, failed, paid):
        applying.load_return(raw, by=finance_checker, at=LATER)

    assert claim.status == "awarded"
    assert set(told()) == {
        "claim.filed", "claim.sent_back", "claim.late", "claim.withdrawn", "claim.refused", "claim.village_checked",
        "claim.township_checked", "claim.village_notice", "claim.to_visit", "claim.drawn", "claim.visited",
        "claim.computed", "claim.county_notice", "claim.awarded", "payment.failed",
    }  # fmt: skip
    assert in_english(message.body for message in Message.objects.all()) == []
    assert in_english(f"{row.title} {row.detail}" for row in Finding.objects.all()) == []
    assert in_english(f"{row.title} {row.how_computed}" for row in PublicNotice.objects.all()) == []
    assert in_english(row.goods for row in NoticeLine.objects.all()) == []
    assert in_english(row.reason for row in BankReturnLine.objects.all()) == []
    assert Payment.objects.get().failure == "银行拒付"


def test_an_order_is_told_in_chinese_from_the_asking_to_the_money(
    xiuying,
    xiuying_household,
    guiying,
    guiying_household,
    cabbage,
    duck,
    cadre_liu,
    school,
    chef_chen,
    haulier,
    receiver_wang,
    receiver_sun,
    treasurer_zhou,
    chair_tan,
):
    fund = factories.a_fund(school, by=treasurer_zhou)
    hers = factories.a_listing(xiuying_household, cabbage, kg=300, by=cadre_liu, consent="visit")
    ducks = factories.a_listing(guiying_household, duck, kg=40, price_fen=1500, by=guiying)
    listings.change_price(hers, price_fen=90, price_unit_g=500, price_reason="", sure=True, by=cadre_liu, at=MONDAY)
    hers.refresh_from_db()

    def ordered(*lots, at=MONDAY):
        lines = [
            placing.Wish(lot.produce_id, (placing.Take(lot.pk, quantity, lot.price_fen, lot.price_unit_g),))
            for lot, quantity in lots
        ]
        order = placing.place(buyer=school, fund=fund, deliver_on=THURSDAY.date(), lines=lines, by=chef_chen, at=at)
        return asking.ask_sellers(order, at=at)

    asking.cancel(ordered((hers, 20_000)), why="不要了", by=chef_chen, at=MONDAY)
    asking.lapse(ordered((hers, 20_000)), at=MONDAY + dt.timedelta(days=2))
    order = ordered((hers, 50_000), (ducks, 10), at=TUESDAY)
    for row in order.allocations.order_by("pk"):
        if row.listing_id == hers.pk:
            asking.confirm(row, by=cadre_liu, at=TUESDAY, consent="phone", proxy_name="刘建国")
        else:
            asking.decline(row, by=guiying, at=TUESDAY)
    order.refresh_from_db()
    row = order.allocations.get(status="confirmed")
    delivery = delivering.ship(
        [order], {row.pk: delivering.Loaded(row.weight_g)}, driver="罗师傅", by=haulier, at=WEDNESDAY
    )
    weights = {row.pk: weighing.Weighed(row.weight_g, refused_g=5_000, reason="rotten")}
    photos = shown_back(weights, receiver_wang)
    receipt = receiving.weigh(delivery, weights, photos=photos, by=receiver_wang, at=THURSDAY)
    receiving.sign(receipt, by=receiver_sun, at=THURSDAY)
    statement = statements_of(order).get()
    paying.record_payment(statement, voucher_number="20261105000123", by=treasurer_zhou, at=THURSDAY)
    paying.confirm_payment(statement, by=chair_tan, at=THURSDAY)
    stale.ask_stale(at=THURSDAY + dt.timedelta(days=2))
    stale.expire_stale(at=LATER)
    listings.dispute(hers, by=xiuying, at=LATER)

    assert set(told()) >= {
        "listed_for_you", "price_changed_for_you", "sale.asked", "sale.called_off", "sale.no_answer",
        "sale.answered_for", "sale.shipped", "sale.accepted", "sale.paid", "order.shipped", "order.declined",
        "order.confirmed", "still_there", "expired", "listing_disputed",
    }, set(told())  # fmt: skip
    assert in_english(message.body for message in Message.objects.all()) == []
