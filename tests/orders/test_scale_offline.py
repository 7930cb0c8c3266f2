"""Weighing without a net: what a phone keeps, and that what it sends counts once, however it arrives."""

import hashlib
import io
import json
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from orders.models import GoodsReceipt
from orders.services import receiving
from orders.services.weighing import Weighed
from records.models import Attachment
from tests.factories import THURSDAY, login
from tests.orders.steps import KG, wish

pytestmark = pytest.mark.django_db
PACK = reverse("delivery-offline")


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(scope="module")
def photo() -> bytes:
    box = io.BytesIO()
    Image.effect_noise((640, 480), 60).convert("RGB").save(box, "JPEG", quality=80)
    return box.getvalue()


@pytest.fixture
def trip(story, now, cabbage_of_xiuying, cabbage_of_guiying):
    trip = story.shipped(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 60)))
    now["at"] = THURSDAY
    return trip


@pytest.fixture
def lots(trip) -> list[int]:
    return list(trip.lines.order_by("allocation_id").values_list("allocation_id", flat=True))


@pytest.fixture
def scale(client, receiver_wang):
    return login(client, receiver_wang)


def typed(lots, *gross: str, key=None, **more) -> dict:
    weights = {f"{lot}-gross": kg for lot, kg in zip(lots, gross, strict=True)}
    return weights | {"key": key or str(uuid.uuid4())} | more


def send(client, trip, data, **headers):
    return client.post(reverse("delivery-weighed", args=[trip.pk]), data, headers=headers)


def send_photo(client, trip, lot, shows, part: bytes, *, offset: int, whole: bytes):
    digest = hashlib.sha256(whole).hexdigest()
    return client.post(
        reverse("door-photo", args=[trip.pk, lot, shows, digest]),
        part,
        content_type="application/octet-stream",
        headers={"Upload-Offset": str(offset), "Upload-Length": str(len(whole))},
    )


def test_a_phone_keeps_the_trips_it_weighs_and_nobody_who_is_signed_in(scale, trip, lots, receiver_wang):
    kept = scale.get(PACK).json()

    assert set(kept) == {"list", str(trip.pk)}
    assert "黄秀英" in kept[str(trip.pk)] and f'data-lot="{lots[1]}"' in kept[str(trip.pk)]
    assert reverse("delivery-accept", args=[trip.pk]) in kept["list"]
    assert receiver_wang.person.name not in json.dumps(kept, ensure_ascii=False)


def test_a_weighed_trip_is_kept_no_longer_and_changes_the_address_of_the_pack(scale, trip, lots):
    page = reverse("delivery-list")
    before = scale.get(page).context["offline"]

    assert send(scale, trip, typed(lots, "40", "60")).status_code == 200

    assert set(scale.get(PACK).json()) == {"list"}
    assert scale.get(page).context["offline"] != before


def test_nothing_is_kept_for_others(client, trip, chef_chen, haulier):
    for person in (chef_chen, haulier):
        login(client, person)
        assert set(client.get(PACK).json()) == {"list"}
        assert "offline" not in client.get(reverse("delivery-list")).context


def test_all_trips_are_read_in_as_few_statements_as_one(
    scale, story, trip, cabbage_of_xiuying, django_assert_max_num_queries
):
    scale.get(PACK)
    for _more in range(3):
        story.shipped(wish((cabbage_of_xiuying, 5)))

    with django_assert_max_num_queries(20):
        assert len(scale.get(PACK).json()) == 5


def test_what_a_phone_sends_twice_is_one_receipt_with_one_answer(scale, trip, lots):
    data = typed(lots, "40", "62", **{})
    data |= {f"{lots[1]}-tare": "2", f"{lots[0]}-note": "好"}

    first, second = send(scale, trip, data), send(scale, trip, data)

    [receipt] = GoodsReceipt.objects.all()
    assert first.json() == second.json() == {
        "to": reverse("receipt-sign", args=[receipt.pk]), "number": receipt.number,
    }  # fmt: skip
    assert list(receipt.lines.order_by("allocation_id").values_list("net_g", flat=True)) == [40 * KG, 60 * KG]


def test_a_refusal_names_the_lot_and_what_is_mended_goes_under_the_same_key(scale, trip, lots):
    data = typed(lots, "40", "30")

    refused = send(scale, trip, data)

    assert refused.status_code == 400 and refused.json()["lot"] == lots[1] and "60" in refused.json()["message"]
    assert send(scale, trip, data | {f"{lots[1]}-reason": "short"}).status_code == 200


def test_an_amount_that_cannot_be_read_and_a_lost_key_are_said(scale, trip, lots):
    unread = send(scale, trip, typed(lots, "很多", "60"))

    assert (
        unread.status_code == 400 and unread.json()["lot"] == lots[0] and unread.json()["message"].startswith("包菜：")
    )
    assert send(scale, trip, typed(lots, "40", "60", key="none")).status_code == 400
    assert not GoodsReceipt.objects.exists()


def test_who_was_quicker_is_said_and_the_same_phone_again_too(scale, trip, lots, receiver_wang, receiver_sun):
    weights = dict.fromkeys(lots, Weighed(40_000, reason="short"))
    weights[lots[0]] = Weighed(40_000)
    receipt = receiving.weigh(trip, weights, by=receiver_sun, at=THURSDAY)

    late = send(scale, trip, typed(lots, "40", "60"))

    assert late.status_code == 409 and late.json()["code"] == "weighed_meanwhile"
    assert receiver_sun.person.name in late.json()["message"] and receipt.number in late.json()["message"]
    assert late.json()["receipt"] == reverse("receipt-detail", args=[receipt.pk])
    mine = login(Client(), receiver_sun)
    assert "你" in send(mine, trip, typed(lots, "40", "60")).json()["message"]


def test_the_page_of_another_person_sends_nothing(scale, trip, lots, receiver_sun):
    refused = send(scale, trip, typed(lots, "40", "60"), **{"Draft-Owner": str(receiver_sun.pk)})

    assert refused.status_code == 409 and refused.json()["code"] == "other_person"
    assert not GoodsReceipt.objects.exists()


def test_photos_come_in_halves_and_before_what_they_show(scale, trip, lots, photo):
    half = len(photo) // 2
    digest = hashlib.sha256(photo).hexdigest()
    data = typed(lots, "40", "60", shown=f"refused:{lots[1]} {digest}")
    data |= {f"{lots[1]}-refused": "6", f"{lots[1]}-reason": "rotten"}

    early = send(scale, trip, data)
    first = send_photo(scale, trip, lots[1], "refused", photo[:half], offset=0, whole=photo)
    again = send_photo(scale, trip, lots[1], "refused", photo[:half], offset=0, whole=photo)
    last = send_photo(scale, trip, lots[1], "refused", photo[half:], offset=half, whole=photo)
    twice = send_photo(scale, trip, lots[1], "refused", photo[half:], offset=half, whole=photo)

    assert early.json()["code"] == "photos_on_the_way"
    assert first.json() == {"have": half} and again.json()["have"] == half and again.status_code == 409
    assert "to" in last.json() and "to" in twice.json()
    assert send(scale, trip, data).status_code == 200
    receipt = GoodsReceipt.objects.get()
    assert Attachment.objects.filter(document=receipt.reference, role=f"refused:{lots[1]}").count() == 1


def test_a_photo_of_a_lot_of_another_trip_or_of_something_else_has_no_place(scale, trip, lots, photo):
    assert send_photo(scale, trip, lots[1] + 1000, "scale", photo, offset=0, whole=photo).status_code == 404
    assert send_photo(scale, trip, lots[1], "else", photo, offset=0, whole=photo).status_code == 404


def test_a_photo_after_the_receipt_is_refused_in_words(scale, trip, lots, photo):
    assert send(scale, trip, typed(lots, "40", "60")).status_code == 200

    late = send_photo(scale, trip, lots[0], "scale", photo, offset=0, whole=photo)

    assert late.status_code == 400 and late.json()["code"] == "illegal_move"


def test_the_page_of_the_scale_holds_the_forms_of_all_lots_and_shows_one(scale, trip, lots):
    page = scale.get(reverse("delivery-accept", args=[trip.pk])).content.decode()

    assert page.count('data-lot="') == 2 and page.count('id="scale-form"') == 1
    assert page.count('name="csrfmiddlewaretoken"') >= 3
    assert f'id="id_{lots[1]}_gross"' in page
