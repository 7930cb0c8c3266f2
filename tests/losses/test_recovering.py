"""Relief that was paid is claimed back by two people, comes back in parts, and is never more than was paid."""

import datetime as dt
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import Message
from kernel import clock
from kernel.workflow import IllegalMove
from ledger.models import Transfer
from ledger.selectors import waiting_payables
from losses.models import ReliefRecovery
from losses.selectors.claims import held_fen
from losses.selectors.recovering import recoveries_to_decide, standing_of
from losses.services import recovering
from marketplace.audit import breaches
from records.services.participation import AlreadyTookPart, HasInterest
from tests import factories
from tests.ledger import steps as bank
from tests.losses.steps import AWARDED_AT

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
FIRST_ON = dt.date(2026, 12, 31)


@pytest.fixture
def paid(story, lot, finance_bureau, finance_maker, finance_checker):
    """A claim whose 80 yuan arrived."""
    claim = story.awarded(story.filed(lot, kg=50))
    batch = bank.sent(finance_bureau, finance_maker, finance_checker)
    bank.load(bank.return_file(batch, [bank.answer_line(batch.payments.get())]), finance_checker, at=AWARDED_AT)
    return claim


@pytest.fixture
def head(bureau):
    return factories.a_user("钟局长", "head_of_office", bureau)


@pytest.fixture
def propose(paid, clerk_ma):
    def act(*, by=clerk_ma, **changes):
        said = {"reason": "sold", "words": "货后来卖给了饭店。", "amount_fen": 80_00, "first_on": FIRST_ON, "parts": 3}
        return recovering.propose(paid, **(said | changes), by=by, at=AWARDED_AT)

    return act


@pytest.fixture
def claimed(propose, head):
    return recovering.decide(propose(), claimed=True, words="核实过，确实卖了", by=head, at=AWARDED_AT)


@pytest.fixture
def come_back(claimed, finance_maker, finance_checker):
    def act(amount_fen, voucher_number, at=AWARDED_AT):
        row = ReliefRecovery.objects.get(pk=claimed.pk)
        receipt = recovering.receive(row, amount_fen=amount_fen, voucher_number=voucher_number, by=finance_maker, at=at)
        recovering.confirm(receipt, by=finance_checker, at=at)
        return ReliefRecovery.objects.get(pk=claimed.pk)

    return act


def told(household, kind):
    """Return what a household was told under one kind."""
    rows = Message.objects.filter(household=household, kind=f"claim.{kind}")
    return [message.body for message in rows.order_by("created_at")]


def test_it_is_planned_in_parts_a_month_apart_that_add_up(propose):
    row = propose()

    plan = [(part.due_on, part.amount_fen) for part in row.instalments.order_by("number")]
    assert plan == [(FIRST_ON, 26_66), (dt.date(2027, 1, 31), 26_66), (dt.date(2027, 2, 28), 26_68)]
    assert breaches() == []


def test_who_had_a_hand_in_the_claim_or_proposed_it_does_not_decide(propose, clerk_ma, director_lin, bureau):
    colleague = factories.a_user("谢股长", "bureau_approver", bureau)
    row = propose(by=colleague)

    for person in (clerk_ma, director_lin, colleague):
        with pytest.raises(AlreadyTookPart):
            recovering.decide(row, claimed=True, words="核实过", by=person, at=AWARDED_AT)


def test_it_waits_for_the_second_person_alone(propose, clerk_ma, head, finance_maker, finance_checker):
    def waits_for():
        people = (clerk_ma, head, finance_maker, finance_checker)
        return [person for person in people if recoveries_to_decide(person).exists()]

    row = propose()
    assert waits_for() == [head]
    recovering.decide(row, claimed=True, words="核实过", by=head, at=AWARDED_AT)
    assert waits_for() == []
    row.refresh_from_db()
    receipt = recovering.receive(row, amount_fen=1_00, voucher_number="1", by=finance_maker, at=AWARDED_AT)
    assert waits_for() == [finance_checker]
    recovering.strike(receipt, why="没有到账", by=finance_checker, at=AWARDED_AT)
    recovering.waive(row, how="hardship", why="一家都病着", by=clerk_ma, at=AWARDED_AT)
    assert waits_for() == [head]


def test_nobody_proposes_or_decides_for_the_own_household(propose, bureau, xiuying):
    own = factories.a_user("黄秀英", "bureau_approver", bureau, person=xiuying.person)

    with pytest.raises(HasInterest):
        propose(by=own)


def test_no_more_is_claimed_than_was_paid(propose):
    with pytest.raises(recovering.MoreThanWasPaid):
        propose(amount_fen=80_01)


def test_nothing_is_claimed_twice(propose, come_back):
    with pytest.raises(recovering.RecoveryIsOpen):
        propose()
    come_back(80_00, "1")
    with pytest.raises(recovering.NothingToClaimBack):
        propose(amount_fen=1)


def test_what_failed_at_the_bank_is_not_claimed_back(
    story, lot, clerk_ma, finance_bureau, finance_maker, finance_checker
):
    claim = story.awarded(story.filed(lot, kg=50))
    batch = bank.sent(finance_bureau, finance_maker, finance_checker)
    answer = bank.answer_line(batch.payments.get(), code="99")
    bank.load(bank.return_file(batch, [answer]), finance_checker, at=AWARDED_AT)

    with pytest.raises(recovering.NothingToClaimBack):
        recovering.propose(
            claim, reason="fraud", words="假的", amount_fen=1, first_on=FIRST_ON, parts=1, by=clerk_ma, at=AWARDED_AT
        )


def test_one_that_is_not_claimed_may_be_proposed_anew(propose, head, lot):
    recovering.decide(propose(), claimed=False, words="没有卖", by=head, at=AWARDED_AT)

    assert told(lot.household, "recovered") == []
    assert propose().status == "proposed"


def test_money_that_comes_back_is_the_schemes_again_and_frees_the_cap(claimed, come_back, scheme, lot):
    scheme.account.refresh_from_db()
    free, held = scheme.account.available_fen(), held_fen(lot.household, scheme)
    row = come_back(26_66, "1")

    scheme.account.refresh_from_db()
    assert scheme.account.available_fen() == free + 26_66
    assert held_fen(lot.household, scheme) == held - 26_66 == 53_34
    assert standing_of(row, FIRST_ON).left_fen == 53_34
    assert told(lot.household, "given_back")[0].endswith("已收回 26.66 元，还剩 53.34 元。")

    row = come_back(53_34, "2")
    assert (row.status, standing_of(row, FIRST_ON).left_fen) == ("paid", 0)
    assert Transfer.objects.filter(reference__startswith="recoveryreceipt:").count() == 2 and breaches() == []


def test_the_household_is_told_what_it_owes_and_that_it_may_object(claimed, lot):
    assert told(lot.household, "recovered")[0] == (
        f"报损 {claimed.award.claim.number} 的救助款要退回 80.00 元：货后来卖给了饭店。"
        "第一笔 26.66 元，12 月 31 日前交。如果觉得不对，请在“诉求”里说。"
    )


def test_one_voucher_and_one_pair_of_hands_a_receipt(claimed, come_back, finance_maker):
    row = come_back(10_00, "1")
    with pytest.raises(recovering.VoucherUsed):
        recovering.receive(row, amount_fen=1, voucher_number="1", by=finance_maker, at=AWARDED_AT)
    with pytest.raises(recovering.MoreThanIsLeft):
        recovering.receive(row, amount_fen=70_01, voucher_number="2", by=finance_maker, at=AWARDED_AT)
    receipt = recovering.receive(row, amount_fen=70_00, voucher_number="2", by=finance_maker, at=AWARDED_AT)
    with pytest.raises(recovering.ReceiptWaits):
        recovering.receive(row, amount_fen=1, voucher_number="3", by=finance_maker, at=AWARDED_AT)
    with pytest.raises(AlreadyTookPart):
        recovering.confirm(receipt, by=finance_maker, at=AWARDED_AT)


def test_what_is_struck_out_is_owed_as_before(claimed, finance_maker, finance_checker):
    receipt = recovering.receive(claimed, amount_fen=80_00, voucher_number="1", by=finance_maker, at=AWARDED_AT)
    recovering.strike(receipt, why="银行账上没有", by=finance_checker, at=AWARDED_AT)

    with pytest.raises(IllegalMove):
        recovering.confirm(receipt, by=finance_checker, at=AWARDED_AT)
    assert standing_of(claimed, FIRST_ON).left_fen == 80_00


def test_the_rest_is_waived_by_two_with_words(claimed, come_back, clerk_ma, head, scheme, lot):
    row = come_back(26_66, "1")
    held = held_fen(lot.household, scheme)
    receipt = recovering.waive(row, how="hardship", why="一家都病着", by=clerk_ma, at=AWARDED_AT)
    recovering.confirm(receipt, by=head, at=AWARDED_AT)

    row.refresh_from_db()
    assert (row.status, receipt.amount_fen, held_fen(lot.household, scheme)) == ("waived", 53_34, held)
    assert "一家都病着" in told(lot.household, "recovery_waived")[0] and breaches() == []


def test_a_late_part_is_reminded_of_once(claimed, come_back, lot):
    come_back(20_00, "1")
    on_the_day = dt.datetime(2026, 12, 31, 10, tzinfo=dt.UTC)
    assert recovering.remind(at=on_the_day) == 0
    assert (recovering.remind(at=on_the_day + DAY), recovering.remind(at=on_the_day + DAY)) == (1, 0)
    assert told(lot.household, "recovery_late")[0].startswith(f"报损 {claimed.award.claim.number} 的救助款 6.66 元")


def test_money_the_bank_sends_back_after_the_claim_is_not_paid_anew(
    claimed, finance_bureau, finance_maker, finance_checker
):
    batch = claimed.award.payable.payments.get().batch
    line = bank.answer_line(batch.payments.get(), bank.RETURNED)
    bank.load(bank.return_file(batch, [line]), finance_checker, at=AWARDED_AT + DAY)
    bank.mended(claimed.award.payable, finance_maker, finance_checker, at=AWARDED_AT + DAY)

    assert not waiting_payables(finance_bureau).exists()


def post(client, user, url, **data):
    return factories.login(client, user).post(url, {"idem": uuid4().hex} | data, follow=True)


def test_it_goes_through_the_pages(
    client, paid, clerk_ma, head, finance_maker, finance_checker, xiuying, django_assert_max_num_queries
):
    said = {"reason": "sold", "words": "货后来卖给了饭店。", "amount_fen": "80", "first_on": "2099-01-31", "parts": "2"}
    first_on = (clock.county_day(clock.now()) + 30 * DAY).isoformat()
    to_propose = reverse("relief-recovery-new", args=[paid.pk])
    factories.login(client, clerk_ma)
    assert to_propose in client.get(reverse("claim-detail", args=[paid.pk])).content.decode()
    assert "最多 80.00 元" in client.get(to_propose).content.decode()
    assert post(client, clerk_ma, to_propose, **said).status_code == 400
    post(client, clerk_ma, to_propose, **(said | {"first_on": first_on}))
    row = ReliefRecovery.objects.get()
    at = {name: reverse(f"relief-recovery-{name}", args=[row.pk]) for name in ("decide", "receive", "waive", "confirm")}

    post(client, head, at["decide"], claimed="yes", words="核实过")
    post(client, finance_maker, at["receive"], amount_fen="30", voucher_number="1")
    post(client, finance_checker, at["confirm"])
    post(client, clerk_ma, at["waive"], how="hardship", why="一家都病着")
    page = factories.login(client, xiuying).get(reverse("relief-recovery", args=[row.pk])).content.decode()
    assert "货后来卖给了饭店" in page and reverse("grievance-new", args=[row.reference]) in page
    struck = reverse("relief-recovery-strike", args=[row.pk])
    post(client, head, struck, why="他家还有钱")
    post(client, clerk_ma, at["waive"], how="hardship", why="真的病着")
    post(client, head, at["confirm"])
    row.refresh_from_db()
    assert row.status == "waived" and breaches() == []
    with django_assert_max_num_queries(15):
        assert "80.00 元" in client.get(reverse("relief-recovery-list")).content.decode()


def test_it_goes_through_the_api(client, paid, clerk_ma, head, finance_maker, finance_checker):
    def call(user, name, key, **data):
        factories.login(client, user)
        headers = {"Idempotency-Key": uuid4().hex}
        answer = client.post(reverse(name, args=[key]), data, content_type="application/json", headers=headers)
        assert answer.status_code in (200, 201), answer.content
        return answer.json()

    first_on = (clock.county_day(clock.now()) + 30 * DAY).isoformat()
    said = {"reason": "fraud", "words": "照片是别人的", "amount": "80.00", "first_on": first_on}
    key = call(clerk_ma, "api-relief-recovery-new", paid.pk, **said)["id"]
    call(head, "api-relief-recovery-decide", key, claimed=True, words="核实过")
    call(finance_maker, "api-relief-recovery-receive", key, amount="80.00", voucher_number="1")
    call(finance_checker, "api-relief-recovery-strike", key, why="没有到账")
    call(finance_maker, "api-relief-recovery-receive", key, amount="30.00", voucher_number="1")
    shown = call(finance_checker, "api-relief-recovery-confirm", key)
    assert (shown["status"], shown["left"], [one["status"] for one in shown["receipts"]]) == (
        "claimed",
        "50.00",
        ["rejected", "confirmed"],
    )
    call(clerk_ma, "api-relief-recovery-waive", key, how="estate", why="人走了，没留下东西")
    assert call(head, "api-relief-recovery-confirm", key)["status"] == "waived"
    listed = client.get(reverse("api-relief-recovery-list"), {"reason": "fraud"}).json()["results"]
    assert [one["left"] for one in listed] == ["0.00"]


def test_the_household_says_that_it_is_not_right(claimed, xiuying, client):
    url = reverse("grievance-new", args=[claimed.reference])

    page = factories.login(client, xiuying).get(url).content.decode()
    assert f"追回报损 {claimed.award.claim.number} 的救助款" in page
