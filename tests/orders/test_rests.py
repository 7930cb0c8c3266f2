"""What a seller owes by a statement below nothing: taken off what is unpaid, carried on, and claimed in the end."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Message
from ledger.models import Payment
from ledger.services.payments import NothingLeft
from marketplace.audit import breaches
from orders.models import Allocation, Fate, Recovery, SettlementStatement, StatementLine
from orders.selectors.course import course_of
from orders.selectors.rests import open_rests
from orders.selectors.runs import ready_statements, waiting_statements
from orders.selectors.sales import OF_STEPS, Stage, money_of, step_of
from orders.services import paying, returning, runs, sweeping
from tests import factories
from tests.factories import THURSDAY
from tests.orders.steps import KG, a_stored_photo, owed_to, wish

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
FRIDAY = THURSDAY + DAY


@pytest.fixture
def sent_back(receiver_wang):
    """Send so many kilos of a signed receipt back; the seller agrees."""

    def send(receipt, kg, at=FRIDAY):
        line = receipt.lines.select_related("receipt__delivery", "allocation__listing__produce").get()
        photos = [a_stored_photo(receiver_wang, at)]
        row = returning.ask_return(
            line, grams=kg * KG, reason="rotten", words="坏了", photos=photos, by=receiver_wang, at=at
        )
        seller = line.allocation.listing.made_by
        return returning.agree_to_return(row, fate=Fate.FREE, by=seller, at=at)

    return send


@pytest.fixture
def paid(cashier_yu, second_qiu):
    def pay(statement, at=FRIDAY):
        paying.record_payment(statement, voucher_number=f"V{statement.pk}", by=cashier_yu, at=at)
        return paying.confirm_payment(statement, by=second_qiu, at=at)

    return pay


def test_what_is_paid_is_the_payable_less_what_was_taken_off(story, cabbage_of_xiuying, sent_back, paid):
    receipt = story.signed(wish((cabbage_of_xiuying, 50)))
    sent_back(receipt, 10)

    assert paid(SettlementStatement.objects.earliest("pk")).amount_fen == 64_00
    assert owed_to(cabbage_of_xiuying)[0] == 0
    [told] = Message.objects.filter(kind="sale.owes")
    assert "16.00" in told.body
    assert breaches() == []


def test_what_is_taken_off_whole_is_never_paid(story, cabbage_of_xiuying, sent_back, cashier_yu, fund):
    receipt = story.signed(wish((cabbage_of_xiuying, 50)))
    sent_back(receipt, 50)

    assert not waiting_statements(fund).exists()
    with pytest.raises(NothingLeft):
        paying.record_payment(SettlementStatement.objects.earliest("pk"), voucher_number="1", by=cashier_yu, at=FRIDAY)
    assert not Payment.objects.exists()


def test_a_run_pays_what_is_left(story, cabbage_of_xiuying, cabbage_of_guiying, sent_back, cashier_yu, fund):
    sent_back(story.signed(wish((cabbage_of_xiuying, 50))), 10)
    story.signed(wish((cabbage_of_guiying, 10)))
    ready = ready_statements(fund, cashier_yu)
    assert ready.total_fen == 64_00 + 15_00

    run = runs.make_run(
        fund, statements=[row.pk for row in ready.statements], seen_fen=ready.total_fen, by=cashier_yu, at=FRIDAY
    )

    assert sorted(run.payments.values_list("amount_fen", flat=True)) == [15_00, 64_00]
    assert breaches() == []


@pytest.mark.parametrize("begun", ["prepared", "paid"])
def test_what_is_being_paid_or_was_is_not_touched_and_the_next_sale_carries_the_rest(
    story, cabbage_of_xiuying, sent_back, cashier_yu, second_qiu, begun
):
    receipt = story.signed(wish((cabbage_of_xiuying, 50)))
    first = SettlementStatement.objects.get()
    paying.record_payment(first, voucher_number="1", by=cashier_yu, at=FRIDAY)
    if_paid = {"prepared": lambda: None, "paid": lambda: paying.confirm_payment(first, by=second_qiu, at=FRIDAY)}
    if_paid[begun]()
    sent_back(receipt, 10)
    assert [(row.pk, row.owes_fen) for row in open_rests()] == [(first.pk + 1, 16_00)]

    story.signed(wish((cabbage_of_xiuying, 20)))

    last = SettlementStatement.objects.latest("pk")
    assert (last.total_fen, last.payable.amount_fen, last.weight_g) == (16_00, 16_00, 20 * KG)
    line = StatementLine.objects.get(kind="carried")
    assert (line.statement, line.carries_id, line.amount_fen, line.transfer) == (last, first.pk + 1, -16_00, "")
    assert not open_rests().exists()
    assert first.payable.offsets.count() == 0
    assert breaches() == []


def test_a_rest_that_the_next_sale_does_not_cover_keeps_its_first_day(story, cabbage_of_xiuying, sent_back, paid):
    receipt = story.signed(wish((cabbage_of_xiuying, 50)))
    paid(SettlementStatement.objects.get())
    sent_back(receipt, 30, at=THURSDAY)
    story.signed(wish((cabbage_of_xiuying, 10)))

    last = SettlementStatement.objects.latest("pk")
    assert (last.total_fen, last.payable, last.rest_at) == (-32_00, None, THURSDAY)
    assert [(row.pk, row.owes_fen) for row in open_rests()] == [(last.pk, 32_00)]
    assert owed_to(cabbage_of_xiuying)[0] == -32_00
    assert breaches() == []


def test_another_buyers_fund_carries_nothing(story, cabbage_of_xiuying, sent_back, paid, school, treasurer_zhou):
    receipt = story.signed(wish((cabbage_of_xiuying, 50)))
    paid(SettlementStatement.objects.get())
    sent_back(receipt, 10)
    story.fund = factories.a_fund(school, "canteen", by=treasurer_zhou)

    story.signed(wish((cabbage_of_xiuying, 10)))

    assert SettlementStatement.objects.latest("pk").total_fen == 16_00
    assert open_rests().get().owes_fen == 16_00


def test_after_sixty_days_a_rest_is_claimed_and_carried_no_more(
    client, story, cabbage_of_xiuying, sent_back, paid, finance_maker
):
    receipt = story.signed(wish((cabbage_of_xiuying, 50)))
    paid(SettlementStatement.objects.get())
    sent_back(receipt, 10)
    assert sweeping.claim_rests(at=FRIDAY + 60 * DAY - DAY) == 0

    assert sweeping.claim_rests(at=FRIDAY + 60 * DAY) == 1
    assert sweeping.claim_rests(at=FRIDAY + 61 * DAY) == 0

    assert Recovery.objects.get().amount_fen == 16_00
    factories.login(client, finance_maker)
    claimed = client.get(reverse("statement-list"), {"view": "claimed"}).content.decode()
    assert [row.number in claimed for row in SettlementStatement.objects.order_by("pk")] == [False, True]
    assert Message.objects.filter(kind="sale.claimed").count() == 1
    story.signed(wish((cabbage_of_xiuying, 10)))
    assert SettlementStatement.objects.latest("pk").total_fen == 16_00
    assert breaches() == []


def test_what_goes_back_takes_its_part_of_the_co_operatives_fee_along(
    story, coop, coop_manager, xiuying, xiuying_household, cabbage, sent_back
):
    factories.people.set_card(
        organisation=coop, number=factories.a_card_number(990_002), holder=coop.name, bank="石城农商银行",
        at=factories.MONDAY,
    )  # fmt: skip
    factories.a_mandate(xiuying_household, coop, fee_bp=333)
    lot = factories.a_listing(xiuying_household, cabbage, kg=100, by=coop_manager)
    receipt = story.signed(wish((lot, 50)))
    sent_back(receipt, 10)

    lines = StatementLine.objects.filter(kind="fee", statement__household=xiuying_household).order_by("pk")
    assert [line.amount_fen for line in lines] == [-2_66, 53]
    assert [line.answered_by.amount_fen for line in lines] == [2_66, -53]
    assert owed_to(lot)[0] == 64_00 - 2_13
    assert breaches() == []


def test_pages_and_api_say_what_was_taken_off_and_what_is_carried(
    client, story, cabbage_of_xiuying, sent_back, paid, cashier_yu
):
    receipt = story.signed(wish((cabbage_of_xiuying, 50)))
    sent_back(receipt, 10)
    first, below = SettlementStatement.objects.order_by("pk")
    factories.login(client, cashier_yu)
    shown = client.get(reverse("statement-detail", args=[first.pk])).content.decode()
    assert below.number in shown and "64.00" in shown
    assert first.number in client.get(reverse("statement-detail", args=[below.pk])).content.decode()
    paid(first)
    sent_back(receipt, 10)
    story.signed(wish((cabbage_of_xiuying, 20)))

    carried, last = SettlementStatement.objects.order_by("-pk")[1], SettlementStatement.objects.latest("pk")
    assert carried.number in client.get(reverse("statement-detail", args=[last.pk])).content.decode()
    assert last.number in client.get(reverse("statement-detail", args=[carried.pk])).content.decode()
    row = client.get(reverse("api-statement-detail", args=[below.pk])).json()
    assert (row["total"], row["kg"], row["left"]) == ("-16.00", "-10", "0.00")
    assert client.get(reverse("statement-list")).status_code == 200


class TestTheSellersFigures:
    """What a seller reads about money is what the bank brought and still brings."""

    def read(self, lot, household):
        lots = Allocation.objects.filter(listing=lot).prefetch_related(*OF_STEPS).order_by("pk")
        money = money_of(household, FRIDAY)
        courses = [course_of(row) for row in lots]
        steps = [(step_of(row).stage, step_of(row).amount_fen) for row in lots]
        return (
            (money.arrived_fen, money.due_fen, money.owes_fen),
            [(course.owed_fen, course.paid_fen, course.kept_back_fen) for course in courses],
            steps,
        )

    def test_what_was_taken_off_is_neither_due_nor_paid(
        self, story, cabbage_of_xiuying, xiuying_household, sent_back, paid
    ):
        receipt = story.signed(wish((cabbage_of_xiuying, 50)))
        sent_back(receipt, 10)
        assert self.read(cabbage_of_xiuying, xiuying_household) == (
            (0, 64_00, 0), [(64_00, 0, 0)], [(Stage.OWED, 64_00)],
        )  # fmt: skip
        paid(SettlementStatement.objects.earliest("pk"))
        assert self.read(cabbage_of_xiuying, xiuying_household) == (
            (64_00, 0, 0), [(64_00, 64_00, 16_00)], [(Stage.PAID, 64_00)],
        )  # fmt: skip

    def test_a_carried_rest_counts_once(self, story, cabbage_of_xiuying, xiuying_household, sent_back, paid):
        receipt = story.signed(wish((cabbage_of_xiuying, 50)))
        paid(SettlementStatement.objects.get())
        sent_back(receipt, 10)
        assert self.read(cabbage_of_xiuying, xiuying_household) == (
            (80_00, 0, 16_00), [(64_00, 80_00, 0)], [(Stage.PAID, 64_00)],
        )  # fmt: skip

        story.signed(wish((cabbage_of_xiuying, 20)))
        paid(SettlementStatement.objects.latest("pk"))

        money, courses, steps = self.read(cabbage_of_xiuying, xiuying_household)
        assert (money, courses) == ((96_00, 0, 0), [(64_00, 80_00, 0), (32_00, 16_00, 16_00)])
        assert steps == [(Stage.PAID, 64_00), (Stage.PAID, 32_00)]

    def test_all_of_it_sent_back_waits_for_nobody(
        self, client, story, cabbage_of_xiuying, xiuying, xiuying_household, sent_back
    ):
        receipt = story.signed(wish((cabbage_of_xiuying, 50)))
        sent_back(receipt, 50)

        assert self.read(cabbage_of_xiuying, xiuying_household) == (
            (0, 0, 0), [(0, 0, 80_00)], [(Stage.SENT_BACK, 0)],
        )  # fmt: skip
        lot = Allocation.objects.prefetch_related(*OF_STEPS).get()
        assert course_of(lot).waits == []
        factories.login(client, xiuying)
        assert "后来退货" in client.get(reverse("receipt-detail", args=[receipt.pk])).content.decode()
