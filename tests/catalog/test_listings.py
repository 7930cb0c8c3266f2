"""A lot is put on sale, priced anew, confirmed, stopped, taken back; each rule refuses in words and changes nothing."""

import datetime as dt

import pytest

from accounts.models import Consent, Message
from catalog.models import Listing, Movement, PriceChange
from catalog.services import kilos, listings
from kernel.errors import DomainError
from kernel.numbers import Kind, number_of
from kernel.weight import parse_quantity
from kernel.workflow import IllegalMove
from produce.models import Grade, ReferencePrice
from produce.services.pricing import BadPrice, PriceReasonNeeded, UnusualPrice
from records.models import Attachment, Event, Move
from records.services.files import store_bytes
from tests.factories import MONDAY, TUESDAY, WEDNESDAY, a_listing

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 2)


@pytest.fixture
def reference(cabbage):
    """Cabbage fetches 0.80 yuan a jin."""
    return ReferencePrice.objects.create(produce=cabbage, day=TODAY, source="县城市场", avg_fen=80)


def offered(household, produce, by, text="200", unit="jin", **more):
    return listings.put_on_sale(
        **{
            "household": household,
            "produce": produce,
            "quantity": parse_quantity(text, unit),
            "price_fen": 80,
            "harvested_on": TODAY,
            "by": by,
            "at": MONDAY,
            **more,
        }
    )


def a_photo(by, raw=b"photo"):
    return store_bytes(raw, kind="photo", media_type="image/jpeg", by=by, at=MONDAY)


def test_a_farmer_lists_200_jin_of_cabbage(xiuying_household, cabbage, xiuying, pingshan, changxi):
    listing = offered(xiuying_household, cabbage, xiuying)

    listing.refresh_from_db()
    assert (listing.listed, listing.stock_unit, listing.piece_g) == (100_000, "g", None)
    assert (listing.typed_quantity, listing.typed_unit) == ("200", "jin")
    assert (listing.village, listing.township) == (changxi, pingshan)
    assert listing.sell_by == dt.date(2026, 11, 12)
    assert (listing.status, listing.by_proxy, listing.confirmed_at) == ("on_sale", False, MONDAY)
    assert listing.number == number_of(Kind.LOT, dt.date(2026, 11, 2), listing.pk)
    assert listing.payee_account.code == f"payee:household:{xiuying_household.pk}"
    assert list(PriceChange.objects.values_list("listing", "price_fen", "price_unit_g")) == [(listing.pk, 80, 500)]
    assert list(Move.objects.values_list("document", "before", "after")) == [(f"listing:{listing.pk}", "", "on_sale")]
    assert not Message.objects.exists()


def test_ducks_are_counted_and_weighed_by_their_usual_weight(xiuying_household, duck, xiuying):
    listing = offered(xiuying_household, duck, xiuying, "12", "piece")

    assert (listing.listed, listing.stock_unit, listing.piece_g) == (12, "piece", 1_750)
    assert listing.grams(listing.free()) == 21_000


@pytest.mark.parametrize(
    ("goods", "text", "unit", "refusal"),
    [("duck", "10", "kg", listings.CountThem), ("cabbage", "10", "piece", listings.WeighThem)],
)
def test_weighed_goods_are_weighed_and_animals_counted(request, xiuying_household, xiuying, goods, text, unit, refusal):
    with pytest.raises(refusal):
        offered(xiuying_household, request.getfixturevalue(goods), xiuying, text, unit)

    assert not Listing.objects.exists()


def test_all_photos_are_kept_and_the_first_is_the_cover(xiuying_household, cabbage, xiuying):
    first, second = a_photo(xiuying, b"1"), a_photo(xiuying, b"2")

    listing = offered(xiuying_household, cabbage, xiuying, photo=first, more_photos=[second])

    assert listing.cover == first
    assert list(Attachment.objects.order_by("pk").values_list("document", "file", "role")) == [
        (listing.reference, first.pk, "listing"),
        (listing.reference, second.pk, "listing"),
    ]


def test_tobacco_is_refused_with_the_reason(xiuying_household, cabbage, xiuying):
    cabbage.forbidden, cabbage.forbidden_reason = True, "烟叶只能由烟草公司收购。"
    cabbage.save()

    with pytest.raises(kilos.ForbiddenProduce, match="烟草公司收购"):
        offered(xiuying_household, cabbage, xiuying)

    assert not Listing.objects.exists()


def test_a_grade_of_other_goods_is_refused(xiuying_household, cabbage, duck, xiuying):
    grade = Grade.objects.create(produce=duck, code="a", name="一级", name_en="First", position=1)

    with pytest.raises(listings.WrongGrade):
        offered(xiuying_household, cabbage, xiuying, grade=grade)


@pytest.mark.parametrize(
    ("day", "refusal"),
    [
        (dt.date(2026, 11, 3), listings.BadHarvestDay),
        (dt.date(2026, 10, 22), listings.PastKeeping),
    ],
)
def test_the_harvest_day_is_past_and_the_goods_still_keep(xiuying_household, cabbage, xiuying, day, refusal):
    with pytest.raises(refusal):
        offered(xiuying_household, cabbage, xiuying, harvested_on=day)

    offered(xiuying_household, cabbage, xiuying, harvested_on=dt.date(2026, 10, 23))  # the last day it keeps


@pytest.mark.parametrize(("fen", "unit_g"), [(0, 500), (-1, 500), (10_000_001, 500), (80, 0)])
def test_a_price_outside_all_bounds_is_refused(xiuying_household, cabbage, xiuying, fen, unit_g):
    with pytest.raises(BadPrice):
        offered(xiuying_household, cabbage, xiuying, price_fen=fen, price_unit_g=unit_g)


def test_far_above_the_reference_a_price_needs_a_reason(xiuying_household, cabbage, xiuying, reference):
    offered(xiuying_household, cabbage, xiuying, price_fen=104)  # 1.3 times exactly is still fine

    with pytest.raises(PriceReasonNeeded):
        offered(xiuying_household, cabbage, xiuying, price_fen=105, sure=True)

    listing = offered(xiuying_household, cabbage, xiuying, price_fen=105, price_reason="有机的")
    assert listing.price_reason == "有机的"


def test_far_below_the_reference_one_question_is_asked(xiuying_household, cabbage, xiuying, reference):
    with pytest.raises(UnusualPrice):
        offered(xiuying_household, cabbage, xiuying, price_fen=39)
    with pytest.raises(UnusualPrice):
        offered(xiuying_household, cabbage, xiuying, price_fen=40)  # half: jin and kilograms mixed up?

    assert offered(xiuying_household, cabbage, xiuying, price_fen=40, sure=True).price_fen == 40


def test_the_same_price_by_the_kilogram_is_the_same_price(xiuying_household, cabbage, xiuying, reference):
    listing = offered(xiuying_household, cabbage, xiuying, price_fen=160, price_unit_g=1000)

    assert (listing.price_fen, listing.price_unit_g) == (160, 1000)


def test_a_cadre_lists_for_a_household_with_its_consent_and_it_is_told(xiuying_household, cabbage, cadre_liu):
    with pytest.raises(listings.ConsentNeeded):
        offered(xiuying_household, cabbage, cadre_liu)
    assert not Listing.objects.exists()

    listing = offered(xiuying_household, cabbage, cadre_liu, consent="phone")

    assert listing.by_proxy
    consent = Consent.objects.get()
    assert (consent.household, consent.document, consent.how) == (xiuying_household, listing.reference, "phone")
    message = Message.objects.get()
    assert (message.kind, message.document) == ("listed_for_you", listing.reference)
    assert listing.number in message.body and "0.80" in message.body


def test_an_unknown_kind_of_consent_leaves_nothing_behind(xiuying_household, cabbage, cadre_liu):
    with pytest.raises(DomainError):
        offered(xiuying_household, cabbage, cadre_liu, consent="telepathy")

    assert not Listing.objects.exists() and not Movement.objects.exists()


def test_a_cooperative_lists_its_own_lot(coop, coop_manager, cabbage, changxi):
    listing = offered(None, cabbage, coop_manager, cooperative=coop)

    assert (listing.household, listing.cooperative, listing.by_proxy) == (None, coop, False)
    assert listing.village == changxi
    assert listing.payee_account.code == f"payee:organisation:{coop.pk}"


def test_a_new_price_is_one_more_row_and_the_old_one_stays(xiuying_household, cabbage, xiuying):
    listing = offered(xiuying_household, cabbage, xiuying)

    listings.change_price(listing, price_fen=70, by=xiuying, at=TUESDAY)
    listings.change_price(listing, price_fen=70, by=xiuying, at=WEDNESDAY)  # the same again: nothing

    listing.refresh_from_db()
    assert listing.price_fen == 70
    assert list(listing.prices.order_by("pk").values_list("price_fen", "at")) == [(80, MONDAY), (70, TUESDAY)]
    assert not Message.objects.exists()


def test_a_price_changed_by_the_cadre_is_told(xiuying_household, cabbage, xiuying, cadre_liu):
    listing = offered(xiuying_household, cabbage, xiuying)

    listings.change_price(listing, price_fen=70, by=cadre_liu, at=TUESDAY)

    assert Message.objects.get().kind == "price_changed_for_you"


def test_a_price_is_not_changed_off_the_market(xiuying_household, cabbage, xiuying):
    listing = offered(xiuying_household, cabbage, xiuying)
    listings.stop_sale(listing, reason="抽检中", by=xiuying, at=TUESDAY)

    with pytest.raises(kilos.NotOnSale):
        listings.change_price(listing, price_fen=70, by=xiuying, at=TUESDAY)

    assert listing.prices.count() == 1


def test_part_is_taken_back_and_the_rest_stays_on_sale(xiuying_household, cabbage, xiuying):
    listing = offered(xiuying_household, cabbage, xiuying)

    listing = listings.withdraw(listing, reason="eaten", quantity=10_000, by=xiuying, at=TUESDAY)

    assert (listing.withdrawn, listing.free(), listing.status) == (10_000, 90_000, "on_sale")


def test_all_that_is_free_is_taken_back_and_promises_stand(xiuying_household, cabbage, xiuying):
    listing = offered(xiuying_household, cabbage, xiuying)
    hold = kilos.KiloMove(listing.pk, "free", "reserved", 30_000, "allocation:1:hold")
    kilos.move_kilos([hold], by=xiuying, at=MONDAY)

    listing = listings.withdraw(listing, reason="sold_elsewhere", by=xiuying, at=TUESDAY)

    assert (listing.withdrawn, listing.reserved, listing.free()) == (70_000, 30_000, 0)
    assert listing.status == "withdrawn"
    with pytest.raises(listings.NothingFree):
        listings.withdraw(listing, reason="eaten", by=xiuying, at=TUESDAY)


def test_what_a_buyer_gives_back_later_may_be_taken_back_too(xiuying_household, cabbage, xiuying):
    listing = offered(xiuying_household, cabbage, xiuying)
    kilos.move_kilos([kilos.KiloMove(listing.pk, "free", "reserved", 30_000, "a:1")], by=xiuying, at=MONDAY)
    listings.withdraw(listing, reason="eaten", by=xiuying, at=TUESDAY)
    kilos.move_kilos([kilos.KiloMove(listing.pk, "reserved", "free", 30_000, "a:2")], by=xiuying, at=TUESDAY)

    listing = listings.withdraw(listing, reason="eaten", by=xiuying, at=WEDNESDAY)

    assert (listing.withdrawn, listing.free(), listing.status) == (100_000, 0, "withdrawn")


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"reason": "because"}, listings.ReasonNeeded),
        ({"reason": "eaten", "quantity": 0}, DomainError),
        ({"reason": "eaten", "quantity": -5}, DomainError),
        ({"reason": "eaten", "quantity": 100_001}, kilos.NotEnoughProduce),
    ],
)
def test_a_withdrawal_that_cannot_be_changes_nothing(xiuying_household, cabbage, xiuying, more, refusal):
    listing = offered(xiuying_household, cabbage, xiuying)

    with pytest.raises(refusal):
        listings.withdraw(listing, **more, by=xiuying, at=TUESDAY)

    listing.refresh_from_db()
    assert (listing.withdrawn, listing.status) == (0, "on_sale")
    assert not Movement.objects.exists()


def test_a_stopped_lot_is_reserved_by_nobody_until_it_is_cleared(xiuying_household, cabbage, xiuying, inspector_he):
    listing = offered(xiuying_household, cabbage, xiuying)
    hold = kilos.KiloMove(listing.pk, "free", "reserved", 1_000, "a:1")

    listings.stop_sale(listing, reason="农残抽检", by=inspector_he, at=TUESDAY)
    with pytest.raises(kilos.NotOnSale):
        kilos.move_kilos([hold], by=xiuying, at=TUESDAY)
    with pytest.raises(kilos.NotOnSale):
        listings.confirm_still_there(listing, by=xiuying, at=TUESDAY)
    listings.resume_sale(listing, by=inspector_he, at=WEDNESDAY)
    kilos.move_kilos([hold], by=xiuying, at=WEDNESDAY)

    listing.refresh_from_db()
    assert (listing.status, listing.reserved) == ("on_sale", 1_000)
    kinds = Message.objects.order_by("created_at").values_list("kind", flat=True)
    assert list(kinds) == ["sale_stopped", "sale_resumed"]


def test_a_lot_is_not_stopped_twice(xiuying_household, cabbage, xiuying, inspector_he):
    listing = offered(xiuying_household, cabbage, xiuying)
    listings.stop_sale(listing, reason="抽检", by=inspector_he, at=TUESDAY)

    with pytest.raises(IllegalMove):
        listings.stop_sale(listing, reason="抽检", by=inspector_he, at=TUESDAY)


def test_not_me_takes_down_what_somebody_listed_and_tells_the_bureau(
    xiuying_household, cabbage, cadre_liu, xiuying, bureau
):
    bureau.phone = "07975550123"
    bureau.save(update_fields=["phone"])
    listing = offered(xiuying_household, cabbage, cadre_liu, consent="phone")
    kilos.move_kilos([kilos.KiloMove(listing.pk, "free", "reserved", 30_000, "a:1")], by=cadre_liu, at=MONDAY)

    listing = listings.dispute(listing, by=xiuying, at=TUESDAY)

    assert (listing.withdrawn, listing.reserved, listing.status) == (70_000, 30_000, "withdrawn")
    assert Movement.objects.get(target="withdrawn").reason == "not_by_us"
    assert list(Event.objects.values_list("kind", "document", "data")) == [("listing_disputed", listing.reference, {})]
    letter = Message.objects.get(kind="listing_disputed")
    assert letter.phone == "07975550123" and "黄秀英" not in letter.body


def test_ones_own_listing_is_taken_down_not_disputed(xiuying_household, cabbage, xiuying):
    listing = offered(xiuying_household, cabbage, xiuying)

    with pytest.raises(listings.NotListedByOthers):
        listings.dispute(listing, by=xiuying, at=TUESDAY)

    assert not Event.objects.exists()


def test_the_factory_of_the_tests_lists_as_the_household_itself(xiuying_household, cabbage):
    listing = a_listing(xiuying_household, cabbage, kg=40)

    assert (listing.listed, listing.by_proxy) == (40_000, False)
