"""At the pick-up the haulier signs for what it takes, the seller's side answers, and what never leaves comes back."""

import datetime as dt
import io

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.urls import reverse
from PIL import Image

from accounts.models import Consent, Message
from kernel.errors import BadValue
from kernel.workflow import IllegalMove
from marketplace.audit import breaches
from orders import permissions
from orders.models import Delivery, HandOver, HandOverEnd
from orders.selectors.handing import carried_of
from orders.services import amending, asking, delivering, handing, sweeping
from orders.services.delivering import HandedToAnother, Loaded, MoreThanHanded, RecalledOnCart, TooLateToSend
from orders.services.handing import Given
from orders.services.hands import OwnOrder
from orders.services.placing import Wish
from orders.services.recalling import recall_lot
from records.models import Attachment
from records.services.photos import receive_photo
from tests import factories
from tests.factories import TUESDAY, WEDNESDAY, login
from tests.orders.steps import KG, take, wish

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def lot(story, cabbage_of_xiuying):
    """40 kg that are promised."""
    return story.confirmed(wish((cabbage_of_xiuying, 40))).allocations.get()


@pytest.fixture
def second_haulier(county):
    firm = factories.an_organisation("cooperative", "高田运输合作社", county)
    return factories.a_user("温司机", "haulier", firm, county)


@pytest.fixture
def handed(haulier, coop):
    """Let the haulier of the co-operative take so many kilos of a lot."""

    def hand(lot, kg, *, by=haulier, carrier=coop, at=WEDNESDAY, **given):
        return handing.hand_over(lot, Given(round(kg * KG), **given), carrier=carrier.pk, by=by, at=at)

    return hand


def post_of(user):
    return user.person.memberships.get().organisation


def ship(lot, kg, by, at=WEDNESDAY, pieces=None):
    return delivering.ship([lot.order], {lot.pk: Loaded(round(kg * KG), pieces)}, by=by, at=at)


class TestTaking:
    """What the haulier enters is signed by its session, and never more than was promised."""

    def test_the_seller_is_told_who_took_how_much(self, lot, handed, haulier, coop, xiuying_household):
        row = handed(lot, 39, giver="cadre", giver_name="刘建国", place="老樟树下")

        told = Message.objects.get(kind="sale.handed")
        assert told.household == xiuying_household
        assert "罗师傅" in told.body and coop.name in told.body and "39 公斤" in told.body
        assert (row.taken_by, row.giver_name, row.place) == (haulier, "刘建国", "老樟树下")
        assert Consent.objects.filter(document=row.reference, household=xiuying_household).count() == 1
        assert breaches() == []

    def test_all_hand_overs_together_are_at_most_the_lot_and_its_tolerance(self, lot, handed, second_haulier):
        handed(lot, 25)

        with pytest.raises(handing.MoreThanPromised, match=r"15\.8"):
            handed(lot, 15.801, by=second_haulier, carrier=post_of(second_haulier))
        handed(lot, 15.8, by=second_haulier, carrier=post_of(second_haulier))
        with pytest.raises(handing.MoreThanPromised):
            handed(lot, 0.001)

    def test_what_left_without_a_hand_over_counts_too(self, story, lot, handed, xiuying):
        ship(lot, 30, by=xiuying)

        with pytest.raises(handing.MoreThanPromised):
            handed(lot, 11)
        handed(lot, 10)

    def test_animals_are_counted(self, story, ducks, handed):
        lot = story.confirmed(Wish(ducks.produce_id, (take(ducks, pieces=10),))).allocations.get()

        for wrong in ({}, {"pieces": 0}):
            with pytest.raises(BadValue):
                handed(lot, 10, **wrong)
        with pytest.raises(handing.MoreThanPromised):
            handed(lot, 17.5, pieces=11)
        handed(lot, 10.5, pieces=6)
        assert carried_of([lot])[lot.pk].claimed_pieces == 6

    def test_what_is_weighed_is_not_counted(self, lot, handed):
        with pytest.raises(BadValue):
            handed(lot, 10, pieces=3)

    def test_a_recalled_lot_stays(self, lot, handed, inspector_he):
        recall_lot(lot.listing, reason="抽检", by=inspector_he, at=TUESDAY)

        with pytest.raises(RecalledOnCart):
            handed(lot, 10)

    def test_an_order_not_under_way_and_a_late_one_are_refused(self, story, lot, handed, cabbage_of_guiying):
        asked = story.asked(wish((cabbage_of_guiying, 10))).allocations.get()

        with pytest.raises(IllegalMove):
            handed(asked, 10)
        with pytest.raises(TooLateToSend):
            handed(lot, 10, at=lot.order.dispatch_by_at)

    def test_nobody_takes_for_an_organisation_they_do_not_drive_for(self, lot, handed, second_haulier, coop_manager):
        for stranger in (second_haulier, coop_manager):
            with pytest.raises(handing.NoHaulier):
                handed(lot, 10, by=stranger)

    def test_whoever_ordered_does_not_take(self, story, lot, handed, coop, county):
        chef = story.people["chef"]
        factories.people.appoint(chef.person, coop, "haulier", area=county, from_on=factories.LONG_AGO)

        with pytest.raises(OwnOrder):
            handed(lot, 10, by=type(chef).objects.get(pk=chef.pk))


class TestAnswer:
    """The seller's side says whether the weight is right."""

    def test_it_is_contested_once_and_in_words(self, lot, handed, xiuying, haulier):
        row = handed(lot, 39)

        with pytest.raises(BadValue):
            handing.answer(row, agrees=False, note=" ", by=xiuying, at=WEDNESDAY)
        handing.answer(row, agrees=False, note="我称的是 40 公斤", by=xiuying, at=WEDNESDAY)
        with pytest.raises(handing.AnsweredAlready):
            handing.answer(row, agrees=True, by=xiuying, at=WEDNESDAY)

        told = Message.objects.get(kind="haul.handed_answer")
        assert told.phone == haulier.phone and "我称的是 40 公斤" in told.body

    def test_whoever_took_the_goods_does_not_answer_for_the_seller(self, lot, handed, haulier):
        with pytest.raises(handing.OwnWeight):
            handing.answer(handed(lot, 39), agrees=True, by=haulier, at=WEDNESDAY)

    def test_a_cadre_answers_for_a_household_and_it_reads_so(self, lot, handed, cadre_liu, xiuying_household):
        said = handing.answer(handed(lot, 39), agrees=True, by=cadre_liu, at=WEDNESDAY)

        assert Consent.objects.filter(document=f"handover-answer:{said.pk}", household=xiuying_household).exists()

    def test_a_neighbour_sees_and_answers_nothing(self, lot, handed, guiying, hospital):
        row = handed(lot, 39)

        for stranger in (guiying, factories.a_user("胡采购", "buyer", hospital)):
            with pytest.raises(Http404):
                permissions.access_hand_over(stranger, row.pk)

    def test_the_buyer_and_the_haulier_see_it_and_do_not_answer(self, story, lot, handed, haulier):
        row = handed(lot, 39)

        for reader in (story.people["weigher"], haulier):
            assert permissions.access_hand_over(reader, row.pk) == row
            with pytest.raises(PermissionDenied):
                permissions.access_hand_over(reader, row.pk, to=permissions.can_answer_hand_over)


class TestTrips:
    """A haulier's trip carries what its hauliers were given, and no more."""

    def test_what_was_handed_over_is_filled_in_and_is_the_most(self, lot, handed, haulier, coop):
        handed(lot, 39)

        assert delivering.to_load([lot], haulier) == {lot.pk: Loaded(39 * KG)}
        with pytest.raises(MoreThanHanded):
            ship(lot, 39.001, by=haulier)
        assert ship(lot, 30, by=haulier).carrier == coop
        assert delivering.to_load([lot], haulier) == {lot.pk: Loaded(9 * KG)}
        with pytest.raises(MoreThanHanded):
            ship(lot, 9.001, by=haulier)

    def test_without_a_hand_over_the_whole_of_it_may_go(self, lot, haulier):
        assert delivering.to_load([lot], haulier) == {lot.pk: Loaded(40 * KG)}
        assert ship(lot, 40, by=haulier).carrier == post_of(haulier)

    def test_nobody_sends_off_what_another_haulier_took(self, lot, handed, second_haulier, xiuying):
        handed(lot, 30)

        for other in (second_haulier, xiuying):
            with pytest.raises(HandedToAnother):
                ship(lot, 11, by=other)
        ship(lot, 10, by=second_haulier)

    def test_of_animals_no_more_heads_go_than_were_given(self, story, ducks, handed, haulier, second_haulier):
        lot = story.confirmed(Wish(ducks.produce_id, (take(ducks, pieces=10),))).allocations.get()
        handed(lot, 10.5, pieces=6)

        with pytest.raises(MoreThanHanded):
            ship(lot, 10, by=haulier, pieces=7)
        with pytest.raises(HandedToAnother):
            ship(lot, 5, by=second_haulier, pieces=5)
        ship(lot, 10, by=haulier, pieces=6)

    def test_several_hauliers_serve_one_order(self, lot, handed, haulier, second_haulier):
        handed(lot, 25)
        handed(lot, 15, by=second_haulier, carrier=post_of(second_haulier))

        ship(lot, 25, by=haulier)
        ship(lot, 15, by=second_haulier)

        assert {trip.carrier for trip in Delivery.objects.all()} == {post_of(haulier), post_of(second_haulier)}
        assert breaches() == []


class TestEnd:
    """What does not leave comes back, by the haulier's word or by the clock."""

    def test_written_wrong_is_given_back_whole_and_written_anew(self, lot, handed, haulier, xiuying_household):
        row = handed(lot, 40)

        handing.give_back(row, by=haulier, at=WEDNESDAY)
        with pytest.raises(IllegalMove):
            handing.give_back(row, by=haulier, at=WEDNESDAY)

        assert Message.objects.get(kind="sale.handed_back").household == xiuying_household
        assert delivering.to_load([lot], haulier) == {lot.pk: Loaded(40 * KG)}
        handed(lot, 39)

    def test_what_is_on_a_trip_is_not_given_back(self, lot, handed, haulier, second_haulier):
        row = handed(lot, 30)
        more = handed(lot, 10)
        ship(lot, 25, by=haulier)

        with pytest.raises(handing.NoHaulier):
            handing.give_back(more, by=second_haulier, at=WEDNESDAY)
        with pytest.raises(handing.LeftAlready):
            handing.give_back(row, by=haulier, at=WEDNESDAY)
        handing.give_back(more, by=haulier, at=WEDNESDAY)

    def test_when_the_time_to_leave_is_over_the_rest_counts_as_given_back(
        self, lot, handed, haulier, xiuying_household
    ):
        handed(lot, 30)
        handed(lot, 10)
        ship(lot, 25, by=haulier)
        end = lot.order.dispatch_by_at

        assert sweeping.end_unsent(at=end - MINUTE) == 0
        assert sweeping.end_unsent(at=end) == 2
        assert sweeping.end_unsent(at=end) == 0

        assert sorted(HandOverEnd.objects.values_list("back_g", flat=True)) == [5 * KG, 10 * KG]
        assert carried_of([lot])[lot.pk].of(post_of(haulier).pk).rest_g == 0
        told = Message.objects.filter(kind__endswith="handed_back")
        assert {row.household for row in told} == {xiuying_household, None}
        assert {row.phone for row in told if row.household is None} == {haulier.phone}

    def test_what_left_in_time_never_ends(self, lot, handed, haulier):
        handed(lot, 40)
        ship(lot, 40, by=haulier)

        assert sweeping.end_unsent(at=lot.order.dispatch_by_at) == 0


class TestDoors:
    """Page and programs do the same."""

    def test_the_haulier_writes_and_the_seller_contests_on_pages(self, client, lot, now, haulier, coop, xiuying):
        now["at"] = WEDNESDAY
        login(client, haulier)
        page = reverse("hand-over", args=[lot.pk])
        form = {"idem": "a" * 32, "quantity_0": "78", "quantity_1": "jin", "carrier": coop.pk, "giver": "seller"}
        assert "黄秀英" in client.get(page).content.decode()

        refused = client.post(page, form | {"quantity_0": "90"})
        done = client.post(page, form | {"idem": "b" * 32})
        assert (refused.status_code, done.status_code) == (409, 302)
        row = HandOver.objects.get()
        assert row.weight_g == 39 * KG and "39 公斤" in client.get(done.url).content.decode()

        login(client, xiuying)
        assert reverse("hand-over-contest", args=[row.pk]) in client.get(done.url).content.decode()
        contest = reverse("hand-over-contest", args=[row.pk])
        wordless = client.post(contest, {"idem": "c" * 32, "note": ""})
        said = client.post(contest, {"idem": "d" * 32, "note": "我称的是 40 公斤"})
        assert (wordless.status_code, said.status_code) == (400, 302)
        assert "我称的是 40 公斤" in client.get(done.url).content.decode()

    def test_programs_take_answer_and_give_back(self, client, lot, now, haulier, xiuying):
        now["at"] = WEDNESDAY
        login(client, haulier)

        def post(name, key, data, idem):
            return client.post(
                reverse(name, args=[key]), data, content_type="application/json", headers={"Idempotency-Key": idem}
            )

        taken = [post("api-hand-over", lot.pk, {"kg": "20"}, idem) for idem in ("a", "a", "b")]
        first, _again, second = [answer.json() for answer in taken]
        assert [answer.status_code for answer in taken] == [201, 201, 201] and first == _again != second
        assert post("api-hand-over-back", second["id"], {}, "c").json()["back_kg"] == "20"
        login(client, xiuying)
        assert post("api-hand-over-contest", second["id"], {"note": "没给过"}, "d").json()["agreed"] is False
        assert post("api-hand-over-confirm", first["id"], {}, "e").json()["agreed"] is True
        listed = client.get(reverse("api-hand-over-list")).json()["results"]
        assert [row["id"] for row in listed] == [second["id"], first["id"]]


def test_what_a_haulier_holds_is_brought_or_given_back_before_it_is_called_off(story, haulier, lot, handed):
    row, chef = handed(lot, 30, at=TUESDAY), story.people["chef"]

    with pytest.raises(asking.HandedOver):
        asking.cancel(lot.order, why="停课", by=chef, at=TUESDAY)
    with pytest.raises(asking.HandedOver):
        amending.amend(lot.order, {lot.pk: 10 * KG}, why="停课", by=chef, at=TUESDAY)

    handing.give_back(row, by=haulier, at=TUESDAY)
    assert amending.amend(lot.order, {lot.pk: 10 * KG}, why="停课", by=chef, at=TUESDAY)[0].quantity == 10 * KG


class TestPhotos:
    """What the scale said at the pick-up, as the phones of both sides saw it."""

    @pytest.fixture(autouse=True)
    def own_media(self, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path

    def test_both_sides_may_show_the_scale_and_the_file_of_the_trip_holds_it(
        self, client, now, lot, haulier, xiuying, auditor
    ):
        now["at"] = WEDNESDAY
        typed = {"quantity_0": "40", "quantity_1": "kg", "carrier": str(post_of(haulier).pk), "giver": "seller"}
        login(client, haulier).post(
            reverse("hand-over", args=[lot.pk]), typed | {"idem": "a" * 32, "photo": a_file("red")}
        )
        row = HandOver.objects.get()
        login(client, xiuying).post(
            reverse("hand-over-contest", args=[row.pk]), {"idem": "b" * 32, "note": "41", "photo": a_file("blue")}
        )

        page = client.get(reverse("hand-over-detail", args=[row.pk]))
        shown = page.context["photos"]
        assert [photo["caption"] for photo in shown] == ["司机拍的", "卖方拍的"]
        assert b"".join(client.get(shown[0]["url"]).streaming_content)[8:12] == b"WEBP"
        trip = ship(lot, 40, haulier)
        whole = login(client, auditor).get(reverse("delivery-dossier", args=[trip.pk]))
        assert whole.content.decode().count(f"装货 {lot.order.number}") == 2

    def test_programs_of_both_sides_show_it_once_and_nobody_else_does(
        self, client, now, lot, handed, haulier, chef_chen, xiuying
    ):
        now["at"] = WEDNESDAY
        row = handed(lot, 30)

        def shown(who, key):
            url = reverse("api-hand-over-show", args=[row.pk])
            typed, headers = {"photo": a_file("red")}, {"Idempotency-Key": key}
            return login(client, who).post(url, typed, headers=headers).status_code

        assert [shown(haulier, "a"), shown(haulier, "a"), shown(xiuying, "a")] == [201, 201, 201]
        assert shown(chef_chen, "a") == 403
        assert Attachment.objects.filter(document=row.reference, role="scale").count() == 2

    def test_a_stranger_sees_no_photo(self, client, now, lot, handed, haulier, second_haulier):
        file = receive_photo(a_file("red"), by=haulier, at=WEDNESDAY, public=False)
        carrier = post_of(haulier).pk
        row = handing.hand_over(lot, Given(KG), carrier=carrier, photo=file, by=haulier, at=WEDNESDAY)

        there = reverse("hand-over-photo", args=[row.pk, file.pk])
        assert login(client, second_haulier).get(there).status_code == 404
        assert login(client, haulier).get(there.replace(str(file.pk), str(row.taken_by_id))).status_code == 404


def a_file(colour: str) -> SimpleUploadedFile:
    box = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(box, "JPEG")
    return SimpleUploadedFile("scale.jpg", box.getvalue(), "image/jpeg")
