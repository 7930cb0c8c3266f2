"""A signed receipt is corrected by a document of its own: two of the buyer, the seller, or the county between them."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import BankCard, Message
from accounts.services.people import set_card
from catalog.models import Listing
from kernel.errors import BadValue
from marketplace.audit import breaches
from orders.models import Fate, GoodsReturn, ReceiptLine, SettlementStatement, StatementLine
from orders.services import correcting, returning, sweeping
from orders.services.correcting import AboveTheOrder
from orders.services.hands import OwnOrder
from records.models import Attachment
from records.services.participation import HasInterest
from tests.factories import THURSDAY, a_card_number, login
from tests.orders.steps import KG, a_stored_photo, owed_to, wish
from tests.orders.test_shown_again import a_photo

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
FRIDAY = THURSDAY + DAY
IDEM = {"idem": "6b3c6bb0-0f4c-4a52-8f0a-3e9f8a6d3b21"}


@pytest.fixture
def signed_line(story, cabbage_of_xiuying):
    receipt = story.signed(wish((cabbage_of_xiuying, 50)))
    return receipt.lines.select_related("receipt__delivery", "allocation__listing__produce").get()


@pytest.fixture
def line(signed_line, now):
    now["at"] = FRIDAY
    return signed_line


@pytest.fixture
def propose(line, receiver_wang, receiver_sun):
    """Propose that so many kilos were accepted; a second person of the buyer signs, if asked to."""

    def proposed(kg, signed=True, at=FRIDAY):
        row = correcting.ask_correction(line, grams=int(kg * KG), words="皮重没减", by=receiver_wang, at=at)
        if signed:
            correcting.countersign(row, by=receiver_sun, at=at)
        return GoodsReturn.objects.get(pk=row.pk)

    return proposed


@pytest.mark.parametrize(("kg", "amount", "total"), [(47, -4_80, 75_20), (51, 1_60, 81_60)])
def test_what_all_agree_to_moves_kilos_and_money_once(line, propose, xiuying, cabbage_of_xiuying, kg, amount, total):
    row = propose(kg)
    assert row.number.startswith("GZ")
    assert Message.objects.filter(kind="sale.correction_asked").count() == 1
    assert owed_to(cabbage_of_xiuying)[0] == 80_00

    returning.agree_to_return(row, fate="", by=xiuying, at=FRIDAY)

    stated = StatementLine.objects.get(kind="correction")
    assert (stated.amount_fen, stated.weight_g) == (amount, (kg - 50) * KG)
    lot = Listing.objects.get(pk=cabbage_of_xiuying.pk)
    assert (lot.sold, lot.written_off, lot.reserved) == (kg * KG, 0, 0)
    assert owed_to(lot)[0] == total
    assert ReceiptLine.objects.get(pk=line.pk).accepted_g == 50 * KG
    assert (stated.statement.payable is not None) == (amount > 0)
    assert breaches() == []


def test_nothing_is_asked_of_the_seller_before_a_second_person_signed(propose, receiver_wang, xiuying, chef_chen):
    row = propose(47, signed=False)
    assert not Message.objects.filter(kind="sale.correction_asked").exists()
    with pytest.raises(returning.NotCountersigned):
        returning.agree_to_return(row, fate="", by=xiuying, at=FRIDAY)
    with pytest.raises(correcting.SignedBySelf):
        correcting.countersign(row, by=receiver_wang, at=FRIDAY)
    with pytest.raises(OwnOrder):
        correcting.countersign(row, by=chef_chen, at=FRIDAY)

    assert sweeping.hand_silent_returns_over(at=FRIDAY + 3 * DAY) == 1

    row = GoodsReturn.objects.get()
    assert (row.status, row.refund_fen) == ("withdrawn", 0)
    assert Message.objects.filter(kind="order.correction_unsigned").count() == 1


def test_what_the_seller_contests_the_county_decides(propose, xiuying, relief_clerk, receiver_sun, cabbage_of_xiuying):
    row = propose(47)
    returning.contest_return(row, words="称过两遍", by=xiuying, at=FRIDAY)
    with pytest.raises(HasInterest):
        returning.decide_return(row, grams=3 * KG, words="对", by=receiver_sun, at=FRIDAY)

    returning.decide_return(row, grams=1, words="秤单上看得清", by=relief_clerk, at=FRIDAY)

    assert (GoodsReturn.objects.get().agreed_g, owed_to(cabbage_of_xiuying)[0]) == (3 * KG, 75_20)
    assert breaches() == []


def test_silence_of_seller_and_county_lets_it_be_corrected_as_asked(propose, cabbage_of_xiuying):
    propose(51)
    assert sweeping.hand_silent_returns_over(at=FRIDAY + 3 * DAY) == 1
    assert sweeping.end_undecided_returns(at=FRIDAY + 20 * DAY) == 1
    assert owed_to(cabbage_of_xiuying)[0] == 81_60
    assert breaches() == []


def test_silence_takes_nothing_that_is_not_there_any_more(story, propose, cabbage_of_xiuying):
    propose(51)
    story.asked(wish((cabbage_of_xiuying, 50)))
    assert sweeping.hand_silent_returns_over(at=FRIDAY + 3 * DAY) == 1
    sweeping.end_undecided_returns(at=FRIDAY + 20 * DAY)
    assert GoodsReturn.objects.get().status == "refused"


def test_what_is_added_while_the_card_is_missing_is_stated_with_the_next_card(propose, xiuying, cabbage_of_xiuying):
    BankCard.objects.filter(household=cabbage_of_xiuying.household).update(to_at=FRIDAY)
    returning.agree_to_return(propose(51), fate="", by=xiuying, at=FRIDAY)
    assert not StatementLine.objects.filter(kind="correction").exists()
    assert sweeping.settle_late(at=FRIDAY) == 0

    number = a_card_number(990_777)
    later = FRIDAY + DAY
    set_card(household=cabbage_of_xiuying.household, number=number, holder="黄秀英", bank="石城农商银行", at=later)

    assert [sweeping.settle_late(at=later), sweeping.settle_late(at=later)] == [1, 0]
    stated = StatementLine.objects.get(kind="correction")
    assert (stated.amount_fen, stated.statement.payable.amount_fen) == (1_60, 1_60)
    assert breaches() == []


def bodies(kind):
    return [row.body for row in Message.objects.filter(kind=kind).order_by("created_at")]


def test_a_seller_who_was_asked_nothing_hears_of_no_withdrawal(client, propose, receiver_wang):
    row = propose(47, signed=False)
    login(client, receiver_wang)

    page = client.post(reverse("return-withdraw", args=[row.pk]), IDEM, follow=True).content.decode()

    assert GoodsReturn.objects.get().status == "withdrawn"
    assert bodies("sale.return_withdrawn") == []
    assert "已经告诉卖家" not in page
    assert "卖家还没有被问过" in page


def test_a_seller_who_was_asked_hears_that_the_correction_is_taken_back(client, propose, receiver_wang):
    row = propose(47)
    login(client, receiver_wang)

    page = client.post(reverse("return-withdraw", args=[row.pk]), IDEM, follow=True).content.decode()

    [told] = bodies("sale.return_withdrawn")
    assert "更正" in told
    assert "退" not in told
    assert "已经告诉卖家" in page


@pytest.mark.parametrize(
    ("way", "kinds"),
    [
        ("silence", ["order.return_silent", "sale.return_silent"]),
        ("contested", ["order.return_contested"]),
    ],
)
def test_no_word_about_a_correction_speaks_of_goods_sent_back(propose, xiuying, relief_clerk, way, kinds):
    row = propose(47)
    with pytest.raises(BadValue, match="更正"):
        returning.contest_return(row, words=" ", by=xiuying, at=FRIDAY)
    ways = {
        "silence": lambda: sweeping.hand_silent_returns_over(at=FRIDAY + 3 * DAY),
        "contested": lambda: returning.contest_return(row, words="称过两遍", by=xiuying, at=FRIDAY),
    }
    ways[way]()
    returning.decide_return(row, grams=0, words="秤没有错", by=relief_clerk, at=FRIDAY + 4 * DAY)

    for kind in [*kinds, "order.return_refused", "sale.return_refused"]:
        [told] = bodies(kind)
        assert "更正" in told
        assert "退" not in told


@pytest.mark.parametrize(
    ("verb", "more"), [(returning.agree_to_return, {"fate": ""}), (returning.contest_return, {"words": "称过两遍"})]
)
def test_a_household_reads_what_was_said_for_it_about_a_correction(propose, cadre_wu, verb, more):
    verb(propose(47), **more, by=cadre_wu, at=FRIDAY, consent="phone", proxy_name="吴干部")

    [told] = bodies("sale.answered_for")
    assert "更正" in told
    assert "退" not in told


@pytest.mark.parametrize("kg", [50, 60, 900])
def test_no_more_than_the_order_may_take_and_never_the_same(line, propose, kg):
    with pytest.raises((BadValue, AboveTheOrder)):
        propose(kg)
    assert not GoodsReturn.objects.exists()


def test_one_at_a_time_and_only_for_some_days(propose, line, xiuying, receiver_wang):
    row = propose(47)
    with pytest.raises(correcting.CorrectionOpen):
        propose(46)
    returning.agree_to_return(row, fate="", by=xiuying, at=FRIDAY)
    with pytest.raises(BadValue):
        propose(47)
    with pytest.raises(correcting.CorrectionTooLate):
        propose(46, at=FRIDAY + 9 * DAY)
    with pytest.raises(BadValue):
        correcting.ask_correction(line, grams=46 * KG, words=" ", by=receiver_wang, at=FRIDAY)


def test_what_was_sent_back_was_accepted(line, propose, receiver_wang, xiuying):
    photos = [a_stored_photo(receiver_wang, FRIDAY)]
    row = returning.ask_return(
        line, grams=30 * KG, reason="rotten", words="坏了", photos=photos, by=receiver_wang, at=FRIDAY
    )
    returning.agree_to_return(row, fate=Fate.FREE, by=xiuying, at=FRIDAY)
    with pytest.raises(BadValue):
        propose(29)
    with pytest.raises(BadValue):
        returning.ask_return(line, grams=1, reason="scale", words="看错", photos=photos, by=receiver_wang, at=FRIDAY)


def test_all_of_it_on_pages(client, line, receiver_wang, receiver_sun, xiuying):
    login(client, receiver_wang)
    page = reverse("correction-ask", args=[line.receipt_id, line.pk])
    assert page in client.get(reverse("receipt-detail", args=[line.receipt_id])).content.decode()
    assert "50" in client.get(page).content.decode()
    sent = client.post(page, IDEM | {"weight": "47", "words": "皮重没减"})
    row = GoodsReturn.objects.get()
    detail = reverse("return-detail", args=[row.pk])
    assert sent.headers["Location"] == detail
    assert reverse("correction-sign", args=[row.pk]) not in client.get(detail).content.decode()
    login(client, receiver_sun)
    assert reverse("correction-sign", args=[row.pk]) in client.get(detail).content.decode()
    client.post(reverse("correction-sign", args=[row.pk]), IDEM)
    login(client, xiuying)
    assert detail in client.get("/").content.decode()
    assert "，过秤 −" in client.get(detail).content.decode()

    client.post(reverse("return-agree", args=[row.pk]), IDEM)

    assert GoodsReturn.objects.get().status == "agreed"
    assert "已更正" in client.get(detail).content.decode()
    assert row.number in client.get(reverse("receipt-detail", args=[line.receipt_id])).content.decode()
    statement = SettlementStatement.objects.latest("pk")
    assert row.number in client.get(reverse("statement-detail", args=[statement.pk])).content.decode()


def test_programs_correct_too(client, line, receiver_wang, receiver_sun):
    def post(name, args, key, **data):
        return client.post(
            reverse(name, args=args), data, content_type="application/json", headers={"Idempotency-Key": key}
        )

    login(client, receiver_wang)
    asked = post("api-correction-ask", [line.receipt_id, line.pk], "k-correct", kg="51", words="看错")
    assert (asked.status_code, asked.json()["kg"], asked.json()["reason"]) == (201, "-1", "scale")
    login(client, receiver_sun)
    assert post("api-correction-sign", [asked.json()["id"]], "k-sign").json()["countersigned_at"] is not None


def test_a_program_sends_the_photo_of_the_scale(client, line, receiver_wang):
    login(client, receiver_wang)
    typed = {"kg": "51", "words": "看错", "photo": a_photo()}
    asked = client.post(
        reverse("api-correction-ask", args=[line.receipt_id, line.pk]), typed, headers={"Idempotency-Key": "k"}
    )

    assert asked.status_code == 201
    assert Attachment.objects.filter(document=GoodsReturn.objects.get().reference).exists()


def test_who_reads_english_reads_the_goods_in_english_and_what_is_owed_once_in_capitals(
    client, line, propose, receiver_wang, xiuying
):
    row = propose(47)
    returning.agree_to_return(row, fate="", by=xiuying, at=FRIDAY)
    owed = SettlementStatement.objects.get(payable__isnull=False)
    client.cookies["django_language"] = "en"
    read = {
        reverse("receipt-detail", args=[line.receipt_id]): receiver_wang,
        reverse("return-detail", args=[row.pk]): receiver_wang,
        reverse("statement-print", args=[owed.pk]): xiuying,
    }

    pages = [login(client, reader).get(address).content.decode() for address, reader in read.items()]

    assert [("abbage" in page, "包菜" in page) for page in pages] == [(True, False)] * 3
    assert pages[2].count("柒拾伍元贰角整") == 1 and "All together in capital numerals：人民币捌拾元整" in pages[2]
