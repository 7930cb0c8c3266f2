"""A buyer who owes sellers money past the day orders nothing new, and is told why; interest is shown, not booked."""

import datetime as dt
from collections import Counter

import pytest
from django.urls import reverse

from accounts.models import BankCard, Message
from kernel import clock
from ledger.models import Payable, PayableOffset, Transfer
from orders.models import PaymentReminder, PurchaseOrder, SettlementStatement
from orders.selectors.ageing import ageing, interest_fen, owed_seen_by
from orders.services import paying, reminding, sweeping
from orders.services.ageing import OwesSellers
from orders.services.asking import said_day
from records.models import PolicyValue
from tests import factories
from tests.factories import MONDAY, a_fund, an_organisation, login
from tests.guards.rows import past_triggers
from tests.orders.steps import wish

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def owed(story, cabbage_of_xiuying):
    """64.00 yuan of a signed trip."""
    story.signed(wish((cabbage_of_xiuying, 40)))
    return SettlementStatement.objects.get()


@pytest.fixture
def due(owed):
    """The noon of the last day on which the statement is paid in time."""
    return clock.day_end(owed.payable.due_on) - dt.timedelta(hours=12)


def order(story, lot, at):
    type(lot).objects.filter(pk=lot.pk).update(sell_by=(at + 20 * DAY).date())
    return story.place(wish((lot, 10)), at=at, deliver_on=(at + DAY).date())


def test_on_the_due_day_a_buyer_still_orders(story, owed, due, cabbage_of_guiying):
    assert order(story, cabbage_of_guiying, due)


def test_the_day_after_it_orders_nothing_and_reads_what_to_do(story, owed, due, cabbage_of_guiying):
    with pytest.raises(OwesSellers) as refused:
        order(story, cabbage_of_guiying, due + 3 * DAY)

    assert owed.number in str(refused.value)
    assert "64.00" in str(refused.value)
    assert "3 天" in str(refused.value)
    assert PurchaseOrder.objects.count() == 1


def test_what_is_written_long_after_the_signature_is_not_due_before_a_buyer_can_pay_it(
    story, changxi, cabbage, cabbage_of_guiying
):
    seller = factories.a_household(changxi, name="温秀英", card=False)
    signed = story.signed(wish((factories.a_listing(seller, cabbage, kg=100), 20)))
    later = MONDAY + 43 * DAY
    factories.people.set_card(
        household=seller, number=factories.a_card_number(990_778), holder="温秀英", bank="农商行", at=later
    )

    assert sweeping.settle_late(at=later) == 1

    owed = SettlementStatement.objects.get()
    assert owed.payable.due_on == later.date() + 5 * DAY > signed.signed_on + 30 * DAY
    assert order(story, cabbage_of_guiying, later + 5 * DAY)
    with pytest.raises(OwesSellers):
        order(story, cabbage_of_guiying, later + 6 * DAY)


def test_what_is_written_a_little_late_is_due_as_if_it_were_not(story, cabbage_of_xiuying):
    BankCard.objects.update(to_at=MONDAY)
    signed = story.signed(wish((cabbage_of_xiuying, 20)))
    BankCard.objects.update(to_at=None)

    sweeping.settle_late(at=MONDAY + 20 * DAY)

    assert SettlementStatement.objects.get().payable.due_on == signed.signed_on + 30 * DAY


def test_another_buyer_orders_as_before(story, owed, due, cabbage_of_guiying, school):
    story.buyer = an_organisation("buyer", "隔壁小学", school.place, channel="school")
    story.fund = a_fund(story.buyer, "canteen", yuan=500)

    assert order(story, cabbage_of_guiying, due + 3 * DAY)


def test_a_recorded_transfer_alone_opens_nothing_its_confirmation_does(
    story, owed, due, cabbage_of_guiying, cashier_yu, second_qiu
):
    paying.record_payment(owed, voucher_number="1", by=cashier_yu, at=due + DAY)
    with pytest.raises(OwesSellers):
        order(story, cabbage_of_guiying, due + 2 * DAY)

    paying.confirm_payment(owed, by=second_qiu, at=due + 2 * DAY)

    assert order(story, cabbage_of_guiying, due + 2 * DAY)


def test_the_county_may_give_some_days_more(story, owed, due, cabbage_of_guiying, clerk_ma, director_lin):
    PolicyValue.objects.create(
        name="ordering_lock_days",
        value=5,
        from_on=MONDAY.date(),
        set_by=clerk_ma,
        confirmed_by=director_lin,
        confirmed_at=MONDAY,
    )

    assert order(story, cabbage_of_guiying, due + 5 * DAY)
    with pytest.raises(OwesSellers):
        order(story, cabbage_of_guiying, due + 6 * DAY)


@pytest.mark.parametrize(("fen", "days", "interest"), [(64_00, 1, 3), (64_00, 10, 32), (100_000_00, 30, 1_500_00)])
def test_interest_is_five_in_ten_thousand_a_day(fen, days, interest):
    assert interest_fen(fen, days, 1825) == interest


def test_a_late_statement_shows_its_interest_and_books_none(client, owed, due, now, cashier_yu):
    now["at"] = due + 10 * DAY
    booked = Transfer.objects.count()
    login(client, cashier_yu)

    page = client.get(f"/statements/{owed.pk}/").content.decode()

    assert "0.32" in page
    assert "18.25" in page
    assert Transfer.objects.count() == booked


def test_a_statement_in_time_shows_no_interest(client, owed, due, now, cashier_yu):
    now["at"] = due
    login(client, cashier_yu)

    assert "利息" not in client.get(f"/statements/{owed.pk}/").content.decode()


def test_what_was_taken_off_for_goods_sent_back_locks_nothing(story, owed, due, cabbage_of_guiying):
    PayableOffset.objects.create(payable=owed.payable, document="statement:9", amount_fen=64_00, at=MONDAY)

    assert order(story, cabbage_of_guiying, due + 3 * DAY)


class TestAgeing:
    """What buyers owe, by its age; how fast they pay."""

    @pytest.fixture
    def two(self, story, owed, due, cabbage_of_guiying):
        """64.00 yuan of one day, and 30.00 of ten days later."""
        weeks = 10 * DAY
        type(cabbage_of_guiying).objects.filter(pk=cabbage_of_guiying.pk).update(sell_by=(MONDAY + 60 * DAY).date())
        receipt = story.signed(wish((cabbage_of_guiying, 20)))
        later = SettlementStatement.objects.get(delivery=receipt.delivery)
        with past_triggers():
            Payable.objects.filter(pk=later.payable_id).update(due_on=later.payable.due_on + weeks)
        return owed, later

    def test_it_is_sorted_by_how_late_it_is(self, two, due, official):
        statements, today = owed_seen_by(official), clock.county_day(due)

        on_the_day, a_week_later, in_two = (
            ageing(statements, today + days)[0] for days in (0 * DAY, 8 * DAY, 17 * DAY)
        )

        assert (on_the_day.in_time_fen, on_the_day.late_fen, on_the_day.interest_fen) == (94_00, (0, 0, 0), 0)
        assert (a_week_later.in_time_fen, a_week_later.late_fen) == (30_00, (0, 64_00, 0))
        assert (in_two.in_time_fen, in_two.late_fen, in_two.fen) == (0, (30_00, 64_00, 0), 94_00)
        assert in_two.interest_fen == interest_fen(64_00 * 17 + 30_00 * 7, 1, 1825)

    def test_what_was_taken_off_or_paid_is_not_owed(self, story, two, due, cashier_yu, official):
        first, second = two
        PayableOffset.objects.create(payable=first.payable, document="statement:9", amount_fen=14_00, at=MONDAY)
        paying.show_card(second, why="transfer", by=cashier_yu, at=MONDAY)
        paying.record_payment(second, voucher_number="7", by=cashier_yu, at=MONDAY)

        [row] = ageing(owed_seen_by(official), clock.county_day(due) + DAY)
        assert (row.fen, row.late_fen) == (50_00, (50_00, 0, 0))

    def test_page_and_api_say_the_same_to_who_may_read_it(
        self, client, two, now, due, cashier_yu, school, xiuying, official
    ):
        now["at"] = due + 8 * DAY
        other = factories.a_user(
            "别出纳", "cashier", an_organisation("buyer", "隔壁小学", school.place, channel="school")
        )
        for reader, rows in ((cashier_yu, 1), (official, 1), (other, 0)):
            login(client, reader)
            page, answer = client.get(reverse("pay-ageing")), client.get(reverse("api-pay-ageing"))
            assert (page.status_code, len(answer.json())) == (200, rows)
            assert ("64.00" in page.content.decode()) == bool(rows)
        assert client.get(reverse("api-pay-ageing"), {"q": "没有这家"}).json() == []
        login(client, xiuying)
        assert client.get(reverse("pay-ageing")).status_code == 403
        assert client.get(reverse("api-pay-ageing")).status_code == 403

    def test_everybody_reads_how_fast_a_buyer_pays(self, client, two, now, due, cashier_yu, second_qiu, school):
        first, second = two
        at = first.at + 6 * DAY
        paying.show_card(first, why="transfer", by=cashier_yu, at=at)
        payment = paying.record_payment(first, voucher_number="7", by=cashier_yu, at=at)
        paying.confirm_payment(first, by=second_qiu, at=at)
        now["at"] = clock.day_end(second.payable.due_on) + 11 * DAY

        page, [row] = client.get(reverse("pay-speed")), client.get(reverse("api-pay-speed")).json()

        assert payment is not None
        assert row == {
            "buyer": school.name, "channel": "school", "paid": 1, "middle_days": 6, "in_time": 1, "late_now": 1,
        }  # fmt: skip
        assert "6 天" in page.content.decode() and "100 %" in page.content.decode()


class TestReminders:
    """The people of a fund are told before the day and again and again once it has passed."""

    def told(self, kind):
        return [message.phone for message in Message.objects.filter(kind=f"fund.{kind}").order_by("pk")]

    def bodies(self, reader):
        rows = Message.objects.filter(kind="fund.late").order_by("created_at")
        return [row.body for row in rows if row.phone == reader.phone]

    def pay(self, statement, payer):
        paying.show_card(statement, why="transfer", by=payer, at=MONDAY)
        paying.record_payment(statement, voucher_number="7", by=payer, at=MONDAY)

    @pytest.fixture
    def newer(self, story, owed, cabbage_of_guiying):
        """Sign for 30.00 yuan more, due so many days after the first, which are owed from a moment on."""

        def newer(days, at=MONDAY):
            story.signed(wish((cabbage_of_guiying, 20)))
            due_on = owed.payable.due_on + days * DAY
            with past_triggers():
                Payable.objects.exclude(pk=owed.payable_id).update(due_on=due_on, at=at)

        return newer

    def test_whoever_pays_is_told_once_before_the_day(self, story, owed, due, treasurer_zhou, chair_tan):
        assert reminding.remind(at=due - 6 * DAY) == 0
        assert [reminding.remind(at=due - days * DAY) for days in (5, 5, 4, 1, 0)] == [1, 0, 0, 0, 0]

        assert self.told("due_soon") == [treasurer_zhou.phone]
        assert "64.00" in Message.objects.get(kind="fund.due_soon").body

    def test_what_falls_due_meanwhile_is_told_once_with_the_rest(self, due, newer, treasurer_zhou):
        newer(3)

        assert [reminding.remind(at=due + days * DAY) for days in (-5, -2, -1)] == [1, 0, 0]
        assert [reminding.remind(at=due) for _again in range(2)] == [1, 0]
        assert self.told("due_soon") == [treasurer_zhou.phone] * 2
        assert [row.owed_fen for row in PaymentReminder.objects.order_by("on")] == [64_00, 94_00]

    def test_what_is_due_before_the_next_time_is_told_on_its_day(self, due, newer):
        reminding.remind(at=due - 5 * DAY)
        newer(-2, at=due - 4 * DAY)

        assert [reminding.remind(at=due - days * DAY) for days in (4, 3, 2)] == [0, 0, 1]

    def test_whoever_was_told_of_what_is_late_is_told_of_what_is_due_next(self, owed, due, newer, treasurer_zhou):
        newer(6)
        reminding.remind(at=due + DAY)
        self.pay(owed, treasurer_zhou)

        assert [reminding.remind(at=due + days * DAY) for days in (2, 3, 6)] == [1, 0, 0]
        assert self.told("due_soon") == [treasurer_zhou.phone]

    def test_days_that_the_county_changes_hide_nothing(self, owed, due, newer, treasurer_zhou, clerk_ma, director_lin):
        newer(4)
        reminding.remind(at=due - 5 * DAY)
        self.pay(owed, treasurer_zhou)
        PolicyValue.objects.create(
            name="remind_before_days",
            value=9,
            from_on=clock.county_day(due - 4 * DAY),
            set_by=clerk_ma,
            confirmed_by=director_lin,
            confirmed_at=MONDAY,
        )

        assert [reminding.remind(at=due + days * DAY) for days in (-4, 3, 4)] == [0, 0, 1]

    def test_heads_too_are_told_once_it_is_late_and_every_week(self, story, owed, due, treasurer_zhou, chair_tan):
        reminding.remind(at=due - DAY)

        assert [reminding.remind(at=due + days * DAY) for days in (1, 2, 7, 8, 9, 15)] == [1, 0, 0, 1, 0, 1]
        late = Counter(self.told("late"))
        assert (late[treasurer_zhou.phone], late[chair_tan.phone]) == (3, 3)
        reminders = PaymentReminder.objects.filter(late=True, owed_fen=64_00)
        assert [row.told for row in reminders] == [len(late)] * 3

    def test_the_late_word_says_from_when_nothing_is_ordered_and_then_that_nothing_is(
        self, story, owed, due, treasurer_zhou, clerk_ma, director_lin, cabbage_of_guiying
    ):
        PolicyValue.objects.create(
            name="ordering_lock_days",
            value=7,
            from_on=MONDAY.date(),
            set_by=clerk_ma,
            confirmed_by=director_lin,
            confirmed_at=MONDAY,
        )
        assert [reminding.remind(at=due + days * DAY) for days in (1, 8)] == [1, 1]

        open_yet, locked = self.bodies(treasurer_zhou)
        assert f"{said_day(clock.county_day(due + 8 * DAY))}起不能下新单" in open_yet
        assert "付清以前不能下新单" in locked
        assert order(story, cabbage_of_guiying, due + 7 * DAY)
        with pytest.raises(OwesSellers):
            order(story, cabbage_of_guiying, due + 8 * DAY)

    def test_the_late_word_says_at_once_that_nothing_is_ordered(self, owed, due, treasurer_zhou):
        reminding.remind(at=due + DAY)

        [locked] = self.bodies(treasurer_zhou)
        assert "付清以前不能下新单" in locked

    def test_nobody_is_told_of_what_is_paid(self, story, owed, due, treasurer_zhou):
        self.pay(owed, treasurer_zhou)

        assert reminding.remind(at=due + DAY) == 0
