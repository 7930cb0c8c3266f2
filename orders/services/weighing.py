"""What may be written down at the scale: what no scale can say, what an order cannot take, what is shown by photo."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from catalog.models import Listing, Paper
from kernel import weight
from kernel.errors import BadValue, DomainError
from orders.models import Allocation, DeliveryLine, RefusalReason
from orders.selectors.holds import Held
from orders.selectors.scale import refused_role, slip_role
from orders.services.delivering import Tolerance

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
            _("%(produce)s: %(most)s at most can be accepted on this order. Send the rest back or order it anew.")
            % {"produce": allocation.line.produce.name, "most": weight.both(most)}
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

    @property
    def net_g(self) -> int:
        return self.gross_g - self.tare_g

    @property
    def accepted_g(self) -> int:
        return self.net_g - self.refused_g


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
    most = tolerance.most_g(allocation) - held.accepted_g
    if allocation.listing.piece_g is None:
        # Nothing can be sold out of a lot that was never listed in it.
        most = min(most, held.reserved + allocation.listing.free())
        if weighed.accepted_pieces is not None:
            raise BadValue(_("Only animals are counted. Write the weight."))
    else:
        _require_counted(allocation, weighed, held.reserved)
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
    """Refuse to send goods back for what is wrong with them without a photo of it, where the rule asks for one."""
    seen = weighed.refused_g and weighed.reason in SEEN
    if seen and tolerance.refusals_shown and refused_role(line.allocation_id) not in roles:
        raise NotShown(line.allocation)


def _require_counted(allocation: Allocation, weighed: Weighed, most: int) -> None:
    counted = weighed.accepted_pieces
    if counted is None or not 0 <= counted <= most or (counted == 0) != (weighed.accepted_g == 0):
        raise BadValue(
            _("%(produce)s: count what is kept; at most %(most)s were ordered.")
            % {"produce": allocation.line.produce.name, "most": most}
        )
