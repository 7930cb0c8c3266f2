"""A pay run: chosen statements of one fund, one bank file, a second person, and the bank's answer."""

import pytest
from django.urls import reverse

from accounts.models import Message
from kernel.errors import BadValue
from ledger.models import Contradiction, Payment, PayoutBatch, ReturnCase
from ledger.services import applying, contradictions, mending, payouts
from orders.models import SettlementStatement
from orders.selectors.runs import ready_statements
from orders.selectors.statements import statements_to_pay, unpaid
from orders.services import paying, runs
from records.models import Participation
from records.services.files import read_original
from records.services.participation import AlreadyTookPart, HasInterest, take_part
from tests.factories import FRIDAY, a_card_number, a_fund, a_user, login
from tests.ledger.steps import FAILED, answer_line, mended, return_file
from tests.orders.steps import owed_to, wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def owed(story, cabbage_of_xiuying, cabbage_of_guiying):
    """64.00 yuan to Xiuying's household and 30.00 to Guiying's, of two orders."""
    story.signed(wish((cabbage_of_xiuying, 40)))
    story.signed(wish((cabbage_of_guiying, 20)))
    return list(SettlementStatement.objects.order_by("pk"))


@pytest.fixture
def run(owed, fund, cashier_yu):
    return runs.make_run(fund, statements=[row.pk for row in owed], by=cashier_yu, at=FRIDAY)


def hands(stage):
    return set(Participation.objects.filter(stage=stage).values_list("document", flat=True))


def test_a_run_holds_what_was_chosen_and_its_hands_fall_on_every_order(run, owed):
    assert (run.status, run.lines, run.total_fen) == ("prepared", 2, 94_00)
    assert {row.reference for row in owed} <= hands("pay_make")
    assert len([name for name in hands("pay_make") if name.startswith("order:")]) == 2


def test_a_second_person_confirms_it_and_the_file_is_for_ever(run, second_qiu, cabbage_of_xiuying):
    payouts.send_batch(run, by=second_qiu, at=FRIDAY)

    run = PayoutBatch.objects.get()
    content = read_original(run.file).decode("gb18030")
    assert content.startswith(f"H|{run.number}|2|94.00")
    assert len([name for name in hands("pay_check") if name.startswith("order:")]) == 2
    assert owed_to(cabbage_of_xiuying) == (64_00, 0)
    assert read_original(run.file).decode("gb18030") == content


def test_nobody_confirms_the_own_run_whatever_the_account(run, cashier_yu):
    for account in (cashier_yu, a_user("余出纳", person=cashier_yu.person)):
        with pytest.raises(payouts.SecondHandNeeded):
            payouts.send_batch(run, by=account, at=FRIDAY)


def test_who_has_another_hand_on_one_of_its_orders_confirms_nothing(run, owed, second_qiu):
    order = next(name for name in hands("pay_make") if name.startswith("order:"))
    take_part(order, "weigh", by=second_qiu, at=FRIDAY)

    with pytest.raises(AlreadyTookPart):
        payouts.send_batch(run, by=second_qiu, at=FRIDAY)

    assert PayoutBatch.objects.get().status == "prepared"
    assert hands("pay_check") == set()


def test_statements_with_an_own_hand_are_left_to_a_colleague(owed, fund, cashier_yu):
    order = owed[0].lines.get().receipt_line.allocation.order
    take_part(order.reference, "approve", by=cashier_yu, at=FRIDAY)

    ready = ready_statements(fund, cashier_yu)

    assert (ready.statements, ready.barred, ready.total_fen) == ([owed[1]], [owed[0]], 30_00)
    with pytest.raises(AlreadyTookPart):
        runs.make_run(fund, statements=[row.pk for row in owed], by=cashier_yu, at=FRIDAY)
    assert not PayoutBatch.objects.exists()


def test_what_is_in_a_run_is_paid_no_other_way(run, owed, fund, cashier_yu):
    with pytest.raises(payouts.WaitingChanged):
        runs.make_run(fund, statements=[owed[0].pk], by=cashier_yu, at=FRIDAY)
    with pytest.raises(paying.payments.AlreadyBeingPaid):
        paying.record_payment(owed[0], voucher_number="1", by=cashier_yu, at=FRIDAY)

    assert Payment.objects.count() == 2


def test_a_run_pays_from_one_fund(owed, school, cashier_yu):
    other = a_fund(school, "canteen", yuan=500)

    with pytest.raises(payouts.WaitingChanged):
        runs.make_run(other, statements=[owed[0].pk], by=cashier_yu, at=FRIDAY)


def test_what_came_back_is_mended_and_not_paid_by_hand(client, now, run, owed, second_qiu, cashier_yu, school):
    now["at"] = FRIDAY
    payouts.send_batch(run, by=second_qiu, at=FRIDAY)
    first, second = run.payments.order_by("line_no")
    raw = return_file(run, [answer_line(first), answer_line(second, FAILED)])
    applying.load_return(raw, by=second_qiu, at=FRIDAY, batch=run)
    case = ReturnCase.objects.get()

    home = login(client, cashier_yu).get(reverse("home")).content.decode()

    assert not statements_to_pay(cashier_yu).exists()
    assert reverse("return-case", args=[case.pk]) in home
    assert reverse("return-case", args=[case.pk]) in client.get(reverse("problem-list")).content.decode()
    statement = reverse("statement-detail", args=[owed[1].pk])
    assert reverse("return-case", args=[case.pk]) in client.get(statement).content.decode()
    seller = login(client, owed[1].household.members.get().person.users.get()).get(statement).content.decode()
    assert owed[1].number in seller and "/payouts/" not in seller
    assert [row.pk for row in unpaid(SettlementStatement.objects.all())] == [owed[1].pk]


def test_whoever_shares_the_sellers_household_does_not_mend_its_card(run, owed, second_qiu, school, xiuying):
    payouts.send_batch(run, by=second_qiu, at=FRIDAY)
    [payment] = run.payments.filter(payable=owed[0].payable)
    applying.load_return(return_file(run, [answer_line(payment, FAILED)]), by=second_qiu, at=FRIDAY, batch=run)
    case = ReturnCase.objects.get()
    relative = a_user("黄秀英", "cashier", school, person=xiuying.person)

    with pytest.raises(HasInterest):
        mending.propose_payee(case, number=a_card_number(990_555), holder="", bank="农业银行", by=relative, at=FRIDAY)


def test_nothing_chosen_another_sum_and_too_many_are_refused(owed, fund, cashier_yu):
    with pytest.raises(BadValue):
        runs.make_run(fund, statements=[], by=cashier_yu, at=FRIDAY)
    with pytest.raises(payouts.WaitingChanged):
        runs.make_run(fund, statements=[owed[0].pk], seen_fen=1, by=cashier_yu, at=FRIDAY)
    with pytest.raises(runs.TooMany):
        runs.make_run(fund, statements=range(1, runs.MOST + 2), by=cashier_yu, at=FRIDAY)


def test_the_banks_answer_pays_and_tells_each_seller_and_opens_a_case_of_what_came_back(
    run, owed, second_qiu, xiuying_household, guiying_household, cabbage_of_xiuying, cabbage_of_guiying, fund
):
    payouts.send_batch(run, by=second_qiu, at=FRIDAY)
    first, second = run.payments.order_by("line_no")
    raw = return_file(run, [answer_line(first), answer_line(second, FAILED)])

    applying.load_return(raw, by=second_qiu, at=FRIDAY, batch=run)

    assert (owed_to(cabbage_of_xiuying), owed_to(cabbage_of_guiying)) == ((0, 0), (30_00, 0))
    [told] = Message.objects.filter(household=xiuying_household, kind="payment.paid")
    assert run.payer.name in told.body
    assert "64.00" in told.body
    assert Message.objects.filter(household=guiying_household, kind="payment.failed").count() == 1
    assert ReturnCase.objects.get().payable == owed[1].payable
    assert PayoutBatch.objects.get().status == "settled"
    assert not ready_statements(fund, run.maker).statements


def test_who_is_paid_anew_for_goods_reads_of_goods(run, owed, second_qiu, cashier_yu, guiying_household):
    payouts.send_batch(run, by=second_qiu, at=FRIDAY)
    first, second = run.payments.order_by("line_no")
    raw = return_file(run, [answer_line(first), answer_line(second, FAILED)])
    applying.load_return(raw, by=second_qiu, at=FRIDAY, batch=run)

    mended(owed[1].payable, cashier_yu, second_qiu)

    [told] = Message.objects.filter(household=guiying_household, kind="payment.mended")
    assert told.body.startswith("30.00 元货款会重新打到你尾号 ")


def test_who_pays_for_goods_settles_what_the_bank_contradicts_and_the_seller_reads_of_goods(
    client, now, run, second_qiu, cashier_yu, guiying_household
):
    now["at"] = FRIDAY
    payouts.send_batch(run, by=second_qiu, at=FRIDAY)
    first, second = run.payments.order_by("line_no")
    for lines in ([answer_line(first), answer_line(second, FAILED)], [answer_line(second)]):
        applying.load_return(return_file(run, lines), by=second_qiu, at=FRIDAY, batch=run)
    contradiction = Contradiction.objects.get()

    for user in (cashier_yu, second_qiu):
        home = login(client, user).get(reverse("home")).content.decode()
        assert reverse("contradiction", args=[contradiction.pk]) in home
    statement = contradiction.payment.payable.statement
    page = client.get(reverse("statement-detail", args=[statement.pk])).content.decode()
    assert reverse("contradiction", args=[contradiction.pk]) in page
    letter = {"letter_number": "7号", "letter_on": FRIDAY.date(), "holds": "paid"}
    contradictions.propose_letter(contradiction, **letter, by=cashier_yu, at=FRIDAY)
    contradictions.confirm_letter(contradiction, by=second_qiu, at=FRIDAY)

    [told] = Message.objects.filter(household=guiying_household, kind="payment.settled")
    assert told.body.startswith("银行已确认：30.00 元货款已到你尾号 ")
    assert reverse("contradiction", args=[contradiction.pk]) not in client.get(reverse("home")).content.decode()


def test_an_answer_to_another_run_is_refused_in_words(run, second_qiu, story, cabbage_of_guiying, fund, cashier_yu):
    payouts.send_batch(run, by=second_qiu, at=FRIDAY)
    raw = return_file(run, [answer_line(payment) for payment in run.payments.order_by("line_no")])
    story.signed(wish((cabbage_of_guiying, 10)))
    statement = SettlementStatement.objects.order_by("-pk")[0]
    other = runs.make_run(fund, statements=[statement.pk], by=cashier_yu, at=FRIDAY)

    with pytest.raises(applying.OtherBatch):
        applying.load_return(raw, by=second_qiu, at=FRIDAY, batch=other)

    assert not Payment.objects.filter(status="paid").exists()


def test_a_dissolved_run_leaves_its_statements_to_be_paid(run, owed, fund, second_qiu, cashier_yu):
    payouts.cancel_batch(run, why="少勾了一张", by=second_qiu, at=FRIDAY)

    assert runs.make_run(fund, statements=[row.pk for row in owed], by=cashier_yu, at=FRIDAY).lines == 2
