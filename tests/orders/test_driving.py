"""A driver reads on one page where to load and where to unload, and sends several orders of one buyer off together."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orders.models import Delivery
from orders.pages.driving import day_shown
from orders.selectors.driving import driver_day
from orders.services import delivering, handing
from orders.services.delivering import Loaded
from orders.services.handing import Given
from records.models import Reading
from tests import factories
from tests.factories import WEDNESDAY, login
from tests.orders.steps import DELIVER_ON, KG, wish

pytestmark = pytest.mark.django_db
LATER = DELIVER_ON + dt.timedelta(days=4)


@pytest.fixture
def far(cabbage, other_village):
    """50 kg of another village."""
    return factories.a_listing(factories.a_household(other_village, name="曾水生"), cabbage, kg=50)


@pytest.fixture
def two_orders(story, cabbage_of_xiuying, cabbage_of_guiying, far):
    """Two orders of the school, of two villages."""
    first = story.confirmed(wish((far, 20), (cabbage_of_xiuying, 60)))
    return [first, story.confirmed(wish((cabbage_of_guiying, 30)))]


@pytest.fixture
def day(haulier, two_orders):
    return lambda on=DELIVER_ON, at=WEDNESDAY: driver_day(type(haulier).objects.get(pk=haulier.pk), on, at=at)


class TestStops:
    """Pick-ups by village, then doors; each lot in its state."""

    def test_the_villages_come_first_then_the_buyers(self, day, haulier, school):
        shown = day_shown(day(), haulier, 25_000)

        assert [stop.place for stop in shown.stops] == ["屏山镇 长溪村", "高田镇 湖坑村"]
        assert {(row.seller, row.sacks) for row in shown.stops[0].rows} == {("黄秀英", "3 袋"), ("温桂英", "2 袋")}
        assert [(door.number, door.buyer, len(door.orders)) for door in shown.doors] == [(3, school.name, 2)]
        assert (shown.title, [stop.current for stop in shown.stops]) == ("2 站装，1 家送", [True, False])

    def test_what_is_for_a_later_day_or_too_late_is_not_of_today(self, story, day, two_orders, cabbage_of_guiying):
        later = story.confirmed(wish((cabbage_of_guiying, 10)), deliver_on=LATER)

        lots = [pick.lot.order for stop in day().stops for pick in stop.picks]
        assert later not in lots and set(lots) == set(two_orders)
        assert day(at=two_orders[0].dispatch_by_at).stops == []
        assert later in [pick.lot.order for stop in day(LATER).stops for pick in stop.picks]

    def test_what_was_taken_and_what_is_on_its_way_says_so(self, day, two_orders, haulier, coop):
        [lot] = two_orders[1].allocations.all()
        handing.hand_over(lot, Given(29 * KG), carrier=coop.pk, by=haulier, at=WEDNESDAY)

        assert (day().handed_g, day().stops[0].is_done) == (29 * KG, False)
        trip = delivering.ship([two_orders[1]], {lot.pk: Loaded(29 * KG)}, by=haulier, at=WEDNESDAY)
        [door] = day().doors
        assert door.trips == [trip] and two_orders[1] not in door.orders
        assert door.grams == 109 * KG

        delivering.arrive(trip, "buyer", by=haulier, at=WEDNESDAY)
        [door] = day().doors
        assert (door.trips, door.grams) == ([trip], 80 * KG)

    def test_a_door_where_all_has_arrived_is_not_driven_to(self, story, day, two_orders, haulier):
        loads = {lot.pk: Loaded(lot.weight_g) for order in two_orders for lot in order.allocations.all()}
        trip = delivering.ship(two_orders, loads, by=haulier, at=WEDNESDAY)
        assert day_shown(day(), haulier, 25_000).title == "0 站装，1 家送"

        delivering.arrive(trip, "buyer", by=story.people["weigher"], at=WEDNESDAY)

        shown = day_shown(day(), haulier, 25_000)
        assert (shown.title, shown.bed, [len(door.trips) for door in shown.doors]) == ("0 站装，0 家送", [], [1])

    def test_what_another_haulier_took_is_named_and_not_loaded(self, day, two_orders, haulier, county):
        firm = factories.an_organisation("cooperative", "高田运输合作社", county)
        other = factories.a_user("温司机", "haulier", firm, county)
        [lot] = two_orders[1].allocations.all()
        handing.hand_over(lot, Given(30 * KG), carrier=firm.pk, by=other, at=WEDNESDAY)

        rows = [row for stop in day_shown(day(), haulier, 25_000).stops for row in stop.rows if row.seller == "温桂英"]
        assert [(row.status.text, row.url) for row in rows] == [("高田运输合作社拉走了", "")]
        assert two_orders[1] not in day().doors[0].orders

    def test_the_last_door_is_loaded_inmost(self, story, day, haulier, hospital, cabbage_of_guiying):
        story.buyer, story.fund = hospital, factories.a_fund(hospital)
        story.people["chef"] = factories.a_user("胡采购", "buyer", hospital)
        story.confirmed(wish((cabbage_of_guiying, 10)))

        shown = day_shown(day(), haulier, 25_000)
        doors = [door.buyer for door in shown.doors]
        assert [part.buyer for part in shown.bed] == doors[::-1]
        assert [part.where for part in shown.bed] == ["里头", "靠车门"]


class TestPage:
    """The page, its papers, and the trip of several orders."""

    def test_the_page_shows_whom_to_call_and_the_reading_is_on_record(self, client, now, two_orders, haulier):
        now["at"] = WEDNESDAY
        lot = two_orders[1].allocations.get()
        household = lot.listing.household
        login(client, haulier)

        body = client.get(reverse("driver-day") + "?day=tomorrow").content.decode()

        assert (
            f"tel:{household.phone}" in body and reverse("hand-over", args=[two_orders[1].allocations.get().pk]) in body
        )
        assert Reading.objects.get(door="driver-day").people == 3
        assert household.phone not in client.get(reverse("driver-day")).content.decode()

    def test_it_takes_few_statements(self, client, now, two_orders, haulier):
        now["at"] = WEDNESDAY
        login(client, haulier)
        client.get(reverse("driver-day") + "?day=tomorrow")

        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(reverse("driver-day") + "?day=tomorrow")
        assert len(asked) <= 15, [query["sql"][:80] for query in asked]

    def test_the_home_of_a_driver_leads_to_it(self, client, haulier):
        assert reverse("driver-day") in login(client, haulier).get("/").content.decode()

    def test_several_orders_of_one_buyer_leave_together(self, client, now, two_orders, haulier):
        now["at"] = WEDNESDAY
        login(client, haulier)
        address = reverse("trip-new") + "?" + "&".join(f"order={order.pk}" for order in two_orders)
        lots = [lot for order in two_orders for lot in order.allocations.all()]
        assert all(f"kg_{lot.pk}" in client.get(address).content.decode() for lot in lots)

        form = {"idem": "a" * 32} | {f"kg_{lot.pk}": "10" for lot in lots}
        assert [client.post(address, form).status_code for _n in range(2)] == [302, 302]

        trip = Delivery.objects.get()
        assert trip.lines.count() == 3
        assert {line.allocation.order for line in trip.lines.all()} == set(two_orders)

    def test_an_order_of_nobodys_business_is_nowhere(self, client, two_orders, guiying):
        login(client, guiying)
        both = reverse("trip-new") + "?" + "&".join(f"order={order.pk}" for order in two_orders)

        for address in (both, reverse("trip-new"), reverse("trip-new") + "?order=x"):
            assert client.get(address).status_code == 404
        assert client.get(reverse("trip-new") + f"?order={two_orders[1].pk}").status_code == 200

    def test_programs_read_the_day_and_send_off_together(self, client, now, two_orders, haulier):
        now["at"] = WEDNESDAY
        login(client, haulier)
        day = client.get(reverse("api-driver-day"), {"day": DELIVER_ON.isoformat()}).json()
        assert [len(stop["lots"]) for stop in day["stops"]] == [2, 1]
        assert [door["orders"] for door in day["doors"]] == [[order.pk for order in two_orders]]

        loads = [{"lot": lot["lot"], "kg": "10"} for stop in day["stops"] for lot in stop["lots"]]
        sent = client.post(
            reverse("api-trip-new"),
            {"orders": day["doors"][0]["orders"], "loads": loads},
            content_type="application/json",
            headers={"Idempotency-Key": "k"},
        )
        assert (sent.status_code, len(sent.json()["lots"])) == (201, 3)

    @pytest.mark.parametrize("page", ["api-delivery-list", "api-driver-day"])
    def test_more_trips_ask_no_more_of_the_database(self, client, now, two_orders, haulier, page):
        now["at"] = WEDNESDAY
        login(client, haulier)
        lot = two_orders[0].allocations.order_by("pk").first()

        def statements(kilos):
            delivering.ship(two_orders, {lot.pk: Loaded(kilos * KG)}, by=haulier, at=WEDNESDAY)
            client.get(reverse(page))  # what is read once for all is there
            with CaptureQueriesContext(connection) as asked:
                assert client.get(reverse(page)).status_code == 200
            return len(asked)

        counted = [statements(kilos) for kilos in (1, 2, 3, 4)]
        assert counted == counted[:1] * 4


class TestPapers:
    """Route sheet, note and labels; a code leads to its own trip alone."""

    def test_the_sheet_lists_each_village_with_room_for_weights(self, client, now, two_orders, haulier):
        now["at"] = WEDNESDAY
        body = login(client, haulier).get(reverse("route-sheet") + "?day=tomorrow").content.decode()

        assert all(words in body for words in ("路线单", "长溪村", "湖坑村", "交来（斤）", "路耗", "<svg"))

    def test_labels_mask_the_household_and_name_lot_weight_and_buyer(self, client, two_orders, haulier, school):
        lot = two_orders[0].allocations.get(listing__household__village__code="360735102208")
        body = login(client, haulier).get(reverse("sack-labels", args=[lot.pk])).content.decode()

        assert body.count('class="label ') == 3 and "黄秀英" not in body and "黄*英" in body
        assert all(words in body for words in (lot.listing.number, school.name, "第 3 袋，共 3 袋", "10 公斤"))

    def test_the_code_of_a_note_leads_the_receiver_to_the_scale(self, client, story, two_orders, haulier):
        trip = self.sent(two_orders[1], haulier)
        note = login(client, haulier).get(reverse("delivery-note", args=[trip.pk])).content.decode()
        assert trip.number in note and "<svg" in note

        login(client, story.people["weigher"])
        scan = reverse("delivery-scan")
        for code in (trip.number, trip.number.lower(), f"https://x.cn{scan}?code={trip.number}"):
            assert client.get(scan, {"code": code}).url == reverse("delivery-accept", args=[trip.pk])
        asked = client.get(reverse("api-delivery-scan"), {"code": trip.number, "delivery": trip.pk})
        assert asked.json()["id"] == trip.pk

    def test_another_buyers_note_another_trips_and_a_damaged_one_are_refused_in_words(
        self, client, story, two_orders, haulier, hospital
    ):
        mine, other = (self.sent(order, haulier) for order in two_orders)
        stranger = factories.a_user("胡保管", "receiver", hospital)
        scan, api = reverse("delivery-scan"), reverse("api-delivery-scan")

        login(client, stranger)
        foreign = client.get(scan, {"code": mine.number})
        assert foreign.status_code == 409 and "不是给您的货" in foreign.content.decode()
        assert client.get(api, {"code": mine.number}).status_code == 409
        login(client, story.people["weigher"])
        wrong = client.get(scan, {"code": other.number, "at": mine.pk})
        assert wrong.status_code == 409 and other.number in wrong.content.decode()
        assert client.get(api, {"code": other.number, "delivery": mine.pk}).json()["code"] == "other_note"
        for damaged in (mine.number[:-1] + str((int(mine.number[-1]) + 1) % 10), two_orders[0].number, "http://[x"):
            assert client.get(scan, {"code": damaged}).status_code == 400

    @staticmethod
    def sent(order, haulier):
        lot = order.allocations.first()
        return delivering.ship([order], {lot.pk: Loaded(10 * KG)}, by=haulier, at=WEDNESDAY)
