"""Relief that is not on the card by its day: days, interest by a rate, finance and household told."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Message
from kernel import clock
from ledger.services import payouts
from losses.models import Award
from losses.relief import late_interest_fen
from losses.selectors.late_relief import late_awards, lateness
from losses.services import late_relief
from records.models import PolicyValue
from tests.factories import login
from tests.ledger.steps import answer_line, load, return_file
from tests.losses.steps import AWARDED_AT, Story, a_scheme

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def a_rate(director_lin, clerk_ma):
    def said(bp, from_on):
        PolicyValue.objects.create(
            name="relief_interest_bp",
            value=str(bp),
            from_on=from_on,
            set_by=clerk_ma,
            confirmed_by=director_lin,
            confirmed_at=AWARDED_AT,
        )

    return said


@pytest.fixture
def award(story, lot, xiuying, finance_maker, finance_checker):
    """Relief awarded on AWARDED_AT, to be paid within 30 days."""
    return Award.objects.get(claim=story.awarded(story.filed(lot, by=xiuying)))


@pytest.fixture
def late_at(award, now):
    """The eleventh day after the last one on which it was in time."""
    now.at = AWARDED_AT + 41 * DAY
    return now.at


def test_a_scheme_has_a_clock_of_its_own(client, cast, finance_bureau, director_lin, cabbage, lot, xiuying):
    scheme = a_scheme(finance_bureau, director_lin, cabbage, pay_days=10)

    claim = Story(cast, scheme).awarded(Story(cast, scheme).filed(lot, by=xiuying))

    due = claim.award.payable.due_on
    assert due == clock.county_day(claim.award.at) + 10 * DAY
    assert not late_awards(due).exists() and lateness(late_awards(due + DAY).get(), due + DAY).days == 1
    asked = {"produce": cabbage.code, "kg": "50"}
    assert client.get(f"/api/v1/schemes/{scheme.pk}/calculator/", asked).json()["pay_days"] == 10
    assert "批准后 10 天内" in client.get(reverse("scheme-detail", args=[scheme.pk])).content.decode()
    login(client, xiuying)
    assert client.get(f"/api/v1/claims/{claim.pk}/").json()["pay_days"] == 10


def test_the_last_day_is_in_time_and_the_next_is_late(award):
    due = award.payable.due_on

    assert not late_awards(due).exists()
    assert lateness(late_awards(due + DAY).get(), due + DAY).days == 1
    assert due == clock.county_day(AWARDED_AT) + 30 * DAY


@pytest.mark.parametrize(
    ("owed", "days", "bp", "fen"),
    [(72_00, 11, 0, 0), (72_00, 11, 1825, 40), (100_00, 1, 365, 1), (100_00, 1, 182, 0), (100_00, 1, 183, 1)],
)
def test_interest_is_rounded_once_a_half_up(owed, days, bp, fen):
    assert late_interest_fen(owed, days, bp) == fen


def test_the_rate_is_that_of_the_day_on_which_it_was_due(award, a_rate):
    due = award.payable.due_on
    a_rate(3650, due)
    a_rate(9999, due + DAY)

    (row,) = late_awards(due + 10 * DAY)

    assert lateness(row, due + 10 * DAY).interest_fen == award.amount_fen // 100


def test_what_has_arrived_is_not_late(award, finance_bureau, finance_maker, finance_checker, late_at):
    batch = payouts.build_batch(finance_bureau, by=finance_maker, at=AWARDED_AT)
    payouts.send_batch(batch, by=finance_checker, at=AWARDED_AT)
    assert late_awards(clock.county_day(late_at)).get().at_bank

    load(return_file(batch, [answer_line(batch.payments.get())], encoding="utf-8-sig"), finance_checker, late_at)

    assert not late_awards(clock.county_day(late_at)).exists()
    assert late_relief.remind(at=late_at) == 0


def test_finance_is_reminded_every_so_often_and_the_household_once(award, late_at, xiuying_household):
    before = Message.objects.count()

    assert (late_relief.remind(at=late_at), late_relief.remind(at=late_at + 6 * DAY)) == (1, 0)
    assert Message.objects.count() == before + 3
    told = Message.objects.get(household=xiuying_household, kind="claim.payment_late").body
    assert "现在还没到" in told and "已经催财政了" in told

    assert late_relief.remind(at=late_at + 7 * DAY) == 1
    assert Message.objects.count() == before + 5
    assert "/payouts/late/" in Message.objects.filter(kind="claim.payment_late", household=None).first().body


def test_desk_household_and_program_read_the_same(client, award, a_rate, late_at, finance_maker, xiuying, cadre_wu):
    a_rate(1825, award.payable.due_on)
    interest = late_interest_fen(award.amount_fen, 11, 1825)
    login(client, finance_maker)
    page = client.get(reverse("late-relief")).content.decode()
    assert "晚了 11 天" in page and award.claim.number in page and f"0.{interest:02d}" in page
    (row,) = client.get(reverse("api-late-relief"), {"at_bank": "false"}).json()["results"]
    assert (row["days_late"], row["interest_yuan"], row["at_bank"]) == (11, f"0.{interest:02d}", False)
    assert client.get(reverse("api-late-relief"), {"at_bank": "true"}).json()["results"] == []
    assert "晚了 11 天" in client.get("/").content.decode()

    login(client, xiuying)
    own = client.get(reverse("claim-detail", args=[award.claim_id])).content.decode()
    assert "晚了 11 天" in own and f"到今天的利息：0.{interest:02d} 元" in own
    login(client, cadre_wu)
    assert client.get(reverse("late-relief")).status_code == 403
