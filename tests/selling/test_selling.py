"""Selling over the web: photo, what it is, how much; without script and without photo too; nothing typed is lost."""

import datetime as dt
import hashlib
import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from accounts.models import Consent, Message
from catalog.models import Listing
from kernel import clock
from produce.models import ReferencePrice
from produce.services.dictionary import load
from records.models import Attachment, StoredFile
from selling.models import ListingDraft
from tests.factories import a_listing, login

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def farmer(client, xiuying):
    return login(client, xiuying)


@pytest.fixture
def today(db):
    return clock.county_day(clock.now())


def a_photo(name="货.jpg", colour="green"):
    box = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(box, "JPEG")
    return SimpleUploadedFile(name, box.getvalue(), "image/jpeg")


def begun(client) -> uuid.UUID:
    """Return the key of a draft, as the address bar shows it."""
    return uuid.UUID(client.get(reverse("sell")).url.rstrip("/").rsplit("/", 1)[-1])


def up_to_quantity(client, produce="cabbage") -> str:
    draft = begun(client)
    client.post(reverse("sell-produce", args=[draft]), {"produce": produce})
    return reverse("sell-quantity", args=[draft])


FILLED = {"quantity_0": "200", "quantity_1": "jin", "price": "0.80"}


def test_from_the_photo_to_the_receipt(farmer, cabbage, xiuying_household):
    taken = farmer.post(reverse("sell"), {"photo": a_photo(), "idem": uuid.uuid4().hex})
    draft = ListingDraft.objects.get()
    assert taken.url == reverse("sell-produce", args=[draft.pk])
    shown = farmer.get(taken.url)
    assert "包菜" in shown.content.decode()

    chosen = farmer.post(taken.url, {"produce": "cabbage"})
    assert farmer.get(chosen.url).status_code == 200
    listed = farmer.post(chosen.url, FILLED)

    lot = Listing.objects.get()
    assert listed.url == reverse("listing-receipt", args=[lot.pk])
    assert (lot.household, lot.listed, lot.price_fen, lot.by_proxy) == (xiuying_household, 100_000, 80, False)
    assert lot.cover == StoredFile.objects.get()
    receipt = farmer.get(listed.url).content.decode()
    assert lot.number in receipt and "200" in receipt


def test_it_works_without_a_photo(farmer, cabbage):
    address = up_to_quantity(farmer)

    assert farmer.post(address, FILLED).status_code == 302
    assert Listing.objects.get().cover is None


def test_sent_twice_it_is_one_lot_and_the_same_receipt(farmer, cabbage):
    address = up_to_quantity(farmer)

    first = farmer.post(address, FILLED)
    second = farmer.post(address, FILLED | {"quantity_0": "500"})

    assert first.url == second.url
    assert Listing.objects.count() == 1
    assert farmer.get(address).url == first.url


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("quantity_0", "NaN"),
        ("quantity_0", "-5"),
        ("quantity_0", "0"),
        ("quantity_0", "1e5"),
        ("quantity_0", "1_000"),
        ("quantity_0", "٣"),
        ("quantity_0", "9" * 30),
        ("quantity_0", "200公斤"),
        ("quantity_0", "两三百"),
        ("quantity_1", "chi"),
        ("quantity_1", ""),
        ("price", "0"),
        ("price", "0.001"),
        ("price", "99999999"),
        ("price", "Infinity"),
        ("harvested_on", "2026-02-30"),
        ("harvested_on", "2099-01-01"),
        ("harvested_on", "2001-01-01"),
    ],
)
def test_what_cannot_be_read_is_said_and_kept_and_nothing_is_listed(farmer, cabbage, field, typed):
    address = up_to_quantity(farmer)

    answer = farmer.post(address, FILLED | {field: typed})

    assert answer.status_code == 400
    text = answer.content.decode()
    assert "error-summary" in text
    if field != "quantity_1":
        assert f'value="{typed}"' in text
    assert 'value="200"' in text or field == "quantity_0"
    assert not Listing.objects.exists()


@pytest.mark.parametrize(
    ("typed", "unit", "grams"),
    [
        ("１２.５", "jin", 6_250),
        ("两百", "jin", 100_000),
        ("一百五", "jin", 75_000),
        ("100", "kg", 100_000),
        ("40。5", "kg", 40_500),
    ],
)
def test_what_people_do_write_is_read(farmer, cabbage, typed, unit, grams):
    farmer.post(up_to_quantity(farmer), FILLED | {"quantity_0": typed, "quantity_1": unit})

    assert Listing.objects.get().listed == grams


def test_ducks_are_sold_by_the_head(farmer, duck):
    address = up_to_quantity(farmer, "duck")
    assert "data-unit" not in farmer.get(address).content.decode()

    farmer.post(address, {"quantity_0": "12", "quantity_1": "piece", "price": "17"})

    lot = Listing.objects.get()
    assert (lot.stock_unit, lot.listed) == ("piece", 12)


def test_an_unusual_amount_is_asked_about_once(farmer, cabbage, xiuying_household, xiuying):
    a_listing(xiuying_household, cabbage, kg=100, by=xiuying, at=clock.now())
    address = up_to_quantity(farmer)

    asked = farmer.post(address, FILLED | {"quantity_0": "2000"})

    assert asked.status_code == 400
    assert 'name="sure"' in asked.content.decode() and 'value="2000"' in asked.content.decode()
    assert Listing.objects.count() == 1
    assert farmer.post(address, FILLED | {"quantity_0": "2000", "sure": "on"}).status_code == 302
    assert Listing.objects.count() == 2


def test_jin_and_kilograms_mixed_up_is_asked_about_once(farmer, cabbage, today):
    ReferencePrice.objects.create(produce=cabbage, day=today, source="县城市场", avg_fen=160)
    address = up_to_quantity(farmer)

    assert farmer.post(address, FILLED).status_code == 400
    assert not Listing.objects.exists()

    assert farmer.post(address, FILLED | {"sure": "on"}).status_code == 302


def test_a_high_price_asks_for_its_reason_beside_the_field(farmer, cabbage, today):
    ReferencePrice.objects.create(produce=cabbage, day=today, source="县城市场", avg_fen=50)
    address = up_to_quantity(farmer)

    asked = farmer.post(address, FILLED | {"sure": "on"})
    assert asked.status_code == 400 and 'name="price_reason"' in asked.content.decode()

    assert farmer.post(address, FILLED | {"price_reason": "有机种植"}).status_code == 302
    assert Listing.objects.get().price_reason == "有机种植"


def test_what_is_handed_over_at_least_is_said_while_listing(farmer, cabbage):
    address = up_to_quantity(farmer)

    assert "至少多少斤起送" in farmer.get(address).content.decode()
    assert "起送数不能比这还多" in farmer.post(address, FILLED | {"smallest": "9999"}).content.decode()
    assert farmer.post(address, FILLED | {"smallest": "10"}).status_code == 302
    assert Listing.objects.get().smallest == 5_000


def test_a_coming_harvest_is_announced_with_its_days(farmer, cabbage, today):
    first, last = today + dt.timedelta(7), today + dt.timedelta(12)
    address = up_to_quantity(farmer)

    form = {"ready": "coming", "expected_from": first, "expected_to": last, "harvested_on": today}
    assert farmer.post(address, FILLED | form).status_code == 302

    lot = Listing.objects.get()
    assert (lot.harvested_on, lot.expected_from, lot.expected_to) == (None, first, last)
    assert "先报上了" in farmer.get(reverse("listing-receipt", args=[lot.pk])).content.decode()


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"ready": "coming"}, "expected_from"),
        ({"ready": "coming", "expected_from": "2001-01-01"}, "expected_from"),
        ({"ready": "coming", "expected_from": "2026-02-30"}, "expected_from"),
        ({"ready": "perhaps"}, "ready"),
        ({"storage": "fridge"}, "storage"),
    ],
)
def test_a_harvest_or_a_place_that_cannot_be_meant_is_asked_again(farmer, cabbage, form, field):
    answer = farmer.post(up_to_quantity(farmer), FILLED | form)

    assert answer.status_code == 400
    assert field in answer.context["form"].errors
    assert answer.context["details_open"]  # nobody has to unfold what is wrong
    assert not Listing.objects.exists()


def test_kept_cold_it_keeps_longer(farmer, cabbage, today):
    farmer.post(up_to_quantity(farmer), FILLED | {"storage": "cold"})

    lot = Listing.objects.get()
    assert lot.storage == "cold"
    assert lot.sell_by == today + dt.timedelta(cabbage.shelf_days_cold)


def test_boxes_are_counted_with_what_one_holds(farmer, cabbage):
    cabbage.packs = ["box"]
    cabbage.save()
    address = up_to_quantity(farmer)
    boxes = FILLED | {"quantity_0": "15", "quantity_1": "box"}

    for missing in ("", "0", "x"):
        refused = farmer.post(address, boxes | {"pack": missing})
        assert refused.status_code == 400
        assert set(refused.context["form"].errors) == {"pack"}
    assert not Listing.objects.exists()
    assert farmer.post(address, boxes | {"pack": "20"}).status_code == 302

    lot = Listing.objects.get()
    assert (lot.listed, lot.typed_quantity, lot.typed_unit, lot.pack_g) == (150_000, "15", "box", 10_000)
    again = farmer.get(farmer.get(reverse("sell"), {"again": lot.pk}).url)
    assert again.context["unit"] == "box" and again.context["pack"].value() == "20"


def test_a_bag_of_goods_that_are_not_sold_in_bags_is_no_unit(farmer, cabbage):
    answer = farmer.post(up_to_quantity(farmer), FILLED | {"quantity_1": "bag", "pack": "20"})

    assert answer.status_code == 400
    assert not Listing.objects.exists()


JSON = {"headers": {"accept": "application/json"}}


def test_a_photo_sent_behind_the_page_is_kept_once_however_often_it_comes(farmer, cabbage):
    draft = uuid.uuid4()
    camera = "a" * 64

    for _again in range(2):
        answer = farmer.post(reverse("sell-draft", args=[draft]), {"photo": a_photo(), "photo_sha256": camera}, **JSON)
        assert answer.json() == {"to": reverse("sell-produce", args=[draft])}

    photo = StoredFile.objects.get()
    assert ListingDraft.objects.get().photo == photo
    assert photo.facts["camera_sha256"] == camera


def test_a_photo_chosen_again_after_another_is_the_photo_again(farmer, cabbage):
    there = reverse("sell-draft", args=[begun(farmer)])

    for colour in ("green", "red", "green"):
        answer = farmer.post(there, {"photo": a_photo(colour=colour)}, **JSON)
        assert answer.status_code == 200

    assert ListingDraft.objects.get().photo.sha256 == hashlib.sha256(a_photo(colour="green").read()).hexdigest()
    assert StoredFile.objects.count() == 2


@pytest.mark.parametrize("claimed", ["", "A" * 64, "a" * 63, "../../etc", "0" * 65])
def test_what_is_no_fingerprint_is_not_written_down(farmer, claimed):
    farmer.post(reverse("sell-draft", args=[uuid.uuid4()]), {"photo": a_photo(), "photo_sha256": claimed}, **JSON)

    assert "camera_sha256" not in StoredFile.objects.get().facts


def test_a_photo_that_comes_after_the_sale_becomes_the_lots_picture(farmer, cabbage):
    address = up_to_quantity(farmer)
    farmer.post(address, FILLED)
    draft, lot = ListingDraft.objects.get(), Listing.objects.get()
    assert lot.cover is None

    answer = farmer.post(reverse("sell-draft", args=[draft.pk]), {"photo": a_photo()}, **JSON)
    farmer.post(reverse("sell-draft", args=[draft.pk]), {"photo": a_photo(colour="red")}, **JSON)

    assert answer.status_code == 200
    lot.refresh_from_db()
    first = StoredFile.objects.order_by("at").first()
    assert lot.cover == first
    assert Attachment.objects.filter(document=lot.reference, role="listing").count() == 2


def test_nobody_puts_a_photo_on_somebody_elses_lot(client, cabbage, xiuying, guiying):
    login(client, xiuying)
    client.post(up_to_quantity(client), FILLED)
    draft = ListingDraft.objects.get()
    login(client, guiying)

    answer = client.post(reverse("sell-draft", args=[draft.pk]), {"photo": a_photo()}, **JSON)

    assert answer.status_code == 404
    assert not StoredFile.objects.exists()


def test_a_script_is_told_where_to_go_and_what_is_wrong_with_a_photo(farmer, cabbage):
    draft = begun(farmer)

    bad = farmer.post(
        reverse("sell-draft", args=[draft]), {"photo": SimpleUploadedFile("x.jpg", b"%!PS", "image/jpeg")}, **JSON
    )
    none = farmer.post(reverse("sell-draft", args=[draft]), {}, **JSON)
    chosen = farmer.post(reverse("sell-produce", args=[draft]), {"produce": "cabbage"}, **JSON)
    wrong = farmer.post(reverse("sell-quantity", args=[draft]), FILLED | {"price": "x"}, **JSON)
    done = farmer.post(reverse("sell-quantity", args=[draft]), FILLED, **JSON)
    again = farmer.post(reverse("sell-quantity", args=[draft]), FILLED, **JSON)

    assert (bad.status_code, none.status_code) == (400, 400) and bad.json()["message"] and none.json()["message"]
    assert chosen.json() == {"to": reverse("sell-quantity", args=[draft])}
    assert wrong.status_code == 400 and wrong["Content-Type"].startswith("text/html")
    assert done.json() == again.json() == {"to": reverse("listing-receipt", args=[Listing.objects.get().pk])}


def test_a_first_page_kept_by_the_browser_begins_another_sale(farmer, cabbage):
    address = up_to_quantity(farmer)
    farmer.post(address, FILLED)
    old = ListingDraft.objects.get()

    taken = farmer.post(reverse("sell"), {"photo": a_photo(), "idem": old.pk.hex})

    new = ListingDraft.objects.exclude(pk=old.pk).get()
    assert taken.url == reverse("sell-produce", args=[new.pk])
    old.refresh_from_db()
    assert old.photo is None


def test_tobacco_is_refused_with_its_reason(farmer):
    load()
    draft = begun(farmer)

    answer = farmer.post(reverse("sell-produce", args=[draft]), {"produce": "tobacco"})

    assert answer.status_code == 409
    assert "专卖" in answer.content.decode()
    assert ListingDraft.objects.get().produce is None


@pytest.mark.parametrize("asked", ["黄 秀英", "黄　秀", "秀\u200b英", "黃秀英", "黄\u2009秀英"], ids=ascii)
def test_a_household_is_found_however_its_name_is_typed(client, cadre_liu, xiuying_household, asked):
    page = login(client, cadre_liu).get(reverse("sell-for"), {"q": asked})

    assert len(page.context["households"]) == 1


def test_eight_pictures_then_all_then_a_search(farmer, xiuying_household, xiuying):
    load()
    from produce.models import Produce

    honey = Produce.objects.get(code="honey")
    a_listing(xiuying_household, honey, kg=5, price_fen=6000, by=xiuying, at=clock.now())
    address = reverse("sell-produce", args=[begun(farmer)])

    first = [word.code for word in farmer.get(address).context["groups"][0].words]
    assert len(first) == 8 and first[0] == "honey"
    assert sum(len(group.words) for group in farmer.get(address, {"all": 1}).context["groups"]) > 45
    assert farmer.get(address, {"q": "hxg"}).status_code == 200
    assert farmer.get(address, {"q": "baocai"}).context["groups"][0].words[0].code == "cabbage"


def test_the_same_again_is_three_taps(farmer, cabbage, xiuying_household, xiuying):
    lot = a_listing(xiuying_household, cabbage, kg=100, by=xiuying, at=clock.now())

    step = farmer.get(reverse("sell"), {"again": lot.pk}).url  # tap 1: 再挂一样
    page = farmer.get(step).content.decode()
    assert 'value="100"' in page and 'value="0.80"' in page
    done = farmer.post(step, {"quantity_0": "150", "quantity_1": "kg", "price": "0.80"})  # taps 2 and 3

    assert done.status_code == 302
    assert Listing.objects.order_by("-pk").first().listed == 150_000


@pytest.mark.parametrize("again", ["x", "-1", "9" * 30, "0", "１"])
def test_the_same_again_of_nothing_is_not_found(farmer, again):
    assert farmer.get(reverse("sell"), {"again": again}).status_code == 404


def test_a_photo_that_cannot_be_opened_is_asked_for_again_and_the_draft_stays(farmer, cabbage):
    draft = begun(farmer)

    answer = farmer.post(
        reverse("sell-draft", args=[draft]),
        {"photo": SimpleUploadedFile("x.jpg", b"%!PS-Adobe", "image/jpeg")},
        follow=True,
    )

    assert answer.redirect_chain[-1][0] == reverse("sell-draft", args=[draft])
    assert len(answer.context["messages"]) == 1
    assert ListingDraft.objects.get().photo is None and not StoredFile.objects.exists()


def test_a_draft_belongs_to_whoever_began_it(client, cabbage, xiuying, guiying):
    login(client, xiuying)
    address = up_to_quantity(client)
    login(client, guiying)

    for name in ("sell-draft", "sell-produce", "sell-quantity"):
        there = reverse(name, args=[ListingDraft.objects.get().pk])
        assert client.get(there).status_code == 404
        assert client.post(there, FILLED).status_code == 404
    assert client.post(address, FILLED).status_code == 404
    assert not Listing.objects.exists()


def test_who_has_no_household_sells_nothing(client, olga, chef_chen):
    for user in (olga, chef_chen):
        login(client, user)
        assert client.get(reverse("sell")).status_code == 403
        assert client.get(reverse("sell-for")).status_code == 403
        assert client.get(reverse("my-listings")).status_code == 403


def test_a_cadre_lists_for_a_household_of_the_village(client, cadre_liu, xiuying_household, cabbage):
    login(client, cadre_liu)
    page = client.get(reverse("sell-for"))
    assert "黄秀英" in page.content.decode()

    chosen = client.post(reverse("sell-for"), {"owner": f"household:{xiuying_household.pk}", "idem": uuid.uuid4().hex})
    draft = ListingDraft.objects.get()
    assert chosen.url == reverse("sell-draft", args=[draft.pk])
    client.post(reverse("sell-produce", args=[draft.pk]), {"produce": "cabbage"})
    address = reverse("sell-quantity", args=[draft.pk])
    assert client.post(address, FILLED).status_code == 400  # how did it agree?
    assert client.post(address, FILLED | {"consent": "phone"}).status_code == 302

    lot = Listing.objects.get()
    assert (lot.household, lot.by_proxy, lot.made_by) == (xiuying_household, True, cadre_liu)
    assert Consent.objects.get().how == "phone"
    assert Message.objects.get().household == xiuying_household


def test_a_cadre_lists_for_nobody_elses_village(client, cadre_liu, other_village):
    from tests.factories import a_household

    stranger = a_household(other_village)
    login(client, cadre_liu)

    for owner in (f"household:{stranger.pk}", "household:x", "cooperative:1", "", "household:" + "9" * 40):
        answer = client.post(reverse("sell-for"), {"owner": owner, "idem": uuid.uuid4().hex})
        assert answer.status_code == 404
    assert not ListingDraft.objects.exists()


def test_a_manager_lists_the_cooperatives_own_goods(client, coop_manager, coop, cabbage):
    login(client, coop_manager)
    client.post(reverse("sell-for"), {"owner": f"cooperative:{coop.pk}", "idem": uuid.uuid4().hex})
    draft = ListingDraft.objects.get()
    client.post(reverse("sell-produce", args=[draft.pk]), {"produce": "cabbage"})

    assert client.post(reverse("sell-quantity", args=[draft.pk]), FILLED).status_code == 302

    lot = Listing.objects.get()
    assert (lot.cooperative, lot.household) == (coop, None)
