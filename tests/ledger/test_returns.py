"""The bank's answer: totals first and all or nothing, then line by line; a bad line blocks no other."""

import datetime as dt

import pytest

from accounts.models import Message
from kernel.errors import BadValue
from ledger.models import BankReturn, BankReturnLine, BatchStatus, Payment, Transfer
from ledger.selectors import answers_to_look_into
from ledger.services import applying, payouts, returns
from tests import factories
from tests.audit import broken_promises
from tests.factories import FRIDAY, THURSDAY
from tests.ledger.steps import FAILED, PAID, RETURNED, answer_line, load, mended, owed, return_file, sent
from tests.trials import trial

pytestmark = pytest.mark.django_db
NEXT_WEEK = FRIDAY + dt.timedelta(days=7)


@pytest.fixture
def batch(relief, finance_bureau, finance_maker, finance_checker):
    return sent(finance_bureau, finance_maker, finance_checker)


@pytest.fixture
def payments(batch):
    return list(batch.payments.order_by("line_no"))


def statuses(batch):
    return list(batch.payments.order_by("line_no").values_list("status", flat=True))


def outcomes(bank_return):
    return list(bank_return.answer_lines.order_by("line_no").values_list("outcome", flat=True))


def owed_to(payable):
    payable.account.refresh_from_db()
    return payable.account.credits_posted_fen - payable.account.debits_posted_fen


def test_a_whole_good_answer_pays_everybody_and_settles_the_batch(batch, payments, relief, finance_checker):
    done = load(return_file(batch, [answer_line(p) for p in payments]), finance_checker)

    assert (done.lines, done.outcome.applied, done.outcome.exceptions) == (2, 2, 0)
    assert statuses(batch) == ["paid", "paid"]
    batch.refresh_from_db()
    assert batch.status == BatchStatus.SETTLED
    assert [owed_to(p) for p in relief] == [0, 0]


def test_the_households_are_told_that_the_money_arrived(batch, payments, xiuying_household, finance_checker):
    load(return_file(batch, [answer_line(p) for p in payments]), finance_checker)

    message = Message.objects.get(household=xiuying_household)
    tail = payments[0].payable.card[-4:]
    assert message.kind == "payment.paid"
    assert message.body.startswith(f"救助款 80.00 元到账了，卡尾号 {tail}。钱到了吗？")
    assert message.body.endswith("/money/")


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_the_encodings_and_line_ends_of_banks_are_read(batch, payments, finance_checker, encoding, end):
    raw = return_file(batch, [answer_line(p) for p in payments], encoding=encoding, end=end)

    assert load(raw, finance_checker).outcome.applied == 2


@pytest.mark.parametrize(
    "spoil",
    [
        {"total_fen": 240_01},
        {"count": 3},
        {"foot": False},
    ],
)
def test_wrong_totals_or_a_missing_foot_apply_nothing(batch, payments, relief, finance_checker, spoil):
    raw = return_file(batch, [answer_line(p) for p in payments], **spoil)

    with pytest.raises(BadValue):
        load(raw, finance_checker)

    assert statuses(batch) == ["sent", "sent"]
    assert not BankReturn.objects.exists()
    assert [owed_to(p) for p in relief] == [80_00, 160_00]


def test_a_file_cut_in_the_middle_of_a_line_applies_nothing(batch, payments, finance_checker):
    raw = return_file(batch, [answer_line(p) for p in payments])

    for end in (len(raw) - 20, len(raw) - 60, 10, 1, 0):
        with pytest.raises(BadValue):
            load(raw[:end], finance_checker)

    assert statuses(batch) == ["sent", "sent"]


@pytest.mark.parametrize(
    "raw",
    [b"\x00\x01\x02", b"\xff\xfe\xfa", b"H|F|0|0.00\nT|0|0.00\n", b"H|x|0|\x000\nT|0|0\n", b"<html>"],
)
def test_what_is_no_return_file_is_refused_in_words(batch, finance_checker, raw):
    with pytest.raises(BadValue):
        load(raw, finance_checker)

    assert statuses(batch) == ["sent", "sent"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"amount": "80.01"}, "金额与指令不符。"),
        ({"card": "6217990000000000000"}, "账号与指令不符。"),
        ({"card": ""}, "账号与指令不符。"),
        ({"name": "黄秀兰"}, "户名与指令不符。"),
        ({"name": "黄?英"}, "户名与指令不符。"),
        ({"reference": "P0000000000000000"}, "这一批里没有这个流水号。"),
        ({"reference": ""}, "这一批里没有这个流水号。"),
        ({"code": ""}, "银行返回码不认识。"),
        ({"code": "NaN"}, "银行返回码不认识。"),
        ({"amount": ""}, "金额与指令不符。"),
        ({"amount": "NaN"}, "金额与指令不符。"),
        ({"amount": "８０.００"}, "金额与指令不符。"),
        ({"amount": "-80.00"}, "金额与指令不符。"),
        ({"amount": "80"}, "金额与指令不符。"),
        ({"amount": "¥80.00"}, "金额与指令不符。"),
        ({"amount": "0.00"}, "金额与指令不符。"),
        ({"amount": "8e1"}, "金额与指令不符。"),
    ],
)
def test_one_bad_line_waits_to_be_looked_into_and_blocks_no_other(
    batch, payments, relief, finance_checker, changes, reason
):
    done = load(return_file(batch, [answer_line(payments[0], **changes), answer_line(payments[1])]), finance_checker)

    assert (done.outcome.applied, done.outcome.exceptions) == (1, 1)
    assert outcomes(done) == ["exception", "applied"]
    assert done.answer_lines.get(line_no=1).reason == reason
    assert statuses(batch) == ["sent", "paid"]
    assert [owed_to(p) for p in relief] == [80_00, 0]
    batch.refresh_from_db()
    assert batch.status == BatchStatus.SENT


def test_an_unreadable_amount_that_the_totals_count_refuses_the_whole_file(batch, payments, finance_checker):
    lines = [answer_line(payments[0], amount="NaN"), answer_line(payments[1])]

    with pytest.raises(returns.TotalsDiffer):
        load(return_file(batch, lines, total_fen=240_00), finance_checker)

    assert statuses(batch) == ["sent", "sent"]


def test_a_line_said_twice_in_one_file_is_looked_into(batch, payments, finance_checker):
    lines = [answer_line(payments[0]), answer_line(payments[0], FAILED), answer_line(payments[1])]

    done = load(return_file(batch, lines), finance_checker)

    assert outcomes(done) == ["exception", "exception", "applied"]
    assert statuses(batch) == ["sent", "paid"]


def test_a_line_of_another_batch_is_looked_into(
    batch, payments, finance_bureau, finance_maker, finance_checker, changxi
):
    owed(factories.a_household(changxi, name="赖有财"), finance_bureau, 70_00)
    other = sent(finance_bureau, finance_maker, finance_checker).payments.get()

    done = load(return_file(batch, [answer_line(other), answer_line(payments[0])]), finance_checker)

    assert outcomes(done) == ["exception", "applied"]
    other.refresh_from_db()
    assert other.status == "sent"


def test_the_same_file_twice_changes_nothing(batch, payments, relief, finance_checker):
    raw = return_file(batch, [answer_line(p) for p in payments])
    load(raw, finance_checker)
    transfers = Transfer.objects.count()

    with pytest.raises(applying.AlreadyLoaded):
        applying.load_return(raw, by=finance_checker, at=FRIDAY)

    assert Transfer.objects.count() == transfers
    assert BankReturn.objects.count() == 1


def test_a_file_of_which_nothing_was_applied_may_come_again(batch, payments, finance_checker):
    raw = return_file(batch, [answer_line(payments[0], code="7777")])
    first, again = load(raw, finance_checker), load(raw, finance_checker)

    assert (first.outcome.applied, again.outcome.applied) == (0, 0)
    assert [answer.bank_return for answer in answers_to_look_into(batch)] == [again]


def test_a_file_larger_than_any_return_file_is_not_read(batch, payments, finance_checker, monkeypatch):
    raw = return_file(batch, [answer_line(p) for p in payments])
    monkeypatch.setattr(returns, "MOST_BYTES", len(raw) - 1)

    with pytest.raises(BadValue, match="文件太大"):
        load(raw, finance_checker)

    assert statuses(batch) == ["sent", "sent"]


@pytest.mark.parametrize("name", ["谭霞", "郑小平", "谢英", "魏伟", "叶小平", "史小强", "谭平"])
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_one_payee_alone_is_read_in_the_encoding_the_bank_wrote(
    changxi, finance_bureau, finance_maker, finance_checker, name, encoding
):
    owed(factories.a_household(changxi, name=name), finance_bureau, 80_00)
    batch = sent(finance_bureau, finance_maker, finance_checker)

    done = load(return_file(batch, [answer_line(batch.payments.get())], encoding=encoding), finance_checker)

    assert outcomes(done) == ["applied"]


def test_where_signs_speak_for_neither_encoding_the_payees_decide(
    changxi, finance_bureau, finance_maker, finance_checker
):
    owed(factories.a_household(changxi, name="㛃䶮"), finance_bureau, 80_00)
    batch = sent(finance_bureau, finance_maker, finance_checker)

    done = load(return_file(batch, [answer_line(batch.payments.get())], encoding="utf-8"), finance_checker)

    assert outcomes(done) == ["applied"]


@pytest.mark.parametrize(
    ("before", "behind"),
    [(b"", b"\x1a"), (b"", b"\r\n\x1a\x1a"), (b"\x84\x31\x95\x33", b""), (b"\xef\xbb\xbf", b"\x1a")],
)
def test_marks_and_signs_of_the_end_are_no_part_of_a_file(batch, payments, finance_checker, before, behind):
    encoding = {b"\xef\xbb\xbf": "utf-8"}.get(before, "gb18030")
    raw = return_file(batch, [answer_line(p) for p in payments], encoding=encoding)

    assert outcomes(load(before + raw + behind, finance_checker)) == ["applied", "applied"]


def test_the_file_of_the_trials_is_read():
    _number, (line,) = returns.read_return(trial("b1_return_gbk_one_payee.txt"))

    assert (line.name, line.amount_fen) == ("谭霞", 80_00)


def test_the_same_lines_in_another_order_change_nothing(batch, payments, finance_checker):
    load(return_file(batch, [answer_line(p) for p in payments]), finance_checker)
    transfers = Transfer.objects.count()

    done = load(return_file(batch, [answer_line(p) for p in payments[::-1]]), finance_checker)

    assert outcomes(done) == ["repeated", "repeated"]
    assert Transfer.objects.count() == transfers


def test_an_answer_in_two_parts_settles_with_the_second(batch, payments, finance_checker):
    load(return_file(batch, [answer_line(payments[0])]), finance_checker)
    batch.refresh_from_db()
    assert batch.status == BatchStatus.SENT

    load(return_file(batch, [answer_line(payments[1])]), finance_checker)
    batch.refresh_from_db()
    assert batch.status == BatchStatus.SETTLED


def test_a_failed_line_is_owed_as_before_and_goes_into_the_next_batch(
    batch, payments, relief, finance_bureau, finance_maker, finance_checker, xiuying_household
):
    load(return_file(batch, [answer_line(payments[0], FAILED), answer_line(payments[1])]), finance_checker)

    assert [owed_to(p) for p in relief] == [80_00, 0]
    tail = payments[0].payable.card[-4:]
    assert Message.objects.get(household=xiuying_household).body == (
        f"银行没能把 80.00 元打到你尾号 {tail} 的卡上。钱给你留着，请找村干部核对一下卡。"
    )
    mended(relief[0], finance_maker, finance_checker)
    follow_up = payouts.build_batch(finance_bureau, by=finance_maker, at=NEXT_WEEK)
    assert [p.payable_id for p in follow_up.payments.all()] == [relief[0].pk]
    assert follow_up.payments.get().line_reference != payments[0].line_reference


def test_money_that_comes_back_after_success_is_owed_again_and_paid_anew(
    batch, payments, relief, finance_bureau, finance_maker, finance_checker
):
    load(return_file(batch, [answer_line(p) for p in payments]), finance_checker)

    done = load(return_file(batch, [answer_line(payments[0], RETURNED)]), finance_checker, NEXT_WEEK)

    assert outcomes(done) == ["applied"]
    assert statuses(batch) == ["returned", "paid"]
    assert [owed_to(p) for p in relief] == [80_00, 0]
    mended(relief[0], finance_maker, finance_checker)
    follow_up = sent(finance_bureau, finance_maker, finance_checker)
    assert follow_up.total_fen == 80_00
    load(return_file(follow_up, [answer_line(follow_up.payments.get())]), finance_checker, NEXT_WEEK)
    assert [owed_to(p) for p in relief] == [0, 0]
    assert Payment.objects.filter(payable=relief[0], status="paid").count() == 1


def test_success_after_failure_stops_the_household_from_being_paid_twice(
    batch, payments, relief, finance_bureau, finance_maker, finance_checker
):
    load(return_file(batch, [answer_line(payments[0], FAILED), answer_line(payments[1])]), finance_checker)

    done = load(return_file(batch, [answer_line(payments[0], PAID)]), finance_checker)

    assert outcomes(done) == ["conflict"]
    assert (done.outcome.applied, done.outcome.exceptions) == (0, 1)
    assert "I11" not in broken_promises()
    with pytest.raises(payouts.NothingToPay):
        payouts.build_batch(finance_bureau, by=finance_maker, at=NEXT_WEEK)
    assert [owed_to(p) for p in relief] == [80_00, 0]


def test_a_name_with_other_dots_and_spaces_is_the_same_name(changxi, finance_bureau, finance_maker, finance_checker):
    owed(factories.a_household(changxi, name="阿依古丽·买买提"), finance_bureau, 80_00)
    batch = sent(finance_bureau, finance_maker, finance_checker)

    done = load(return_file(batch, [answer_line(batch.payments.get(), name="阿依古丽．买买提 ")]), finance_checker)

    assert done.outcome.applied == 1


def test_a_rare_name_comes_back_whole_in_gb18030_and_is_looked_into_from_gbk(
    changxi, finance_bureau, finance_maker, finance_checker
):
    owed(factories.a_household(changxi, name="𠮷野英"), finance_bureau, 80_00)
    batch = sent(finance_bureau, finance_maker, finance_checker)
    payment = batch.payments.get()

    by_gbk = load(return_file(batch, [answer_line(payment, name="?野英")]), finance_checker)
    whole = load(return_file(batch, [answer_line(payment)]), finance_checker)

    assert (outcomes(by_gbk), outcomes(whole)) == (["exception"], ["applied"])


def test_the_maker_does_not_load_the_answer(batch, payments, finance_maker):
    raw = return_file(batch, [answer_line(p) for p in payments])
    second_account = factories.a_user("高出纳", person=finance_maker.person)

    for somebody in (finance_maker, second_account):
        with pytest.raises(applying.MakerMayNotLoad):
            load(raw, somebody)

    assert statuses(batch) == ["sent", "sent"]


def test_an_answer_to_a_batch_that_was_not_sent_is_refused(relief, finance_bureau, finance_maker, finance_checker):
    batch = payouts.build_batch(finance_bureau, by=finance_maker, at=THURSDAY)
    payments = list(batch.payments.all())

    with pytest.raises(BadValue):
        load(return_file(batch, [answer_line(p) for p in payments]), finance_checker)

    assert statuses(batch) == ["prepared", "prepared"]


def test_every_line_is_accounted_for(batch, payments, finance_checker):
    lines = [
        answer_line(payments[0]),
        answer_line(payments[1], amount="1.00"),
        answer_line(payments[1], reference="P1"),
    ]

    done = load(return_file(batch, lines), finance_checker)

    assert (
        done.lines
        == done.outcome.applied + done.outcome.exceptions
        == BankReturnLine.objects.filter(bank_return=done).count()
        == 3
    )
