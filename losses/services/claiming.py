"""One loss as the rules of a scheme take it: what is refused of it, how its claim begins, and how it is completed."""

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Household, User
from accounts.selectors import members_now, tier_on
from catalog.models import Movement, PlotSeason
from catalog.selectors.returning import returns_over_before
from catalog.selectors.seasons import lineage
from catalog.services.season_room import lock_newest
from kernel import clock, weight
from kernel.dates import message_deadline
from kernel.errors import BadValue, DomainError
from kernel.numbers import Kind, begun
from kernel.present import known
from kernel.workflow import lock
from losses.models import (
    OPEN_CLAIMS,
    Cause,
    ClaimRound,
    ClaimStatus,
    Goods,
    LossClaim,
    ReliefScheme,
    SchemeRate,
    SchemeStatus,
    are_animals,
)
from losses.relief import gap_of
from losses.selectors.claims import causes_of, claim_role, quantity_words, refer_to
from losses.selectors.interest import FILER, HOUSEHOLD
from losses.selectors.rates import facts_of, per_at_filing
from losses.selectors.sales import day_of
from losses.selectors.schemes import rate_of
from losses.services import holding
from losses.services.deadlines import hours_after
from losses.services.findings import record_findings
from losses.services.photo_ties import ask_for_looks
from losses.services.schemes import NotPublished
from losses.services.telling import tell
from losses.services.told import Told
from produce.selectors.prices import reference_price
from records.models import StoredFile
from records.services import events
from records.services.files import attach_all
from records.services.participation import take_part

RECEIVED = _(
    "Loss of %(quantity)s of %(produce)s received, number %(number)s. The village comes to look before %(until)s."
)
RECEIVED_BY_PROXY = _(
    "A village cadre reported a loss of %(quantity)s of %(produce)s for you, number %(number)s. The village comes to "
    "look before %(until)s. If you did not want this, call the village."
)


class NotOwnGoods(DomainError):
    code = "not_own_goods"
    message = _("A loss is reported for goods of one household. This lot belongs to a co-operative.")


class ConsentNeeded(BadValue):
    code = "consent_needed"
    message = _("You report for another household. Say how it agreed: by telephone, in person or on signed paper.")


class UnderRecall(DomainError):
    code = "under_recall"
    message = _(
        "This lot is recalled, so it is not for want of a buyer that it is left. It cannot be reported as unsold."
    )


class NotHarvested(DomainError):
    code = "not_harvested"
    message = _("This lot is not harvested yet. First write down the day of harvest.")


class NotReady(DomainError):
    code = "not_ready"
    message = _("These animals are not ready for sale yet. First write down the day on which they are.")


class SeasonCorrected(DomainError):
    code = "season_corrected"
    message = _("What you grow was corrected meanwhile. Choose it again from the list.")


class NoRateForCrops(DomainError):
    code = "no_rate_for_crops"
    message = _(
        "No rules of this time cover crops that were never harvested. Harvested goods are put on sale first and "
        "reported from there; else call the village cadre."
    )


class NoRate(DomainError):
    code = "no_rate"
    message = _("These rules do not cover this kind of goods. Call the village cadre to ask for another way.")


class NotSoldLow(DomainError):
    code = "not_sold_low"
    message = _("These goods fetched as much as the county's reference price of that day, so there is no loss.")


class SaleStillOpen(DomainError):
    code = "sale_still_open"
    message = _("The buyer may still send these goods back. Report it once the days for that are over.")


class NoValue(DomainError):
    code = "no_value"
    message = _("These rules count by what the goods are worth, and no price of them is known. Ask the bureau.")


class NotThisTownship(DomainError):
    code = "not_this_township"
    message = _("These rules are for other townships. Ask the bureau which rules hold in yours.")


class NotThisTier(DomainError):
    code = "not_this_tier"
    message = _("These rules do not cover this household. Call the village cadre if the register is wrong.")


class OutsideWindow(DomainError):
    code = "outside_window"
    message = _("The day of the loss is outside the time these rules cover.")


class TooLittle(DomainError):
    code = "too_little"

    def __init__(self, least_g: int) -> None:
        super().__init__(
            _("Relief begins at %(least)s. What is less cannot be reported.") % {"least": weight.both(least_g)}
        )


class AlreadyReported(DomainError):
    code = "already_reported"
    message = _("This loss is already reported. Open the report to see where it stands.")


@transaction.atomic
def file_again(
    claim: LossClaim,
    *,
    quantity: int,
    happened_on: dt.date,
    words: str,
    photos: Sequence[StoredFile],
    told: Told | None = None,
    by: User,
    at: dt.datetime,
) -> LossClaim:
    """Complete a claim that was sent back: a new round begins, what the round before found and said stays.

    The day of the loss may be another, by which the household is asked again; the rate stays the first report's.
    """
    claim = lock(claim)
    claim.move_to(ClaimStatus.FILED, by=by, at=at)
    take_part(claim.reference, HOUSEHOLD if is_member(claim.household, by) else FILER, by=by, at=at)
    causes = causes_of(claim.goods, sold=claim.sale_id is not None)
    _require_readable(claim.cause, causes, quantity, happened_on, photos or claim.sale, at)
    _require_covered(claim.scheme, claim.household, happened_on)
    _require_enough(claim.scheme, claim.goods.grams(quantity))
    holding.release_kilos(claim, by=by, at=at)
    claim.round += 1
    claim.happened_on, claim.words = happened_on, words.strip()[:300]
    claim.due_at = hours_after("village_check_hours", at, claim.scheme)
    claim.save(update_fields=["round", "happened_on", "words", "due_at"])
    holding.declare(claim, quantity, by=by, at=at)
    tell_filed(filed(claim, photos, told, by=by, at=at), at=at)
    return claim


def judged(
    scheme: ReliefScheme,
    goods: Goods,
    quantity: int,
    cause: str,
    happened_on: dt.date,
    photos: Sequence[StoredFile],
    *,
    at: dt.datetime,
    again: bool,
    sale: Movement | None,
) -> LossClaim:
    """Return the claim of one line with its rate, unwritten, or refuse what the rules do not take.

    What is reported `again` after an appeal is taken under a scheme that has closed since, too.
    """
    require_not_recalled(goods, cause)
    rate = _rate_for(scheme, goods, owner_of(goods), happened_on, also_closed=again, sold=sale is not None)
    worth = _reference_of(sale, goods, at=at) if sale is not None else None
    per = _per_of(rate, goods, sale, worth, happened_on)
    causes = causes_of(goods, sold=sale is not None)
    _require_readable(cause, causes, quantity, happened_on, photos or sale, at)
    _require_enough(scheme, goods.grams(quantity))
    return LossClaim(
        number=begun(Kind.CLAIM, clock.county_day(at)),
        scheme=scheme,
        rate=rate,
        **refer_to(goods),
        sale=sale,
        reference_fen=worth,
        per_fen=per[0],
        per_g=per[1],
        cause=cause,
        happened_on=happened_on,
        due_at=hours_after("village_check_hours", at, scheme),
    )


def is_member(household: Household, user: User) -> bool:
    """Return whether this account's person belongs to the household."""
    return user.person_id is not None and members_now(household).filter(person_id=user.person_id).exists()


def filed(claim: LossClaim, photos: Sequence[StoredFile], told: Told | None, *, by: User, at: dt.datetime) -> LossClaim:
    """Write what was said in this round, hang the photos on the claim, let the rules look at it."""
    ClaimRound.objects.create(
        claim=claim,
        round=claim.round,
        cause=claim.cause,
        happened_on=claim.happened_on,
        words=claim.words,
        **(told or Told()).columns(),
        by=by,
        at=at,
    )
    role = claim_role(claim.round)
    if photos:
        ask_for_looks(claim, attach_all(claim.reference, photos, role, by=by, at=at))
    record_findings(claim, at=at)
    events.record("claim.filed", claim.reference, by=by, at=at, round=claim.round)
    return claim


def tell_filed(claim: LossClaim, *, at: dt.datetime) -> None:
    """Tell the household that its report of one loss is there, and until when the village comes."""
    tell(
        claim,
        "filed",
        RECEIVED_BY_PROXY if claim.by_proxy else RECEIVED,
        at=at,
        quantity=lambda: quantity_words(claim),
        until=message_deadline(claim.due_at),
    )


def owner_of(goods: Goods) -> Household:
    """Return whose loss it is, or refuse what no household can report: joint goods, a forecast, a replaced season."""
    if isinstance(goods, PlotSeason):
        if goods.superseded_at is not None:
            raise SeasonCorrected
        return goods.household
    if goods.household is None:
        raise NotOwnGoods
    if goods.harvested_on is None:
        raise NotReady if are_animals(goods) else NotHarvested
    return goods.household


def require_not_recalled(goods: Goods, cause: str) -> None:
    """Refuse to call a lot unsold that nobody may sell; what else befell it is reported, and looked at."""
    if cause == Cause.UNSOLD and not isinstance(goods, PlotSeason) and goods.recalled_at is not None:
        raise UnderRecall


def _require_unreported(claim: LossClaim) -> None:
    """Refuse a second open claim on one crop and cause, also where its season was corrected since; it stays locked."""
    season = lock_newest(known(claim.plot_season))
    open_ones = LossClaim.objects.filter(cause=claim.cause, status__in=OPEN_CLAIMS, plot_season__in=lineage(season))
    if open_ones.exists():
        raise AlreadyReported


def begin(claim: LossClaim, *, by: User, at: dt.datetime) -> None:
    """Write the claim down, unless one of the same goods and cause is open."""
    if claim.plot_season_id is not None:
        _require_unreported(claim)
    try:
        with transaction.atomic():
            claim.begin(by=by, at=at)
    except IntegrityError as collision:
        if "one_open_claim_a" not in str(collision) and "a_sale_is_reported_once" not in str(collision):
            raise
        raise AlreadyReported from None


def _rate_for(
    scheme: ReliefScheme, goods: Goods, household: Household, happened_on: dt.date, *, also_closed: bool, sold: bool
) -> SchemeRate:
    scheme = ReliefScheme.objects.get(pk=scheme.pk)
    if scheme.status != SchemeStatus.PUBLISHED and not (also_closed and scheme.status == SchemeStatus.CLOSED):
        raise NotPublished
    _require_covered(scheme, household, happened_on)
    if scheme.townships and household.village.parent_id not in scheme.townships:
        raise NotThisTownship
    rate = rate_of(scheme, goods, sold=sold)
    if rate is None:
        raise NoRateForCrops if isinstance(goods, PlotSeason) else NoRate
    return rate


def _require_covered(scheme: ReliefScheme, household: Household, happened_on: dt.date) -> None:
    """Refuse a day outside the scheme's window, and a household that was of no kind it covers on that day."""
    if not scheme.window_from <= happened_on <= scheme.window_to:
        raise OutsideWindow
    if tier_on(household, happened_on) not in scheme.tiers:
        raise NotThisTier


def _reference_of(sale: Movement, goods: Goods, *, at: dt.datetime) -> int:
    """Return what 500 g of a sale were worth on its day, or refuse a sale that was not below it or may be undone."""
    if sale.at >= returns_over_before(at):
        raise SaleStillOpen
    worth = reference_price(goods.produce, day_of(sale))
    if worth is None or sale.price_fen is None or gap_of(worth, sale.price_fen, known(sale.price_unit_g)) is None:
        raise NotSoldLow
    return worth


def _per_of(rate: SchemeRate, goods: Goods, sale: Movement | None, worth: int | None, on: dt.date) -> tuple[int, int]:
    """Return what this loss gives, as fen for so many grams, or refuse goods that lack what the rate is counted by."""
    gap = None
    if sale is not None and worth is not None:
        gap = gap_of(worth, known(sale.price_fen), known(sale.price_unit_g))
    per = per_at_filing(rate, facts_of(goods, on=on, reference_fen=worth), gap)
    if per is None:
        raise NoValue
    return per


def _require_readable(
    cause: str,
    causes: Sequence[Cause],
    quantity: int,
    happened_on: dt.date,
    evidence: Sequence[StoredFile] | Movement | None,  # of a sale the kilos of the system
    at: dt.datetime,
) -> None:
    if cause not in causes:
        raise BadValue(_("Choose what happened."))
    if quantity < 1:
        raise BadValue(_("Write a quantity greater than zero."))
    if happened_on > clock.county_day(at):
        raise BadValue(_("This day is still to come. Choose the day on which it happened."))
    if not evidence:
        raise BadValue(_("Take at least one photo of what is lost."))


def _require_enough(scheme: ReliefScheme, grams: int) -> None:
    if grams < scheme.min_loss_g:
        raise TooLittle(scheme.min_loss_g)
