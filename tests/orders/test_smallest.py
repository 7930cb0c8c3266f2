"""The smallest quantity of each side: never less than the seller hands over and the buyer fetches, in every plan."""

import itertools
import random

import pytest
from django.urls import reverse

from catalog.models import Listing
from catalog.services.kilos import NotOnSale
from catalog.services.smallest import TooLittleToHandOver, say_smallest
from kernel.errors import BadValue
from ledger.models import Transfer
from orders.allocation import Lot, draw, fair, three_plans, units_of, within_cap
from orders.allocation.water import fill
from orders.models import OrderLine, PurchaseOrder
from orders.selectors import plans
from orders.selectors.replay import replay, supply_then
from orders.services import keeping
from orders.services.smallest_order import OrderTooLight, OrderTooSmall
from records.models import Event, PolicyValue
from tests.factories import MONDAY, TUESDAY, WEDNESDAY, a_household, a_listing, a_user, login
from tests.orders.steps import DELIVER_ON, KG, totals, wish

CASES, OWNERS = range(1000), "abcde"


def a_market(case):
    """Return a few lots of five owners, some with a smallest quantity, and a buyer with or without a parcel."""
    chance = random.Random(case)
    served = {owner: chance.choice([0, 0, 3, 8]) for owner in OWNERS}
    lots = []
    for number in range(chance.randint(0, 6)):
        owner = chance.choice(OWNERS)
        lots.append(
            Lot(number, owner, owner in "abc", chance.randint(1, 3), chance.randint(0, 6), chance.randint(1, 4), 500,
                served_g=served[owner], stop=chance.randint(1, 3), smallest=chance.choice([0, 0, 2, 3, 5]))
        )  # fmt: skip
    return lots, chance.randint(1, 14), chance.randint(1, 3), chance.choice([0, 0, 1, 3, 4]), f"seed{case % 7}"


def used_of(lots, room, parcel):
    """Return the lots of one owner whose smallest quantities fit into this room, the least and the most of them."""
    used, least = [], 0
    for lot in sorted(lots, key=lambda lot: (lot.days_left, lot.listing_id)):
        part = min(lot.smallest, lot.available)
        if lot.available and least + part <= room:
            used.append(lot)
            least += part
    most = sum(lot.available for lot in used)
    return used, max(least, min(parcel, most)), most


def reference(lots, asked, smallest, parcel, seed):
    """Work the rule once more, slowly: who is asked in turn, the best of all divisions, then of all lots' parts."""
    result: dict[int, int] = {}
    for poor in (True, False):
        left = asked - sum(result.values())
        of = {o: [lot for lot in lots if lot.owner == o and lot.poor == poor and lot.available] for o in OWNERS}
        row = sorted(
            (o for o in of if of[o]),
            key=lambda o: (of[o][0].served_g, min(lot.days_left for lot in of[o]), draw(seed, o), o),
        )
        chosen: dict[str, tuple] = {}
        for owner in row:
            room = left - sum(least for _lots, least, _most in chosen.values())
            used, least, most = used_of(of[owner], room, parcel)
            whole = [*chosen.values(), (used, least, most)]
            parcels = sum(min(max(smallest, one), many) for _lots, one, many in whole)
            enough = parcels > left and sum(many for _lots, _one, many in chosen.values()) >= left
            if left <= 0 or (enough and not least and used):
                break
            if used and least <= room and not enough:
                chosen[owner] = (used, least, most)
        wanted = min(left, sum(most for _lots, _least, most in chosen.values()))
        ranges = [range(least, most + 1) for _lots, least, most in chosen.values()]
        ways = [parts for parts in itertools.product(*ranges) if sum(parts) == wanted]
        best = max(ways, key=lambda parts: (sorted(parts), parts))
        for (used, _least, _most), part in zip(chosen.values(), best, strict=True):
            result |= best_of_lots(used, part)
    return {number: part for number, part in result.items() if part}


def best_of_lots(used, part):
    """Try every way to take this much of an owner's lots: as much as possible of what spoils first."""
    ranges = [range(min(lot.smallest, lot.available), lot.available + 1) for lot in used]
    best = max(parts for parts in itertools.product(*ranges) if sum(parts) == part)
    return {lot.listing_id: one for lot, one in zip(used, best, strict=True)}


def test_fair_shares_with_smallest_quantities_equal_the_exact_answer_in_a_thousand_markets():
    for case in CASES:
        lots, asked, smallest, parcel, seed = a_market(case)
        ours = units_of(fair(lots, asked, seed=seed, smallest=smallest, parcel=parcel).picks)
        assert ours == reference(lots, asked, smallest, parcel, seed), case


def test_no_plan_takes_less_than_either_side_holds_to_whatever_the_order_of_the_lots():
    for case in CASES:
        lots, asked, smallest, parcel, seed = a_market(case)
        capped = within_cap(lots, 9)
        rule = {"seed": seed, "smallest": smallest, "step": 1 + case % 3, "parcel": parcel}
        mixed = random.Random(case).sample(capped, len(capped))
        there = {lot.listing_id: lot for lot in lots}
        by_lot = {lot.listing_id: lot for lot in capped}
        again = [units_of(split.picks) for split in three_plans(mixed, asked, **rule)]
        for split, shuffled in zip(three_plans(capped, asked, **rule), again, strict=True):
            taken = units_of(split.picks)
            assert taken == shuffled, (case, split.kind)
            assert sum(taken.values()) <= asked
            for number, quantity in taken.items():
                assert min(there[number].smallest, there[number].available) <= quantity <= by_lot[number].available
            for owner in {pick.lot.owner for pick in split.picks} if split.kind != "cheapest" else ():
                of = sum(quantity for number, quantity in taken.items() if by_lot[number].owner == owner)
                may = sum(by_lot[number].available for number in taken if by_lot[number].owner == owner)
                assert of >= min(parcel, may), (case, split.kind)


def test_more_to_hand_out_gives_nobody_less_though_each_has_a_least():
    for case in CASES:
        chance = random.Random(case)
        most = [chance.randint(0, 9) for _one in range(chance.randint(1, 5))]
        least = [chance.randint(0, one) for one in most]
        rows = [fill(most, total, 1 + case % 3, least)[0] for total in range(sum(least), sum(most) + 1)]
        assert [sum(row) for row in rows] == list(range(sum(least), sum(most) + 1))
        for fewer, more in itertools.pairwise(rows):
            assert all(floor <= one <= other for floor, one, other in zip(least, fewer, more, strict=True)), case


def test_whoever_hands_over_more_than_there_is_room_for_is_passed_over_and_a_rest_goes_whole():
    lots = [
        Lot(1, "a", True, 1, 100, 80, 500, smallest=50),
        Lot(2, "b", True, 2, 100, 80, 500),
        Lot(3, "c", True, 3, 8, 80, 500, smallest=20),
    ]

    assert units_of(fair(lots, 40, seed="s", smallest=10).picks) == {2: 32, 3: 8}
    assert units_of(fair(lots, 108, seed="s", smallest=10).picks) == {1: 50, 2: 50, 3: 8}
    assert units_of(fair(lots[:1], 40, seed="s").picks) == {}


def test_the_buyers_own_parcel_does_not_give_way_as_the_countys_does():
    lots = [Lot(number, f"h{number}", True, number, 12, 80, 500) for number in (1, 2, 3)]

    assert units_of(fair(lots, 25, seed="s", smallest=10).picks) == {1: 9, 2: 8, 3: 8}
    assert units_of(fair(lots, 25, seed="s", smallest=10, parcel=10).picks) == {1: 12, 2: 12}


def test_a_cap_that_leaves_less_than_the_seller_hands_over_leaves_nothing():
    lots = [
        Lot(1, "a", True, 1, 100, 80, 500, served_g=80, smallest=50),
        Lot(2, "a", True, 2, 90, 80, 500, served_g=80),
    ]

    assert [lot.available for lot in within_cap(lots, 100)] == [0, 20]


@pytest.fixture
def market(changxi, cabbage):
    """Six households with cabbage; two of them say from the beginning what they hand over at least."""
    lots = [a_listing(a_household(changxi), cabbage, kg=40 + 7 * number, at=MONDAY) for number in range(6)]
    for lot in lots[:2]:
        say_smallest(lot, quantity=30 * KG, by=lot.made_by, at=MONDAY)
    return [Listing.objects.get(pk=lot.pk) for lot in lots]


@pytest.fixture
def set_policy():
    def decided(name, value):
        PolicyValue.objects.create(
            name=name, value=str(value), from_on=MONDAY.date(), set_by=a_user("甲"), confirmed_by=a_user("乙"),
            confirmed_at=MONDAY,
        )  # fmt: skip

    return decided


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["fair", "cheapest", "fewest"])
def test_an_auditor_reads_what_both_sides_held_to_then(story, market, cabbage, kind):
    want = plans.Want(cabbage, 90 * KG, DELIVER_ON, parcel_g=25 * KG)
    kept = keeping.keep(story.buyer, want, kind, by=story.people["chef"], at=TUESDAY)
    then = plans.supply_for(want, at=TUESDAY, season_days=180, own=[kept])
    say_smallest(market[0], quantity=0, by=market[0].made_by, at=WEDNESDAY)
    say_smallest(market[3], quantity=45 * KG, by=market[3].made_by, at=WEDNESDAY)
    order = keeping.order_kept(kept, story.fund, by=story.people["chef"], at=TUESDAY)

    line = order.lines.get()
    assert (line.parcel_g, kept.parcel_g, line.rule) == (25 * KG, 25 * KG, "3")
    assert all(lot.quantity >= 25 * KG for lot in line.allocations.all())
    found = replay(line)
    assert found.kept and found.same
    assert supply_then(want, at=TUESDAY, season_days=180).lots == then.lots


@pytest.mark.django_db
def test_a_chosen_lot_is_refused_below_its_smallest_quantity_and_nothing_is_held(story, market):
    with pytest.raises(TooLittleToHandOver) as refusal:
        story.place(wish((market[0], 29)))

    assert "60 斤" in str(refusal.value)
    assert totals(market[0])[1] == 0 and not Transfer.objects.filter(kind="pending").exists()
    story.place(wish((market[0], 30)))
    story.place(wish((market[0], 10)))  # all that is left


@pytest.mark.django_db
def test_a_one_lot_plan_is_not_kept_below_its_smallest_quantity(story, market, cabbage):
    want = plans.Want(cabbage, 20 * KG, DELIVER_ON, listing_id=market[0].pk)

    with pytest.raises(TooLittleToHandOver):
        keeping.keep(story.buyer, want, "chosen", by=story.people["chef"], at=TUESDAY)


@pytest.mark.django_db
def test_nothing_impossible_is_said_and_what_others_said_is_told(market, cadre_liu):
    lot, by = market[2], market[2].made_by
    for quantity in (-1, lot.listed + 1):
        with pytest.raises(BadValue):
            say_smallest(lot, quantity=quantity, by=by, at=TUESDAY)
    say_smallest(lot, quantity=9 * KG, by=cadre_liu, at=TUESDAY)
    say_smallest(lot, quantity=9 * KG, by=cadre_liu, at=TUESDAY)

    event = Event.objects.get(kind="lot_smallest", document=lot.reference)
    assert event.data == {"before": 0, "smallest": 9 * KG}
    lot.move_to("stopped", by=cadre_liu, at=TUESDAY)
    with pytest.raises(NotOnSale):
        say_smallest(lot, quantity=0, by=by, at=TUESDAY)


@pytest.mark.django_db
def test_an_order_below_the_countys_least_is_refused_with_what_is_missing(story, market, set_policy):
    story.place(wish((market[2], 10)))
    set_policy("order_least_fen", 20_00)
    with pytest.raises(OrderTooSmall) as refusal:
        story.place(wish((market[2], 10)))
    assert "再订 4.00 元" in str(refusal.value)
    set_policy("order_least_g", 15 * KG)
    with pytest.raises(OrderTooLight) as refusal:
        story.place(wish((market[2], 14)))
    assert "2 斤" in str(refusal.value)

    story.place(wish((market[2], 15)))
    assert PurchaseOrder.objects.count() == 2


@pytest.mark.django_db
def test_the_pages_of_both_sides(client, now, story, xiuying, cabbage_of_xiuying, cabbage_of_guiying):
    lot = cabbage_of_xiuying
    login(client, xiuying)
    address = reverse("listing-smallest", args=[lot.pk])
    page = client.get(address)
    assert "多少都送的话" in page.content.decode()
    idem = page.context["form"]["idem"].value()
    assert "起送数不能比这还多" in client.post(address, {"quantity": "9000", "idem": idem}).content.decode()
    client.post(address, {"quantity": "100", "idem": idem})
    lot.refresh_from_db()
    assert lot.smallest == 50 * KG
    assert "至少 100 斤" in client.get(reverse("my-listing", args=[lot.pk])).content.decode()

    login(client, story.people["chef"])
    assert "起送数" in client.get(reverse("listing-detail", args=[lot.pk])).content.decode()
    typed = {
        "produce": "cabbage", "quantity_0": "40", "quantity_1": "kg", "on": DELIVER_ON.isoformat(),
        "fund": str(story.fund.pk), "parcel": "30", "plan": "fair",
    }  # fmt: skip
    page = client.get(reverse("order-plan"), typed)
    assert [row.quantity for row in page.context["plan"].rows] == ["40 公斤"]
    client.post(reverse("order-plan"), typed | {"shown": page.context["shown"], "idem": page.context["idem"]})
    assert OrderLine.objects.get().parcel_g == 30 * KG
    assert 'value="30"' in client.get(reverse("order-new")).content.decode()


@pytest.mark.django_db
def test_programs_say_it_too(client, now, xiuying, cabbage_of_xiuying):
    login(client, xiuying)
    lot = cabbage_of_xiuying
    address = reverse("api-listing-smallest", args=[lot.pk])

    def send(key, **body):
        return client.post(address, body, content_type="application/json", headers={"Idempotency-Key": key})

    assert send("a", kg="50").json()["smallest"] == 50 * KG
    assert send("b", kg="5000").status_code == 400
    assert client.get(reverse("api-listing-detail", args=[lot.pk])).json()["smallest"] == 50 * KG
    assert send("c").json()["smallest"] == 0
