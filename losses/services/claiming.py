"""The household's side: report a loss, and complete what was sent back."""

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import Household, User
from accounts.selectors import counted_with, members_now, tier_on
from accounts.services.households import lock_counted
from accounts.services.people import record_consent
from catalog.models import Movement, PlotSeason
from catalog.selectors.seasons import lineage
from catalog.services.season_room import lock_newest
from kernel import clock, weight
from kernel.dates import day_words, message_deadline
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
from losses.selectors.claims import causes_of, claim_role, people_of, quantity_words, refer_to
from losses.selectors.interest import FILER, HOUSEHOLD
from losses.selectors.rates import facts_of, per_at_filing
from losses.selectors.sales import day_of, kept_since, reference_on
from losses.selectors.schemes import rate_of
from losses.services import holding
from losses.services.deadlines import hours_after
from losses.services.findings import record_findings
from losses.services.linking import answer_notice
from losses.services.photo_ties import ask_for_looks
from losses.services.schemes import NotPublished
from losses.services.telling import tell
from records.models import StoredFile
from records.services import events
from records.services.files import attach
from records.services.participation import take_part, take_part_as

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


class TooManyReports(DomainError):
    code = "too_many_reports"

    def __init__(self, most: int) -> None:
        super().__init__(
            ngettext_lazy(
                "Under these rules a household reports once, and it has. Call the village cadre for another way.",
                "Under these rules a household reports at most %(most)s times, and it has. Call the village cadre for "
                "another way.",
                most,
            )
            % {"most": most}
        )


class TooSoon(DomainError):
    code = "too_soon"

    def __init__(self, days: int, from_on: dt.date) -> None:
        super().__init__(
            _("Between two reports of a household lie %(days)s days. The next one is possible from %(day)s.")
            % {"days": days, "day": day_words(from_on)}
        )


class AlreadyReported(DomainError):
    code = "already_reported"
    message = _("This loss is already reported. Open the report to see where it stands.")


@transaction.atomic
def file_claim(
    *,
    scheme: ReliefScheme,
    goods: Goods,
    cause: str,
    quantity: int,
    happened_on: dt.date,
    words: str,
    photos: Sequence[StoredFile],
    by: User,
    at: dt.datetime,
    consent: str = "",
    appealed: bool = False,
    written_at: dt.datetime | None = None,
    sale: Movement | None = None,
) -> LossClaim:
    """Report a loss on one lot, on a `sale` of it, or of a crop: its kilos are held until the claim is decided.

    `quantity` counts in the stock unit of the goods. Whoever is no member of the household says how it agreed
    (`consent`); household and filer are set down as participants, so that none of them can check or decide this claim.
    After an appeal that was right (`appealed`) a scheme that has closed since takes it too. `written_at` is when it was
    written on a phone without a net, by the phone's clock.
    """
    household = owner_of(goods)
    own = is_member(household, by)
    if not own and not consent:
        raise ConsentNeeded
    require_not_recalled(goods, cause)
    rate = _rate_for(scheme, goods, household, happened_on, also_closed=appealed, sold=sale is not None)
    worth = _reference_of(sale, goods, at=at) if sale is not None else None
    per = _per_of(rate, goods, sale, worth, happened_on)
    causes = causes_of(goods, sold=sale is not None)
    _require_readable(cause, causes, quantity, happened_on, photos or sale, at)
    _require_enough(scheme, goods.grams(quantity))
    if not appealed:
        _require_turn(scheme, household, at=at)
    claim = LossClaim(
        number=begun(Kind.CLAIM, clock.county_day(at)),
        scheme=scheme,
        rate=rate,
        household=household,
        **refer_to(goods),
        sale=sale,
        reference_fen=worth,
        per_fen=per[0],
        per_g=per[1],
        cause=cause,
        happened_on=happened_on,
        words=words.strip()[:300],
        filed_by=by,
        by_proxy=not own,
        filed_at=at,
        written_at=written_at,
        due_at=hours_after("village_check_hours", at),
    )
    _begin(claim, by=by, at=at)
    holding.declare(claim, quantity, by=by, at=at)
    for key in people_of(household):
        take_part_as(claim.reference, HOUSEHOLD, person_key=key, at=at)
    take_part(claim.reference, HOUSEHOLD if own else FILER, by=by, at=at)
    if not own:
        record_consent(household, claim.reference, consent, by=by, at=at)
    if sale is None:
        answer_notice(claim, by=by, at=at)
    return _filed(claim, photos, by=by, at=at)


@transaction.atomic
def file_again(
    claim: LossClaim,
    *,
    quantity: int,
    happened_on: dt.date,
    words: str,
    photos: Sequence[StoredFile],
    by: User,
    at: dt.datetime,
) -> LossClaim:
    """Complete a claim that was sent back: a new round begins, what the round before found and said stays."""
    claim = lock(claim)
    claim.move_to(ClaimStatus.FILED, by=by, at=at)
    take_part(claim.reference, HOUSEHOLD if is_member(claim.household, by) else FILER, by=by, at=at)
    causes = causes_of(claim.goods, sold=claim.sale_id is not None)
    _require_readable(claim.cause, causes, quantity, happened_on, photos or claim.sale, at)
    if not claim.scheme.window_from <= happened_on <= claim.scheme.window_to:
        raise OutsideWindow
    _require_enough(claim.scheme, claim.goods.grams(quantity))
    holding.release_kilos(claim, by=by, at=at)
    claim.round += 1
    claim.happened_on, claim.words = happened_on, words.strip()[:300]
    claim.due_at = hours_after("village_check_hours", at)
    claim.save(update_fields=["round", "happened_on", "words", "due_at"])
    holding.declare(claim, quantity, by=by, at=at)
    return _filed(claim, photos, by=by, at=at)


def is_member(household: Household, user: User) -> bool:
    """Return whether this account's person belongs to the household."""
    return user.person_id is not None and members_now(household).filter(person_id=user.person_id).exists()


def _filed(claim: LossClaim, photos: Sequence[StoredFile], *, by: User, at: dt.datetime) -> LossClaim:
    ClaimRound.objects.create(
        claim=claim,
        round=claim.round,
        cause=claim.cause,
        happened_on=claim.happened_on,
        words=claim.words,
        by=by,
        at=at,
    )
    role = claim_role(claim.round)
    ask_for_looks(claim, [attach(claim.reference, photo, role, by=by, at=at) for photo in photos])
    record_findings(claim, at=at)
    events.record("claim.filed", claim.reference, by=by, at=at, round=claim.round)
    tell(
        claim,
        "filed",
        RECEIVED_BY_PROXY if claim.by_proxy else RECEIVED,
        at=at,
        quantity=lambda: quantity_words(claim),
        until=message_deadline(claim.due_at),
    )
    return claim


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


def _begin(claim: LossClaim, *, by: User, at: dt.datetime) -> None:
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
    if not scheme.window_from <= happened_on <= scheme.window_to:
        raise OutsideWindow
    if tier_on(household, happened_on) not in scheme.tiers:
        raise NotThisTier
    if scheme.townships and household.village.parent_id not in scheme.townships:
        raise NotThisTownship
    rate = rate_of(scheme, goods, sold=sold)
    if rate is None:
        raise NoRateForCrops if isinstance(goods, PlotSeason) else NoRate
    return rate


def _require_turn(scheme: ReliefScheme, household: Household, *, at: dt.datetime) -> None:
    """Refuse a report too many or too soon; two of one household at once are looked at one after the other."""
    if scheme.most_claims is None and not scheme.waiting_days:
        return
    household = lock_counted([household.pk])[household.pk]
    filed = LossClaim.objects.filter(scheme=scheme, household__in=counted_with(household))
    filed = filed.exclude(status__in=[ClaimStatus.REFUSED, ClaimStatus.WITHDRAWN])
    if scheme.most_claims is not None and filed.count() >= scheme.most_claims:
        raise TooManyReports(scheme.most_claims)
    last = filed.order_by("-filed_at").values_list("filed_at", flat=True).first()
    if last is None:
        return
    from_on = clock.county_day(last) + dt.timedelta(days=scheme.waiting_days)
    if clock.county_day(at) < from_on:
        raise TooSoon(scheme.waiting_days, from_on)


def _reference_of(sale: Movement, goods: Goods, *, at: dt.datetime) -> int:
    """Return what 500 g of a sale were worth on its day, or refuse a sale that was not below it or may be undone."""
    if sale.at >= kept_since(at):
        raise SaleStillOpen
    worth = reference_on(goods.produce, day_of(sale))
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
