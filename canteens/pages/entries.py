"""The statement of a purse in words: what each movement was for, where its document is, how the purse stood then."""

import io
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from canteens.models import BudgetChange, Fund
from kernel import clock, money
from kernel.dates import day_words
from kernel.shown import Link
from ledger.selectors.entries import Entry

BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class Document:
    """What moved the money of a purse: its name with its page, and what it was about."""

    link: Link
    about: str = ""


Documents = Mapping[str, Document]  # by the reference without what was done: `allocation:7`
_NAMED_BY: list[Callable[[Collection[str]], Documents]] = []


def name_documents_by(name: Callable[[Collection[str]], Documents]) -> None:
    """Let a room above say which of its documents these references are; it leaves out what is not its own."""
    _NAMED_BY.append(name)


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One movement as the statement shows it; sums in yuan."""

    day: str
    link: Link
    about: str
    moved: str
    used: str
    held: str
    left: str


def entry_lines(entries: Iterable[Entry], fund: Fund) -> list[EntryRow]:
    """Return movements as the statement shows them, each leading to its document."""
    rows = list(entries)
    documents = documents_of({document_in(row.reference) for row in rows}, fund)
    return [_line(row, documents) for row in rows]


def documents_of(references: Collection[str], fund: Fund) -> Documents:
    """Return the documents behind these references, asking each room once."""
    found: dict[str, Document] = dict(_budgets(references, fund))
    for name in _NAMED_BY:
        found |= name(references)
    return found


def document_in(reference: str) -> str:
    """Return the document in the reference of a movement: `allocation:7` of `allocation:7:hold`."""
    return ":".join(reference.split(":")[:2])


def statement_workbook(entries: Iterable[Entry], fund: Fund) -> bytes:
    """Return the statement as a spreadsheet, the oldest first, a row each."""
    import xlsxwriter  # here, since most workers never write a spreadsheet

    rows = list(entries)
    documents = documents_of({document_in(row.reference) for row in rows}, fund)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    bold, yuan = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
    sheet = book.add_worksheet(str(fund.fiscal_year))
    sheet.set_column(0, 7, 16)
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(_head()):
        sheet.write_string(0, column, name, bold)
    for number, row in enumerate(rows, 1):
        document = documents.get(document_in(row.reference), _unknown(row))
        words = [f"{clock.county_day(row.at):%Y-%m-%d}", document.link.label, document.about, _moved(row)]
        for column, text in enumerate(words):
            sheet.write_string(number, column, text)
        for column, fen in enumerate((row.budget_fen, row.used_fen, row.held_fen, row.left_fen), len(words)):
            sheet.write_number(number, column, Decimal(fen) / 100, yuan)
    book.close()
    return out.getvalue()


def _head() -> list[str]:
    return [
        pgettext("purse", "Day"),
        pgettext("purse", "Document"),
        pgettext("purse", "What it was"),
        pgettext("purse", "Moved"),
        pgettext("purse", "Budget"),
        pgettext("purse", "Used"),
        pgettext("purse", "Held"),
        pgettext("purse", "Left"),
    ]


def _line(row: Entry, documents: Documents) -> EntryRow:
    document = documents.get(document_in(row.reference), _unknown(row))
    return EntryRow(
        day=day_words(clock.county_day(row.at)),
        link=document.link,
        about=document.about,
        moved=_moved(row),
        used=money.yuan(row.used_fen),
        held=money.yuan(row.held_fen),
        left=money.yuan(row.left_fen),
    )


def _unknown(row: Entry) -> Document:
    return Document(Link("", row.reference))


def _moved(row: Entry) -> str:
    """Return what happened to the money, in the fewest words that say it."""
    freed = -row.held_by - row.used_by
    if row.budget_by:
        words = _("%(yuan)s put in") if row.budget_by > 0 else _("%(yuan)s taken out")
        return words % {"yuan": money.yuan(abs(row.budget_by))}
    if row.held_by > 0:
        return _("%(yuan)s held") % {"yuan": money.yuan(row.held_by)}
    if row.used_by < 0:
        return _("%(yuan)s came back") % {"yuan": money.yuan(-row.used_by)}
    if not row.used_by:
        return _("%(yuan)s free again") % {"yuan": money.yuan(freed)}
    if row.held_by and freed:
        return _("%(used)s used, %(freed)s free again") % {"used": money.yuan(row.used_by), "freed": money.yuan(freed)}
    return _("%(yuan)s used") % {"yuan": money.yuan(row.used_by)}


def _budgets(references: Collection[str], fund: Fund) -> Documents:
    keys = [int(key) for kind, _colon, key in (name.partition(":") for name in references) if kind == BUDGET]
    changes = BudgetChange.objects.filter(pk__in=keys) if keys else []
    page = reverse("fund-detail", args=[fund.pk])
    return {change.reference: Document(Link(page, _named(change)), change.document_number) for change in changes}


def _named(change: BudgetChange) -> str:
    return pgettext("purse", "Credit given back") if change.gives_back else pgettext("purse", "Budget change")
