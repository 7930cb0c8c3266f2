"""What got lost between pick-up and scale is told to household, haulier and buyer, and who bears it by the rule."""

import datetime as dt

import pytest
from django.urls import reverse

from orders.selectors.transit import loss_by_carrier, losses_of_lot, losses_of_trips
from orders.services import delivering, handing, receiving
from orders.services.delivering import Loaded
from orders.services.handing import Given
from orders.services.weighing import Weighed
from records.models import PolicyValue
from tests.factories import FRIDAY, THURSDAY, WEDNESDAY, login
from tests.orders.steps import KG, wish

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def brought(story, haulier, coop, cabbage_of_xiuying):
    """Let 40 kg be handed over, and so much come to the scale."""

    def bring(net_kg, *, handed=True, at=WEDNESDAY, **scale):
        lot = story.confirmed(wish((cabbage_of_xiuying, 40))).allocations.get()
        if handed:
            handing.hand_over(lot, Given(40 * KG), carrier=coop.pk, by=haulier, at=at)
        trip = delivering.ship([lot.order], {lot.pk: Loaded(40 * KG)}, by=haulier, at=at)
        weighed = {lot.pk: Weighed(round(net_kg * KG), **scale)}
        receipt = receiving.weigh(trip, weighed, by=story.people["weigher"], at=THURSDAY)
        receiving.sign(receipt, by=story.people["signer"], at=THURSDAY)
        return lot, receipt

    return bring


@pytest.fixture
def rule(clerk_ma, director_lin):
    """Let so many thousandths be natural from a day on."""

    def publish(permille, from_on):
        PolicyValue.objects.create(
            name="transit_loss_permille",
            value=permille,
            from_on=from_on,
            set_by=clerk_ma,
            confirmed_by=director_lin,
            confirmed_at=WEDNESDAY,
        )

    return publish


class TestRule:
    """Two in a hundred are the seller's, what is above them the haulier's."""

    @pytest.mark.parametrize(
        ("net_kg", "natural_g", "above_g"),
        [(40, 0, 0), (40.5, 0, 0), (39.2, 800, 0), (39.199, 800, 1), (38, 800, 1200)],
    )
    def test_what_is_lost_is_shared_by_the_published_rule(self, brought, net_kg, natural_g, above_g):
        lot, _receipt = brought(net_kg)

        [loss] = losses_of_lot(lot)
        assert (loss.natural_g, loss.above_g, loss.permille) == (natural_g, above_g, 20)

    def test_the_rule_of_the_day_on_which_the_trip_left_holds(self, brought, rule):
        rule(50, from_on=WEDNESDAY.date())
        [after] = losses_of_lot(brought(38)[0])
        rule(10, from_on=FRIDAY.date())
        [same] = losses_of_lot(brought(38)[0])

        assert (after.permille, after.above_g) == (same.permille, same.above_g) == (50, 0)

    def test_a_trip_without_a_hand_over_is_not_reckoned(self, brought):
        assert losses_of_lot(brought(38, handed=False)[0]) == []

    def test_each_haulier_with_what_it_lost(self, brought, coop):
        brought(38)
        brought(39.5)

        [row] = loss_by_carrier(THURSDAY.date(), THURSDAY.date())
        assert (row.carrier_id, row.lines, row.lines_above) == (coop.pk, 2, 1)
        assert (row.sent_g, row.net_g, row.natural_g, row.above_g) == (80 * KG, 77_500, 1300, 1200)
        assert loss_by_carrier(FRIDAY.date(), FRIDAY.date()) == []


class TestTold:
    """Household, haulier and buyer read the same sentence; who contests the weight is named beside it."""

    def test_everybody_reads_who_bears_it(self, client, brought, story, haulier, xiuying):
        lot, receipt = brought(38)
        handing.answer(lot.hand_overs.get(), agrees=False, note="是 41 公斤", by=xiuying, at=WEDNESDAY)
        pages = {
            xiuying: reverse("sale-detail", args=[lot.pk]),
            haulier: reverse("delivery-detail", args=[receipt.delivery_id]),
            story.people["weigher"]: reverse("receipt-detail", args=[receipt.pk]),
        }

        for reader, page in pages.items():
            body = login(client, reader).get(page).content.decode()
            assert "路上少了 4 斤" in body and "超出的 2.4 斤" in body and "卖家说" in body

    def test_nothing_is_said_where_nothing_got_lost(self, client, brought, xiuying):
        lot, _receipt = brought(40)

        assert "路上少了" not in login(client, xiuying).get(reverse("sale-detail", args=[lot.pk])).content.decode()

    def test_what_is_within_the_rule_is_the_sellers(self, client, brought, haulier):
        _lot, receipt = brought(39.5)

        page = reverse("delivery-detail", args=[receipt.delivery_id])
        assert "卖家承担" in login(client, haulier).get(page).content.decode()
        assert losses_of_trips([receipt.delivery])[receipt.lines.get().delivery_line_id].above_g == 0
