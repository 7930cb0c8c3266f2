"""「钱到了吗?」: the payee's page, and the answer by one tap."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import SignedIn
from kernel import keyset
from kernel.shown import page_links
from ledger import permissions
from ledger.forms import ArrivedForm
from ledger.pages import arriving as pages
from ledger.selectors.arriving import payments_answered, payments_to_ask
from ledger.services import arriving
from records.doors import act_on

MOST_ASKED = 20


@require_GET
def money_arrived(request: SignedIn) -> HttpResponse:
    """Ask of each payment whether it arrived, and show what was answered."""
    who = permissions.access_own_money(request.user)
    page = keyset.cut(payments_answered(who), ("-pk",), cursor=request.GET.get("cursor", ""))
    context = {
        "asked": [pages.asked(payment) for payment in payments_to_ask(who)[:MOST_ASKED]],
        "rows": pages.answered_rows(page.rows),
        "pages": page_links(page),
    }
    return render(request, "ledger/money_arrived.html", context)


@require_POST
def money_answer(request: SignedIn, payment_id: int) -> HttpResponse:
    """Say whether one payment arrived."""
    payment = permissions.access_own_payment(request.user, payment_id)
    form = ArrivedForm(request.POST)
    said = request.POST.get("arrived") == "no"
    done = _("Written down: somebody looks for it and answers you.") if said else _("Thank you. It is written down.")
    return act_on(request, form, arriving.answer_arrival, payment, to=reverse("money-arrived"), done=done)
