"""What a loss would come to, line by line, for anybody who tries."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from kernel import money, weight
from kernel.present import name_of
from losses.models import ReliefScheme, SchemeRate, SchemeStatus
from losses.pages.words import arithmetic
from losses.relief import Relief
from losses.selectors.calculating import counted_g, is_enough


@dataclass(frozen=True, slots=True)
class Tried:
    """What somebody tried and what it comes to."""

    what: str
    amount: str  # in yuan; empty where it gives nothing
    lines: list[str]
    limits: list[str]


def tried(scheme: ReliefScheme, rate: SchemeRate, found: Relief, multiplied: str) -> Tried:
    """Return what so much of one produce would give, and what limits it."""
    enough = is_enough(scheme, found)
    what = _("%(produce)s, %(quantity)s, %(kind)s") % {
        "produce": name_of(rate.produce),
        "quantity": _quantity(rate, found),
        "kind": rate.get_category_display(),
    }
    too_little = _("Relief begins at %(least)s. So little gives nothing.")
    lines = arithmetic(found, multiplied) if enough else [too_little % {"least": weight.both(scheme.min_loss_g)}]
    return Tried(what, money.yuan(found.amount_fen) if enough else "", lines, _limits(scheme, rate, enough))


def _quantity(rate: SchemeRate, found: Relief) -> str:
    """Return how much was tried, of animals by the head."""
    piece_g = counted_g(rate)
    if piece_g is None:
        return weight.both(found.verified_g)
    return weight.heads(found.verified_g // piece_g, rate.produce.count_word)


def _limits(scheme: ReliefScheme, rate: SchemeRate, enough: bool) -> list[str]:
    """Return what the sum does not know of a household."""
    least = _("Relief begins at %(least)s.") % {"least": weight.both(scheme.min_loss_g)}
    cap = _("A household gets %(cap)s yuan at most under these rules; what it has had counts.")
    limits = [
        *([least] if enough else []),
        cap % {"cap": money.yuan(scheme.household_cap_fen)},
        _("Counted is what two people find on the spot. What insurance or others paid for the same loss is taken off."),
    ]
    if rate.category == SchemeRate.Category.SOLD_LOW:
        limits[-1] = _("Counted is what was weighed and taken. What others paid for the same loss is taken off.")
    limits.append(_("The money is on the card within %(n)s days after the award.") % {"n": scheme.pay_days})
    if scheme.status != SchemeStatus.PUBLISHED:
        limits.append(_("These rules take no more reports."))
    return limits
