"""The words every page of relief is made of: goods, quantities, days, states, money and its arithmetic."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel import clock, dates, masking, money, weight
from kernel.present import known, name_of
from kernel.shown import Tag
from losses.models import ClaimStatus, Computation, Goods, LossClaim, Visit, WitnessTie
from losses.relief import Relief
from losses.selectors.claims import latest_figure, paid_at, present_computation
from losses.selectors.rates import factors, facts_of_claim
from losses.services.sharing import Estimate
from produce.models import StockUnit
from records.models import Attachment

TONES: dict[str, str] = {
    ClaimStatus.AWARDED: "ok",
    ClaimStatus.REFUSED: "danger",
    ClaimStatus.SENT_BACK: "warn",
    ClaimStatus.WITHDRAWN: "plain",
}


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of the evidence, small on the page and whole behind it."""

    url: str
    full_url: str
    alt: str
    caption: str


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """How long a stage may still take, and whether it is pressing."""

    text: str
    pressing: bool

    def tag(self, calm: str) -> Tag:
        """Return it as a word in a colour; `calm` is the tone while there is time."""
        return Tag("warn" if self.pressing else calm, self.text)


def title(claim: LossClaim) -> str:
    """Name a claim as the household does: 包菜没卖掉, 100 斤."""
    return _("%(produce)s: %(cause)s") % {
        "produce": name_of(claim.rate.produce),
        "cause": claim.get_cause_display(),
    }


def head_name(claim: LossClaim, *, full: bool) -> str:
    """Return the head of household's name, in full only for those who may read it."""
    name = claim.household.head_name
    return name if full else masking.mask_name(name)


def status_tag(claim: LossClaim) -> Tag:
    """Return the state of a claim as a word with its tone."""
    if paid_at(claim) is not None:
        return Tag("ok", pgettext("claim", "Paid"))
    return Tag(TONES.get(claim.status, "info"), str(ClaimStatus(claim.status).label))


def day_time(at: dt.datetime) -> str:
    """Return an instant as the county's clocks show it: 11 月 25 日 09:30."""
    return dates.time_words(at)


def day(at: dt.datetime) -> str:
    """Return the county day of an instant: 11 月 25 日."""
    return dates.day_words(clock.county_day(at))


def time_left(due_at: dt.datetime, *, at: dt.datetime) -> TimeLeft:
    """Return how long a stage may still take."""
    hours = int((due_at - at).total_seconds() // 3600)
    if hours < 0:
        return TimeLeft(pgettext("time left", "late"), True)
    if hours < 24:
        return TimeLeft(pgettext("time left", "today"), True)
    return TimeLeft(pgettext("time left", "%(days)s days left") % {"days": hours // 24}, False)


def short_words(goods: Goods, quantity: int) -> str:
    """Return a quantity in jin alone, or in pieces, where a desk compares many side by side."""
    if goods.stock_unit == StockUnit.PIECE:
        return goods.in_words(quantity)
    return _("%(jin)s jin") % {"jin": weight.with_commas(weight.jin(quantity))}


def amount_words(claim: LossClaim) -> str:
    """Return the computed amount, or what the latest quantity would come to at the claim's rate."""
    computation = present_computation(claim)
    if computation is not None:
        return money.yuan(computation.amount_fen)
    return money.yuan(money.amount_fen(latest_figure(claim).quantity_g, claim.per_fen, claim.per_g))


def arithmetic_words(claim: LossClaim) -> list[str]:
    """Return how the amount came about, a step a line; empty before it was computed."""
    computation = present_computation(claim)
    return arithmetic(computation, factors_of(claim, computation.verified_g)) if computation is not None else []


def factors_of(claim: LossClaim, grams: int) -> str:
    """Return what is multiplied for so much of a claim: the quantity its rate counts by, and the rate."""
    return factors(claim.rate, facts_of_claim(claim), grams)


def arithmetic(relief: Relief | Computation, multiplied: str = "") -> list[str]:
    """Return how an amount comes about, one step a line; what is `multiplied` is said as the rate counts."""
    at_rate = money.amount_fen(relief.verified_g, relief.rate_fen, relief.rate_unit_g)
    by_weight = _("%(jin)s jin × %(price)s yuan/jin") % {
        "jin": weight.with_commas(weight.jin(relief.verified_g)),
        "price": money.price_per_jin(relief.rate_fen, relief.rate_unit_g),
    }
    lines = [_("%(factors)s = %(sum)s yuan") % {"factors": multiplied or by_weight, "sum": money.yuan(at_rate)}]
    if relief.gap_fen is not None:
        gap = _("They fetched %(gap)s yuan less than by the reference price; relief is at most that")
        lines.append(gap % {"gap": money.yuan(relief.gap_fen)})
    if relief.elsewhere_fen:
        off = _("%(amount)s yuan that was got elsewhere for the same loss is taken off")
        lines.append(off % {"amount": money.yuan(relief.elsewhere_fen)})
    if relief.cap_left_fen < relief.lines_fen:
        lines.append(_("This household can get %(left)s yuan more") % {"left": money.yuan(relief.cap_left_fen)})
    if relief.money_left_fen < relief.lines_fen:
        lines.append(_("The scheme has %(left)s yuan left") % {"left": money.yuan(relief.money_left_fen)})
    if isinstance(relief, Computation) and relief.full_fen is not None:
        return [*lines, *_shared(relief, relief.full_fen)]
    if relief.amount_fen < relief.lines_fen:
        lines.append(_("The least of these: %(amount)s yuan") % {"amount": money.yuan(relief.amount_fen)})
    return lines


def estimate_words(estimate: Estimate | None) -> list[str]:
    """Return what sharing would give as things stand, named as what it is."""
    if estimate is None:
        return [_("As it stands it comes to nothing under these rules.")]
    told = {
        "full": money.yuan(estimate.full_fen),
        "least": money.yuan(estimate.least_fen),
        "most": money.yuan(estimate.most_fen),
        "waiting": estimate.waiting,
        "coming": estimate.on_the_way,
    }
    head = _("All share alike under these rules: in full it comes to %(full)s yuan.") % told
    if estimate.is_last:
        return [head, _("Shared among %(waiting)s reports it is %(most)s yuan.") % told]
    if estimate.least_fen == estimate.most_fen:
        return [head, _("By an estimate of today it is %(most)s yuan; %(coming)s reports are still on the way.") % told]
    rough = _("By an estimate of today between %(least)s and %(most)s yuan; %(coming)s reports are still on the way.")
    return [head, rough % told]


def _shared(computed: Computation, full_fen: int) -> list[str]:
    """Return how the money was shared, where all were computed together."""
    if computed.amount_fen == full_fen:
        return [_("The money suffices for all: %(full)s yuan in full") % {"full": money.yuan(full_fen)}]
    line = _("All share alike: %(full)s yuan × %(money)s ÷ %(all)s yuan that all come to = %(amount)s yuan")
    return [
        line
        % {
            "full": money.yuan(full_fen),
            "money": money.yuan(computed.money_left_fen),
            "all": money.yuan(known(computed.all_fen)),
            "amount": money.yuan(computed.amount_fen),
        }
    ]


def photo(claim: LossClaim, attached: Attachment, caption: str, alt: str = "") -> Photo:
    """Return one photo that hangs on a claim; without words of its own its caption stands for it."""
    return photo_at(claim, attached.file_id, caption, alt or caption)


def photo_at(claim: LossClaim, file_id: UUID, caption: str, alt: str) -> Photo:
    """Return a file of a claim as a photo of its page."""
    url = reverse("claim-photo", args=[claim.pk, file_id])
    return Photo(url=f"{url}?px=240", full_url=url, alt=alt, caption=caption)


SHARP_M, FAIR_M = 10, 50


def witness_words(visit: Visit, *, full: bool) -> str:
    """Return who was there beside the household, the name masked unless it may be read in full; empty for nobody."""
    if not visit.witness_tie:
        return ""
    name = visit.witness if full else masking.mask_name(visit.witness)
    return _("%(name)s (%(tie)s)") % {"name": name, "tie": WitnessTie(visit.witness_tie).label}


def place_words(accuracy_m: int | None) -> str:
    """Return how well a phone knew where it stood, in words."""
    if accuracy_m is None:
        return _("place not known")
    if accuracy_m <= SHARP_M:
        return _("place very exact, to %(m)s m") % {"m": accuracy_m}
    if accuracy_m <= FAIR_M:
        return _("place fairly exact, to %(m)s m") % {"m": accuracy_m}
    return _("place not exact, to %(m)s m") % {"m": accuracy_m}
