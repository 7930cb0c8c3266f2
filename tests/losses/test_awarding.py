"""The money: computed and held once, awarded unchanged, by one who took no part; refused, it goes back whole."""

import contextlib
import datetime as dt
import threading

import pytest
from django.db import connection

from accounts.models import Household, Message
from accounts.services import people
from accounts.services.households import merge
from kernel.workflow import IllegalMove
from ledger.services.payables import NoBankCard
from losses.models import Award, Computation, LossClaim
from losses.selectors import claims_of, funnel
from losses.selectors.claims import latest_figure, quantity_words
from losses.services import answering, awarding, findings
from records.models import Participation
from records.services import notices
from records.services.participation import AlreadyTookPart, HasInterest
from tests import factories
from tests.losses.steps import KG, Story, a_lot, a_scheme

pytestmark = pytest.mark.django_db


def totals(scheme):
    account = scheme.account
    account.refresh_from_db()
    return account.debits_pending_fen, account.debits_posted_fen


def test_the_amount_is_computed_with_its_arithmetic_and_held(story, lot, scheme):
    claim = story.computed(story.filed(lot, kg=100), kg=60, why="四十公斤还能卖")

    row = Computation.objects.get(claim=claim)
    assert (row.verified_g, row.rate_fen, row.rate_unit_g) == (60 * KG, 160, 1000)
    assert (row.lines_fen, row.cap_left_fen, row.money_left_fen, row.amount_fen) == (96_00, 200_000, 10_000_000, 96_00)
    assert totals(scheme) == (96_00, 0)


def test_an_award_posts_the_hold_and_writes_the_payable_with_the_payee_frozen(
    story, lot, scheme, xiuying_household, finance_bureau
):
    claim = story.awarded(story.filed(lot, kg=100))

    payable = claim.award.payable
    assert totals(scheme) == (0, 160_00)
    assert (payable.amount_fen, payable.kind, payable.document) == (160_00, "relief", claim.reference)
    assert (payable.household, payable.payer, payable.payee_name) == (xiuying_household, finance_bureau, "黄秀英")
    payable.account.refresh_from_db()
    assert payable.account.credits_posted_fen == 160_00
    lot.refresh_from_db()
    assert (lot.claimed, lot.written_off, lot.free()) == (0, 100 * KG, 0)

    old_card = payable.card
    people.set_card(
        household=xiuying_household,
        number=factories.a_card_number(770_088),
        holder="黄秀英",
        bank="农行",
        at=claim.due_at,
    )
    payable.refresh_from_db()
    assert payable.card == old_card


def test_the_household_reads_what_it_gets(story, lot, xiuying_household):
    claim = story.awarded(story.filed(lot, kg=50))

    body = Message.objects.get(household=xiuying_household, kind="claim.awarded").body
    assert body == f"报损 {claim.number} 通过了：包菜 100 斤（50 公斤），救助 80.00 元，会打到你卡上。"


def test_the_cap_counts_what_is_paid_and_what_is_held(cast, finance_bureau, director_lin, xiuying, lot, cabbage):
    scheme = a_scheme(finance_bureau, director_lin, cabbage, cap_fen=200_00)
    story = Story(cast, scheme)
    first = story.computed(story.filed(lot, kg=100))
    second_lot = a_lot(lot.household, cabbage, kg=100, by=xiuying)
    second = story.computed(story.filed(second_lot, kg=100))
    third = story.visited(story.filed(a_lot(lot.household, cabbage, kg=100, by=xiuying), kg=100))

    amounts = [c.computations.get().amount_fen for c in (first, second)]
    assert amounts == [160_00, 40_00]
    with pytest.raises(awarding.CapReached):
        awarding.compute(third, by=cast["desk"], at=third.due_at)
    third.refresh_from_db()
    assert third.status == "visited"
    assert totals(scheme) == (200_00, 0)


def test_merged_households_share_one_cap(
    cast, finance_bureau, director_lin, xiuying_household, lot, neighbours_lot, cabbage
):
    scheme = a_scheme(finance_bureau, director_lin, cabbage, cap_fen=200_00)
    story = Story(cast, scheme)
    first = story.computed(story.filed(neighbours_lot, kg=100))
    merge(neighbours_lot.household, xiuying_household, at=first.filed_at)

    second = story.computed(story.filed(lot, kg=100))

    amounts = [claim.computations.get().amount_fen for claim in (first, second)]
    assert amounts == [160_00, 40_00]


def test_a_refused_amount_leaves_room_under_the_cap_again(cast, finance_bureau, director_lin, xiuying, lot, cabbage):
    scheme = a_scheme(finance_bureau, director_lin, cabbage, cap_fen=160_00)
    story = Story(cast, scheme)
    first = story.computed(story.filed(lot, kg=100))
    answering.refuse(first, code="rules", reason="不属于这次救助的范围。", by=director_lin, at=first.due_at)

    second = story.computed(story.filed(a_lot(lot.household, cabbage, by=xiuying), kg=100))

    assert second.computations.get().amount_fen == 160_00
    assert totals(scheme) == (160_00, 0)


def test_nobody_gets_more_than_the_scheme_has(cast, finance_bureau, director_lin, lot, neighbours_lot, cabbage):
    scheme = a_scheme(finance_bureau, director_lin, cabbage, money_fen=200_00)
    story = Story(cast, scheme)
    story.computed(story.filed(lot, kg=100))
    second = story.computed(story.filed(neighbours_lot, kg=100))

    row = second.computations.get()
    assert (row.lines_fen, row.money_left_fen, row.amount_fen) == (160_00, 40_00, 40_00)
    assert totals(scheme) == (200_00, 0)


def test_an_empty_scheme_holds_nothing(cast, finance_bureau, director_lin, lot, neighbours_lot, cabbage):
    scheme = a_scheme(finance_bureau, director_lin, cabbage, money_fen=160_00)
    story = Story(cast, scheme)
    story.computed(story.filed(lot, kg=100))
    second = story.visited(story.filed(neighbours_lot, kg=100))

    with pytest.raises(awarding.NoMoneyLeft):
        awarding.compute(second, by=cast["desk"], at=second.due_at)

    assert Computation.objects.count() == 1


def test_below_the_least_loss_nothing_is_held(story, lot, clerk_ma, scheme):
    claim = story.visited(story.filed(lot), kg=9, why="大部分还好")

    with pytest.raises(awarding.NothingToRelieve):
        awarding.compute(claim, by=clerk_ma, at=claim.due_at)

    assert totals(scheme) == (0, 0)


def test_a_refusal_after_computing_releases_money_and_kilos(story, lot, scheme, director_lin, xiuying_household):
    claim = story.on_county_notice(story.filed(lot, kg=100))

    answering.refuse(claim, code="objection", reason="邻居反映属实，货已经卖了。", by=director_lin, at=claim.due_at)

    assert totals(scheme) == (0, 0)
    lot.refresh_from_db()
    assert (lot.free(), lot.claimed, lot.written_off) == (100 * KG, 0, 0)
    assert not Award.objects.exists()


def test_no_award_before_the_county_notice_has_ended(story, lot, director_lin, scheme):
    claim = story.on_county_notice(story.filed(lot))

    with pytest.raises(notices.NoticeStillRuns):
        awarding.award(claim, by=director_lin, at=claim.county_notice.ends_at - dt.timedelta(seconds=1))

    claim.refresh_from_db()
    assert claim.status == "county_notice"
    assert totals(scheme) == (80_00, 0)


def test_an_open_objection_stops_the_award_of_its_line_only(story, lot, neighbours_lot, director_lin):
    stopped, free = story.filed(lot), story.filed(neighbours_lot)
    stopped = story.on_county_notice(stopped)
    free = story.on_county_notice(free)
    line = stopped.county_notice.lines.get(document=stopped.reference)
    notices.object_to(line, words="他家没坏", contact="", at=stopped.county_notice.published_at)

    with pytest.raises(notices.ObjectionOpen):
        awarding.award(stopped, by=director_lin, at=stopped.county_notice.ends_at)
    awarding.award(free, by=director_lin, at=free.county_notice.ends_at)

    assert Award.objects.get().claim == free


def test_nobody_who_took_part_before_awards(story, lot, scheme):
    claim = story.on_county_notice(story.filed(lot))
    visit = claim.visits.get()
    before = [
        lot.made_by,
        story.cast["cadre"],
        story.cast["township"],
        story.cast["desk"],
        visit.first,
        visit.second,
        factories.a_user("马股长", person=story.cast["desk"].person),
    ]

    for somebody in before:
        with pytest.raises((AlreadyTookPart, HasInterest)):
            awarding.award(claim, by=somebody, at=claim.county_notice.ends_at)

    claim.refresh_from_db()
    assert claim.status == "county_notice"
    assert totals(scheme) == (80_00, 0)


def test_no_person_holds_two_stages_of_one_claim(story, lot):
    claim = story.awarded(story.filed(lot))

    rows = Participation.objects.filter(document=claim.reference)
    assert sorted(rows.values_list("stage", flat=True)) == [
        "award",
        "desk",
        "household",
        "township",
        "village",
        "visit",
        "visit",
    ]
    assert rows.values("person_key").distinct().count() == 7


def test_awarding_twice_pays_once(story, lot, scheme, director_lin):
    claim = story.awarded(story.filed(lot))

    with pytest.raises(IllegalMove):
        awarding.award(claim, by=director_lin, at=claim.county_notice.ends_at)

    assert totals(scheme) == (0, 80_00)
    assert Award.objects.count() == 1


def test_a_household_without_a_card_is_not_awarded_yet(story, changxi, cabbage, scheme, director_lin, clerk_ma):
    household = factories.a_household(changxi, name="赖有财", card=False)
    member = factories.a_user("赖有财", person=household.head)
    claim = story.on_county_notice(story.filed(a_lot(household, cabbage, by=member)))
    finding = findings.latest_findings(claim)["card"]
    findings.clear_finding(finding, claim, reason="正在办卡", by=clerk_ma, at=claim.due_at)

    with pytest.raises(NoBankCard):
        awarding.award(claim, by=director_lin, at=claim.county_notice.ends_at)

    assert totals(scheme) == (80_00, 0)


def test_the_funnel_counts_each_stage_apart(story, lot, neighbours_lot, xiuying, cabbage, cadre_wu, pingshan):
    story.awarded(story.filed(lot, kg=100), kg=60, why="四十公斤还能卖")
    story.visited(story.filed(neighbours_lot, kg=50))
    refused = story.filed(a_lot(lot.household, cabbage, by=xiuying), kg=20)
    answering.refuse(refused, code="photos", reason="照片看不清，请再拍。", by=cadre_wu, at=refused.due_at)

    for by, key in (("scheme", str(story.scheme.pk)), ("township", pingshan.code), ("month", "2026-11")):
        (row,) = funnel(by)
        assert row.key == key
        assert (row.declared, row.declared_g, row.declared_fen) == (3, 170 * KG, 272_00)
        assert (row.verified, row.verified_g, row.verified_fen) == (2, 110 * KG, 176_00)
        assert (row.awarded, row.awarded_fen, row.paid, row.paid_fen) == (1, 96_00, 0, 0)
        assert (row.households, row.households_paid) == (2, 0)


def test_the_funnel_narrows_by_place_day_and_scheme(story, lot, scheme):
    story.filed(lot)

    assert len(funnel("township", towns=["360735102000"])) == 1
    assert funnel("township", towns=["360735104000"]) == []
    assert funnel("month", from_on=dt.date(2026, 11, 3)) == []
    assert funnel("month", to_on=dt.date(2026, 11, 1)) == []
    assert len(funnel("month", from_on=dt.date(2026, 11, 2), to_on=dt.date(2026, 11, 2))) == 1
    assert funnel("scheme", scheme_id=scheme.pk + 1) == []


def test_a_list_of_claims_costs_the_same_for_one_or_many(
    story, xiuying, xiuying_household, cabbage, django_assert_num_queries
):
    for _turn in range(3):
        story.filed(a_lot(xiuying_household, cabbage, by=xiuying), kg=20)

    with django_assert_num_queries(4):
        assert [quantity_words(c, latest_figure(c)) for c in claims_of(xiuying_household)] == ["40 斤（20 公斤）"] * 3


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
class TestTwoClaimsOfOneHouseholdComputedAtOnce:
    """Each alone fits under the cap; together they must not exceed it."""

    def two_visited(self, cast, finance_bureau, director_lin, xiuying, lot, cabbage):
        scheme = a_scheme(finance_bureau, director_lin, cabbage, cap_fen=200_00)
        story = Story(cast, scheme)
        first = story.visited(story.filed(lot, kg=100))
        second = story.visited(story.filed(a_lot(lot.household, cabbage, by=xiuying), kg=100))
        return scheme, [first, second]

    def at_once(self, claims, desk):
        ready = threading.Barrier(2, timeout=10)
        refused = []

        def run(claim):
            try:
                ready.wait()
                awarding.compute(LossClaim.objects.get(pk=claim.pk), by=desk, at=claim.due_at)
            except Exception as error:
                refused.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=(claim,)) for claim in claims]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        return refused

    def slow_reading(self, monkeypatch, *, patience):
        """Let both read what the household has before either writes, if nothing keeps them apart."""
        together = threading.Barrier(2)
        original = awarding.held_fen

        def slow(*args):
            had = original(*args)
            with contextlib.suppress(threading.BrokenBarrierError):
                together.wait(timeout=patience)
            return had

        monkeypatch.setattr(awarding, "held_fen", slow)

    def test_they_share_one_cap(self, monkeypatch, cast, finance_bureau, director_lin, xiuying, lot, cabbage):
        scheme, claims = self.two_visited(cast, finance_bureau, director_lin, xiuying, lot, cabbage)
        self.slow_reading(monkeypatch, patience=1.5)

        assert self.at_once(claims, cast["desk"]) == []

        assert sorted(Computation.objects.values_list("amount_fen", flat=True)) == [40_00, 160_00]
        assert totals(scheme) == (200_00, 0)

    def test_control_without_the_locks_the_database_alone_refuses_the_second(
        self, monkeypatch, cast, finance_bureau, director_lin, xiuying, lot, cabbage
    ):
        scheme, claims = self.two_visited(cast, finance_bureau, director_lin, xiuying, lot, cabbage)
        self.slow_reading(monkeypatch, patience=30)
        monkeypatch.setattr(awarding, "lock_counted", Household.objects.in_bulk)
        unlocked = {scheme.account_id: scheme.account}
        monkeypatch.setattr(awarding, "lock_accounts", lambda ids: unlocked)

        [refused] = self.at_once(claims, cast["desk"])

        assert "gets more than the cap of its scheme" in str(refused)
        assert list(Computation.objects.values_list("amount_fen", flat=True)) == [160_00]
