"""What a household got elsewhere for the same loss is on a list, seen by whoever checks, and taken off."""

import datetime as dt
import io
import uuid

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Message
from accounts.selectors import standing
from accounts.services.households import merge
from kernel.entering import entering
from kernel.errors import BadValue
from ledger.pages.batches import waiting_row
from ledger.selectors import blocked_rows, ready_of
from ledger.services import payouts
from ledger.services.payments import Stopped
from losses.models import Computation, OtherRelief
from losses.pages import cases as relief_cases
from losses.pages.words import arithmetic
from losses.selectors.elsewhere import RULE
from losses.services import awarding, findings
from registers.models import RegisterChange, RegisterChangeRow
from registers.services import changes
from tests import factories
from tests.factories import MONDAY, login
from tests.losses.steps import a_lot

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def a_row(whose, **values):
    row = {"household": whose.number, "source": "人保财险石城支公司", "produce": ""}
    row |= {"from_on": "2026-10-01", "to_on": "2026-11-30", "amount": 30_00}
    return row | values


def propose(by, *rows, at=MONDAY):
    return changes.propose("other-relief", list(rows), document_number="理赔清单 5", by=by, at=at)


@pytest.fixture
def second_desk(bureau):
    return factories.a_user("柳股长", "bureau_approver", bureau)


@pytest.fixture
def second_lot(xiuying, xiuying_household, cabbage):
    return a_lot(xiuying_household, cabbage, kg=100, by=xiuying)


@pytest.fixture
def enter(director_lin, clerk_ma):
    def entered(*rows, at=MONDAY):
        return changes.confirm(propose(clerk_ma, *rows, at=at), by=director_lin, at=at)

    return entered


def finding_of(claim):
    return findings.latest_findings(claim)[RULE]


def test_what_was_got_elsewhere_is_seen_and_taken_off(story, lot, xiuying_household, enter, director_lin):
    enter(a_row(xiuying_household))
    claim = story.filed(lot)
    assert finding_of(claim).colour == "amber" and "人保财险石城支公司 30.00 元" in finding_of(claim).detail

    claim = story.on_county_notice(claim)

    row = Computation.objects.get()
    assert (row.elsewhere_fen, row.lines_fen - row.amount_fen) == (30_00, 30_00)
    assert any("30.00" in words and "别处" in words for words in arithmetic(row))
    awarded = awarding.award(claim, by=director_lin, at=claim.county_notice.ends_at)
    assert awarded.amount_fen == row.amount_fen
    assert finding_of(claim).colour == "green" and "已扣" in finding_of(claim).detail


def test_whoever_got_as_much_elsewhere_gets_nothing_here(story, lot, xiuying_household, enter, clerk_ma):
    enter(a_row(xiuying_household, amount=10_000_00))
    claim = story.visited(story.filed(lot))

    with pytest.raises(awarding.RelievedElsewhere):
        awarding.compute(claim, by=clerk_ma, at=claim.due_at)


def test_a_sum_for_another_loss_is_cleared_by_a_person_and_not_taken_off(
    story, lot, xiuying_household, enter, second_desk
):
    enter(a_row(xiuying_household))
    claim = story.visited(story.filed(lot))
    findings.clear_finding(finding_of(claim), claim, reason="那是柑橘的保险", by=second_desk, at=MONDAY + HOUR)

    computed = awarding.compute(claim, by=second_desk, at=claim.due_at)

    assert (computed.elsewhere_fen, computed.amount_fen) == (0, computed.lines_fen)


def test_a_row_that_comes_after_the_computation_stops_the_award_until_it_was_looked_at(
    story, lot, xiuying_household, enter, director_lin, clerk_ma
):
    claim = story.on_county_notice(story.filed(lot))
    ends = claim.county_notice.ends_at
    enter(a_row(xiuying_household), at=claim.county_notice.published_at + HOUR)

    with pytest.raises(findings.LookAgain):
        awarding.award(claim, by=director_lin, at=ends)
    findings.clear_finding(finding_of(claim), claim, reason="是上一季的", by=clerk_ma, at=ends)
    assert awarding.award(claim, by=director_lin, at=ends).amount_fen


def test_a_row_struck_out_after_the_computation_stops_the_award_too(
    story, lot, xiuying_household, enter, director_lin, clerk_ma
):
    enter(a_row(xiuying_household, amount=30_00))
    claim = story.on_county_notice(story.filed(lot))
    ends = claim.county_notice.ends_at
    assert claim.computations.get().elsewhere_fen == 30_00
    change = propose(director_lin, {"row": str(OtherRelief.objects.get().pk), "why": "写错了户"}, at=ends - HOUR)
    changes.confirm(change, by=clerk_ma, at=ends - HOUR)

    with pytest.raises(findings.LookAgain):
        awarding.award(claim, by=director_lin, at=ends)
    assert "30.00" in finding_of(claim).detail and "划掉" in finding_of(claim).detail


@pytest.mark.parametrize(
    "values",
    [{"from_on": "2026-08-01", "to_on": "2026-08-31"}, {"produce": "土鸭"}, "neighbour", "struck"],
    ids=["another time", "another produce", "another household", "struck out"],
)
def test_what_is_of_another_loss_says_nothing(
    story, lot, xiuying_household, guiying_household, duck, enter, director_lin, clerk_ma, values
):
    household = guiying_household if values == "neighbour" else xiuying_household
    enter(a_row(household, **(values if isinstance(values, dict) else {})))
    for row in OtherRelief.objects.filter(pk__isnull=values != "struck"):
        change = propose(director_lin, {"row": str(row.pk), "why": "写错了户"})
        changes.confirm(change, by=clerk_ma, at=MONDAY)

    assert finding_of(story.filed(lot)).colour == "green"


def test_a_sum_is_taken_off_once_over_all_claims(story, lot, xiuying_household, enter, second_lot, clerk_ma):
    enter(a_row(xiuying_household, amount=50_00))
    first = awarding.compute(story.visited(story.filed(lot)), by=clerk_ma, at=MONDAY)
    second = awarding.compute(story.visited(story.filed(second_lot)), by=clerk_ma, at=MONDAY)

    assert first.elsewhere_fen + second.elsewhere_fen == 50_00


def test_a_household_is_named_by_its_number_or_an_id_and_shown_masked(xiuying_household, enter):
    enter(a_row(xiuying_household, household=xiuying_household.head.id_number))

    assert OtherRelief.objects.get().household == xiuying_household
    shown = RegisterChangeRow.objects.get()
    for secret in (xiuying_household.head.id_number, "黄秀英"):
        assert secret not in str([shown.title, shown.facts, shown.subject, shown.content_sealed])


def test_what_is_no_row_is_refused_in_words(xiuying_household, clerk_ma, enter):
    for values in (
        {"household": "R999"},
        {"household": "362137197103050011"},
        {"from_on": "2026-12-01"},
        {"from_on": "2025-01-01"},
        {"from_on": "2026-12-01", "to_on": "2026-12-02"},
        {"produce": "没有的菜"},
    ):
        with pytest.raises(BadValue):
            propose(clerk_ma, a_row(xiuying_household, **values))
    enter(a_row(xiuying_household))
    with pytest.raises(BadValue):
        propose(clerk_ma, a_row(xiuying_household))


def test_a_list_comes_by_file_and_programs_read_it(
    client, now, xiuying_household, guiying_household, director_lin, clerk_ma
):
    login(client, clerk_ma)
    book = openpyxl.Workbook()
    book.active.append(["农户", "谁给的", "农产品", "损失从哪天起", "损失到哪天止", "金额（元）"])
    for household in (xiuying_household, guiying_household):
        book.active.append([household.number, "人保财险", "", "2026-10-01", "2026-11-30", "300"])
    out = io.BytesIO()
    book.save(out)
    sent = client.post(
        reverse("register-rows", args=["other-relief"]),
        {"idem": uuid.uuid4().hex, "document_number": "5", "file": SimpleUploadedFile("清单.xlsx", out.getvalue())},
    )
    assert sent.status_code == 302, sent.content.decode()
    change = RegisterChange.objects.get()
    assert client.post(reverse("register-change-confirm", args=[change.pk]), {"idem": "1"}).status_code == 302
    assert not OtherRelief.objects.exists()  # the own proposal

    send = {"content_type": "application/json", "headers": {"Idempotency-Key": "a"}}
    login(client, director_lin)
    client.post(reverse("api-register-change-confirm", args=[change.pk]), **send)

    assert set(OtherRelief.objects.values_list("amount_fen", flat=True)) == {300_00}
    rows = client.get(reverse("api-register", args=["other-relief"]), {"q": xiuying_household.number}).json()["results"]
    assert [row["cells"]["amount"] for row in rows] == ["300.00"] and "黄秀英" not in str(rows)


def test_the_list_is_written_out_masked(client, auditor, xiuying_household, enter):
    enter(a_row(xiuying_household))
    login(client, auditor)

    assert client.get(reverse("register-export", args=["other-relief"])).status_code == 200
    page = client.get(reverse("register", args=["other-relief"]), {"source": "人保"}).content.decode()
    assert xiuying_household.number in page and "黄秀英" not in page


def test_a_row_that_comes_after_the_award_stops_its_payment_until_it_is_struck_out(
    story, lot, xiuying_household, enter, director_lin, clerk_ma, finance_bureau, finance_maker, finance_checker
):
    claim = story.on_county_notice(story.filed(lot))
    at = claim.county_notice.ends_at
    awarding.award(claim, by=director_lin, at=at)
    batch = payouts.build_batch(finance_bureau, by=finance_maker, at=at)
    change = propose(clerk_ma, a_row(xiuying_household), at=at + HOUR)
    assert "1 笔救助已批准还没发" in str(changes.notes_of(change, at=at + HOUR))
    changes.confirm(change, by=director_lin, at=at + HOUR)

    with pytest.raises(Stopped):
        payouts.send_batch(batch, by=finance_checker, at=at + 2 * HOUR)
    payouts.cancel_batch(batch, why="别处已得", by=finance_maker, at=at + 2 * HOUR)
    with pytest.raises(payouts.NothingToPay):
        payouts.build_batch(finance_bureau, by=finance_maker, at=at + 2 * HOUR)
    ready = ready_of(finance_bureau, finance_maker)
    [left_out] = blocked_rows(finance_bureau, ready, most=9)
    assert "别处已得" in waiting_row(left_out).blocked and ready.count == 0

    struck = propose(
        director_lin, {"row": str(OtherRelief.objects.get().pk), "why": "那是另一块地的"}, at=at + 3 * HOUR
    )
    changes.confirm(struck, by=clerk_ma, at=at + 3 * HOUR)
    batch = payouts.build_batch(finance_bureau, by=finance_maker, at=at + 4 * HOUR)
    assert payouts.send_batch(batch, by=finance_checker, at=at + 4 * HOUR).status == "sent"


@pytest.mark.parametrize(
    "values", [{"produce": "土鸭"}, {"to_on": "2026-10-02"}], ids=["another produce", "other days"]
)
def test_a_later_row_about_another_loss_stops_no_payment(
    story, lot, xiuying_household, duck, enter, director_lin, finance_bureau, finance_maker, values
):
    claim = story.on_county_notice(story.filed(lot))
    at = claim.county_notice.ends_at
    awarding.award(claim, by=director_lin, at=at)

    enter(a_row(xiuying_household, **values), at=at + HOUR)

    assert payouts.build_batch(finance_bureau, by=finance_maker, at=at + HOUR).lines == 1


class TestStopped:
    """A stopped payment stands by its name before whoever ends it, and everybody concerned is told at once."""

    @pytest.fixture
    def stopped(self, story, lot, xiuying_household, enter, director_lin, finance_bureau, finance_maker):
        """Award 80 yuan and write down an hour later what was got elsewhere."""
        claim = story.on_county_notice(story.filed(lot))
        at = claim.county_notice.ends_at
        awarding.award(claim, by=director_lin, at=at)
        enter(a_row(xiuying_household), at=at + HOUR)
        return claim, at + HOUR

    @staticmethod
    def texts(**to):
        return [text.body for text in Message.objects.filter(kind="award.stopped").order_by("created_at") if all(
            getattr(text, name) == value for name, value in to.items()
        )]  # fmt: skip

    def test_bureau_finance_and_household_are_told_at_once_and_when_it_goes_on(
        self, stopped, director_lin, clerk_ma, finance_maker, finance_checker, xiuying_household
    ):
        claim, at = stopped
        people = (director_lin, clerk_ma, finance_maker)
        assert all(claim.number in self.texts(phone=user.phone)[-1] for user in people)
        assert ["等一等" in text for text in self.texts(household=xiuying_household)] == [True]

        row = {"row": str(OtherRelief.objects.get().pk), "why": "那是另一块地的"}
        changes.confirm(propose(director_lin, row, at=at + HOUR), by=clerk_ma, at=at + HOUR)

        assert all("可以发放" in self.texts(phone=user.phone)[-1] for user in people)
        assert len(self.texts(household=xiuying_household)) == 2

    def test_it_stands_on_the_first_page_with_its_age_until_the_row_is_struck_out(
        self, client, stopped, director_lin, clerk_ma, finance_maker, finance_bureau
    ):
        claim, at = stopped
        later = at + dt.timedelta(days=3)

        def stands(user):
            return [
                case
                for pile in relief_cases.stopped(standing(user), later)
                for case in pile.cases
                if claim.number in case.facts
            ]

        for user, act in ((director_lin, True), (finance_maker, False)):
            [case] = stands(user)
            assert (case.amount_fen, bool(case.act), "已停 3 天" in case.facts) == (claim.award.amount_fen, act, True)
            login(client, user)
            assert case.title in client.get(reverse("home")).content.decode()
            assert client.get(case.url).status_code == 200
            client.logout()
        row = {"row": str(OtherRelief.objects.get().pk), "why": "那是另一块地的"}
        changes.confirm(propose(director_lin, row, at=later), by=clerk_ma, at=later)
        assert stands(director_lin) == stands(finance_maker) == []

    def test_what_a_merged_household_got_counts_with_its_survivor(
        self, story, lot, xiuying_household, guiying_household, enter, director_lin, finance_bureau, finance_maker
    ):
        enter(a_row(xiuying_household, to_on="2026-10-02"))
        claim = story.on_county_notice(story.filed(lot))
        with entering("test"):
            merge(xiuying_household, guiying_household, at=claim.county_notice.ends_at)
        at = claim.county_notice.ends_at
        awarding.award(claim, by=director_lin, at=at)
        enter(a_row(xiuying_household), at=at + HOUR)
        newest = OtherRelief.objects.order_by("at").last()
        assert newest.household == guiying_household
        with pytest.raises(payouts.NothingToPay):
            payouts.build_batch(finance_bureau, by=finance_maker, at=at + 2 * HOUR)
