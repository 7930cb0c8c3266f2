"""Each line of a batch stands under one verdict after the bank's last word; strays of the bank stand beside them."""

import pytest
from django.urls import reverse

from ledger.models import Contradiction
from ledger.selectors.verdicts import Verdict, verdict_sums
from ledger.services import contradictions
from tests import factories
from tests.factories import FRIDAY, login
from tests.ledger.steps import FAILED, PAID, answer_line, load, owed, return_file, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(relief, finance_bureau, finance_maker, finance_checker, changxi):
    """Return a batch of three lines: 80, 160 and 70 yuan."""
    owed(factories.a_household(changxi, name="赖有财"), finance_bureau, 70_00)
    return sent(finance_bureau, finance_maker, finance_checker)


@pytest.fixture
def lines(batch):
    return list(batch.payments.order_by("line_no"))


def sums(batch):
    return {row.verdict: (row.lines, row.fen) for row in verdict_sums(batch) if row.lines}


def test_before_an_answer_everything_is_unpaid(batch):
    assert sums(batch) == {Verdict.UNPAID: (3, 310_00)}


def test_each_line_stands_under_one_verdict_and_strays_beside(batch, lines, finance_checker):
    stray = answer_line(lines[0], reference="P9999999999999999", amount="55.00")
    load(return_file(batch, [answer_line(lines[0]), answer_line(lines[1], amount="161.00"), stray]), finance_checker)
    load(return_file(batch, [answer_line(lines[2]), answer_line(lines[2])]), finance_checker)

    assert sums(batch) == {
        Verdict.SETTLED: (1, 80_00),
        Verdict.MISMATCH: (1, 160_00),
        Verdict.DUPLICATE: (1, 70_00),
        Verdict.STRAY: (1, 55_00),
    }


def test_a_right_answer_later_ends_a_mismatch(batch, lines, finance_checker):
    load(return_file(batch, [answer_line(lines[0], card="6217990000000000000")]), finance_checker)
    assert sums(batch)[Verdict.MISMATCH] == (1, 80_00)

    load(return_file(batch, [answer_line(lines[0])]), finance_checker)

    assert sums(batch) == {Verdict.SETTLED: (1, 80_00), Verdict.UNPAID: (2, 230_00)}


def test_two_answers_are_a_duplicate_until_the_letter(batch, lines, finance_maker, finance_checker):
    load(return_file(batch, [answer_line(lines[0], FAILED)]), finance_checker)
    load(return_file(batch, [answer_line(lines[0], PAID)]), finance_checker)
    assert sums(batch)[Verdict.DUPLICATE] == (1, 80_00)

    case = Contradiction.objects.get()
    case = contradictions.propose_letter(
        case, letter_number="7号", letter_on=FRIDAY.date(), holds="paid", by=finance_maker, at=FRIDAY
    )
    contradictions.confirm_letter(case, by=finance_checker, at=FRIDAY)

    assert sums(batch) == {Verdict.SETTLED: (1, 80_00), Verdict.UNPAID: (2, 230_00)}


def test_page_and_program_list_the_same(client, batch, lines, finance_checker, django_assert_max_num_queries):
    stray = answer_line(lines[0], reference="P9999999999999999", amount="55.00")
    load(return_file(batch, [answer_line(lines[0], amount="81.00"), answer_line(lines[1]), stray]), finance_checker)
    login(client, finance_checker)
    page, program = (reverse(name, args=[batch.pk]) for name in ("batch-reconcile", "api-batch-verdicts"))

    with django_assert_max_num_queries(15):
        whole = client.get(page).content.decode()
    assert "要跟的 2 户" in whole and "与指令不符" in whole and "请银行重出一份对的回盘" in whole
    for verdict, reference in (("mismatch", lines[0].line_reference), ("stray", "P9999999999999999")):
        assert reference in client.get(page, {"verdict": verdict}).content.decode()
        answer = client.get(program, {"verdict": verdict}).json()
        assert [line["reference"] for line in answer["results"]] == [reference]
    assert lines[0].payable.card not in whole
    told = {row["verdict"]: (row["lines"], row["total_yuan"]) for row in answer["sums"]}
    assert told["settled"] == (1, "160.00") and told["stray"] == (1, "55.00")
    assert client.get(page, {"verdict": "lost"}).status_code == 400
    assert client.get(program, {"verdict": "lost"}).status_code == 400
