"""Everybody at once on the same few lots, each doing what they like: no kilo counts twice, and the audit agrees.

What was drawn is printed on failure (the seed); the control takes the lock away and is found out.
"""

import datetime as dt
import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from django.db import DatabaseError, connection

from catalog.models import Listing
from catalog.services import kilos, listings, stale
from kernel.errors import DomainError
from losses.models import LossClaim
from losses.services import answering, reporting
from marketplace.audit import breaches
from orders.models import PurchaseOrder
from orders.services import asking, placing
from tests.factories import MONDAY, a_fund, a_household, a_listing
from tests.losses.steps import LOST_ON, a_photo, a_scheme
from tests.orders.steps import DELIVER_ON, KG, wish
from tests.races.crowd import Meeting, patiently, side_by_side

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ACTORS, TURNS = 6, int(os.environ.get("KILO_TURNS", "16"))
SEED = int(os.environ.get("KILO_SEED", "20261102"))
HOUR = dt.timedelta(hours=1)
serial = count(1)


class Town:
    """Four lots, one school with its fund, one scheme: and the verbs anybody may press at any moment."""

    def __init__(self, story, village, produce, scheme):
        self.story, self.produce, self.scheme = story, produce, scheme
        self.fund = a_fund(story.buyer, "canteen", yuan=100_000)
        self.homes = [a_household(village) for _household in range(2)]
        self.lots = [a_listing(home, produce, kg=60) for home in self.homes for _lot in range(2)]
        self.by = self.lots[0].made_by

    def act(self, draw: random.Random) -> str:
        verbs = {  # an expiry ends every lot at once: too many of them and nobody orders anything
            self.order: 20, self.cancel: 5, self.withdraw: 4, self.claim: 4, self.unclaim: 3, self.confirm: 3,
            self.list_more: 8, self.expire: 1,
        }  # fmt: skip
        [verb] = draw.choices(list(verbs), weights=list(verbs.values()))
        try:
            patiently(lambda: verb(draw))
        except (DomainError, IndexError):  # refused in words, or nothing there to act on
            return f"{verb.__name__} refused"
        except DatabaseError as error:
            return f"database refused: {str(error)[:80]}"
        return verb.__name__

    def lot(self, draw) -> Listing:
        return Listing.objects.get(pk=draw.choice(self.lots[-8:]).pk)  # the newest: older ones are mostly gone

    def order(self, draw):
        lines = [wish(*((self.lot(draw), draw.randint(1, 25)) for _take in range(draw.randint(1, 3))))]
        placing.place_once(
            f"town-{next(serial)}", buyer=self.story.buyer, fund=self.fund, deliver_on=DELIVER_ON, lines=lines,
            by=self.story.people["chef"], at=MONDAY,
        )  # fmt: skip

    def cancel(self, draw):
        order = draw.choice(list(PurchaseOrder.objects.exclude(status="cancelled")))
        asking.cancel(order, why="菜单改了", by=self.story.people["chef"], at=MONDAY)

    def withdraw(self, draw):
        quantity = draw.choice([None, draw.randint(1, 20) * KG])
        listings.withdraw(self.lot(draw), reason=listings.EATEN, quantity=quantity, by=self.by, at=MONDAY)

    def claim(self, draw):
        lot = self.lot(draw)
        beside = [one for one in self.lots[-8:] if one.household_id == lot.household_id and one.pk != lot.pk]
        lots = [lot, *Listing.objects.filter(pk__in=[one.pk for one in beside[: draw.randint(0, 2)]])]
        draw.shuffle(lots)
        reporting.file_report(
            [reporting.Line(self.scheme, one, draw.randint(10, 30) * KG) for one in lots], cause="unsold",
            happened_on=LOST_ON, words="", photos=[a_photo(by=self.by) for _photo in range(2)], consent="visit",
            by=self.by, at=MONDAY,
        )  # fmt: skip

    def unclaim(self, draw):
        answering.withdraw(draw.choice(list(LossClaim.objects.filter(status="filed"))), by=self.by, at=MONDAY)

    def expire(self, draw):
        stale.expire_stale(at=MONDAY + dt.timedelta(days=8))

    def confirm(self, draw):
        listings.confirm_still_there(self.lot(draw), by=self.by, at=MONDAY + HOUR)

    def list_more(self, draw):
        self.lots.append(a_listing(draw.choice(self.homes), self.produce, kg=draw.randint(20, 80)))


@pytest.fixture
def town(story, changxi, cabbage, finance_bureau, director_lin):
    return Town(story, changxi, cabbage, a_scheme(finance_bureau, director_lin, cabbage))


def live(town, turns: int) -> list[str]:
    """Let the actors loose together; return what became of every turn."""
    start = threading.Barrier(ACTORS)

    def one(number: int) -> list[str]:
        draw = random.Random(SEED + number)
        try:
            start.wait(timeout=60)
            return [town.act(draw) for _turn in range(turns)]
        finally:
            connection.close()

    with ThreadPoolExecutor(ACTORS) as crowd:
        return [what for done in crowd.map(one, range(ACTORS)) for what in done]


def test_whatever_everybody_does_at_once_no_kilo_counts_twice(town):
    done = live(town, TURNS)

    assert [what for what in done if what.startswith("database refused")] == [], SEED
    happened = {what for what in done if not what.endswith("refused")}
    assert happened >= {"order", "withdraw", "claim", "list_more"}, (SEED, happened)
    assert all(lot.free() >= 0 for lot in Listing.objects.all())
    assert breaches() == [], SEED


def test_control_without_the_lock_the_database_has_to_step_in(town, monkeypatch):
    lot, both_have_read = town.lots[0], Meeting()

    def unlocked(ids):
        rows = {row.pk: row for row in Listing.objects.filter(pk__in=set(ids)).select_related("produce")}
        both_have_read.first_time()
        return rows

    for module in (kilos, listings):
        monkeypatch.setattr(module, "lock_listings", unlocked)
    monkeypatch.setattr(kilos, "lock_listings_with_mandates", lambda ids, _day, **_more: (unlocked(ids), {}))

    met = side_by_side(
        lambda: listings.withdraw(lot, reason=listings.EATEN, quantity=40 * KG, by=town.by, at=MONDAY),
        lambda: placing.place_once(
            "town-control", buyer=town.story.buyer, fund=town.fund, deliver_on=DELIVER_ON, lines=[wish((lot, 40))],
            by=town.story.people["chef"], at=MONDAY,
        ),
    )  # fmt: skip

    assert met == {"done": 1, "refused by the database": 1}
    assert Listing.objects.get(pk=lot.pk).free() == 20 * KG  # the last wall holds
