"""The evidence of one claim side by side: claimed and found, both sets of photos, what the rules saw."""

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Tier
from accounts.selectors import tier_on
from catalog.models import Listing, Movement
from catalog.pages.steps import step
from catalog.selectors.goods import steps_of
from catalog.selectors.seasons import newest_of
from kernel import clock, money
from kernel.present import known
from kernel.shown import Fact, Moment, Tag
from losses.models import ClaimFigure, Conclusion, Goods, HouseholdSigned, LossClaim, Stage, Visit
from losses.pages.pairs import PhotoPair, photo_pairs, photo_times
from losses.pages.reports import sheet_words
from losses.pages.story import figures_table
from losses.pages.words import Photo, day, day_time, photo, place_words, short_words, time_left, title, witness_words
from losses.relief import REFERENCE_UNIT_G
from losses.selectors.claims import (
    FIRST_SIGNATURE,
    PAPER,
    SECOND_SIGNATURE,
    SIGNATURE,
    VISIT_PHOTOS,
    check_role,
    claim_role,
    declared,
    figure_of,
    latest_figure,
    photos,
    present_visit,
    quantity_words,
    visit_role,
)
from losses.services.rules import Look, look
from records.models import Attachment, Finding

AT_ONCE = dt.timedelta(minutes=10)  # sent within them, a visit was written as it arrived
CLOCK_SLIP = dt.timedelta(days=1)
TONES: dict[str, str] = {Finding.Colour.GREEN: "ok", Finding.Colour.AMBER: "warn", Finding.Colour.RED: "danger"}


@dataclass(frozen=True, slots=True)
class EvidenceHead:
    """Whose claim it is, under which tier, and how long the stage may still take."""

    title: str
    name: str
    meta: list[str]
    words: str
    proxy: bool
    left: Tag


@dataclass(frozen=True, slots=True)
class CompareRow:
    """One thing as it was claimed and as it was found; `counted` are those the system counts itself."""

    label: str
    claimed: str
    found: str
    diff: str
    differs: bool
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Compare:
    """Claimed and found in one table."""

    claimed_on: str
    found_on: str
    rows: list[CompareRow]


@dataclass(frozen=True, slots=True)
class PhotoGroup:
    """The photos of one stage."""

    title: str
    items: list[Photo]


@dataclass(frozen=True, slots=True)
class Statement:
    """What the verifiers wrote and signed."""

    text: str
    meta: list[str]


@dataclass(frozen=True, slots=True)
class CheckRow:
    """What one rule sees now; `finding` is the number of what the desk may clear."""

    tone: str
    title: str
    detail: str
    finding: int | None
    cleared: bool = False

    @property
    def stands_out(self) -> bool:
        """Say whether it is read without being asked for: what is not right, and what somebody cleared."""
        return self.tone != "ok" or self.cleared


@dataclass(frozen=True, slots=True)
class Checks:
    """What every rule sees now."""

    title: str
    items: list[CheckRow]

    @property
    def standing_out(self) -> list[CheckRow]:
        """Return what is read first."""
        return [row for row in self.items if row.stands_out]

    @property
    def right(self) -> list[CheckRow]:
        """Return what found nothing."""
        return [row for row in self.items if not row.stands_out]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything an officer reads before a decision on a claim."""

    claim: EvidenceHead
    figures: list[Fact]
    compare: Compare
    photos: list[PhotoGroup]
    pairs: list[PhotoPair]
    statement: Statement | None
    checks: Checks
    market: list[Moment]


def evidence_of(claim: LossClaim, *, at: dt.datetime) -> Evidence:
    """Return what an officer reads before any decision on a claim."""
    return Evidence(
        claim=evidence_head(claim, at=at),
        figures=figures_table(claim),
        compare=compare(claim),
        photos=photo_groups(claim),
        pairs=photo_pairs(claim),
        statement=statement(claim),
        checks=checks(claim, at=at),
        market=market_story(claim.goods),
    )


def market_story(goods: Goods) -> list[Moment]:
    """Return what the market saw of a lot, the latest first: listed, ordered, given back, sold, at which prices."""
    if not isinstance(goods, Listing):
        return []
    return [step(goods, happened, reader=AnonymousUser()) for happened in steps_of(goods)]


def evidence_head(claim: LossClaim, *, at: dt.datetime, tier: bool = True) -> EvidenceHead:
    """Return whose claim it is, for those who may read the name in full; on request without the household's tier."""
    tiers = [str(Tier(tier_on(claim.household, claim.happened_on)).label)] if tier else []
    return EvidenceHead(
        title=f"{claim.household.head_name} {title(claim)}",
        name=claim.household.head_name,
        meta=[
            f"{claim.household.village.township.name}{claim.household.village.short_name}",
            *tiers,
            _("Report %(number)s") % {"number": claim.number},
            *[words for words in [sheet_words(claim)] if words],
        ],
        words=claim.words,
        proxy=claim.by_proxy,
        left=time_left(claim.due_at, at=at).tag("info"),
    )


def compare(claim: LossClaim) -> Compare:
    """Return claimed and found in one table, in which only what differs stands out; unseen, nothing is found."""
    goods, claimed = claim.goods, declared(claim)
    last = figure_of(claim, Stage.COUNTY) or latest_figure(claim)
    less = claimed.quantity - last.quantity
    seen = last != claimed
    lost = CompareRow(
        label=str(claim.get_cause_display()),
        claimed=short_words(goods, claimed.quantity),
        found=short_words(goods, last.quantity) if seen else "—",
        diff=f"−{short_words(goods, less)}" if less else "0" if seen else "—",
        differs=bool(less),
    )
    rows = [CompareRow(label, words, words, "0", False, counted=True) for label, words in _counted(goods)]
    if claim.sale is not None:
        return _table(claimed, last, [*rows, lost, *_prices(claim, claim.sale)])
    if isinstance(goods, Listing):
        price = _("%(n)s yuan/jin") % {"n": money.price_per_jin(goods.price_fen, goods.price_unit_g)}
        return _table(claimed, last, [*rows, lost, CompareRow(_("Asking price"), price, price, "0", False)])
    return _table(claimed, last, [*rows, lost])


def _prices(claim: LossClaim, sale: Movement) -> list[CompareRow]:
    """Return at what a sale was and what it was worth by the county's prices."""
    sold = money.price_per_jin(known(sale.price_fen), known(sale.price_unit_g))
    worth = money.price_per_jin(known(claim.reference_fen), REFERENCE_UNIT_G)
    said = [(pgettext("loss", "Sold at"), sold), (_("Reference price of that day"), worth)]
    words = [(label, _("%(n)s yuan/jin") % {"n": price}) for label, price in said]
    return [CompareRow(label, price, price, "0", False, counted=True) for label, price in words]


def _table(claimed: ClaimFigure, last: ClaimFigure, rows: list[CompareRow]) -> Compare:
    found_on = day(last.at) if last != claimed else _("nobody has looked yet")
    return Compare(claimed_on=day(claimed.at), found_on=found_on, rows=rows)


def _counted(goods: Goods) -> list[tuple[str, str]]:
    """Return what the system counts itself of a lot, or of a season as it stands after any correction."""
    if isinstance(goods, Listing):
        return [
            (_("Listed"), short_words(goods, goods.listed)),
            (_("Sold (of the system)"), short_words(goods, goods.sold)),
            (pgettext("review", "Booked"), short_words(goods, goods.reserved)),
        ]
    season = goods if goods.superseded_at is None else newest_of(goods)
    return [
        (_("The season gives at most"), short_words(season, season.capacity_g)),
        (_("Listed"), short_words(season, season.listed_g)),
        (_("Promised"), short_words(season, season.contracted_g)),
    ]


def photo_groups(claim: LossClaim) -> list[PhotoGroup]:
    """Return the photos of the report, then those of the checks, then those of the visit."""
    hanging = photos(claim)
    reported = [attached for attached in hanging if attached.role == claim_role(claim.round)]
    visit = present_visit(claim)
    kinds = {visit_role(claim.round, which): which for which in (*VISIT_PHOTOS, *_signatures(visit), PAPER)}
    latest = {attached.role: attached for attached in hanging if attached.role in kinds and _counts(attached, visit)}
    checked = [
        PhotoGroup(
            title, [_timed(claim, row, 0, title) for row in hanging if row.role == check_role(claim.round, stage)]
        )
        for stage, title in ((Stage.VILLAGE, _("The village's photo")), (Stage.TOWNSHIP, _("The township's photo")))
    ]
    return [
        PhotoGroup(_("Photos of the report"), [_timed(claim, row, number) for number, row in enumerate(reported, 1)]),
        *(group for group in checked if group.items),
        PhotoGroup(
            _("Photos of the visit"),
            [_timed(claim, latest[role], 0, _kind_words(which)) for role, which in kinds.items() if role in latest],
        ),
    ]


def _signatures(visit: Visit | None) -> list[str]:
    """Return whose names, drawn by hand, belong to a visit: each once that one has signed."""
    if visit is None:
        return []
    signed = {
        SIGNATURE: visit.signed == HouseholdSigned.GLASS,
        FIRST_SIGNATURE: visit.first_signed_at is not None,
        SECOND_SIGNATURE: visit.second_signed_at is not None,
    }
    return [which for which, is_signed in signed.items() if is_signed]


def _counts(row: Attachment, visit: Visit | None) -> bool:
    """Return whether a verifier's name was drawn by the one whose it is, not by whoever fell out before."""
    if visit is None or row.by is None:
        return True
    signers = {FIRST_SIGNATURE: visit.first, SECOND_SIGNATURE: visit.second}
    whose = signers.get(row.role.rpartition(":")[2])
    return whose is None or whose.person_id == row.by.person_id


def _timed(claim: LossClaim, row: Attachment, number: int, kind: str = "") -> Photo:
    """Return a photo with what it shows and its three times: the camera's, the phone's and the server's."""
    name = kind or _("Photo %(n)s") % {"n": number}
    return photo(claim, row, "，".join([name, *photo_times(row)]), name)


def _kind_words(which: str) -> str:
    return {
        "whole": pgettext("visit photo", "The whole"),
        "near": pgettext("visit photo", "From near"),
        "people": pgettext("visit photo", "Household with the goods"),
        SIGNATURE: pgettext("visit photo", "Signature of the household"),
        FIRST_SIGNATURE: pgettext("visit photo", "Signature of the first verifier"),
        SECOND_SIGNATURE: pgettext("visit photo", "Signature of the second verifier"),
        "paper": pgettext("visit photo", "The paper it was written on"),
    }[which]


def statement(claim: LossClaim) -> Statement | None:
    """Return what the verifiers wrote, once the first has signed."""
    visit = present_visit(claim)
    if visit is None or visit.first_signed_at is None:
        return None
    names = "、".join(known(user.person).name for user in (visit.first, visit.second))
    text = visit.why or _("As reported: %(quantity)s.") % {"quantity": quantity_words(claim)}
    meta = [Conclusion(visit.conclusion).label, names, *when_words(visit), HouseholdSigned(visit.signed).label]
    if visit.witness_tie:
        meta.append(_("also there: %(who)s") % {"who": witness_words(visit, full=True)})
    if visit.card_read:
        meta.append(_("number and date readable on a photo"))
    return Statement(text=text, meta=[str(word) for word in [*meta, place_words(visit.accuracy_m)]])


def when_words(visit: Visit) -> list[str]:
    """Return when the visit was written and when that arrived, if it came later; a wrong clock is called wrong."""
    came, told = known(visit.first_signed_at), visit.phone_at
    if told is None or abs(came - told) < AT_ONCE:
        return [day_time(came)]
    if not visit.drawn_at - CLOCK_SLIP <= told <= came + CLOCK_SLIP:
        wrong = _("the phone's clock is wrong, it said %(date)s") % {"date": clock.county_day(told).isoformat()}
        return [_("arrived %(at)s") % {"at": day_time(came)}, wrong]
    return [_("written %(at)s") % {"at": day_time(told)}, _("arrived %(at)s") % {"at": day_time(came)}]


def checks(claim: LossClaim, *, at: dt.datetime) -> Checks:
    """Return what each rule sees now, and who cleared what with which reason."""
    written = {row.rule: row for row in Finding.objects.filter(document=claim.reference).order_by("at", "pk")}
    items = [_check_row(seen, written.get(seen.rule)) for seen in look(claim, at=at)]
    return Checks(title=_("%(n)s checks") % {"n": len(items)}, items=items)


def _check_row(seen: Look, written: Finding | None) -> CheckRow:
    """Return what one rule sees, unless somebody cleared just that; amber that is not cleared may be."""
    if written is not None and written.cleared_at is not None and written.colour == seen.colour:
        cleared = _("Cleared: %(reason)s") % {"reason": written.cleared_reason}
        return CheckRow("ok", seen.title, f"{seen.detail} {cleared}", None, cleared=True)
    to_clear = written.pk if written is not None and seen.colour == Finding.Colour.AMBER else None
    return CheckRow(TONES[seen.colour], seen.title, seen.detail, to_clear)
