"""What the order pages keep and give back: the photo of the scale, a reason that was forgotten, answers to change."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.urls import reverse
from PIL import Image

from canteens.services import load_default_tiers
from orders import permissions
from orders.models import GoodsReceipt, SettlementStatement
from orders.services.weighing import Weighed
from records.models import Attachment
from records.services import photos
from tests.factories import THURSDAY, login
from tests.orders.steps import wish
from tests.orders.test_pages import check_page, hidden, want
from tests.trips import order_of

pytestmark = pytest.mark.django_db


def a_photo(name: str = "scale.jpg", shade: int = 0) -> SimpleUploadedFile:
    box = io.BytesIO()
    Image.new("RGB", (640, 480), (68 + 40 * shade, 85, 68)).save(box, "JPEG")
    return SimpleUploadedFile(name, box.getvalue(), "image/jpeg")


def test_a_photo_of_the_scale_stays_with_its_lot_though_the_line_is_shown_again(
    client, now, story, cabbage_of_xiuying, receiver_wang, xiuying, guiying
):
    delivery = story.shipped(wish((cabbage_of_xiuying, 40)))
    lot = order_of(delivery).allocations.get()
    page = reverse("delivery-accept", args=[delivery.pk])
    now["at"] = THURSDAY
    login(client, receiver_wang)

    again = client.post(page, {"line": lot.pk, "gross": "", "photo": a_photo()})
    client.post(page, {"line": lot.pk, "gross": "40"})

    receipt = GoodsReceipt.objects.get()
    shown = Attachment.objects.get(document=receipt.reference)
    assert again.status_code == 400
    assert (shown.role, shown.by) == (f"scale:{lot.pk}", receiver_wang)
    url = reverse("receipt-photo", args=[receipt.pk, shown.file_id])
    assert url in client.get(reverse("receipt-sign", args=[receipt.pk])).content.decode()
    small = client.get(url, {"px": "240"})
    assert small.headers["Content-Type"] == "image/webp"
    assert b"".join(small.streaming_content)[:4] == b"RIFF"
    login(client, xiuying)
    assert client.get(url).status_code == 200
    login(client, guiying)
    assert client.get(url).status_code == 404


def test_goods_sent_back_are_shown_to_their_seller_or_nothing_is_weighed(
    client, now, story, cabbage_of_xiuying, receiver_wang, xiuying, guiying
):
    delivery = story.shipped(wish((cabbage_of_xiuying, 40)))
    lot = order_of(delivery).allocations.get()
    page = reverse("delivery-accept", args=[delivery.pk])
    now["at"] = THURSDAY
    login(client, receiver_wang)
    typed = {"line": lot.pk, "gross": "40", "refused": "6", "reason": "rotten"}

    without = client.post(page, typed)
    assert without.status_code == 400 and "要退的货请拍一张照片" in without.content.decode()
    assert not GoodsReceipt.objects.exists()
    client.post(page, typed | {"refused_photo": a_photo()})

    receipt = GoodsReceipt.objects.get()
    shown = Attachment.objects.get(document=receipt.reference)
    assert shown.role == f"refused:{lot.pk}"
    url = reverse("receipt-photo", args=[receipt.pk, shown.file_id])
    login(client, xiuying)
    assert client.get(url).status_code == 200
    assert url in client.get(reverse("sale-detail", args=[lot.pk])).content.decode()
    login(client, guiying)
    assert client.get(url).status_code == 404


def test_a_neighbour_on_the_same_receipt_sees_no_photo_of_others_goods(
    client, story, cabbage_of_xiuying, cabbage_of_guiying, xiuying, guiying
):
    weights = [Weighed(40_000, refused_g=1_000, reason="rotten"), Weighed(40_000)]
    receipt = story.weighed(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 40)), weights=weights)
    detail = reverse("receipt-detail", args=[receipt.pk])
    shown = Attachment.objects.get(document=receipt.reference)
    url = reverse("receipt-photo", args=[receipt.pk, shown.file_id])

    assert url in login(client, xiuying).get(detail).content.decode()
    login(client, guiying)
    assert client.get(detail).status_code == 200 and url not in client.get(detail).content.decode()
    assert permissions.access_receipt_photo(xiuying, receipt.pk, shown.file_id) == shown.file
    with pytest.raises(Http404):
        permissions.access_receipt_photo(guiying, receipt.pk, shown.file_id)


def test_what_is_no_photo_of_the_scale_is_said_and_nothing_is_weighed(
    client, now, story, cabbage_of_xiuying, receiver_wang
):
    delivery = story.shipped(wish((cabbage_of_xiuying, 40)))
    now["at"] = THURSDAY
    login(client, receiver_wang)
    typed = {"line": order_of(delivery).allocations.get().pk, "gross": "40", "photo": SimpleUploadedFile("x.jpg", b"x")}

    answer = client.post(reverse("delivery-accept", args=[delivery.pk]), typed)

    assert answer.status_code == 400
    assert str(photos.PhotoRefused.message) in answer.content.decode()
    assert not GoodsReceipt.objects.exists()


def test_a_payment_struck_out_without_a_reason_asks_for_it_where_it_belongs(
    client, now, story, cabbage_of_xiuying, treasurer_zhou, chair_tan
):
    story.signed(wish((cabbage_of_xiuying, 40)))
    statement = SettlementStatement.objects.get()
    login(client, treasurer_zhou)
    record = reverse("payment-record", args=[statement.pk])
    client.post(record, {"idem": hidden(client.get(record), "idem"), "voucher_number": "2026-7"})
    login(client, chair_tan)
    reject = reverse("payment-reject", args=[statement.pk])
    idem = hidden(client.get(reverse("payment-confirm", args=[statement.pk])), "idem")

    answer = client.post(reject, {"idem": idem, "why": ""})

    assert answer.status_code == 400
    assert "这里还没填。" in answer.content.decode()
    assert client.get(reject).url == reverse("payment-confirm", args=[statement.pk])
    assert list(statement.payable.payments.values_list("status", flat=True)) == ["prepared"]


def test_every_answer_on_the_check_page_leads_back_to_its_question_with_all_answers_kept(
    client, now, fund, chef_chen, cabbage_of_xiuying, cabbage_of_guiying
):
    load_default_tiers()
    login(client, chef_chen)

    rows = check_page(client, fund, ceiling="3.5").context["wanted"]
    form = client.get(rows[1].change_url).context["form"]

    assert [row.value for row in rows[:4]] == ["包菜", "150 公斤", "11 月 5 日", "3.50"]
    assert rows[1].change_url.endswith("#id_quantity")
    assert [form[name].value() for name in ("produce", "quantity", "on", "ceiling", "fund")] == [
        "cabbage", ["150", "kg"], "2026-11-05", "3.5", str(fund.pk)
    ]  # fmt: skip
    assert rows[-1].change_url.startswith("?") and "plan=" not in rows[-1].change_url
    assert want(fund)["quantity_0"] in rows[-1].change_url
