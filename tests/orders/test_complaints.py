"""Complaints about deliveries: either side complains, the other answers, the county decides, and each of them ends."""

import contextlib
import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Message
from kernel.errors import BadValue, DomainError
from kernel.workflow import IllegalMove
from marketplace.audit import breaches
from orders.models import Complaint, GoodsReturn
from orders.services import complaining, correcting, paying, returning, sweeping
from orders.services.complaining import ComplaintOpen, ComplaintTooLate, TurnOver
from records.models import Attachment
from records.services.participation import AlreadyTookPart, HasInterest
from tests.factories import THURSDAY, login
from tests.orders.steps import KG, a_stored_photo, owed_to, wish
from tests.orders.test_shown_again import a_photo

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
FRIDAY = THURSDAY + DAY
IDEM = {"idem": "6b3c6bb0-0f4c-4a52-8f0a-3e9f8a6d3b01"}


@pytest.fixture
def line(story, cabbage_of_xiuying):
    receipt = story.signed(wish((cabbage_of_xiuying, 50)))
    return receipt.lines.select_related("receipt__delivery", "allocation__listing__produce").get()


@pytest.fixture
def buyers(line, receiver_wang):
    """Complain for the buyer."""

    def say(about="quality", *, grams=10 * KG, fen=0, at=FRIDAY, **more):
        said = {"side": "buyer", "about": about, "grams": grams, "fen": fen, "words": "烂了", "by": receiver_wang}
        return complaining.complain(line, **said, at=at, **more)

    return say


@pytest.fixture
def sellers(line, xiuying):
    """Complain for the seller."""

    def say(about="weight", *, grams=1 * KG, fen=0, at=FRIDAY):
        said = {"side": "seller", "about": about, "grams": grams, "fen": fen, "words": "少称了", "by": xiuying}
        return complaining.complain(line, **said, at=at)

    return say


def test_what_the_seller_grants_goes_back_at_once_by_a_return(buyers, xiuying, cabbage_of_xiuying, receiver_wang):
    row = buyers(photos=[a_stored_photo(receiver_wang, FRIDAY)])
    assert Message.objects.filter(kind="sale.complaint", document=row.receipt_line.allocation.reference).count() == 1

    complaining.grant(row, by=xiuying, at=FRIDAY)

    row.refresh_from_db()
    moved = row.goods_return
    assert (row.status, row.agreed_g, row.ended_at) == ("agreed", 10 * KG, FRIDAY)
    assert (moved.status, moved.agreed_g, moved.reason, moved.refund_fen) == ("agreed", 10 * KG, "other", 16_00)
    assert owed_to(cabbage_of_xiuying)[0] == 64_00
    assert breaches() == []


def test_less_on_the_scale_is_carried_out_by_a_correction(buyers, xiuying, cabbage_of_xiuying):
    complaining.grant(buyers("weight", grams=2 * KG), by=xiuying, at=FRIDAY)

    moved = GoodsReturn.objects.get()
    assert (moved.reason, moved.agreed_g, moved.status) == ("scale", 2 * KG, "agreed")
    assert owed_to(cabbage_of_xiuying)[0] == 76_80
    assert breaches() == []


def test_what_the_buyer_pays_more_needs_its_second_signature(
    sellers, xiuying, receiver_wang, receiver_sun, cabbage_of_xiuying
):
    complaining.grant(sellers(), by=receiver_wang, at=FRIDAY)
    row = GoodsReturn.objects.get()
    assert (row.status, row.asked_g, row.asked_by, owed_to(cabbage_of_xiuying)[0]) == (
        "asked",
        -KG,
        receiver_wang,
        80_00,
    )
    with pytest.raises(returning.FollowsComplaint):
        returning.withdraw_return(row, by=receiver_wang, at=FRIDAY)

    correcting.countersign(row, by=receiver_sun, at=FRIDAY)

    assert (GoodsReturn.objects.get().status, owed_to(cabbage_of_xiuying)[0]) == ("agreed", 81_60)
    assert breaches() == []


def test_what_nobody_signs_is_for_the_county_and_not_forgotten(sellers, receiver_wang):
    complaining.grant(sellers(), by=receiver_wang, at=FRIDAY)
    row = GoodsReturn.objects.get()
    sweeping.hand_silent_returns_over(at=row.answer_by_at)
    row = GoodsReturn.objects.get()
    assert row.status == "contested"
    for kind in ("order.return_silent", "sale.return_silent"):
        body = Message.objects.get(kind=kind).body
        assert "更正单" in body
        assert "签字" in body
        assert "退" not in body


def test_what_one_of_the_buyer_granted_and_nobody_signed_takes_no_money_by_silence(
    sellers, receiver_wang, cabbage_of_xiuying
):
    before = owed_to(cabbage_of_xiuying)
    complaining.grant(sellers(), by=receiver_wang, at=FRIDAY)
    sweeping.hand_silent_returns_over(at=GoodsReturn.objects.get().answer_by_at)
    sweeping.end_undecided_returns(at=GoodsReturn.objects.get().decide_by_at)

    assert GoodsReturn.objects.get().status == "refused"
    assert owed_to(cabbage_of_xiuying) == before


def test_an_offered_part_is_enough_or_goes_to_the_county(buyers, xiuying, receiver_wang, relief_clerk):
    row = complaining.offer(buyers(), grams=4 * KG, words="只坏了四公斤", by=xiuying, at=FRIDAY)
    assert (row.status, row.offered_g) == ("offered", 4 * KG)
    complaining.take_offer(row, by=receiver_wang, at=FRIDAY)
    again = complaining.offer(buyers(grams=2 * KG), grams=KG, words="一公斤", by=xiuying, at=FRIDAY)
    complaining.insist(again, by=receiver_wang, at=FRIDAY)
    complaining.decide(again, grams=2 * KG, right=True, words="照片上看得清", by=relief_clerk, at=FRIDAY)

    assert list(GoodsReturn.objects.order_by("pk").values_list("agreed_g", flat=True)) == [4 * KG, 2 * KG]
    assert Complaint.objects.get(pk=again.pk).decided_by == relief_clerk
    assert breaches() == []


def test_the_county_decides_what_is_denied_and_nobody_of_either_side_does(
    sellers, xiuying, receiver_wang, relief_clerk, cabbage_of_xiuying
):
    row = complaining.deny(sellers(), words="称过两次", by=receiver_wang, at=FRIDAY)
    for by in (receiver_wang, xiuying):
        with pytest.raises((HasInterest, AlreadyTookPart)):
            complaining.decide(row, grams=KG, right=True, words="是", by=by, at=FRIDAY)
    complaining.decide(row, grams=KG, right=True, words="磅单写着五十一", by=relief_clerk, at=FRIDAY)

    moved = GoodsReturn.objects.get()
    assert (moved.status, moved.agreed_g, moved.decided_by) == ("agreed", -KG, relief_clerk)
    assert owed_to(cabbage_of_xiuying)[0] == 81_60
    assert breaches() == []


def test_an_amount_is_found_right_and_moves_nothing(buyers, xiuying, cabbage_of_xiuying):
    row = complaining.grant(buyers("price", grams=0, fen=5_00), by=xiuying, at=FRIDAY)
    assert (row.status, row.agreed_fen) == ("agreed", 5_00)
    assert not GoodsReturn.objects.exists()
    assert owed_to(cabbage_of_xiuying)[0] == 80_00


def test_a_complaint_stops_no_payment(buyers, sellers, line, cashier_yu, second_qiu):
    buyers()
    statement = line.statement_lines.get().statement
    paying.record_payment(statement, voucher_number="1", by=cashier_yu, at=FRIDAY)
    paying.confirm_payment(statement, by=second_qiu, at=FRIDAY)
    assert statement.payable.payments.get().status == "paid"


def test_after_payment_there_is_time_again(buyers, line, sellers, cashier_yu, second_qiu):
    late = THURSDAY + 20 * DAY
    with pytest.raises(ComplaintTooLate):
        sellers("late", grams=0, at=THURSDAY + 8 * DAY)
    statement = line.statement_lines.get().statement
    paying.record_payment(statement, voucher_number="1", by=cashier_yu, at=late)
    paying.confirm_payment(statement, by=second_qiu, at=late)
    assert sellers("late", grams=0, at=late + 7 * DAY).status == "raised"
    with pytest.raises(ComplaintTooLate):
        buyers(at=late + 8 * DAY)


def test_one_complaint_of_a_side_at_a_time_in_words_and_within_what_was_accepted(buyers, sellers, xiuying):
    for wrong in ({"grams": 51 * KG}, {"grams": 0}, {"about": "price", "grams": KG}, {"about": "smell"}, {"fen": 1}):
        with pytest.raises(BadValue):
            buyers(**wrong)
    row = buyers()
    sellers()
    with pytest.raises(ComplaintOpen):
        buyers()
    for wrong in ({"grams": 10 * KG}, {"grams": 0}, {"grams": KG, "fen": 1}):
        with pytest.raises(BadValue):
            complaining.offer(row, **wrong, words="少", by=xiuying, at=FRIDAY)
    with pytest.raises(BadValue):
        complaining.deny(row, words=" ", by=xiuying, at=FRIDAY)


def test_the_clock_counts_working_days_and_ends_each_turn(buyers, xiuying):
    row = buyers()
    assert row.until_at.astimezone(dt.UTC).date() == dt.date(2026, 11, 11)  # Friday and three working days
    with pytest.raises(TurnOver):
        complaining.deny(row, words="好的", by=xiuying, at=row.until_at)
    sweeping.move_complaints_on(at=row.until_at - dt.timedelta(minutes=1))
    row.refresh_from_db()
    assert row.status == "raised"
    sweeping.move_complaints_on(at=row.until_at)
    row.refresh_from_db()
    assert (row.status, row.answered_at) == ("county", None)
    assert Message.objects.filter(kind__endswith="complaint_county").count() == 2

    sweeping.move_complaints_on(at=row.until_at)

    row.refresh_from_db()
    assert (row.status, row.agreed_g, row.decided_by) == ("agreed", 10 * KG, None)
    assert breaches() == []


def test_silence_takes_an_offer_and_leaves_what_was_denied(buyers, sellers, xiuying, receiver_wang):
    offered = complaining.offer(buyers(), grams=4 * KG, words="四公斤", by=xiuying, at=FRIDAY)
    denied = complaining.deny(sellers(), words="没有", by=receiver_wang, at=FRIDAY)
    for row in (offered, denied):
        sweeping.move_complaints_on(at=row.until_at)
        row.refresh_from_db()
    assert (offered.status, offered.agreed_g, denied.status) == ("agreed", 4 * KG, "refused")


def test_two_silences_pay_nothing_out_of_a_fund(sellers, cabbage_of_xiuying):
    row = sellers()
    for _turn in range(2):
        sweeping.move_complaints_on(at=row.until_at)
        row.refresh_from_db()
    assert (row.status, owed_to(cabbage_of_xiuying)[0]) == ("refused", 80_00)


def test_who_complained_takes_it_back(buyers, receiver_sun, xiuying):
    row = complaining.take_back(buyers(), by=receiver_sun, at=FRIDAY)
    assert row.status == "withdrawn"
    with pytest.raises(IllegalMove):
        complaining.grant(row, by=xiuying, at=FRIDAY)


@given(st.lists(st.sampled_from(["grant", "offer", "deny", "enough", "insist", "right", "wrong", "wait"]), max_size=5))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_complaint_ends(line, receiver_wang, xiuying, relief_clerk, steps):
    """Whatever the two sides and the county do or leave, after three clocks nothing is open."""
    said = {"side": "buyer", "about": "quality", "grams": 1_000, "words": "烂了", "by": receiver_wang, "at": FRIDAY}
    row = complaining.complain(line, **said)
    acts = {
        "grant": lambda at: complaining.grant(row, by=xiuying, at=at),
        "offer": lambda at: complaining.offer(row, grams=400, words="少", by=xiuying, at=at),
        "deny": lambda at: complaining.deny(row, words="好的", by=xiuying, at=at),
        "enough": lambda at: complaining.take_offer(row, by=receiver_wang, at=at),
        "insist": lambda at: complaining.insist(row, by=receiver_wang, at=at),
        "right": lambda at: complaining.decide(row, grams=600, right=True, words="是", by=relief_clerk, at=at),
        "wrong": lambda at: complaining.decide(row, right=False, words="否", by=relief_clerk, at=at),
        "wait": lambda at: sweeping.move_complaints_on(at=at),
    }
    at = FRIDAY
    for step in steps:
        at += DAY
        try_to(acts[step], at)
    for _clock in range(3):
        at += 20 * DAY
        sweeping.move_complaints_on(at=at)
    row.refresh_from_db()
    assert row.status in ("agreed", "refused")
    assert (row.agreed_g > 0) == GoodsReturn.objects.filter(complaint=row, status="agreed").exists()


def try_to(act, at):
    with contextlib.suppress(DomainError):
        act(at)


def test_both_sides_and_the_county_do_it_on_their_pages(client, line, receiver_wang, xiuying, relief_clerk, now):
    now["at"] = FRIDAY
    login(client, receiver_wang)
    new = reverse("complaint-new", args=[line.receipt_id, line.pk])
    assert new in client.get(reverse("receipt-detail", args=[line.receipt_id])).content.decode()
    assert client.get(new).status_code == 200
    sent = client.post(new, IDEM | {"about": "quality", "weight": "10", "words": "菜心发黑"})
    row = Complaint.objects.get()
    page = reverse("complaint-detail", args=[row.pk])
    assert sent.headers["Location"] == page
    assert client.post(reverse("complaint-answer", args=[row.pk]), IDEM | {"how": "grant"}).status_code == 403
    login(client, xiuying)
    for shown in (reverse("home"), reverse("sale-detail", args=[line.allocation_id]), page):
        assert "菜心发黑" in client.get(shown).content.decode() or row.number in client.get(shown).content.decode()
    answer = reverse("complaint-answer", args=[row.pk])
    assert client.post(answer, IDEM | {"how": "part", "weight": "10", "words": "少"}).status_code == 400
    assert client.post(answer, IDEM | {"how": "part", "weight": "4", "words": "只坏了四公斤"}).status_code == 302
    login(client, receiver_wang)
    assert page in client.get(reverse("home")).content.decode()
    assert (
        client.post(reverse("complaint-choose", args=[row.pk]), {"idem": "second", "choice": "county"}).status_code
        == 302
    )
    login(client, relief_clerk)
    assert page in client.get(reverse("home")).content.decode()
    shown = client.get(page).content.decode()
    assert "只坏了四公斤" in shown and reverse("receipt-detail", args=[line.receipt_id]) not in shown
    client.post(
        reverse("complaint-decide", args=[row.pk]), IDEM | {"decision": "right", "weight": "6", "words": "看过"}
    )
    row.refresh_from_db()
    assert (row.status, row.agreed_g) == ("agreed", 6 * KG)
    assert reverse("return-detail", args=[row.goods_return.pk]) in client.get(page).content.decode()
    assert row.number in client.get(reverse("complaint-list") + "?status=agreed&about=quality").content.decode()
    assert row.number not in client.get(reverse("complaint-list") + "?side=seller").content.decode()


def test_a_cadre_says_how_the_household_told_it(client, line, buyers, cadre_liu, now):
    now["at"] = FRIDAY
    login(client, cadre_liu)
    answer = reverse("complaint-answer", args=[buyers().pk])
    assert client.post(answer, IDEM | {"how": "deny", "words": "好的"}).status_code in (400, 409)
    assert client.post(answer, IDEM | {"how": "deny", "words": "好的", "consent": "phone"}).status_code == 302


def test_the_seller_complains_from_its_statement(client, line, xiuying, now):
    now["at"] = FRIDAY
    login(client, xiuying)
    statement = line.statement_lines.get().statement
    new = reverse("complaint-new", args=[line.receipt_id, line.pk])
    assert new in client.get(reverse("statement-detail", args=[statement.pk])).content.decode()
    client.post(new, IDEM | {"about": "price", "amount": "5", "words": "讲好的是两块"})
    row = Complaint.objects.get()
    assert (row.side, row.about, row.asked_fen) == ("seller", "price", 5_00)
    assert row.number in client.get(reverse("statement-detail", args=[statement.pk])).content.decode()


def test_programs_do_the_same(client, line, receiver_wang, xiuying, relief_clerk, now):
    now["at"] = FRIDAY

    def call(name, *args, who, key, **data):
        login(client, who)
        headers = {"Idempotency-Key": key}
        return client.post(reverse(name, args=args), data, content_type="application/json", headers=headers).json()

    new = {"about": "quality", "kg": "10", "words": "烂了"}
    first = call("api-complaint-new", line.receipt_id, line.pk, who=receiver_wang, key="a", **new)["id"]
    call("api-complaint-answer", first, who=xiuying, key="b", how="part", kg="4", words="四公斤")
    call("api-complaint-choose", first, who=receiver_wang, key="c", choice="enough")
    second = call("api-complaint-new", line.receipt_id, line.pk, who=receiver_wang, key="d", **new)["id"]
    call("api-complaint-answer", second, who=xiuying, key="e", how="deny", words="好的")
    done = call("api-complaint-decide", second, who=relief_clerk, key="f", right=False, words="看不出")
    third = call("api-complaint-new", line.receipt_id, line.pk, who=receiver_wang, key="g", **new)["id"]
    call("api-complaint-take-back", third, who=receiver_wang, key="h")

    assert (done["status"], done["agreed_kg"], done["return_id"]) == ("refused", "0", None)
    rows = client.get(reverse("api-complaint-list") + "?side=buyer").json()["results"]
    assert [row["status"] for row in rows] == ["withdrawn", "refused", "agreed"]
    assert client.get(reverse("api-complaint-detail", args=[first])).json()["return_id"] is not None


def test_programs_send_photos_with_what_they_say(client, line, receiver_wang, xiuying, now):
    now["at"] = FRIDAY

    def call(name, *args, who, key, **data):
        login(client, who)
        return client.post(reverse(name, args=args), data, headers={"Idempotency-Key": key})

    new = {"about": "quality", "kg": "10", "words": "烂了"}
    raise_ = ("api-complaint-new", line.receipt_id, line.pk)
    bad = SimpleUploadedFile("a.jpg", b"nothing to see", "image/jpeg")
    assert call(*raise_, who=receiver_wang, key="a", **new, photo=bad).status_code == 400
    first = call(*raise_, who=receiver_wang, key="b", **new, photo=a_photo()).json()["id"]
    answered = {"how": "part", "kg": "4", "words": "四公斤", "photo": a_photo()}
    assert call("api-complaint-answer", first, who=xiuying, key="c", **answered).status_code == 200
    call("api-complaint-take-back", first, who=receiver_wang, key="d")
    second = call(*raise_, who=receiver_wang, key="e", **new).json()["id"]
    call("api-complaint-answer", second, who=xiuying, key="f", how="deny", words="好的", photo=a_photo())

    shown = Attachment.objects.filter(document__startswith="complaint:").order_by("pk")
    assert [(row.document, row.role) for row in shown] == [
        (f"complaint:{first}", "complaint"), (f"complaint:{first}", "complaint-answer"),
        (f"complaint:{second}", "complaint-answer"),
    ]  # fmt: skip


def test_neighbours_see_no_complaint(client, buyers, guiying):
    login(client, guiying)
    assert client.get(reverse("complaint-detail", args=[buyers().pk])).status_code == 404
