"""Pages and API of goods sent back, for both sides and the county."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from orders.models import GoodsReturn
from orders.services import returning
from tests import factories
from tests.factories import THURSDAY, login
from tests.orders.steps import KG, a_stored_photo, wish

pytestmark = pytest.mark.django_db
FRIDAY = THURSDAY + dt.timedelta(days=1)


@pytest.fixture
def line(story, cabbage_of_xiuying, now):
    now["at"] = FRIDAY
    receipt = story.signed(wish((cabbage_of_xiuying, 50)))
    return receipt.lines.select_related("receipt__delivery", "allocation__listing__produce").get()


@pytest.fixture
def row(line, receiver_wang):
    photos = [a_stored_photo(receiver_wang, FRIDAY)]
    return returning.ask_return(
        line, grams=10 * KG, reason="rotten", words="菜心发黑", photos=photos, by=receiver_wang, at=FRIDAY
    )


def a_photo():
    box = io.BytesIO()
    Image.new("RGB", (64, 48), "#445544").save(box, "JPEG")
    return SimpleUploadedFile("goods.jpg", box.getvalue(), "image/jpeg")


def typed(**more):
    return {"idem": "6b3c6bb0-0f4c-4a52-8f0a-3e9f8a6d3b01"} | more


def test_a_receiver_asks_from_the_receipt(client, line, receiver_wang):
    login(client, receiver_wang)
    page = reverse("return-ask", args=[line.receipt_id, line.pk])
    assert page in client.get(reverse("receipt-detail", args=[line.receipt_id])).content.decode()
    assert client.get(page).status_code == 200

    sent = client.post(page, typed(weight="10", reason="rotten", words="菜心发黑", photo=a_photo()))

    row = GoodsReturn.objects.get()
    assert sent.headers["Location"] == reverse("return-detail", args=[row.pk])
    assert (row.asked_g, row.reason, row.words) == (10 * KG, "rotten", "菜心发黑")
    assert "菜心发黑" in client.get(sent.headers["Location"]).content.decode()
    assert row.number in client.get(reverse("return-list")).content.decode()


def test_the_seller_takes_back_less_on_the_page(client, row, xiuying):
    login(client, xiuying)
    assert "还能不能再卖" in client.get(reverse("return-detail", args=[row.pk])).content.decode()
    page = reverse("return-agree", args=[row.pk])
    assert client.post(page, typed(weight="4", fate="free")).status_code == 400

    assert client.post(page, typed(weight="4", fate="free", words="只坏了四公斤")).status_code == 302

    row.refresh_from_db()
    assert (row.status, row.agreed_g) == ("agreed", 4 * KG)
    assert "6.40" in client.get(reverse("return-detail", args=[row.pk])).content.decode()


def test_a_cadre_says_how_the_household_agreed(client, row, cadre_liu):
    login(client, cadre_liu)
    page = reverse("return-agree", args=[row.pk])
    assert client.post(page, typed(fate="free")).status_code in (400, 409)
    assert client.post(page, typed(fate="free", consent="phone")).status_code == 302
    row.refresh_from_db()
    assert row.status == "agreed"


def test_what_is_contested_the_county_decides_on_its_page(client, row, xiuying, relief_clerk, receiver_wang):
    login(client, xiuying)
    client.post(reverse("return-contest", args=[row.pk]), typed(words="送到时是好的"))
    login(client, receiver_wang)
    assert client.post(reverse("return-decide", args=[row.pk]), typed(weight="10", words="退")).status_code == 403
    login(client, relief_clerk)
    assert "送到时是好的" in client.get(reverse("return-detail", args=[row.pk])).content.decode()

    client.post(reverse("return-decide", args=[row.pk]), typed(weight="0", words="看不出坏"))

    row.refresh_from_db()
    assert (row.status, row.decision) == ("refused", "看不出坏")


def test_the_buyer_keeps_the_goods_after_all(client, row, receiver_wang):
    login(client, receiver_wang)
    assert client.post(reverse("return-withdraw", args=[row.pk]), typed()).status_code == 302
    row.refresh_from_db()
    assert row.status == "withdrawn"


def test_programs_do_the_same(client, line, receiver_wang, xiuying, relief_clerk):
    def call(name, *args, who, key, **data):
        login(client, who)
        more = {"data": data} if "photo" in data else {"data": data, "content_type": "application/json"}
        return client.post(reverse(name, args=args), **more, headers={"Idempotency-Key": key})

    asked = [
        call("api-return-ask", line.receipt_id, line.pk, who=receiver_wang, key=f"a{kg}", kg=kg, reason="grade",
             words="不是一级", photo=a_photo()).json()["id"]
        for kg in ("1", "2", "3")
    ]  # fmt: skip
    call("api-return-agree", asked[0], who=xiuying, key="b", fate="free")
    call("api-return-contest", asked[1], who=xiuying, key="c", words="是一级")
    decided = call("api-return-decide", asked[1], who=relief_clerk, key="d", kg="2", words="照片上看得清")
    call("api-return-withdraw", asked[2], who=receiver_wang, key="e")

    assert (decided.json()["status"], decided.json()["refund"]) == ("agreed", "3.20")
    login(client, xiuying)
    rows = client.get(reverse("api-return-list")).json()["results"]
    assert [row["status"] for row in rows] == ["withdrawn", "agreed", "agreed"]
    assert client.get(reverse("api-return-detail", args=[asked[0]])).json()["agreed_kg"] == "1"


def test_neighbours_and_other_receivers_see_no_return(client, row, guiying, hospital):
    login(client, guiying)
    assert client.get(reverse("return-detail", args=[row.pk])).status_code == 404
    assert client.get(reverse("api-return-detail", args=[row.pk])).status_code == 404


class TestHomes:
    """Whose turn it is reads it on the first page."""

    def test_a_farmer(self, client, row, xiuying):
        login(client, xiuying)
        assert reverse("return-detail", args=[row.pk]) in client.get("/").content.decode()

    def test_a_co_operative_for_what_it_sells(
        self, client, story, coop, coop_manager, xiuying_household, cabbage, receiver_wang, now
    ):
        now["at"] = FRIDAY
        factories.a_mandate(xiuying_household, coop)
        receipt = story.signed(wish((factories.a_listing(xiuying_household, cabbage, by=coop_manager), 50)))
        line = receipt.lines.select_related("receipt__delivery", "allocation__listing__produce").get()
        photos = [a_stored_photo(receiver_wang, FRIDAY)]
        row = returning.ask_return(
            line, grams=KG, reason="rotten", words="坏了", photos=photos, by=receiver_wang, at=FRIDAY
        )
        login(client, coop_manager)
        assert reverse("return-detail", args=[row.pk]) in client.get("/").content.decode()

    @pytest.mark.parametrize("role", ["relief_clerk", "bureau_approver"])
    def test_who_decides(self, client, row, xiuying, bureau, role):
        login(client, factories.a_user("郭主任", role, bureau))
        page = reverse("return-detail", args=[row.pk])
        assert page not in client.get("/").content.decode()

        returning.contest_return(row, words="交货时是好的", by=xiuying, at=FRIDAY)

        assert page in client.get("/").content.decode()
