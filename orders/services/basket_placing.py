"""Keep or order a basket: what the fair plan gives for each line, one order a purse, all of them or none."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from canteens.models import Fund, FundKind, PurchasePlan
from canteens.services.drawing import PlanOfOtherFund
from catalog.services import kilos
from kernel import clock, money
from kernel.errors import BadValue, DomainError
from kernel.versions import fingerprint
from ledger.services import transfers
from orders.models import Basket, KeptLot, KeptPlan, LineTerms, Otherwise, PurchaseOrder
from orders.selectors import plans as planning
from orders.selectors.baskets import (
    Row,
    Share,
    fund_chosen,
    kitchen_chosen,
    kitchens_to_choose,
    plan_chosen,
    split_by_fund,
)
from orders.selectors.keeping import kept_now, planned
from orders.services import asking, keeping, placing
from orders.services.baskets import HOURS, STAYS, parcel_g
from orders.services.kitchens import kitchen_of_order
from orders.services.steps import people_lacking
from produce.models import Grade, Produce

SEVERAL = 2  # canteens of a day among which a basket chooses; purses of one basket that are locked together


class BasketChanged(DomainError):
    """Lots moved, or a price, between looking and ordering."""

    code = "plan_changed"

    def __init__(self, changes: Sequence[str]) -> None:
        words = _("Prices or goods have just changed. Here is the order as it is now; look at it again.")
        super().__init__(" ".join([words, *changes]))


@dataclass(frozen=True, slots=True)
class Planned:
    """One line of the basket, the lots that would fill it, and the plan that keeps them."""

    row: Row
    plan: planning.Plan
    kept: KeptPlan | None = None

    @property
    def price_fen(self) -> int:
        """Return what a kilogram costs on the average."""
        return money.amount_fen(1000, self.plan.total_fen, self.plan.weight_g) if self.plan.weight_g else 0

    @property
    def lacking(self) -> int:
        """Return what is short; where the buyer changed the shares, less was chosen."""
        return 0 if self.kept and self.kept.made_from_id else self.plan.split.short


@dataclass(frozen=True, slots=True)
class Proposal:
    """A basket with its lots: which purse pays what, what is kept by now, and the print of all that was shown."""

    lines: list[Planned]
    shares: list[Share]
    kept: list[KeptPlan]
    on_plan: PurchasePlan | None = None
    kitchen: int | None = None  # the canteen that was chosen

    @property
    def stays(self) -> list[KeptPlan]:
        """Return what keeps lines of the basket as they stand."""
        return [one.kept for one in self.lines if one.kept and one.plan.split.picks]

    @property
    def print(self) -> str:
        return fingerprint(
            [[one.row.id, one.plan.print, one.row.typed.get("latest", ""), one.row.typed.get("otherwise", "")]
             for one in self.lines],
            [[share.fund.pk, list(share.lines)] for share in self.shares],
            *([self.on_plan.pk] if self.on_plan else []),
            *([f"canteen:{self.kitchen}"] if self.kitchen else []),
        )  # fmt: skip

    def of(self, share: Share) -> list[Planned]:
        """Return the lines that one purse pays for."""
        return [one for one in self.lines if one.row.id in share.lines]

    def found(self, share: Share) -> list[Planned]:
        """Return those of its lines for which there are goods."""
        return [one for one in self.of(share) if one.plan.split.picks]


def propose(basket: Basket, rows: Sequence[Row], funds: Sequence[Fund], on: dt.date, *, at: dt.datetime) -> Proposal:
    """Return what the fair plan gives for each line, and which purse pays for it."""
    goods = Produce.objects.in_bulk([row.word.id for row in rows if row.word])
    grades = Grade.objects.in_bulk([row.typed["grade"] for row in rows if row.typed.get("grade")])
    least_g, kept = parcel_g(basket), kept_now(basket.by, basket.buyer)
    known = [(row, goods[row.word.id]) for row in rows if row.word and row.word.id in goods]
    wants = [
        planning.Want(
            produce=produce,
            asked=row.asked or 0,
            deliver_on=on,
            grade=grades.get(row.typed.get("grade") or 0),
            ceiling_fen_per_kg=row.ceiling_fen,
            parcel_g=least_g,
        )
        for row, produce in known
    ]
    plans = planned(wants, kept, buyer=basket.buyer, at=at)
    lines = [Planned(row, plan, by) for (row, _produce), (plan, by) in zip(known, plans, strict=True)]
    sums = [(one.row.id, one.plan.total_fen, one.row.fund_id) for one in lines]
    on_plan, chosen = plan_chosen(basket, clock.county_day(at)), kitchen_chosen(basket)
    return Proposal(lines, split_by_fund(sums, funds, fund_chosen(basket, on_plan)), kept, on_plan, chosen)


def settle_kitchen(basket: Basket, shares: Sequence[Share], on: dt.date) -> None:
    """Refuse a basket that names no canteen of its day, where it must; forget a choice which the day does not leave."""
    kitchens = kitchens_to_choose(basket.buyer, on)
    if len(kitchens) < SEVERAL:
        basket.typed = {name: value for name, value in basket.typed.items() if name != "kitchen"}
    elif any(share.fund.kind != FundKind.UNION for share in shares):
        kitchen_of_order({row.pk: row.label_for(basket.buyer_id) for row in kitchens}, kitchen_chosen(basket))


def people_lacking_for(proposal: Proposal, *, by: User, at: dt.datetime) -> list[str]:
    """Return why orders of these purses could not be placed for lack of people to approve them, each sentence once."""
    said = []
    for share in proposal.shares:
        by_class: Counter[str] = Counter()
        for line in proposal.found(share):
            by_class[line.plan.want.produce.category_id] += line.plan.total_fen
        on_plan = proposal.on_plan
        on_plan = on_plan if on_plan and on_plan.fund_id == share.fund.pk else None
        said.append(people_lacking(share.fund, by_class, plan=on_plan, by=by, at=at) if by_class else "")
    return list(dict.fromkeys(sentence for sentence in said if sentence))


@transaction.atomic
def keep(
    basket: Basket, rows: Sequence[Row], funds: Sequence[Fund], on: dt.date, *, shown: str, by: User, at: dt.datetime
) -> list[KeptPlan]:
    """Keep the lots of all lines as they were shown, under one clock; lines for which there are none stay out."""
    keeping.lock_buyer(basket.buyer)
    proposal = propose(basket, rows, funds, on, at=at)
    if proposal.print != shown:
        raise keeping.PlanChanged
    plans = [(one.plan, one.kept) for one in proposal.lines]
    return keeping.hold(basket.buyer, proposal.kept, plans, of_basket=True, by=by, at=at)


@transaction.atomic
def order(
    basket: Basket,
    proposal: Proposal,
    on: dt.date,
    *,
    shown: str,
    before: dict[int, int],
    was_kept: bool = False,
    by: User,
    at: dt.datetime,
) -> list[PurchaseOrder]:
    """Place what was shown, one order a purse, and take the ordered lines out of the basket; all of it or nothing.

    Refuses what is no longer as it was shown, with the new prices: `before` says what each line cost a kilogram. What
    was kept for its lines becomes their order; the rest that was kept with it is let go.
    """
    if proposal.print != shown:
        if was_kept and not proposal.stays:
            raise keeping.KeptOver
        raise BasketChanged(_changes(proposal, before))
    if proposal.kept:
        _take_over_kept(basket.buyer, proposal, by=by, at=at)
    _lock_for_all(basket.buyer, proposal)
    placed, on_plan = [], proposal.on_plan
    if on_plan and on_plan.fund_id not in [share.fund.pk for share in proposal.shares]:
        raise PlanOfOtherFund(on_plan)
    for share in proposal.shares:
        lines = proposal.found(share)
        if not lines:
            continue
        one = placing.place(
            buyer=basket.buyer,
            fund=share.fund,
            deliver_on=on,
            lines=_wishes(lines),
            plan=on_plan if on_plan and on_plan.fund_id == share.fund.pk else None,
            kitchen=None if share.fund.kind == FundKind.UNION else proposal.kitchen,
            by=by,
            at=at,
        )
        LineTerms.objects.bulk_create(_terms(one, lines))
        if not one.needs_approval:
            asking.ask_sellers(one, at=at)
        placed.append(one)
    if not placed:
        raise BadValue(_("Nobody has these goods now. Change the day or the ceilings."))
    ordered = {line.row.id for share in proposal.shares for line in proposal.found(share)}
    basket.lines = [line for line in basket.lines if line["id"] not in ordered]
    basket.typed = {name: value for name, value in basket.typed.items() if name in STAYS}
    basket.version += 1
    basket.save()
    return placed


def _lock_for_all(buyer: Organisation, proposal: Proposal) -> None:
    """Lock buyer, lots and accounts of the orders of several purses in the one order.

    Else the second order would lock its lots after the accounts of the first, and meet whoever goes the other way.
    """
    found = {share.fund: proposal.found(share) for share in proposal.shares}
    ordered = {fund: lines for fund, lines in found.items() if lines}
    if len(ordered) < SEVERAL:
        return
    keeping.lock_buyer(buyer)
    takes = [take for lines in ordered.values() for wish in _wishes(lines) for take in wish.takes]
    listings = kilos.lock_listings([take.listing_id for take in takes]).values()
    accounts = {fund.account_id for fund in ordered} | {listing.payee_account_id for listing in listings}
    transfers.lock_accounts(accounts)


def _changes(proposal: Proposal, before: dict[int, int]) -> list[str]:
    return [
        _("%(produce)s: now %(now)s yuan a kilogram, before %(before)s.")
        % {
            "produce": one.row.word.local_name if one.row.word else "",
            "now": money.yuan_plain(one.price_fen),
            "before": money.yuan_plain(before[one.row.id]),
        }
        for one in proposal.lines
        if one.row.id in before and one.price_fen != before[one.row.id]
    ]


def _take_over_kept(buyer: Organisation, proposal: Proposal, *, by: User, at: dt.datetime) -> None:
    """Let nobody else move on what is kept for these lines, and let go of what is kept for others in its place.

    What is kept of other goods alone stays. All lots are locked at once: the orders of several purses lock them again.
    """
    kept = keeping.lock_kept(by, buyer)
    if any(one not in kept for one in proposal.stays):
        raise keeping.PlanChanged
    goods = {one.plan.want.produce.pk for one in proposal.lines}
    rest = [one for one in kept if one not in proposal.stays]
    if not rest or not (proposal.stays or any(one.produce_id in goods for one in rest)):
        return
    freed = list(KeptLot.objects.filter(kept__in=rest))
    wanted = {pick.lot.listing_id for one in proposal.lines for pick in one.plan.split.picks}
    listings = kilos.lock_listings(wanted | {lot.listing_id for lot in freed})
    keeping.end(rest, by=by, at=at)
    kilos.move_kilos(placing.given_back(freed), by=by, at=at, listings=listings, fresh=True)


def _wishes(lines: Sequence[Planned]) -> list[placing.Wish]:
    return [keeping.wish_of(one.plan, one.kept) for one in lines]


def _terms(one: PurchaseOrder, lines: Sequence[Planned]) -> list[LineTerms]:
    """Return what the basket said of each line, by the position of the line in its order."""
    rows = dict(one.lines.values_list("position", "pk"))
    terms = []
    for position, line in enumerate(lines, 1):
        typed = line.row.typed
        swap = next((word.id for word in line.row.swaps if str(word.id) == typed.get("swap")), None)
        otherwise = typed.get("otherwise") or Otherwise.LESS.value
        if otherwise == Otherwise.SWAP and swap is None:
            otherwise = Otherwise.LESS.value
        latest = typed.get("latest") or ""
        terms.append(
            LineTerms(
                line_id=rows[position],
                latest=dt.time.fromisoformat(latest) if latest in HOURS else None,
                otherwise=otherwise,
                swap_id=swap if otherwise == Otherwise.SWAP else None,
            )
        )
    return terms
