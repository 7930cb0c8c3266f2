"""Reports of several goods, in words: the goods to tick, what is about to be reported, a report with its lines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from django.forms import BoundField
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from catalog.models import PlotSeason
from kernel import clock, money
from kernel.dates import day_words, deadline_words
from kernel.present import known, name_of
from kernel.shown import Fact, Link, Tag
from losses import permissions
from losses.forms import StockField
from losses.models import Cause, Goods, LossClaim
from losses.pages.told import told_facts
from losses.pages.words import day_time, head_name, status_tag
from losses.relief import per_of
from losses.selectors.claims import present_round, quantity_words
from losses.selectors.lots import left_of
from losses.selectors.rates import facts_of
from losses.selectors.reports import SeenLine, SeenReport
from losses.selectors.schemes import rate_of
from losses.services.reporting import Line
from losses.services.told import Told, told_in


@dataclass(frozen=True, slots=True)
class Tick:
    """Goods that may be ticked, to be reported with others."""

    name: str
    value: str
    label: str
    hint: str


@dataclass(frozen=True, slots=True)
class Amount:
    """The question how much of one of the goods is lost."""

    field: BoundField
    unit: str
    hint: str


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of a report, as it stands."""

    url: str
    title: str
    line: str
    meta: list[str]
    picture: str
    status: Tag


@dataclass(frozen=True, slots=True)
class ReportHead:
    """A report with what its lines come to."""

    number: str
    name: str
    facts: list[Fact]
    lines: list[LineRow]
    more: str
    several: bool


def key_of(goods: Goods) -> tuple[str, str]:
    """Return how goods are named in an address: `lot` or `season`, with the key."""
    return ("season" if isinstance(goods, PlotSeason) else "lot"), str(goods.pk)


def several_url(goods: Sequence[Goods]) -> str:
    """Return where these goods are reported at once."""
    return f"{reverse('claim-new-several')}?{urlencode([key_of(one) for one in goods])}"


def ticks(goods: Iterable[Goods], *, own: Any) -> list[Tick]:
    """Return the goods that may be reported at once; whose they are stands there where it is not the own household."""
    rows = []
    for one in goods:
        name, value = key_of(one)
        whose = [] if one.household_id == own else [known(one.household).head_name]
        hint = "，".join([_left(one), _which(one), *whose])
        rows.append(Tick(name, value, name_of(one.produce), hint))
    return rows


def _left(goods: Goods) -> str:
    left = goods.in_words(left_of(goods))
    return (_("%(quantity)s at most in the field") if isinstance(goods, PlotSeason) else _("%(quantity)s left")) % {
        "quantity": left
    }


def _which(goods: Goods) -> str:
    """Return what tells goods apart from others of the same produce: the plot, or the number of the lot."""
    return goods.parcel if isinstance(goods, PlotSeason) else goods.number


def amounts(fields: Sequence[BoundField]) -> list[Amount]:
    """Return the questions how much of each is lost, with the unit behind the number and what is left."""
    rows = []
    for bound in fields:
        field = cast(StockField, bound.field)
        rows.append(Amount(bound, field.unit_word, f"{_left(field.goods)}，{_which(field.goods)}"))
    return rows


def preview_facts(lines: Sequence[Line], typed: dict[str, Any], told: Told) -> list[Fact]:
    """Return what would be reported, line by line, with what it would come to at its rate before any check."""
    facts, total = [], 0
    for line in lines:
        rate = known(rate_of(line.scheme, line.goods))
        per = per_of(rate.terms(), facts_of(line.goods, on=typed["happened_on"]))
        fen = money.amount_fen(line.goods.grams(line.quantity), *per) if per is not None else None
        total += fen or 0
        at_rate = _("%(amount)s yuan, if all of it is found") % {"amount": money.yuan(fen)} if fen is not None else "—"
        facts.append(Fact(name_of(line.goods.produce), line.goods.in_words(line.quantity), at_rate))
    facts += [
        Fact(_("What happened"), str(Cause(typed["cause"]).label)),
        Fact(_("Day"), day_words(typed["happened_on"])),
        Fact(_("Relief at the rate"), _("%(amount)s yuan, if all of it is found") % {"amount": money.yuan(total)}),
        *told_facts(told),
    ]
    return [*facts, Fact(_("Your words"), typed["words"])] if typed["words"] else facts


def report_head(seen: SeenReport, user: User) -> ReportHead:
    """Return a report as this person may read it, with the sums of the lines shown."""
    first, report = seen.lines[0].claim, seen.report
    facts = [
        Fact(_("What happened"), str(Cause(report.cause).label)),
        Fact(_("Day"), day_words(report.happened_on)),
        Fact(_("Reported on"), day_time(report.filed_at)),
        *told_facts(told_in(present_round(first))),
        Fact(
            pgettext("report sheet", "Relief in all"),
            _("%(amount)s yuan") % {"amount": money.yuan(seen.fen)},
            _sum(seen),
        ),
    ]
    if seen.paid_fen:
        facts.append(
            Fact(pgettext("report sheet", "Paid"), _("%(amount)s yuan") % {"amount": money.yuan(seen.paid_fen)})
        )
    hidden = seen.of - len(seen.lines)
    return ReportHead(
        number=report.number,
        name=head_name(first, full=permissions.sees_names(user, first)),
        facts=facts,
        lines=[_line_row(line, seen.of) for line in seen.lines],
        more=_("%(n)s more goods stand on this sheet.") % {"n": hidden} if hidden else "",
        several=seen.of > 1,
    )


def _sum(seen: SeenReport) -> str:
    return "" if all(line.computed for line in seen.lines) else _("at the rate, before the money is computed")


def _line_row(line: SeenLine, of: int) -> LineRow:
    claim = line.claim
    amount = _("%(amount)s yuan") % {"amount": money.yuan(line.fen)}
    return LineRow(
        url=reverse("claim-detail", args=[claim.pk]),
        title=f"{claim.line}/{of} {name_of(claim.goods.produce)}",
        line=quantity_words(claim),
        meta=[amount, claim.number],
        picture=claim.goods.produce.picture,
        status=status_tag(claim),
    )


def sheet_words(claim: LossClaim) -> str:
    """Say which line of its report a claim is, as short as a list needs it; nothing of one that is alone on it."""
    of = claim.__dict__.get("of_lines", 1)
    if of < 2:
        return ""
    return _("no. %(line)s of %(of)s of sheet %(number)s") % {
        "line": claim.line,
        "of": of,
        "number": claim.report.number,
    }


def sheet_link(claim: LossClaim) -> Link | None:
    """Return the report of which a claim is one of several lines, with its place on it."""
    words = sheet_words(claim)
    return Link(reverse("claim-report", args=[claim.report.pk]), words) if words else None


def until_words(seen: SeenReport) -> str:
    """Return until when the village comes to look at what was just reported."""
    return deadline_words(min(line.claim.due_at for line in seen.lines), clock.now())
