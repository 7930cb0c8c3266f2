"""Goods taken in a lower grade than was ordered: at which price, shown how, and what of it moves back again."""

import datetime as dt
import re
from dataclasses import asdict

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as some

from accounts.models import Message
from kernel.errors import BadValue
from marketplace.audit import breaches
from orders.models import Allocation, Fate, GoodsReceipt, ReceiptLine, StatementLine
from orders.selectors.grades import kept_fen, moves, step_fen
from orders.selectors.invoices import owed_by
from orders.selectors.invoicing import pack_of
from orders.selectors.prices import paid_prices
from orders.services import correcting, delivering, receiving, returning
from orders.services.delivering import Loaded
from orders.services.weighing import NotShown, Weighed
from produce.models import GradeStep
from produce.selectors.dictionary import steps_below
from records.models import Attachment
from reports.selectors.sales import Figure, Limits, sales, this_month
from tests import factories
from tests.factories import FRIDAY, THURSDAY, WEDNESDAY
from tests.orders.steps import KG, MINUTE, a_stored_photo, owed_to, purse, totals, wish
from tests.orders.test_shown_again import a_photo

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def lowered(story, lot, kg=40, **more):
    """Sign for so much of a lot as of the second grade."""
    delivery = story.shipped(wish((lot, kg)))
    weigher, signer = story.people["weigher"], story.people["signer"]
    line = delivery.lines.get()
    weights = {line.allocation_id: Weighed(kg * KG, grade="second", **more)}
    photos = {f"refused:{line.allocation_id}": a_stored_photo(weigher, THURSDAY)}
    receipt = receiving.weigh(delivery, weights, photos=photos, by=weigher, at=THURSDAY)
    receiving.sign(receipt, by=signer, at=THURSDAY + MINUTE)
    return receipt.lines.select_related("receipt__delivery", "allocation__listing__produce").get()


def test_a_lot_keeps_the_steps_that_the_dictionary_had_when_it_was_listed(graded, cabbage):
    assert graded.grade_steps == [asdict(GradeStep("second", "二级", "Second grade", 85))]
    cabbage.grades.filter(code="second").update(worth_percent=10)
    graded.refresh_from_db()
    assert graded.steps()["second"].percent == 85


@pytest.mark.parametrize(
    ("worths", "own", "percents"),
    [
        ((100, 90, 75), 0, [90, 75]),
        ((100, 90, 75), 1, [83]),
        ((100, 90, 75), 2, []),
        ((None, 90, 75), 0, []),
        ((100, None, 75), 0, [75]),
        ((90, 90, 100), 0, []),
        ((100, 1, 1), 1, []),
        ((3, 1, 2), 0, [33, 67]),
    ],
)
def test_a_step_is_what_the_lower_grade_fetches_of_the_lots_own_price(cabbage, worths, own, percents):
    grades = [
        cabbage.grades.create(
            code=f"g{place}", name=f"{place}级", name_en=f"G{place}", worth_percent=worth, position=place
        )
        for place, worth in enumerate(worths)
    ]
    assert [step.percent for step in steps_below(grades[own])] == percents


def test_a_lower_grade_is_paid_at_its_percent_and_the_rest_is_free_in_the_purse_again(story, fund, graded):
    lowered(story, graded)

    assert purse(fund) == (64_00, 0, 10_000_00 - 54_40)
    assert owed_to(graded) == (54_40, 0)
    assert totals(graded) == (60 * KG, 0, 40 * KG)
    goods, step = StatementLine.objects.order_by("pk")
    assert (goods.kind, goods.amount_fen, goods.weight_g) == ("goods", 64_00, 40 * KG)
    assert (step.kind, step.amount_fen, step.weight_g) == ("grade", -9_60, 0)
    assert step.statement.payable.amount_fen == 54_40
    month = this_month(THURSDAY)
    assert sales(Limits(month, month), cut_off=FRIDAY).at() == Figure(40 * KG, 54_40, 54_40, 0, 1, 1)
    assert [(owed.accepted_g, owed.amount_fen) for owed in owed_by([step.statement])[0]] == [(40 * KG, 54_40)]
    assert pack_of(step.statement).total_fen == 54_40
    assert not paid_prices(THURSDAY.date(), FRIDAY.date()).exists()
    assert "按二级收，付原价的 85%：54.40 元" in Message.objects.get(kind="sale.accepted").body
    assert breaches() == []


def test_all_accounts_of_a_trip_are_locked_at_once_whatever_its_grades(story, fund, graded, cabbage_of_guiying):
    delivery = story.shipped(wish((graded, 20)), wish((cabbage_of_guiying, 20)))
    weigher, lower = story.people["weigher"], delivery.lines.get(allocation__listing=graded).allocation_id
    weights = {line.allocation_id: Weighed(20 * KG) for line in delivery.lines.all()}
    weights[lower] = Weighed(20 * KG, grade="second")
    photos = {f"refused:{lower}": a_stored_photo(weigher, THURSDAY)}
    receipt = receiving.weigh(delivery, weights, photos=photos, by=weigher, at=THURSDAY)

    with CaptureQueriesContext(connection) as asked:
        receiving.sign(receipt, by=story.people["signer"], at=THURSDAY + MINUTE)

    first = next(one["sql"] for one in asked if "ledger_account" in one["sql"] and "FOR " in one["sql"])
    accounts = {fund.account_id, graded.payee_account_id, cabbage_of_guiying.payee_account_id}
    assert all(re.search(rf"\b{account}\b", first) for account in accounts), first


def test_the_seller_sees_by_a_photo_what_is_of_a_lower_grade(story, graded):
    delivery = story.shipped(wish((graded, 40)))
    [line] = delivery.lines.all()
    weights = {line.allocation_id: Weighed(40 * KG, grade="second")}
    with pytest.raises(NotShown):
        receiving.weigh(delivery, weights, by=story.people["weigher"], at=THURSDAY)


@pytest.mark.parametrize(("grade", "refused"), [("mixed", 0), ("first", 0), ("third", 0), ("second", 40 * KG)])
def test_only_what_is_taken_and_only_in_a_grade_of_the_lot(story, graded, grade, refused):
    weighed = Weighed(40 * KG, refused_g=refused, reason="rotten" * bool(refused), grade=grade)
    with pytest.raises(BadValue):
        story.weighed(wish((graded, 40)), weights=[weighed])


def test_an_ungraded_lot_has_no_lower_grade(story, cabbage_of_xiuying, first_grade):
    with pytest.raises(BadValue):
        story.weighed(wish((cabbage_of_xiuying, 40)), weights=[Weighed(40 * KG, grade="second")])


def test_of_two_trips_each_is_paid_in_its_own_grade(story, fund, xiuying, xiuying_household, cabbage, first_grade):
    lot = factories.a_listing(xiuying_household, cabbage, kg=30, price_fen=33, grade=first_grade, by=xiuying)
    order = story.confirmed(wish((lot, 10.003)))
    allocation = order.allocations.get()
    for grams, grade in ((3_001, ""), (3_001, "second"), (2_000, ""), (2_001, "second")):
        trip = delivering.ship([order], {allocation.pk: Loaded(grams)}, by=story.people["haulier"], at=WEDNESDAY)
        weights = {allocation.pk: Weighed(grams, grade=grade)}
        photos = {f"refused:{allocation.pk}": a_stored_photo(xiuying, THURSDAY)}
        receipt = receiving.weigh(trip, weights, photos=photos, by=story.people["weigher"], at=THURSDAY)
        receiving.sign(receipt, by=story.people["signer"], at=THURSDAY + MINUTE)

    kept = allocation.amount_for(5_001) + allocation.lowered_for(85, 5_002)
    assert owed_to(lot) == (kept, 0)
    assert purse(fund)[1:] == (0, 10_000_00 - kept)
    assert breaches() == []


def test_what_goes_back_later_goes_back_at_the_price_it_was_taken_at(story, fund, graded, xiuying, receiver_wang):
    line = lowered(story, graded)
    row = returning.ask_return(
        line,
        grams=10 * KG,
        reason="rotten",
        words="菜心发黑",
        photos=[a_stored_photo(receiver_wang, FRIDAY)],
        by=receiver_wang,
        at=FRIDAY,
    )
    returning.agree_to_return(row, fate=Fate.FREE, by=xiuying, at=FRIDAY + HOUR)

    row.refresh_from_db()
    assert row.refund_fen == 13_60
    assert (owed_to(graded)[0], purse(fund)[2]) == (40_80, 10_000_00 - 40_80)
    assert breaches() == []


def test_a_scale_that_was_read_wrong_is_corrected_at_the_price_of_the_grade(story, graded, xiuying):
    line = lowered(story, graded)
    weigher, signer = story.people["weigher"], story.people["signer"]
    row = correcting.ask_correction(line, grams=40_800, words="少记了一点", by=weigher, at=FRIDAY)
    correcting.countersign(row, by=signer, at=FRIDAY)
    returning.agree_to_return(row, fate=Fate.FREE, by=xiuying, at=FRIDAY + HOUR)

    row.refresh_from_db()
    assert (row.agreed_g, row.refund_fen) == (-800, -1_09)
    assert owed_to(graded)[0] == 55_49
    assert breaches() == []


@given(
    price=some.integers(1, 500),
    percent=some.integers(1, 99),
    parts=some.lists(some.tuples(some.sampled_from(["", "second"]), some.integers(1, 50_000)), min_size=1, max_size=8),
)
def test_whatever_trips_bring_each_grade_is_rounded_once_and_nobody_pays_less_than_nothing(price, percent, parts):
    lot = Allocation(price_fen=price, price_unit_g=500)
    lot.listing = _with_step(percent)
    kept, paid = {"": 0, "second": 0}, {"": 0, "second": 0}
    for grade, grams in parts:
        goods, step = moves(lot, grade, kept[grade], grams)
        assert 0 <= step <= goods
        kept[grade] += grams
        paid[grade] += goods - step
    assert paid[""] == lot.amount_for(kept[""])
    assert paid["second"] == lot.lowered_for(percent, kept["second"])
    assert step_fen(lot, "second", kept["second"]) == lot.amount_for(kept["second"]) - paid["second"]
    rows = [ReceiptLine(grade=grade, accepted_g=grams) for grade, grams in kept.items()]
    assert kept_fen(lot, [_returned_none(row) for row in rows]) == sum(paid.values())


def _with_step(percent):
    from catalog.models import Listing  # here, since the fixture above has its own

    return Listing(grade_steps=[asdict(GradeStep("second", "二级", "Second grade", percent))])


def _returned_none(row):
    row.returned_g = 0
    return row


def test_the_page_of_the_scale_offers_the_grades_and_both_sides_read_which_it_was(
    client, now, story, receiver_wang, graded, xiuying
):
    delivery = story.shipped(wish((graded, 40)))
    lot = delivery.lines.get().allocation
    factories.login(client, receiver_wang)
    page = reverse("delivery-accept", args=[delivery.pk])
    assert "按二级收，付原价的 85%" in client.get(page).content.decode()

    typed = {"line": lot.pk, "gross": "40", "grade": "second"}
    asked = client.post(page, typed)
    assert asked.status_code == 400
    assert "拍" in asked.content.decode()
    done = client.post(page, typed | {"refused_photo": a_photo()}, follow=True)
    assert "按二级收，付原价的 85%" in done.content.decode()
    assert "54.40" in done.content.decode()

    receiving.sign(GoodsReceipt.objects.get(), by=story.people["signer"], at=THURSDAY + HOUR)
    factories.login(client, xiuying)
    sale = client.get(reverse("sale-detail", args=[lot.pk])).content.decode()
    photo = Attachment.objects.get(role=f"refused:{lot.pk}")
    shown = reverse("receipt-photo", args=[GoodsReceipt.objects.get().pk, photo.file_id])
    assert shown in sale
    assert client.get(shown).status_code == 200
