"""Statements on paper: one of them, what is needed for its invoice, and those of a month together."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.doors import SignedIn
from kernel import clock, money
from kernel.shown import Link
from orders import permissions
from orders.forms.papers import MonthForm
from orders.pages import invoicing as pages
from orders.pages import statements as statement_pages
from orders.pages.dossier import fund_words
from orders.selectors.invoicing import MonthSum, month_of, of_one

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAYEES = ("household", "cooperative", "carrier")


@require_GET
def statement_print(request: SignedIn, statement_id: int) -> HttpResponse:
    """Draw a statement on paper: its lines by kind, its sum in capital numerals, room for signatures."""
    statement = permissions.access_statement(request.user, statement_id)
    context = {
        "number": statement.number,
        "facts": statement_pages.statement_facts(statement, request.user),
        "fund": fund_words(statement.fund),
        "lines": statement_pages.weighed_lines(statement),
        "kg": pages.signed_kg(statement.weight_g),
        "amount": money.yuan(statement.total_fen),
        "capital": pages.in_capitals(statement.total_fen),
        "written": statement_pages.spoken_time(statement.at),
        "back": Link(reverse("statement-detail", args=[statement.pk]), statement.number),
    }
    return render(request, "orders/statement_print.html", context)


@require_GET
def statement_papers(request: SignedIn, statement_id: int) -> HttpResponse:
    """Show what the seller copies into an invoice, and what the registers hold of the growing."""
    statement = permissions.access_statement(request.user, statement_id)
    context = {
        "papers": pages.papers_of(statement, request.user),
        "back": Link(reverse("statement-detail", args=[statement.pk]), statement.number),
    }
    return render(request, "orders/statement_papers.html", context)


@require_GET
def statement_month(request: SignedIn) -> HttpResponse:
    """Show the statements of a month by seller and fund, or those of one seller and fund line by line."""
    form = MonthForm(request.GET or None)
    month, sums, one = _asked(request, form)
    context = {
        "form": form,
        "month": month,
        "rows": [pages.month_row(row, month, request.user) for row in sums],
        "file_url": f"{reverse('statement-month-file')}?{urlencode(_kept(request, month))}",
        "back": Link(reverse("statement-list"), _("Statements")),
    }
    if one is not None:
        context |= {
            "one": pages.month_row(one, month, request.user),
            "lines": pages.month_lines(one),
            "capital": pages.in_capitals(one.total_fen),
            "back": Link(f"{reverse('statement-month')}?{urlencode({'month': month})}", month),
        }
    return render(request, "orders/statement_month.html", context, status=400 if form.errors else 200)


@require_GET
def statement_month_file(request: SignedIn) -> HttpResponse:
    """Hand out the same statements as a spreadsheet."""
    form = MonthForm(request.GET or None)
    month, sums, one = _asked(request, form)
    raw = pages.month_workbook([one] if one is not None else sums, month, request.user)
    answer = HttpResponse(raw, content_type=XLSX, status=400 if form.errors else 200)
    answer.headers["Content-Disposition"] = f'attachment; filename="{month}.xlsx"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _asked(request: SignedIn, form: MonthForm) -> tuple[str, list[MonthSum], MonthSum | None]:
    """Return the month asked for, what was stated in it, and of it the one seller and fund wanted, if any."""
    first = clock.county_day(clock.now()).replace(day=1)
    if form.is_bound and not form.is_valid():
        return f"{first:%Y-%m}", [], None
    asked = form.cleaned_data if form.is_bound else {}
    first = asked.get("month") or first
    sums = month_of(request.user, first)
    if asked.get("fund") is None:
        return f"{first:%Y-%m}", sums, None
    one = of_one(sums, asked["fund"], (asked.get("household"), asked.get("cooperative"), asked.get("carrier")))
    if one is None:
        raise Http404
    return f"{first:%Y-%m}", sums, one


def _kept(request: SignedIn, month: str) -> dict[str, str]:
    """Return the parameters by which the same statements are found again."""
    kept = {name: request.GET[name] for name in ("fund", *PAYEES) if request.GET.get(name)}
    return {"month": month} | kept
