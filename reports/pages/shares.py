"""Reserved shares in words: one buyer's page and the board of its superiors."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Organisation
from canteens.models import ShareCause
from canteens.pages.shares import percent
from kernel import clock, money
from kernel.dates import day_words
from kernel.errors import BadValue
from kernel.masking import mask_name
from kernel.shown import BarPart, Fact, bar
from kernel.written import workbook_of
from reports.filters import SHARE_STATES
from reports.pages.sales import ChartBar
from reports.selectors.shares import Share, ShareGoods

CAUSES = dict(ShareCause.choices)
STATES = dict(SHARE_STATES)


@dataclass(frozen=True, slots=True)
class ShareHead:
    """The share of one buyer in one sentence, and how far it should be."""

    title: str
    pace: str
    bar: list[BarPart]
    months: list[ChartBar]
    facts: list[Fact]
    union: str
    cause: str


@dataclass(frozen=True, slots=True)
class MendRow:
    """One household whose paper would mend something."""

    who: str
    place: str
    produce: str
    last_on: str
    lacks: str
    who_mends: str
    yuan: str


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One buyer of the board."""

    url: str
    name: str
    superior: str
    due: str
    on_way: str
    done: str
    paid: str
    bar: list[BarPart]
    behind: str
    state: str
    cause: str
    mends: str
    phone: str


def title_of(row: Share, year: int) -> str:
    """Return the share of one buyer in one sentence."""
    if row.state == "reported":
        return _("The canteen is shared: %(name)s reports for it") % {"name": row.reporter}
    if row.state == "none":
        return _("No canteen; the union bought for %(yuan)s yuan") % {"yuan": money.yuan(row.union_fen)}
    if row.state == "undeclared":
        return _("The share of %(year)s is not declared yet") % {"year": year}
    if not row.due_fen:
        return _("Nothing is kept in %(year)s") % {"year": year}
    return _("%(due)s yuan to buy this year, %(done)s bought: %(percent)s") % {
        "due": money.yuan(row.due_fen),
        "done": money.yuan(row.counted_fen),
        "percent": percent(row.done_permille // 10 * 10),
    }


def share_head(row: Share, year: int, months: Mapping[int, int]) -> ShareHead:
    """Return how one buyer stands with its share."""
    pace = ""
    if row.state in ("behind", "under_way"):
        words = (
            _("%(percent)s are due by now, %(yuan)s yuan are missing") if row.behind_fen else _("in pace: %(percent)s")
        )
        pace = words % {"percent": percent(row.pace_permille // 10 * 10), "yuan": money.yuan(row.behind_fen)}
    said = f"{CAUSES[row.cause]}：{row.words}" if row.words else str(CAUSES.get(row.cause, ""))
    return ShareHead(
        title=title_of(row, year),
        pace=pace,
        bar=share_bar(row),
        months=_months(months),
        facts=_facts(row),
        union=_("%(yuan)s yuan bought by the union, counted apart") % {"yuan": money.yuan(row.union_fen)},
        cause=said,
    )


def share_bar(row: Share) -> list[BarPart]:
    """Return how a share divides: counted, of it without an invoice, on its way, not bought yet."""
    invoiced, on_way = max(0, row.counted_fen - row.no_invoice_fen), max(0, row.on_way_fen)
    left = max(0, row.due_fen - max(0, row.counted_fen) - on_way)
    parts = [
        ("used", _("Counts"), invoiced),
        ("owed", _("Counts, no invoice yet"), max(0, row.no_invoice_fen)),
        ("held", _("On the way"), on_way),
        ("left", _("Not bought yet"), left),
    ]
    cells = [BarPart(key, 0, 0, label, money.yuan(fen)) for key, label, fen in parts]
    return bar(cells, [fen for _key, _label, fen in parts])


def _months(months: Mapping[int, int]) -> list[ChartBar]:
    most = max(months.values(), default=0)
    return [
        ChartBar(_("%(n)s.") % {"n": month}, money.yuan(fen), max(0, fen) * 1000 // most if most > 0 else 0, "now")
        for month, fen in sorted(months.items())
    ]


def _facts(row: Share) -> list[Fact]:
    facts = [
        Fact(_("Food of the canteen this year"), money.yuan(row.total_fen)),
        Fact(
            _("Kept for poor households' goods"),
            percent(row.ratio_permille),
            _("exception by %(document)s") % {"document": row.exception} if row.exception else "",
        ),
        Fact(_("To be bought"), money.yuan(row.due_fen)),
    ]
    if row.counted_fen:
        facts.append(Fact(pgettext("share", "Paid of what counts"), money.yuan(row.paid_fen)))
    if row.declared_at is not None:
        day = day_words(clock.county_day(row.declared_at))
        facts.append(Fact(pgettext("share", "Declared on"), day, row.document))
    if row.run_by:
        facts.append(Fact(_("Outsourced"), row.run_by, _("what it buys counts for this unit")))
    if row.superior:
        facts.append(Fact(_("Answers to"), row.superior))
    return facts


def mend_rows(goods: Sequence[ShareGoods], *, whole: bool) -> list[MendRow]:
    """Return whose paper would mend something; names in full for the buyer's own people alone."""
    words = {
        "no_invoice": (_("The household's own invoice"), _("The tax office writes it with the household")),
        "no_papers": (_("The certificate of conformity"), _("The village writes it with the household")),
    }
    return [
        MendRow(
            who=one.household.head_name if whole else mask_name(one.household.head_name),
            place=one.household.village.name,
            produce=one.produce,
            last_on=day_words(one.last_on),
            lacks=words[one.lacks][0],
            who_mends=words[one.lacks][1],
            yuan=money.yuan(one.fen),
        )
        for one in goods
    ]


def board_row(row: Share, year: int) -> BoardRow:
    """Return one buyer of the board."""
    mends = []
    if row.no_invoice_fen > 0:
        mends.append(_("no invoice for %(yuan)s yuan") % {"yuan": money.yuan(row.no_invoice_fen)})
    if row.no_papers_fen > 0:
        mends.append(_("%(yuan)s yuan went back for papers") % {"yuan": money.yuan(row.no_papers_fen)})
    done = min(row.done_permille, 1000) if row.due_fen else 0
    return BoardRow(
        url=f"{reverse('share', args=[row.organisation_id])}?year={year}",
        name=row.name,
        superior=row.reporter or row.superior,
        due=money.yuan(row.due_fen),
        on_way=money.yuan(row.on_way_fen) if row.on_way_fen else "",
        paid=money.yuan(row.paid_fen) if row.paid_fen else "",
        done=percent(row.done_permille // 10 * 10) if row.due_fen else "",
        bar=[BarPart("used", 0, done), BarPart("left", done, 1000 - done)] if row.due_fen else [],
        behind=money.yuan(row.behind_fen) if row.behind_fen else "",
        state=str(STATES[row.state]),
        cause=str(CAUSES.get(row.cause, "")),
        mends=pgettext("list", ", ").join(mends) or row.words,
        phone=row.phone,
    )


def board_title(rows: Sequence[Share]) -> str:
    """Return the board in one sentence."""
    due = sum(row.due_fen for row in rows)
    counted = sum(row.counted_fen for row in rows if row.due_fen)
    behind = sum(row.state == "behind" for row in rows)
    n = sum(1 for row in rows if row.due_fen)
    sentence = ngettext(
        "%(n)s buyer has %(due)s yuan to buy: %(percent)s bought, %(behind)s behind",
        "%(n)s buyers have %(due)s yuan to buy: %(percent)s bought, %(behind)s behind",
        n,
    )
    share = percent(max(0, counted) * 100 // due * 10) if due else percent(0)
    return sentence % {"n": n, "due": money.yuan(due), "percent": share, "behind": behind}


def board_sums(rows: Sequence[Share]) -> list[Fact]:
    """Return how many buyers stand where, and why those behind are."""
    facts = [Fact(str(label), str(sum(row.state == state for row in rows))) for state, label in SHARE_STATES]
    behind = [row for row in rows if row.state == "behind"]
    facts += [Fact(str(label), str(sum(row.cause == cause for row in behind))) for cause, label in CAUSES.items()]
    facts.append(Fact(_("Behind, no cause named"), str(sum(not row.cause for row in behind))))
    return facts


def narrowed_rows(rows: Sequence[Share], asked: Mapping[str, object]) -> list[Share]:
    """Return the counted rows that fit what was asked of them."""
    superior, state, cause = (str(asked.get(name) or "") for name in ("superior", "state", "cause"))
    return [
        row
        for row in rows
        if (not superior or superior in row.superior)
        and (not state or row.state == state)
        and (not cause or row.cause == cause)
    ]


def shares_workbook(rows: Sequence[Share], year: int) -> bytes:
    """Return the .xlsx of the board: what its rows say, one line a buyer."""
    head = [
        _("Buyer"), _("Answers to"), pgettext("share", "How far"), _("To be bought (yuan)"), _("Counts (yuan)"),
        _("Counts, no invoice yet (yuan)"), _("On the way (yuan)"), _("Paid (yuan)"),
        _("Behind (yuan)"), pgettext("share", "Why behind"),
        _("Union, apart (yuan)"), _("Is reported by"), _("Run by"),
    ]  # fmt: skip
    cells = (
        [
            row.name, row.superior, str(STATES[row.state]), money.yuan_plain(row.due_fen),
            money.yuan_plain(row.counted_fen), money.yuan_plain(row.no_invoice_fen), money.yuan_plain(row.on_way_fen),
            money.yuan_plain(row.paid_fen),
            money.yuan_plain(row.behind_fen), str(CAUSES.get(row.cause, "")), money.yuan_plain(row.union_fen),
            row.reporter, row.run_by,
        ]
        for row in rows
    )  # fmt: skip
    return workbook_of(_("Reserved share %(year)s") % {"year": year}, head, cells)


def year_asked(asked: Mapping[str, str], today: dt.date) -> int:
    """Return the year an address asks for, this one where it asks for none; refuse one that no share is kept for."""
    text = asked.get("year", "")
    if not text:
        return today.year
    if not (text.isdecimal() and 2020 <= int(text) <= 2100):
        raise BadValue(_("No share is kept for this year. Write it in four digits."))
    return int(text)


def register_address(unit: Organisation, year: int) -> str:
    """Return where a buyer declares its share."""
    return f"{reverse('register-new', args=['shares'])}?organisation={unit.name}&year={year}"
