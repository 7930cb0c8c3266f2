"""Walk one order down the flow, as far as a test needs it, each step by the person whose step it is."""

import datetime as dt
from dataclasses import dataclass, field

from orders.models import Arrival, GoodsReceipt, PurchaseOrder
from orders.selectors.scale import refused_role
from orders.services import asking, delivering, placing, receiving
from orders.services.delivering import Loaded
from orders.services.weighing import Weighed
from records.models import StoredFile
from tests.factories import MONDAY, THURSDAY, TUESDAY, WEDNESDAY

KG = 1000
DELIVER_ON = dt.date(2026, 11, 5)  # the Thursday
MINUTE = dt.timedelta(minutes=1)


def take(listing, kg=None, *, pieces=None, price_fen=None):
    """Return this much of a lot at the price it asks, or at another price that the buyer believes in."""
    quantity = pieces if pieces is not None else round(kg * KG)
    return placing.Take(listing.pk, quantity, price_fen or listing.price_fen, listing.price_unit_g)


def wish(*takes_of, produce=None, **more):
    """Return one line that takes these lots: pairs of listing and kilos."""
    takes = tuple(take(listing, kg) for listing, kg in takes_of)
    return placing.Wish((produce or takes_of[0][0].produce).pk, takes, **more)


@dataclass
class Story:
    """The people of one buyer, and how an order goes through their hands."""

    buyer: object
    fund: object
    people: dict = field(default_factory=dict)
    plan: object = None  # the purchase plan its orders draw on

    def place(self, *lines, by=None, at=MONDAY, deliver_on=DELIVER_ON, kitchen=None) -> PurchaseOrder:
        by = by or self.people["chef"]
        return placing.place(
            buyer=self.buyer,
            fund=self.fund,
            deliver_on=deliver_on,
            lines=list(lines),
            plan=self.plan,
            kitchen=kitchen,
            by=by,
            at=at,
        )

    def asked(self, *lines, **more) -> PurchaseOrder:
        return asking.ask_sellers(self.place(*lines, **more), at=MONDAY)

    def confirmed(self, *lines, **more) -> PurchaseOrder:
        order = self.asked(*lines, **more)
        for allocation in order.allocations.order_by("pk"):
            asking.confirm(allocation, by=allocation.listing.made_by, at=TUESDAY)
        order.refresh_from_db()
        return order

    def shipped(self, *lines, loaded=None, **more):
        order = self.confirmed(*lines, **more)
        loads = {
            row.pk: Loaded(row.weight_g, row.quantity if row.listing.piece_g else None)
            for row in order.allocations.filter(status="confirmed").select_related("listing")
        }
        return delivering.ship([order], loaded or loads, driver="罗师傅", by=self.people["haulier"], at=WEDNESDAY)

    def arrived(self, *lines, **more):
        delivery = self.shipped(*lines, **more)
        delivering.arrive(delivery, Arrival.How.BUYER, by=self.people["weigher"], at=WEDNESDAY + MINUTE)
        return delivery

    def weighed(self, *lines, weights=None, **more) -> GoodsReceipt:
        """Weigh what was shipped: exactly that, or what `weights` says of the lots in their order."""
        delivery = self.shipped(*lines, **more)
        lines = list(delivery.lines.order_by("allocation_id"))
        weighings = weights or [Weighed(line.shipped_g, accepted_pieces=line.pieces) for line in lines]
        weighed = {line.allocation_id: one for line, one in zip(lines, weighings, strict=True)}
        by = self.people["weigher"]
        return receiving.weigh(delivery, weighed, photos=shown_back(weighed, by), by=by, at=THURSDAY)

    def signed(self, *lines, **more) -> GoodsReceipt:
        receipt = self.weighed(*lines, **more)
        return receiving.sign(receipt, by=self.people["signer"], at=THURSDAY + MINUTE)


def shown_back(weights, by, at=THURSDAY) -> dict[str, StoredFile]:
    """Return a photo of what goes back of each lot of which something does."""
    return {refused_role(pk): a_stored_photo(by, at) for pk, weighed in weights.items() if weighed.refused_g}


def free_kg(listing) -> float:
    listing.refresh_from_db()
    return listing.free() / KG


def totals(listing) -> tuple[int, int, int]:
    """Return a lot's free, reserved and sold units."""
    listing.refresh_from_db()
    return listing.free(), listing.reserved, listing.sold


def purse(fund) -> tuple[int, int, int]:
    """Return what a fund has spent, holds and has left, in fen."""
    fund.account.refresh_from_db()
    account = fund.account
    return account.debits_posted_fen, account.debits_pending_fen, account.available_fen()


def owed_to(listing) -> tuple[int, int]:
    """Return what a seller's account has coming (posted, pending), in fen."""
    account = type(listing.payee_account).objects.get(pk=listing.payee_account_id)
    return account.credits_posted_fen - account.debits_posted_fen, account.credits_pending_fen


def a_stored_photo(by, at) -> StoredFile:
    """Return the row of a photo whose bytes no test looks at."""
    return StoredFile.objects.create(kind="photo", sha256="0" * 64, size=1, media_type="image/jpeg", by=by, at=at)
