"""Carting in money: who bears it by the rule of the order, the haulier's statement, what is held and freed for it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import BankCard, Message
from accounts.selectors import standing
from accounts.services.places import set_point
from canteens.services import load_default_tiers
from ledger.models import Transfer
from ledger.services.payables import payee_account
from ledger.services.transfers import NotEnoughMoney
from marketplace.audit import breaches
from orders.allocation.transport import Brought, by_way, shares
from orders.models import Fate, OrderStatus, SettlementStatement, StatementLine
from orders.selectors.invoices import statements_to_invoice
from orders.selectors.statements import orders_behind, orders_on, statements_seen_by
from orders.services import approving, asking, delivering, placing, recalling, receiving, returning, settling, sweeping
from orders.services.carting import PriceAboveCeiling
from orders.services.delivering import Loaded
from orders.services.weighing import Weighed
from records.models import PolicyValue
from tests import factories
from tests.factories import MONDAY, THURSDAY, TUESDAY, WEDNESDAY
from tests.orders.steps import KG, MINUTE, a_stored_photo, owed_to, purse, shown_back, wish
from tests.trips import order_of, statements_of, trip_of

pytestmark = pytest.mark.django_db
BUYER, BY_WEIGHT, BY_WAY = 1, 2, 3


@pytest.fixture
def rule(chef_chen):
    def set_rule(payer, permille=100):
        by = factories.a_user("记政策")
        for name, value in (("transport_payer", payer), ("transport_most_permille", permille)):
            PolicyValue.objects.create(
                name=name, value=str(value), from_on=MONDAY.date(), set_by=by, confirmed_by=chef_chen,
                confirmed_at=MONDAY,
            )  # fmt: skip

    return set_rule


@pytest.fixture
def carrier(coop):
    """The haulier's organisation, with its card: the co-operative, whose lots and carts have accounts of their own."""
    factories.people.set_card(
        organisation=coop, number=factories.a_card_number(990_001), holder=coop.name, bank="农商行", at=MONDAY
    )
    return coop


def cart(story, order, price_fen, loads=None):
    """Send all of an order off on one cart that asks this price."""
    lots = order.allocations.filter(status="confirmed")
    loads = loads or {lot.pk: Loaded(lot.weight_g) for lot in lots}
    return delivering.ship([order], loads, price_fen=price_fen, by=story.people["haulier"], at=WEDNESDAY)


def signed(story, delivery, weights=None):
    """Weigh a trip, exactly what left or what is said, and sign it."""
    lines = list(delivery.lines.order_by("allocation_id"))
    weights = weights or [Weighed(line.shipped_g) for line in lines]
    weighed = {line.allocation_id: one for line, one in zip(lines, weights, strict=True)}
    by = story.people["weigher"]
    receipt = receiving.weigh(delivery, weighed, photos=shown_back(weighed, by), by=by, at=THURSDAY)
    return receiving.sign(receipt, by=story.people["signer"], at=THURSDAY + MINUTE)


def carting_of(statement):
    return list(statement.lines.filter(kind="transport").order_by("pk").values_list("amount_fen", flat=True))


class TestArithmetic:
    def test_a_price_is_shared_by_weight_to_the_fen(self):
        goods = [Brought(1, 10_000, 1000), Brought(2, 10_000, 1000), Brought(3, 10_000, 1000)]

        assert shares(100, 100, goods, [1000] * 3) == {1: 34, 2: 33, 3: 33}

    def test_no_goods_bear_more_than_the_ceilings_part_of_their_own_money(self):
        goods = [Brought(1, 1_000, 9_000), Brought(2, 50_000, 1_000)]

        assert shares(2_000, 100, goods, [9, 1]) == {1: 100, 2: 1_900}

    def test_a_price_above_the_ceiling_ends_there(self):
        assert shares(9_000, 100, [Brought(1, 1_000, 5), Brought(2, 2_000, 5)], [5, 5]) == {1: 100, 2: 200}

    def test_a_way_counts_as_a_kilometre_at_least_and_by_weight_where_it_is_unknown(self):
        assert by_way([Brought(1, 9, 10, 200), Brought(2, 9, 10, 4000)]) == [10_000, 40_000]
        assert by_way([Brought(1, 9, 10, None), Brought(2, 9, 20, 4000)]) == [10, 20]


class TestSellersPay:
    def test_each_pays_by_weight_and_the_haulier_gets_it_all(
        self, story, fund, rule, carrier, cabbage_of_xiuying, cabbage_of_guiying
    ):
        rule(BY_WEIGHT)
        order = story.confirmed(wish((cabbage_of_xiuying, 30), (cabbage_of_guiying, 10)))

        signed(story, cart(story, order, 4_00))

        lots = (cabbage_of_xiuying, cabbage_of_guiying)
        xiuying, guiying = (SettlementStatement.objects.get(household=lot.household) for lot in lots)
        haulier = SettlementStatement.objects.get(carrier=carrier)
        assert (carting_of(xiuying), carting_of(guiying)) == ([-3_00], [-1_00])
        assert (xiuying.total_fen, guiying.total_fen) == (45_00, 14_00)
        assert (haulier.carrier, haulier.total_fen, sorted(carting_of(haulier))) == (carrier, 4_00, [1_00, 3_00])
        assert haulier.payable.organisation == carrier
        assert purse(fund) == (63_00, 0, purse(fund)[2])
        assert owed_to(cabbage_of_xiuying) == (45_00, 0)
        assert payee_account(carrier=carrier).credits_posted_fen == 4_00
        assert order_of(haulier.delivery) == orders_on(haulier).get()
        assert orders_behind(SettlementStatement.objects.filter(pk=haulier.pk)) == {(haulier.pk, order.pk)}
        assert breaches() == []

    def test_by_the_way_the_far_village_pays_more(self, story, school, rule, carrier, cabbage_of_xiuying, inspector_he):
        rule(BY_WAY)
        places = [(school.place, 26_300_000), (cabbage_of_xiuying.village, 26_310_000)]
        far = factories.a_place("360735102299", "village", "远村委会", cabbage_of_xiuying.village.parent)
        for place, latitude in [*places, (far, 26_330_000)]:
            set_point(
                place, latitude_e6=latitude, longitude_e6=116_300_000, radius_m=500, sure=True, by=inspector_he,
                at=MONDAY,
            )  # fmt: skip
        lot = factories.a_listing(factories.a_household(far), cabbage_of_xiuying.produce)
        order = story.confirmed(wish((cabbage_of_xiuying, 10), (lot, 10)))

        signed(story, cart(story, order, 2_00))

        near, further = (SettlementStatement.objects.get(household=one.household) for one in (cabbage_of_xiuying, lot))
        assert (carting_of(near), carting_of(further)) == ([-50], [-1_50])

    def test_goods_of_which_nothing_is_accepted_bear_nothing(
        self, story, rule, carrier, cabbage_of_xiuying, cabbage_of_guiying
    ):
        rule(BY_WEIGHT)
        order = story.confirmed(wish((cabbage_of_xiuying, 30), (cabbage_of_guiying, 10)))

        nothing = Weighed(10 * KG, refused_g=10 * KG, reason="rotten")
        signed(story, cart(story, order, 4_00), [Weighed(30 * KG), nothing])

        one, haulier = SettlementStatement.objects.order_by("pk")
        assert (carting_of(one), haulier.total_fen) == ([-4_00], 4_00)

    def test_what_goes_back_leaves_the_cart_paid(self, story, rule, carrier, cabbage_of_xiuying, xiuying):
        rule(BY_WEIGHT)
        receipt = signed(story, cart(story, story.confirmed(wish((cabbage_of_xiuying, 40))), 4_00))
        by = story.people["weigher"]
        row = returning.ask_return(
            receipt.lines.get(), grams=40 * KG, reason="rotten", words="坏了", photos=[a_stored_photo(by, THURSDAY)],
            by=by, at=THURSDAY + 2 * MINUTE,
        )  # fmt: skip

        returning.agree_to_return(row, fate=Fate.WRITTEN_OFF, by=xiuying, at=THURSDAY + 3 * MINUTE)

        goods, haulier, back = SettlementStatement.objects.order_by("pk")
        assert (goods.total_fen, haulier.total_fen, back.total_fen) == (60_00, 4_00, -64_00)
        assert breaches() == []

    def test_a_mandate_leaves_the_co_operative_what_the_cart_left(
        self, story, rule, carrier, xiuying_household, coop_manager, cabbage
    ):
        rule(BY_WEIGHT)
        factories.a_mandate(xiuying_household, carrier, payee_is_coop=True, fee_bp=100)
        lot = factories.a_listing(xiuying_household, cabbage, by=coop_manager)

        signed(story, cart(story, story.confirmed(wish((lot, 40))), 4_00))

        own, coop, haulier = SettlementStatement.objects.order_by("pk")
        assert [(line.kind, line.amount_fen) for line in own.lines.order_by("pk")] == [
            ("goods", 64_00), ("transport", -4_00), ("fee", -64), ("mandate", -59_36),
        ]  # fmt: skip
        assert (coop.cooperative, coop.total_fen, haulier.carrier, haulier.total_fen) == (carrier, 60_00, carrier, 4_00)
        assert breaches() == []

    def test_a_haulier_without_a_card_gets_its_statement_when_the_card_comes(
        self, story, rule, coop, cabbage_of_xiuying
    ):
        rule(BY_WEIGHT)
        signed(story, cart(story, story.confirmed(wish((cabbage_of_xiuying, 40))), 4_00))
        assert SettlementStatement.objects.get().total_fen == 60_00
        assert sweeping.settle_late(at=THURSDAY + 2 * MINUTE) == 0

        factories.people.set_card(
            organisation=coop, number=factories.a_card_number(990_001), holder=coop.name, bank="农商行",
            at=THURSDAY + 3 * MINUTE,
        )  # fmt: skip

        assert [sweeping.settle_late(at=THURSDAY + 4 * MINUTE) for _again in range(2)] == [1, 0]
        assert SettlementStatement.objects.get(carrier=coop).total_fen == 4_00
        assert breaches() == []

    def test_a_seller_without_a_card_has_paid_the_cart_already(self, story, rule, carrier, cabbage_of_xiuying):
        rule(BY_WEIGHT)
        order = story.confirmed(wish((cabbage_of_xiuying, 40)))
        BankCard.objects.filter(household=cabbage_of_xiuying.household).update(to_at=WEDNESDAY)
        delivery = cart(story, order, 4_00)

        signed(story, delivery)

        assert not SettlementStatement.objects.exists()
        assert payee_account(carrier=carrier).credits_posted_fen == 4_00
        assert settling.settle_late(delivery, by=None, at=THURSDAY + 2 * MINUTE) == []

    def test_a_cart_is_nothing_an_invoice_is_about(self, story, rule, carrier, cashier_yu, cabbage_of_xiuying):
        rule(BY_WEIGHT)
        signed(story, cart(story, story.confirmed(wish((cabbage_of_xiuying, 40))), 4_00))

        assert [row.carrier for row in statements_to_invoice(cashier_yu)] == [None]


class TestBuyerPays:
    def test_the_ceiling_is_held_beside_the_goods_and_the_rest_is_free_at_the_end(
        self, story, fund, rule, carrier, cabbage_of_xiuying
    ):
        rule(BUYER)
        order = story.confirmed(wish((cabbage_of_xiuying, 40)))
        assert (order.held_fen, order.transport_fen, purse(fund)[1]) == (64_00, 6_40, 70_40)

        signed(story, cart(story, order, 5_00))

        goods, haulier = SettlementStatement.objects.order_by("pk")
        assert (goods.total_fen, haulier.carrier, haulier.total_fen) == (64_00, carrier, 5_00)
        assert purse(fund)[:2] == (69_00, 0)
        assert list(orders_on(haulier)) == [order]
        assert list(statements_of(order)) == [goods, haulier]
        assert breaches() == []

    def test_each_trip_takes_its_price_from_what_is_held(self, story, fund, rule, carrier, cabbage_of_xiuying):
        rule(BUYER)
        order = story.confirmed(wish((cabbage_of_xiuying, 40)))
        lot = order.allocations.get()

        signed(story, cart(story, order, 3_20, {lot.pk: Loaded(20 * KG)}))
        assert purse(fund)[:2] == (35_20, 32_00 + 3_20)
        signed(story, cart(story, order, 2_00, {lot.pk: Loaded(20 * KG)}))

        order.refresh_from_db()
        assert (order.status, purse(fund)[:2]) == (OrderStatus.CLOSED, (69_20, 0))
        assert breaches() == []

    @pytest.mark.parametrize("end", ["cancel", "decline", "lapse"])
    def test_an_order_that_ends_without_goods_holds_nothing_for_carts(
        self, story, fund, rule, cabbage_of_xiuying, xiuying, end
    ):
        rule(BUYER)
        order = story.asked(wish((cabbage_of_xiuying, 40)))
        assert purse(fund)[1] == 70_40

        {
            "cancel": lambda: asking.cancel(order, why="不要了", by=story.people["chef"], at=TUESDAY),
            "decline": lambda: asking.decline(order.allocations.get(), by=xiuying, at=TUESDAY),
            "lapse": lambda: sweeping.lapse_unanswered(at=THURSDAY),
        }[end]()

        assert purse(fund)[:2] == (0, 0)
        assert breaches() == []

    @pytest.mark.parametrize("end", ["refuse", "silence", "recall"])
    def test_an_order_that_nobody_approves_holds_nothing_for_carts(
        self, story, rule, changxi, cabbage, inspector_he, approver_peng, end
    ):
        load_default_tiers()
        rule(BUYER)
        story.fund = factories.a_fund(story.buyer, "canteen", yuan=200_000)
        dear = factories.a_listing(factories.a_household(changxi), cabbage, kg=1000, price_fen=600)
        order = story.place(wish((dear, 1000)))
        assert (order.needs_approval, purse(story.fund)[1]) == (True, 12_000_00 + 1_200_00)

        {
            "refuse": lambda: approving.refuse(order, why="太多", by=approver_peng, at=TUESDAY),
            "silence": lambda: sweeping.end_unapproved(at=MONDAY + 30 * 24 * 60 * MINUTE),
            "recall": lambda: recalling.recall_lot(dear, reason="农残超标", by=inspector_he, at=TUESDAY),
        }[end]()

        assert purse(story.fund)[:2] == (0, 0)
        assert breaches() == []

    def test_a_purse_with_the_goods_money_alone_is_too_small(self, story, rule, cabbage_of_xiuying):
        story.fund = factories.a_fund(story.buyer, "canteen", yuan=64)
        rule(BUYER)

        with pytest.raises(NotEnoughMoney):
            story.place(wish((cabbage_of_xiuying, 40)))

    def test_a_trip_without_a_price_costs_nothing(self, story, fund, rule, cabbage_of_xiuying):
        rule(BUYER)

        story.signed(wish((cabbage_of_xiuying, 40)))

        assert purse(fund)[:2] == (64_00, 0)
        assert breaches() == []

    def test_a_trip_that_never_arrived_costs_nothing(self, story, fund, rule, carrier, cabbage_of_xiuying):
        rule(BUYER)
        cart(story, story.confirmed(wish((cabbage_of_xiuying, 40))), 5_00)

        sweeping.end_lost(at=WEDNESDAY + 20 * 24 * 60 * MINUTE)

        assert (purse(fund)[:2], SettlementStatement.objects.count()) == ((0, 0), 0)
        assert breaches() == []

    def test_a_haulier_without_a_card_waits_for_it(self, story, rule, coop, cabbage_of_xiuying):
        rule(BUYER)
        signed(story, cart(story, story.confirmed(wish((cabbage_of_xiuying, 40))), 5_00))
        factories.people.set_card(
            organisation=coop, number=factories.a_card_number(990_001), holder=coop.name, bank="农商行",
            at=THURSDAY + 3 * MINUTE,
        )  # fmt: skip

        assert [sweeping.settle_late(at=THURSDAY + 4 * MINUTE) for _again in range(2)] == [1, 0]
        assert SettlementStatement.objects.get(carrier=coop).total_fen == 5_00


class TestPrice:
    def test_above_the_ceiling_it_is_refused_in_words(self, story, rule, cabbage_of_xiuying):
        rule(BY_WEIGHT)
        order = story.confirmed(wish((cabbage_of_xiuying, 40)))

        with pytest.raises(PriceAboveCeiling) as refusal:
            cart(story, order, 6_41)

        assert "6.40" in str(refusal.value)
        assert cart(story, order, 6_40).price.price_fen == 6_40

    def test_without_a_rule_or_by_who_drives_for_nobody_none_is_asked(
        self, story, rule, cabbage_of_xiuying, cabbage_of_guiying, xiuying
    ):
        outside = story.confirmed(wish((cabbage_of_guiying, 10)))
        rule(BY_WEIGHT)
        order = story.confirmed(wish((cabbage_of_xiuying, 40)))
        lots = {lot.pk: Loaded(lot.weight_g) for lot in order.allocations.all()}
        both = lots | {lot.pk: Loaded(lot.weight_g) for lot in outside.allocations.all()}
        haulier = story.people["haulier"]

        for orders, loads, by, words in (
            ([outside], {key: both[key] for key in both.keys() - lots.keys()}, haulier, "不在平台结算"),
            ([order], lots, xiuying, "替单位送货"),
            ([order, outside], both, haulier, "规定不一样"),
        ):
            with pytest.raises(placing.BadValue, match=words):
                delivering.ship(orders, loads, price_fen=1_00, by=by, at=WEDNESDAY)

    def test_the_rule_of_the_day_of_placing_counts(self, story, rule, cabbage_of_xiuying):
        order = story.confirmed(wish((cabbage_of_xiuying, 40)))
        rule(BUYER)
        later = story.place(wish((cabbage_of_xiuying, 40)))

        assert (order.transport_payer, order.transport_permille, order.transport_fen) == (0, 0, 0)
        assert (later.transport_payer, later.transport_permille, later.transport_fen) == (1, 100, 6_40)


def test_the_haulier_sees_its_own_statement_alone(story, rule, carrier, cabbage_of_xiuying):
    rule(BY_WEIGHT)
    signed(story, cart(story, story.confirmed(wish((cabbage_of_xiuying, 40))), 4_00))

    assert [row.carrier for row in statements_seen_by(story.people["haulier"])] == [carrier]


@pytest.mark.django_db(transaction=True)
def test_placing_takes_eleven_statements_where_the_buyer_pays_carts(story, rule, changxi, cabbage):
    rule(BUYER)
    story.fund = factories.a_fund(story.buyer, "canteen")
    lot = factories.a_listing(factories.a_household(changxi), cabbage, kg=50)
    standing(story.people["chef"]).household_id  # noqa: B018  (the door has read who this is)

    with CaptureQueriesContext(connection) as asked:
        placing.place_once(
            "k-1", buyer=story.buyer, fund=story.fund, deliver_on=THURSDAY.date(), lines=[wish((lot, 10))],
            by=story.people["chef"], at=MONDAY,
        )  # fmt: skip

    statements = [query["sql"] for query in asked if query["sql"] not in ("BEGIN", "COMMIT")]
    assert len(statements) == 11, statements
    assert Transfer.objects.filter(reference__endswith=":transport:hold").count() == 1
    assert not StatementLine.objects.exists()


class TestPages:
    def test_the_rule_stands_where_an_order_is_placed_sold_sent_weighed_and_stated(
        self, client, now, story, rule, carrier, cabbage_of_xiuying, cashier_yu
    ):
        rule(BY_WEIGHT)
        order = story.confirmed(wish((cabbage_of_xiuying, 40)))
        asked = Message.objects.get(kind="sale.asked", document=order.allocations.get().reference)
        assert "运费由卖家分摊，您最多出 6.40 元" in asked.body
        factories.login(client, story.people["chef"])
        want = {"produce": cabbage_of_xiuying.produce.code, "quantity_0": "10", "quantity_1": "kg",
                "on": "2026-11-05", "fund": story.fund.pk}  # fmt: skip
        for page in (want, want | {"plan": "fair"}):
            assert "每家最多出自己货款的 10%" in client.get(reverse("order-plan"), page).content.decode()
        assert "最多是货款的 10%" in client.get(reverse("order-detail", args=[order.pk])).content.decode()

        now["at"] = WEDNESDAY
        factories.login(client, story.people["haulier"])
        address, lot = reverse("delivery-ship", args=[order.pk]), order.allocations.get()
        assert "每家最多出自己货款的 10%" in client.get(address).content.decode()
        sent = {f"kg_{lot.pk}": "40", "price": "6.41", "idem": "k-1"}
        refused = client.post(address, sent)
        assert (refused.status_code, "最多 6.40 元" in refused.content.decode()) == (400, True)
        client.post(address, sent | {"price": "4.00", "idem": "k-2"})
        trip = trip_of(order)
        assert trip.price.price_fen == 4_00
        assert "4.00 元" in client.get(reverse("delivery-detail", args=[trip.pk])).content.decode()

        factories.login(client, story.people["weigher"])
        scale = client.get(reverse("delivery-accept", args=[trip.pk])).content.decode()
        assert "这趟车的运费 4.00 元" in scale
        receipt = signed(story, trip)
        assert "4.00 元" in client.get(reverse("receipt-detail", args=[receipt.pk])).content.decode()
        factories.login(client, cashier_yu)
        for statement in SettlementStatement.objects.all():
            shown = client.get(reverse("statement-detail", args=[statement.pk])).content.decode()
            assert "运费 包菜" in shown
        assert carrier.name in client.get(reverse("statement-list")).content.decode()

    def test_a_buyer_reads_what_is_held_for_carts(self, client, now, story, rule, cabbage_of_xiuying):
        rule(BUYER)
        factories.login(client, story.people["chef"])
        want = {"produce": cabbage_of_xiuying.produce.code, "quantity_0": "40", "quantity_1": "kg",
                "on": "2026-11-05", "fund": story.fund.pk, "plan": "fair"}  # fmt: skip

        shown = client.get(reverse("order-plan"), want).content.decode()

        assert "为运费另外占用 6.40 元" in shown

    def test_programs_send_the_price_along(self, client, now, story, rule, cabbage_of_xiuying):
        rule(BUYER)
        order = story.confirmed(wish((cabbage_of_xiuying, 40)))
        now["at"] = WEDNESDAY
        factories.login(client, story.people["haulier"])

        answer = client.post(
            reverse("api-delivery-ship", args=[order.pk]),
            {"loads": [{"lot": order.allocations.get().pk, "kg": "40"}], "price": "5.00"},
            content_type="application/json", headers={"Idempotency-Key": "k-1"},
        )  # fmt: skip

        assert (answer.status_code, answer.json()["cart_price"]) == (201, "5.00")
        factories.login(client, story.people["chef"])
        shown = client.get(reverse("api-order-detail", args=[order.pk])).json()
        assert (shown["transport_payer"], shown["transport_permille"], shown["transport_held"]) == (1, 100, "6.40")

    def test_programs_send_the_price_of_several_orders_along(self, client, now, story, rule, cabbage_of_xiuying):
        rule(BUYER)
        orders = [story.confirmed(wish((cabbage_of_xiuying, 20))) for _each in range(2)]
        now["at"] = WEDNESDAY
        factories.login(client, story.people["haulier"])
        loads = [{"lot": order.allocations.get().pk, "kg": "20"} for order in orders]

        answer = client.post(
            reverse("api-trip-new"),
            {"orders": [order.pk for order in orders], "loads": loads, "price": "5.00"},
            content_type="application/json", headers={"Idempotency-Key": "k-1"},
        )  # fmt: skip

        assert (answer.status_code, answer.json()["cart_price"]) == (201, "5.00")

    def test_the_whole_file_lists_the_cart_and_misses_no_invoice_of_it(
        self, client, now, story, rule, carrier, cabbage_of_xiuying, cashier_yu
    ):
        rule(BY_WEIGHT)
        trip = cart(story, story.confirmed(wish((cabbage_of_xiuying, 40))), 4_00)
        signed(story, trip)
        haulier = SettlementStatement.objects.get(carrier=carrier)
        now["at"] = THURSDAY + 9 * MINUTE
        factories.login(client, cashier_yu)

        whole = client.get(reverse("api-delivery-dossier", args=[trip.pk])).json()

        [lines] = [section["rows"] for section in whole["sections"] if section["key"] == "statements"]
        assert [row[4] for row in lines if row[1] == "运费"] == ["-4.00", "4.00"]
        assert whole["agrees"]
        assert [haulier.number in said for said in whole["missing"] if "发票" in said] == [False]

    def test_a_hauliers_month_is_a_row_of_its_own(self, client, now, story, rule, carrier, cabbage_of_coop):
        rule(BY_WEIGHT)
        order = story.confirmed(wish((cabbage_of_coop, 40)))
        signed(story, cart(story, order, 4_00))
        now["at"] = THURSDAY + 9 * MINUTE
        factories.login(client, story.people["haulier"])

        [row] = client.get(reverse("api-statement-month")).json()
        page = client.get(reverse("statement-month"), {"fund": story.fund.pk, "carrier": carrier.pk})

        assert (row["seller"], row["amount"]) == (carrier.name, "4.00")
        assert (page.status_code, "4.00" in page.content.decode()) == (200, True)
