"""A report of loss: one harm, all it took of a household's goods, each line a claim that then goes its own way."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Household, User
from accounts.services.people import record_consent
from catalog.models import Movement, PlotSeason
from kernel import clock
from kernel.dates import message_deadline
from kernel.errors import BadValue, DomainError
from kernel.numbers import Kind, begun
from kernel.present import known
from losses.models import MOST_LINES, ClaimReport, Goods, LossClaim, ReliefScheme
from losses.selectors.claims import people_of
from losses.selectors.interest import FILER, HOUSEHOLD
from losses.selectors.schemes import fitting, fitting_day
from losses.services import holding, unusual
from losses.services.claiming import (
    ConsentNeeded,
    NoRate,
    NoRateForCrops,
    begin,
    filed,
    is_member,
    judged,
    owner_of,
    tell_filed,
)
from losses.services.frequency import require_turn
from losses.services.linking import answer_notice
from losses.services.telling import tell_of_report
from losses.services.told import Told
from records.models import StoredFile
from records.services.participation import take_part_in_all, take_parts_as

RECEIVED = _(
    "Loss of %(n)s kinds of goods received, report sheet %(sheet)s. The village comes to look before %(until)s."
)
RECEIVED_BY_PROXY = _(
    "A village cadre reported a loss of %(n)s kinds of goods for you, report sheet %(sheet)s. The village comes to "
    "look before %(until)s. If you did not want this, call the village."
)


class NotOneHousehold(DomainError):
    code = "not_one_household"
    message = _("A report is of one household. Report the goods of the other one apart.")


class SameGoodsTwice(BadValue):
    code = "same_goods_twice"
    message = _("The same goods stand twice in this report. Write all that is lost of them in one place.")


class TooManyLines(BadValue):
    code = "too_many_lines"

    def __init__(self) -> None:
        super().__init__(_("A report holds 1 to %(most)s goods. Report the others apart.") % {"most": MOST_LINES})


class LineRefused(DomainError):
    """What is refused of one line of a report, which names it; by the code of what refused it."""

    def __init__(self, number: int, goods: Goods, refusal: DomainError) -> None:
        said = _("No. %(number)s, %(produce)s: %(why)s")
        super().__init__(said % {"number": number, "produce": goods.produce.name, "why": refusal})
        self.number, self.code = number, refusal.code


@dataclass(frozen=True, slots=True)
class Line:
    """One of the goods of a report: under which rules, how much of it is lost, and what shows that alone."""

    scheme: ReliefScheme
    goods: Goods
    quantity: int  # in the stock unit of the goods
    photos: Sequence[StoredFile] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody says of one of the goods: how much is lost, whether an amount far above the usual is meant."""

    goods: Goods
    quantity: int
    sure: bool = False
    photos: Sequence[StoredFile] = ()


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
    takes_up: ClaimReport | None = None,
    written_at: dt.datetime | None = None,
    sale: Movement | None = None,
    told: Told | None = None,
) -> LossClaim:
    """Report a loss on one lot, on a `sale` of it, or of a crop: a report of one line."""
    report = file_report(
        [Line(scheme, goods, quantity)],
        cause=cause,
        happened_on=happened_on,
        words=words,
        photos=photos,
        by=by,
        at=at,
        consent=consent,
        takes_up=takes_up,
        written_at=written_at,
        sale=sale,
        told=told,
    )
    return report.lines.get()


@transaction.atomic
def file_report(
    lines: Sequence[Line],
    *,
    cause: str,
    happened_on: dt.date,
    words: str,
    photos: Sequence[StoredFile] = (),
    by: User,
    at: dt.datetime,
    consent: str = "",
    takes_up: ClaimReport | None = None,
    written_at: dt.datetime | None = None,
    sale: Movement | None = None,
    told: Told | None = None,
) -> ClaimReport:
    """Report what one harm took of a household's goods, all lines or none: each line becomes a claim of its own.

    Its kilos are held until it is decided, whatever becomes of the others. `photos` show all of the goods, a line's
    own show it alone. Whoever is no member of the household says how it agreed (`consent`); household and filer are set
    down as participants of each line, so that none of them can check or decide it. After an appeal that was right
    (`takes_up`: the report with the refused line) a scheme that has closed since takes it too. `written_at` is when it
    was written on a phone without a net, by the phone's clock. `told` is of money from elsewhere.
    """
    goods = [line.goods for line in lines]
    household = require_together(goods)
    own = is_member(household, by)
    if not own and not consent:
        raise ConsentNeeded
    claims = []
    for number, line in enumerate(lines, 1):
        with of_line(goods, number):
            shown = [*photos, *line.photos]
            asked = (line.scheme, line.goods, line.quantity, cause, happened_on, shown)
            claim = judged(*asked, at=at, again=takes_up is not None, sale=sale)
            claim.line, claim.household, claim.words = number, household, words.strip()[:300]
            claim.filed_by, claim.by_proxy, claim.filed_at, claim.written_at = by, not own, at, written_at
            claims.append(claim)
    if takes_up is None:
        for scheme in {line.scheme.pk: line.scheme for line in lines}.values():
            require_turn(scheme, household, at=at)
    report = ClaimReport.objects.create(
        number=begun(Kind.REPORT, clock.county_day(at)),
        household=household,
        cause=cause,
        happened_on=happened_on,
        filed_by=by,
        by_proxy=not own,
        filed_at=at,
        takes_up=(takes_up.takes_up or takes_up) if takes_up is not None else None,
    )
    _hold(report, claims, lines, by=by, at=at)
    _put_down(claims, household, own=own, consent=consent, by=by, at=at)
    for claim in claims:
        if sale is None:
            answer_notice(claim, by=by, at=at)
        filed(claim, [*photos, *lines[claim.line - 1].photos], told, by=by, at=at)
    _tell_filed(report, claims, at=at)
    return report


def require_together(goods: Sequence[Goods]) -> Household:
    """Return whose report it is; refuse one of two households, of nothing, of too much or of the same goods twice."""
    if not 1 <= len(goods) <= MOST_LINES:
        raise TooManyLines
    owners = {}
    for number, one in enumerate(goods, 1):
        with of_line(goods, number):
            owner = owner_of(one)
            owners[owner.pk] = owner
    if len({(type(one), one.pk) for one in goods}) < len(goods):
        raise SameGoodsTwice
    if len(owners) > 1:
        raise NotOneHousehold
    return owners.popitem()[1]


def unusual_of(lines: Sequence[Line]) -> str:
    """Return the questions about amounts far above the usual, one after the other; empty where none is."""
    asked = [(line, unusual.asked_about(line.goods, unusual.usual_of(line.goods), line.quantity)) for line in lines]
    return " ".join(f"{line.goods.produce.name}：{question}" for line, question in asked if question)


@contextmanager
def of_line(goods: Sequence[Goods], number: int = 0) -> Iterator[None]:
    """Name the line that is refused, where there are several: this one, or the claim that the refusal is about."""
    try:
        yield
    except DomainError as refusal:
        number = number or (refusal.about.line if isinstance(refusal.about, LossClaim) else 0)
        if len(goods) == 1 or not number:
            raise
        raise LineRefused(number, goods[number - 1], refusal) from None


def lines_under_rules(asked: Sequence[Asked], *, happened_on: dt.date, on: dt.date) -> list[Line]:
    """Return lines with the scheme that holds for each; refuse goods no rules cover today, or an amount not meant."""
    goods, lines = [one.goods for one in asked], []
    for number, one in enumerate(asked, 1):
        with of_line(goods, number):
            scheme = fitting(one.goods, on=on)
            if scheme is None:
                raise NoRateForCrops if isinstance(one.goods, PlotSeason) else NoRate
            scheme = fitting_day(one.goods, happened_on, scheme)
            unusual.require_sure(one.goods, one.quantity, sure=one.sure)
            lines.append(Line(scheme, one.goods, one.quantity, one.photos))
    return lines


def _hold(
    report: ClaimReport, claims: Sequence[LossClaim], lines: Sequence[Line], *, by: User, at: dt.datetime
) -> None:
    """Write the claims and keep their kilos off the market: lots before crops, each kind in the order of its keys."""
    of_lots = sorted((claim for claim in claims if claim.plot_season_id is None), key=lambda one: known(one.listing_id))
    crops = (claim for claim in claims if claim.plot_season_id is not None)
    of_crops = sorted(crops, key=lambda claim: known(claim.plot_season_id))
    goods = [line.goods for line in lines]
    for group in (of_lots, *([crop] for crop in of_crops)):
        for claim in group:
            claim.report = report
            with of_line(goods, claim.line):
                begin(claim, by=by, at=at)
        asked = [(claim, lines[claim.line - 1].quantity) for claim in group]
        with of_line(goods):
            holding.declare_all(asked, by=by, at=at)


def _put_down(
    claims: Sequence[LossClaim], household: Household, *, own: bool, consent: str, by: User, at: dt.datetime
) -> None:
    """Put the household and whoever files down as participants of each line, and write how the household agreed."""
    documents = [claim.reference for claim in claims]
    take_parts_as(documents, HOUSEHOLD, person_keys=people_of(household), at=at)
    take_part_in_all(documents, HOUSEHOLD if own else FILER, by=by, at=at)
    if not own:
        for document in documents:
            record_consent(household, document, consent, by=by, at=at)


def _tell_filed(report: ClaimReport, claims: Sequence[LossClaim], *, at: dt.datetime) -> None:
    """Tell the household once, however many lines there are."""
    if len(claims) == 1:
        tell_filed(claims[0], at=at)
        return
    until = message_deadline(min(claim.due_at for claim in claims))
    said = RECEIVED_BY_PROXY if report.by_proxy else RECEIVED
    tell_of_report(claims[0], "filed", said, at=at, n=len(claims), until=until)
