"""A statement of the bank is split among its batches; what is not ours is named, and nothing counts twice."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kernel.errors import BadValue
from ledger.models import BankReturn, BankStatement, BatchStatus, Payment, ReturnCase, StatementEntry, Transfer
from ledger.selectors.verdicts import Verdict, verdict_sums
from ledger.services import applying, camt, statements
from tests import factories
from tests.audit import broken_promises
from tests.factories import FRIDAY, login
from tests.ledger.camt import entry, statement
from tests.ledger.steps import owed, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(relief, finance_bureau, finance_maker, finance_checker):
    return sent(finance_bureau, finance_maker, finance_checker)


@pytest.fixture
def lines(batch):
    return list(batch.payments.order_by("line_no"))


@pytest.fixture
def second(batch, finance_bureau, finance_maker, finance_checker, changxi):
    """A line of another batch of the same office."""
    owed(factories.a_household(changxi, name="赖有财"), finance_bureau, 70_00)
    return sent(finance_bureau, finance_maker, finance_checker).payments.get()


@pytest.fixture
def load(finance_bureau, finance_checker):
    def loaded(raw):
        return statements.load_statement(raw, payer=finance_bureau, by=finance_checker, at=FRIDAY)

    return loaded


def fates():
    return list(StatementEntry.objects.order_by("pk").values_list("fate", flat=True))


def statuses(batch):
    return list(batch.payments.order_by("line_no").values_list("status", flat=True))


def test_one_statement_answers_several_batches_and_names_what_is_not_ours(batch, lines, second, load):
    stranger = entry(reference="E-WATER-11", fen=300_00)

    load(statement(entry(lines[0]), stranger, entry(second), entry(lines[1])))

    assert statuses(batch) == ["paid", "paid"] and statuses(second.batch) == ["paid"]
    batch.refresh_from_db()
    assert batch.status == BatchStatus.SETTLED
    assert fates() == ["ours", "foreign", "ours", "ours"]
    assert StatementEntry.objects.get(fate="foreign").amount_fen == 300_00
    assert BankReturn.objects.count() == 2
    assert "I11" not in broken_promises()


def test_money_that_came_back_has_its_reason_in_words(batch, lines, load):
    load(statement(entry(lines[0]), entry(lines[0], side="CRDT", reason="AC04"), entry(lines[1])))

    assert statuses(batch) == ["returned", "paid"]
    assert ReturnCase.objects.get().reason == "卡已注销（AC04）"


def test_what_left_and_came_back_on_another_day_is_one_story(batch, lines, load):
    load(statement(entry(lines[0])))
    load(statement(entry(lines[0], side="CRDT", reason="MD07", day="2026-11-07"), number="S2"))

    assert statuses(batch) == ["returned", "sent"]
    assert ReturnCase.objects.get().reason == "收款人已去世（MD07）"


@pytest.mark.parametrize(
    "changes", [{"fen": 80_01}, {"currency": "USD"}, {"name": "黄秀兰"}, {"card": "6217990000000000000"}]
)
def test_an_entry_that_differs_from_what_was_instructed_moves_nothing(batch, lines, load, changes):
    load(statement(entry(lines[0], **changes), entry(lines[1])))

    assert statuses(batch) == ["sent", "paid"]
    assert Verdict.MISMATCH in {row.verdict for row in verdict_sums(batch) if row.lines}


def test_a_bank_that_tells_no_payee_or_a_starred_one_is_taken_by_reference_and_amount(batch, lines, load):
    load(statement(entry(lines[0], name="", card=""), entry(lines[1], card="6217****0935", name="罗*英")))

    assert statuses(batch) == ["paid", "paid"]


def test_the_same_statement_twice_is_refused_by_file_and_by_its_number(batch, lines, load):
    raw = statement(entry(lines[0]))
    load(raw)
    transfers = Transfer.objects.count()

    for again in (raw, raw + b"\n"):
        with pytest.raises(statements.StatementLoaded):
            load(again)

    assert (Transfer.objects.count(), BankStatement.objects.count()) == (transfers, 1)


def test_two_statements_that_overlap_count_each_entry_once(batch, lines, load):
    load(statement(entry(lines[0])))

    load(statement(entry(lines[0]), entry(lines[1]), number="S2"))

    assert fates() == ["ours", "seen", "ours"]
    assert statuses(batch) == ["paid", "paid"]
    assert Transfer.objects.filter(reference__endswith=":paid").count() == 2


@pytest.mark.parametrize("together", [True, False])
def test_a_second_debit_of_one_line_waits_for_a_person(batch, lines, load, together):
    debits = [entry(lines[0], bank_reference="B1"), entry(lines[0], bank_reference="B2")]
    load(statement(*debits[: 1 + together]))
    back = entry(lines[0], side="CRDT", reason="AM05")
    load(statement(*debits[1 + together :], back, number="S2"))

    assert statuses(batch)[0] == ("sent" if together else "paid")
    assert [row.fen for row in verdict_sums(batch) if row.verdict == Verdict.DUPLICATE] == [80_00]
    assert not ReturnCase.objects.exists()


def test_what_is_not_booked_yet_moves_nothing_until_it_is(batch, lines, load):
    load(statement(entry(lines[0], status="PDNG")))
    assert (statuses(batch), fates()) == (["sent", "sent"], ["pending"])

    load(statement(entry(lines[0]), number="S2"))
    assert statuses(batch) == ["paid", "sent"]


def test_one_booking_of_a_whole_batch_is_read_line_by_line(batch, lines, load):
    raw = statement(entry(lines[0], fen=240_00, name="", card="")).decode()
    one, two = (
        f'<TxDtls><Refs><EndToEndId>{line.line_reference}</EndToEndId></Refs><Amt Ccy="CNY">{line.amount_fen / 100:.2f}'
        "</Amt></TxDtls>"
        for line in lines
    )
    before, rest = raw.split("<TxDtls>")
    whole = before + one + two + rest.split("</TxDtls>")[1]

    load(whole.encode())

    assert statuses(batch) == ["paid", "paid"]
    with pytest.raises(camt.StatementDiffers):
        load(
            whole.replace("<Id>S1</Id>", "<Id>S2</Id>")
            .replace(">160.00</Amt></TxDtls>", ">150.00</Amt></TxDtls>")
            .encode()
        )


BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha">]><Document xmlns="x:camt.053.001.08">&b;</Document>'
FILE = b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><Document xmlns="x:camt.053.001.08"/>'


@pytest.mark.parametrize(
    "raw", [b"", b"H|F|0|0.00", b"<Document/>", b"<a xmlns='x:camt.053.001.08'/>", BOMB, FILE, b"\xff\xfe\x00<"]
)
def test_what_is_no_statement_is_refused_in_words(batch, load, raw):
    with pytest.raises(camt.NoStatement) as refusal:
        load(raw)

    assert "camt.053" in str(refusal.value)


def test_sums_that_do_not_hold_refuse_the_whole_file(batch, lines, load):
    good = statement(entry(lines[0]))
    wrong = [
        statement(entry(lines[0]), closing=1),
        statement(entry(lines[0]), count=2),
        good.replace(b">80.00<", b">8e1<"),
        good.replace(b">80.00<", b">80.005<"),
        good[:-60],
    ]
    for raw in wrong:
        with pytest.raises(BadValue):
            load(raw)

    assert not BankStatement.objects.exists() and statuses(batch) == ["sent", "sent"]


def test_a_file_that_is_too_large_is_not_read(batch, load, monkeypatch):
    monkeypatch.setattr(camt, "MOST_BYTES", 10)

    with pytest.raises(BadValue):
        load(b"<" * 11)


def test_a_statement_in_a_chinese_encoding_is_read(batch, lines, load):
    load(statement(entry(lines[0]), encoding="gb18030"))

    assert statuses(batch) == ["paid", "sent"]


def test_the_maker_of_a_batch_loads_no_statement_about_it(batch, lines, finance_bureau, finance_maker):
    with pytest.raises(applying.MakerMayNotLoad):
        statements.load_statement(statement(entry(lines[0])), payer=finance_bureau, by=finance_maker, at=FRIDAY)

    assert not BankStatement.objects.exists()


def test_another_office_finds_our_lines_foreign(batch, lines, finance_checker, county):
    other = factories.an_organisation("finance", "宁都县财政局", county)

    statements.load_statement(statement(entry(lines[0])), payer=other, by=finance_checker, at=FRIDAY)

    assert (fates(), statuses(batch)) == (["foreign"], ["sent", "sent"])


def test_page_and_program_load_and_show_the_same(client, now, batch, lines, second, finance_checker, director_lin):
    login(client, finance_checker)
    load = reverse("bank-statement-load")
    raw = statement(entry(lines[0]), entry(reference="E-WATER-11", fen=300_00))

    wrong = client.post(load, {"idem": "w", "file": SimpleUploadedFile("a.xml", b"<a/>")})
    assert wrong.status_code == 400 and "camt.053" in wrong.content.decode()
    to = client.post(load, {"idem": "r", "file": SimpleUploadedFile("a.xml", raw)})["Location"]
    twice = client.post(load, {"idem": "t", "file": SimpleUploadedFile("a.xml", raw)})
    assert twice.status_code == 409 and "以前导入过了" in twice.content.decode()
    page = client.get(to).content.decode()
    assert "1 笔分到了批次，1 笔不是我们的（300.00 元）" in page and "E-WATER-11" in page and batch.number in page
    assert "E-WATER-11" not in client.get(to, {"fate": "ours"}).content.decode()
    assert client.get(to, {"fate": "lost"}).status_code == 400

    more = SimpleUploadedFile("b.xml", statement(entry(second), number="S2"))
    answer = client.post(reverse("api-bank-statement-list"), {"file": more}, headers={"Idempotency-Key": "one"})
    assert (answer.status_code, answer.json()[0]["ours"]) == (201, 1)
    assert Payment.objects.get(pk=second.pk).status == "paid"
    entries = reverse("api-bank-statement", args=[BankStatement.objects.earliest("pk").pk])
    (foreign,) = client.get(entries, {"fate": "foreign"}).json()["results"]
    assert (foreign["reference"], foreign["amount_yuan"], foreign["batch"]) == ("E-WATER-11", "300.00", "")

    login(client, director_lin)
    assert client.get(load).status_code == 403
    assert "导入对账单" not in client.get(reverse("bank-statement-list")).content.decode()
