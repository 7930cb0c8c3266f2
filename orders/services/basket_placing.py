"""Order a basket: what the fair plan gives for each line, one order a purse, all of them or none."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from canteens.models import Fund
from kernel import money
from kernel.errors import BadValue, DomainError
from kernel.versions import fingerprint
from orders.allocation import PlanKind
from orders.models import Basket, LineTerms, Otherwise, PurchaseOrder
from orders.selectors import plans as planning
from orders.selectors.baskets import Row, Share, grams_of, split_by_fund
from orders.selectors.reasons import written
from orders.services import asking, placing
from orders.services.baskets import HOURS, STAYS, parcel_g
from produce.models import Grade, Produce


class BasketChanged(DomainError):
    """Lots moved, or a price, between looking and ordering."""

    code = "plan_changed"

    def __init__(self, changes: Sequence[str]) -> None:
        words = _("Prices or goods have just changed. Here is the order as it is now; look at it again.")
        super().__init__(" ".join([words, *changes]))


@dataclass(frozen=True, slots=True)
class Planned:
    """One line of the basket and the lots that would fill it."""

    row: Row
    plan: planning.Plan

    @property
    def price_fen(self) -> int:
        """Return what a kilogram costs on the average."""
        return money.amount_fen(1000, self.plan.total_fen, self.plan.weight_g) if self.plan.weight_g else 0

    @property
    def lacking(self) -> int:
        return self.plan.split.short


@dataclass(frozen=True, slots=True)
class Proposal:
    """A basket with its lots: which purse pays what, and the print of all that was shown."""

    lines: list[Planned]
    shares: list[Share]

    @property
    def print(self) -> str:
        return fingerprint(
            [[one.row.id, one.plan.print, one.row.typed.get("latest", ""), one.row.typed.get("otherwise", "")]
             for one in self.lines],
            [[share.fund.pk, list(share.lines)] for share in self.shares],
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
    least_g, lines = parcel_g(basket), []
    for row in rows:
        if row.word is None or row.word.id not in goods:
            continue
        want = planning.Want(
            produce=goods[row.word.id],
            asked=row.asked or 0,
            deliver_on=on,
            grade=grades.get(row.typed.get("grade") or 0),
            ceiling_fen_per_kg=row.ceiling_fen,
            parcel_g=least_g,
        )
        lines.append(Planned(row, planning.plans_for(want, buyer=basket.buyer, at=at)[0]))
    sums = [(one.row.id, one.plan.total_fen, one.row.fund_id) for one in lines]
    chosen = str(basket.typed.get("fund", ""))
    return Proposal(lines, split_by_fund(sums, funds, int(chosen) if chosen.isdigit() else None))


def order(
    basket: Basket, proposal: Proposal, on: dt.date, *, shown: str, before: dict[int, int], by: User, at: dt.datetime
) -> list[PurchaseOrder]:
    """Place what was shown, one order a purse, and take the ordered lines out of the basket; all of it or nothing.

    Refuses what is no longer as it was shown, with the new prices: `before` says what each line cost a kilogram.
    """
    if proposal.print != shown:
        raise BasketChanged(_changes(proposal, before))
    placed = []
    for share in proposal.shares:
        lines = proposal.found(share)
        if not lines:
            continue
        one = placing.place(
            buyer=basket.buyer, fund=share.fund, deliver_on=on, lines=[_wish(line) for line in lines], by=by, at=at
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


def _wish(line: Planned) -> placing.Wish:
    plan = line.plan
    return placing.Wish(
        produce_id=plan.want.produce.pk,
        takes=tuple(
            placing.Take(p.lot.listing_id, p.quantity, p.lot.price_fen, p.lot.price_unit_g, written(p.why))
            for p in plan.split.picks
        ),
        asked_g=grams_of(line.row),
        grade_id=plan.want.grade.pk if plan.want.grade else None,
        ceiling_fen_per_kg=plan.want.ceiling_fen_per_kg,
        parcel_g=plan.want.parcel_g,
        plan=PlanKind.FAIR,
        seed=plan.split.seed,
    )


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
