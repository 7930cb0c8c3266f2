"""What may be written down at the scale: what no scale can say, what an order cannot take, what is shown by photo."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _

from catalog.models import Listing, Paper
from kernel import clock, weight
from kernel.errors import BadValue, DomainError
from orders.models import Allocation, Delivery, DeliveryLine, RefusalReason, Surplus
from orders.selectors.grades import moves
from orders.selectors.holds import Held, holds_of
from orders.selectors.scale import Rooms, papers_at_door, refused_role, rooms_of, slip_role
from orders.services.delivering import Tolerance, tolerance_at

SEEN = (RefusalReason.ROTTEN, RefusalReason.MOISTURE, RefusalReason.GRADE, RefusalReason.OTHER)  # about the goods


class NotShown(BadValue):
    code = "refusal_not_shown"

    def __init__(self, lot: Allocation) -> None:
        super().__init__(
            _("%(produce)s: take a photo of what goes back. The seller must be able to see it.")
            % {"produce": lot.line.produce.name}
        )


class TooMuch(DomainError):
    code = "too_much"

    def __init__(self, allocation: Allocation, most: int) -> None:
        super().__init__(
            _("%(produce)s: %(most)s at most can be accepted on this order. Choose what becomes of the rest.")
            % {"produce": allocation.line.produce.name, "most": weight.both(most)}
        )


class NoRoomForMore(DomainError):
    code = "no_room_for_more"
    message = _(
        "More was weighed than was ordered, and lot, purse or plan have no room for it any more. Strike the weighing "
        "out and weigh again: what is too much goes back."
    )


class RecalledAtScale(DomainError):
    code = "recalled_at_scale"

    def __init__(self, listing: Listing) -> None:
        super().__init__(
            _(
                "%(produce)s, lot %(number)s, is recalled: none of it may be accepted or used. Write all that arrived "
                "of it down as sent back."
            )
            % {"produce": listing.produce.name, "number": listing.number}
        )


class PapersMissing(BadValue):
    code = "papers_missing"

    def __init__(self, lot: Allocation, missing: Collection[str]) -> None:
        names = "、".join(str(Paper.Kind(kind).label) for kind in missing)
        super().__init__(
            _(
                "%(produce)s: %(papers)s is missing, so none of it may be accepted. Take a photo of the paper if it "
                "came along, or send all of it back for want of papers."
            )
            % {"produce": lot.line.produce.name, "papers": names}
        )


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the scale said of one lot, in grams."""

    gross_g: int
    tare_g: int = 0
    refused_g: int = 0
    reason: str = ""
    note: str = ""
    accepted_pieces: int | None = None
    over: str = ""  # what becomes of more than was ordered, see `Surplus`
    surplus_g: int = 0  # of what is refused, once that is decided
    grade: str = ""  # the lower one in which it is taken, see `Listing.steps`

    @property
    def net_g(self) -> int:
        return self.gross_g - self.tare_g

    @property
    def accepted_g(self) -> int:
        return self.net_g - self.refused_g


def without_surplus(
    line: DeliveryLine, weighed: Weighed, held: Held, bounds: tuple[int, int], purse_fen: int
) -> Weighed:
    """Return what the scale said with the surplus sent back, as the receiver chose: weight alone, animals are counted.

    The bounds are what was ordered and the most that may be taken; what lies between costs money of the purse.
    """
    lot = line.allocation
    if not weighed.over or lot.listing.piece_g is not None or lot.listing.recalled_at is not None:
        return weighed
    taking = weighed.over == Surplus.TAKE
    most = _affordable(lot, weighed.grade, held, bounds, purse_fen) if taking else bounds[0]
    surplus = weighed.accepted_g - most
    if surplus <= 0:
        return weighed
    refused = weighed.refused_g + surplus
    reason = weighed.reason if weighed.refused_g else RefusalReason.SURPLUS
    return replace(weighed, refused_g=refused, surplus_g=surplus, reason=reason)


def extra_fen(line: DeliveryLine, weighed: Weighed, held: Held) -> int:
    """Return what the accepted part of a line costs beyond what was held for it, in fen."""
    lot, ordered = line.allocation, max(0, held.reserved - (held.on_the_way - line.shipped))
    if lot.listing.piece_g is not None:
        return 0
    return _beyond(lot, weighed.grade, held, ordered, weighed.accepted_g)


def _beyond(lot: Allocation, grade: str, held: Held, ordered: int, accepted_g: int) -> int:
    accepted_fen, step_fen = moves(lot, grade, held.kept_in(grade), accepted_g)
    ordered_fen, _none = moves(lot, "", held.kept_in(""), ordered)
    return max(0, accepted_fen - step_fen - ordered_fen)


def _affordable(lot: Allocation, grade: str, held: Held, between: tuple[int, int], purse_fen: int) -> int:
    """Return the greatest weight between these two whose price beyond that of the first is in the purse."""
    low, high = between
    while low < high:
        middle = (low + high + 1) // 2
        if _beyond(lot, grade, held, between[0], middle) <= purse_fen:
            low = middle
        else:
            high = middle - 1
    return low


def most_of(lot: Allocation, held: Held, tolerance: Tolerance) -> int:
    """Return the most that may still be accepted of a lot: nothing is sold out of a lot that was never listed in it.

    What another trip brought and one person weighed counts, though nobody has signed for it yet.
    """
    most = tolerance.most_g(lot) - held.taken_g
    if lot.listing.piece_g is None:
        most = min(most, held.reserved + lot.listing.free())
    return max(0, most - held.weighed_g)


def within_hold(line: DeliveryLine, weighed: Weighed, held: Held) -> Weighed:
    """Return what was weighed with all sent back that the order holds neither kilos nor money for; what other trips
    carry is theirs.

    Whatever became of lot, purse and plan meanwhile, there is room for the rest.
    """
    lot, pieces = line.allocation, weighed.accepted_pieces
    if lot.listing.recalled_at is not None:
        none = None if pieces is None else 0
        return replace(
            weighed, refused_g=weighed.net_g, reason=RefusalReason.RECALLED, accepted_pieces=none, grade="", surplus_g=0
        )
    waits = min(max(0, held.reserved - (held.on_the_way - line.shipped)), held.untaken(lot))
    accepted_g = min(weighed.accepted_g, lot.listing.grams(waits))
    if pieces is not None and pieces > waits:
        accepted_g, pieces = min(accepted_g, weighed.accepted_g * waits // pieces), waits
    surplus = weighed.accepted_g - accepted_g
    if not surplus:
        return weighed
    return replace(
        weighed,
        refused_g=weighed.refused_g + surplus,
        surplus_g=weighed.surplus_g + surplus,
        reason=weighed.reason if weighed.refused_g else RefusalReason.SURPLUS,
        accepted_pieces=pieces,
        grade=weighed.grade if accepted_g else "",
    )


def check_weighing(line: DeliveryLine, weighed: Weighed, held: Held, tolerance: Tolerance) -> None:
    """Refuse what no scale can say, what this order cannot take, and much less than was sent without its reason."""
    allocation = line.allocation
    name = allocation.line.produce.name
    if weighed.gross_g < 0 or weighed.tare_g < 0 or weighed.gross_g > weight.MOST_G:
        raise BadValue(_("%(produce)s: this weight cannot be. Weigh it again.") % {"produce": name})
    if weighed.tare_g and weighed.tare_g >= weighed.gross_g:
        raise BadValue(
            _("%(produce)s: the empty crates weigh more than the full ones. Check both.") % {"produce": name}
        )
    if not 0 <= weighed.refused_g <= weighed.net_g:
        raise BadValue(_("%(produce)s: more is sent back than was weighed. Check both.") % {"produce": name})
    if weighed.reason not in RefusalReason.values or (weighed.refused_g and not weighed.reason):
        raise BadValue(_("%(produce)s: choose why some is sent back.") % {"produce": name})
    recalled = allocation.listing.recalled_at is not None
    if not recalled and not weighed.reason and not tolerance.may_lack(line.shipped_g, weighed.net_g):
        raise BadValue(
            _("%(produce)s: %(kg)s kg were sent and much less is here. Choose why.")
            % {"produce": name, "kg": weight.kg(line.shipped_g)}
        )
    if recalled and weighed.accepted_g:
        raise RecalledAtScale(allocation.listing)
    if weighed.reason == RefusalReason.RECALLED and not recalled:
        raise BadValue(_("%(produce)s is not recalled. Choose another reason.") % {"produce": name})
    if weighed.reason == RefusalReason.SURPLUS and weighed.surplus_g != weighed.refused_g:
        raise BadValue(_("%(produce)s: choose what becomes of what is too much.") % {"produce": name})
    if weighed.grade and (weighed.grade not in allocation.listing.steps() or not weighed.accepted_g):
        raise BadValue(
            _("%(produce)s: it cannot be taken in this grade. Take it as ordered or send it back.") % {"produce": name}
        )
    most = most_of(allocation, held, tolerance)
    if allocation.listing.piece_g is None:
        if weighed.accepted_pieces is not None:
            raise BadValue(_("Only animals are counted. Write the weight."))
    else:
        _require_counted(allocation, weighed, min(held.reserved, held.untaken(allocation)))
    if weighed.accepted_g > most:
        raise TooMuch(allocation, most)


def require_papers(line: DeliveryLine, weighed: Weighed, roles: Collection[str], missing: Collection[str]) -> None:
    """Refuse to accept any of a lot that lacks a paper and shows none of it at the door."""
    lot = line.allocation
    if lot.listing.recalled_at is not None:
        return
    if weighed.reason == RefusalReason.PAPERS:
        if not missing:
            raise BadValue(_("%(produce)s has its papers. Choose another reason.") % {"produce": lot.line.produce.name})
        if weighed.accepted_g:
            raise BadValue(_("%(produce)s: without papers all of it goes back.") % {"produce": lot.line.produce.name})
    elif missing and weighed.accepted_g and slip_role(lot.pk) not in roles:
        raise PapersMissing(lot, missing)


def require_shown(line: DeliveryLine, weighed: Weighed, roles: Collection[str], tolerance: Tolerance) -> None:
    """Refuse to send goods back for what is wrong with them, or to take them in a lower grade, without a photo of it,
    where the rule asks for one."""
    seen = (weighed.refused_g > weighed.surplus_g and weighed.reason in SEEN) or weighed.grade
    if seen and tolerance.refusals_shown and refused_role(line.allocation_id) not in roles:
        raise NotShown(line.allocation)


def _require_counted(allocation: Allocation, weighed: Weighed, most: int) -> None:
    counted = weighed.accepted_pieces
    if counted is None or not 0 <= counted <= most or (counted == 0) != (weighed.accepted_g == 0):
        raise BadValue(
            _("%(produce)s: count what is kept; at most %(most)s were ordered.")
            % {"produce": allocation.line.produce.name, "most": allocation.listing.in_words(most)}
        )


class AtScale:
    """All that is asked of the lots of one trip at the scale, read once: holds, tolerances, papers, purses."""

    def __init__(self, delivery: Delivery, lines: Collection[DeliveryLine], at: dt.datetime) -> None:
        self.lines = {line.allocation_id: line for line in lines}
        self.held = holds_of(line.allocation for line in lines)
        self.tolerance = tolerance_at(at)
        self.rooms = rooms_of(lines)
        self.papers = papers_at_door(delivery, lines, self.tolerance.papers, clock.county_day(at))

    def missing(self, lot: Allocation) -> tuple[str, ...]:
        """Return the kinds of papers that a lot lacks."""
        return self.papers[lot.pk].missing if lot.pk in self.papers else ()

    def kind(self, lot: Allocation) -> dict[str, bool]:
        """Return what the form of a lot asks: heads of what is counted, papers where one lacks, nothing of a recall."""
        return {
            "lacks_papers": bool(self.missing(lot)),
            "counted": lot.listing.piece_g is not None,
            "recalled": lot.listing.recalled_at is not None,
        }

    def least_g(self, line: DeliveryLine) -> int:
        """Return the least net weight of a lot that needs no reason."""
        return -(-line.shipped_g * (1000 - self.tolerance.unsaid) // 1000)

    def bounds(self, line: DeliveryLine) -> tuple[int, int]:
        """Return what of a lot was ordered and not yet taken, and the most that order, lot and tolerance allow."""
        return self._bounds_in(line, self.rooms)

    def _bounds_in(self, line: DeliveryLine, rooms: Rooms) -> tuple[int, int]:
        lot, held = line.allocation, self.held[line.allocation_id]
        most = most_of(lot, held, self.tolerance)
        ordered = min(most, max(0, held.reserved - (held.on_the_way - line.shipped)))
        more_g = rooms.grams(lot) if lot.listing.piece_g is None else None
        return ordered, most if more_g is None else min(most, ordered + more_g)

    def decided(self, weights: Mapping[int, Weighed]) -> dict[int, Weighed]:
        """Send the surplus of each lot back as was chosen; lots of one purse take from it one after the other."""
        if not any(weighed.over for weighed in weights.values()):
            return dict(weights)
        decided, rooms = {}, rooms_of(self.lines[pk] for pk in weights)
        for pk in sorted(weights):
            line, held = self.lines[pk], self.held[pk]
            lot, bounds = line.allocation, self._bounds_in(line, rooms)
            decided[pk] = without_surplus(line, weights[pk], held, bounds, rooms.fen(lot))
            rooms.take(lot, extra_fen(line, decided[pk], held), decided[pk].accepted_g - bounds[0])
        return decided

    def check(self, line: DeliveryLine, weighed: Weighed, roles: Collection[str]) -> None:
        """Refuse what cannot be written down of one lot, given the photos there are of it."""
        weighed = self.decided({line.allocation_id: weighed})[line.allocation_id]
        held, lot = self.held[line.allocation_id], line.allocation
        check_weighing(line, weighed, held, self.tolerance)
        if lot.listing.piece_g is None:
            self._require_room(line, weighed, held)
        require_papers(line, weighed, roles, self.missing(line.allocation))
        require_shown(line, weighed, roles, self.tolerance)

    def _require_room(self, line: DeliveryLine, weighed: Weighed, held: Held) -> None:
        """Refuse more than purse and plan have room for; without more than was ordered there is always room."""
        lot, bounds = line.allocation, self.bounds(line)
        most = _affordable(lot, weighed.grade, held, bounds, self.rooms.fen(lot))
        if weighed.accepted_g > most:
            raise TooMuch(lot, most)
