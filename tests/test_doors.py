"""Doors against those who were somebody once, who guess numbers, or who knock in ways no page does."""

import datetime as dt
import uuid

import pytest
from django.db.models import F
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import ADMINISTRATORS, Membership, Role, User
from catalog.models import Listing
from catalog.services import listings
from kernel import clock
from kernel.api_pages import KeysetPages
from records.models import Objection
from selling.models import ListingDraft
from tests import factories
from tests.county.world import addresses
from tests.factories import LONG_AGO, login
from tests.guards.rows import force
from tests.losses.steps import Story, a_lot, a_scheme
from tests.orders.steps import Story as Order
from tests.orders.steps import wish

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def leave(user):
    """End every post of this person as of today."""
    Membership.objects.filter(person=user.person).update(to_on=F("from_on") + dt.timedelta(days=1))


@pytest.fixture
def story(finance_bureau, director_lin, clerk_ma, cadre_wu, township_officer, inspector_he, inspector_xu, cabbage):
    """A claim of Xiuying's and who carries it."""
    cast = {"cadre": cadre_wu, "township": township_officer, "desk": clerk_ma, "approver": director_lin}
    return Story(cast, a_scheme(finance_bureau, director_lin, cabbage))


@pytest.fixture
def lot(xiuying, xiuying_household, cabbage):
    return a_lot(xiuying_household, cabbage, kg=100, by=xiuying)


@pytest.fixture
def school_order(school, treasurer_zhou, chef_chen, haulier, receiver_wang, receiver_sun):
    fund = factories.a_fund(school, yuan=10_000, by=treasurer_zhou)
    people = {"chef": chef_chen, "haulier": haulier, "weigher": receiver_wang, "signer": receiver_sun}
    return Order(school, fund, people)


# --- Who has left ---------------------------------------------------------------------------------


def test_a_session_of_a_closed_account_ends_at_its_next_request(client, xiuying):
    login(client, xiuying)
    assert client.get("/goods/").status_code == 200

    User.objects.filter(pk=xiuying.pk).update(is_active=False)

    assert client.get("/goods/").url == "/sign-in/?next=/goods/"
    assert client.get("/api/v1/claims/").status_code == 403


def test_a_cadre_who_has_left_sees_and_moves_no_claim_filed_for_others(client, story, lot, cadre_liu):
    claim = story.filed(lot, by=cadre_liu, consent="visit")
    login(client, cadre_liu)
    assert client.get(f"/losses/{claim.pk}/").status_code == 200

    leave(cadre_liu)

    assert client.get(f"/losses/{claim.pk}/").status_code == 404
    assert client.get(f"/api/v1/claims/{claim.pk}/").status_code == 404
    assert claim.number not in client.get("/losses/").content.decode()
    assert client.post(f"/losses/{claim.pk}/withdraw/", {"idem": "1"}).status_code == 404
    claim.refresh_from_db()
    assert claim.status == "filed"


def test_a_cadre_who_moved_to_another_village_leaves_the_claims_behind(
    client,
    story,
    lot,
    cadre_liu,
    other_village,
):
    claim = story.filed(lot, by=cadre_liu, consent="visit")
    force(cadre_liu.person.memberships.get(), area=other_village)

    assert login(client, cadre_liu).get(f"/losses/{claim.pk}/").status_code == 404


def test_a_verifier_who_has_left_opens_and_writes_no_visit(client, story, lot):
    visit = story.drawn(story.filed(lot))
    login(client, visit.first)
    page = f"/visits/{visit.claim_id}/record/"
    assert client.get(page).status_code == 200

    leave(visit.first)

    assert client.get(page).status_code == 404
    assert client.post(page, {"found": "10", "signed": "on", "idem": "1"}).status_code == 404
    assert client.get(f"/losses/{visit.claim_id}/").status_code == 404
    visit.refresh_from_db()
    assert visit.first_signed_at is None


def test_a_draft_for_a_household_dies_with_the_post(client, cadre_liu, xiuying_household, cabbage):
    login(client, cadre_liu)
    key = uuid.uuid4()
    client.post("/sell/for/", {"owner": f"household:{xiuying_household.pk}", "idem": key.hex})
    assert ListingDraft.objects.get().household == xiuying_household
    client.post(f"/sell/d/{key}/produce/", {"produce": "cabbage"})
    quantity = f"/sell/d/{key}/quantity/"
    assert client.get(quantity).status_code == 200

    leave(cadre_liu)

    form = {"quantity_0": "100", "quantity_1": "jin", "price": "0.80", "consent": "phone", "sure": "1"}
    assert client.get(quantity).status_code == 404
    assert client.post(quantity, form).status_code == 404
    assert not Listing.objects.exists()


def test_goods_listed_for_others_leave_the_list_of_a_cadre_who_moved(
    client, cadre_liu, xiuying_household, cabbage, other_village
):
    lot = factories.a_listing(xiuying_household, cabbage, by=cadre_liu, consent="phone", at=clock.now())
    login(client, cadre_liu)
    assert f"/goods/{lot.pk}/" in client.get("/goods/").content.decode()

    force(cadre_liu.person.memberships.get(), area=other_village)

    page = client.get("/goods/")
    assert page.status_code == 200 and f"/goods/{lot.pk}/" not in page.content.decode()


def test_a_post_given_to_somebody_signed_in_asks_for_the_second_step(client, xiuying, coop, changxi):
    client.post("/sign-in/", {"phone": xiuying.phone})
    client.post("/sign-in/code/", {"code": "246810"})
    assert client.get("/goods/").status_code == 200

    factories.people.appoint(xiuying.person, coop, Role.COOP_MANAGER, area=changxi, from_on=LONG_AGO)

    assert client.get("/goods/").url == reverse("mfa_activate_totp")


# --- What belongs to others -----------------------------------------------------------------------


def test_a_cadre_lists_nothing_for_a_household_of_another_village(client, cadre_liu, other_village):
    far = factories.a_household(other_village, name="赖远山")

    answer = login(client, cadre_liu).post("/sell/for/", {"owner": f"household:{far.pk}", "idem": uuid.uuid4().hex})

    assert answer.status_code == 404 and not ListingDraft.objects.exists()


def test_a_manager_lists_nothing_for_another_cooperative(client, coop_manager, other_village):
    far = factories.an_organisation("cooperative", "湖坑合作社", other_village)

    answer = login(client, coop_manager).post("/sell/for/", {"owner": f"cooperative:{far.pk}", "idem": "a" * 32})

    assert answer.status_code == 404 and not ListingDraft.objects.exists()


def test_another_buyers_purse_in_an_order_does_not_exist(client, hospital, chef_chen, xiuying_household, cabbage):
    lot = factories.a_listing(xiuying_household, cabbage, at=clock.now())
    purse = factories.a_fund(hospital, by=factories.a_user("魏会计", "union_treasurer", hospital))
    line = {"produce": "cabbage", "lots": [{"listing": str(lot.pk), "kg": "10", "price": "0.80"}]}
    form = {"fund": str(purse.pk), "deliver_on": "2026-11-05", "lines": [line]}
    login(client, chef_chen)

    answer = client.post("/api/v1/orders/", form, content_type="application/json", headers={"Idempotency-Key": "1"})

    assert answer.status_code == 404, answer.json()
    lot.refresh_from_db()
    assert lot.reserved == 0


def test_a_seller_reads_the_own_lines_of_a_shared_receipt_only(
    client, school_order, xiuying_household, guiying_household, xiuying, guiying, cabbage, chef_chen
):
    hers = factories.a_listing(xiuying_household, cabbage, kg=100, by=xiuying)
    neighbours = factories.a_listing(guiying_household, cabbage, kg=70, by=guiying)
    receipt = school_order.signed(wish((hers, 60), (neighbours, 40)))
    page = f"/receipts/{receipt.pk}/"

    own = login(client, xiuying).get(page).content.decode()

    assert "黄秀英" in own and "96.00" in own
    assert "温桂英" not in own and "64.00" not in own and "160.00" not in own
    whole = login(Client(), chef_chen).get(page).content.decode()
    assert "黄秀英" in whole and "温桂英" in whole and "160.00" in whole


def test_whoever_objects_is_known_to_the_bureau_alone(
    client,
    story,
    lot,
    guiying,
    xiuying,
    township_officer,
    cadre_wu,
    auditor,
    finance_checker,
    director_lin,
    monkeypatch,
):
    notice = story.on_village_notice(story.filed(lot))
    monkeypatch.setattr(clock, "now", lambda: notice.published_at)
    login(client, guiying)
    line = notice.lines.get()
    form = {"line": line.line_no, "words": "数量不对", "contact": "温桂英 13900001111", "idem": str(uuid.uuid4())}
    client.post(f"/notices/{notice.number}/object/", form)
    objection = Objection.objects.get()

    claim = line.document.split(":")[1]
    for reader in (xiuying, township_officer, cadre_wu, auditor, finance_checker, None):
        browser = login(Client(), reader) if reader else Client()
        assert browser.get(f"/objections/{objection.pk}/").status_code in (302, 403)
        for path in (f"/losses/{claim}/", f"/notices/{notice.number}/", f"/api/v1/notices/{notice.number}/"):
            text = browser.get(path).content.decode()
            assert "温桂英" not in text and "13900001111" not in text and "数量不对" not in text
    assert "13900001111" in login(Client(), director_lin).get(f"/objections/{objection.pk}/").content.decode()


def test_fields_nobody_asked_for_change_nothing(client, xiuying, xiuying_household, guiying_household, cabbage):
    form = {
        "produce": "cabbage", "kg": "50", "yuan_per_jin": "0.80", "harvested_on": f"{clock.county_day(clock.now())}",
        "household": str(guiying_household.pk), "household_id": str(guiying_household.pk), "status": "sold",
        "made_by": "x", "is_staff": True, "track": "recognised",
    }  # fmt: skip
    login(client, xiuying)

    answer = client.post("/api/v1/listings/", form, content_type="application/json", headers={"Idempotency-Key": "1"})

    assert answer.status_code == 201, answer.json()
    listing = Listing.objects.get()
    assert (listing.household, listing.status, listing.made_by) == (xiuying_household, "on_sale", xiuying)


# --- Unusual knocks -------------------------------------------------------------------------------


@pytest.fixture
def everyman(county, bureau):
    """Somebody with every post there is, who gets through every door that asks for a post."""
    user = factories.a_user("万能人", Role.CADRE, bureau)
    for role in Role.values:
        if role not in (Role.CADRE, *ADMINISTRATORS):
            factories.people.appoint(user.person, bureau, role, area=county, from_on=LONG_AGO)
    return user


NUMBERED = sorted(name for name, keys in addresses().items() if any(key.endswith("_id") for key in keys))
MOST_DIGITS = 30


IMPOSSIBLE = ("0", "9" * 19, "9" * MOST_DIGITS)


@pytest.mark.parametrize("turn", [0, *(pytest.param(turn, marks=pytest.mark.gates) for turn in range(1, 6))])
def test_a_number_that_no_row_can_have_is_not_found(client, everyman, turn):
    """Ask each address for one of the numbers in one way, the next address for the next in the other.

    `make gates` asks for all of them, by every second way of knocking and then by the other.
    """
    login(client, everyman)
    known = addresses()
    for at, name in enumerate(NUMBERED):
        number = IMPOSSIBLE[(at + turn) % len(IMPOSSIBLE)]
        keys = dict.fromkeys(known[name], number) | {"file_id": uuid.uuid4(), "draft_id": uuid.uuid4()}
        keys |= {
            "objection_id": uuid.uuid4(),
            "sheet_id": uuid.uuid4(),
            "consent_id": uuid.uuid4(),
            "dispute_id": uuid.uuid4(),
            "household_id": uuid.uuid4(),
            "register_file_id": uuid.uuid4(),
            "union_list_id": uuid.uuid4(),
            "register_change_id": uuid.uuid4(),
            "mandate_id": uuid.uuid4(),
            "coop_member_id": uuid.uuid4(),
            "key": "channels",
            "person_id": uuid.uuid4(),
            "session_id": uuid.uuid4(),
            "case_id": uuid.uuid4(),
            "heir_id": uuid.uuid4(),
            "payable_id": uuid.uuid4(),
            "place_code": "360735102208",
        }
        path = reverse(name, kwargs={key: keys[key] for key in known[name]})
        verb = (client.get, client.post)[(at + turn // len(IMPOSSIBLE)) % 2]
        answer = verb(path, headers={"Idempotency-Key": "1"})
        assert answer.status_code < 500, (name, verb.__name__, number)
        assert name in BEGUN_BY_A_KEY or answer.status_code in (400, 403, 404, 405), (name, answer.status_code)


# A draft begins with the first photo under a key that the page drew; there is nothing yet to be found.
BEGUN_BY_A_KEY = {"sell-draft", "sell-produce", "sell-quantity"}


@pytest.mark.parametrize("number", ["²", "٣", "-1", "1e3", "9" * MOST_DIGITS, "%00"])
def test_an_unreadable_number_in_a_query_breaks_no_page(client, everyman, number):
    login(client, everyman)
    for path in (
        f"/orders/new/?listing={number}",
        f"/sell/?again={number}",
        f"/orders/?cursor={number}",
        f"/market/?cursor={number}&township={number}",
        f"/api/v1/orders/?page_size={number}&cursor={number}",
    ):
        assert client.get(path).status_code < 500, path


def test_an_order_form_names_only_lots_that_are_on_sale(client, chef_chen, xiuying_household, cabbage):
    lot = factories.a_listing(xiuying_household, cabbage, at=clock.now())
    login(client, chef_chen)
    page = f"/orders/new/?listing={lot.pk}"
    assert lot.number in client.get(page).content.decode()

    listings.withdraw(lot, reason="eaten", quantity=None, by=lot.made_by, at=clock.now())

    assert lot.number not in client.get(page).content.decode()


@pytest.mark.parametrize("verb", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_a_verb_in_a_header_is_not_obeyed(client, auditor, school_order, header, verb, cabbage, xiuying_household):
    order = school_order.asked(wish((factories.a_listing(xiuying_household, cabbage), 10)))
    login(client, auditor)

    for path in (f"/api/v1/orders/{order.pk}/", f"/orders/{order.pk}/"):
        assert client.post(path, {"_method": verb}, headers={header: verb}).status_code in (403, 405)
        assert client.generic(verb, path).status_code in (403, 405)
    order.refresh_from_db()
    assert order.status == "asking"


def test_options_and_head_tell_no_more_than_a_page_and_stay_in_no_cache(client, everyman, xiuying_household):
    for browser in (login(client, everyman), Client()):
        for name, keys in addresses().items():
            if keys or name == "sign-out":
                continue
            for verb in (browser.options, browser.head):
                answer = verb(reverse(name))
                assert answer.status_code < 500, (name, verb.__name__)
                assert "choices" not in answer.content.decode()
                assert xiuying_household.head_name not in answer.content.decode()
            kept = answer.headers.get("Cache-Control", "")
            assert browser is not client or {"no-store", "private"} <= {*kept.split(", ")}, (name, kept)


def test_a_list_is_cut_at_two_hundred_whatever_is_asked(everyman):
    pages = KeysetPages()
    asked = RequestFactory().get("/", {"page_size": "1000000", "ordering": "password"})
    asked.query_params = asked.GET

    assert pages.get_page_size(asked) == 200
    assert pages.get_ordering(asked, Listing.objects.all(), None) == ("-pk",)


@pytest.mark.parametrize(
    "there",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:///evil.example"],
)
def test_no_way_back_leads_off_the_site(client, xiuying, there):
    for path in ("/language/", "/large-letters/"):
        assert client.post(path, {"next": there, "language": "en", "elder": "1"}).url == "/"

    client.post(f"/sign-in/?next={there}", {"phone": xiuying.phone, "next": there})
    assert client.post("/sign-in/code/", {"code": "246810", "next": there}).url == "/"


def test_many_objections_from_one_address_wait_whatever_it_says_it_is(client, story, lot, monkeypatch):
    notice = story.on_village_notice(story.filed(lot))
    monkeypatch.setattr(clock, "now", lambda: notice.published_at)
    form = {"line_no": notice.lines.get().line_no, "words": "不对"}
    path = f"/api/v1/notices/{notice.number}/objections/"

    headers = [{"X-Forwarded-For": f"10.0.0.{n}", "Idempotency-Key": f"k{n}"} for n in range(12)]
    answers = [client.post(path, form, headers=sent).status_code for sent in headers]

    assert answers == [201] * 10 + [429] * 2
    assert Objection.objects.count() == 10


def test_codes_are_counted_by_the_address_our_proxy_saw(settings, rf):
    from allauth.core.internal.httpkit import get_client_ip

    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    asked = rf.get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="1.2.3.4, 203.0.113.9")

    assert get_client_ip(asked) == "203.0.113.9"
