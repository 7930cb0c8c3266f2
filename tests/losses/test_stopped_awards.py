"""What comes to light of an award before it is paid stops it, until somebody has looked or it is taken back."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Message
from accounts.selectors import standing
from catalog.services.kilos import KiloMove, move_kilos
from kernel.money import parse_yuan
from ledger.services import payouts
from ledger.services.payments import Stopped
from losses.models import AwardRelease, ReliefRecovery
from losses.pages.recovering import asked_first
from losses.pages.story import next_turn
from losses.selectors.claims import held_fen
from losses.selectors.late_relief import late_awards
from losses.selectors.stopped_awards import doubted_awards, later_of
from losses.services import recovering, stopped_awards
from marketplace.audit import breaches
from records.models import Attachment, PhotoLook, PhotoMatch
from records.services.participation import AlreadyTookPart
from registers.models import Duplicate
from tests import factories
from tests.factories import login
from tests.losses.steps import AWARDED_AT, a_lot

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def awarded(story, lot):
    """Award 50 of the lot's 100 kg; the other 50 stay for sale."""
    return story.awarded(story.filed(lot, kg=50))


@pytest.fixture
def colleague(bureau):
    return factories.a_user("谢股长", "bureau_approver", bureau)


@pytest.fixture
def sell():
    def act(lot, at, kg=10, reference="late"):
        for n, (source, target) in enumerate([("free", "reserved"), ("reserved", "sold")]):
            move_kilos([KiloMove(lot.pk, source, target, kg * 1000, f"{reference}:{n}")], by=None, at=at)

    return act


@pytest.fixture
def sold(awarded, lot, sell):
    """Sell 10 kg of the lot's rest an hour after the award."""
    sell(lot, awarded.award.at + HOUR)
    return awarded


def test_a_sale_after_the_award_stops_it_until_somebody_has_looked(
    sold, lot, sell, director_lin, colleague, finance_bureau, finance_maker
):
    at = sold.award.at + 2 * HOUR
    found = later_of(sold.award)
    assert (found.sold, found.lots, found.photos, found.twins) == (10_000, [lot.number], [], [])
    with pytest.raises(payouts.NothingToPay):
        payouts.build_batch(finance_bureau, by=finance_maker, at=at)

    with pytest.raises(AlreadyTookPart):
        stopped_awards.release(sold.award, why="卖的是另一半", seen_until=found.newest, by=director_lin, at=at)
    stopped_awards.release(sold.award, why="卖的是另一半", seen_until=found.newest, by=colleague, at=at)

    with pytest.raises(stopped_awards.NotStopped):
        stopped_awards.release(sold.award, why="卖的是另一半", seen_until=found.newest, by=colleague, at=at)
    sell(lot, at + HOUR, reference="again")
    assert later_of(sold.award).sold == 10_000  # what comes after the look stops it once more
    assert breaches() == []


def test_who_has_not_read_the_newest_does_not_let_it_be_paid(sold, lot, sell, colleague):
    read = later_of(sold.award).newest
    sell(lot, read + HOUR, reference="more")

    with pytest.raises(stopped_awards.SeenMeanwhile):
        stopped_awards.release(sold.award, why="看过", seen_until=read, by=colleague, at=read + 2 * HOUR)


def test_goods_that_were_not_there_at_the_loss_stop_nothing(awarded, sell, xiuying, xiuying_household, cabbage, duck):
    after = awarded.award.at + dt.timedelta(days=4)
    fresh = a_lot(xiuying_household, cabbage, by=xiuying, at=after)
    sell(fresh, after + HOUR)

    assert later_of(awarded.award) is None


def test_a_sale_by_a_household_that_was_merged_counts(awarded, sell, guiying, guiying_household, cabbage, lot):
    theirs = a_lot(guiying_household, cabbage, by=guiying)
    type(guiying_household).objects.filter(pk=guiying_household.pk).update(
        merged_into=awarded.household_id, merged_at=awarded.award.at
    )
    sell(theirs, awarded.award.at + HOUR)

    assert later_of(awarded.award).lots == [theirs.number]


def test_a_photo_found_only_then_stops_it(story, lot, neighbours_lot):
    first = story.filed(neighbours_lot)
    claim = story.awarded(story.filed(lot))
    own, other = (Attachment.objects.filter(document=row.reference).earliest("pk") for row in (claim, first))
    look = PhotoLook.objects.create(attachment=own, ties=[], looked_at=claim.award.at + HOUR)
    PhotoMatch.objects.create(look=look, other=other, points=40)

    assert later_of(claim.award).photos == [first.reference]


def test_a_pair_of_households_found_then_stops_it_until_it_is_decided(awarded, guiying_household):
    one, other = sorted([awarded.household_id, guiying_household.pk])
    pair = Duplicate(
        one_id=one, other_id=other, reasons=["name"], score=50, facts="x", found_at=awarded.award.at + HOUR
    ).begin(by=None, at=awarded.award.at + HOUR)
    assert len(later_of(awarded.award).twins) == 2

    pair.decided_at = awarded.award.at + 2 * HOUR
    pair.move_to("gone", by=None, at=pair.decided_at, along=("decided_at",))
    assert later_of(awarded.award) is None


def test_a_batch_made_before_is_not_sent(awarded, lot, sell, finance_bureau, finance_maker, finance_checker):
    batch = payouts.build_batch(finance_bureau, by=finance_maker, at=awarded.award.at)
    sell(lot, awarded.award.at + HOUR)

    with pytest.raises(Stopped):
        payouts.send_batch(batch, by=finance_checker, at=awarded.award.at + 2 * HOUR)


def test_bureau_finance_and_household_are_told_once_and_again_when_it_goes_on(
    sold, colleague, finance_maker, xiuying_household
):
    at = sold.award.at + 2 * HOUR
    assert [stopped_awards.tell_of_stopped(at=at), stopped_awards.tell_of_stopped(at=at)] == [1, 0]

    def texts():
        rows = Message.objects.filter(kind="award.stopped").order_by("created_at")
        return [row.body for row in rows if row.household_id == xiuying_household.pk or row.phone == colleague.phone]

    assert len(texts()) == 2
    stopped_awards.release(sold.award, why="看过了", seen_until=later_of(sold.award).newest, by=colleague, at=at)
    assert len(texts()) == 4 and any("不再停发" in text or "可以发放" in text for text in texts())


def test_nobody_waits_untold_behind_stops_that_were_told_before(sold, story, neighbours_lot, sell, monkeypatch):
    monkeypatch.setattr(stopped_awards, "MOST", 1)
    at = sold.award.at + 2 * HOUR
    stopped_awards.tell_of_stopped(at=at)
    another = story.awarded(story.filed(neighbours_lot, kg=50))
    sell(neighbours_lot, another.award.at + HOUR, reference="theirs")

    assert [stopped_awards.tell_of_stopped(at=at + HOUR), stopped_awards.tell_of_stopped(at=at + HOUR)] == [1, 0]


def test_it_stands_on_the_homes_and_is_let_go_by_page_and_by_program(
    client, now, sold, lot, sell, colleague, finance_maker, finance_bureau, auditor
):
    now.at = AWARDED_AT
    page, api = (reverse(name, args=[sold.pk]) for name in ("award-stopped", "api-award-stopped"))
    assert [row.claim_id for row in doubted_awards(standing(auditor))] == [sold.pk]
    login(client, finance_maker)
    assert "批准后有了新情况" in client.get(reverse("home")).content.decode()
    assert client.get(page).status_code in (403, 404)
    login(client, colleague)
    assert page in client.get(reverse("home")).content.decode()
    of_claim = client.get(reverse("claim-detail", args=[sold.pk])).content.decode()
    assert page in of_claim and "核看批准后发现的新情况" in of_claim and "把钱打到卡上" not in of_claim
    shown = client.get(page)
    assert lot.number in shown.content.decode()

    seen_until = shown.context["form"].initial["seen_until"]
    for wrong in ({"why": "", "seen_until": seen_until}, {"why": "看过", "seen_until": "昨天"}):
        assert client.post(page, {"idem": "k"} | wrong).status_code == 400
    done = client.post(page, {"idem": "k", "why": "卖的是另一半", "seen_until": seen_until})
    assert done.status_code == 302 and AwardRelease.objects.get().why == "卖的是另一半"
    assert "卖的是另一半" in client.get(page).content.decode()

    now.at = AWARDED_AT + HOUR
    sell(lot, now.at, reference="more")
    listed = client.get(reverse("api-stopped-award-list")).json()["results"]
    assert [row["claim"] for row in listed] == [sold.pk]
    told = client.get(api).json()
    answer = client.post(api, {"why": "看过", "seen_until": told["newest"]}, headers={"Idempotency-Key": "p"})
    assert (answer.status_code, answer.json()["lots"]) == (200, [])


class TestTakenBack:
    """An award that never left is taken back whole by two people, and is never paid."""

    @pytest.fixture
    def head(self, bureau):
        return factories.a_user("钟局长", "head_of_office", bureau)

    @pytest.fixture
    def proposed(self, sold, colleague):
        first_on = AWARDED_AT.date() + dt.timedelta(days=1)
        said = {"reason": "sold", "words": "货都卖了", "first_on": first_on, "parts": 1}
        with pytest.raises(recovering.OnlyWhole):
            recovering.propose(sold, **said, amount_fen=79_00, by=colleague, at=AWARDED_AT)
        return recovering.propose(sold, **said, amount_fen=80_00, by=colleague, at=AWARDED_AT)

    def test_it_is_the_schemes_again_and_nobody_waits_for_it(
        self, proposed, sold, scheme, head, lot, finance_bureau, finance_maker
    ):
        scheme.account.refresh_from_db()
        free, held = scheme.account.available_fen(), held_fen(lot.household, scheme)
        recovering.decide(proposed, claimed=True, words="核实过", by=head, at=AWARDED_AT)

        row = ReliefRecovery.objects.get()
        scheme.account.refresh_from_db()
        assert (row.status, scheme.account.available_fen() - free) == ("paid", 80_00)
        assert held_fen(lot.household, scheme) == held - 80_00
        with pytest.raises(payouts.NothingToPay):
            payouts.build_batch(finance_bureau, by=finance_maker, at=AWARDED_AT)
        assert not late_awards(AWARDED_AT.date() + dt.timedelta(days=99)).exists()
        assert later_of(sold.award) is None and next_turn(sold) is None
        [message] = Message.objects.filter(kind="claim.never_paid")
        assert "80.00 元不发了：货都卖了" in message.body
        assert breaches() == []

    def test_what_stands_in_a_batch_is_dissolved_first(
        self, sold, colleague, head, finance_bureau, finance_maker, awarded
    ):
        stopped_awards.release(
            sold.award, why="看过", seen_until=later_of(sold.award).newest, by=colleague, at=AWARDED_AT
        )
        batch = payouts.build_batch(finance_bureau, by=finance_maker, at=AWARDED_AT)
        first_on = AWARDED_AT.date() + dt.timedelta(days=1)
        row = recovering.propose(
            sold,
            reason="fraud",
            words="假的",
            first_on=first_on,
            parts=1,
            amount_fen=80_00,
            by=colleague,
            at=AWARDED_AT,
        )

        with pytest.raises(recovering.InABatch):
            recovering.decide(row, claimed=True, words="核实过", by=head, at=AWARDED_AT)
        payouts.cancel_batch(batch, why="要收回", by=finance_maker, at=AWARDED_AT)
        assert recovering.decide(row, claimed=True, words="核实过", by=head, at=AWARDED_AT).status == "paid"

    def test_its_page_asks_for_no_parts(self, client, now, sold, colleague):
        now.at = AWARDED_AT
        login(client, colleague)
        page = client.get(reverse("relief-recovery-new", args=[sold.pk])).content.decode()

        assert "还没送银行" in page and "分几期" not in page
        form = {"idem": "k", "reason": "sold", "words": "都卖了", "amount_fen": "80.00", "parts": "1"}
        form["first_on"] = (AWARDED_AT.date() + dt.timedelta(days=2)).isoformat()
        assert client.post(reverse("relief-recovery-new", args=[sold.pk]), form).status_code == 302

    def test_a_large_award_stands_there_as_it_is_read(self, sold):
        sold.award.amount_fen = 1_234_50

        assert parse_yuan(asked_first(sold)["amount_fen"]) == 1_234_50
