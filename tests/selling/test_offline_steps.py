"""What a phone keeps to sell without a net: the steps of the own household, nameless, and another set for everybody."""

import gzip
import re
import uuid

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse

from catalog.models import Listing
from kernel import clock
from produce.models import ReferencePrice
from produce.services.dictionary import load
from records.models import StoredFile
from selling.models import ListingDraft
from selling.services.drafts import begin
from tests.factories import login
from tests.selling.test_selling import a_photo

pytestmark = pytest.mark.django_db
JSON = {"headers": {"Accept": "application/json"}}
NO_DRAFT = str(uuid.UUID(int=0))


@pytest.fixture
def farmer(client, xiuying):
    return login(client, xiuying)


def kept_at(client, path: str) -> str:
    """Return where a page says that the steps lie; empty where it says nothing."""
    found = re.search(r'data-offline="([^"]+)"', client.get(path).content.decode())
    return found[1] if found else ""


def test_the_four_steps_come_in_one_answer_with_a_key_to_be_replaced_and_without_a_name(farmer, xiuying):
    load()
    answer = farmer.get(kept_at(farmer, f"/sell/d/{uuid.uuid4()}/"))

    pages = answer.json()
    assert set(pages) == {"photo", "produce", "quantity", "head"}
    for name, page in pages.items():
        assert "data-shell" in page and f'data-draft="{NO_DRAFT}"' in page, name
        assert xiuying.person.name not in page and xiuying.phone not in page, name
        assert set(re.findall(r"/sell/d/([0-9a-f-]{36})/", page)) == {NO_DRAFT}, name
        assert page.count("<h1") == 1, name
    assert 'value="piece"' in pages["head"] and "data-unit" not in pages["head"]
    assert len(gzip.compress(answer.content)) <= 14_000
    assert not ListingDraft.objects.exists()


def test_every_produce_that_may_be_sold_is_among_them_with_price_and_weight_of_a_head(farmer):
    load()
    from produce.models import Produce

    cabbage, duck = Produce.objects.get(code="cabbage"), Produce.objects.get(code="duck")
    ReferencePrice.objects.create(produce=cabbage, day=clock.county_day(clock.now()), source="县城市场", avg_fen=80)

    page = farmer.get(reverse("sell-offline")).json()["produce"]

    allowed = set(Produce.objects.filter(forbidden=False).values_list("code", flat=True))
    assert set(re.findall(r'name="produce" value="(\w+)"', page)) == allowed
    assert "cabbage=0.80" in page and re.search(rf'data-each="[^"]*{duck.code}=\d', page)


def test_the_steps_lie_elsewhere_for_another_person_and_after_a_release(client, xiuying, guiying, monkeypatch):
    first = kept_at(login(client, xiuying), f"/sell/d/{uuid.uuid4()}/")
    assert first == kept_at(client, "/")
    assert str(xiuying.pk) not in first

    other = kept_at(login(client, guiying), f"/sell/d/{uuid.uuid4()}/")
    monkeypatch.setattr(staticfiles_storage, "manifest_hash", "0123456789ab", raising=False)
    released = kept_at(client, f"/sell/d/{uuid.uuid4()}/")

    assert len({first, other, released}) == 3


def test_goods_of_others_are_not_sold_without_a_net(client, cadre_liu, xiuying_household, olga, cabbage):
    login(client, cadre_liu)
    key = uuid.uuid4()
    client.post(reverse("sell-for"), {"owner": f"household:{xiuying_household.pk}", "idem": key.hex})

    for name in ("sell-draft", "sell-produce"):
        page = client.get(reverse(name, args=[key])).content.decode()
        assert "data-others" in page and "data-offline" not in page
    assert client.get(reverse("sell-offline")).status_code == 403
    assert login(client, olga).get(reverse("sell-offline")).status_code == 403


def test_the_worker_is_small_and_stands_at_the_root_for_everybody(client):
    answer = client.get("/sw.js")

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert len(gzip.compress(answer.content)) <= 3_000


def test_a_sale_finished_without_a_net_arrives_step_by_step(farmer, cabbage):
    draft = uuid.uuid4()
    there = reverse("sell-quantity", args=[draft])
    filled = {"quantity_0": "200", "quantity_1": "jin", "price": "0.80", "harvested_on": ""}

    early = farmer.post(there, filled, **JSON)
    chosen = farmer.post(reverse("sell-produce", args=[draft]), {"produce": "cabbage"}, **JSON)
    done = [farmer.post(there, filled, **JSON).json() for _time in range(2)]

    assert early.status_code == 404
    assert chosen.json() == {"to": there}
    assert done == [{"to": reverse("listing-receipt", args=[Listing.objects.get().pk])}] * 2


@pytest.mark.parametrize("begun", [False, True])
def test_what_the_page_of_one_person_sends_after_another_signed_in_is_kept_for_the_first(
    client, xiuying, xiuying_household, guiying, cabbage, begun
):
    draft = uuid.uuid4()
    steps = {
        reverse("sell-draft", args=[draft]): {"photo": a_photo()},
        reverse("sell-produce", args=[draft]): {"produce": "cabbage"},
        reverse("sell-quantity", args=[draft]): {"quantity_0": "200", "quantity_1": "jin", "price": "0.80"},
        reverse("sell-photo", args=[draft, "a" * 64]): {},
    }
    if begun:
        begin(draft, household=xiuying_household, by=xiuying)
    login(client, guiying)

    for there, form in steps.items():
        answer = client.post(there, form, headers={"Accept": "application/json", "Draft-Owner": str(xiuying.pk)})
        assert (answer.status_code, answer.json()["code"]) == (409, "other_person"), there
        assert answer.json()["message"] == "这部手机现在是别人登录的。东西都存着，你再登录就自己传。"

    assert not Listing.objects.exists() and not StoredFile.objects.exists()
    assert ListingDraft.objects.filter(produce=None, photo=None).count() == begun


def test_what_the_own_page_sends_is_taken_and_so_is_what_a_browser_without_script_sends(farmer, xiuying, cabbage):
    for headers in ({"Draft-Owner": str(xiuying.pk)}, {}):
        there = reverse("sell-produce", args=[uuid.uuid4()])
        assert farmer.post(there, {"produce": "cabbage"}, headers=headers).status_code == 302
    assert ListingDraft.objects.filter(by=xiuying, produce=cabbage).count() == 2


def test_what_somebody_is_to_be_told_is_told_on_the_next_page_and_not_kept_on_the_phone(farmer):
    farmer.post(reverse("sell-draft", args=[uuid.uuid4()]), {})
    told = "没收到照片。拍一张，或者不拍接着填。"

    assert told not in farmer.get(reverse("sell-offline")).content.decode()
    assert told in farmer.get(f"/sell/d/{uuid.uuid4()}/").content.decode()


def test_the_page_of_a_sale_that_is_still_on_the_phone_leads_to_its_first_question(client, xiuying, guiying, cabbage):
    there = reverse("sell-quantity", args=[uuid.uuid4()])

    answer = login(client, xiuying).get(there)

    assert answer.url == there.replace("quantity", "produce")
    assert client.get(answer.url).status_code == 200
    client.post(answer.url, {"produce": "cabbage"})
    assert login(client, guiying).get(there).status_code == 404


def test_asking_what_it_is_costs_few_queries(farmer, django_assert_max_num_queries):
    load()
    there = reverse("sell-produce", args=[uuid.uuid4()])
    farmer.get(there)
    with django_assert_max_num_queries(15):
        farmer.get(there)
    with django_assert_max_num_queries(15):
        farmer.get(reverse("sell-offline"))
