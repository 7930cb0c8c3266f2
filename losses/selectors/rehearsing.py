"""What a past season lost, for the rehearsal of a draft: claims, goods nobody bought, crops said to be lost.

Each kind is one statement, however many rows it has.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from accounts.models import HouseholdTier, Tier
from catalog.models import Listing
from kernel import clock
from losses.models import (
    Award,
    Basis,
    ClaimFigure,
    ClaimStatus,
    Computation,
    EarlyStatus,
    LossClaim,
    LossNotice,
    OtherRelief,
    Reason,
    Rehearsal,
    RehearsalResult,
    ReliefScheme,
    SchemeRate,
    SchemeStatus,
)
from losses.relief import Elsewhere, Facts, Loss, Rules, gap_of
from losses.selectors.elsewhere import RULE
from losses.selectors.rates import rate_words
from losses.selectors.sales import sold_below
from produce.models import Produce
from produce.selectors.prices import reference_of
from records.models import Finding, Job

JOB = "losses.rehearsal"
_RATE = ("rate_fen", "rate_unit_g", "basis", "permille")
# Refused by the rules of then: another draft may see them otherwise. Whatever else was refused was no loss.
BY_RULES = (Reason.RULES, Reason.TOO_LITTLE, Reason.CAP, Reason.NO_MONEY)
COUNTED = ~Q(status__in=[ClaimStatus.REFUSED, ClaimStatus.WITHDRAWN]) | Q(
    status=ClaimStatus.REFUSED, reason_code__in=BY_RULES
)
UNSOLD = F("listed") - F("sold") - F("reserved") - F("claimed") - F("written_off")


def drafts() -> QuerySet[ReliefScheme]:
    """Return the schemes that are not published yet, the newest first."""
    return ReliefScheme.objects.filter(status=SchemeStatus.DRAFT).order_by("-pk")


def rehearsals() -> QuerySet[Rehearsal]:
    """Return every rehearsal with its draft and what came of it, the newest first."""
    rows = Rehearsal.objects.select_related("scheme", "by__person", "result").order_by("-pk")
    return rows.annotate(need_fen=Sum("cells__need_fen", filter=Q(cells__basis=Basis.REPORTED)))


def run_rehearsals() -> QuerySet[Rehearsal]:
    """Return the rehearsals that have run to their end, the newest first."""
    return Rehearsal.objects.filter(result__isnull=False).select_related("scheme").order_by("-pk")


def two_of(first: str, second: str) -> tuple[Rehearsal, Rehearsal] | None:
    """Return two rehearsals by their keys, unsaid the newest two, the older one first; nothing if fewer have run.

    Refuse a key of none that has run: another one would be compared as if it were meant.
    """
    asked = [_run(key) if key else None for key in (first, second)]
    newest = list(run_rehearsals()[:2])
    return (asked[0] or newest[1], asked[1] or newest[0]) if len(newest) == 2 else None


def _run(key: str) -> Rehearsal:
    """Return one that has run to its end by its key as it was typed."""
    if not (key.isascii() and key.isdecimal() and len(key) < 10):
        raise Rehearsal.DoesNotExist
    return run_rehearsals().get(pk=int(key))


def waiting_rehearsals() -> QuerySet[Rehearsal]:
    """Return the rehearsals that have not run to their end, in the order in which they were asked for."""
    return Rehearsal.objects.filter(result=None).select_related("scheme").order_by("pk")


def last_result(scheme: ReliefScheme) -> RehearsalResult | None:
    """Return what came of the last rehearsal of a scheme that ran to its end."""
    found = RehearsalResult.objects.filter(rehearsal__scheme=scheme).select_related("rehearsal")
    return found.order_by("-rehearsal_id").first()


def progress_of(rehearsal: Rehearsal) -> tuple[int, int]:
    """Return over how many losses a rehearsal has gone, and of how many; nothing of nothing before it begins."""
    job = Job.objects.filter(kind=JOB, key=str(rehearsal.pk)).first()
    return (job.done, job.total) if job is not None else (0, 0)


def need_fen(rehearsal: Rehearsal, basis: Basis) -> int:
    """Return what a draft would have cost if its money never ended."""
    return rehearsal.cells.filter(basis=basis).aggregate(fen=Coalesce(Sum("need_fen"), 0))["fen"]


def rates_in_words(rehearsal: Rehearsal) -> str:
    """Return the rates of a draft as it stood, in words."""
    said = rehearsal.rules["rates"]
    produce = Produce.objects.in_bulk([rate[0] for rate in said])
    words = []
    for key, category, *values in said:
        rate = _rate(*values)
        rate.produce = produce[key]
        words.append(f"{rate.produce.name}（{SchemeRate.Category(category).label}）{rate_words(rate)}")
    return "、".join(words)


def as_said(scheme: ReliefScheme) -> dict[str, object]:
    """Return what a scheme says today, as values that can be kept."""
    rates = scheme.rates.order_by("produce__position", "produce_id", "category")
    return {
        "window": [scheme.window_from.isoformat(), scheme.window_to.isoformat()],
        "tiers": sorted(scheme.tiers),
        "townships": sorted(scheme.townships),
        "cap_fen": scheme.household_cap_fen,
        "min_loss_g": scheme.min_loss_g,
        "sharing": scheme.sharing,
        "rates": [list(rate) for rate in rates.values_list("produce_id", "category", *_RATE)],
    }


def rules_kept(rehearsal: Rehearsal) -> Rules:
    """Return a draft as it stood, as rules for a season: its days are laid over the year in which the season ends."""
    said = rehearsal.rules
    begins, ends = (dt.date.fromisoformat(day) for day in said["window"])
    back = max(0, ends.year - rehearsal.to_on.year)
    return Rules(
        window_from=years_before(begins, back),
        window_to=years_before(ends, back),
        tiers=frozenset(said["tiers"]),
        townships=frozenset(said["townships"]),
        rates={(produce, category): _rate(*rate).terms() for produce, category, *rate in said["rates"]},
        cap_fen=said["cap_fen"],
        min_loss_g=said["min_loss_g"],
    )


def _rate(fen: int, unit_g: int, basis: str, permille: int) -> SchemeRate:
    return SchemeRate(rate_fen=fen, rate_unit_g=unit_g, basis=basis, permille=permille)


def relieves_sales(rehearsal: Rehearsal) -> bool:
    """Return whether the draft as it stood had a rate for goods sold below the reference."""
    return any(category == SchemeRate.Category.SOLD_LOW for _produce, category, *_rate in rehearsal.rules["rates"])


def years_before(day: dt.date, years: int) -> dt.date:
    """Return the same day so many years before; of 29 February, the day before it."""
    year = day.year - years
    return day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) and year % 4 else day.replace(year=year)


def losses_of(from_on: dt.date, to_on: dt.date, *, sold_low: bool = False) -> list[Loss]:
    """Return what was lost in a season, in the order in which money was given or would have been asked for.

    Sales below the reference count where the draft has a rate for them (`sold_low`). Of the same moment, claims come
    first and lots, crops and sales after them, each the oldest first.
    """
    claims, refused_g = _claims(from_on, to_on)
    found = [*claims, *_unsold(from_on, to_on, refused_g), *_crops(from_on, to_on)]
    found += _sold_low(from_on, to_on) if sold_low else []
    found.sort(key=lambda loss: loss.at)
    return found


def elsewhere_of(from_on: dt.date, to_on: dt.date) -> Mapping[UUID, Sequence[Elsewhere]]:
    """Return what households got elsewhere for losses of a season, by the household that counts."""
    rows = OtherRelief.objects.filter(struck_on=None, from_on__lte=to_on, to_on__gte=from_on)
    found: dict[UUID, list[Elsewhere]] = defaultdict(list)
    of_whom = Coalesce("household__merged_into", "household")
    for household, *said in rows.values_list(of_whom, "produce_id", "from_on", "to_on", "amount_fen"):
        found[household].append(Elsewhere(*said))
    return found


def awarded_fen(from_on: dt.date, to_on: dt.date) -> int:
    """Return what was really awarded for losses of a season."""
    rows = Award.objects.filter(claim__happened_on__gte=from_on, claim__happened_on__lte=to_on)
    return rows.aggregate(fen=Coalesce(Sum("amount_fen"), 0))["fen"]


def _claims(from_on: dt.date, to_on: dt.date) -> tuple[list[Loss], Mapping[int, int]]:
    """Return the claims of a season at what was found last, and the grams that refused ones gave back to their lot."""
    last = ClaimFigure.objects.filter(claim=OuterRef("pk")).order_by("-pk").values("quantity_g")[:1]
    computed = Computation.objects.filter(claim=OuterRef("pk"), round=OuterRef("round"))
    rows = LossClaim.objects.filter(COUNTED, happened_on__gte=from_on, happened_on__lte=to_on)
    rows = rows.annotate(
        grams=Subquery(last),
        asked_at=Coalesce(Subquery(computed.values("at")[:1]), "filed_at"),
        turn=Subquery(computed.values("pk")[:1]),
        worth=reference_of("rate__produce", "happened_on", however_old=True),
        tier_then=_tier("happened_on"),
        whose=Coalesce("household__merged_into", "household"),
    )
    rows = rows.order_by("asked_at", F("turn").asc(nulls_last=True), "pk")
    others = seen_as_other()
    found: list[Loss] = []
    refused_g: dict[int, int] = defaultdict(int)
    names = (
        "pk", "listing_id", "status", "whose", "household__village__parent_id", "tier_then", "rate__produce_id",
        "rate__category", "happened_on", "asked_at", "grams", "reference_fen", "sale__price_fen", "sale__price_unit_g",
        "listing__piece_g", "listing__price_fen", "listing__price_unit_g",
        "plot_season__area_cmu", "plot_season__capacity_g", "worth",
    )  # fmt: skip
    for pk, listing, status, whose, township, tier, produce, kind, on, at, grams, *facts in rows.values_list(*names):
        is_other = f"claim:{pk}" in others
        worth, *sale = facts[:3]
        gap = gap_of(worth, *sale) if worth is not None else None
        found.append(
            Loss(whose, township, tier, produce, kind, on, at, grams, True, gap, _facts(worth, *facts[3:]), is_other)
        )
        if listing is not None and gap is None and status == ClaimStatus.REFUSED:
            refused_g[listing] += grams
    return found, refused_g


def _facts(
    reference: int | None, piece_g: int | None, price: int | None, unit_g: int | None, *land: int | None
) -> Facts:
    """Return what the bases of rates ask of a claim: sold goods at their reference, a lot at its price, else a crop."""
    area, capacity, worth = land
    if reference is not None or price is None or unit_g is None:
        return Facts(piece_g, area, capacity, worth if reference is None else reference)
    return Facts(piece_g, area, capacity, price, unit_g)


def _unsold(from_on: dt.date, to_on: dt.date, refused_g: Mapping[int, int]) -> list[Loss]:
    """Return what lots of households had left on their last day of sale and no claim took; recalled goods are none."""
    lots = Listing.objects.filter(
        household__isnull=False, harvested_on__isnull=False, recalled_at=None, sell_by__gte=from_on, sell_by__lte=to_on
    )
    lots = lots.annotate(
        left_g=UNSOLD * Coalesce(F("piece_g"), Value(1), output_field=IntegerField()),
        tier_then=_tier("sell_by"),
        whose=Coalesce("household__merged_into", "household"),
    )
    names = (
        "pk", "whose", "household__village__parent_id", "tier_then", "produce_id", "sell_by", "left_g", "piece_g",
        "price_fen", "price_unit_g",
    )  # fmt: skip
    found = []
    rows = lots.filter(left_g__gt=0).order_by("pk").values_list(*names)
    for pk, whose, township, tier, produce, on, left, piece_g, *price in rows:
        grams = left - refused_g.get(pk, 0)
        if grams > 0:
            kind = SchemeRate.Category.SPOILED.value
            at, facts = clock.day_end(on), Facts(piece_g, None, None, *price)
            found.append(Loss(whose, township, tier, produce, kind, on, at, grams, reported=False, facts=facts))
    return found


def _sold_low(from_on: dt.date, to_on: dt.date) -> list[Loss]:
    """Return what was sold below the reference of its day and no claim was made of, at its weight on the scale.

    Of a lot of which something came back, the sales count from the first one on up to what stayed sold.
    """
    rows = sold_below().filter(sold_on__gte=from_on, sold_on__lte=to_on)
    rows = rows.exclude(Exists(LossClaim.objects.filter(COUNTED, sale=OuterRef("pk"))))
    rows = rows.annotate(
        tier_then=_tier("sold_on", "listing__household"),
        whose=Coalesce("listing__household__merged_into", "listing__household"),
    )
    names = (
        "whose", "listing__household__village__parent_id", "tier_then", "listing__produce_id", "sold_on", "at",
        "quantity", "listing__piece_g", "listing_id", "listing__sold", "listing__sold_low", "worth", "price_fen",
        "price_unit_g",
    )  # fmt: skip
    kind, taken, found = SchemeRate.Category.SOLD_LOW.value, dict[int, int](), []
    for whose, town, tier, produce, on, at, quantity, piece_g, lot, sold, low, *prices in rows.order_by(
        "pk"
    ).values_list(*names):
        kept = min(quantity, sold - low - taken.get(lot, 0))
        taken[lot] = taken.get(lot, 0) + max(0, kept)
        gap = gap_of(*prices)
        if kept > 0 and gap is not None:
            grams = kept * (piece_g or 1)
            facts = Facts(piece_g, None, None, prices[0])
            found.append(Loss(whose, town, tier, produce, kind, on, at, grams, reported=False, gap=gap, facts=facts))
    return found


def _crops(from_on: dt.date, to_on: dt.date) -> list[Loss]:
    """Return the crops said to be lost in the field of which no report was made, at what was guessed."""
    said = LossNotice.objects.filter(
        plot_season__isnull=False,
        claim=None,
        status__in=[EarlyStatus.OPEN, EarlyStatus.LAPSED],
        seen_on__gte=from_on,
        seen_on__lte=to_on,
    ).annotate(
        tier_then=_tier("seen_on"),
        worth=reference_of("plot_season__produce", "seen_on", however_old=True),
        whose=Coalesce("household__merged_into", "household"),
    )
    names = (
        "whose", "household__village__parent_id", "tier_then", "plot_season__produce_id", "seen_on", "at", "about",
        "plot_season__capacity_g", "plot_season__area_cmu", "worth",
    )  # fmt: skip
    kind = SchemeRate.Category.UNHARVESTED.value
    return [
        Loss(
            whose,
            township,
            tier,
            produce,
            kind,
            on,
            at,
            min(about, most),
            reported=False,
            facts=Facts(None, area, most, worth),
        )
        for whose, township, tier, produce, on, at, about, most, area, worth in said.order_by("pk").values_list(*names)
    ]


def _tier(day: str, household: str = "household") -> Coalesce:
    """Say of a row which tier its household held on a day of its own."""
    held = HouseholdTier.objects.filter(household=OuterRef(household), from_on__lte=OuterRef(day))
    held = held.filter(Q(to_on=None) | Q(to_on__gt=OuterRef(day)))
    return Coalesce(Subquery(held.values("tier")[:1]), Value(Tier.ORDINARY.value))


def seen_as_other() -> set[str]:
    """Return the claims of which somebody saw that what was got elsewhere was for another loss."""
    of_rule = Finding.objects.filter(rule=RULE)
    ever = of_rule.filter(cleared_at__isnull=False).values("document")
    latest = dict(of_rule.filter(document__in=ever).order_by("at", "pk").values_list("document", "cleared_at"))
    return {document for document, cleared_at in latest.items() if cleared_at is not None}
