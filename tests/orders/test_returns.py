"""Goods sent back after they were signed for: who asks, answers and decides, and what moves back."""

import datetime as dt

import pytest

from canteens.selectors import figures
from catalog.models import Movement
from kernel.errors import BadValue
from kernel.workflow import IllegalMove
from marketplace.audit import breaches
from orders.models import Fate, GoodsReturn, ReceiptLine, SettlementStatement
from orders.selectors.rests import open_rests
from orders.services import recalling, returning, sweeping
from orders.services.returning import AnswerTooLate, MoreThanAccepted, TooLate
from orders.services.weighing import Weighed
from records.services.participation import AlreadyTookPart, HasInterest
from tests import factories
from tests.factories import THURSDAY
from tests.orders.steps import KG, MINUTE, a_stored_photo, owed_to, totals, wish

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
FRIDAY = THURSDAY + DAY


@pytest.fixture
def asked(story, receiver_wang):
    """Ask, on the day after the signature, that so much of a line goes back."""

    def ask(line, kg=None, *, pieces=None, grams=None, at=FRIDAY):
        return returning.ask_return(
            line,
            grams=grams or round(kg * KG),
            pieces=pieces,
            reason="rotten",
            words="菜心发黑",
            photos=[a_stored_photo(receiver_wang, at)],
            by=receiver_wang,
            at=at,
        )

    return ask


def line_of(receipt) -> ReceiptLine:
    return receipt.lines.select_related("receipt__delivery", "allocation__listing__produce").get()


def test_what_the_seller_takes_back_is_free_again_and_its_money_too(story, cabbage_of_xiuying, xiuying, asked, fund):
    row = asked(line_of(story.signed(wish((cabbage_of_xiuying, 50)))), 10)

    returning.agree_to_return(row, fate=Fate.FREE, by=xiuying, at=FRIDAY + HOUR)

    row.refresh_from_db()
    assert (row.status, row.agreed_g, row.refund_fen) == ("agreed", 10 * KG, 16_00)
    assert totals(cabbage_of_xiuying) == (60 * KG, 0, 40 * KG)
    assert owed_to(cabbage_of_xiuying)[0] == 64_00
    goods, back = SettlementStatement.objects.order_by("pk")
    assert (goods.total_fen, back.total_fen, back.weight_g, back.payable) == (80_00, -16_00, -10 * KG, None)
    assert [row.amount_fen for row in goods.payable.offsets.all()] == [16_00]
    assert not open_rests().exists()
    fund.refresh_from_db()
    stand = figures(fund)
    assert (stand.budget_fen, stand.spent_fen, stand.left_fen) == (10_000_00, 64_00, 9_936_00)
    assert breaches() == []


def test_what_is_not_fit_for_sale_is_written_off(story, cabbage_of_xiuying, xiuying, asked):
    row = asked(line_of(story.signed(wish((cabbage_of_xiuying, 50)))), 10)

    returning.agree_to_return(row, grams=4 * KG, words="只有四公斤坏了", fate=Fate.WRITTEN_OFF, by=xiuying, at=FRIDAY)

    cabbage_of_xiuying.refresh_from_db()
    assert (cabbage_of_xiuying.sold, cabbage_of_xiuying.written_off) == (46 * KG, 4 * KG)
    moved = Movement.objects.get(reference=f"return:{row.pk}:back")
    assert (moved.quantity, moved.reason) == (4 * KG, "rotten")


def test_over_all_returns_never_more_goes_back_than_was_accepted(story, cabbage_of_xiuying, xiuying, asked):
    line = line_of(story.signed(wish((cabbage_of_xiuying, 50))))
    first = asked(line, 30)
    with pytest.raises(MoreThanAccepted):
        asked(line, 20.001)
    second = asked(line, 20)
    returning.agree_to_return(first, grams=20 * KG, words="少一点", fate=Fate.FREE, by=xiuying, at=FRIDAY)
    third = asked(line, 10)
    for row in (second, third):
        returning.agree_to_return(row, fate=Fate.FREE, by=xiuying, at=FRIDAY)

    assert totals(cabbage_of_xiuying) == (100 * KG, 0, 0)
    assert owed_to(cabbage_of_xiuying)[0] == 0
    assert sum(SettlementStatement.objects.values_list("total_fen", flat=True)) == 0
    assert breaches() == []


def test_all_that_comes_and_goes_is_rounded_once(story, cabbage, xiuying, xiuying_household, asked):
    lot = factories.a_listing(xiuying_household, cabbage, kg=10, price_fen=33, by=xiuying)
    line = line_of(story.signed(wish((lot, 10))))
    for _time in range(3):
        row = asked(line, grams=1_001)
        returning.agree_to_return(row, fate=Fate.FREE, by=xiuying, at=FRIDAY)

    assert owed_to(lot)[0] == line.allocation.amount_for(10 * KG - 3 * 1_001)
    assert breaches() == []


def test_a_contested_return_is_decided_by_somebody_of_the_county_who_took_no_part(
    story, cabbage_of_xiuying, xiuying, relief_clerk, receiver_wang, asked
):
    row = asked(line_of(story.signed(wish((cabbage_of_xiuying, 50)))), 10)
    returning.contest_return(row, words="送到时是好的", by=xiuying, at=FRIDAY)
    for by, refusal in ((receiver_wang, HasInterest), (xiuying, HasInterest)):
        with pytest.raises(refusal):
            returning.decide_return(row, grams=10 * KG, words="退", by=by, at=FRIDAY)

    returning.decide_return(row, grams=6 * KG, words="照片上坏了六公斤", by=relief_clerk, at=FRIDAY)

    row.refresh_from_db()
    assert (row.status, row.agreed_g, row.fate, row.decided_by) == ("agreed", 6 * KG, "written_off", relief_clerk)
    assert owed_to(cabbage_of_xiuying)[0] == 80_00 - 9_60


def test_the_county_may_leave_everything_where_it_is(story, cabbage_of_xiuying, xiuying, relief_clerk, asked):
    row = asked(line_of(story.signed(wish((cabbage_of_xiuying, 50)))), 10)
    returning.contest_return(row, words="送到时是好的", by=xiuying, at=FRIDAY)
    returning.decide_return(row, grams=0, words="照片看不出坏", by=relief_clerk, at=FRIDAY)

    row.refresh_from_db()
    assert (row.status, row.ended_at, row.agreed_g) == ("refused", FRIDAY, 0)
    assert totals(cabbage_of_xiuying) == (50 * KG, 0, 50 * KG)
    with pytest.raises(IllegalMove):
        returning.decide_return(row, grams=KG, words="改", by=relief_clerk, at=FRIDAY)


def test_silence_ends_at_the_bureau_and_then_by_itself(story, cabbage_of_xiuying, cabbage_of_guiying, xiuying, asked):
    silent, contested = (
        asked(line_of(story.signed(wish((lot, 50)))), 10) for lot in (cabbage_of_guiying, cabbage_of_xiuying)
    )
    returning.contest_return(contested, words="好的", by=xiuying, at=FRIDAY)
    sweeping.hand_silent_returns_over(at=silent.answer_by_at - MINUTE)
    silent.refresh_from_db()
    assert silent.status == "asked"
    with pytest.raises(AnswerTooLate):
        returning.contest_return(silent, words="好的", by=cabbage_of_guiying.made_by, at=silent.answer_by_at)

    sweeping.hand_silent_returns_over(at=silent.answer_by_at)
    silent.refresh_from_db()
    assert (silent.status, silent.decide_by_at) == ("contested", silent.answer_by_at + 7 * DAY)
    sweeping.end_undecided_returns(at=silent.decide_by_at)

    silent.refresh_from_db()
    contested.refresh_from_db()
    assert (silent.status, silent.agreed_g, silent.fate) == ("agreed", 10 * KG, "written_off")
    assert contested.status == "refused"
    assert breaches() == []


def test_the_buyer_takes_back_what_it_asked(story, cabbage_of_xiuying, receiver_sun, xiuying, asked):
    row = asked(line_of(story.signed(wish((cabbage_of_xiuying, 50)))), 10)
    returning.withdraw_return(row, by=receiver_sun, at=FRIDAY)

    with pytest.raises(IllegalMove):
        returning.agree_to_return(row, fate=Fate.FREE, by=xiuying, at=FRIDAY)
    assert GoodsReturn.objects.get().status == "withdrawn"


def test_after_some_days_nothing_goes_back(story, cabbage_of_xiuying, asked):
    line = line_of(story.signed(wish((cabbage_of_xiuying, 50))))
    asked(line, 1, at=THURSDAY + 3 * DAY)
    with pytest.raises(TooLate):
        asked(line, 1, at=THURSDAY + 4 * DAY)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"reason": "dunno"}, "退货原因"),
        ({"words": " "}, "退货原因"),
        ({"photos": []}, "拍照"),
        ({"grams": 0}, "最多"),
        ({"pieces": 1}, "点数"),
    ],
)
def test_an_ask_needs_its_reason_its_words_and_a_photo(story, cabbage_of_xiuying, receiver_wang, change, said):
    line = line_of(story.signed(wish((cabbage_of_xiuying, 50))))
    ask = {"grams": KG, "reason": "rotten", "words": "坏", "photos": [a_stored_photo(receiver_wang, FRIDAY)]} | change
    with pytest.raises(BadValue, match=said):
        returning.ask_return(line, **ask, by=receiver_wang, at=FRIDAY)


def test_animals_go_back_by_the_head_and_by_weight(story, ducks, xiuying, asked):
    line = line_of(story.signed(wish((ducks, 0.01)), weights=[Weighed(17_500, accepted_pieces=10)]))
    with pytest.raises(MoreThanAccepted):
        asked(line, grams=17_500, pieces=3)
    row = asked(line, grams=5_400, pieces=3)
    with pytest.raises(MoreThanAccepted):
        returning.agree_to_return(row, grams=5_400, pieces=2, words="少", fate=Fate.FREE, by=xiuying, at=FRIDAY)
    returning.agree_to_return(row, fate=Fate.FREE, by=xiuying, at=FRIDAY)

    assert totals(ducks) == (23, 0, 7)
    assert owed_to(ducks)[0] == line.allocation.amount_for(12_100)
    assert breaches() == []


def test_whoever_answered_for_the_seller_asks_for_no_return(story, cabbage_of_xiuying, xiuying, receiver_wang, asked):
    line = line_of(story.signed(wish((cabbage_of_xiuying, 50))))
    receiver_wang.person = xiuying.person
    with pytest.raises((AlreadyTookPart, HasInterest)):
        asked(line, 1)


def test_what_is_recalled_never_comes_on_sale_again(story, cabbage_of_xiuying, xiuying, inspector_he, asked):
    row = asked(line_of(story.signed(wish((cabbage_of_xiuying, 50)))), 10)
    recalling.recall_lot(cabbage_of_xiuying, reason="农残超标", by=inspector_he, at=FRIDAY)
    returning.agree_to_return(row, fate=Fate.FREE, by=xiuying, at=FRIDAY)

    row.refresh_from_db()
    assert row.fate == "written_off"
