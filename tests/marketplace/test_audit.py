"""The audit is silent while every promise holds, and names the promise and the rows when one was broken by force."""

import io

import pgtrigger
import pytest
from django.core.management import call_command
from django.db import connection, transaction

from ledger.models import Account
from ledger.services import transfers
from marketplace.audit import breaches
from records.models import NoticeStatus, PublicNotice
from tests.audit import broken_promises
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)


def by_force(sentence: str, *values):
    """Change a row as the owner of the tables, past grants and triggers."""
    with pgtrigger.ignore(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute(sentence, values)


@pytest.fixture
def money():
    """A fund of 100 yuan with 40 held, 25 of them spent."""
    source = transfers.open_account("source:1", Account.Kind.SOURCE, guarded=False)
    fund = transfers.open_account("fund:1", Account.Kind.FUND, guarded=True)
    payee = transfers.open_account("payee:1", Account.Kind.PAYABLE, guarded=False)
    transfers.transfer(reference="in", debit_id=source.pk, credit_id=fund.pk, amount_fen=100_00, at=MONDAY)
    transfers.hold([transfers.Hold("hold", fund.pk, payee.pk, 40_00)], at=MONDAY)
    transfers.resolve([transfers.Resolution("post", "hold", 25_00)], at=MONDAY)
    transfers.hold([transfers.Hold("rest", fund.pk, payee.pk, 15_00)], at=MONDAY)
    fund.refresh_from_db()
    return fund


def test_honest_books_are_clean(money):
    assert breaches() == []


@pytest.mark.parametrize("side", ["debits_pending_fen", "debits_posted_fen", "credits_posted_fen"])
def test_a_balance_changed_by_force_is_found(money, side):
    Account.objects.filter(pk=money.pk).update(**{side: getattr(money, side) + 1})

    assert "I1" in broken_promises()


def test_a_transfer_changed_by_force_is_found(money):
    by_force("UPDATE ledger_transfer SET amount_fen = 2400 WHERE reference = 'post'")

    assert "I1" in broken_promises()


def test_a_hold_posted_beyond_what_it_held_is_found(money):
    by_force("UPDATE ledger_transfer SET amount_fen = 2500 + 1600 WHERE reference = 'post'")

    assert {"I1", "I4"} <= broken_promises()


def test_a_status_without_its_move_is_found(bureau, director_lin, changxi):
    notice = PublicNotice(
        number="G1", title="t", round="village", place_code=changxi.code, place_name="长溪村", basis="b",
        published_at=MONDAY, working_days=1, starts_on="2026-11-02", ends_on="2026-11-03",
        ends_at="2026-11-04T00:00Z", by=director_lin,
    )  # fmt: skip
    notice.begin(by=director_lin, at=MONDAY)
    assert breaches() == []

    by_force("UPDATE records_publicnotice SET status = %s", NoticeStatus.CLOSED)

    assert broken_promises() == {"I13"}


def test_kilos_changed_by_force_are_found(cabbage, xiuying_household, xiuying):
    from tests.factories import a_listing

    listing = a_listing(xiuying_household, cabbage, kg=100)
    assert breaches() == []

    by_force("UPDATE catalog_listing SET sold = 1000 WHERE id = %s", listing.pk)

    assert broken_promises() == {"I2"}


def test_the_command_prints_the_rows_and_fails(money):
    Account.objects.filter(pk=money.pk).update(credits_posted_fen=99_00)
    out = io.StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("audit", stdout=out)

    assert ended.value.code == 1
    assert "fund:1" in out.getvalue() and "BROKEN: I1" in out.getvalue()


def test_the_command_says_clean(money):
    out = io.StringIO()

    call_command("audit", stdout=out)

    assert "Clean" in out.getvalue()
